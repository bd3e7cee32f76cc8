"""Vectors of frames and labels, which the client cannot read back: they are read over the native API."""

import pytest

MODELS = {"frame_embedding_model": "frames", "label_embedding_model": "labels"}


@pytest.fixture
def with_vectors(client, project, image, box, upload):
    """The dataset `ds` with the frames f1 and f2 and their labels a and b, all with vectors."""
    dataset = client.initialize_labeled_dataset("ds", project, **MODELS)
    for at, (frame, label) in enumerate([("f1", "a"), ("f2", "b")]):
        dataset.create_and_add_labeled_frame(
            frame_id=frame,
            sensor_data=[image()],
            labels=[box(label, embedding=[at + 0.5, 1, 2])],
            embedding=[at + 0.25, 0.5, 0.75, 1.0],
        )
    upload(dataset)
    return "ds"


@pytest.mark.covers("Client.initialize_labeled_dataset", "LabeledDataset.create_and_add_labeled_frame")
def test_vectors_of_frames_and_labels_are_kept(native, project, with_vectors):
    stored = native.dataset(project, with_vectors)
    assert stored.vectors("f1") == ([0.25, 0.5, 0.75, 1.0], {"a": [0.5, 1, 2]})
    assert stored.vectors("f2") == ([1.25, 0.5, 0.75, 1.0], {"b": [1.5, 1, 2]})
    assert stored.models("f1") == ("frames", {"a": "labels"})


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_a_modified_frame_keeps_its_vectors(al, client, native, project, with_vectors, upload):
    dataset = client.initialize_labeled_dataset(with_vectors, project, **MODELS)
    dataset.create_and_add_modified_labeled_frame(
        frame_id="f1",
        user_metadata=[al.UserMetadataEntry("k", "v")],
        labels=[al.ModifiedBbox2DLabel(id="a", top=99)],
    )
    upload(dataset)
    stored = native.dataset(project, with_vectors)
    assert stored.vectors("f1") == ([0.25, 0.5, 0.75, 1.0], {"a": [0.5, 1, 2]})
    assert stored.labels("f1")["a"]["geometry"]["top"] == 99


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_a_modified_frame_gets_new_vectors(al, client, native, project, with_vectors, upload):
    dataset = client.initialize_labeled_dataset(with_vectors, project, **MODELS)
    dataset.create_and_add_modified_labeled_frame(
        frame_id="f1", embedding=[9.0, 9, 9, 9], labels=[al.ModifiedBbox2DLabel(id="a", embedding=[8.0, 8, 8])]
    )
    upload(dataset)
    stored = native.dataset(project, with_vectors)
    assert stored.vectors("f1") == ([9, 9, 9, 9], {"a": [8, 8, 8]})
    assert stored.vectors("f2") == ([1.25, 0.5, 0.75, 1.0], {"b": [1.5, 1, 2]})


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame")
def test_a_replaced_frame_loses_its_vectors(client, native, project, with_vectors, image, box, upload):
    dataset = client.initialize_labeled_dataset(with_vectors, project)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[box("a")])
    upload(dataset)
    assert native.dataset(project, with_vectors).vectors("f1") == (None, {"a": None})


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame")
def test_the_zeros_that_the_client_fills_in_are_no_vectors(al, client, native, project, image, box, upload):
    frames = client.initialize_labeled_dataset("frames_only", project, **MODELS)
    frames.create_and_add_labeled_frame(
        frame_id="f1", sensor_data=[image()], labels=[box("a")], embedding=[1.0, 2.0, 3.0, 4.0]
    )
    upload(frames)
    assert native.dataset(project, "frames_only").vectors("f1") == ([1, 2, 3, 4], {"a": None})
    labels = client.initialize_labeled_dataset("labels_only", project, **MODELS)
    labels.create_and_add_labeled_frame(
        frame_id="f1", sensor_data=[image()], labels=[box("a", embedding=[1.0, 2.0, 3.0, 4.0])]
    )
    upload(labels)
    assert native.dataset(project, "labels_only").vectors("f1") == (None, {"a": [1, 2, 3, 4]})


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame")
def test_vectors_of_whole_numbers_and_frames_without_labels(client, native, project, image, upload):
    dataset = client.initialize_labeled_dataset("ds", project, **MODELS)
    for at in range(3):
        dataset.create_and_add_labeled_frame(
            frame_id=f"f{at}", sensor_data=[image()], labels=[], embedding=[at, 1, 2]
        )
    upload(dataset)
    stored = native.dataset(project, "ds")
    assert [stored.vectors(f"f{at}") for at in range(3)] == [([at, 1, 2], {}) for at in range(3)]
