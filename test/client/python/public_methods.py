"""The methods that a user of the client calls: those that speak with a server, or put together what will be sent.

`<version>/methods.txt` has those of each version, for the table in docs/; a test compares it with the real client. Run with
the client on the path, `python public_methods.py > v1_0_7/methods.txt` writes it anew.
"""

import inspect
import re
from pathlib import Path

from import_client import import_client

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
    r"(to_dict|crop_count|get_first_frame_dict|write_\w+|validate_\w+|add_(2d|3d)_\w+|add_text_token|add_embedding)"
)


def public_methods(al):
    found = []
    for name in sorted(CLASSES):
        cls = getattr(al, name, None)
        # A CollectionClient is a Client: only what it adds is listed.
        inherited = set(dir(al.Client)) if name == "CollectionClient" else set()
        for method, function in inspect.getmembers(cls, inspect.isroutine) if cls else []:
            is_own = (getattr(function, "__module__", None) or "").startswith(al.__name__)
            if is_own and method not in inherited and not method.startswith("_") and not INTERNAL.fullmatch(method):
                found.append(f"{name}.{method}")
    return found


def test_every_public_method_is_listed(al, request):
    listed = Path(request.path).with_name("methods.txt").read_text().splitlines()
    assert listed == public_methods(al)


if __name__ == "__main__":
    print(*public_methods(import_client()), sep="\n")
