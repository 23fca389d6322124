"""Look at a picture file byte by byte, without decoding it: every byte belongs to a named block.

This is the project's second opinion on what a file holds: it shares no code with the libraries that
decode and write pictures, so what those overlook or pass through is still seen.
"""

from collections.abc import Callable

from workbench.media import scan_bmff, scan_gif, scan_jpeg, scan_png, scan_riff, scan_tiff
from workbench.media.bytewise import Block, looks_like
from workbench.media.tiff_tags import is_tiff
from workbench.values import FileError

__all__ = ["Block", "blocks", "container", "looks_like"]

_SCANNERS: dict[str, Callable[[bytes], list[Block]]] = {
    "JPEG": scan_jpeg.scan,
    "PNG": scan_png.scan,
    "WEBP": scan_riff.scan,
    "TIFF": scan_tiff.scan,
    "GIF": scan_gif.scan,
    "BMP": scan_gif.scan_bmp,
    "BMFF": scan_bmff.scan,
}
_SIGNATURES = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WEBP"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"BM", "BMP"),
    (4, b"ftyp", "BMFF"),
)


def container(data: bytes) -> str:
    """Return the family of a picture file by its first bytes, or an empty string.

    "JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP" or "BMFF" (HEIF, AVIF and other ISO base media files).
    """
    for at, signature, family in _SIGNATURES:
        if data[at : at + len(signature)] == signature:
            return "" if family == "WEBP" and not data.startswith(b"RIFF") else family
    return "TIFF" if is_tiff(data) else ""


def blocks(data: bytes) -> list[Block]:
    """Return the blocks of a picture file, in order, without gaps or overlaps.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    list of Block
        Their sizes add up to ``len(data)``. Damaged parts, bytes that nothing refers to and what follows the
        picture's end are blocks too, never essential.

    Raises
    ------
    FileError
        When the bytes are empty or do not begin like a picture format that is known here.
    """
    if not data:
        raise FileError("The file is empty: there is no picture in it.")
    family = container(data)
    if not family:
        raise FileError("The file does not begin like any picture format that the workbench reads.")
    return _SCANNERS[family](data)
