"""One bad frame among good ones: the good ones are committed, the bad one is reported where each side looks."""

import json

import pytest


@pytest.fixture
def spoilt(client, project, image, box):
    """spoilt(change): the dataset `ds` of f0 ... f4, about to be uploaded, with `change(row)` made to the crop row of f2."""

    def make(change):
        dataset = client.initialize_labeled_dataset("ds", project)
        for at in range(5):
            dataset.create_and_add_labeled_frame(frame_id=f"f{at}", sensor_data=[image()], labels=[box(f"l{at}")])
        dataset._flush_to_disk()
        dataset._frames = []
        (path,) = dataset._temp_crop_file_names_streaming
        with open(path) as file:
            rows = [json.loads(line) for line in file]
        change(rows[2])
        with open(path, "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        return dataset

    return make


def unknown_class(row):
    row["label_data"][0]["label"] = "unicorn"


def negative_width(row):
    row["label_data"][0]["attributes"]["width"] = -1


@pytest.mark.covers("Client.create_or_update_labeled_dataset", "Client.get_dataset_ingest_error_logs")
@pytest.mark.parametrize(
    "change, code, word",
    [(unknown_class, "unknown_class", "unicorn"), (negative_width, "invalid_number", "width")],
    ids=["unknown-class", "negative-width"],
)
def test_the_window_has_an_error_and_the_others_are_committed(
    client, native, project, spoilt, capsys, change, code, word
):
    client.create_or_update_labeled_dataset(spoilt(change), wait_until_finish=True)
    printed = capsys.readouterr().out
    assert "failed" in printed and "Failed Upload IDs: " in printed
    assert f"/projects/{project}/details?tab=streaming_uploads" in printed
    assert client.get_frame_ids(project, "ds") == ["f0", "f1", "f3", "f4"]
    assert client.is_dataset_processed(project, "ds") is True

    (log,) = client.get_dataset_ingest_error_logs(project, "ds")
    assert "f2" in log["msg"] and word in log["msg"]
    assert isinstance(log["aquarium_dataflow_step"], str)

    stored = native.dataset(project, "ds")
    upload = stored.settled()
    assert upload["state"] == "PARTIAL"
    assert (upload["counts"]["applied"], upload["counts"]["failed"]) == (4, 1)
    (error,) = stored.errors(upload)
    assert (error["frame_id"], error["code"]) == ("f2", code)
    windows = native.get(f"{stored.path}/uploads/{upload['upload_id']}/windows")["items"]
    assert [window["counts"]["failed"] for window in windows] == [1]


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_a_class_that_only_the_client_knows(al, client, native, project, image, box):
    # A client object reads the classes of a project once; here one is taken for known that never was.
    dataset = client.initialize_labeled_dataset("ds", project)
    dataset.create_and_add_labeled_frame(frame_id="good", sensor_data=[image()], labels=[box("a")])
    known = dataset._dataset_client._get_project_classes_by_classname()
    known["unicorn"] = known["cat"]
    dataset.create_and_add_labeled_frame(frame_id="bad", sensor_data=[image()], labels=[box("b", "unicorn")])
    client.create_or_update_labeled_dataset(dataset)
    assert native.dataset(project, "ds").settled()["state"] == "PARTIAL"
    assert client.get_frame_ids(project, "ds") == ["good"]
    # Once the class is there, the same upload goes through.
    client.create_project(project, al.LabelClassMap.from_classnames(["cat", "dog", "bird", "unicorn"]))
    upload = native.dataset(project, "ds").settled()
    native.post(f"/projects/{project}/datasets/ds/uploads/{upload['upload_id']}/retry")
    native.dataset(project, "ds").done()
    assert client.get_frame_ids(project, "ds") == ["bad", "good"]
    assert client.get_dataset_ingest_error_logs(project, "ds") == []


@pytest.mark.covers("Client.get_dataset_ingest_error_logs")
def test_a_line_that_is_no_json_fails_and_the_rest_is_committed(client, native, project, image, box):
    dataset = client.initialize_labeled_dataset("ds", project)
    for at in range(3):
        dataset.create_and_add_labeled_frame(frame_id=f"f{at}", sensor_data=[image()], labels=[box(f"l{at}")])
    dataset._flush_to_disk()
    dataset._frames = []
    (path,) = dataset._temp_frame_file_names_streaming
    with open(path) as file:
        lines = file.readlines()
    with open(path, "w") as file:
        file.writelines([lines[0], lines[1][:-20] + "\n", lines[2]])
    client.create_or_update_labeled_dataset(dataset)
    assert native.dataset(project, "ds").settled()["state"] == "PARTIAL"
    assert client.get_frame_ids(project, "ds") == ["f0", "f2"]
    assert client.get_dataset_ingest_error_logs(project, "ds") != []
