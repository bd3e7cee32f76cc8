"""Labels, which 1.0.0 uploads and cannot read: they are read over the native API."""

import pytest

from v1_0_7.frames.test_all_types import SHAPES


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame", "Client.create_or_update_labeled_dataset")
@pytest.mark.parametrize("label_type", SHAPES)
def test_a_shape_in_an_image(al, client, native, project, image, upload, label_type):
    name, geometry = SHAPES[label_type]
    dataset = client.initialize_labeled_dataset("ds", project)
    shape = getattr(al, name)(id="s", classification="dog", iscrowd=True, user_attrs={"n": 7}, **geometry)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[shape])
    upload(dataset)
    label = native.dataset(project, "ds").labels("f1")["s"]
    assert (label["type"], label["class"], label["sensor_id"]) == (label_type, "dog", "DEFAULT")
    assert (label["geometry"], label["iscrowd"], label["metadata"]) == (geometry, True, {"n": 7})


@pytest.mark.covers("LabeledDataset.create_and_add_labeled_frame")
def test_masks_texts_classes_and_cuboids(al, client, native, project, image, media, upload):
    dataset = client.initialize_labeled_dataset("ds", project)
    mask = al.InstanceSeg2DLabel(
        id="i", sensor_id="cam", mask_url=media.url("i.png"), instances=[al.InstanceSegInstance(3, "dog", {"k": 1})]
    )
    dataset.create_and_add_labeled_frame(
        frame_id="f1",
        sensor_data=[
            image(id="cam"),
            al.Text(id="words", text="Hello"),
            al.PointCloudPCD(id="cloud", pcd_url=media.url("a.pcd")),
        ],
        labels=[
            mask,
            al.Semseg2DLabel(id="s", sensor_id="cam", mask_url=media.url("s.png")),
            al.TextTokenLabel(id="t", sensor_id="words", classification="cat", index=0, token="Hello", visible=True),
            al.Classification2DLabel(id="c2", sensor_id="cam", classification="cat", secondary_labels={"age": 3}),
            # 1.0.0 does not send the coordinate frame of a cuboid.
            al.Cuboid3DLabel(
                id="c3",
                classification="bird",
                position=[1.0, 2.0, 3.0],
                dimensions=[1.0, 1.0, 1.0],
                rotation=[0.0, 0.0, 0.0, 1.0],
            ),
        ],
    )
    upload(dataset)
    labels = native.dataset(project, "ds").labels("f1")
    assert {id: (label["type"], label.get("class")) for id, label in labels.items()} == {
        "i": ("INSTANCE_LABEL_URL_2D", None),
        "i_3": ("INSTANCE_LABEL_2D", "dog"),
        "s": ("SEMANTIC_LABEL_URL_2D", None),
        "t": ("TEXT_TOKEN", "cat"),
        "c2": ("CLASSIFICATION_2D", "cat"),
        "c3": ("CUBOID_3D", "bird"),
    }
    frame = native.old("GET", f"/projects/{project}/datasets/ds/frame/f1/LATEST").json()
    assert {label["uuid"]: label["label_coordinate_frame"] for label in frame["label_data"]}["c3"] == "world"
    assert labels["c3"]["geometry"]["pos_z"] == 3
    assert labels["c2"]["secondary"] == {"age": 3}
    assert labels["i_3"]["metadata"] == {"k": 1}


@pytest.mark.covers("LabeledDataset.create_and_add_modified_labeled_frame")
def test_a_label_is_merged_and_another_appended(al, client, native, project, filled, box, upload):
    dataset = client.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_modified_labeled_frame(
        frame_id="f1",
        labels=[
            al.ModifiedBbox2DLabel(id="f1_a", classification="dog", top=9),
            box("new", "bird", sensor_id="DEFAULT"),
        ],
    )
    upload(dataset)
    labels = native.dataset(project, filled).labels("f1")
    assert {id: (label["class"], label["geometry"]["top"], label["since"]) for id, label in labels.items()} == {
        "f1_a": ("dog", 9, 2),
        "f1_b": ("dog", 1, 1),
        "new": ("bird", 1, 2),
    }


@pytest.mark.covers("Client.initialize_unlabeled_dataset", "Client.create_or_update_unlabeled_dataset")
@pytest.mark.covers("UnlabeledDataset.create_and_add_unlabeled_frame")
@pytest.mark.covers("Client.initialize_unlabeled_datasetV2", "Client.create_or_update_unlabeled_datasetV2")
@pytest.mark.covers("UnlabeledDatasetV2.create_and_add_unlabeled_frame")
@pytest.mark.parametrize("kind", ["", "V2"], ids=["v1", "v2"])
def test_unlabeled_datasets(al, client, native, project, image, kind):
    dataset = getattr(client, f"initialize_unlabeled_dataset{kind}")("unl", project)
    proposal = al.Bbox2DInference(id="p", classification="dog", confidence=0.25, top=1, left=2, width=3, height=4)
    dataset.create_and_add_unlabeled_frame(frame_id="f1", sensor_data=[image()], proposals=[proposal])
    getattr(client, f"create_or_update_unlabeled_dataset{kind}")(dataset)
    stored = native.dataset(project, "unl")
    stored.done()
    assert client.get_frame_ids(project, "unl") == ["f1"]
    assert client.get_dataset(project, "unl")["is_unlabeled_indexed_dataset"] is True
    assert (stored.labels("f1")["p"]["class"], stored.labels("f1")["p"]["confidence"]) == ("dog", 0.25)


@pytest.mark.covers("Client.get_frame_ids")
def test_several_files_in_one_upload(client, native, project, image, box, upload):
    # 1.0.0 begins a new pair of files after 1,000 frames.
    ids = [f"f{number:04}" for number in range(2_500)]
    dataset = client.initialize_labeled_dataset("ds", project)
    for id in ids:
        dataset.create_and_add_labeled_frame(frame_id=id, sensor_data=[image()], labels=[box(id)])
    assert len(dataset._temp_frame_file_names_streaming) == 2
    upload(dataset)
    assert client.get_frame_ids(project, "ds") == ids
    assert native.dataset(project, "ds").read()["counts"] == {"frames": 2_500, "labels": 2_500}


@pytest.mark.covers("Client.get_frame", "Client.get_frames")
@pytest.mark.broken("Client.get_frame", "raises an exception of its own for a frame with labels; without labels it works")
@pytest.mark.broken("Client.get_frames", "raises an exception of its own for frames with labels; without labels it works")
def test_reading_labels_fails_in_the_client(client, native, project, filled, image, upload):
    dataset = client.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_labeled_frame(frame_id="bare", sensor_data=[image()], labels=[])
    upload(dataset)
    assert client.get_frame(project, filled, "bare").id == "bare"
    assert list(client.get_frames(project, filled, ["bare"])) == ["bare"]
    with pytest.raises(Exception, match="_BaseSingleCrop cannot be associated"):
        client.get_frame(project, filled, "f1")
    # What the server answered is what 1.0.7 reads.
    frame = native.old("GET", f"/projects/{project}/datasets/{filled}/frame/f1/LATEST").json()
    assert sorted(label["label"] for label in frame["label_data"]) == ["cat", "dog"]
