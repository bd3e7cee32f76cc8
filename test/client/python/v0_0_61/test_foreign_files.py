"""`data_url`: files that lie elsewhere, which the server fetches from the hosts that its operator allowed.

The system under test allows 127.0.0.1, as an address, and localhost, as a name; the name stands for a private address.
"""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pytest

ROW = {
    "task_id": "f1",
    "date_captured": "2020-01-02T03:04:05+00:00",
    "device_id": "camera",
    "coordinate_frames": [{"coordinate_frame_id": "DEFAULT", "coordinate_frame_type": "IMAGE"}],
    "sensor_data": [
        {
            "coordinate_frame": "DEFAULT",
            "data_urls": {"image_url": "http://127.0.0.1:9/a.png"},
            "date_captured": "2020-01-02T03:04:05+00:00",
            "sensor_id": "DEFAULT",
            "sensor_metadata": {},
            "sensor_type": "IMAGE_V0",
        }
    ],
    "geo_data": {},
    "reuse_latest_embedding": False,
    "user_metadata_types": {},
    "user_metadata_modes": {},
    "change": "ADD",
    "label_data": [
        {
            "uuid": "b1",
            "linked_labels": [],
            "label_type": "BBOX_2D",
            "label": "cat",
            "label_coordinate_frame": "DEFAULT",
            "attributes": {"top": 1, "left": 2.5, "width": 3, "height": 4},
        }
    ],
}
LABEL = ROW["label_data"][0]
INFERENCES = {
    "task_id": "f1",
    "type": "Inference",
    "custom_metrics": {},
    "inference_metadata": {"visualization_assets": {}, "user_metadata": {}},
    "inference_data": [{**LABEL, "uuid": "i1", "attributes": {**LABEL["attributes"], "confidence": 0.5}}],
    "reuse_latest_embedding": False,
    "change": "ADD",
}


def vectors():
    table = pa.table(
        {
            "frame_ids": ["f1"],
            "frame_embeddings": [[0.25, 0.5, -1.0]],
            "crop_ids": [["b1"]],
            "crop_embeddings": [[[1.5, 2.5]]],
        }
    )
    file = io.BytesIO()
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write(table)
    return file.getvalue()


FILES = {
    "/vectors.arrow": vectors(),
    "/rows.jsonl": (json.dumps(ROW) + "\n").encode(),
    "/inferences.jsonl": (json.dumps(INFERENCES) + "\n").encode(),
    "/page.html": b"<html>not a row</html>\n",
}


@pytest.fixture(scope="module")
def port():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = FILES.get(self.path)
            self.send_response(302 if self.path == "/moved" else 200 if body else 404)
            if self.path == "/moved":
                self.send_header("location", "/rows.jsonl")
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            """Nothing: pytest would show it under each failure."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.covers("Client.create_dataset")
def test_rows_from_an_allowed_host(old, client, project, port):
    client.create_dataset(project, "ds", data_url=f"http://127.0.0.1:{port}/rows.jsonl", pipeline_mode="BATCH")
    upload = old.stored("ds").done()
    assert (upload["kind"], upload["counts"]["applied"]) == ("BATCH", 1)
    [label] = old.read("ds", "f1")._labels.label_data
    assert (label["uuid"], label["attributes"]["left"]) == ("b1", 2.5)


@pytest.mark.covers("Client.create_dataset")
def test_vectors_from_an_allowed_host(old, client, project, port):
    client.create_dataset(
        project,
        "ds",
        data_url=f"http://127.0.0.1:{port}/rows.jsonl",
        embeddings_url=f"http://127.0.0.1:{port}/vectors.arrow",
        pipeline_mode="BATCH",
    )
    old.stored("ds").done()
    assert old.stored("ds").vectors("f1") == ([0.25, 0.5, -1.0], {"b1": [1.5, 2.5]})


@pytest.mark.covers("Client.create_inferences")
@pytest.mark.parametrize("mode", ["STREAMING", "BATCH"])
def test_inferences_from_an_allowed_host(old, client, project, port, mode):
    old.stream("ds", old.boxed("f1"))
    url = f"http://127.0.0.1:{port}/inferences.jsonl"
    client.create_inferences(project, "ds", "inf", data_url=url, pipeline_mode=mode)
    old.stored("inferences_ds_inf").done()
    assert old.stored("inferences_ds_inf").labels("f1")["i1"]["confidence"] == 0.5


@pytest.mark.covers("Client.create_dataset")
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/rows.jsonl",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:1/x",
        "file:///etc/passwd",
        "gs://bucket/rows.jsonl",
    ],
)
def test_other_hosts_are_refused_at_once(client, project, url):
    with pytest.raises(Exception, match="(?i)allowed|http or https"):
        client.create_dataset(project, "ds", data_url=url, pipeline_mode="BATCH")
    assert not client.dataset_exists(project, "ds")


REFUSED = {
    "a name of a private address": ("http://localhost:{port}/rows.jsonl", "not a public address"),
    "a file that is not there": ("http://127.0.0.1:{port}/nothing", "status 404"),
    "a redirect": ("http://127.0.0.1:{port}/moved", "status 302"),
    "a page": ("http://127.0.0.1:{port}/page.html", "JSON"),
}


@pytest.mark.covers("Client.create_dataset", "Client.get_dataset_ingest_error_logs")
@pytest.mark.parametrize("url, reason", REFUSED.values(), ids=REFUSED)
def test_files_that_cannot_be_used(old, client, project, port, url, reason):
    with pytest.raises(Exception, match=reason):
        client.create_dataset(project, "ds", data_url=url.format(port=port), pipeline_mode="BATCH")
    assert old.stored("ds").settled()["state"] == "FAILED"
    assert client.current_dataset_process_state(project, "ds")[0] == "FAILED"
    assert reason in " ".join(log["msg"] for log in client.get_dataset_ingest_error_logs(project, "ds"))
    assert client.get_frame_ids(project, "ds") == []
