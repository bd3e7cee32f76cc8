"""`update_dataset_frames` and `update_frames_metadata`: frames changed in part."""

import pytest

from old_style import labels_of, metadata_of


def vectored(old, frame_id, **metadata):
    frame = old.boxed(frame_id, **metadata)
    frame.add_geo_latlong_data(1.0, 2.0)
    frame.add_frame_embedding(embedding=[0.25, 0.5, -1.0])
    frame.add_crop_embedding(label_id=f"{frame_id}_box", embedding=[0.5, 1.0])
    return frame


def update(old, *frames):
    old.client.update_dataset_frames(old.project, "ds", list(frames))
    return old.stored("ds").done()


def changed_parts(before, after):
    return {key for key in after if after[key] != before.get(key)} - {"version", "dataset_version", "hash"}


@pytest.mark.covers("Client.update_dataset_frames")
def test_metadata_alone(al, old):
    stored = old.stored("ds")
    old.stream("ds", vectored(old, "f1", split="train", n=3))
    before, vectors = stored.frame("f1"), stored.vectors("f1")
    change = al.LabeledFrame(frame_id="f1", update_type="MODIFY")
    change.add_user_metadata("split", "test")
    change.add_user_metadata_list("new", [1.0, 2.5])
    update(old, change)
    after = stored.frame("f1")
    assert after["metadata"] == {"split": "test", "n": 3, "new": [1, 2.5]}
    assert changed_parts(before, after) == {"metadata"}
    assert stored.vectors("f1") == vectors
    assert [label["since"] for label in after["labels"]] == [1]
    assert metadata_of(old.read("ds", "f1")) == {"split": "test", "n": 3, "new": [1.0, 2.5]}



CHANGES = {
    "sensor_data": lambda frame: frame.add_image(image_url="http://127.0.0.1:9/new.png"),
    "geo": lambda frame: frame.add_geo_latlong_data(3.0, 4.0),
}


@pytest.mark.covers("Client.update_dataset_frames")
@pytest.mark.parametrize("part", CHANGES)
def test_one_part_of_a_frame(al, old, part):
    stored = old.stored("ds")
    old.stream("ds", vectored(old, "f1", n=3))
    before, vectors = stored.frame("f1"), stored.vectors("f1")
    change = al.LabeledFrame(frame_id="f1", update_type="MODIFY")
    CHANGES[part](change)
    update(old, change)
    assert changed_parts(before, stored.frame("f1")) == {part}
    assert stored.vectors("f1") == vectors


@pytest.mark.covers("Client.update_dataset_frames")
def test_date_and_device(al, old):
    stored = old.stored("ds")
    old.stream("ds", vectored(old, "f1", n=3))
    before = stored.frame("f1")
    update(old, al.LabeledFrame(frame_id="f1", update_type="MODIFY", date_captured="2021-01-01", device_id="other"))
    after = stored.frame("f1")
    assert changed_parts(before, after) == {"date_captured", "device_id"}
    assert (after["date_captured"], after["device_id"]) == ("2021-01-01", "other")


@pytest.mark.covers("Client.update_dataset_frames")
def test_nothing_given_changes_nothing(al, old):
    old.stream("ds", vectored(old, "f1", n=3))
    upload = update(old, al.LabeledFrame(frame_id="f1", update_type="MODIFY"))
    assert (upload["counts"]["unchanged"], upload["last_version"]) == (1, None)


@pytest.mark.covers("Client.update_dataset_frames")
def test_a_frame_that_is_not_there_is_dropped(al, old, client, project):
    old.stream("ds", old.boxed("f1"))
    here, gone = (al.LabeledFrame(frame_id=name, update_type="MODIFY") for name in ("f1", "gone"))
    here.add_user_metadata("n", 1)
    gone.add_user_metadata("n", 1)
    update(old, here, gone)
    assert client.get_frame_ids(project, "ds") == ["f1"]
    assert metadata_of(old.read("ds", "f1")) == {"n": 1}


@pytest.mark.covers("Client.update_dataset_frames")
def test_new_vectors_of_some_frames(al, old):
    stored = old.stored("ds")
    old.stream("ds", vectored(old, "f1"), vectored(old, "f2"))
    vector = al.LabeledFrame(frame_id="f1", update_type="MODIFY")
    vector.add_frame_embedding(embedding=[9.0, 8.0, 7.5])
    update(old, vector)
    assert stored.vectors("f1") == ([9.0, 8.0, 7.5], {"f1_box": [0.5, 1.0]})
    assert stored.vectors("f2") == ([0.25, 0.5, -1.0], {"f2_box": [0.5, 1.0]})


@pytest.mark.covers("Client.update_dataset_frames")
def test_added_frames_are_not_updates(al, old, client, project):
    old.stream("ds", old.boxed("f1"))
    with pytest.raises(Exception, match="update_type='MODIFY'"):
        client.update_dataset_frames(project, "ds", [old.boxed("f1")])


@pytest.mark.covers("Client.update_frames_metadata")
def test_new_metadata_keeps_labels_vectors_and_their_history(old, client, project):
    stored = old.stored("ds")
    old.stream("ds", vectored(old, "f1", split="train", n=3), vectored(old, "f2", split="train"))
    before, vectors = stored.frame("f1"), stored.vectors("f1")
    client.update_frames_metadata(project, "ds", {"f1": {"split": "test", "new": [1, 2]}, "gone": {"split": "x"}})
    stored.done()
    after = stored.frame("f1")
    assert after["metadata"] == {"split": "test", "n": 3, "new": [1, 2]}
    assert changed_parts(before, after) == {"metadata"}
    assert [label["since"] for label in after["labels"]] == [1]
    assert stored.vectors("f1") == vectors
    assert [entry["kind"] for entry in stored.history("f2")] == ["added"]


@pytest.mark.covers("Client.update_frames_metadata")
def test_values_that_are_not_sent_back_stay(old, client, project):
    """The client leaves out zeros, empty texts and the like of the other fields; as an update that keeps them."""
    old.stream("ds", old.boxed("f1", zero=0, no=False, split="train"))
    client.update_frames_metadata(project, "ds", {"f1": {"split": "test"}})
    old.stored("ds").done()
    assert old.stored("ds").frame("f1")["metadata"] == {"zero": 0, "no": False, "split": "test"}


@pytest.mark.covers("LabeledFrame.add_label_2d_bbox", "Client.add_to_streaming_dataset")
def test_a_dataset_defaults_to_streaming(al, old, client, project):
    dataset = al.LabeledDataset()
    dataset.add_frame(old.boxed("f1"))
    client.create_dataset(project, "ds", dataset=dataset)
    old.stored("ds").done()
    assert labels_of(old.read("ds", "f1"))["f1_box"]["label"] == "cat"
