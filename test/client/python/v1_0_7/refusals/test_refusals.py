"""What the client is refused: at once, with a sentence in the exception."""

from uuid import uuid4

import pytest

from at_once import at_once


@pytest.fixture
def client_with(al, root):
    """client_with(**credentials): another client."""

    def make(**credentials):
        client = al.Client(api_endpoint=f"{root}/api/v1")
        client.set_credentials(**credentials)
        return client

    return make


@pytest.fixture
def key_for(native):
    """key_for(role, projects): a new API key, as the native API shows it once."""

    def make(role, projects=None):
        body = {"name": f"test {uuid4().hex[:8]}", "role": role}
        return native.post("/keys", body if projects is None else {**body, "projects": projects})

    return make


@pytest.mark.covers("Client.set_credentials")
def test_each_kind_of_credentials_is_taken(client_with, admin_key, key_for, project):
    key = key_for("reader", [project])
    for credentials in (
        {"api_key": admin_key},
        {"token": admin_key},
        {"app_id": key["key_id"], "app_key": key["key"]},
    ):
        assert client_with(**credentials).get_project(project)["id"] == project


@pytest.mark.covers("Client.set_credentials")
@pytest.mark.parametrize(
    "credentials",
    [{"api_key": "wrong"}, {"token": "wrong"}, {"app_id": "no", "app_key": "such"}],
    ids=["api-key", "token", "app"],
)
def test_wrong_credentials_are_refused(client_with, project, credentials):
    with at_once(), pytest.raises(Exception, match="Error: .*key"):
        client_with(**credentials).get_project(project)


def test_a_key_of_another_project_reads_and_writes_nothing(al, client_with, key_for, project, filled, box, image):
    stranger = client_with(api_key=key_for("writer", ["another_project"])["key"])
    # It does not even see it listed.
    assert project not in [one["id"] for one in stranger.get_projects()]
    for ask in (
        lambda: stranger.get_project(project),
        lambda: stranger.get_frame_ids(project, filled),
        lambda: stranger.get_frame(project, filled, "f1"),
        lambda: stranger.get_frames(project, filled, ["f1"]),
        lambda: stranger.get_dataset_ingest_error_logs(project, filled),
        lambda: stranger.update_project_metadata(project, {"a": 1}),
        lambda: stranger.create_project(project, al.LabelClassMap.from_classnames(["cat", "dog", "bird", "fox"])),
        lambda: stranger.upload_asset_from_filepath(project, filled, __file__),
    ):
        with at_once(), pytest.raises(Exception, match="Error: .*project"):
            ask()


def test_a_reader_writes_nothing(client, client_with, key_for, project, filled, image, box):
    reader = client_with(api_key=key_for("reader", [project])["key"])
    assert reader.get_frame(project, filled, "f1").id == "f1"
    dataset = reader.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_labeled_frame(frame_id="f9", sensor_data=[image()], labels=[box("b9")])
    with at_once(), pytest.raises(Exception, match="Error: .*writer"):
        reader.create_or_update_labeled_dataset(dataset)
    with at_once(), pytest.raises(Exception, match="Error: "):
        reader.delete_dataset(project, filled)
    assert client.get_frame_ids(project, filled) == ["f1", "f2", "f3"]
    assert client.is_dataset_archived(project, filled) is False


def test_what_does_not_exist_is_told_at_once(client, image, box):
    missing = "no_such_project"
    dataset = client.initialize_labeled_dataset("ds", missing)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[])
    for ask in (
        lambda: client.get_project(missing),
        lambda: client.get_datasets(missing, include_archived=True),
        lambda: client.get_dataset(missing, "ds"),
        lambda: client.get_frame_ids(missing, "ds"),
        lambda: client.get_frame(missing, "ds", "f1"),
        lambda: client.get_frames(missing, "ds", ["f1"]),
        lambda: client.update_project_metadata(missing, {}),
        lambda: client.get_dataset_object_metadata_schema(missing, "ds"),
        lambda: client.create_or_update_labeled_dataset(dataset),
    ):
        with at_once(), pytest.raises(Exception, match="Error: .*no_such_project"):
            ask()


# Files that the server did not hand out, or that say something else than they should.
def ingest(**changes):
    body = {
        "dataset_id": "ds",
        "data_url": {"frame": [], "crop": []},
        "upload_version": str(uuid4()),
        "pipeline_mode": "STREAMING",
        "total_num_frames": 1,
        "total_num_crops": 0,
    }
    return {**body, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"data_url": {"frame": ["http://127.0.0.1:1/f.jsonl"], "crop": ["http://127.0.0.1:1/c.jsonl"]}},
        {"data_url": {"frame": ["https://example.org/f.jsonl"], "crop": ["https://example.org/c.jsonl"]}},
        {"data_url": {"frame": ["/objects/0123456789abcdef"], "crop": ["/objects/0123456789abcdef"]}},
        {"data_url": ["http://169.254.169.254/latest/meta-data"], "pipeline_mode": "BATCH"},
        {"data_url": {"frame": ["file:///etc/passwd"], "crop": ["file:///etc/passwd"]}},
        {"data_url": 7},
        {"data_url": {"frame": {"$ne": None}, "crop": []}},
        {"dataset_id": "../up"},
        {"dataset_id": {"$gt": ""}},
        {"upload_version": {"$gt": ""}},
    ],
    ids=[
        "this-machine",
        "foreign",
        "unknown-object",
        "private-batch",
        "file-url",
        "number",
        "operator-in-files",
        "name-traversal",
        "operator-name",
        "operator-version",
    ],
)
def test_an_upload_of_what_is_not_ours_is_refused(client, native, project, changes):
    answer = native.old("POST", f"/projects/{project}/datasets", json=ingest(**changes))
    assert 400 <= answer.status_code < 500 and answer.status_code != 404, answer.text
    body = answer.json()
    assert len(body["message"]) > 20 and not body["message"].endswith(".")
    assert isinstance(body["code"], str)
    assert client.get_datasets(project, include_archived=True) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe"], ids=repr)
def test_a_body_that_is_no_object_is_refused(native, project, body):
    for path in (f"/projects/{project}/datasets", "/projects", f"/projects/{project}/datasets/ds/frames/LATEST"):
        answer = native.old("POST", path, data=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), (path, answer.status_code, answer.text)
        assert answer.json()["message"]


def test_an_unknown_path_is_told(native):
    answer = native.old("GET", "/no/such/path")
    assert answer.status_code == 404
    assert answer.json()["message"]
