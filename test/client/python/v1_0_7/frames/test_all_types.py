"""Each type of label, sensor and coordinate frame once, read back through the client and over the native API."""

import pytest

from content import assert_same


@pytest.fixture
def read_back(client, native, project, upload):
    """read_back(**frame): uploads one frame `f1` into the dataset `ds`; answers it as the client and the native API read it."""

    def run(**frame):
        dataset = client.initialize_labeled_dataset("ds", project)
        uploaded = dataset.create_and_add_labeled_frame(frame_id="f1", **frame)
        upload(dataset)
        read = client.get_frame(project, "ds", "f1")
        assert_same(read, uploaded)
        return read, native.dataset(project, "ds").frame("f1")

    return run


SHAPES = {
    "BBOX_2D": ("Bbox2DLabel", {"top": 1, "left": 2.5, "width": 0, "height": 4.0}),
    "LINE_SEGMENT_2D": ("LineSegment2DLabel", {"x1": 1, "y1": 2.5, "x2": -3, "y2": 4}),
    "POLYGON_LIST_2D": (
        "PolygonList2DLabel",
        {
            "polygons": [{"vertices": [[0, 0], [4.5, 0], [4, 4]]}, {"vertices": [[9, 9], [10, 9], [9, 10]]}],
            "center": [2, 2.5],
        },
    ),
    "KEYPOINTS_2D": (
        "Keypoint2DLabel",
        {
            "keypoints": [{"x": 1, "y": 2.5, "name": "nose"}, {"x": 3, "y": 4, "name": "tail"}],
            "top": 1,
            "left": 2,
            "width": 3,
            "height": 4,
            "polygons": [{"vertices": [[0, 0], [4, 0], [4, 4]]}],
            "center": [2.0, 2.0],
        },
    ),
}


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
@pytest.mark.parametrize("label_type", SHAPES)
def test_a_shape_in_an_image(al, read_back, image, label_type):
    name, geometry = SHAPES[label_type]
    shape = getattr(al, name)(
        id="s1", classification="dog", iscrowd=True, user_attrs={"k": "v", "n": 7, "nested": {"a": [1, None]}}, **geometry
    )
    _, stored = read_back(sensor_data=[image()], labels=[shape])
    (label,) = stored["labels"]
    assert (label["type"], label["class"], label["sensor_id"]) == (label_type, "dog", "DEFAULT")
    assert label["geometry"] == geometry
    assert label["iscrowd"] is True
    assert label["metadata"] == {"k": "v", "n": 7, "nested": {"a": [1, None]}}


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_parts_that_are_not_given_stay_away(al, read_back, image):
    labels = [
        al.PolygonList2DLabel(id="p", classification="cat", polygons=[{"vertices": [(0, 0), (1, 0), (1, 1)]}]),
        al.Keypoint2DLabel(id="k", classification="cat", keypoints=[{"x": 1, "y": 2, "name": "nose"}]),
    ]
    _, stored = read_back(sensor_data=[image()], labels=labels)
    geometry = {label["label_id"]: label["geometry"] for label in stored["labels"]}
    assert geometry == {
        "p": {"polygons": [{"vertices": [[0, 0], [1, 0], [1, 1]]}]},
        "k": {"keypoints": [{"x": 1, "y": 2, "name": "nose"}]},
    }


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
@pytest.mark.parametrize("resize_mode", [None, "fill"])
def test_a_semantic_mask(al, read_back, image, media, resize_mode):
    mask = al.Semseg2DLabel(id="m", mask_url=media.url("mask.png"), resize_mode=resize_mode)
    _, stored = read_back(sensor_data=[image()], labels=[mask])
    (label,) = stored["labels"]
    assert label["type"] == "SEMANTIC_LABEL_URL_2D"
    assert label["geometry"]["url"] == media.url("mask.png")


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_an_instance_mask_with_its_instances(al, read_back, image, media):
    mask = al.InstanceSeg2DLabel(
        id="m",
        mask_url=media.url("mask.png"),
        instances=[
            al.InstanceSegInstance(1, "cat", {"truncated": True}),
            al.InstanceSegInstance(2, "dog", None),
        ],
    )
    _, stored = read_back(sensor_data=[image()], labels=[mask])
    by_id = {label["label_id"]: label for label in stored["labels"]}
    assert {id: (label["type"], label.get("class")) for id, label in by_id.items()} == {
        "m": ("INSTANCE_LABEL_URL_2D", None),
        "m_1": ("INSTANCE_LABEL_2D", "cat"),
        "m_2": ("INSTANCE_LABEL_2D", "dog"),
    }
    assert by_id["m_1"]["geometry"] == {"id": 1}
    assert by_id["m_1"]["metadata"] == {"truncated": True}


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_a_classification_with_secondary_labels(al, read_back, image):
    label = al.Classification2DLabel(
        id="c", classification="bird", secondary_labels={"color": "red", "age": 3}, user_attrs={"by": "ann"}
    )
    _, stored = read_back(sensor_data=[image()], labels=[label])
    assert stored["labels"][0]["secondary"] == {"color": "red", "age": 3}
    assert stored["labels"][0]["metadata"] == {"by": "ann"}


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_a_text_with_its_tokens(al, read_back):
    labels = [
        al.TextTokenLabel(id="t0", classification="cat", index=0, token="Ein", visible=True),
        al.TextTokenLabel(id="t1", classification="dog", index=1, token="Füchslein 🦊", visible=False),
    ]
    read, stored = read_back(sensor_data=[al.Text(text="Ein Füchslein 🦊\n")], labels=labels)
    assert read.sensor_data[0].data_urls == {"text": "Ein Füchslein 🦊\n"}
    assert stored["labels"][1]["geometry"] == {"index": 1, "token": "Füchslein 🦊", "visible": False}


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_cuboids_in_a_point_cloud_keep_their_floats(al, read_back, media):
    lidar = al.CoordinateFrame3D(
        "lidar", position={"x": 0, "y": 1.5, "z": 2}, orientation={"w": 1, "x": 0, "y": 0, "z": 0}
    )
    labels = [
        al.Cuboid3DLabel(
            id="c1",
            classification="cat",
            position=[1.0, 2.5, -3.0],
            dimensions=[1.0, 2.0, 3.0],
            rotation=[0.0, 0.0, 0.0, 1.0],
            coordinate_frame_id="lidar",
        ),
        al.Classification3DLabel(id="c2", classification="dog", sensor_id="cloud"),
    ]
    cloud = al.PointCloudPCD(id="cloud", pcd_url=media.url("a.pcd"), coordinate_frame=lidar)
    _, stored = read_back(sensor_data=[cloud], coordinate_frames=[lidar], labels=labels)
    assert stored["labels"][0]["coordinate_frame_id"] == "lidar"
    assert stored["labels"][0]["geometry"]["pos_z"] == -3.0


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_every_sensor_in_one_frame(al, read_back, media):
    lidar = al.CoordinateFrame3D("lidar")
    other = al.CoordinateFrame3D("other", position={"x": 1, "y": 2, "z": 3.5}, parent_coordinate_frame=lidar)
    third = al.CoordinateFrame3D("third", orientation={"w": 0.5, "x": 0.5, "y": 0.5, "z": 0.5})
    camera = al.CoordinateFrame2D(
        "camera",
        fx=1000,
        fy=1000.5,
        camera_model="fisheye",
        position={"x": 0, "y": 0, "z": 1.5},
        orientation={"w": 1, "x": 0, "y": 0, "z": 0},
        camera_matrix=[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]],
        k1=0.1,
        k2=0,
        k3=1e-7,
        k4=-2,
        cx=320,
        cy=240.5,
        skew=0.25,
        parent_coordinate_frame=lidar,
    )
    sensors = [
        al.Image(
            id="projected",
            image_url=media.url("1.png"),
            preview_url=media.url("1s.png"),
            width=640,
            height=480,
            coordinate_frame=camera,
            date_captured="2024-01-02T03:04:05Z",
        ),
        al.Image(id="plain", image_url=media.url("2.png"), mirror_asset=False),
        al.ImageOverlay(
            id="overlay", overlay_id="7", image_url=media.url("3.png"), width=10, height=20, resize_mode="fill"
        ),
        al.ImageOverlay(id="overlay2", overlay_id="heat", image_url=media.url("4.png")),
        al.Text(id="words", text="null"),
        al.PointCloudPCD(id="pcd", pcd_url=media.url("a.pcd"), coordinate_frame=lidar),
        al.PointCloudBins(
            id="bins",
            pointcloud_url=media.url("a.bin"),
            intensity_url=media.url("i.bin"),
            range_url=media.url("r.bin"),
            coordinate_frame=other,
        ),
        al.PointCloudBins(id="kitti", kitti_format_url=media.url("k.bin"), coordinate_frame=other),
        al.Obj(id="mesh", obj_url=media.url("a.obj"), coordinate_frame=third),
        al.Audio(id="sound", audio_url=media.url("a.mp3")),
        al.Video(id="film", video_url=media.url("a.mp4")),
    ]
    read, stored = read_back(sensor_data=sensors, coordinate_frames=[lidar, other, third, camera], labels=[])
    assert len(read.sensor_data) == len(sensors)
    types = {sensor["sensor_id"]: sensor["type"] for sensor in stored["sensor_data"]}
    assert types["words"] == "TEXT"
    assert len(set(types.values())) == 8


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_device_time_and_place(al, read_back, image):
    read, stored = read_back(
        sensor_data=[image()],
        labels=[],
        device_id="123",
        date_captured="2024-01-02T03:04:05.678901Z",
        geo_data=al.GeoData(48.0, -11.5),
    )
    assert (read.device_id, read.date_captured) == ("123", "2024-01-02T03:04:05.678901+00:00")
    assert (read.geo_data.lat, read.geo_data.lon) == (48.0, -11.5)
    assert isinstance(read.geo_data.lat, float)
    assert stored["geo"] == {"lat": 48, "lon": -11.5}


METADATA = {
    "text": "x",
    "empty": "",
    "odd": 'null "quoted" \\ é 🦊 \u2028',
    "zero": 0,
    "big": 2**62 + 1,
    "negative": -7,
    "least": -(2**63),
    "whole": 2.0,
    "half": 0.5,
    "tiny": 1e-300,
    "yes": True,
    "no": False,
    "texts": ["a", "b"],
    "ints": [1, -2, 2**63 - 1, -(2**63)],
    "floats": [1.0, 2.5],
    "bools": [True, False],
}


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_metadata_of_every_type(al, read_back, image):
    entries = [al.UserMetadataEntry(key, value) for key, value in METADATA.items()]
    entries.append(al.UserMetadataEntry("tuple", (1, 2)))
    entries.append(al.UserMetadataEntry("nothing", [], "float"))
    entries.append(al.UserMetadataEntry("user__prefixed", "p"))
    read, stored = read_back(sensor_data=[image()], labels=[], user_metadata=entries)
    found = {entry.key.removeprefix("user__"): entry for entry in read.user_metadata}
    assert {key: entry.val for key, entry in found.items()} == {**METADATA, "tuple": [1, 2], "prefixed": "p"}
    assert {type(entry.val) for entry in found.values()} == {str, int, float, bool, list}
    assert type(found["whole"].val) is float and type(found["floats"].val[0]) is float
    assert stored["metadata"]["big"] == 2**62 + 1
    assert stored["metadata"]["prefixed"] == "p"


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.get_frame")
def test_attributes_of_labels_are_any_json(read_back, image, box):
    attributes = {
        "nan": float("nan"),
        "text_nan": "NaN",
        "infinite": float("-inf"),
        "null": None,
        "big": 2**62 + 1,
        "float": 2.0,
        "nested": {"list": [1, "a", None, {"deep": True}], "empty": {}},
        "user__prefixed": "p",
    }
    read, _ = read_back(sensor_data=[image()], labels=[box("b1", user_attrs=attributes)])
    (crop,) = read._crop_set.crops
    assert crop.attributes["user__nan"] != crop.attributes["user__nan"]
    assert crop.attributes["user__text_nan"] == "NaN"
    assert crop.attributes["user__infinite"] == float("-inf")
    assert crop.attributes["user__big"] == 2**62 + 1
