import pytest


@pytest.fixture
def proposal(al):
    def make(id, classification="cat", confidence=0.5, **more):
        return al.Bbox2DInference(
            id=id, classification=classification, confidence=confidence, top=1, left=2, width=3, height=4, **more
        )

    return make


@pytest.mark.covers(
    "Client.initialize_unlabeled_dataset",
    "UnlabeledDataset.create_and_add_unlabeled_frame",
    "Client.create_or_update_unlabeled_dataset",
)
def test_an_unlabeled_dataset_with_proposals(al, client, native, project, image, proposal, capsys):
    dataset = client.initialize_unlabeled_dataset(
        "unl", project, frame_embedding_model="m", inference_embedding_model="n", external_metadata={"a": 1}
    )
    dataset.create_and_add_unlabeled_frame(
        frame_id="f1",
        sensor_data=[image()],
        proposals=[proposal("p1", "dog", 0.25, embedding=[1.0, 2.0, 3.0])],
        user_metadata=[al.UserMetadataEntry("site", "north")],
        geo_data=al.GeoData(1.5, 2.5),
        device_id="cam",
        embedding=[1.0, 0.5],
    )
    client.create_or_update_unlabeled_dataset(dataset, wait_until_finish=True)
    assert "Unlabeled dataset is fully processed." in capsys.readouterr().out
    read = client.get_dataset(project, "unl")
    assert read["is_unlabeled_indexed_dataset"] is True
    assert read["external_metadata"] == {"a": 1}
    assert client.get_frame_ids(project, "unl") == ["f1"]
    frame = client.get_frame(project, "unl", "f1")
    assert (frame.device_id, frame.geo_data.lat) == ("cam", 1.5)
    assert [(crop.id, crop.classification) for crop in frame._crop_set.crops] == [("p1", "dog")]
    stored = native.dataset(project, "unl")
    assert stored.labels("f1")["p1"]["confidence"] == 0.25
    assert stored.frame("f1")["metadata"] == {"site": "north"}
    assert stored.vectors("f1") == ([1, 0.5], {"p1": [1, 2, 3]})
    # Again: frame by frame, as a labeled one.
    again = client.initialize_unlabeled_dataset("unl", project)
    again.create_and_add_unlabeled_frame(frame_id="f2", sensor_data=[image()], proposals=[])
    client.create_or_update_unlabeled_dataset(again)
    stored.done()
    assert client.get_frame_ids(project, "unl") == ["f1", "f2"]


@pytest.mark.covers(
    "Client.initialize_unlabeled_datasetV2",
    "UnlabeledDatasetV2.create_and_add_unlabeled_frame",
    "Client.create_or_update_unlabeled_datasetV2",
)
def test_an_unlabeled_dataset_of_the_second_kind(al, client, native, project, image, proposal):
    dataset = client.initialize_unlabeled_datasetV2("unl2", project, external_metadata={"a": 2})
    dataset.create_and_add_unlabeled_frame(
        frame_id="f1",
        sensor_data=[image()],
        proposals=[proposal("p1"), proposal("p2", "bird", 0.125)],
        user_metadata=[al.UserMetadataEntry("n", 1)],
    )
    client.create_or_update_unlabeled_datasetV2(dataset)
    stored = native.dataset(project, "unl2")
    stored.done()
    assert client.is_dataset_processed(project, "unl2") is True
    read = client.get_dataset(project, "unl2")
    assert read["is_unlabeled_indexed_dataset"] is True
    assert read["unlabeled_dataset_version"] >= 2
    assert read["external_metadata"] == {"a": 2}
    frame = client.get_frame(project, "unl2", "f1")
    assert [crop.id for crop in frame._crop_set.crops] == ["p1", "p2"]
    assert {id: label["confidence"] for id, label in stored.labels("f1").items()} == {"p1": 0.5, "p2": 0.125}
    # Appending asks the server what kind of dataset it is.
    again = client.initialize_unlabeled_datasetV2("unl2", project)
    again.create_and_add_unlabeled_frame(frame_id="f2", sensor_data=[image()], proposals=[proposal("p3")])
    client.create_or_update_unlabeled_datasetV2(again)
    stored.done()
    assert client.get_frame_ids(project, "unl2") == ["f1", "f2"]


@pytest.mark.covers("Client.create_or_update_unlabeled_datasetV2")
def test_a_batch_that_fills_its_file_exactly(client, native, project, image, proposal):
    # The client then tells of one file more than it uploads.
    dataset = client.initialize_unlabeled_datasetV2("unl2", project)
    dataset.create_and_add_unlabeled_frame(
        frame_id="f1", sensor_data=[image()], proposals=[proposal(f"p{at}") for at in range(5_001)]
    )
    client.create_or_update_unlabeled_datasetV2(dataset)
    stored = native.dataset(project, "unl2")
    stored.done()
    assert len(dataset._file_summaries) == 2
    assert stored.read()["counts"] == {"frames": 1, "labels": 5_001}


@pytest.mark.covers("Client.create_or_update_unlabeled_datasetV2")
def test_a_labeled_dataset_takes_no_unlabeled_frames(client, project, filled, image, proposal):
    dataset = client.initialize_unlabeled_datasetV2(filled, project)
    dataset.create_and_add_unlabeled_frame(frame_id="u1", sensor_data=[image()], proposals=[proposal("p1")])
    with pytest.raises(Exception, match="Cannot append unlabeled data to a labeled dataset"):
        client.create_or_update_unlabeled_datasetV2(dataset)
    assert client.get_frame_ids(project, filled) == ["f1", "f2", "f3"]
