"""Bytes on disk, opened as the workbench opens them."""

import pytest

from workbench.media import photo


@pytest.fixture
def opened(tmp_path):
    def opened(data):
        path = tmp_path / "source"
        path.write_bytes(data)
        return photo.open_photo(path)

    return opened


@pytest.fixture
def reopened(tmp_path):
    def reopened(made):
        path = tmp_path / f"output{made.suffix}"
        path.write_bytes(made.data)
        return photo.open_photo(path)

    return reopened


@pytest.fixture
def put(tmp_path):
    def put(data, name="picture.jpg"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return put
