"""From a file's bytes to upright frames, whatever the format."""

import io
import warnings
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, JpegImagePlugin

from workbench.media import colour, deep, headers, pixels, quality
from workbench.media.settle import Decoded, Raw, on_one_canvas, settled
from workbench.values import FileError

MAX_FRAMES = 2000
_BLOCKS = {"WEBP": 16, "HEIF": 32, "AVIF": 64}
"""px: the largest block whose pixels a lossy codec predicts or transforms together"""
_SUB_PICTURE = 1 | 4
"""bits of TIFF's NewSubfileType: a reduced copy, a mask"""
_NEW_SUBFILE_TYPE, _ICC, _DNG_VERSION = 254, 34675, 50706


def decode(data: bytes, form: str, structure: headers.Structure, name: str, max_pixels: int) -> Decoded:
    """Return every frame of a file, upright, in sRGB or a reduced wide-gamut space.

    Parameters
    ----------
    data : bytes
        The whole file.
    form : str
        Its format, see `files.sniff`.
    structure : headers.Structure
        What its container says.
    name : str
        For error messages.
    max_pixels : int
        Of all frames together; judged by the header, before anything is decoded.

    Raises
    ------
    FileError
        When there are too many pixels or frames, or when pages differ in size. Whatever a decoder
        raises comes through: the caller turns it into a `FileError`.
    """
    result = Decoded()
    if form == "HEIF":
        raws = _heif(data, structure, name, max_pixels, result)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Of a TIFF that lost its last bytes Pillow only warns.
            warnings.filterwarnings("error", message="Truncated File Read")
            raws = _pillow(data, form, structure, name, max_pixels, result)
    result.frames = settled(raws, result)
    sizes = {(frame.width, frame.height) for frame in result.frames}
    if form == "GIF" and len(sizes) > 1:
        result.frames = on_one_canvas(result.frames, sizes)
    elif len(sizes) > 1:
        raise FileError(f"{name} has pages of different sizes, which cannot be redacted together: split it first.")
    return result


def refuse_bomb(name: str, size: tuple[int, int], frames: int, max_pixels: int) -> None:
    """Raise `FileError` when a picture announces more than is safe to decode."""
    if frames > MAX_FRAMES:
        raise FileError(f"{name} has {frames:,} frames, more than {MAX_FRAMES:,}: split it first.")
    if size[0] * size[1] * frames > max_pixels:
        many = f" in {frames:,} frames" if frames > 1 else ""
        measure = f"{size[0]:,} × {size[1]:,} pixels{many}"
        raise FileError(f"{name} has {measure}, more than {max_pixels:,} in all: make it smaller first.")


def _pillow(
    data: bytes, form: str, structure: headers.Structure, name: str, max_pixels: int, result: Decoded
) -> list[Raw]:
    image: Any = Image.open(io.BytesIO(data), formats=(form,))
    pages = list(range(1 if form in ("JPEG", "BMP") else int(getattr(image, "n_frames", 1))))
    refuse_bomb(name, image.size, len(pages), max_pixels)
    if form == "PNG" and image.info.get("default_image") and len(pages) > 1:
        pages = pages[1:]
        result.note("The animation's stand-in picture for old viewers is dropped.")
    if form == "TIFF":
        _refuse_camera_raw(image, name)
    raws = []
    for page in pages:
        image.seek(page)
        if form == "TIFF" and image.tag_v2.get(_NEW_SUBFILE_TYPE, 0) & _SUB_PICTURE:
            result.note("Reduced copies or masks among the pages are dropped.")
            continue
        # Pages may differ, and a GIF's canvas may grow.
        refuse_bomb(name, image.size, len(pages), max_pixels)
        image.load()
        raws.append(_raw(image, data, form, structure, page, result))
        result.durations.append(round(image.info.get("duration", 0)))
    if form in ("TIFF", "JPEG", "BMP") or len(raws) == 1:
        result.durations = []
    _stored(image, form, structure, result, len(data))
    return raws


def _raw(image: Any, data: bytes, form: str, structure: headers.Structure, page: int, result: Decoded) -> Raw:
    points = structure.nclx
    # Pillow's info still holds the profile of an earlier TIFF page that had one.
    info = {"icc_profile": image.tag_v2.get(_ICC)} if form == "TIFF" else image.info
    icc = colour.embedded(info, points, code_points_first=form == "PNG")
    if colour.is_high_dynamic_range(points):
        result.note("High dynamic range is not kept: the picture may look flat.")
    if image.mode.startswith("I;16"):
        grey, alpha = deep.grey_of(image)
        return Raw(None, icc, alpha, grey16=grey)
    if image.mode in ("I", "F"):
        raise FileError("32-bit or floating-point pixels have no fixed white: save it with 8 or 16 bit first.")
    base, alpha = pixels.split(image)
    if form == "PNG" and structure.mono and base.mode == "RGB" and image.mode == "RGBA":
        base = base.getchannel("G")
    colour16 = None
    if deep.is_deep_colour(image, form, structure.depth):
        if base.mode in ("L", "RGB") and image.mode not in ("La", "RGBa"):
            colour16 = deep.colours_of(data, form, page, np.asarray(base))
        if colour16 is None:
            result.note("16 bit per channel are reduced to 8.")
    elif structure.depth > 8:
        result.note(f"{structure.depth} bit per channel are reduced to 8.")
    # A copy, since the next page replaces the pixels; a JPEG or a BMP has no next page.
    lasts = base is not image or form in ("JPEG", "BMP")
    return Raw(base if lasts else base.copy(), icc, alpha, colour16=colour16)


def _heif(data: bytes, structure: headers.Structure, name: str, max_pixels: int, result: Decoded) -> list[Raw]:
    file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
    main = file[file.primary_index]
    refuse_bomb(name, main.size, 1, max_pixels)
    # The decoder turns and mirrors as the container says; EXIF's own tag does not count here.
    image = main.to_pillow()
    info = main.info
    others = [
        f"{count} {what}{'s' if count > 1 else ''}"
        for what, count in (
            ("more picture", len(file) - 1),
            ("thumbnail", len(info.get("thumbnails", []))),
            ("depth map", len(info.get("depth_images", []))),
            ("auxiliary picture", sum(len(ids) for ids in info.get("aux", {}).values())),
        )
        if count
    ]
    if others:
        result.note(f"Not carried over: {', '.join(others)}.")
    depth = int(info.get("bit_depth", 8))
    if depth > 8:
        result.note(f"{depth} bit per channel are reduced to 8.")
    nclx = info.get("nclx_profile")
    points = (int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])) if nclx else structure.nclx
    if colour.is_high_dynamic_range(points):
        result.note("High dynamic range is not kept: the picture may look flat.")
    base, alpha = pixels.split(image)
    if info.get("chroma") == 400 and base.mode == "RGB":
        base = base.getchannel("G")
    result.grid = _BLOCKS["HEIF"]
    result.quality = quality.of_density(structure.payload, main.size[0] * main.size[1])
    return [Raw(base, colour.embedded(info, points), alpha)]


def _stored(image: Any, form: str, structure: headers.Structure, result: Decoded, size: int) -> None:
    """Fill in how the pixels were packed."""
    if form in ("JPEG", "PNG", "WEBP", "AVIF"):
        result.orientation = pixels.orientation_of(image.info.get("exif"))
    if form == "JPEG":
        _stored_jpeg(image, result)
    elif form == "TIFF" and str(image.info.get("compression")) in ("jpeg", "tiff_jpeg", "webp"):
        result.grid = 16
    elif form in _BLOCKS and not structure.lossless:
        result.grid = _BLOCKS[form]
        payload = structure.payload or size
        frames = len(result.durations) if form == "AVIF" and result.durations else 1
        result.quality = quality.of_density(payload // frames, image.size[0] * image.size[1])
    if form == "GIF" and result.durations:
        # No repeat count means once; a count of n means n more times (Netscape's extension).
        repeats = image.info.get("loop")
        result.loop = 1 if repeats is None else repeats and repeats + 1
    elif form in ("PNG", "WEBP") and result.durations:
        result.loop = int(image.info.get("loop", 0))
    if form == "AVIF" and structure.cropped:
        result.note("The container's crop is not applied: the whole picture is shown.")


def _stored_jpeg(image: Any, result: Decoded) -> None:
    layers = image.layer
    horizontal, vertical = max(layer[1] for layer in layers), max(layer[2] for layer in layers)
    result.grid = 8 * max(horizontal, vertical) if len(layers) > 1 else 8
    result.quality = quality.of_tables(image.quantization, [layer[3] for layer in layers])
    if len(layers) > 1:
        sampling = JpegImagePlugin.get_sampling(image)
        # Of unusual samplings 4:1:1 is nearest to 4:2:0; the rest keeps all its colour.
        result.subsampling = sampling if sampling in (0, 1, 2) else 2 if horizontal > 2 else 0


def _refuse_camera_raw(image: Any, name: str) -> None:
    if _DNG_VERSION in image.tag_v2 or image.tag_v2.get(_NEW_SUBFILE_TYPE, 0) & 1:
        raise FileError(f"{name} is a camera's raw file, of which only a preview could be read: develop it first.")
