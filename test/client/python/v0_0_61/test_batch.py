"""BATCH: a dataset that is filled once, whole or not at all."""

import pytest

from old_style import labels_of, metadata_of


@pytest.mark.covers("Client.create_dataset", "LabeledDataset.add_frame")
def test_a_batch_is_one_version_and_waited_for(old, client, project, capsys):
    frames = [old.boxed(f"f{at}", n=at + 1) for at in range(5)]
    upload = old.batch("ds", *frames, wait_until_finish=True, external_metadata={"a": 1})
    assert "Dataset is fully processed." in capsys.readouterr().out
    assert (upload["kind"], upload["state"], upload["counts"]["applied"]) == ("BATCH", "DONE", 5)
    assert [version["version"] for version in old.stored("ds").versions()] == [1]
    assert client.get_dataset(project, "ds")["external_metadata"] == {"a": 1}
    assert sorted(client.get_frame_ids(project, "ds")) == [f"f{at}" for at in range(5)]
    read = client.get_frames(project, "ds", ["f0", "f4"])
    for frame_id, frame in read.items():
        sent = frames[int(frame_id[1])]
        assert labels_of(frame) == labels_of(sent)
        assert metadata_of(frame) == metadata_of(sent)


@pytest.mark.covers("Client.create_dataset", "Client.create_or_update_dataset")
def test_a_batch_dataset_is_immutable(old, client, native, project):
    old.batch("ds", old.boxed("f1"))
    with pytest.raises(Exception, match="Cannot update dataset when using the BATCH pipeline"):
        old.batch("ds", old.boxed("f2"))
    # The client looks before it leaps only for BATCH; by STREAMING the server has to refuse.
    with pytest.raises(Exception, match="(?i)immutable|never changes|BATCH"):
        client.create_or_update_dataset(
            project, "ds", dataset=old.dataset([old.boxed("f2")]), external_metadata={"refused": True}
        )
    with pytest.raises(Exception, match="(?i)immutable|never changes|BATCH"):
        client.add_to_streaming_dataset(project, "ds", old.dataset([old.boxed("f2")]))
    with pytest.raises(Exception, match="(?i)immutable|never changes|BATCH"):
        client.update_frames_metadata(project, "ds", {"f1": {"a": 1}})
    again = native.old("POST", f"/projects/{project}/datasets", json={"dataset_id": "ds", "data_url": []})
    assert 400 <= again.status_code < 500 and again.status_code != 404
    assert client.get_frame_ids(project, "ds") == ["f1"]
    assert len(old.stored("ds").versions()) == 1
    assert client.get_dataset(project, "ds")["external_metadata"] == {}


@pytest.mark.covers("Client.create_dataset", "Client.current_dataset_process_state")
@pytest.mark.covers("Client.get_dataset_ingest_error_logs", "Client.is_dataset_processed")
def test_one_bad_row_refuses_the_whole_batch(old, client, project, capsys):
    frames = [old.boxed("f1", size=1), old.boxed("f2", size="big"), old.boxed("f3", size=3)]
    upload = old.batch("ds", *frames, wait_until_finish=True)
    assert "Dataset processing has failed." in capsys.readouterr().out
    assert upload["state"] == "FAILED"
    assert (upload["counts"]["failed"], upload["counts"]["not_applied"]) == (1, 2)
    assert client.current_dataset_process_state(project, "ds") == ("FAILED", 100)
    assert client.is_dataset_processed(project, "ds") is False
    assert client.get_frame_ids(project, "ds") == []
    logs = client.get_dataset_ingest_error_logs(project, "ds")
    [log] = [log for log in logs if log.get("frame_id") == "f2"]
    assert "f2" in log["msg"] and "size" in log["msg"]
    # As the client prints them, when the failure comes later than its first look.
    assert [line.strip() for line in client._format_error_logs(logs)] == [
        f"{log['aquarium_dataflow_step']}: {log['msg']}" for log in logs
    ]


@pytest.mark.covers("Client.create_dataset")
def test_a_name_whose_batch_was_refused_takes_another(old, client, native, project):
    """The client says no (the name is in the list), so a new name is the way; the native API takes the old one."""
    old.batch("ds", old.boxed("f1", size=1), old.boxed("f2", size="big"))
    with pytest.raises(Exception, match="Cannot update dataset"):
        old.batch("ds", old.boxed("f1"))
    assert old.batch("ds_2", old.boxed("f1"))["state"] == "DONE"
    made = native.post(f"/projects/{project}/datasets/ds/uploads", {"mode": "BATCH"})
    assert made["upload_id"]


@pytest.mark.covers("Client.create_dataset")
def test_vectors_in_a_batch(old):
    frames = []
    for at in range(3):
        frame = old.boxed(f"f{at}")
        frame.add_frame_embedding(embedding=[at + 0.25, 0.5, -1.0])
        frame.add_crop_embedding(label_id=f"f{at}_box", embedding=[at + 0.5, 1.0])
        frames.append(frame)
    assert old.batch("ds", *frames)["state"] == "DONE"
    for at in range(3):
        assert old.stored("ds").vectors(f"f{at}") == ([at + 0.25, 0.5, -1.0], {f"f{at}_box": [at + 0.5, 1.0]})


@pytest.mark.covers("Client.create_dataset", "LabeledDataset.delete_frame")
def test_the_client_leaves_deletions_out_of_a_batch(old, client, project):
    dataset = old.dataset([old.boxed("f1")], "BATCH")
    dataset.delete_frame("f2")
    client.create_dataset(project, "ds", dataset=dataset, pipeline_mode="BATCH")
    upload = old.stored("ds").done()
    assert upload["counts"]["received"] == 1
    assert client.get_frame_ids(project, "ds") == ["f1"]


@pytest.mark.covers("Client.create_dataset", "LabeledDataset.add_frame")
def test_more_frames_than_one_file_takes(old, client, project):
    frames = [old.frame(f"f{at:04}") for at in range(1001)]
    upload = old.batch("ds", *frames)
    assert (upload["state"], upload["counts"]["applied"]) == ("DONE", 1001)
    assert len(client.get_frame_ids(project, "ds")) == 1001


@pytest.mark.covers("Client.create_or_update_dataset")
def test_modes_that_do_not_match_are_refused_by_the_client(old, client, project):
    with pytest.raises(Exception, match="Cannot create dataset with 0 frames"):
        client.create_or_update_dataset(
            project, "ds", dataset=old.dataset([old.boxed("f1")], "BATCH"), pipeline_mode="STREAMING"
        )
    assert not client.dataset_exists(project, "ds")
