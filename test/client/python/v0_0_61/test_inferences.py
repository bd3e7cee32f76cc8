"""Inference sets: by STREAMING and by BATCH, made, updated, pinned, deleted from."""

import pytest

POLYGONS = [{"vertices": [[0, 0], [4, 0.5], [4, 4]]}]


def inferences_of(al, *frames):
    inferences = al.Inferences()
    for frame in frames:
        inferences.add_frame(frame)
    return inferences


def inferred(al, frame_id, classification="cat", confidence=0.5):
    frame = al.InferencesFrame(frame_id=frame_id)
    frame.add_inference_2d_bbox(
        label_id=f"{frame_id}_inf",
        classification=classification,
        top=1,
        left=2.5,
        width=3,
        height=4,
        confidence=confidence,
        area=12.0,
        user_attrs={"q": 1},
    )
    return frame


@pytest.fixture
def base(old):
    old.stream("ds", old.boxed("f1"), old.boxed("f2"))
    return "ds"


@pytest.mark.covers("Client.create_or_update_inferences", "Client.inferences_exists", "Inferences.add_frame")
@pytest.mark.covers("Client.is_inferences_processed", "Client.current_inferences_process_state")
@pytest.mark.covers("Client.get_inferences_ingest_error_logs", "InferencesFrame.add_inference_2d_bbox")
def test_a_set_and_its_states(al, old, client, project, base, capsys):
    assert not client.inferences_exists(project, base, "inf")
    client.create_or_update_inferences(
        project,
        base,
        "inf",
        inferences=inferences_of(al, inferred(al, "f1"), inferred(al, "f2", confidence=1.0)),
        wait_until_finish=True,
        external_metadata={"model": "m1"},
    )
    assert "Inferences are fully processed." in capsys.readouterr().out
    assert client.inferences_exists(project, base, "inf")
    assert client.is_inferences_processed(project, base, "inf") is True
    state, percent = client.current_inferences_process_state(project, base, "inf")
    assert (state in ("FAILED", "PENDING"), percent) == (False, 100)
    assert client.get_inferences_ingest_error_logs(project, base, "inf") == []
    assert client.get_dataset(project, "inferences_ds_inf")["external_metadata"] == {"model": "m1"}
    [label] = old.stored("inferences_ds_inf").labels("f1").values()
    assert (label["label_id"], label["class"], label["confidence"]) == ("f1_inf", "cat", 0.5)
    assert label["geometry"] == {"left": 2.5, "top": 1, "width": 3, "height": 4, "area": 12}
    assert label["metadata"] == {"q": 1}
    assert old.stored(base).frame("f1")["version"] == 1


@pytest.mark.covers("Client.create_or_update_inferences")
def test_an_update_makes_a_version_and_keeps_the_pin(al, old, client, project, base):
    stored = old.stored("inferences_ds_inf")
    client.create_or_update_inferences(
        project, base, "inf", inferences=inferences_of(al, inferred(al, "f1"), inferred(al, "f2"))
    )
    stored.done()
    old.stream(base, old.boxed("f1", classification="dog"))
    client.create_or_update_inferences(project, base, "inf", inferences=inferences_of(al, inferred(al, "f1", "dog")))
    stored.done()
    assert stored.labels("f1")["f1_inf"]["class"] == "dog"
    assert stored.labels("f2")["f2_inf"]["class"] == "cat"
    assert stored.labels("f1", version=1)["f1_inf"]["class"] == "cat"
    assert [version["base_version"] for version in stored.versions()] == [1, 1]


@pytest.mark.covers("Inferences.delete_frame")
def test_inferences_of_a_frame_are_deleted(al, old, client, project, base):
    stored = old.stored("inferences_ds_inf")
    client.create_or_update_inferences(
        project, base, "inf", inferences=inferences_of(al, inferred(al, "f1"), inferred(al, "f2"))
    )
    stored.done()
    changes = al.Inferences()
    changes.delete_frame("f1")
    client.create_or_update_inferences(project, base, "inf", inferences=changes)
    stored.done()
    assert [frame["frame_id"] for frame in stored.native.all(f"{stored.path}/frames")] == ["f2"]
    assert sorted(client.get_frame_ids(project, base)) == ["f1", "f2"]


@pytest.mark.covers("Client.create_inferences")
def test_a_batch_of_inferences_is_immutable(al, old, client, project, base, capsys):
    client.create_inferences(
        project,
        base,
        "inf",
        inferences=inferences_of(al, inferred(al, "f1")),
        pipeline_mode="BATCH",
        wait_until_finish=True,
    )
    assert "Inferences are fully processed." in capsys.readouterr().out
    stored = old.stored("inferences_ds_inf")
    assert list(stored.labels("f1")) == ["f1_inf"]
    with pytest.raises(Exception, match="Cannot update inferences when using the BATCH pipeline"):
        client.create_inferences(
            project, base, "inf", inferences=inferences_of(al, inferred(al, "f2")), pipeline_mode="BATCH"
        )
    with pytest.raises(Exception, match="(?i)immutable|never changes|BATCH"):
        client.create_or_update_inferences(project, base, "inf", inferences=inferences_of(al, inferred(al, "f2")))
    assert [version["version"] for version in stored.versions()] == [1]


@pytest.mark.covers("Client.create_inferences", "Client.get_inferences_ingest_error_logs")
def test_one_bad_row_refuses_the_whole_batch(al, old, client, project, base, capsys):
    good, bad = inferred(al, "f1"), inferred(al, "f2")
    good.add_user_metadata("size", 1)
    bad.add_user_metadata("size", "big")
    client.create_inferences(
        project,
        base,
        "inf",
        inferences=inferences_of(al, good, bad),
        pipeline_mode="BATCH",
        wait_until_finish=True,
    )
    assert "Inferences processing has failed." in capsys.readouterr().out
    assert client.is_inferences_processed(project, base, "inf") is False
    assert client.current_inferences_process_state(project, base, "inf")[0] == "FAILED"
    logs = client.get_inferences_ingest_error_logs(project, base, "inf")
    assert [log["frame_id"] for log in logs if "frame_id" in log] == ["f2"]
    assert old.stored("inferences_ds_inf").read()["head"] == 0


@pytest.mark.covers("Client.update_inferences_metadata")
def test_metadata_of_a_set_is_replaced(al, old, client, project, base):
    client.create_or_update_inferences(
        project, base, "inf", inferences=inferences_of(al, inferred(al, "f1")), external_metadata={"a": 1}
    )
    old.stored("inferences_ds_inf").done()
    client.update_inferences_metadata(project, "inferences_ds_inf", {"b": 2})
    assert client.get_dataset(project, "inferences_ds_inf")["external_metadata"] == {"b": 2}


@pytest.mark.covers("InferencesFrame.add_custom_metric", "InferencesFrame.add_user_metadata")
@pytest.mark.covers("InferencesFrame.add_visualization_asset")
def test_metrics_and_metadata_of_an_inference_frame(al, old, client, project, base):
    client.create_project(
        project,
        al.LabelClassMap.from_classnames(["cat", "dog", "bird"]),
        custom_metrics=[
            al.CustomMetricsDefinition("loss", "objective"),
            al.CustomMetricsDefinition("cm", "confusion_matrix"),
        ],
    )
    frame = inferred(al, "f1")
    frame.add_custom_metric("loss", 0.5)
    frame.add_custom_metric("cm", [[1, 2], [3, 4.5]])
    frame.add_user_metadata("model", "v1")
    frame.add_user_metadata("n", 3)
    frame.add_visualization_asset("heat", "http://127.0.0.1:9/heat.png")
    client.create_or_update_inferences(project, base, "inf", inferences=inferences_of(al, frame))
    old.stored("inferences_ds_inf").done()
    read = old.stored("inferences_ds_inf").frame("f1")
    assert read["custom_metrics"]["loss"] == 0.5
    assert read["custom_metrics"]["cm"] == [[1, 2], [3, 4.5]]
    assert {key: read["metadata"][key] for key in ("model", "n")} == {"model": "v1", "n": 3}
    assert "http://127.0.0.1:9/heat.png" in str(read)


@pytest.mark.covers("InferencesFrame.add_frame_embedding", "InferencesFrame.add_crop_embedding")
def test_vectors_of_inferences(al, old, client, project, base):
    frame = inferred(al, "f1")
    frame.add_frame_embedding(embedding=[0.25, 0.5, 1.0])
    frame.add_crop_embedding(label_id="f1_inf", embedding=[1.5, 2.5])
    client.create_or_update_inferences(project, base, "inf", inferences=inferences_of(al, frame))
    old.stored("inferences_ds_inf").done()
    assert old.stored("inferences_ds_inf").vectors("f1") == ([0.25, 0.5, 1.0], {"f1_inf": [1.5, 2.5]})


ADD = {
    "line_segment": ("add_inference_2d_line_segment", {"x1": 1, "y1": 2, "x2": 3, "y2": 4.5}),
    "keypoints": ("add_inference_2d_keypoints", {"keypoints": [{"x": 1, "y": 2.5, "name": "ear"}]}),
    "polygons": ("add_inference_2d_polygon_list", {"polygons": POLYGONS}),
    "classification": ("add_inference_2d_classification", {}),
    "classification_3d": ("add_inference_3d_classification", {}),
    "cuboid": (
        "add_inference_3d_cuboid",
        {"position": [1.0, 2.0, 3.0], "dimensions": [1.0, 1.0, 1.0], "rotation": [0.0, 0.0, 0.0, 1.0]},
    ),
    "token": ("add_inference_text_token", {"index": 0, "token": "cats", "visible": False}),
}
TYPES = {
    "line_segment": "LINE_SEGMENT_2D",
    "keypoints": "KEYPOINTS_2D",
    "polygons": "POLYGON_LIST_2D",
    "classification": "CLASSIFICATION_2D",
    "classification_3d": "CLASSIFICATION_3D",
    "cuboid": "CUBOID_3D",
    "token": "TEXT_TOKEN",
}


@pytest.mark.covers("InferencesFrame.add_inference_2d_line_segment", "InferencesFrame.add_inference_2d_keypoints")
@pytest.mark.covers("InferencesFrame.add_inference_2d_polygon_list", "InferencesFrame.add_inference_2d_classification")
@pytest.mark.covers("InferencesFrame.add_inference_3d_classification", "InferencesFrame.add_inference_3d_cuboid")
@pytest.mark.covers("InferencesFrame.add_inference_text_token")
def test_inferences_of_every_type(al, old, client, project, base):
    frame = al.InferencesFrame(frame_id="f1")
    for name, (method, given) in ADD.items():
        getattr(frame, method)(label_id=name, classification="dog", confidence=0.75, **given)
    client.create_or_update_inferences(project, base, "inf", inferences=inferences_of(al, frame))
    old.stored("inferences_ds_inf").done()
    labels = old.stored("inferences_ds_inf").labels("f1")
    assert {name: label["type"] for name, label in labels.items()} == TYPES
    assert {(label["class"], label["confidence"]) for label in labels.values()} == {("dog", 0.75)}
    assert labels["line_segment"]["geometry"] == {"x1": 1, "y1": 2, "x2": 3, "y2": 4.5}
    assert labels["polygons"]["geometry"]["polygons"] == POLYGONS
    assert labels["cuboid"]["geometry"]["pos_z"] == 3
    assert labels["token"]["geometry"]["token"] == "cats"


@pytest.mark.covers("InferencesFrame.add_inference_2d_semseg", "InferencesFrame.add_inference_2d_instance_seg")
def test_inferred_masks_by_url(al, old, client, project, base):
    classes, instances = al.InferencesFrame(frame_id="f1"), al.InferencesFrame(frame_id="f2")
    classes.add_inference_2d_semseg(label_id="m", mask_url="http://127.0.0.1:9/m.png")
    instances.add_inference_2d_instance_seg(
        label_id="n",
        mask_url="http://127.0.0.1:9/n.png",
        instance_mapping=[{"id": 4, "classification": "bird", "attributes": {"far": True}}],
    )
    client.create_or_update_inferences(project, base, "inf", inferences=inferences_of(al, classes, instances))
    stored = old.stored("inferences_ds_inf")
    stored.done()
    assert stored.labels("f1")["m"]["geometry"]["url"] == "http://127.0.0.1:9/m.png"
    assert stored.labels("f2")["n_4"]["class"] == "bird"
    assert stored.labels("f2")["n_4"]["geometry"]["id"] == 4
    assert stored.labels("f2")["n_4"]["metadata"] == {"far": True}


@pytest.mark.covers("Client.create_or_update_inferences")
def test_a_base_that_is_not_there(al, client, project):
    with pytest.raises(Exception, match="does not exist"):
        client.create_or_update_inferences(project, "nothing", "inf", inferences=inferences_of(al, inferred(al, "f1")))


@pytest.mark.broken("InferencesFrame.add_embedding", "raises: deprecated")
def test_the_deprecated_way_to_add_vectors(al):
    with pytest.raises(Exception, match="(?i)deprecated"):
        inferred(al, "f1").add_embedding(embedding=[1.0, 2.0])
