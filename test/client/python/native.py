"""The native API, for what the client cannot read back, and raw requests to the client's own."""

import time
from urllib.parse import quote

import requests

_ENDED = {"DONE", "PARTIAL", "FAILED", "CANCELLED"}


class Native:
    """Reads `/api/v2` with a key; a status of 300 or more is an AssertionError with the body in it."""

    def __init__(self, root, key):
        self.root = root
        self.session = requests.Session()
        self.session.headers["x-illume-api-key"] = key

    def send(self, method, path, **more):
        """Any answer, whatever its status."""
        return self.session.request(method, f"{self.root}/api/v2{path}", timeout=60, **more)

    def get(self, path, **query):
        answer = self.send("GET", path, params=query)
        assert answer.status_code < 300, f"GET {path} was answered {answer.status_code}: {answer.text[:2000]}"
        return answer.json()

    def post(self, path, body=None):
        answer = self.send("POST", path, json=body)
        assert answer.status_code < 300, f"POST {path} was answered {answer.status_code}: {answer.text[:2000]}"
        return answer.json()

    def old(self, method, path, **more):
        """A raw request to `/api/v1`; any answer, whatever its status."""
        return self.session.request(method, f"{self.root}/api/v1{path}", timeout=60, **more)

    def all(self, path, **query):
        """All entries of a list, page by page."""
        found = []
        while True:
            page = self.get(path, **query)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            query["after"] = page["next_cursor"]

    def dataset(self, project, dataset):
        return NativeDataset(self, f"/projects/{project}/datasets/{dataset}")


class NativeDataset:
    """One dataset, or the inference set `inferences_<base>_<name>`."""

    def __init__(self, native, path):
        self.native = native
        self.path = path

    def read(self):
        return self.native.get(self.path)

    def uploads(self):
        """Newest first."""
        return self.native.all(f"{self.path}/uploads")

    def settled(self, seconds=120):
        """Waits until no upload is under way, without the 10 s that the client sleeps. Answers the newest."""
        deadline = time.monotonic() + seconds
        while True:
            uploads = self.uploads()
            if uploads and all(upload["state"] in _ENDED for upload in uploads):
                return uploads[0]
            assert time.monotonic() < deadline, f"Uploads of {self.path} did not end in {seconds} s: {uploads}"
            time.sleep(0.1)

    def done(self, seconds=120):
        """The same, of an upload in which nothing failed."""
        upload = self.settled(seconds)
        assert upload["state"] == "DONE", (upload, self.errors(upload))
        return upload

    def errors(self, upload):
        return self.native.all(f"{self.path}/uploads/{upload['upload_id']}/errors")

    def versions(self):
        """Newest first."""
        return self.native.all(f"{self.path}/versions")

    def frame(self, frame_id, **query):
        return self.native.get(f"{self.path}/frames/{quote(frame_id, safe='')}", **query)

    def vectors(self, frame_id):
        """The frame's vector and those of its labels by id; None where there is none."""
        frame, labels = self.embeddings(frame_id)
        return _vector(frame), {id: _vector(one) for id, one in labels.items()}

    def models(self, frame_id):
        """The models that made them; None where none is named."""
        frame, labels = self.embeddings(frame_id)
        return _model(frame), {id: _model(one) for id, one in labels.items()}

    def embeddings(self, frame_id):
        frame = self.frame(frame_id, embeddings="true")
        return frame.get("embedding"), {one["label_id"]: one.get("embedding") for one in frame["labels"]}

    def labels(self, frame_id, **query):
        """The labels of a frame by id."""
        return {one["label_id"]: one for one in self.frame(frame_id, **query)["labels"]}

    def history(self, frame_id, label_id=None):
        """Newest first."""
        path = f"{self.path}/frames/{quote(frame_id, safe='')}"
        if label_id is not None:
            path += f"/labels/{quote(label_id, safe='')}"
        return self.native.all(f"{path}/history")


def _vector(embedding):
    return embedding["vector"] if isinstance(embedding, dict) else embedding


def _model(embedding):
    return embedding["model"] if isinstance(embedding, dict) else None
