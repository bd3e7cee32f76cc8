"""Uploads a dataset whose files take several chunks, and waits for it: a program for the tests of killed processes.

Arguments: how many frames. It prints what the client prints.
"""

import os
import sys

from import_client import import_client

# Characters of metadata in each frame: a file of the client then has some 17 MB, which is three chunks.
FILLING = 10_000


def main(frames):
    al = import_client()
    client = al.Client(api_endpoint=f"{os.environ['VIVARIUM_URL']}/api/v1")
    client.set_credentials(api_key=os.environ["VIVARIUM_ADMIN_KEY"])
    client.create_project("p", al.LabelClassMap.from_classnames(["cat", "dog"]))
    dataset = client.initialize_labeled_dataset("bulk", "p")
    for number in range(frames):
        id = f"frame_{number:06}"
        labels = [
            al.TextTokenLabel(
                id=f"{id}_{at}", classification=("cat", "dog")[at], index=number, token=str(at), visible=at == 0
            )
            for at in range(2)
        ]
        dataset.create_and_add_labeled_frame(
            frame_id=id,
            sensor_data=[al.Text(text=id)],
            labels=labels,
            user_metadata=[al.UserMetadataEntry("n", number), al.UserMetadataEntry("filling", "x" * FILLING)],
        )
    client.create_or_update_labeled_dataset(dataset, wait_until_finish=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
