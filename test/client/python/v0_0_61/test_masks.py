"""`mask_data`: masks as arrays, which travel in a file of their own and are served as images."""

import io
from urllib.parse import urljoin

import numpy as np
import pytest
import requests
from PIL import Image

from old_style import labels_of

MASK = (np.arange(48 * 64).reshape(48, 64) % 3).astype("uint8")


def pixels(url):
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return np.array(Image.open(io.BytesIO(answer.content)))


@pytest.mark.covers("LabeledFrame.add_label_2d_semseg", "Client.create_dataset")
def test_a_mask_of_classes_is_served_by_url(old):
    frame = old.frame("f1")
    frame.add_label_2d_semseg(label_id="m", mask_data=MASK, resize_mode="fill")
    plain = old.frame("f2")
    plain.add_label_2d_semseg(label_id="n", mask_data=MASK + 1)
    unmasked = old.boxed("f3")
    assert old.batch("ds", frame, plain, unmasked)["state"] == "DONE"
    label = labels_of(old.read("ds", "f1"))["m"]
    assert (label["label_type"], label["label"]) == ("SEMANTIC_LABEL_URL_2D", "__mask")
    assert label["attributes"]["resize_mode"] == "fill"
    assert (pixels(label["attributes"]["url"]) == MASK).all()
    other = labels_of(old.read("ds", "f2"))["n"]["attributes"]
    assert (pixels(other["url"]) == MASK + 1).all()
    assert old.stored("ds").labels("f1")["m"]["type"] in ("SEMANTIC_LABEL_URL_2D", "SEMANTIC_LABEL_ASSET_2D")


@pytest.mark.covers("LabeledFrame.add_label_2d_instance_seg", "Client.create_dataset")
def test_a_mask_of_instances_is_served_by_url(old):
    frame = old.frame("f1")
    frame.add_label_2d_instance_seg(
        label_id="m",
        mask_data=MASK,
        instance_mapping=[
            {"id": 1, "classification": "cat", "attributes": {"tail": "long"}},
            {"id": 2, "classification": "dog"},
        ],
    )
    assert old.batch("ds", frame)["state"] == "DONE"
    labels = labels_of(old.read("ds", "f1"))
    assert sorted(labels) == ["m", "m_1", "m_2"]
    assert labels["m"]["label_type"] == "INSTANCE_LABEL_URL_2D"
    assert (pixels(labels["m"]["attributes"]["url"]) == MASK).all()
    assert (labels["m_1"]["label"], labels["m_1"]["attributes"]["id"]) == ("cat", 1)
    assert old.stored("ds").labels("f1")["m_1"]["metadata"] == {"tail": "long"}


@pytest.mark.covers("InferencesFrame.add_inference_2d_semseg", "Client.create_inferences")
def test_a_mask_of_an_inference(old, client, project, al, root):
    old.batch("ds", old.boxed("f1"))
    inferences = al.Inferences()
    frame = al.InferencesFrame(frame_id="f1")
    frame.add_inference_2d_semseg(label_id="m", mask_data=MASK)
    inferences.add_frame(frame)
    client.create_inferences(project, "ds", "inf", inferences=inferences, pipeline_mode="BATCH")
    stored = old.stored("inferences_ds_inf")
    stored.done()
    geometry = stored.labels("f1")["m"]["geometry"]
    assert (pixels(urljoin(root, geometry["url"])) == MASK).all()


@pytest.mark.covers("LabeledFrame.add_label_2d_semseg", "Client.create_or_update_dataset")
def test_the_client_refuses_masks_in_streaming(old, client, project):
    frame = old.frame("f1")
    frame.add_label_2d_semseg(label_id="m", mask_data=MASK)
    with pytest.raises(Exception, match="do not support mask_data"):
        client.create_or_update_dataset(project, "ds", dataset=old.dataset([frame]))
    assert not client.dataset_exists(project, "ds")
