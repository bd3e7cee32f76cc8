"""Short ways to what most tests upload."""

import pytest


@pytest.fixture
def image(al, media):
    """image(name): an image sensor, by default `DEFAULT`."""

    def make(name="a.png", **more):
        return al.Image(image_url=media.url(name), **more)

    return make


@pytest.fixture
def box(al):
    """box(id, classification): a label."""

    def make(id, classification="cat", top=1, left=2.5, width=30, height=40, **more):
        return al.Bbox2DLabel(
            id=id, classification=classification, top=top, left=left, width=width, height=height, **more
        )

    return make


@pytest.fixture
def upload(client, native):
    """upload(dataset): uploads a LabeledDataset and waits until all of it is committed; answers the native upload."""

    def run(dataset):
        client.create_or_update_labeled_dataset(dataset)
        return native.dataset(dataset.project_name, dataset.id).done()

    return run


@pytest.fixture
def filled(client, project, image, box, upload):
    """The name of a dataset with the frames f1, f2 and f3, each with the labels <frame>_a (cat) and <frame>_b (dog)."""
    dataset = client.initialize_labeled_dataset("base", project)
    for frame in ("f1", "f2", "f3"):
        dataset.create_and_add_labeled_frame(
            frame_id=frame,
            sensor_data=[image(f"{frame}.png")],
            labels=[box(f"{frame}_a"), box(f"{frame}_b", "dog")],
        )
    upload(dataset)
    return "base"
