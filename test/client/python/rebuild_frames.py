"""Lets the client rebuild frame objects, one a line of the file named first, and tells what came out.

A server on this machine answers `Client.get_frame` with one line after the other, as they stand. For each line one is
printed: {"frame": the row and {"labels": the label rows} that the client would send, or {"error": what it raised}.
"""

import contextlib
import io
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from import_client import import_client

PROJECT = {
    "id": "p",
    "primary_task": "2D_OBJECT_DETECTION",
    "label_class_map": [
        {"id": at, "name": name, "color": [0, 0, at]} for at, name in enumerate(sys.argv[2:])
    ],
}


class Server(ThreadingHTTPServer):
    """Answers what `get_frame` asks for; `frame` is the frame object to give out next."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.frame = ""
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(self.server.frame if "/frame/" in self.path else json.dumps(PROJECT))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer(json.dumps({url: "SKIPPED" for url in body["urls"]}))

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def rows_of(frame):
    """What the client would upload of a frame, in the ways of 1.0.7 and of 0.0.61."""
    labels = frame._crop_set if hasattr(frame, "_crop_set") else frame._labels
    return {"frame": frame.to_dict(), "labels": labels.to_dict()["label_data"]}


def rebuild(client, printed):
    try:
        with contextlib.redirect_stdout(printed):
            frame = client.get_frame("p", "d", "f")
            result = rows_of(frame)
    except Exception as error:  # what it is goes to the test, whatever it is
        return {"error": f"{type(error).__name__}: {error}"}
    return {**result, "printed": printed.getvalue()}


def main():
    server = Server()
    client = import_client().Client(api_endpoint=f"http://127.0.0.1:{server.server_port}/api/v1")
    client.set_credentials(api_key="none")
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            server.frame = line
            print(json.dumps(rebuild(client, io.StringIO())))


if __name__ == "__main__":
    main()
