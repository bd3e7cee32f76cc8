"""Unlabeled datasets, second version: in 0.0.67 still a private method."""

import pytest


def proposals(al, *frame_ids):
    from aquariumlearning.dataset import UnlabeledDatasetV2, UnlabeledFrameV2

    dataset = UnlabeledDatasetV2()
    for frame_id in frame_ids:
        frame = UnlabeledFrameV2(frame_id=frame_id)
        frame.add_image(image_url="http://127.0.0.1:9/a.png")
        frame.add_label_2d_bbox(
            label_id=f"{frame_id}_p", classification="cat", top=1, left=2, width=3, height=4, confidence=0.75
        )
        dataset.add_frame(frame)
    return dataset


@pytest.mark.covers("Client.get_frame_ids")
def test_made_and_added_to(al, old, client, project):
    client._create_or_update_unlabeled_dataset(project, "unl", proposals(al, "f1"), external_metadata={"a": 2})
    old.stored("unl").done()
    described = client.get_dataset(project, "unl")
    assert described["is_unlabeled_indexed_dataset"] is True
    assert described["unlabeled_dataset_version"] >= 2
    assert described["external_metadata"] == {"a": 2}
    client._create_or_update_unlabeled_dataset(project, "unl", proposals(al, "f2", "f3"))
    old.stored("unl").done()
    assert sorted(client.get_frame_ids(project, "unl")) == ["f1", "f2", "f3"]
    assert old.stored("unl").labels("f2")["f2_p"]["confidence"] == 0.75


@pytest.mark.covers("Client.get_dataset")
def test_a_labeled_dataset_takes_none(al, old, client, project):
    old.stream("ds", old.boxed("f1"))
    with pytest.raises(Exception, match="Cannot append unlabeled data to a labeled dataset"):
        client._create_or_update_unlabeled_dataset(project, "ds", proposals(al, "f2"))
