"""Pictures for the tests of media, made and encoded in memory."""

import io
import struct
import zlib

import cv2
import numpy as np
import pillow_heif
import skimage.data
from PIL import Image

from workbench.media import publish
from workbench.profiles import Output

CANARY = b"CANARY-90210"
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "AVIF")
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
CORNERS = ((220, 40, 40), (40, 200, 60), (50, 70, 220), (240, 240, 240))
pillow_heif.register_heif_opener()


def scene(width=96, height=64):
    """A real picture, so that codecs behave as they do on photos."""
    return cv2.resize(skimage.data.astronaut()[:320, 60:380], (width, height), interpolation=cv2.INTER_AREA)


def few_colours(step=0):
    """Few enough colours for a GIF to hold exactly."""
    image = np.zeros((24, 32, 3), np.uint8)
    image[4:12, 4 + step : 16 + step] = (200, 30, 40)
    image[14:20, 20:30] = (30, 60, 250)
    return image


def picture(width=64, height=48):
    """Four differently coloured quarters: every way of turning shows."""
    image = np.zeros((height, width, 3), np.uint8)
    half = np.s_[: height // 2], np.s_[height // 2 :], np.s_[: width // 2], np.s_[width // 2 :]
    for (rows, columns), colour in zip(
        ((half[0], half[2]), (half[0], half[3]), (half[1], half[2]), (half[1], half[3])), CORNERS, strict=True
    ):
        image[rows, columns] = colour
    return image


def encoded(image, form, **options):
    file = io.BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(file, form, **options)
    return file.getvalue()


def animated(form, frames, **options):
    images = [Image.fromarray(frame) for frame in frames]
    return encoded(images[0], form, save_all=True, append_images=images[1:], **options)


def corners(image):
    height, width = image.shape[:2]
    points = ((height // 4, width // 4), (height // 4, -width // 4), (-height // 4, width // 4))
    return [image[point].astype(int) for point in (*points, (-height // 4, -width // 4))]


def assert_like(found, wanted, tolerance=12):
    assert found.shape == wanted.shape
    for one, other in zip(corners(found), corners(wanted), strict=True):
        assert np.abs(one - other).max() <= tolerance


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width, height):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def written(source, **output):
    return publish.encode_photo(source.frames, source, Output(**output))
