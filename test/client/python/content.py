"""What a frame of 1.0.x holds, so that an uploaded one can be compared with the one read back."""

import json


def content(frame):
    """Everything that the client would upload of the frame, in an order that does not matter."""
    row = _plain(frame.to_dict())
    row["label_data"] = sorted(_plain(frame._crop_set.to_dict()["label_data"]), key=lambda one: one["uuid"])
    row["sensor_data"].sort(key=lambda one: one["sensor_id"])
    row["coordinate_frames"].sort(key=lambda one: one["coordinate_frame_id"])
    for one in row["coordinate_frames"]:
        one["coordinate_frame_metadata"] = json.loads(one["coordinate_frame_metadata"])
    return row


def expected(frame):
    """The same, less what the client cannot read back of any server: empty lists of metadata, the parents of coordinate
    frames, and whether text tokens and cuboids are crowds."""
    row = content(frame)
    for key in [key for key, value in row.items() if key.startswith("user__") and value == []]:
        del row[key], row["user_metadata_types"][key], row["user_metadata_modes"][key]
    for label in row["label_data"]:
        if label["label_type"] in ("TEXT_TOKEN", "CUBOID_3D"):
            label["attributes"].pop("iscrowd", None)
    return without_parents(row)


def without_parents(row):
    for one in row["coordinate_frames"]:
        one["coordinate_frame_metadata"].pop("parent_frame_id", None)
    return row


def assert_same(read, uploaded):
    assert without_parents(content(read)) == expected(uploaded)


def _plain(value):
    """As JSON has it: tuples are lists; NaN, which equals nothing, is a text."""
    return json.loads(json.dumps(value), parse_constant=lambda token: f"<{token}>")
