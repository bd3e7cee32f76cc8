"""Labels of every type, uploaded by STREAMING and read back as they were."""

import pytest

from old_style import labels_of

POLYGONS = [{"vertices": [[0, 0], [4, 0.5], [4, 4]]}, {"vertices": [[10, 10], [12, 10], [11, 12.25]]}]


def add_box(frame):
    frame.add_label_2d_bbox(
        label_id="x",
        classification="cat",
        top=1,
        left=2.5,
        width=3,
        height=4,
        iscrowd=True,
        user_attrs={"blurred": True, "nested": {"a": [1, None]}, "nothing": None},
        links={"same": "other"},
    )


def add_line(frame):
    frame.add_label_2d_line_segment(
        label_id="x",
        classification="cat",
        x1=1,
        y1=2.5,
        x2=-3,
        y2=4,
        iscrowd=False,
        user_attrs={"a": 1},
        links={"b": "c"},
    )


def add_keypoints(frame):
    frame.add_label_2d_keypoints(
        label_id="x",
        classification="cat",
        keypoints=[{"x": 1, "y": 2.5, "name": "ear"}, {"x": 3, "y": 4, "name": "tail"}],
        top=0,
        left=0.5,
        width=9,
        height=8,
        polygons=POLYGONS,
        center=[2, 2.5],
        user_attrs={"a": "b"},
    )


def add_polygons(frame):
    frame.add_label_2d_polygon_list(
        label_id="x", classification="cat", polygons=POLYGONS, center=[2, 2.5], user_attrs={"a": 0.5}
    )


def add_polygons_without_center(frame):
    frame.add_label_2d_polygon_list(label_id="x", classification="cat", polygons=POLYGONS)


def add_semseg(frame):
    frame.add_label_2d_semseg(label_id="x", mask_url="http://127.0.0.1:9/mask.png", resize_mode="fill")


def add_classification(frame):
    frame.add_label_2d_classification(
        label_id="x",
        classification="cat",
        secondary_labels={"colour": "red", "size": 3},
        user_attrs={"sure": True},
    )


def add_classification_3d(frame):
    frame.add_coordinate_frame_3d(coord_frame_id="lidar")
    frame.add_label_3d_classification(label_id="x", classification="cat", coord_frame_id="lidar", user_attrs={"a": 1})


def add_classification_of_the_world(frame):
    frame.add_coordinate_frame_3d(coord_frame_id="lidar")
    frame.add_label_3d_classification(label_id="x", classification="cat")


def add_cuboid(frame):
    frame.add_coordinate_frame_3d(coord_frame_id="lidar", position={"x": 1, "y": 2.5, "z": -3})
    frame.add_label_3d_cuboid(
        label_id="x",
        classification="cat",
        position=[1.0, 2.5, -3.0],
        dimensions=[4.0, 5.0, 6.5],
        rotation=[0.0, 0.0, 0.0, 1.0],
        iscrowd=True,
        user_attrs={"a": 1},
        links={"same": "other"},
        coord_frame_id="lidar",
    )


def add_token(frame):
    frame.add_text(sensor_id="note", text="cats and dogs")
    frame.add_label_text_token(
        sensor_id="note", label_id="x", index=0, token="cats", classification="cat", visible=True, user_attrs={"a": 1}
    )


ADD = {
    "LabeledFrame.add_label_2d_bbox": [add_box],
    "LabeledFrame.add_label_2d_line_segment": [add_line],
    "LabeledFrame.add_label_2d_keypoints": [add_keypoints],
    "LabeledFrame.add_label_2d_polygon_list": [add_polygons, add_polygons_without_center],
    "LabeledFrame.add_label_2d_semseg": [add_semseg],
    "LabeledFrame.add_label_2d_classification": [add_classification],
    "LabeledFrame.add_label_3d_classification": [add_classification_3d, add_classification_of_the_world],
    "LabeledFrame.add_label_3d_cuboid": [add_cuboid],
    "LabeledFrame.add_label_text_token": [add_token],
}


@pytest.mark.covers("Client.create_or_update_dataset", "Client.get_frame", "LabeledDataset.add_frame")
@pytest.mark.parametrize(
    "add",
    [
        pytest.param(add, id=add.__name__[4:], marks=pytest.mark.covers(method))
        for method, adds in ADD.items()
        for add in adds
    ],
)
def test_labels_come_back_as_they_were(old, add):
    sent = old.frame("f1")
    add(sent)
    old.stream("ds", sent)
    read = old.read("ds", "f1")
    expected = labels_of(sent)
    if expected["x"]["label_type"] == "CLASSIFICATION_3D":
        # 1.0.7 takes a sensor only here, so that is what both are given; the coordinate frame is what is stored.
        stored = old.stored("ds").labels("f1")["x"]
        assert stored["coordinate_frame_id"] == expected["x"]["label_coordinate_frame"]
        assert "sensor_id" not in stored
        expected["x"]["label_coordinate_frame"] = "DEFAULT"
    assert labels_of(read) == expected
    # Python's 1 == 1.0 hides what the client would refuse: the numbers of a cuboid have to be floats.
    for key, value in labels_of(sent)["x"]["attributes"].items():
        if isinstance(value, float):
            assert isinstance(labels_of(read)["x"]["attributes"][key], float), key


@pytest.mark.covers("LabeledFrame.add_label_2d_instance_seg")
def test_instances_and_their_mask(old):
    sent = old.frame("f1")
    sent.add_label_2d_instance_seg(
        label_id="m",
        mask_url="http://127.0.0.1:9/mask.png",
        instance_mapping=[
            {"id": 1, "classification": "cat", "attributes": {"is_standing": False}},
            {"id": 2, "classification": "dog"},
        ],
        resize_mode="fill",
    )
    old.stream("ds", sent)
    stored = old.stored("ds").labels("f1")
    assert {(one["type"], one.get("class")) for one in stored.values()} == {
        ("INSTANCE_LABEL_URL_2D", None),
        ("INSTANCE_LABEL_2D", "cat"),
        ("INSTANCE_LABEL_2D", "dog"),
    }
    assert stored["m_1"]["metadata"] == {"is_standing": False}
    read = labels_of(old.read("ds", "f1"))
    assert read["m"] == labels_of(sent)["m"]
    assert (read["m_1"]["label"], read["m_1"]["attributes"]["id"]) == ("cat", 1)
    assert (read["m_2"]["label"], read["m_2"]["attributes"]["id"]) == ("dog", 2)


@pytest.mark.covers("Client.get_frame", "Client.get_frames", "Client.get_frame_ids")
def test_ids_that_look_like_json_or_need_escaping(old, client, project):
    ids = ["a b", "50%", "é", "1", "true", 'say "x"', "a&b;c:d", "{", "-"]
    frames = []
    for frame_id in ids:
        frame = old.frame(frame_id)
        frame.add_label_2d_bbox(
            label_id=f"{frame_id} box", classification="cat", top=1, left=1, width=1, height=1
        )
        frames.append(frame)
    old.stream("ds", *frames)
    assert sorted(client.get_frame_ids(project, "ds")) == sorted(ids)
    read = client.get_frames(project, "ds", [*ids, "not there"])
    assert sorted(read) == sorted(ids)
    for frame_id in ids:
        assert list(labels_of(read[frame_id])) == [f"{frame_id} box"]
        assert list(labels_of(old.read("ds", frame_id))) == [f"{frame_id} box"]


@pytest.mark.covers("Client.get_frame")
@pytest.mark.parametrize("label_id", ["123", "12e4", "true", "null", "NaN", '"quoted"'])
def test_a_label_id_that_looks_like_json_stays_a_string(old, label_id):
    sent = old.frame("f1")
    sent.add_label_2d_bbox(label_id=label_id, classification="cat", top=1, left=1, width=1, height=1)
    old.stream("ds", sent)
    assert list(labels_of(old.read("ds", "f1"))) == [label_id]


@pytest.mark.covers("Client.create_or_update_dataset")
def test_a_class_outside_the_project_is_refused_by_the_client(old, client, project):
    with pytest.raises(Exception, match="unicorn"):
        old.stream("ds", old.boxed("f1", classification="unicorn"))
    assert not client.dataset_exists(project, "ds")


@pytest.mark.covers("Client.create_or_update_dataset")
def test_uploading_a_frame_again_replaces_it(old):
    first = old.boxed("f1", keep="me")
    first.add_label_2d_bbox(label_id="second", classification="dog", top=1, left=1, width=1, height=1)
    old.stream("ds", first, old.boxed("f2"))
    old.stream("ds", old.boxed("f1", classification="bird"))
    labels = labels_of(old.read("ds", "f1"))
    assert {label_id: label["label"] for label_id, label in labels.items()} == {"f1_box": "bird"}
    assert old.read("ds", "f1").user_metadata == []
    assert labels_of(old.read("ds", "f2"))["f2_box"]["label"] == "cat"
    assert [entry["kind"] for entry in old.stored("ds").history("f1")] == ["updated", "added"]
