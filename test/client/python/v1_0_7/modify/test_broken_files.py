"""Files that are damaged on the way, and what is said of them."""

import json
import re

import pytest
import requests

from at_once import at_once

MODELS = {"frame_embedding_model": "frames", "label_embedding_model": "labels"}


@pytest.fixture
def prepared(client, project, image, box):
    """The dataset `ds` with three frames with vectors, written to files and not yet uploaded."""
    dataset = client.initialize_labeled_dataset("ds", project, **MODELS)
    for at in range(3):
        dataset.create_and_add_labeled_frame(
            frame_id=f"f{at}",
            sensor_data=[image()],
            labels=[box(f"l{at}", embedding=[at, 1, 2])],
            embedding=[at, 1, 2, 3],
        )
    dataset._flush_to_disk()
    dataset._frames = []
    return dataset


def no_arrow(dataset):
    rewrite(dataset._temp_frame_embeddings_file_names_streaming, lambda data: b"this is no Arrow file" * 40)


def half_an_arrow(dataset):
    rewrite(dataset._temp_crop_embeddings_file_names_streaming, lambda data: data[: len(data) // 2])


def no_text(dataset):
    rewrite(dataset._temp_crop_file_names_streaming, lambda data: bytes(range(128, 256)) * 40)


def rewrite(paths, change):
    (path,) = paths
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(change(data))


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
@pytest.mark.parametrize(
    "damage, told",
    [
        (no_arrow, r".*Arrow.*_frame_embeddings_batch_000001\.arrow"),
        (half_an_arrow, r".*_crop_embeddings_batch_000001\.arrow is cut off"),
        (no_text, r".*JSON lines in .*_crop_data_batch_000001\.jsonl"),
    ],
    ids=["no-arrow", "half-an-arrow", "no-text"],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(client, native, project, prepared, damage, told):
    damage(prepared)
    with at_once():
        try:
            client.create_or_update_labeled_dataset(prepared)
        except Exception as refused:
            assert re.fullmatch(f"Error: {told}.*", str(refused))
        # A busy server may take longer than a request is kept waiting: then the log alone tells.
    upload = native.dataset(project, "ds").settled()
    assert upload["state"] == "FAILED"
    (log,) = client.get_dataset_ingest_error_logs(project, "ds")
    assert re.fullmatch(f"{told}.*", log["msg"])
    assert client.get_frame_ids(project, "ds") == []


@pytest.mark.covers("Client.get_dataset_ingest_error_logs")
def test_a_row_without_its_id_fails_alone(client, native, project, prepared):
    (path,) = prepared._temp_frame_file_names_streaming
    with open(path) as file:
        rows = [json.loads(line) for line in file]
    del rows[1]["task_id"]
    with open(path, "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    client.create_or_update_labeled_dataset(prepared)
    assert native.dataset(project, "ds").settled()["state"] == "PARTIAL"
    assert client.get_frame_ids(project, "ds") == ["f0", "f2"]
    assert native.dataset(project, "ds").vectors("f2") == ([2, 1, 2, 3], {"l2": [2, 1, 2]})
    logs = client.get_dataset_ingest_error_logs(project, "ds")
    assert any("task_id" in log["msg"] for log in logs), logs


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
def test_counts_that_disagree_are_no_harm(client, native, project, prepared):
    prepared._temp_frame_count_per_file_streaming = [7]
    prepared._frame_ids_set |= {"nothing", "less"}
    client.create_or_update_labeled_dataset(prepared)
    assert native.dataset(project, "ds").done()["counts"]["applied"] == 3
    assert client.get_frame_ids(project, "ds") == ["f0", "f1", "f2"]


def test_an_object_is_uploaded_in_its_order_and_size_alone(native, project):
    """The client never does otherwise; a damaged proxy might."""
    query = {"upload_filename": "x_batch_000001.jsonl", "resumable_upload": "true"}
    urls = native.old("GET", f"/projects/{project}/datasets/ds/get_upload_url", params=query).json()
    begun = requests.post(
        urls["put_url"], json={}, headers={"x-goog-resumable": "start", "x-upload-content-length": "100"}, timeout=30
    )
    assert begun.status_code in (200, 201)
    session = begun.headers["location"]

    def put(data, content_range):
        return requests.put(session, data=data, headers={"content-range": content_range}, timeout=30)

    def stored():
        answer = put(b"", "bytes */*")
        return answer.status_code, answer.headers.get("range")

    assert stored() == (308, None)
    late = put(b"x" * 50, "bytes 50-99/100")
    assert late.status_code not in (200, 308) and late.json()["message"]
    assert stored() == (308, None)
    first = put(b"x" * 50, "bytes 0-49/100")
    assert (first.status_code, first.headers["range"]) == (308, "bytes=0-49")
    assert "location" not in first.headers
    assert put(b"y" * 50, "bytes 50-99/100").status_code == 200
    assert requests.get(urls["download_url"], timeout=30).content == b"x" * 50 + b"y" * 50
    # An expired or invented place to upload to.
    gone = requests.post(urls["put_url"][:-3] + "abc", json={}, headers={"x-goog-resumable": "start"}, timeout=30)
    assert gone.status_code in (403, 410, 422) and gone.json()["message"]
