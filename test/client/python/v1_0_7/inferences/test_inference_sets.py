import pytest


@pytest.fixture
def found(al):
    """found(id, classification, confidence): an inference."""

    def make(id, classification="cat", confidence=0.5, **more):
        return al.Bbox2DInference(
            id=id, classification=classification, confidence=confidence, top=1, left=2, width=3, height=4.5, **more
        )

    return make


@pytest.fixture
def infer(client, native, project):
    """infer(name, frames, **set): uploads an inference set of the dataset `base`; answers it over the native API."""

    def run(name, frames, **more):
        inferences = client.initialize_inference_set(name, project, "base", **more)
        for frame_id, frame in frames.items():
            inferences.create_and_add_inference_frame(frame_id=frame_id, **frame)
        client.create_or_update_inference_set(inferences)
        stored = native.dataset(project, f"inferences_base_{name}")
        stored.done()
        return stored

    return run


@pytest.mark.covers(
    "Client.initialize_inference_set",
    "InferenceSet.create_and_add_inference_frame",
    "Client.create_or_update_inference_set",
    "Client.inferences_exists",
    "Client.is_inferences_processed",
    "Client.get_inferences_ingest_error_logs",
    "Client.current_inferences_process_state",
    "Client.current_abstract_dataset_process_step_status",
)
def test_an_inference_set_is_uploaded_and_waited_for(al, client, native, project, filled, found, capsys):
    assert client.inferences_exists(project, filled, "m1") is False
    inferences = client.initialize_inference_set("m1", project, filled, external_metadata={"run": 7})
    inferences.create_and_add_inference_frame(
        frame_id="f1",
        inferences=[found("i1", confidence=0.75, user_attrs={"q": 1, "s": "x"}), found("i2", "dog", 1.0)],
        user_metadata=[al.UserMetadataEntry("model", "v1"), al.UserMetadataEntry("n", 2.0)],
        custom_metrics={"loss": 0.5, "cm": [[1, 2], [3, 4.5]], "nan": float("nan")},
    )
    inferences.create_and_add_inference_frame(frame_id="f3", inferences=[])
    client.create_or_update_inference_set(inferences, wait_until_finish=True)
    assert "Inferences is fully processed." in capsys.readouterr().out

    assert client.inferences_exists(project, filled, "m1") is True
    assert client.is_inferences_processed(project, filled, "m1") is True
    assert client.get_inferences_ingest_error_logs(project, filled, "m1") == []
    state, percent = client.current_inferences_process_state(project, filled, "m1")
    assert isinstance(state, str) and percent == 100
    name = f"inferences_{filled}_m1"
    status = client.current_abstract_dataset_process_step_status(project, name)
    assert client.parse_normalize_process_step_status(status) == "DONE"
    assert client.get_dataset(project, name)["external_metadata"] == {"run": 7}

    stored = native.dataset(project, name)
    assert stored.read()["counts"] == {"frames": 2, "labels": 2}
    frame = stored.frame("f1")
    assert frame["metadata"] == {"model": "v1", "n": 2}
    assert frame["custom_metrics"] == {"loss": 0.5, "cm": [[1, 2], [3, 4.5]], "nan": "NaN"}
    first, second = frame["labels"]
    assert (first["class"], first["confidence"], first["sensor_id"]) == ("cat", 0.75, "DEFAULT")
    assert first["geometry"] == {"top": 1, "left": 2, "width": 3, "height": 4.5}
    assert first["metadata"] == {"q": 1, "s": "x"}
    assert (second["label_id"], second["class"], second["confidence"]) == ("i2", "dog", 1)
    # The frames of the base are as they were.
    assert native.dataset(project, filled).read()["head"] == 1


@pytest.mark.covers("Client.create_or_update_inference_set")
def test_a_set_stays_pinned_to_the_version_of_its_base_at_submission(
    client, project, filled, image, box, upload, infer, found
):
    def grow(frame_id):
        dataset = client.initialize_labeled_dataset(filled, project)
        dataset.create_and_add_labeled_frame(frame_id=frame_id, sensor_data=[image()], labels=[box(f"{frame_id}_a")])
        upload(dataset)

    def pin(stored):
        return stored.read()["inference"]["base_version"]

    grow("f4")
    first = infer("m1", {"f1": {"inferences": [found("i1")]}})
    assert pin(first) == 2
    assert first.read()["inference"]["base"] == filled
    grow("f5")
    infer("m1", {"f2": {"inferences": [found("i2", "dog", 0.25)]}})
    assert first.read()["head"] == 2
    assert pin(first) == 2
    assert pin(infer("m2", {"f1": {"inferences": [found("j1")]}})) == 3


@pytest.mark.covers("Client.create_or_update_inference_set")
def test_a_set_is_updated_frame_by_frame(infer, filled, found):
    infer("m1", {"f1": {"inferences": [found("i1"), found("i2")]}, "f2": {"inferences": [found("i3")]}})
    stored = infer("m1", {"f1": {"inferences": [found("i2", "bird", 0.125)]}})
    assert {id: label["class"] for id, label in stored.labels("f1").items()} == {"i2": "bird"}
    assert list(stored.labels("f2")) == ["i3"]
    assert [version["version"] for version in stored.versions()] == [2, 1]
    newest, oldest = stored.history("f1", "i2")
    assert (oldest["version"], newest["version"]) == (1, 2)


@pytest.mark.covers("Client.update_inferences_metadata")
def test_metadata_of_a_set_is_replaced(client, project, filled, infer, found):
    infer("m1", {"f1": {"inferences": [found("i1")]}}, external_metadata={"a": 1})
    name = f"inferences_{filled}_m1"
    assert client.get_dataset(project, name)["external_metadata"] == {"a": 1}
    client.update_inferences_metadata(project, name, {"b": [1, "x", None]})
    assert client.get_dataset(project, name)["external_metadata"] == {"b": [1, "x", None]}


@pytest.mark.covers("Client.create_or_update_inference_set", "InferenceSet.create_and_add_inference_frame")
def test_vectors_of_inferences_are_kept(infer, filled, found):
    stored = infer(
        "m1",
        {
            "f1": {"inferences": [found("i1", embedding=[0.5, 1.0])], "embedding": [1.0, 2.0, 3.0, 4.0]},
            "f2": {"inferences": [found("i2", embedding=[1.5, 2.0])], "embedding": [5.0, 6.0, 7.0, 8.0]},
        },
        frame_embedding_model="frames",
        inference_embedding_model="boxes",
    )
    assert stored.vectors("f1") == ([1, 2, 3, 4], {"i1": [0.5, 1]})
    assert stored.vectors("f2") == ([5, 6, 7, 8], {"i2": [1.5, 2]})


@pytest.mark.covers("Client.create_or_update_inference_set", "InferenceSet.create_and_add_inference_frame")
def test_inferences_of_every_type(al, media, filled, infer):
    polygon = [{"vertices": [[0, 0], [4, 0], [4, 4]]}]
    common = {"classification": "cat", "confidence": 0.5}
    stored = infer(
        "m1",
        {
            "f1": {
                "inferences": [
                    al.LineSegment2DInference(id="line", x1=1, y1=2, x2=3, y2=4.5, **common),
                    al.Keypoint2DInference(id="keypoint", keypoints=[{"x": 1, "y": 2, "name": "nose"}], **common),
                    al.PolygonList2DInference(id="polygon", polygons=polygon, **common),
                    al.Classification2DInference(id="class2", user_attrs={"color": "red"}, **common),
                    al.Classification3DInference(id="class3", **common),
                    al.Cuboid3DInference(
                        id="cuboid",
                        position=[1.0, 2.0, 3.0],
                        dimensions=[1.0, 1.0, 1.0],
                        rotation=[0.0, 0.0, 0.0, 1.0],
                        **common,
                    ),
                    al.TextTokenInference(id="token", index=0, token="a", visible=True, **common),
                    al.Semseg2DInference(id="semseg", mask_url=media.url("s.png")),
                    al.InstanceSeg2DInference(
                        id="mask", mask_url=media.url("i.png"), instances=[al.InstanceSegInstance(3, "dog", {"k": 1})]
                    ),
                ]
            }
        },
    )
    labels = stored.labels("f1")
    assert {id: (label["type"], label.get("confidence")) for id, label in labels.items()} == {
        "line": ("LINE_SEGMENT_2D", 0.5),
        "keypoint": ("KEYPOINTS_2D", 0.5),
        "polygon": ("POLYGON_LIST_2D", 0.5),
        "class2": ("CLASSIFICATION_2D", 0.5),
        "class3": ("CLASSIFICATION_3D", 0.5),
        "cuboid": ("CUBOID_3D", 0.5),
        "token": ("TEXT_TOKEN", 0.5),
        "semseg": ("SEMANTIC_LABEL_URL_2D", None),
        "mask": ("INSTANCE_LABEL_URL_2D", None),
        "mask_3": ("INSTANCE_LABEL_2D", None),
    }
    assert labels["line"]["geometry"] == {"x1": 1, "y1": 2, "x2": 3, "y2": 4.5}
    assert labels["polygon"]["geometry"] == {"polygons": polygon}
    assert labels["class2"]["metadata"] == {"color": "red"}
    assert labels["token"]["geometry"] == {"index": 0, "token": "a", "visible": True}
    assert (labels["mask_3"]["class"], labels["mask_3"]["metadata"]) == ("dog", {"k": 1})


@pytest.mark.covers("Client.create_or_update_inference_set")
def test_a_set_may_be_submitted_before_its_base_is_processed(client, native, project, image, box, found):
    dataset = client.initialize_labeled_dataset("base", project)
    for at in range(1_500):
        dataset.create_and_add_labeled_frame(frame_id=f"f{at:04}", sensor_data=[image()], labels=[box(f"l{at}")])
    client.create_or_update_labeled_dataset(dataset)
    inferences = client.initialize_inference_set("early", project, "base")
    inferences.create_and_add_inference_frame(frame_id="f0000", inferences=[found("i1")])
    client.create_or_update_inference_set(inferences)
    stored = native.dataset(project, "inferences_base_early")
    stored.done()
    base = native.dataset(project, "base")
    base.done()
    assert stored.read()["inference"]["base_version"] == base.read()["head"]
    assert list(stored.labels("f0000")) == ["i1"]


@pytest.mark.covers("Client.delete_dataset", "Client.inferences_exists")
def test_a_set_is_archived_like_a_dataset(client, native, project, filled, infer, found):
    infer("m1", {"f1": {"inferences": [found("i1")]}})
    name = f"inferences_{filled}_m1"
    client.delete_dataset(project, name)
    assert client.is_dataset_archived(project, name) is True
    assert client.inferences_exists(project, filled, "m1") is True
    inferences = client.initialize_inference_set("m1", project, filled)
    inferences.create_and_add_inference_frame(frame_id="f1", inferences=[found("i9")])
    # The client asks for the short name, of which there is no dataset: the refusal is the server's.
    with pytest.raises(Exception, match="Error: .*archived"):
        client.create_or_update_inference_set(inferences)
    assert list(native.dataset(project, name).labels("f1")) == ["i1"]


@pytest.mark.covers("Client.create_or_update_inference_set")
def test_without_its_base_a_set_is_refused_at_once(client, project, found):
    inferences = client.initialize_inference_set("m1", project, "nowhere")
    inferences.create_and_add_inference_frame(frame_id="f1", inferences=[found("i1")])
    with pytest.raises(Exception, match="Error: .*nowhere"):
        client.create_or_update_inference_set(inferences)
    assert client.get_datasets(project, include_archived=True) == []
