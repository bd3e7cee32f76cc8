"""The little of Vivarium's native API that the examples use: GET with an API key, over the standard library.

The old client writes data and reads the newest state; versions and history are read here.
"""

import argparse
import json
import os
import sys
import time
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen


class VivariumApi:
    """Reads `/api/v2` of a Vivarium server."""

    def __init__(self, root: str, key: str) -> None:
        self.root = root.rstrip("/")
        self.key = key

    def get(self, *path: str, **query: object) -> dict:
        """GET of a path given in parts, which are percent-encoded here; `query` becomes the query string."""
        url = f"{self.root}/api/v2/" + "/".join(quote(part, safe="") for part in path)
        if query:
            url += "?" + "&".join(f"{name}={quote(str(value), safe='')}" for name, value in query.items())
        request = Request(url, headers={"Authorization": f"Bearer {self.key}"})
        try:
            with urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except HTTPError as error:
            sys.exit(f"GET {url} answered {error.code}: {error.read().decode(errors='replace')}")
        except URLError as error:
            sys.exit(f"Nothing answers at {self.root} ({error.reason}); start Vivarium with npm start, or give --api")

    def wait_for_upload(self, project: str, dataset: str) -> dict:
        """Waits until the newest upload of a dataset has ended, and ends the program unless every item was taken.

        The client's `wait_until_finish=True` waits too, but looks every 10 s only and raises nothing when items fail.
        """
        uploads = ["projects", project, "datasets", dataset, "uploads"]
        upload = self.get(*uploads, limit=1)["items"][0]
        while upload["state"] in ("OPEN", "PROCESSING"):
            time.sleep(0.5)
            upload = self.get(*uploads, upload["upload_id"])
        if upload["state"] != "DONE":
            errors = self.get(*uploads, upload["upload_id"], "errors", limit=5)["items"]
            reasons = [f"  {error['frame_id']}: {error['message']} ({error['code']})" for error in errors]
            sys.exit("\n".join([f"The upload into {dataset} ended {upload['state']}:", *reasons]))
        return upload


def show(what: str, upload: dict) -> None:
    """One line about an upload that has ended."""
    counts = upload["counts"]
    version = f"version {upload['last_version']}" if upload["last_version"] else "no new version, nothing changed"
    print(f"{what}: {upload['state']}, {counts['applied']} applied, {counts['failed']} failed, {version}")


def parse_arguments(description: str, project: str) -> argparse.Namespace:
    """The arguments that the examples have in common: `--api`, `--key`, `--project`, `--limit`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--api",
        default=os.environ.get("VIVARIUM_URL", "http://127.0.0.1:8080"),
        help="where Vivarium listens (or VIVARIUM_URL); %(default)s",
    )
    parser.add_argument("--key", default=os.environ.get("VIVARIUM_KEY"), help="an API key (or VIVARIUM_KEY)")
    parser.add_argument("--project", default=project, help="a project to make or to go on with; %(default)s")
    parser.add_argument("--limit", type=int, default=1797, help="how many of the 1,797 images; all")
    arguments = parser.parse_args()
    if not arguments.key:
        parser.error("give an API key: --key, or VIVARIUM_KEY. npm start keeps the first one in .vivarium/admin-key")
    if arguments.limit < 100:
        parser.error("give a --limit of 100 or more: the classifier needs some images of each digit")
    return arguments
