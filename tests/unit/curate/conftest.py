import io
from contextlib import closing

import numpy as np
import piexif
import pytest
from PIL import Image

from workbench import curate
from workbench.catalog.case import Case


def picture(seed, size=(96, 64)):
    """A picture of soft patches that resembles no other seed's."""
    small = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def jpeg(image, make="", model="", taken="", gps=False, quality=90):
    exif = {"0th": {}, "Exif": {}, "GPS": {}}
    if make:
        exif["0th"] = {piexif.ImageIFD.Make: make.encode(), piexif.ImageIFD.Model: model.encode()}
    if taken:
        exif["Exif"][piexif.ExifIFD.DateTimeOriginal] = taken.encode()
    if gps:
        exif["GPS"] = {
            piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: ((52, 1), (30, 1), (0, 1)),
            piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: ((13, 1), (24, 1), (0, 1)),
        }  # fmt: skip
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, exif=piexif.dump(exif))
    return stream.getvalue()


class Folder:
    """A case and a folder of small real pictures."""

    def __init__(self, root):
        self.root, self.source = root, root / "photos"
        self.case = Case.open(root / "case")
        self.source.mkdir()

    def put(self, name, seed, size=(96, 64), **told):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(picture(seed, size), **told))
        return path

    def usual(self):
        """Six photos: two that look alike, a phone's with a place, a text file."""
        self.put("street/a.jpg", 1, (192, 128), make="Apple", model="iPhone 12", taken="2024:05:02 10:00:00", gps=True)
        self.put("street/a-again.jpg", 1, (96, 64), quality=60)
        self.put("street/b.jpg", 2, make="Canon", model="Canon EOS 5D", taken="2023:01:01 10:00:00")
        self.put("clinic/c.jpg", 3)
        self.put("clinic/d.jpg", 4)
        self.put("Screenshot_1.jpg", 5)
        (self.source / "notes.txt").write_text("no picture")
        return self

    def look(self, *sources, **options):
        return list(curate.look(self.case, sources or [self.source], **options))

    def files(self):
        return curate.files(self.case)

    def chosen(self, where):
        return [file.asset.path for file in curate.select(self.files(), where)]


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path)
    with closing(made.case):
        yield made
