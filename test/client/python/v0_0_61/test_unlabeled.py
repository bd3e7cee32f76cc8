"""Unlabeled datasets: frames whose labels are a model's proposals."""

import pytest


@pytest.mark.covers("UnlabeledDataset.add_frame", "Client.create_or_update_dataset")
@pytest.mark.parametrize("mode", ["STREAMING", "BATCH"])
def test_proposals_keep_their_confidence(al, old, client, project, mode):
    frame = al.UnlabeledFrame(frame_id="f1")
    frame.add_image(image_url="http://127.0.0.1:9/a.png")
    frame.add_label_2d_bbox(
        label_id="p", classification="cat", top=1, left=2, width=3, height=4, confidence=0.75
    )
    dataset = al.UnlabeledDataset(pipeline_mode=mode)
    dataset.add_frame(frame)
    client.create_or_update_dataset(
        project,
        "unlabeled",
        dataset=dataset,
        pipeline_mode=mode,
        existing_embedding_version_uuid="11111111-2222-3333-4444-555555555555",
    )
    upload = old.stored("unlabeled").done()
    assert upload["kind"] == mode
    assert client.get_dataset(project, "unlabeled")["is_unlabeled_indexed_dataset"] is True
    [label] = old.stored("unlabeled").labels("f1").values()
    assert (label["class"], label["confidence"]) == ("cat", 0.75)
    assert old.read("unlabeled", "f1")._labels.label_data[0]["attributes"]["confidence"] == 0.75


@pytest.mark.covers("Client.create_or_update_dataset")
def test_the_client_refuses_confidences_of_labels(old, client, project):
    frame = old.frame("f1")
    frame.add_label_2d_bbox(
        label_id="p", classification="cat", top=1, left=2, width=3, height=4, confidence=0.75
    )
    with pytest.raises(Exception, match="only valid for unlabeled datasets"):
        client.create_or_update_dataset(project, "ds", dataset=old.dataset([frame]))


@pytest.mark.covers("UnlabeledDataset.delete_frame", "UnlabeledDataset.add_frame")
def test_proposals_are_deleted_with_their_frame(al, old, client, project):
    first, second = al.UnlabeledDataset(pipeline_mode="STREAMING"), al.UnlabeledDataset(pipeline_mode="STREAMING")
    for frame_id in ("f1", "f2"):
        frame = al.UnlabeledFrame(frame_id=frame_id)
        frame.add_image(image_url="http://127.0.0.1:9/a.png")
        first.add_frame(frame)
    second.delete_frame("f1")
    for dataset in (first, second):
        client.create_or_update_dataset(project, "unl", dataset=dataset, existing_embedding_version_uuid="any")
        old.stored("unl").done()
    assert client.get_frame_ids(project, "unl") == ["f2"]
