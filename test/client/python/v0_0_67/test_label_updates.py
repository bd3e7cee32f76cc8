"""`update_dataset_labels`: labels changed in part, and added, without their frame."""

import pytest

from old_style import labels_of

POLYGONS = [{"vertices": [[0, 0], [4, 0.5], [4, 4]]}]
OTHER_POLYGONS = [{"vertices": [[1, 1], [2, 1], [2, 2.5]]}]
KEYPOINTS = [{"x": 1, "y": 2.5, "name": "ear"}]
OTHER_KEYPOINTS = [{"x": 9, "y": 8.5, "name": "tail"}]

# Method without its prefix; what the label is made with; what is changed; the attributes that this changes.
CHANGES = {
    "2d_bbox": (
        {"top": 1, "left": 2.5, "width": 3, "height": 4, "iscrowd": True, "links": {"same": "other"}},
        {"top": 9.5, "user_attrs": {"b": 2}},
        {"top": 9.5, "user__b": 2},
    ),
    "2d_line_segment": (
        {"x1": 1, "y1": 2, "x2": 3, "y2": 4},
        {"x2": 7.5, "iscrowd": True},
        {"x2": 7.5, "iscrowd": True},
    ),
    "2d_keypoints": (
        {"keypoints": KEYPOINTS, "top": 1, "left": 2, "width": 3, "height": 4, "polygons": POLYGONS, "center": [1, 2]},
        {"keypoints": OTHER_KEYPOINTS},
        {"keypoints": OTHER_KEYPOINTS},
    ),
    "2d_polygon_list": (
        {"polygons": POLYGONS, "center": [1, 2.5]},
        {"polygons": OTHER_POLYGONS},
        {"polygons": OTHER_POLYGONS},
    ),
    "2d_classification": (
        {"secondary_labels": {"colour": "red", "size": 3}},
        {"secondary_labels": {"colour": "blue"}, "classification": "dog"},
        {"colour": "blue"},
    ),
    "3d_classification": ({}, {"user_attrs": {"a": 5}}, {"user__a": 5}),
    "3d_cuboid": (
        {"position": [1.0, 2.0, 3.0], "dimensions": [1.0, 1.0, 1.5], "rotation": [0.0, 0.0, 0.0, 1.0]},
        {"position": [7.0, 8.0, 9.5]},
        {"pos_x": 7.0, "pos_y": 8.0, "pos_z": 9.5},
    ),
    "text_token": (
        {"index": 0, "token": "cats", "visible": True},
        {"visible": False},
        {"visible": False},
    ),
}
ATTRS = {"a": 1, "kept": {"x": [1, None]}}


def frame_with(old, kind, given):
    frame = old.boxed("f1", keep="me")
    frame.add_text(sensor_id="note", text="cats and dogs")
    frame.add_coordinate_frame_3d(coord_frame_id="lidar")
    if kind in ("2d_semseg", "2d_instance_seg"):
        getattr(frame, f"add_label_{kind}")(label_id="x", **given)
    else:
        more = {"sensor_id": "note"} if kind == "text_token" else {}
        getattr(frame, f"add_label_{kind}")(label_id="x", classification="cat", user_attrs=dict(ATTRS), **given, **more)
    return frame


def update(old, *label_sets):
    old.client.update_dataset_labels(old.project, "ds", list(label_sets))
    return old.stored("ds").done()


@pytest.mark.covers("Client.update_dataset_labels")
@pytest.mark.parametrize(
    "kind, given, change, changed",
    [
        pytest.param(kind, *rest, id=kind, marks=pytest.mark.covers(f"UpdateGTLabelSet.update_label_{kind}"))
        for kind, rest in CHANGES.items()
    ],
)
def test_what_is_given_changes_and_the_rest_stays(al, old, kind, given, change, changed):
    sent = frame_with(old, kind, given)
    old.stream("ds", sent)
    labels = al.UpdateGTLabelSet(frame_id="f1")
    getattr(labels, f"update_label_{kind}")(label_id="x", **change)
    update(old, labels)
    before = labels_of(sent)
    after = labels_of(old.read("ds", "f1"))
    expected = {**before["x"], "attributes": {**before["x"]["attributes"], **changed}}
    if kind == "3d_classification":
        # Stored in its coordinate frame; read with a sensor, since 1.0.7 takes nothing else there.
        assert old.stored("ds").labels("f1")["x"]["coordinate_frame_id"] == "world"
        expected["label_coordinate_frame"] = "DEFAULT"
    assert after["x"] == {**expected, "label": change.get("classification", "cat")}
    assert after["f1_box"] == before["f1_box"]
    stored = {label["label_id"]: label["since"] for label in old.stored("ds").frame("f1")["labels"]}
    assert stored == {"f1_box": 1, "x": 2}
    assert old.stored("ds").frame("f1")["metadata"] == {"keep": "me"}
    assert len(old.read("ds", "f1").sensor_data) == 2


@pytest.mark.covers("UpdateGTLabelSet.update_label_2d_semseg")
def test_another_mask_of_classes(al, old):
    old.stream("ds", frame_with(old, "2d_semseg", {"mask_url": "http://127.0.0.1:9/a.png", "resize_mode": "fill"}))
    labels = al.UpdateGTLabelSet(frame_id="f1")
    labels.update_label_2d_semseg(label_id="x", mask_url="http://127.0.0.1:9/b.png")
    update(old, labels)
    read = labels_of(old.read("ds", "f1"))["x"]
    assert (read["label_type"], read["label"]) == ("SEMANTIC_LABEL_URL_2D", "__mask")
    assert read["attributes"] == {"url": "http://127.0.0.1:9/b.png", "resize_mode": "fill"}


@pytest.mark.covers("UpdateGTLabelSet.update_label_2d_instance_seg")
def test_another_mask_of_instances(al, old):
    mapping = [{"id": 1, "classification": "cat", "attributes": {"far": True}}, {"id": 2, "classification": "cat"}]
    given = {"mask_url": "http://127.0.0.1:9/a.png", "instance_mapping": mapping}
    old.stream("ds", frame_with(old, "2d_instance_seg", given))
    labels = al.UpdateGTLabelSet(frame_id="f1")
    labels.update_label_2d_instance_seg(
        label_id="x", mask_url="http://127.0.0.1:9/b.png", instance_mapping=[{"id": 2, "classification": "dog"}]
    )
    update(old, labels)
    read = labels_of(old.read("ds", "f1"))
    assert read["x"]["attributes"]["url"] == "http://127.0.0.1:9/b.png"
    assert {name: read[name]["label"] for name in ("x_1", "x_2")} == {"x_1": "cat", "x_2": "dog"}


ADDED = {
    "2d_bbox": {"top": 1, "left": 2.5, "width": 3, "height": 4},
    "2d_line_segment": {"x1": 1, "y1": 2, "x2": 3, "y2": 4},
    "2d_keypoints": {"keypoints": KEYPOINTS},
    "2d_polygon_list": {"polygons": POLYGONS, "center": [1, 2.5]},
    "2d_classification": {"secondary_labels": {"colour": "red"}},
    "3d_classification": {},
    "3d_cuboid": {"position": [1.0, 2.0, 3.0], "dimensions": [1.0, 1.0, 1.5], "rotation": [0.0, 0.0, 0.0, 1.0]},
    "text_token": {"index": 0, "token": "cats", "visible": True, "sensor_id": "note"},
    "2d_semseg": {"mask_url": "http://127.0.0.1:9/a.png"},
    "2d_instance_seg": {
        "mask_url": "http://127.0.0.1:9/a.png",
        "instance_mapping": [{"id": 1, "classification": "cat"}],
    },
}


@pytest.mark.covers("Client.update_dataset_labels")
@pytest.mark.parametrize(
    "kind, given",
    [
        pytest.param(kind, given, id=kind, marks=pytest.mark.covers(f"UpdateGTLabelSet.add_label_{kind}"))
        for kind, given in ADDED.items()
    ],
)
def test_labels_are_added(al, old, kind, given):
    frame = old.boxed("f1")
    frame.add_text(sensor_id="note", text="cats and dogs")
    frame.add_coordinate_frame_3d(coord_frame_id="lidar")
    old.stream("ds", frame)
    labels = al.UpdateGTLabelSet(frame_id="f1")
    given = given if kind in ("2d_semseg", "2d_instance_seg") else {**given, "classification": "dog"}
    getattr(labels, f"add_label_{kind}")(label_id="new", **given)
    update(old, labels)
    read = labels_of(old.read("ds", "f1"))
    assert "f1_box" in read
    sent = al.LabeledFrame(frame_id="f1")
    sent._labels = labels
    expected = labels_of(sent)
    if kind == "3d_classification":
        expected["new"]["label_coordinate_frame"] = "DEFAULT"
    assert {label_id: label for label_id, label in read.items() if label_id != "f1_box"} == expected
    assert [one["since"] for one in old.stored("ds").frame("f1")["labels"] if one["label_id"] == "f1_box"] == [1]


@pytest.mark.covers("Client.update_dataset_labels")
def test_what_is_not_there_is_dropped(al, old, client, project):
    old.stream("ds", old.boxed("f1"), old.boxed("f2"))
    here, label_gone, frame_gone = (al.UpdateGTLabelSet(frame_id=name) for name in ("f1", "f2", "gone"))
    here.update_label_2d_bbox(label_id="f1_box", classification="dog")
    label_gone.update_label_2d_bbox(label_id="gone", classification="dog")
    frame_gone.update_label_2d_bbox(label_id="gone_too", classification="dog")
    upload = update(old, here, label_gone, frame_gone)
    assert upload["counts"]["failed"] == 0
    assert labels_of(old.read("ds", "f1"))["f1_box"]["label"] == "dog"
    assert list(labels_of(old.read("ds", "f2"))) == ["f2_box"]
    assert sorted(client.get_frame_ids(project, "ds")) == ["f1", "f2"]


@pytest.mark.covers("UpdateGTLabelSet.add_crop_embedding", "Client.update_dataset_labels")
def test_vectors_stay_unless_new_ones_come(al, old):
    frame = old.boxed("f1")
    frame.add_label_2d_bbox(label_id="other", classification="dog", top=1, left=1, width=1, height=1)
    frame.add_frame_embedding(embedding=[0.25, 0.5, 1.0])
    frame.add_crop_embedding(label_id="f1_box", embedding=[1.5, 2.5])
    frame.add_crop_embedding(label_id="other", embedding=[3.5, 4.5])
    old.stream("ds", frame)
    labels = al.UpdateGTLabelSet(frame_id="f1")
    labels.update_label_2d_bbox(label_id="f1_box", classification="bird")
    labels.update_label_2d_bbox(label_id="other", top=5)
    labels.add_crop_embedding(label_id="other", embedding=[7.5, 8.5])
    update(old, labels)
    assert old.stored("ds").vectors("f1") == ([0.25, 0.5, 1.0], {"f1_box": [1.5, 2.5], "other": [7.5, 8.5]})


@pytest.mark.covers("Client.update_dataset_labels")
def test_two_thousand_frames_in_one_call(al, old):
    names = [f"f{at:04}" for at in range(2001)]
    old.stream("ds", *(old.boxed(name) for name in names))
    sets = []
    for name in names:
        labels = al.UpdateGTLabelSet(frame_id=name)
        labels.update_label_2d_bbox(label_id=f"{name}_box", classification="dog")
        sets.append(labels)
    assert update(old, *sets)["counts"]["applied"] == 2001
    read = old.client.get_frames(old.project, "ds", [names[0], names[1000], names[2000]])
    assert [labels_of(frame)[f"{name}_box"]["label"] for name, frame in sorted(read.items())] == ["dog"] * 3


@pytest.mark.broken("Client.update_inference_labels", "raises Not Implemented")
def test_updates_of_inferences_never_came(client, project):
    with pytest.raises(Exception, match="Not Implemented"):
        client.update_inference_labels(project, "ds", [])
