"""ModifiedLabeledFrame: what is set is merged, what is not named stays."""

import pytest

from content import content


@pytest.fixture
def modify(client, native, project, upload):
    """modify(**frame): one modified frame of the dataset `base`, uploaded; answers the native upload."""

    def run(**frame):
        dataset = client.initialize_labeled_dataset("base", project)
        dataset.create_and_add_modified_labeled_frame(**frame)
        return upload(dataset)

    return run


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame", "Client.create_or_update_labeled_dataset")
def test_a_label_is_merged_and_another_appended(al, client, native, project, filled, box, modify):
    before = content(client.get_frame(project, filled, "f1"))
    modify(
        frame_id="f1",
        labels=[
            al.ModifiedBbox2DLabel(id="f1_a", classification="dog", top=9, user_attrs={"checked": True}),
            box("new", "bird", sensor_id="DEFAULT"),
        ],
    )
    after = content(client.get_frame(project, filled, "f1"))
    old = {label["uuid"]: label for label in before["label_data"]}
    new = {label["uuid"]: label for label in after["label_data"]}
    assert set(new) == {"f1_a", "f1_b", "new"}
    assert new["f1_b"] == old["f1_b"]
    assert new["f1_a"] == {
        **old["f1_a"],
        "label": "dog",
        "class_id": 1,
        "attributes": {**old["f1_a"]["attributes"], "top": 9, "user__checked": True},
    }
    assert {**after, "label_data": None} == {**before, "label_data": None}
    entry, first = native.dataset(project, filled).history("f1", "f1_a")
    assert (first["kind"], entry["kind"]) == ("added", "updated")
    changes = {change["path"]: (change.get("old"), change.get("new")) for change in entry["changes"]}
    assert changes == {"class": ("cat", "dog"), "geometry.top": (1, 9), "metadata.checked": (None, True)}


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_a_change_of_metadata_alone_leaves_the_labels_as_old_as_they_are(al, native, project, filled, modify):
    stored = native.dataset(project, filled)
    modify(frame_id="f1", user_metadata=[al.UserMetadataEntry("split", "train"), al.UserMetadataEntry("n", 1)])
    modify(frame_id="f1", user_metadata=[al.UserMetadataEntry("n", 2)])
    frame = stored.frame("f1")
    assert frame["metadata"] == {"split": "train", "n": 2}
    assert frame["version"] == 3
    assert {label["label_id"]: label["since"] for label in frame["labels"]} == {"f1_a": 1, "f1_b": 1}
    assert stored.frame("f2")["version"] == 1


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_every_field_of_a_frame_can_be_set_alone(al, client, native, project, filled, media, modify):
    first = content(client.get_frame(project, filled, "f1"))
    modify(frame_id="f1", device_id="cam7")
    modify(frame_id="f1", geo_data=al.GeoData(1.0, 2.0))
    modify(frame_id="f1", date_captured="2020-01-01T00:00:00Z")
    after = content(client.get_frame(project, filled, "f1"))
    assert after == {
        **first,
        "device_id": "cam7",
        "geo_data": {"geo_EPSG4326_lat": 1.0, "geo_EPSG4326_lon": 2.0},
        "date_captured": "2020-01-01T00:00:00+00:00",
    }
    modify(frame_id="f1", sensor_data=[al.Image(image_url=media.url("new.png"), date_captured="2020-01-01T00:00:00Z")])
    last = content(client.get_frame(project, filled, "f1"))
    assert [sensor["data_urls"] for sensor in last["sensor_data"]] == [{"image_url": media.url("new.png")}]
    assert last["label_data"] == first["label_data"]
    assert last["device_id"] == "cam7"


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame", "Client.create_or_update_labeled_dataset")
def test_frames_and_labels_that_are_not_there_are_dropped(al, client, native, project, filled, capsys):
    dataset = client.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_modified_labeled_frame(
        frame_id="nowhere", user_metadata=[al.UserMetadataEntry("k", 1)], labels=[al.ModifiedBbox2DLabel(id="x", top=3)]
    )
    dataset.create_and_add_modified_labeled_frame(
        frame_id="f2",
        labels=[al.ModifiedBbox2DLabel(id="no_such_label", top=3), al.ModifiedBbox2DLabel(id="f2_b", top=8)],
    )
    client.create_or_update_labeled_dataset(dataset, wait_until_finish=True)
    assert "Labeled dataset is fully processed." in capsys.readouterr().out
    stored = native.dataset(project, filled)
    assert stored.settled()["state"] == "DONE"
    assert client.get_frame_ids(project, filled) == ["f1", "f2", "f3"]
    labels = stored.labels("f2")
    assert set(labels) == {"f2_a", "f2_b"}
    assert labels["f2_b"]["geometry"]["top"] == 8
    assert client.get_dataset_ingest_error_logs(project, filled) == []


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_added_and_modified_frames_in_one_upload(al, client, project, filled, image, box, upload):
    dataset = client.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_labeled_frame(frame_id="f4", sensor_data=[image()], labels=[box("f4_a")])
    dataset.create_and_add_modified_labeled_frame(frame_id="f3", device_id="moved")
    upload(dataset)
    read = client.get_frames(project, filled, ["f3", "f4"])
    assert (read["f3"].device_id, read["f4"].device_id) == ("moved", "default_device")
    assert len(read["f3"]._crop_set.crops) == 2


# Of each type: a label, what is changed, and the geometry and secondary labels afterwards.
MODIFIED = {
    "LineSegment2D": (
        {"x1": 1, "y1": 2, "x2": 3, "y2": 4},
        {"x2": 30.5},
        {"geometry": {"x1": 1, "y1": 2, "x2": 30.5, "y2": 4}},
    ),
    "PolygonList2D": (
        {"polygons": [{"vertices": [[0, 0], [1, 0], [1, 1]]}], "center": [1, 1]},
        {"center": [0.5, 0.5]},
        {"geometry": {"polygons": [{"vertices": [[0, 0], [1, 0], [1, 1]]}], "center": [0.5, 0.5]}},
    ),
    "Keypoint2D": (
        {"keypoints": [{"x": 1, "y": 2, "name": "nose"}], "center": [1, 1]},
        {"keypoints": [{"x": 5, "y": 6, "name": "tail"}]},
        {"geometry": {"keypoints": [{"x": 5, "y": 6, "name": "tail"}], "center": [1, 1]}},
    ),
    "Classification2D": (
        {"secondary_labels": {"color": "red", "age": 1}},
        {"secondary_labels": {"age": 2}},
        {"secondary": {"color": "red", "age": 2}},
    ),
    "Classification3D": ({}, {"user_attrs": {"k": 1}}, {"metadata": {"k": 1}}),
}


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
@pytest.mark.parametrize("type_name", MODIFIED)
def test_labels_of_each_type_are_merged(al, client, native, project, image, upload, modify, type_name):
    fields, changed, after = MODIFIED[type_name]
    dataset = client.initialize_labeled_dataset("base", project)
    label = getattr(al, f"{type_name}Label")(id="x", classification="cat", **fields)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[label])
    upload(dataset)
    modify(frame_id="f1", labels=[getattr(al, f"Modified{type_name}Label")(id="x", classification="dog", **changed)])
    stored = native.dataset(project, "base").labels("f1")["x"]
    assert stored["class"] == "dog"
    assert {key: stored[key] for key in after} == after
    assert client.get_frame(project, "base", "f1")._crop_set.crops[0].classification == "dog"


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_tokens_cuboids_and_masks_are_merged(al, client, native, project, image, media, upload, modify):
    dataset = client.initialize_labeled_dataset("base", project)
    dataset.create_and_add_labeled_frame(
        frame_id="f1",
        sensor_data=[
            image(id="cam"),
            al.Text(id="words", text="Hello"),
            al.PointCloudPCD(id="cloud", pcd_url=media.url("a.pcd")),
        ],
        labels=[
            al.TextTokenLabel(id="t", classification="cat", index=0, token="Hello", visible=True, sensor_id="words"),
            al.Cuboid3DLabel(
                id="c",
                classification="cat",
                position=[1.0, 2.0, 3.0],
                dimensions=[1.0, 1.0, 1.0],
                rotation=[0.0, 0.0, 0.0, 1.0],
            ),
            al.Semseg2DLabel(id="s", mask_url=media.url("s.png"), sensor_id="cam"),
            al.InstanceSeg2DLabel(
                id="i",
                mask_url=media.url("i.png"),
                sensor_id="cam",
                instances=[al.InstanceSegInstance(1, "cat", {"k": 1}), al.InstanceSegInstance(2, "dog", None)],
            ),
        ],
    )
    upload(dataset)
    before = native.dataset(project, "base").labels("f1")
    partial = al.ModifiedInstanceSeg2DLabel.__init__.__globals__["PartialInstanceSegInstance"]
    modify(
        frame_id="f1",
        labels=[
            al.ModifiedTextTokenLabel(id="t", token="Hullo"),
            al.ModifiedCuboid3DLabel(id="c", position=[4.0, 5.0, 6.0]),
            al.ModifiedSemseg2DLabel(id="s", mask_url=media.url("s2.png")),
            al.ModifiedInstanceSeg2DLabel(id="i", instances=[partial(1, "bird"), partial(2, None, {"j": 2})]),
        ],
    )
    after = native.dataset(project, "base").labels("f1")
    assert set(after) == set(before)
    assert after["t"]["geometry"] == {"index": 0, "token": "Hullo", "visible": True}
    assert after["c"]["geometry"] == {**before["c"]["geometry"], "pos_x": 4, "pos_y": 5, "pos_z": 6}
    assert after["s"]["geometry"]["url"] == media.url("s2.png")
    assert after["i"] == before["i"]
    assert (after["i_1"]["class"], after["i_1"]["metadata"]) == ("bird", {"k": 1})
    assert (after["i_2"]["class"], after["i_2"]["metadata"]) == ("dog", {"j": 2})
    read = client.get_frame(project, "base", "f1")
    assert {crop.id for crop in read._crop_set.crops} == set(before)


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame", "Client.get_frame")
def test_a_label_appended_without_a_sensor_gets_the_only_one(client, project, filled, box, modify):
    modify(frame_id="f1", labels=[box("new")])
    crops = {crop.id: crop for crop in client.get_frame(project, filled, "f1")._crop_set.crops}
    assert crops["new"].sensor_id == "DEFAULT"


@pytest.mark.broken(
    "LabeledDataset.delete_frame", "raises an AttributeError; upload the frame again, or delete it over the native API"
)
def test_deleting_a_frame_fails_in_the_client(client, native, project, filled):
    dataset = client.initialize_labeled_dataset(filled, project)
    with pytest.raises(AttributeError, match="_crop_set"):
        dataset.delete_frame("f1")
    assert native.send("DELETE", f"/projects/{project}/datasets/{filled}/frames/f1?wait=30s").status_code == 200
    assert client.get_frame_ids(project, filled) == ["f2", "f3"]
