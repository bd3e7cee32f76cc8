"""BCCD, 364 images of blood cells, as a user would upload it: images as assets, boxes as labels, then relabelled."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

BCCD = Path(__file__).parents[6] / "shared" / "data" / "bccd"
CELLS = ["RBC", "WBC", "Platelets"]
RELABELS = 10


def cells(tmp_path):
    """(frame id, image file, width, height, [(class, left, top, right, bottom)]) of each image."""
    if (BCCD / "JPEGImages").is_dir():
        return [annotated(path) for path in sorted((BCCD / "Annotations").glob("*.xml"))]
    print(f"No data set in {BCCD}: a small generated one stands in for it")
    draw = random.Random(1)
    found = []
    for at in range(40):
        image = tmp_path / f"Cells_{at:05}.jpg"
        image.write_bytes(draw.randbytes(1_000 + at))
        boxes = [(draw.choice(CELLS), n, at, n + draw.randrange(50), at + 40) for n in range(draw.randrange(1, 20))]
        found.append((image.stem, image, 640, 480, boxes))
    return found


def annotated(path):
    tree = ElementTree.parse(path)
    size = [int(tree.findtext(f"size/{side}")) for side in ("width", "height")]
    boxes = [
        (one.findtext("name"), *(int(one.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")))
        for one in tree.findall("object")
    ]
    return path.stem, BCCD / "JPEGImages" / f"{path.stem}.jpg", *size, boxes


@pytest.mark.covers(
    "Client.upload_asset_from_filepath",
    "LabeledDataset.create_and_add_labeled_frame",
    "LabeledDataset.create_and_add_modified_labeled_frame",
)
def test_blood_cells_are_uploaded_and_relabelled(al, client, native, project_name, tmp_path, upload):
    client.create_project(project_name, al.LabelClassMap.from_classnames(CELLS))
    found = cells(tmp_path)

    with ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda one: client.upload_asset_from_filepath(project_name, "cells", str(one[1])), found))
    dataset = client.initialize_labeled_dataset("cells", project_name)
    for (id, _, width, height, boxes), url in zip(found, urls):
        labels = [
            al.Bbox2DLabel(
                id=f"{id}-{at}", classification=cell, left=left, top=top, width=right - left, height=bottom - top
            )
            for at, (cell, left, top, right, bottom) in enumerate(boxes)
        ]
        dataset.create_and_add_labeled_frame(
            frame_id=id, sensor_data=[al.Image(image_url=url, width=width, height=height)], labels=labels
        )
    upload(dataset)
    total = sum(len(boxes) for *_, boxes in found)
    stored = native.dataset(project_name, "cells")
    assert stored.read()["counts"] == {"frames": len(found), "labels": total}

    # Every image is there, byte for byte; every box is where it was.
    frames = client.get_frames(project_name, "cells", [id for id, *_ in found])
    for id, image, _, _, boxes in random.Random(2).sample(found, 20):
        (sensor,) = frames[id].sensor_data
        assert requests.get(sensor.data_urls["image_url"], timeout=30).content == image.read_bytes()
    for id, _, _, _, boxes in found:
        read = {
            crop.id: (crop.classification, *(crop.attributes[side] for side in ("left", "top", "width", "height")))
            for crop in frames[id]._crop_set.crops
        }
        assert read == {
            f"{id}-{at}": (cell, left, top, right - left, bottom - top)
            for at, (cell, left, top, right, bottom) in enumerate(boxes)
        }

    # A large upload may be committed in several versions, each relabelling is one more.
    first = stored.read()["head"]
    relabelled = [one for one in found if one[4]][:RELABELS]
    wanted = {}
    for id, _, _, _, boxes in relabelled:
        wanted[id] = (boxes[0][0], CELLS[(CELLS.index(boxes[0][0]) + 1) % len(CELLS)])
        changed = client.initialize_labeled_dataset("cells", project_name)
        changed.create_and_add_modified_labeled_frame(
            frame_id=id, labels=[al.ModifiedBbox2DLabel(id=f"{id}-0", classification=wanted[id][1])]
        )
        upload(changed)
    assert len(wanted) == RELABELS
    for number, (id, (old, new)) in enumerate(wanted.items(), start=first + 1):
        newest, oldest = stored.history(id, f"{id}-0")
        assert (oldest["kind"], oldest["label"]["class"]) == ("added", old)
        assert oldest["version"] <= first
        assert (newest["version"], newest["kind"], newest["label"]["class"]) == (number, "updated", new)
        assert newest["changes"] == [{"path": "class", "old": old, "new": new}]
        assert client.get_frame(project_name, "cells", id)._crop_set.crops[0].classification == new
    assert stored.read()["head"] == first + RELABELS
    assert stored.read()["counts"] == {"frames": len(found), "labels": total}
