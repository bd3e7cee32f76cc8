"""The methods that a user of the client calls: those that speak with a server, or put together what will be sent.

`<version>/methods.txt` has those of each version with what the tests' marks say of them; the table in docs/ is made of it.
The test compares it with the real client and the marks, and is run with the other tests of the version. With
VIVARIUM_WRITE_METHODS=1 it writes the file.
"""

import inspect
import os
import re
from pathlib import Path

import pytest

CLASSES = {
    "Client",
    "LabeledDataset",
    "InferenceSet",
    "Inferences",
    "UnlabeledDataset",
    "UnlabeledDatasetV2",
    "LabeledFrame",
    "InferencesFrame",
    "UnlabeledFrame",
    "UpdateGTLabelSet",
    "SegmentManager",
    "IssueManager",
    "WorkQueueManager",
    "MetricsManager",
    "CollectionClient",
}
# Public by name only: what other methods call, and the writing of temporary files.
INTERNAL = re.compile(
    r"(to_dict|crop_count|get_first_frame_dict|write_\w+|validate_\w+|add_(2d|3d)_\w+|add_text_token)"
)


def public_methods(al):
    found = []
    for name in sorted(CLASSES):
        cls = getattr(al, name, None)
        # A CollectionClient is a Client, an UnlabeledFrame a LabeledFrame: only what they add is listed.
        parents = [one for one in cls.__mro__[1:] if one.__name__ in CLASSES] if cls else []
        inherited = {method for parent in parents for method in dir(parent)}
        for method, function in inspect.getmembers(cls, inspect.isroutine) if cls else []:
            is_own = (getattr(function, "__module__", None) or "").startswith(al.__name__)
            if is_own and method not in inherited and not method.startswith("_") and not INTERNAL.fullmatch(method):
                found.append(f"{name}.{method}")
    return found


# What the marks of all tests of a version say, before any are left out.
MARKS = pytest.StashKey()


def read_marks(items):
    """The methods that the marks name, with what the table is to say of them."""
    covered = {method for item in items for mark in item.iter_markers("covers") for method in mark.args}
    broken = dict(mark.args for item in items for mark in item.iter_markers("broken"))
    return {
        **dict.fromkeys(covered, "works"),
        **{method: f"{'not in part' if method in covered else 'not'}: {why}" for method, why in broken.items()},
    }


def test_every_public_method_is_listed(al, request):
    marks = request.config.stash[MARKS]
    methods = public_methods(al)
    assert set(marks) - set(methods) == set(), "The client has no such method"
    lines = [f"{method} {marks.get(method, '-')}" for method in methods]
    path = Path(request.path).with_name("methods.txt")
    if os.environ.get("VIVARIUM_WRITE_METHODS") == "1":
        path.write_text("".join(f"{line}\n" for line in lines))
    assert path.read_text().splitlines() == lines
