"""Changes to a STREAMING dataset: adding, deleting, new metadata."""

from uuid import uuid4

import pytest

from old_style import labels_of, metadata_of

from v0_0_61.test_labels import ADD


@pytest.mark.covers("Client.add_to_streaming_dataset")
@pytest.mark.parametrize("upload_version", [None, "mine"], ids=["unnamed", "named"])
def test_frames_are_added(old, client, project, native, upload_version):
    old.stream("ds", old.boxed("f1"))
    upload_version = upload_version and str(uuid4())
    client.add_to_streaming_dataset(
        project, "ds", old.dataset([old.boxed("f2")]), upload_version=upload_version, validate_frames=True
    )
    upload = old.stored("ds").done()
    assert sorted(client.get_frame_ids(project, "ds")) == ["f1", "f2"]
    if upload_version is not None:
        path = f"/streaming/projects/{project}/datasets/ds/upload_version/{upload_version}/windows"
        windows = native.old("GET", path).json()
        assert [window["status"] for window in windows] == ["DONE"]
        assert upload["external_id"] == upload_version


@pytest.mark.covers("Client.add_to_streaming_dataset", "Client.create_or_update_dataset")
def test_two_uploads_without_a_version_are_two(old, client, project):
    client.create_or_update_dataset(project, "ds", dataset=old.dataset([old.boxed("f1")]))
    client.add_to_streaming_dataset(project, "ds", old.dataset([old.boxed("f2")]))
    client.add_to_streaming_dataset(project, "ds", old.dataset([old.boxed("f3")]))
    old.stored("ds").done()
    assert sorted(client.get_frame_ids(project, "ds")) == ["f1", "f2", "f3"]
    assert len(old.stored("ds").uploads()) == 3


@pytest.mark.covers("Client.create_or_update_dataset")
def test_waiting_for_windows(old, client, project, capsys):
    client.create_or_update_dataset(project, "ds", dataset=old.dataset([old.boxed("f1")]), wait_until_finish=True)
    assert "Dataset is fully processed." in capsys.readouterr().out
    assert client.get_frame_ids(project, "ds") == ["f1"]


@pytest.mark.covers("LabeledDataset.delete_frame", "Client.create_or_update_dataset")
def test_frames_are_deleted(old, client, project):
    old.stream("ds", old.boxed("f1"), old.boxed("f2"), old.boxed("f3"))
    changes = old.dataset([old.boxed("f4")])
    changes.delete_frame("f1")
    changes.delete_frame("f3")
    changes.delete_frame("never there")
    client.create_or_update_dataset(project, "ds", dataset=changes)
    old.stored("ds").done()
    assert sorted(client.get_frame_ids(project, "ds")) == ["f2", "f4"]
    assert list(client.get_frames(project, "ds", ["f1", "f2"])) == ["f2"]
    with pytest.raises(Exception, match="f1"):
        client.get_frame(project, "ds", "f1")
    assert [entry["kind"] for entry in old.stored("ds").history("f1")] == ["deleted", "added"]
    assert old.stored("ds").frame("f1", version=1)["frame_id"] == "f1"


@pytest.mark.covers("LabeledDataset.delete_frame", "Client.add_to_streaming_dataset")
def test_only_deletions(old, client, project):
    old.stream("ds", old.boxed("f1"), old.boxed("f2"))
    changes = old.dataset([])
    changes.delete_frame("f1")
    client.add_to_streaming_dataset(project, "ds", changes)
    old.stored("ds").done()
    assert client.get_frame_ids(project, "ds") == ["f2"]


def vectored(old, frame_id, **metadata):
    frame = old.boxed(frame_id, **metadata)
    frame.add_label_2d_bbox(
        label_id=f"{frame_id}_other",
        classification="dog",
        top=1.5,
        left=2,
        width=3,
        height=4,
        user_attrs={"checked": True},
        links={"same": f"{frame_id}_box"},
    )
    frame.add_geo_latlong_data(1.0, 2.0)
    frame.add_frame_embedding(embedding=[0.25, 0.5, -1.0])
    frame.add_crop_embedding(label_id=f"{frame_id}_box", embedding=[0.5, 1.0])
    frame.add_crop_embedding(label_id=f"{frame_id}_other", embedding=[1.5, 2.0])
    return frame


@pytest.mark.covers("Client.update_frames_metadata")
def test_new_metadata_keeps_labels_vectors_and_their_history(old, client, project):
    stored = old.stored("ds")
    old.stream("ds", vectored(old, "f1", split="train", n=3), vectored(old, "f2", split="train", n=4))
    before, vectors = stored.frame("f1"), stored.vectors("f1")
    client.update_frames_metadata(project, "ds", {"f1": {"split": "test", "new": [1, 2]}, "not there": {"split": "x"}})
    upload = stored.done()
    assert (upload["counts"]["applied"], upload["last_version"]) == (1, 2)
    after = stored.frame("f1")
    assert after["metadata"] == {"split": "test", "n": 3, "new": [1, 2]}
    assert stored.vectors("f1") == vectors
    assert after["labels"] == before["labels"]
    assert [label["since"] for label in after["labels"]] == [1, 1]
    assert after["version"] == 2
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {"metadata", "version", "dataset_version", "hash"}
    paths = {change["path"] for change in stored.history("f1")[0]["changes"]}
    assert paths == {"metadata.split", "metadata.new"}
    assert metadata_of(old.read("ds", "f1")) == {"split": "test", "n": 3, "new": [1, 2]}
    assert [entry["kind"] for entry in stored.history("f2")] == ["added"]


@pytest.mark.covers("Client.update_frames_metadata")
@pytest.mark.parametrize("add", [add for adds in ADD.values() for add in adds], ids=lambda add: add.__name__[4:])
def test_new_metadata_leaves_labels_of_every_type_alone(old, client, project, add):
    frame = old.frame("f1", split="train")
    add(frame)
    old.stream("ds", frame)
    before = old.stored("ds").frame("f1")
    client.update_frames_metadata(project, "ds", {"f1": {"split": "test"}})
    old.stored("ds").done()
    after = old.stored("ds").frame("f1")
    assert after["labels"] == before["labels"]
    assert after["sensor_data"] == before["sensor_data"]
    assert after["metadata"] == {"split": "test"}


@pytest.mark.covers("Client.update_frames_metadata")
def test_new_metadata_leaves_instances_alone(old, client, project):
    frame = old.frame("f1", split="train")
    frame.add_label_2d_instance_seg(
        label_id="m",
        mask_url="http://127.0.0.1:9/mask.png",
        instance_mapping=[{"id": 1, "classification": "cat", "attributes": {"is_standing": False}}],
        resize_mode="fill",
    )
    old.stream("ds", frame)
    before = old.stored("ds").frame("f1")
    client.update_frames_metadata(project, "ds", {"f1": {"split": "test"}})
    old.stored("ds").done()
    assert old.stored("ds").frame("f1")["labels"] == before["labels"]


@pytest.mark.covers("Client.update_frames_metadata")
def test_the_same_metadata_again_changes_nothing(old, client, project):
    old.stream("ds", vectored(old, "f1", split="train"))
    client.update_frames_metadata(project, "ds", {"f1": {"split": "train"}})
    upload = old.stored("ds").done()
    assert (upload["counts"]["unchanged"], upload["last_version"]) == (1, None)
    assert [version["version"] for version in old.stored("ds").versions()] == [1]


@pytest.mark.covers("Client.update_frames_metadata")
def test_the_client_refuses_metadata_of_another_type(old, client, project):
    old.stream("ds", old.boxed("f1", n=3))
    with pytest.raises(Exception, match="must be of the same type"):
        client.update_frames_metadata(project, "ds", {"f1": {"n": "three"}})
    assert metadata_of(old.read("ds", "f1")) == {"n": 3}


@pytest.mark.covers("Client.get_frame", "Client.create_or_update_dataset")
def test_a_frame_that_was_read_can_be_sent_again(old, client, project):
    """Frames that were read keep their vectors: they ask for them to be reused."""
    old.stream("ds", vectored(old, "f1", split="train"))
    read = old.read("ds", "f1")
    read.add_label_2d_bbox(label_id="third", classification="bird", top=1, left=1, width=1, height=1)
    client.add_to_streaming_dataset(project, "ds", old.dataset([read]), reuse_embeddings=True)
    old.stored("ds").done()
    vector, crops = old.stored("ds").vectors("f1")
    assert vector == [0.25, 0.5, -1.0]
    assert crops == {"f1_box": [0.5, 1.0], "f1_other": [1.5, 2.0], "third": None}
    assert list(labels_of(old.read("ds", "f1"))) == ["f1_box", "f1_other", "third"]
    assert [label["since"] for label in old.stored("ds").frame("f1")["labels"]] == [1, 1, 2]


@pytest.mark.covers("Client.get_frame_ids", "Client.get_frame", "Client.get_frames")
def test_a_version_may_stand_where_the_client_says_latest(old, native, project):
    old.stream("ds", old.boxed("f1"))
    old.stream("ds", old.boxed("f1", classification="dog"), old.boxed("f2"))
    assert native.old("GET", f"/projects/{project}/datasets/ds/frame_ids/1").json() == ["f1"]
    frame = native.old("GET", f"/projects/{project}/datasets/ds/frame/f1/1").json()
    assert frame["label_data"][0]["label"] == "cat"
