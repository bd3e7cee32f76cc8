import json

import pytest


@pytest.mark.covers("Client.create_project", "Client.project_exists", "Client.get_projects", "Client.get_project")
def test_a_project_is_listed_and_read_back(al, client, project_name):
    assert client.project_exists(project_name) is False
    client.create_project(project_name, al.LabelClassMap.from_classnames(["cat", "dog"]))
    assert client.project_exists(project_name) is True
    assert [one["id"] for one in client.get_projects()].count(project_name) == 1
    project = client.get_project(project_name)
    assert project["id"] == project_name
    assert [(entry["name"], entry["id"]) for entry in project["label_class_map"]] == [("cat", 0), ("dog", 1)]


def entries(class_map):
    return [json.loads(json.dumps(entry.to_dict())) for entry in class_map.entries]


@pytest.mark.covers("Client.create_project")
def test_every_field_of_a_project_is_kept(al, client, project_name):
    classes = al.LabelClassMap.from_classnames(["cat", "dog"])
    colors = al.LabelClassMap.from_classnames(["black", "white"])
    client.create_project(
        project_name,
        classes,
        primary_task=al.PrimaryTaskTypes.ObjectDetection,
        secondary_labels=[{"name": "color", "label_class_map": colors}],
        frame_links=["scene"],
        label_links=["track"],
        default_camera_target=[0.0, 1.5, 2.0],
        default_camera_position=[10.0, 0.0, 0.5],
        custom_metrics=[
            al.CustomMetricsDefinition("loss", al.CustomMetricsDefinition.OBJECTIVE),
            al.CustomMetricsDefinition("cm", al.CustomMetricsDefinition.CONFUSION_MATRIX),
        ],
        max_shown_categories=20,
        stratified_metrics=[al.StratifiedMetricsDefinition("size", ["s", "m", "l"])],
        include_no_gt=True,
        metrics_confidence_threshold=0.25,
        metrics_iou_threshold=0.75,
        external_metadata={"owner": "lab", "nested": {"deep": [1, 2.5, None]}},
    )
    project = client.get_project(project_name)
    assert project["label_class_map"] == entries(classes)
    expected = {
        "primary_task": "2D_OBJECT_DETECTION",
        "secondary_labels": [{"name": "color", "label_class_map": entries(colors)}],
        "frame_links": ["scene"],
        "label_links": ["track"],
        "default_camera_target": [0.0, 1.5, 2.0],
        "default_camera_position": [10.0, 0.0, 0.5],
        "custom_metrics": [
            {"name": "loss", "metrics_type": "objective"},
            {"name": "cm", "metrics_type": "confusion_matrix"},
        ],
        "max_shown_categories": 20,
        "stratified_metrics": [{"name": "size", "ordered_values": ["s", "m", "l"]}],
        "include_no_gt": True,
        "confidence_threshold": 0.25,
        "iou_threshold": 0.75,
        "external_metadata": {"owner": "lab", "nested": {"deep": [1, 2.5, None]}},
    }
    assert {key: project.get(key) for key in expected} == expected


@pytest.mark.covers("Client.create_project")
@pytest.mark.parametrize("task", ["Classification", "MultiLabelClassification", "SemSeg", "InstanceSegmentation"])
def test_a_project_has_its_task(al, client, project_name, task):
    primary_task = getattr(al.PrimaryTaskTypes, task)
    client.create_project(project_name, al.LabelClassMap.from_classnames(["cat"]), primary_task=primary_task)
    assert client.get_project(project_name)["primary_task"] == primary_task.value


@pytest.mark.covers("Client.create_project")
def test_a_binary_classification_has_its_negative_class(al, client, project_name):
    client.create_project(
        project_name,
        al.LabelClassMap.from_classnames(["cat", "none"]),
        primary_task=al.PrimaryTaskTypes.BinaryClassification,
        binary_classification_negative_class="none",
    )
    project = client.get_project(project_name)
    assert project["primary_task"] == "BINARY_CLASSIFICATION"
    assert project["binary_classification_negative_class"] == "none"


@pytest.mark.covers("Client.create_project")
def test_classes_are_appended_and_not_taken_away(al, client, project):
    client.create_project(project, al.LabelClassMap.from_classnames(["cat", "dog", "bird", "fish"]))
    names = [entry["name"] for entry in client.get_project(project)["label_class_map"]]
    assert names == ["cat", "dog", "bird", "fish"]
    # Those that are not named stay; one cannot get the id of another.
    client.create_project(project, al.LabelClassMap.from_classnames(["cat"]))
    with pytest.raises(Exception, match="Error: .*has the id"):
        client.create_project(project, al.LabelClassMap.from_classnames(["dog", "cat"]))
    assert [entry["name"] for entry in client.get_project(project)["label_class_map"]] == names


@pytest.mark.covers("Client.update_project_metadata")
def test_metadata_of_a_project_is_replaced(client, project):
    assert client.get_project(project)["external_metadata"] == {}
    client.update_project_metadata(project, {"a": 1, "b": {"c": "x"}})
    assert client.get_project(project)["external_metadata"] == {"a": 1, "b": {"c": "x"}}
    client.update_project_metadata(project, {"a": 2.5})
    assert client.get_project(project)["external_metadata"] == {"a": 2.5}


@pytest.mark.covers("Client.update_label_class_map_colors")
def test_colors_and_skeletons_of_classes_are_changed(al, client, project):
    before = client.get_project(project)["label_class_map"]
    client.update_label_class_map_colors(
        project,
        [
            al.ClassMapUpdateEntry(name="cat", color=[1, 2, 3]),
            al.ClassMapUpdateEntry(
                class_id=1, train_color=[4, 5, 6], keypoint_names=["nose", "tail"], skeleton=[[0, 1]]
            ),
        ],
    )
    after = client.get_project(project)["label_class_map"]
    assert after[0] == {**before[0], "color": [1, 2, 3]}
    assert after[1] == {
        **before[1],
        "train_color": [4, 5, 6],
        "keypoint_names": ["nose", "tail"],
        "skeleton": [[0, 1]],
    }
    assert after[2] == before[2]


@pytest.mark.covers("Client.delete_project")
def test_a_deleted_project_leaves_the_listing_and_its_data_stay(client, native, project, filled):
    client.delete_project(project)
    assert client.project_exists(project) is False
    assert client.get_frame_ids(project, filled) == ["f1", "f2", "f3"]
    assert native.get(f"/projects/{project}")["id"] == project
    with pytest.raises(Exception, match="does not exist"):
        client.delete_project(project)
