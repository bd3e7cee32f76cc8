"""What the client asks about a dataset, and what it deletes."""

import pytest


@pytest.mark.covers("Client.get_datasets", "Client.get_dataset", "Client.dataset_exists", "Client.delete_dataset")
@pytest.mark.covers("Client.is_dataset_archived")
def test_a_deleted_dataset_is_archived(old, client, project):
    old.stream("ds", old.boxed("f1"))
    assert client.dataset_exists(project, "ds")
    assert not client.is_dataset_archived(project, "ds")
    client.delete_dataset(project, "ds")
    assert [one["id"] for one in client.get_datasets(project, include_archived=False)] == []
    assert [one["id"] for one in client.get_datasets(project, include_archived=True)] == ["ds"]
    assert client.get_dataset(project, "ds")["archived"] is True
    assert client.is_dataset_archived(project, "ds")
    assert client.get_frame_ids(project, "ds") == ["f1"]
    with pytest.raises(Exception, match="archived"):
        client.create_or_update_dataset(project, "ds", dataset=old.dataset([old.boxed("f2")]))
    with pytest.raises(Exception, match="archived"):
        client.add_to_streaming_dataset(project, "ds", old.dataset([old.boxed("f2")]))
    assert client.get_frame_ids(project, "ds") == ["f1"]


@pytest.mark.covers("Client.is_dataset_archived", "Client.is_dataset_processed", "Client.dataset_exists")
def test_a_dataset_that_is_not_there(client, project):
    assert not client.dataset_exists(project, "nothing")
    assert not client.is_dataset_archived(project, "nothing")
    assert not client.is_dataset_processed(project, "nothing")
    with pytest.raises(Exception, match="nothing"):
        client.get_frame_ids(project, "nothing")


@pytest.mark.covers("Client.is_dataset_processed", "Client.current_dataset_process_state")
@pytest.mark.covers("Client.current_abstract_dataset_process_step_status", "Client.parse_normalize_process_step_status")
@pytest.mark.covers("Client.get_dataset_ingest_error_logs")
def test_the_states_of_a_finished_dataset(old, client, project):
    old.stream("ds", old.boxed("f1"))
    assert client.is_dataset_processed(project, "ds") is True
    state, percent = client.current_dataset_process_state(project, "ds")
    assert (state in ("FAILED", "PENDING"), percent) == (False, 100)
    status = client.current_abstract_dataset_process_step_status(project, "ds")
    assert client.parse_normalize_process_step_status(status) != "PENDING"
    assert client.get_dataset_ingest_error_logs(project, "ds") == []


@pytest.mark.covers("Client.create_or_update_dataset", "Client.update_dataset_metadata", "Client.get_dataset")
def test_metadata_of_a_dataset_is_replaced(old, client, project):
    old.stream("ds", old.boxed("f1"), external_metadata={"a": 1})
    assert client.get_dataset(project, "ds")["external_metadata"] == {"a": 1}
    client.update_dataset_metadata(project, "ds", {"b": {"c": [1, "x", None]}})
    assert client.get_dataset(project, "ds")["external_metadata"] == {"b": {"c": [1, "x", None]}}


@pytest.mark.covers("Client.update_dataset_object_metadata_schema", "Client.get_dataset_object_metadata_schema")
def test_a_schema_of_label_metadata(old, client, project):
    old.stream("ds", old.boxed("f1"))
    schema = [{"name": "width_bucket", "type": "STRING"}, {"name": "sizes", "type": "ARRAY<FLOAT>"}]
    client.update_dataset_object_metadata_schema(project, "ds", schema)
    assert client.get_dataset_object_metadata_schema(project, "ds") == schema


@pytest.mark.covers("Client.upload_asset_from_filepath")
@pytest.mark.parametrize("content", [b"", b"some bytes\x00\xff" * 1000], ids=["empty", "bytes"])
def test_a_file_as_an_asset(client, project, tmp_path, content):
    import requests

    path = tmp_path / "an image (1).png"
    path.write_bytes(content)
    url = client.upload_asset_from_filepath(project, "ds", str(path))
    answer = requests.get(url, timeout=30)
    assert (answer.status_code, answer.content) == (200, content)


@pytest.mark.covers("Client.upload_asset_from_url")
def test_an_asset_from_a_url(client, project, media):
    import requests

    url = client.upload_asset_from_url(project, "ds", media.url("cat.png?signature=a%20b"))
    assert requests.get(url, timeout=30).content == requests.get(media.url("cat.png"), timeout=30).content


@pytest.mark.covers("Client.preview_frame")
def test_a_preview_has_a_page(old, client, project, root, capsys):
    client.preview_frame(project, old.boxed("f1"))
    printed = capsys.readouterr().out
    assert f"{root}/projects/{project}/preview_frame/" in printed
    assert not client.dataset_exists(project, "ds")


@pytest.mark.covers("Client.create_or_update_dataset")
@pytest.mark.parametrize("answer, frames", [("", ["f1"]), ("exit", [])], ids=["enter", "exit"])
def test_a_preview_before_an_upload(old, client, project, monkeypatch, answer, frames):
    monkeypatch.setattr("builtins.input", lambda _: answer)
    dataset = old.dataset([old.boxed("f1")])
    client.create_or_update_dataset(project, "ds", dataset=dataset, preview_first_frame=True)
    if frames:
        old.stored("ds").done()
        assert client.get_frame_ids(project, "ds") == frames
    else:
        assert not client.dataset_exists(project, "ds")


@pytest.mark.broken("Client.update_dataset_frames", "raises Not Implemented")
@pytest.mark.broken("Client.update_dataset_labels", "raises Not Implemented")
@pytest.mark.broken("Client.update_inference_labels", "raises Not Implemented")
@pytest.mark.parametrize("method", ["update_dataset_frames", "update_dataset_labels", "update_inference_labels"])
def test_partial_updates_came_later(client, project, method):
    with pytest.raises(Exception, match="Not Implemented"):
        getattr(client, method)(project, "ds", [])
