"""Random frames over all types of labels, sensors, coordinate frames and metadata: what is read is what was uploaded.

Hypothesis draws the frames; they are uploaded together and compared one by one.
"""

import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from content import assert_same

CLASSES = ["cat", "dog", "bird"]
FRAMES = 120

ids = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="#[]?*,/\x7f\x85", exclude_categories=["Cc"]),
    min_size=1,
    max_size=12,
).filter(lambda text: text not in (".", ".."))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.one_of(
    st.integers(-(2**31), 2**31), st.floats(-1e6, 1e6, allow_nan=False), st.sampled_from([0, 0.0, -0.5, 1e-9, 640.0])
)
sizes = st.one_of(st.integers(0, 5_000), st.floats(0, 5_000))
floats = st.floats(-1e9, 1e9, allow_nan=False)
keys = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,7}", fullmatch=True).filter(lambda key: "user__" not in key)
integers = st.one_of(st.integers(-100, 100), st.integers(-(2**63), 2**63 - 1))
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), integers, st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
attributes = st.one_of(st.none(), st.dictionaries(keys, json_values, max_size=4))
crowds = st.sampled_from([None, True, False])
polygons = st.lists(
    st.fixed_dictionaries({"vertices": st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6)}),
    min_size=1,
    max_size=3,
)
centers = st.one_of(st.none(), st.tuples(numbers, numbers).map(list))
keypoints = st.lists(
    st.fixed_dictionaries({"x": numbers, "y": numbers, "name": texts.filter(bool)}),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one["name"],
)
# Both lists and scalars, of each type; a key has one type in the whole dataset, which is in its name.
metadata_values = {
    "str": texts,
    "int": integers,
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
}
dates = st.one_of(
    st.none(),
    st.datetimes(min_value=datetime.datetime(1970, 1, 1)).map(lambda time: f"{time.isoformat()}Z"),
    st.dates().map(str),
)


@st.composite
def coordinate_frames(draw, al):
    """A camera and a lidar, or one of them, or none."""
    found = {}
    if draw(st.booleans()):
        position = draw(st.one_of(st.none(), st.fixed_dictionaries({axis: numbers for axis in "xyz"})))
        orientation = draw(st.one_of(st.none(), st.fixed_dictionaries({axis: numbers for axis in "wxyz"})))
        found["lidar"] = al.CoordinateFrame3D("lidar", position=position, orientation=orientation)
    if draw(st.booleans()):
        optional = draw(st.fixed_dictionaries({}, optional={key: numbers for key in ("k1", "k2", "p1", "s4", "skew")}))
        found["camera"] = al.CoordinateFrame2D(
            "camera",
            fx=draw(st.floats(1, 5_000)),
            fy=draw(st.integers(1, 5_000)),
            camera_model=draw(st.sampled_from([None, "fisheye", "brown_conrady"])),
            camera_matrix=draw(st.one_of(st.none(), st.just([[1, 0, 0, 0.5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]))),
            parent_coordinate_frame=found.get("lidar"),
            **optional,
        )
    return found


@st.composite
def sensors(draw, al, media, cfs):
    """One to five sensors with ids of their own; at most one without a coordinate frame of its own is 3D."""
    found = []
    names = draw(st.lists(ids.filter(lambda id: id not in ("world", *cfs)), min_size=1, max_size=5, unique=True))
    url = media.url("x")
    for at, id in enumerate(names):
        common = {"id": id, "date_captured": draw(dates)}
        mirrored = {**common, "mirror_asset": draw(st.booleans())}
        # Of a frame with a lidar, all 3D sensors are its; of one without, only the first may be 3D.
        spatial = {"coordinate_frame": cfs.get("lidar")}
        flat = ["image", "overlay", "text", "audio", "video"]
        kind = draw(st.sampled_from(flat + (["pcd", "bins", "obj"] if at == 0 or "lidar" in cfs else [])))
        if kind == "image":
            size = draw(st.one_of(st.just({}), st.fixed_dictionaries({"width": st.integers(0, 9_999)})))
            projected = cfs.get("camera") if draw(st.booleans()) else None
            preview = draw(st.sampled_from([None, url]))
            found.append(al.Image(image_url=url, preview_url=preview, coordinate_frame=projected, **size, **mirrored))
        elif kind == "overlay":
            mode = draw(st.sampled_from([None, "fill"]))
            found.append(al.ImageOverlay(overlay_id=draw(texts), image_url=url, resize_mode=mode, **mirrored))
        elif kind == "text":
            found.append(al.Text(text=draw(texts.filter(lambda text: text.strip() != "")), **common))
        elif kind == "audio":
            found.append(al.Audio(audio_url=url, **mirrored))
        elif kind == "video":
            found.append(al.Video(video_url=url, **mirrored))
        elif kind == "pcd":
            found.append(al.PointCloudPCD(pcd_url=url, **spatial, **mirrored))
        elif kind == "bins":
            more = draw(st.fixed_dictionaries({}, optional={"intensity_url": st.just(url), "range_url": st.just(url)}))
            form = draw(st.sampled_from(["pointcloud_url", "kitti_format_url"]))
            found.append(al.PointCloudBins(**{form: url}, **more, **spatial, **mirrored))
        else:
            found.append(al.Obj(obj_url=url, **spatial, **mirrored))
    return found


@st.composite
def labels(draw, al, media, sensor_data, cfs, counter):
    """Up to six labels; those of 2D shapes are on images, the others on any sensor, cuboids in a 3D coordinate frame."""
    found = []
    images = [sensor for sensor in sensor_data if isinstance(sensor, (al.Image, al.ImageOverlay))]
    kinds = ["polygon", "keypoint", "class2", "class3", "token", "semseg", "instances", "cuboid"]
    kinds += ["box", "line"] if images else []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(kinds))
        # An instance's id is its mask's with a number; masks whose ids begin alike would share instances.
        # Numbered, to be unique; with some of the beginnings, they look like JSON.
        beginning = "mask " if kind == "instances" else draw(st.one_of(ids, st.sampled_from(["", "-", "1e", '"'])))
        id = f"{beginning}{next(counter)}." if kind == "instances" else f"{beginning}{next(counter)}"
        on = draw(st.sampled_from(images if kind in ("box", "line") else sensor_data)).id
        common = {"id": id, "classification": draw(st.sampled_from(CLASSES)), "user_attrs": draw(attributes)}
        mask = {"id": id, "mask_url": media.url("mask.png"), "sensor_id": on}
        if kind == "box":
            box = {"top": draw(numbers), "left": draw(numbers), "width": draw(sizes), "height": draw(sizes)}
            found.append(al.Bbox2DLabel(sensor_id=on, iscrowd=draw(crowds), **box, **common))
        elif kind == "line":
            ends = {key: draw(numbers) for key in ("x1", "y1", "x2", "y2")}
            found.append(al.LineSegment2DLabel(sensor_id=on, iscrowd=draw(crowds), **ends, **common))
        elif kind == "polygon":
            parts = {"polygons": draw(polygons), "center": draw(centers)}
            found.append(al.PolygonList2DLabel(sensor_id=on, iscrowd=draw(crowds), **parts, **common))
        elif kind == "keypoint":
            box = {key: draw(sizes) for key in ("top", "left", "width", "height")} if draw(st.booleans()) else {}
            parts = {"polygons": draw(st.one_of(st.none(), polygons)), "center": draw(centers)}
            points = draw(keypoints)
            found.append(
                al.Keypoint2DLabel(sensor_id=on, keypoints=points, iscrowd=draw(crowds), **box, **parts, **common)
            )
        elif kind == "class2":
            secondary = draw(st.dictionaries(st.sampled_from(["color", "age", "flag"]), json_values, max_size=2))
            found.append(al.Classification2DLabel(sensor_id=on, secondary_labels=secondary, **common))
        elif kind == "class3":
            found.append(al.Classification3DLabel(sensor_id=on, **common))
        elif kind == "token":
            token = {"index": draw(st.integers(0, 10_000)), "token": draw(texts), "visible": draw(st.booleans())}
            found.append(al.TextTokenLabel(sensor_id=on, iscrowd=draw(crowds), **token, **common))
        elif kind == "semseg":
            found.append(al.Semseg2DLabel(resize_mode=draw(st.sampled_from([None, "fill"])), **mask))
        elif kind == "instances":
            pixels = draw(st.lists(st.integers(0, 255), max_size=3, unique=True))
            instances = [al.InstanceSegInstance(pixel, draw(st.sampled_from(CLASSES)), draw(attributes)) for pixel in pixels]
            found.append(al.InstanceSeg2DLabel(instances=instances, **mask))
        else:
            where = draw(st.sampled_from([None, *[name for name in ("lidar",) if name in cfs]]))
            found.append(
                al.Cuboid3DLabel(
                    position=[draw(floats) for _ in range(3)],
                    dimensions=[draw(st.floats(0, 1e6)) for _ in range(3)],
                    rotation=[draw(floats) for _ in range(4)],
                    coordinate_frame_id=where,
                    iscrowd=draw(crowds),
                    **common,
                )
            )
    return found


@st.composite
def metadata(draw, al):
    found = []
    for type_name, values in metadata_values.items():
        if draw(st.booleans()):
            found.append(al.UserMetadataEntry(f"{type_name}_{draw(st.integers(0, 3))}", draw(values), type_name))
        if draw(st.booleans()):
            value = draw(st.lists(values, max_size=3))
            found.append(al.UserMetadataEntry(f"{type_name}_list", value, type_name))
    return found


@st.composite
def frames(draw, al, media, counter):
    cfs = draw(coordinate_frames(al))
    sensor_data = draw(sensors(al, media, cfs))
    geo = draw(st.one_of(st.none(), st.tuples(st.floats(-90, 90), st.floats(-180, 180))))
    return {
        "coordinate_frames": list(cfs.values()),
        "sensor_data": sensor_data,
        "labels": draw(labels(al, media, sensor_data, cfs, counter)),
        "user_metadata": draw(metadata(al)),
        "device_id": draw(st.one_of(st.none(), texts)),
        "date_captured": draw(dates),
        "geo_data": al.GeoData(*geo) if geo else None,
    }


def drawn(strategy, number):
    """FRAMES examples, the same ones at each run. They go up together: an upload for each would take too long."""
    found = []

    @seed(number)
    @settings(
        max_examples=FRAMES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example):
        found.append(example)

    draw()
    return found


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frames", "Client.get_frame_ids")
@pytest.mark.parametrize("number", range(4))
def test_random_frames_are_read_as_they_were_uploaded(al, client, project, media, upload, number):
    dataset = client.initialize_labeled_dataset("ds", project)
    uploaded = {}
    for at, (beginning, frame) in enumerate(drawn(st.tuples(ids, frames(al, media, count())), number)):
        id = f"{beginning}{at}"
        uploaded[id] = dataset.create_and_add_labeled_frame(frame_id=id, **frame)
    upload(dataset)
    assert sorted(client.get_frame_ids(project, "ds")) == sorted(uploaded)
    read = client.get_frames(project, "ds", list(uploaded))
    assert set(read) == set(uploaded)
    for id, frame in read.items():
        assert_same(frame, uploaded[id])
