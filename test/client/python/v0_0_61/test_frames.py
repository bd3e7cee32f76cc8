"""Sensors, coordinate frames, metadata and places of frames, and vectors."""

import pytest

from old_style import metadata_of

SENSORS = {
    "image": (
        "add_image",
        {"image_url": "http://127.0.0.1:9/a.png", "preview_url": "http://127.0.0.1:9/b.png", "width": 3, "height": 4},
    ),
    "bare image": ("add_image", {"image_url": "http://127.0.0.1:9/a.png", "mirror_asset": False}),
    "filling overlay": (
        "add_image_overlay",
        {"overlay_id": "heat", "image_url": "http://127.0.0.1:9/a.png", "width": 3, "height": 4, "resize_mode": "fill"},
    ),
    "overlay": ("add_image_overlay", {"overlay_id": "heat", "image_url": "http://127.0.0.1:9/a.png"}),
    "text": ("add_text", {"text": 'A "text", {"with": [JSON]}\nand lines: é \u2028'}),
    "text that is a number": ("add_text", {"text": "123"}),
    "pcd": ("add_point_cloud_pcd", {"pcd_url": "http://127.0.0.1:9/a.pcd"}),
    "bins": (
        "add_point_cloud_bins",
        {
            "pointcloud_url": "http://127.0.0.1:9/a.bin",
            "intensity_url": "http://127.0.0.1:9/i.bin",
            "range_url": "http://127.0.0.1:9/r.bin",
        },
    ),
    "kitti": ("add_point_cloud_bins", {"kitti_format_url": "http://127.0.0.1:9/a.bin"}),
    "obj": ("add_obj", {"obj_url": "http://127.0.0.1:9/a.obj"}),
    "audio": ("add_audio", {"audio_url": "http://127.0.0.1:9/a.wav"}),
    "video": ("add_video", {"video_url": "http://127.0.0.1:9/a.mp4"}),
    "image in a bucket": ("add_image", {"image_url": "gs://bucket/a.png"}),
}
# The reader of 1.0.7 knows this sensor by another name than the writers do, so that is the one served.
READ_AS = {"POINTCLOUD_PCD_V0": "POINT_CLOUD_PCD"}


@pytest.mark.covers("LabeledFrame.add_image", "LabeledFrame.add_image_overlay", "LabeledFrame.add_text")
@pytest.mark.covers("LabeledFrame.add_point_cloud_pcd", "LabeledFrame.add_point_cloud_bins", "LabeledFrame.add_obj")
@pytest.mark.covers("LabeledFrame.add_audio", "LabeledFrame.add_video")
@pytest.mark.parametrize("method, given", SENSORS.values(), ids=SENSORS)
def test_sensors_come_back_as_they_were(al, old, method, given):
    sent = al.LabeledFrame(frame_id="f1")
    getattr(sent, method)(sensor_id="eye", date_captured="2020-01-02T03:04:05Z", **given)
    old.stream("ds", sent)
    read = old.read("ds", "f1")
    [sensor], [uploaded] = read.sensor_data, sent.sensor_data
    expected = {"mirror_asset": False, **uploaded}
    assert sensor == {**expected, "sensor_type": READ_AS.get(expected["sensor_type"], expected["sensor_type"])}


@pytest.mark.covers("LabeledFrame.add_image", "LabeledFrame.add_image_overlay")
def test_an_image_and_its_overlay(old):
    """Both are called DEFAULT unless named, and both bring the same coordinate frame, which the client sends twice.

    In Vivarium a name in a frame is one sensor's, so the overlay gets a number.
    """
    sent = old.frame("f1")
    sent.add_image_overlay(overlay_id="heat", image_url="http://127.0.0.1:9/a.png")
    old.stream("ds", sent)
    read = old.read("ds", "f1")
    image, overlay = sent.sensor_data
    assert read.sensor_data == [image, {**overlay, "sensor_id": "DEFAULT_2"}]
    assert _by_id(read) == {"DEFAULT": ("IMAGE", {})}


@pytest.mark.covers("LabeledFrame.add_coordinate_frame_2d", "LabeledFrame.add_coordinate_frame_3d")
def test_coordinate_frames(al, old):
    sent = al.LabeledFrame(frame_id="f1")
    sent.add_coordinate_frame_3d(
        coord_frame_id="car", position={"x": 1, "y": 2.5, "z": -3}, orientation={"w": 1, "x": 0, "y": 0, "z": 0}
    )
    sent.add_coordinate_frame_2d(
        coord_frame_id="camera",
        fx=700,
        fy=701.5,
        camera_model="fisheye",
        position={"x": 0, "y": 0, "z": 1},
        orientation={"w": 1, "x": 0, "y": 0, "z": 0},
        camera_matrix=[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.5], [0, 0, 0, 1]],
        k1=0.1,
        k2=0.2,
        k3=0.3,
        k4=0.4,
        cx=320,
        cy=240.5,
        skew=0.01,
        parent_frame_id="car",
    )
    sent.add_image(image_url="http://127.0.0.1:9/a.png", coord_frame_id="camera")
    sent.add_point_cloud_pcd(sensor_id="lidar", pcd_url="http://127.0.0.1:9/a.pcd", coord_frame_id="car")
    old.stream("ds", sent)
    read = old.read("ds", "f1")
    assert _by_id(read) == _by_id(sent)
    assert [one["coordinate_frame"] for one in read.sensor_data] == ["camera", "car"]


def _by_id(frame):
    import json

    found = {}
    for one in frame.coordinate_frames:
        given = one.get("coordinate_frame_metadata") or {}
        metadata = json.loads(given) if isinstance(given, str) else given
        metadata = {key: value for key, value in metadata.items() if value is not None}
        # The root of all coordinate frames has no parent; the newer client writes that down as null.
        found[one["coordinate_frame_id"]] = (one["coordinate_frame_type"], metadata)
    return found


@pytest.mark.covers("LabeledFrame.add_user_metadata", "LabeledFrame.add_user_metadata_list")
def test_metadata_keeps_its_types(old):
    sent = old.frame("f1")
    values = {"s": "x", "empty": "", "i": 3, "big": 2**62, "f": 1.0, "b": True, "no": False, "zero": 0}
    lists = {"ls": ["a", "b"], "li": [1, 2], "lf": [1.0, 2.5], "lb": [True, False]}
    for key, value in values.items():
        sent.add_user_metadata(key, value)
    for key, value in lists.items():
        sent.add_user_metadata_list(key, value)
    sent.add_user_metadata_list("tuple", (1.5, 2.5))
    sent.add_user_metadata("user__prefixed", "y")
    old.stream("ds", sent)
    read = metadata_of(old.read("ds", "f1"))
    expected = {**values, **lists, "tuple": [1.5, 2.5], "prefixed": "y"}
    assert read == expected
    assert {key: type(value) for key, value in read.items()} == {key: type(value) for key, value in expected.items()}
    assert [type(entry) for entry in read["lf"]] == [float, float]


@pytest.mark.covers("LabeledFrame.add_user_metadata", "LabeledFrame.add_user_metadata_list")
def test_metadata_without_a_value_is_not_served(old):
    sent = old.frame("f1", here=1)
    sent.add_user_metadata("none", None, val_type="int")
    sent.add_user_metadata_list("nothing", [], list_elt_type="str")
    old.stream("ds", sent)
    assert metadata_of(old.read("ds", "f1")) == {"here": 1}


@pytest.mark.covers("LabeledFrame.add_user_metadata")
def test_a_type_that_does_not_fit_fails_its_frame_alone(old, client, project, capsys):
    old.stream("ds", old.frame("f1", size=1))
    client.create_or_update_dataset(
        project,
        "ds",
        dataset=old.dataset([old.frame("f2", size="big"), old.frame("f3", size=3)]),
        wait_until_finish=True,
    )
    printed = capsys.readouterr().out
    assert "Dataset processing has failed." in printed
    assert "tab=streaming_uploads" in printed
    assert sorted(client.get_frame_ids(project, "ds")) == ["f1", "f3"]
    [log] = client.get_dataset_ingest_error_logs(project, "ds")
    assert "f2" in log["msg"] and "size" in log["msg"]
    assert log["aquarium_dataflow_step"]


@pytest.mark.covers("LabeledFrame.add_geo_latlong_data", "Client.get_frame")
def test_place_date_and_device(old):
    sent = old.frame("f1")
    sent.add_geo_latlong_data(1.0, -2.5)
    old.stream("ds", sent)
    read = old.read("ds", "f1")
    assert read.geo_data == {"geo_EPSG4326_lat": 1.0, "geo_EPSG4326_lon": -2.5}
    assert [type(value) for value in read.geo_data.values()] == [float, float]
    assert (read.date_captured, read.device_id) == ("2020-01-02T03:04:05+00:00", "camera")


@pytest.mark.covers("LabeledFrame.add_frame_embedding", "LabeledFrame.add_crop_embedding")
def test_vectors_of_frames_and_labels(old):
    frames = []
    for at in range(3):
        frame = old.boxed(f"f{at}")
        frame.add_frame_embedding(embedding=[at + 0.25, 0.5, -1.0, 2.0], model_id="m")
        frame.add_crop_embedding(label_id=f"f{at}_box", embedding=[at + 0.5, 1.0], model_id="c")
        frames.append(frame)
    old.stream("ds", *frames)
    for at in range(3):
        vector, crops = old.stored("ds").vectors(f"f{at}")
        assert vector == [at + 0.25, 0.5, -1.0, 2.0]
        assert crops == {f"f{at}_box": [at + 0.5, 1.0]}


@pytest.mark.covers("LabeledFrame.add_frame_embedding")
def test_vectors_that_the_client_makes_up_are_not_stored(old):
    """It writes [0, 0, 0] for labels where only frames have vectors, and for frames where only labels have."""
    frame = old.boxed("f1")
    frame.add_frame_embedding(embedding=[0.25, 0.5])
    old.stream("frames", frame)
    assert old.stored("frames").vectors("f1") == ([0.25, 0.5], {"f1_box": None})
    label = old.boxed("f1")
    label.add_crop_embedding(label_id="f1_box", embedding=[0.25, 0.5])
    old.stream("labels", label)
    assert old.stored("labels").vectors("f1") == (None, {"f1_box": [0.25, 0.5]})


@pytest.mark.covers("LabeledFrame.add_frame_embedding")
def test_whole_numbers_as_vectors(old):
    frame = old.frame("f1")
    frame.add_frame_embedding(embedding=[1, 2, 3])
    old.stream("ds", frame)
    assert old.stored("ds").vectors("f1")[0] == [1, 2, 3]


@pytest.mark.broken("LabeledFrame.add_embedding", "raises: deprecated")
def test_the_deprecated_way_to_add_vectors_of_a_labeled_frame(old):
    with pytest.raises(Exception, match="deprecated"):
        old.frame("f1").add_embedding(embedding=[1.0, 2.0])
