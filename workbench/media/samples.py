"""Sample pictures and a video that need no download: people from installed packages, and scenes drawn here.

The people are two photographs in the public domain: an astronaut (NASA, shipped by scikit-image) and
an admiral (US Navy, shipped by Matplotlib). Everything written or painted in the scenes is made up.
"""

import io
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import piexif
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from workbench.media import sample_clip

INK, PAPER = (34, 40, 52), (250, 250, 247)
PLATE = "RW 2041 K"
BOARD = ("Launch plan", "1  call site office 030 555 0142", "2  mail jobs@example.org", "3  door code 4471")
LETTER = (
    "CERTIFICATE OF DELIVERY",
    "",
    "Parcel 7741-20 was handed over",
    "at 12 Harbour Lane, 2nd floor,",
    "on 14 March at 09:25.",
    "",
    "Reference AX-551-009",
    "Contact office@example.org",
)


def write_samples(folder: Path) -> list[Path]:
    """Write the sample pictures below `folder` and return their paths, sorted.

    They carry what real pictures carry: GPS coordinates, a camera's serial number, an embedded
    thumbnail, a comment, a sideways orientation tag.
    """
    makers: dict[str, Callable[[], bytes]] = {
        "people/astronaut.jpg": lambda: _jpeg(_astronaut(), _exif(_astronaut())),
        "people/admiral sideways.jpg": lambda: _jpeg(_admiral().rotate(90, expand=True), _exif(_admiral(), 6)),
        "people/group.webp": lambda: _encoded(_group(), "WEBP", quality=88),
        "people/wink.gif": lambda: _animation(
            [_astronaut().crop((120, 0, 340, 240)), _astronaut().crop((100, 6, 320, 246))]
        ),
        "street/parking.jpg": lambda: _jpeg(_street(), _exif(_street())),
        "office/whiteboard.jpg": lambda: _jpeg(_whiteboard(), comment=b"meeting room 2"),
        "office/letter.png": lambda: _encoded(_letter(), "PNG"),
    }
    written = []
    for name, make in makers.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
        written.append(path)
    return sorted(written)


def write_sample_clip(folder: Path) -> Path:
    """Write a short video below `folder`, with sound and the place where it was taken, and return its path."""
    path = folder / "people" / "astronaut moves.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    sample_clip.write(path, np.asarray(_astronaut()))
    return path


def _astronaut() -> Image.Image:
    with Image.open(io.BytesIO((resources.files("skimage") / "data" / "astronaut.png").read_bytes())) as image:
        return image.convert("RGB")


def _admiral() -> Image.Image:
    source = resources.files("matplotlib") / "mpl-data" / "sample_data" / "grace_hopper.jpg"
    with Image.open(io.BytesIO(source.read_bytes())) as image:
        return image.convert("RGB")


def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    data = (resources.files("matplotlib") / "mpl-data" / "fonts" / "ttf" / name).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size)


def _gradient(width: int, height: int, top: Sequence[int], bottom: Sequence[int]) -> Image.Image:
    share = np.linspace(0, 1, height)[:, None, None]
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    grain = np.random.default_rng(7).normal(0, 2.0, (height, width, 1))
    return Image.fromarray(np.clip(rows + grain, 0, 255).astype(np.uint8))


def _group() -> Image.Image:
    """Return a wall of framed portraits at several sizes, some of them mirrored."""
    scene = _gradient(1200, 760, (222, 225, 228), (188, 182, 174))
    draw = ImageDraw.Draw(scene)
    admiral, astronaut = _admiral().crop((60, 30, 452, 606)), _astronaut().crop((80, 0, 400, 470))
    mirrored = Image.Transpose.FLIP_LEFT_RIGHT
    places = [
        (astronaut, 190, (90, 90)),
        (admiral, 300, (400, 140)),
        (astronaut.transpose(mirrored), 270, (810, 170)),
        (admiral.transpose(mirrored), 84, (120, 470)),
        (astronaut, 60, (250, 520)),
        (admiral, 44, (1110, 640)),
    ]
    for picture, width, (x, y) in places:
        height = round(picture.height * width / picture.width)
        border = max(width // 14, 4)
        draw.rectangle(
            (x - border, y - border, x + width + border, y + height + border),
            fill=PAPER,
            outline=(120, 112, 102),
            width=2,
        )
        scene.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (x, y))
    return scene


def _street() -> Image.Image:
    """Return a parked car seen from behind, with a readable plate, and a street sign."""
    scene = _gradient(1280, 800, (170, 198, 226), (96, 98, 104))
    draw = ImageDraw.Draw(scene)
    draw.rectangle((0, 520, 1280, 800), fill=(92, 94, 99))
    for x in range(-40, 1280, 220):
        draw.polygon([(x, 800), (x + 30, 800), (x + 130, 560), (x + 116, 560)], fill=(222, 222, 216))
    draw.rectangle((930, 120, 1220, 520), fill=(176, 140, 116))
    for x, y in ((960, 160), (1090, 160), (960, 320), (1090, 320)):
        draw.rectangle((x, y, x + 90, y + 110), fill=(86, 104, 122), outline=(230, 226, 218), width=5)
    draw.rounded_rectangle((250, 330, 850, 660), 60, fill=(128, 26, 32))
    draw.polygon([(340, 350), (410, 220), (690, 220), (760, 350)], fill=(104, 20, 26))
    draw.polygon([(372, 344), (428, 238), (672, 238), (728, 344)], fill=(44, 56, 68))
    draw.rounded_rectangle((240, 560, 860, 650), 26, fill=(38, 38, 42))
    for x in (270, 740):
        draw.rounded_rectangle((x, 410, x + 90, 470), 14, fill=(216, 60, 40), outline=(150, 30, 26), width=4)
    for x in (300, 690):
        draw.ellipse((x, 620, x + 120, 740), fill=(22, 22, 24))
        draw.ellipse((x + 34, 654, x + 86, 706), fill=(150, 152, 156))
    draw.rounded_rectangle((430, 478, 670, 538), 8, fill=(248, 248, 244), outline=INK, width=4)
    draw.rectangle((434, 482, 456, 534), fill=(22, 62, 150))
    draw.text((563, 508), PLATE, font=_font(33, bold=True), fill=INK, anchor="mm")
    draw.rectangle((96, 170, 104, 560), fill=(120, 122, 126))
    draw.rounded_rectangle((20, 130, 186, 196), 8, fill=(20, 74, 160), outline=(240, 240, 240), width=4)
    draw.text((103, 163), "Harbour Lane", font=_font(20, bold=True), fill=(255, 255, 255), anchor="mm")
    return scene.filter(ImageFilter.GaussianBlur(0.6))


def _whiteboard() -> Image.Image:
    scene = _gradient(1280, 860, (206, 202, 194), (170, 164, 154))
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle((90, 70, 1190, 720), 12, fill=(252, 252, 252), outline=(140, 144, 150), width=14)
    draw.rectangle((420, 726, 860, 748), fill=(120, 124, 130))
    for row, (text, colour) in enumerate(zip(BOARD, (INK, (24, 72, 168), (24, 72, 168), (176, 36, 36)), strict=True)):
        draw.text((160, 130 + row * 140), text, font=_font(64 if row == 0 else 46, bold=row == 0), fill=colour)
    return scene.filter(ImageFilter.GaussianBlur(0.5))


def _letter() -> Image.Image:
    scene = _gradient(900, 1100, (126, 92, 66), (98, 70, 50))
    page = Image.new("RGB", (640, 840), PAPER)
    draw = ImageDraw.Draw(page)
    for row, text in enumerate(LETTER):
        draw.text((60, 90 + row * 62), text, font=_font(34 if row == 0 else 28, bold=row == 0), fill=INK)
    draw.line((60, 720, 320, 720), fill=INK, width=2)
    sheet = page.convert("RGBA").rotate(2, expand=True, resample=Image.Resampling.BICUBIC)
    scene.paste(sheet, (115, 115), sheet)
    return scene


def _exif(image: Image.Image, orientation: int = 1) -> bytes:
    small = io.BytesIO()
    image.resize((160, round(160 * image.height / image.width))).save(small, "JPEG")
    fields = {
        "0th": {
            piexif.ImageIFD.Make: b"Sample Camera Works",
            piexif.ImageIFD.Model: b"SCW-1",
            piexif.ImageIFD.Orientation: orientation,
            piexif.ImageIFD.Software: b"firmware 1.2",
        },
        "Exif": {
            piexif.ExifIFD.DateTimeOriginal: b"2024:03:14 09:25:00",
            piexif.ExifIFD.BodySerialNumber: b"SN-0004711",
        },
        "GPS": {
            piexif.GPSIFD.GPSLatitudeRef: b"N",
            piexif.GPSIFD.GPSLatitude: ((53, 1), (32, 1), (2700, 100)),
            piexif.GPSIFD.GPSLongitudeRef: b"E",
            piexif.GPSIFD.GPSLongitude: ((9, 1), (59, 1), (900, 100)),
        },
        "1st": {piexif.ImageIFD.Compression: 6},
        "thumbnail": small.getvalue(),
    }
    return bytes(piexif.dump(fields))


def _jpeg(image: Image.Image, exif: bytes = b"", comment: bytes = b"") -> bytes:
    return _encoded(image, "JPEG", quality=90, exif=exif, comment=comment)


def _encoded(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def _animation(frames: list[Image.Image]) -> bytes:
    return _encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=500, loop=0)
