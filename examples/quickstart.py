"""Five minutes with `aquariumlearning` 1.0.7 and Vivarium, on scikit-learn's 1,797 images of handwritten digits.

    python3 -m venv .venv && .venv/bin/pip install -q -r examples/requirements.txt
    .venv/bin/python examples/quickstart.py --key "$(cat .vivarium/admin-key)"

The script uploads the images with their labels, five of them wrong on purpose; lets a classifier find the wrong ones;
stores its predictions as an inference set; corrects the labels; and reads back what happened. Nothing but the API
endpoint tells the client that this is Vivarium. Running it again goes on with the same project: more versions.
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from digit_images import SCALE, upload_images
from import_client import import_client, quietly
from vivarium_api import VivariumApi, parse_arguments, show

DATASET = "scans"
INFERENCES = "logistic"


def main() -> None:
    arguments = parse_arguments("Digits, a classifier's predictions and a relabel, by client 1.0.7", "digits")
    api = VivariumApi(arguments.api, arguments.key)
    api.get("projects", limit=1)  # a wrong address or key is told here

    al = import_client()  # with internet: import aquariumlearning as al
    client = al.Client(api_endpoint=f"{api.root}/api/v1")
    client.set_credentials(api_key=arguments.key)
    project = arguments.project

    digits = load_digits()
    images, truth = digits.images[: arguments.limit], digits.target[: arguments.limit]
    frame_ids = [f"digit_{at:04}" for at in range(len(images))]
    labels, mistakes = mislabel(truth)

    # 1. A project has a list of classes, to which later calls may append.
    client.create_project(
        project,
        al.LabelClassMap.from_classnames([str(digit) for digit in range(10)]),
        primary_task=al.PrimaryTaskTypes.Classification,
    )

    # 2. The images go into Vivarium's object store; each gets a URL, as your own images may have one already.
    print(f"Uploading {len(images)} images ...")
    urls = upload_images(client, project, DATASET, images)

    # 3. A frame is one datapoint: sensors, labels, metadata, embedding. Adding a frame with a known id replaces it.
    dataset = client.initialize_labeled_dataset(DATASET, project, frame_embedding_model="pixels_8x8")
    for frame_id, url, image, label in zip(frame_ids, urls, images, labels):
        dataset.create_and_add_labeled_frame(
            frame_id=frame_id,
            sensor_data=[al.Image(image_url=url, width=8 * SCALE, height=8 * SCALE)],
            labels=[al.Classification2DLabel(id=f"{frame_id}_label", classification=str(label))],
            user_metadata=[al.UserMetadataEntry("ink", float(image.mean()) / 16)],
            embedding=(image.flatten() / 16).tolist(),
        )
    quietly(client.create_or_update_labeled_dataset, dataset)
    show("Labels", api.wait_for_upload(project, DATASET))

    # 4. Predictions of a classifier for images that it was not trained on, as an inference set of the dataset. The set
    #    stays pinned to the version of the dataset that it was made for, whatever happens to the labels later.
    classifier = LogisticRegression(tol=0.01, max_iter=1000)  # a rough one is enough to find suspects
    chances = cross_val_predict(classifier, images.reshape(len(images), -1) / 16, labels, cv=5, method="predict_proba")
    predicted, confidence = chances.argmax(axis=1), chances.max(axis=1)
    inferences = client.initialize_inference_set(INFERENCES, project, DATASET)
    for frame_id, prediction, sure in zip(frame_ids, predicted, confidence):
        inferences.create_and_add_inference_frame(
            frame_id=frame_id,
            inferences=[
                al.Classification2DInference(
                    id=f"{frame_id}_inference", classification=str(prediction), confidence=float(sure)
                )
            ],
        )
    quietly(client.create_or_update_inference_set, inferences)
    full_name = f"inferences_{DATASET}_{INFERENCES}"
    show("Predictions", api.wait_for_upload(project, full_name))

    # 5. Where the classifier is sure and disagrees, somebody looks (here: at the true labels) and corrects what is
    #    wrong. A modified frame sends only what changes; image, metadata and embedding stay.
    suspects = sorted(np.flatnonzero(predicted != labels), key=lambda at: -confidence[at])[:20]
    wrong = [at for at in suspects if labels[at] != truth[at]]
    if not wrong:
        raise SystemExit("The classifier suspects none of the wrong labels; give a higher --limit")
    relabel = client.initialize_labeled_dataset(DATASET, project)
    for at in wrong:
        relabel.create_and_add_modified_labeled_frame(
            frame_id=frame_ids[at],
            labels=[al.ModifiedClassification2DLabel(id=f"{frame_ids[at]}_label", classification=str(truth[at]))],
        )
    quietly(client.create_or_update_labeled_dataset, relabel)
    show(f"Relabel of {len(wrong)} of {len(mistakes)} mistakes", api.wait_for_upload(project, DATASET))

    # 6. What is stored now, read with the client ...
    example = frame_ids[wrong[0]]
    frame = client.get_frame(project, DATASET, example)
    label = frame._crop_set.crops[0]  # the client has no public name for the labels of a frame that it read
    count = len(client.get_frame_ids(project, DATASET))
    print(f"\nThe client reads {count} frames; the label of {frame.id} is now {label.classification}")

    # 7. ... and what was stored when, read over Vivarium's own API: every version stays readable.
    here = ["projects", project, "datasets", DATASET]
    print(f"\nHistory of the label {example}_label, newest first:")
    for entry in api.get(*here, "frames", example, "labels", f"{example}_label", "history")["items"]:
        changes = [f"{change['old']} -> {change['new']}" for change in entry["changes"] if "old" in change]
        print(f"  version {entry['version']}: {entry['kind']}", *changes)
    head = api.get(*here)["head"]
    diff = api.get(*here, "diff", **{"from": head - 1, "to": head})["items"]
    print(f"Version {head} differs from version {head - 1} in: {', '.join(item['frame_id'] for item in diff)}")
    pinned = api.get("projects", project, "datasets", full_name, "versions", "latest")
    print(f"The predictions belong to version {pinned['base_version']} of the labels")


def mislabel(truth: np.ndarray) -> "tuple[np.ndarray, np.ndarray]":
    """The labels with five of them wrong, and which: the same ones on every run."""
    mistakes = np.random.default_rng(7).choice(len(truth), size=5, replace=False)
    labels = truth.copy()
    labels[mistakes] = (truth[mistakes] + 5) % 10
    return labels, mistakes


if __name__ == "__main__":
    main()
