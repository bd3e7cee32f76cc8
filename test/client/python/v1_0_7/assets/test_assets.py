import pytest
import requests


@pytest.mark.covers("Client.upload_asset_from_filepath")
@pytest.mark.parametrize(
    "name, data",
    [("plain.png", b"\x89PNG\r\n" + bytes(range(256))), ("a b é%20.jpg", b"x" * 300_000), ("empty.bin", b"")],
    ids=["small", "odd-name", "empty"],
)
def test_a_file_is_fetched_back_byte_for_byte(client, project, tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    url = client.upload_asset_from_filepath(project, "not_made_yet", str(path))
    # Without a key: it is used as the URL of an image.
    answer = requests.get(url, timeout=30)
    assert (answer.status_code, answer.content) == (200, data)


@pytest.mark.covers("Client.upload_asset_from_filepath")
def test_a_file_larger_than_a_chunk_is_fetched_back_in_parts(client, project, tmp_path):
    data = bytes(range(256)) * 80_000
    path = tmp_path / "large.bin"
    path.write_bytes(data)
    url = client.upload_asset_from_filepath(project, "ds", str(path))
    answer = requests.get(url, headers={"range": "bytes=8388600-8388620"}, timeout=30)
    assert answer.status_code == 206
    assert answer.content == data[8388600:8388621]
    assert answer.headers["content-range"] == f"bytes 8388600-8388620/{len(data)}"
    assert requests.get(url, timeout=60).content == data


@pytest.mark.covers("Client.upload_asset_from_url")
def test_an_asset_is_copied_from_its_url(client, project, media):
    source = media.url("source.png?size=large")
    url = client.upload_asset_from_url(project, "ds", source)
    assert requests.get(url, timeout=30).content == requests.get(source, timeout=30).content


@pytest.mark.covers("Client.upload_asset_from_filepath")
def test_an_asset_is_the_image_of_a_frame(al, client, native, project, tmp_path, box, upload):
    path = tmp_path / "cell.png"
    path.write_bytes(b"not really an image")
    url = client.upload_asset_from_filepath(project, "ds", str(path))
    dataset = client.initialize_labeled_dataset("ds", project)
    dataset.create_and_add_labeled_frame(frame_id="f1", sensor_data=[al.Image(image_url=url)], labels=[box("b1")])
    upload(dataset)
    (sensor,) = client.get_frame(project, "ds", "f1").sensor_data
    assert sensor.data_urls == {"image_url": url}
    assert requests.get(sensor.data_urls["image_url"], timeout=30).content == b"not really an image"
    (stored,) = native.dataset(project, "ds").frame("f1")["sensor_data"]
    read = requests.get(requests.compat.urljoin(url, stored.get("url") or stored["urls"]["image_url"]), timeout=30)
    assert read.content == b"not really an image"
