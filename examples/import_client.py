"""Imports the `aquariumlearning` package without network, and calls it without its progress bars.

While it is imported, the package asks an outside host for its newest version, and the import fails where that host
cannot be reached. `import_client()` answers that one question locally ("404", which the package ignores) and passes
every other request on. The package itself is not changed. With internet, a plain `import aquariumlearning` does too
for version 1.0.7; for 0.0.61 and 0.0.67 it depends on a host of the vendor's.
"""

import importlib
import io
from contextlib import redirect_stdout
from types import ModuleType

import requests

# How the addresses end that 1.0.7, and 0.0.61 and 0.0.67, ask for their newest version.
VERSION_PAGES = ("/aquariumlearning/json", "/aquariumlearning")


def import_client() -> ModuleType:
    """The package `aquariumlearning`, imported without a request to an outside host."""
    real_get = requests.get

    def get(url, *args, **kwargs):
        if not url.endswith(VERSION_PAGES):
            return real_get(url, *args, **kwargs)
        answer = requests.Response()
        answer.status_code = 404
        return answer

    requests.get = get
    try:
        return importlib.import_module("aquariumlearning")
    finally:
        requests.get = real_get


def quietly(call, *args, **kwargs):
    """Calls a method of the client that prints progress, which would hide what the examples print."""
    with redirect_stdout(io.StringIO()):
        return call(*args, **kwargs)
