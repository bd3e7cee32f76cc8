import pytest

from at_once import at_once


@pytest.mark.covers(
    "Client.get_datasets", "Client.get_dataset", "Client.dataset_exists", "Client.initialize_labeled_dataset"
)
def test_a_dataset_is_listed_with_its_metadata(client, project, image, box, upload):
    assert client.get_datasets(project, include_archived=True) == []
    assert client.dataset_exists(project, "ds") is False
    dataset = client.initialize_labeled_dataset("ds", project, external_metadata={"site": "north", "n": [1, 2.5]})
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[box("b1")])
    upload(dataset)
    assert client.dataset_exists(project, "ds") is True
    assert [one["id"] for one in client.get_datasets(project, include_archived=False)] == ["ds"]
    read = client.get_dataset(project, "ds")
    assert read["id"] == "ds"
    assert read["external_metadata"] == {"site": "north", "n": [1, 2.5]}
    assert not read["archived"]


@pytest.mark.covers("Client.delete_dataset", "Client.is_dataset_archived", "Client.get_datasets")
def test_a_deleted_dataset_is_archived_and_still_read(client, native, project, filled):
    assert client.is_dataset_archived(project, filled) is False
    client.delete_dataset(project, filled)
    assert client.is_dataset_archived(project, filled) is True
    assert client.get_datasets(project, include_archived=False) == []
    assert [one["id"] for one in client.get_datasets(project, include_archived=True)] == [filled]
    assert client.dataset_exists(project, filled) is True
    assert client.get_dataset(project, filled)["archived"] is True
    assert client.get_frame_ids(project, filled) == ["f1", "f2", "f3"]
    assert client.get_frame(project, filled, "f2").id == "f2"
    assert native.dataset(project, filled).read()["head"] == 1


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_an_archived_dataset_takes_no_upload_and_says_so_at_once(
    client, native, project, filled, image, box, monkeypatch
):
    client.delete_dataset(project, filled)
    dataset = client.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_labeled_frame(frame_id="f9", sensor_data=[image()], labels=[box("b9")])
    with at_once(), pytest.raises(Exception, match="archived"):
        client.create_or_update_labeled_dataset(dataset)
    # The client itself asks first; one that does not is refused by the server.
    monkeypatch.setattr(client, "is_dataset_archived", lambda *_: False)
    with at_once(), pytest.raises(Exception, match="Error: .*archived"):
        client.create_or_update_labeled_dataset(dataset)
    assert len(native.dataset(project, filled).uploads()) == 1
    assert client.get_frame_ids(project, filled) == ["f1", "f2", "f3"]


@pytest.mark.covers(
    "Client.is_dataset_processed",
    "Client.current_dataset_process_state",
    "Client.current_abstract_dataset_process_step_status",
    "Client.parse_normalize_process_step_status",
    "Client.get_dataset_ingest_error_logs",
)
def test_the_state_of_a_processed_dataset_is_told(client, project, filled):
    assert client.is_dataset_processed(project, filled) is True
    state, percent = client.current_dataset_process_state(project, filled)
    assert isinstance(state, str) and state != "FAILED"
    assert percent == 100
    status = client.current_abstract_dataset_process_step_status(project, filled)
    assert client.parse_normalize_process_step_status(status) == "DONE"
    assert client.get_dataset_ingest_error_logs(project, filled) == []


@pytest.mark.covers("Client.is_dataset_processed", "Client.is_dataset_archived")
def test_of_a_dataset_that_does_not_exist_the_client_hears_at_once(client, project):
    with at_once():
        assert client.is_dataset_processed(project, "nowhere") is False
        assert client.is_dataset_archived(project, "nowhere") is False
    for ask in (client.get_dataset, client.get_frame_ids):
        with at_once(), pytest.raises(Exception, match="Error: .*nowhere"):
            ask(project, "nowhere")


@pytest.mark.covers("Client.update_dataset_object_metadata_schema", "Client.get_dataset_object_metadata_schema")
def test_the_schema_of_label_metadata_is_kept(client, project, filled):
    schema = [
        {"name": "width_bucket", "type": "STRING"},
        {"name": "seen", "type": "BOOL"},
        {"name": "n", "type": "INTEGER"},
        {"name": "x", "type": "FLOAT"},
        {"name": "any", "type": "NUMERIC"},
        {"name": "tags", "type": "ARRAY<STRING>"},
    ]
    client.update_dataset_object_metadata_schema(project, filled, schema)
    by_name = {one["name"]: one["type"] for one in client.get_dataset_object_metadata_schema(project, filled)}
    assert by_name == {one["name"]: one["type"] for one in schema}
