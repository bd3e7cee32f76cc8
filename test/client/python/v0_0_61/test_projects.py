"""Projects: made, listed, described, recoloured, deleted."""

import pytest


def read(client, project):
    return client.get_project(project)


@pytest.mark.covers("Client.create_project", "Client.get_project")
def test_a_project_keeps_everything_it_was_made_with(al, client, project_name):
    classes = al.LabelClassMap(
        entries=[
            al.ClassMapEntry(
                name="person", class_id=3, color=[1, 2, 3], keypoint_names=["head", "foot"], skeleton=[[0, 1]]
            ),
            al.ClassMapEntry(name="nobody", class_id=7, color=[4, 5, 6], ignore_in_eval=True),
        ]
    )
    client.create_project(
        project_name,
        classes,
        primary_task="BINARY_CLASSIFICATION",
        secondary_labels=[{"name": "colour", "label_class_map": al.LabelClassMap.from_classnames(["red", "blue"])}],
        frame_links=["next"],
        label_links=["same"],
        default_camera_target=[0.0, 1.5, 2.0],
        default_camera_position=[3.0, 4.0, 5.5],
        custom_metrics=[al.CustomMetricsDefinition("loss", "objective")],
        max_shown_categories=12,
        stratified_metrics=[al.StratifiedMetricsDefinition("size", ["small", "large"])],
        include_no_gt=True,
        metrics_confidence_threshold=0.25,
        metrics_iou_threshold=0.75,
        external_metadata={"team": "eyes"},
        binary_classification_negative_class="nobody",
    )
    project = read(client, project_name)
    assert project["id"] == project_name
    person, nobody = project["label_class_map"]
    assert (person["name"], person["id"], person["color"]) == ("person", 3, [1, 2, 3])
    assert (person["keypoint_names"], person["skeleton"]) == (["head", "foot"], [[0, 1]])
    assert (nobody["name"], nobody["id"], nobody["ignore_in_eval"]) == ("nobody", 7, True)
    assert project["primary_task"] == "BINARY_CLASSIFICATION"
    assert project["binary_classification_negative_class"] == "nobody"
    assert [entry["name"] for entry in project["secondary_labels"][0]["label_class_map"]] == ["red", "blue"]
    assert (project["frame_links"], project["label_links"]) == (["next"], ["same"])
    assert project["default_camera_target"] == [0, 1.5, 2]
    assert project["default_camera_position"] == [3, 4, 5.5]
    assert project["custom_metrics"] == [{"name": "loss", "metrics_type": "objective"}]
    assert project["stratified_metrics"] == [{"name": "size", "ordered_values": ["small", "large"]}]
    assert project["max_shown_categories"] == 12
    assert project["include_no_gt"] is True
    assert (project["confidence_threshold"], project["iou_threshold"]) == (0.25, 0.75)
    assert project["external_metadata"] == {"team": "eyes"}


@pytest.mark.covers("Client.create_project")
def test_making_a_project_again_appends_classes(al, client, project):
    client.create_project(project, al.LabelClassMap.from_classnames(["cat", "dog", "bird", "fish"]))
    assert [entry["name"] for entry in read(client, project)["label_class_map"]] == ["cat", "dog", "bird", "fish"]


@pytest.mark.covers("Client.create_project")
def test_a_class_keeps_its_id(al, client, project):
    renumbered = al.LabelClassMap(entries=[al.ClassMapEntry(name="cat", class_id=9, color=[0, 0, 0])])
    before = read(client, project)["label_class_map"]
    with pytest.raises(Exception, match="(?i)cat"):
        client.create_project(project, renumbered)
    assert read(client, project)["label_class_map"] == before


@pytest.mark.covers("Client.get_projects", "Client.project_exists", "Client.delete_project")
def test_a_deleted_project_leaves_the_list(client, project):
    assert project in [one["id"] for one in client.get_projects()]
    assert client.project_exists(project)
    client.delete_project(project)
    assert not client.project_exists(project)
    with pytest.raises(Exception, match="does not exist"):
        client.delete_project(project)


@pytest.mark.covers("Client.get_project")
def test_a_project_that_is_not_there_is_told_at_once(client):
    with pytest.raises(Exception, match="nowhere"):
        client.get_project("nowhere")


@pytest.mark.covers("Client.update_project_metadata")
def test_metadata_of_a_project_is_replaced(client, project):
    client.update_project_metadata(project, {"a": 1, "b": {"c": [1.5, None]}})
    client.update_project_metadata(project, {"d": "x"})
    assert read(client, project)["external_metadata"] == {"d": "x"}


@pytest.mark.covers("Client.update_label_class_map_colors")
def test_colours_change_and_nothing_else(al, client, project):
    before = read(client, project)["label_class_map"]
    client.update_label_class_map_colors(
        project,
        [
            al.ClassMapUpdateEntry(name="dog", color=[9, 8, 7]),
            al.ClassMapUpdateEntry(class_id=before[2]["id"], train_color=[1, 1, 2]),
        ],
    )
    cat, dog, bird = read(client, project)["label_class_map"]
    assert cat == before[0]
    assert dog == {**before[1], "color": [9, 8, 7]}
    assert bird == {**before[2], "train_color": [1, 1, 2]}


@pytest.mark.covers("Client.set_credentials")
@pytest.mark.parametrize("how", ["api_key", "token", "app"])
def test_credentials_of_every_kind(al, root, native, admin_key, project, how):
    client = al.Client(api_endpoint=f"{root}/api/v1")
    if how == "app":
        made = native.post("/keys", {"name": "an app", "role": "reader"})
        client.set_credentials(app_id=made["key_id"], app_key=made["key"])
    else:
        client.set_credentials(**{how: admin_key})
    assert client.get_project(project)["id"] == project


@pytest.mark.covers("Client.set_credentials")
def test_a_wrong_key_is_told(al, root, project):
    client = al.Client(api_endpoint=f"{root}/api/v1")
    client.set_credentials(api_key="wrong")
    with pytest.raises(Exception, match="(?i)key"):
        client.get_project(project)
