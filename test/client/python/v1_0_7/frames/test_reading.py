"""Reading many frames, frames with odd ids, and other versions than the newest."""

import pytest

from content import assert_same

ODD_IDS = [
    "a b",
    "100%",
    "50%20",
    "é_ü",
    "123",
    "0012",
    "12e4",
    "true",
    "null",
    "NaN",
    "Infinity",
    '"quoted"',
    "{}",
    "a&b=c;d:e+f",
    "back\\slash",
    "it's",
    "...",
    "$where",
    "__proto__",
    "constructor",
]


@pytest.mark.covers("Client.get_frames", "Client.get_frame_ids")
def test_ids_that_look_like_something_else(al, client, native, project, media, upload):
    dataset = client.initialize_labeled_dataset("ds", project)
    uploaded = {}
    for number, id in enumerate(ODD_IDS):
        label = al.Bbox2DLabel(id=f"{id}", classification="cat", top=1, left=1, width=1, height=1, sensor_id=id)
        uploaded[id] = dataset.create_and_add_labeled_frame(
            frame_id=id,
            sensor_data=[al.Image(id=id, image_url=media.url(f"{number}.png"))],
            labels=[label],
            device_id=id,
        )
    upload(dataset)
    assert sorted(client.get_frame_ids(project, "ds")) == sorted(ODD_IDS)
    read = client.get_frames(project, "ds", ODD_IDS)
    assert set(read) == set(ODD_IDS)
    for id, frame in read.items():
        assert_same(frame, uploaded[id])
    for id in ODD_IDS:
        assert list(native.dataset(project, "ds").labels(id)) == [id]


@pytest.mark.covers("Client.get_frame")
@pytest.mark.parametrize("id", [id for id in ODD_IDS if id != "50%20"])
def test_one_frame_with_an_odd_id_is_addressed_in_the_path(client, project, image, box, upload, id):
    # `50%20` cannot be: the client's HTTP library takes it for an escaped space.
    dataset = client.initialize_labeled_dataset("ds", project)
    uploaded = dataset.create_and_add_labeled_frame(frame_id=id, sensor_data=[image()], labels=[box("b")])
    upload(dataset)
    assert_same(client.get_frame(project, "ds", id), uploaded)


@pytest.mark.covers("Client.get_frames")
def test_many_frames_are_read_once_each_and_unknown_ones_left_out(client, project, filled):
    read = client.get_frames(project, filled, ["f3", "nowhere", "f1", "f3"])
    assert sorted(read) == ["f1", "f3"]
    assert sorted(crop.id for crop in read["f3"]._crop_set.crops) == ["f3_a", "f3_b"]
    assert client.get_frames(project, filled, []) == {}


@pytest.mark.covers("Client.get_frame")
def test_a_frame_that_is_not_there_is_told(client, project, filled):
    with pytest.raises(Exception, match="Error: .*nowhere"):
        client.get_frame(project, filled, "nowhere")


@pytest.mark.covers("Client.get_frames", "Client.get_frame_ids")
def test_more_frames_than_a_page_holds(client, project, image, upload):
    ids = [f"f{number:05}" for number in range(2_500)]
    dataset = client.initialize_labeled_dataset("ds", project)
    for id in ids:
        dataset.create_and_add_labeled_frame(frame_id=id, sensor_data=[image()], labels=[])
    upload(dataset)
    assert client.get_frame_ids(project, "ds") == ids
    assert sorted(client.get_frames(project, "ds", ids)) == ids


def test_a_version_or_a_tag_stands_in_place_of_the_newest(client, native, project, filled, image, box, upload):
    dataset = client.initialize_labeled_dataset(filled, project)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[image()], labels=[box("f1_a", "bird")])
    dataset.create_and_add_labeled_frame(frame_id="f4", sensor_data=[image()], labels=[])
    upload(dataset)
    base = f"/projects/{project}/datasets/{filled}"
    assert native.send("PUT", f"{base}/tags/gold", json={"version": 1}).status_code < 300

    def at(version):
        ids = native.old("GET", f"{base}/frame_ids/{version}").json()
        one = native.old("GET", f"{base}/frame/f1/{version}").json()
        many = native.old("POST", f"{base}/frames/{version}", json={"frame_ids": ["f1", "f4"]}).json()
        windows = native.old("POST", f"{base}/frame_windows/{version}", json={"frame_ids": ["f1", "f4"]}).json()
        assert [frame["task_id"] for frame in many] == [frame_id for frame_id, _ in windows]
        assert one == many[0]
        return ids, sorted((label["label"], label["uuid"]) for label in one["label_data"])

    old = ["f1", "f2", "f3"], [("cat", "f1_a"), ("dog", "f1_b")]
    new = ["f1", "f2", "f3", "f4"], [("bird", "f1_a")]
    assert [at("1"), at("gold")] == [old, old]
    assert [at("2"), at("LATEST")] == [new, new]
    for version in ("3", "silver"):
        answer = native.old("GET", f"{base}/frame_ids/{version}")
        assert answer.status_code == 422, answer.text
        assert version in answer.json()["message"]
