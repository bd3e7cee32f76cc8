import re

import pytest


@pytest.fixture
def frame(client, project, image, box):
    dataset = client.initialize_labeled_dataset("ds", project)
    return dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[box("a")])


def link(root, project, printed):
    (found,) = re.findall(rf"{re.escape(root)}/projects/{project}/preview_frame/(\S+)", printed)
    return found


@pytest.mark.covers("Client.preview_frame")
def test_the_frame_is_kept_for_the_page_that_the_client_names(al, client, native, root, project, frame, capsys):
    inferences = client.initialize_inference_set("m1", project, "ds")
    inferred = inferences.create_and_add_inference_frame(
        frame_id="f1",
        inferences=[
            al.Bbox2DInference(id="i", classification="dog", confidence=0.5, top=1, left=2, width=3, height=4)
        ],
    )
    client.preview_frame(project, frame, inferred)
    id = link(root, project, capsys.readouterr().out)
    preview = native.get(f"/projects/{project}/previews/{id}")
    assert preview["frame"]["frame_id"] == "f1"
    assert [(label["label_id"], label["class"]) for label in preview["frame"]["labels"]] == [("a", "cat")]
    (inference,) = preview["inference_frame"]["labels"]
    assert (inference["label_id"], inference["confidence"]) == ("i", 0.5)


@pytest.mark.covers("Client.create_or_update_labeled_dataset")
@pytest.mark.parametrize("answer, uploaded", [("", True), ("exit", False)], ids=["enter", "exit"])
def test_the_first_frame_is_previewed_before_the_upload(
    client, native, root, project, frame, capsys, monkeypatch, answer, uploaded
):
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    dataset = client.initialize_labeled_dataset("ds2", project)
    dataset._add_frame(frame)
    client.create_or_update_labeled_dataset(dataset, preview_first_frame=True)
    id = link(root, project, capsys.readouterr().out)
    assert native.get(f"/projects/{project}/previews/{id}")["inference_frame"] is None
    assert client.dataset_exists(project, "ds2") is uploaded
