"""Frames and uploads as the clients before 1.0 make them, for the tests of 0.0.61 and 0.0.67."""

import pytest


class OldStyle:
    """Makes frames with one image, and uploads them into datasets of one project."""

    def __init__(self, al, client, native, media, project):
        self.al = al
        self.client = client
        self.native = native
        self.media = media
        self.project = project

    def frame(self, frame_id, **metadata):
        """A frame with an image of 64 x 48 pixels and without labels."""
        frame = self.al.LabeledFrame(
            frame_id=frame_id, date_captured="2020-01-02T03:04:05+00:00", device_id="camera"
        )
        frame.add_image(image_url=self.media.url(f"{frame_id}.png"), width=64, height=48)
        for key, value in metadata.items():
            frame.add_user_metadata(key, value)
        return frame

    def boxed(self, frame_id, classification="cat", **metadata):
        """The same with a box `<frame id>_box`."""
        frame = self.frame(frame_id, **metadata)
        frame.add_label_2d_bbox(
            label_id=f"{frame_id}_box", classification=classification, top=1, left=2.5, width=3, height=4
        )
        return frame

    def dataset(self, frames, mode="STREAMING"):
        dataset = self.al.LabeledDataset(pipeline_mode=mode)
        for frame in frames:
            dataset.add_frame(frame)
        return dataset

    def stored(self, name):
        """The dataset as the native API has it."""
        return self.native.dataset(self.project, name)

    def stream(self, name, *frames, **more):
        """Uploads by STREAMING and waits; nothing may fail. Answers the upload."""
        self.client.create_or_update_dataset(
            self.project, name, dataset=self.dataset(frames), pipeline_mode="STREAMING", **more
        )
        return self.stored(name).done()

    def batch(self, name, *frames, **more):
        """Uploads by BATCH and waits, whatever becomes of it. Answers the upload."""
        self.client.create_dataset(
            self.project, name, dataset=self.dataset(frames, "BATCH"), pipeline_mode="BATCH", **more
        )
        return self.stored(name).settled()

    def read(self, name, frame_id):
        return self.client.get_frame(self.project, name, frame_id)


@pytest.fixture
def old(al, client, native, media, project):
    return OldStyle(al, client, native, media, project)


def labels_of(frame):
    """The labels of a frame by id, as the client sends and reads them; parts without a value are left out."""
    return {label["uuid"]: _label(label) for label in frame._labels.label_data}


def _label(label):
    kept = {key: label[key] for key in ("label_type", "label", "label_coordinate_frame")}
    return {**kept, "attributes": {key: value for key, value in label["attributes"].items() if value is not None}}


def metadata_of(frame):
    """A frame's metadata without the prefix of the wire: {key: value}."""
    return {key[len("user__") :] if key.startswith("user__") else key: value for key, value, *_ in frame.user_metadata}
