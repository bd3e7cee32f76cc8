"""Refusals that the client does not take for a passing trouble: it repeats 404, 429 and 5xx, for 14 s."""

from contextlib import contextmanager
from unittest.mock import patch

from urllib3.util.retry import Retry


@contextmanager
def at_once():
    """Fails when a request in the block was repeated."""
    repeated = []
    increment = Retry.increment

    def record(self, method=None, url=None, *args, **more):
        repeated.append(f"{method} {url}")
        return increment(self, method, url, *args, **more)

    with patch.object(Retry, "increment", record):
        yield
    assert repeated == []
