"""Imports the client on a machine that cannot reach the server it asks for its own newest version.

The client asks once, while it is imported, and does not catch the failure. For the time of the import, and for that one
page, the answer is a 404, which it ignores. Every other request goes through: the client keeps what `requests.get` was at
its import and checks the URLs of images with it. The client's code stays as it is published.
"""

import requests

# How the addresses of these pages end, for 1.0.7 and for the versions before it.
_VERSION_PAGES = ("/aquariumlearning/json", "/aquariumlearning")


class _NotFound:
    status_code = 404


def import_client():
    """The module `aquariumlearning`, whichever version is on the path."""
    real_get = requests.get

    def get(url, *args, **kwargs):
        return _NotFound() if url.endswith(_VERSION_PAGES) else real_get(url, *args, **kwargs)

    requests.get = get
    try:
        import aquariumlearning
    finally:
        requests.get = real_get
    return aquariumlearning
