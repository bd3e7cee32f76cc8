"""The old style of client, `aquariumlearning` 0.0.61, and Vivarium, on scikit-learn's images of handwritten digits.

    python3 -m venv .venv-legacy && .venv-legacy/bin/pip install -q -r examples/requirements-legacy.txt
    .venv-legacy/bin/pip install -q --no-deps aquariumlearning==0.0.61
    .venv-legacy/bin/python examples/quickstart_legacy.py --key "$(cat .vivarium/admin-key)"

Each image gets one box, around its ink. They are uploaded twice: by BATCH, into a data set that never changes again,
and by STREAMING, into one that does. The second gets new metadata, which leaves its boxes as they were.
"""

import warnings

import numpy as np
from sklearn.datasets import load_digits

from digit_images import SCALE, upload_images
from import_client import import_client, quietly
from vivarium_api import VivariumApi, parse_arguments, show

FROZEN, LIVING = "scans_2020", "scans"


def main() -> None:
    arguments = parse_arguments("Digits by BATCH and by STREAMING, by client 0.0.61", "digits_legacy")
    api = VivariumApi(arguments.api, arguments.key)
    api.get("projects", limit=1)  # a wrong address or key is told here

    warnings.simplefilter("ignore", FutureWarning)  # the client and its libraries have some for newer Pythons
    al = import_client()
    client = al.Client(api_endpoint=f"{api.root}/api/v1")
    client.set_credentials(api_key=arguments.key)
    project = arguments.project

    digits = load_digits()
    images, truth = digits.images[: arguments.limit], digits.target[: arguments.limit]
    client.create_project(project, al.LabelClassMap.from_classnames([str(digit) for digit in range(10)]))
    print(f"Uploading {len(images)} images ...")
    urls = upload_images(client, project, LIVING, images)

    # 1. BATCH: all frames or none, once. A second upload into such a data set is refused, by client and server.
    if client.dataset_exists(project, FROZEN):
        print(f"{FROZEN} was made by an earlier run, and a BATCH data set never changes: skipped")
    else:
        frozen = al.LabeledDataset(pipeline_mode="BATCH")
        add_frames(al, frozen, images, truth, urls)
        quietly(client.create_dataset, project, FROZEN, dataset=frozen, pipeline_mode="BATCH")
        show("BATCH", api.wait_for_upload(project, FROZEN))

    # 2. STREAMING: as often as you like. Name the mode in both places, since the defaults of the two differ.
    living = al.LabeledDataset(pipeline_mode="STREAMING")
    add_frames(al, living, images, truth, urls)
    quietly(client.create_or_update_dataset, project, LIVING, dataset=living, pipeline_mode="STREAMING")
    show("STREAMING", api.wait_for_upload(project, LIVING))

    # 3. Read back. The client has no public name for the labels of a frame that it read.
    frame_ids = client.get_frame_ids(project, LIVING)
    print(f"\n{FROZEN} has {len(client.get_frame_ids(project, FROZEN))} frames, {LIVING} has {len(frame_ids)}; three:")
    for frame_id, frame in client.get_frames(project, LIVING, frame_ids[:3]).items():
        box = frame._labels.label_data[0]
        print(f"  {frame_id}: a {box['label']} at {box['attributes']}")

    # 4. Metadata of frames that are there. The client sends the whole frames again; what did not change stays as it
    #    was, so the label below still dates from the version that wrote it.
    quietly(client.update_frames_metadata, project, LIVING, {frame_id: {"split": "test"} for frame_id in frame_ids[:3]})
    show("Metadata", api.wait_for_upload(project, LIVING))
    example = frame_ids[0]
    frame = client.get_frame(project, LIVING, example)
    print(f"\nMetadata of {example} now: {', '.join(f'{name} = {value}' for name, value, *_ in frame.user_metadata)}")
    stored = api.get("projects", project, "datasets", LIVING, "frames", example)
    print(f"The frame was written by version {stored['version']}, its label by version {stored['labels'][0]['since']}")


def add_frames(al, dataset, images: np.ndarray, truth: np.ndarray, urls: "list[str]") -> None:
    """Adds one frame an image: the image, a box around its ink, and how much ink there is."""
    for at, (image, digit, url) in enumerate(zip(images, truth, urls)):
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        frame = al.LabeledFrame(frame_id=f"digit_{at:04}", date_captured="1998-07-01", device_id="scanner")
        frame.add_image(image_url=url)
        frame.add_user_metadata("ink", float(image.mean()) / 16)
        frame.add_label_2d_bbox(
            label_id=f"digit_{at:04}_box",
            classification=str(digit),
            top=int(rows[0]) * SCALE,
            left=int(columns[0]) * SCALE,
            width=int(columns[-1] - columns[0] + 1) * SCALE,
            height=int(rows[-1] - rows[0] + 1) * SCALE,
        )
        dataset.add_frame(frame)


if __name__ == "__main__":
    main()
