"""Adding a frame that is there replaces it, and other frames stay."""

import pytest

from content import assert_same


@pytest.mark.covers("Client.create_or_update_labeled_dataset", "LabeledDataset.create_and_add_labeled_frame")
def test_a_frame_is_replaced_with_everything_in_it(al, client, native, project, media, image, box, upload):
    dataset = client.initialize_labeled_dataset("ds", project)
    dataset.create_and_add_labeled_frame(
        frame_id="f1",
        sensor_data=[image("1.png"), al.Text(id="words", text="t")],
        labels=[box("a", sensor_id="DEFAULT"), box("b", sensor_id="DEFAULT")],
        user_metadata=[al.UserMetadataEntry("gone", 1), al.UserMetadataEntry("kept", "x")],
        geo_data=al.GeoData(1.5, 2.5),
        device_id="cam",
    )
    other = dataset.create_and_add_labeled_frame(frame_id="f2", sensor_data=[image()], labels=[box("c")])
    upload(dataset)
    again = client.initialize_labeled_dataset("ds", project)
    replaced = again.create_and_add_labeled_frame(
        frame_id="f1",
        sensor_data=[image("2.png")],
        labels=[box("b", "dog")],
        user_metadata=[al.UserMetadataEntry("kept", "y")],
    )
    upload(again)
    assert_same(client.get_frame(project, "ds", "f1"), replaced)
    assert_same(client.get_frame(project, "ds", "f2"), other)
    stored = native.dataset(project, "ds").frame("f1")
    assert stored["metadata"] == {"kept": "y"}
    assert "geo" not in stored
    assert [version["version"] for version in native.dataset(project, "ds").versions()] == [2, 1]


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_what_is_uploaded_again_unchanged_makes_no_version(client, native, project, box, upload, al, media):
    def run():
        dataset = client.initialize_labeled_dataset("ds", project)
        sensor = al.Image(image_url=media.url("a.png"), date_captured="2024-01-02T03:04:05Z")
        dataset.create_and_add_labeled_frame(
            frame_id="f1", sensor_data=[sensor], labels=[box("a")], date_captured="2024-01-02T03:04:05Z"
        )
        return upload(dataset)

    assert run()["counts"]["applied"] == 1
    assert run()["counts"]["unchanged"] == 1
    assert native.dataset(project, "ds").read()["head"] == 1


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_an_upload_is_waited_for(client, native, project, image, box, capsys):
    dataset = client.initialize_labeled_dataset("ds", project)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[box("a")])
    client.create_or_update_labeled_dataset(dataset, wait_until_finish=True)
    assert "Labeled dataset is fully processed." in capsys.readouterr().out
    assert native.dataset(project, "ds").uploads()[0]["state"] == "DONE"
    assert client.get_frame_ids(project, "ds") == ["f1"]


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_several_files_in_one_upload(client, native, project, image, box, upload):
    # The client begins a new pair of files after 5,000 frames and labels.
    dataset = client.initialize_labeled_dataset("ds", project)
    frames = {f"f{number:04}": number % 3 for number in range(4_000)}
    for id, labels in frames.items():
        dataset.create_and_add_labeled_frame(
            frame_id=id, sensor_data=[image()], labels=[box(f"{id}_{at}") for at in range(labels)]
        )
    assert len(dataset._temp_frame_file_names_streaming) == 1
    done = upload(dataset)
    assert done["counts"]["applied"] == len(frames)
    assert native.dataset(project, "ds").read()["counts"] == {"frames": 4_000, "labels": sum(frames.values())}
    assert client.get_frame_ids(project, "ds") == list(frames)
    read = client.get_frames(project, "ds", ["f0001", "f3998"])
    assert {id: len(frame._crop_set.crops) for id, frame in read.items()} == {"f0001": 1, "f3998": 2}


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_a_repeated_post_of_an_upload_changes_nothing(al, client, native, project, image, box, monkeypatch):
    posts = []
    session = type(client).create_or_update_labeled_dataset.__globals__["requests_retry"]
    real_post = session.post

    def post(url, **more):
        if url.endswith("/datasets"):
            posts.append((url, more))
        return real_post(url, **more)

    monkeypatch.setattr(session, "post", post)
    dataset = client.initialize_labeled_dataset("ds", project)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[box("a")])
    client.create_or_update_labeled_dataset(dataset)
    ((url, more),) = posts
    for _ in range(2):
        assert real_post(url, **more).status_code < 300
    stored = native.dataset(project, "ds")
    stored.done()
    assert real_post(url, **more).status_code < 300
    stored.done()
    assert len(stored.uploads()) == 1
    assert stored.read()["head"] == 1
    version = more["json"]["upload_version"]
    windows = native.old("GET", f"/streaming/projects/{project}/datasets/ds/upload_version/{version}/windows").json()
    assert {window["status"] for window in windows} == {"DONE"}
    assert all(isinstance(window["uuid"], str) for window in windows)
