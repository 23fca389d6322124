"""List everything that a picture or video file discloses beside its pixels, its name and dates included.

The list is made from the file's own bytes: each line says in which structure a value stands and at which byte.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from workbench.media import containers
from workbench.media.bytewise import Block, looks_like
from workbench.media.disclose_bmff import disclose_bmff
from workbench.media.disclose_jpeg import disclose_jpeg, read_payloads
from workbench.media.disclose_other import disclose_bmp, disclose_gif, disclose_tiff, disclose_webp
from workbench.media.disclose_png import disclose_png
from workbench.media.disclose_video import disclose_video
from workbench.media.facts import MAX_FACTS, Disclosure, Facts, Source
from workbench.media.facts_xmp import read_xmp
from workbench.media.video_kinds import HEAD, container_of
from workbench.values import FileError

__all__ = ["Disclosure", "disclosures"]

MAX_FILE = 1 << 30
"""Bytes; a photo that is longer is not read."""
_READERS: dict[str, Callable[[Facts, Source, list[Block]], None]] = {
    "JPEG": disclose_jpeg,
    "PNG": disclose_png,
    "WEBP": disclose_webp,
    "TIFF": disclose_tiff,
    "GIF": disclose_gif,
    "BMP": disclose_bmp,
    "BMFF": disclose_bmff,
}
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "HEIF"),
}
_ODD = ("damaged", "between segments", "behind", "hidden", "not looked at")
_MAX_DEPTH = 2


def disclosures(path: Path) -> list[Disclosure]:
    """Return everything that a picture or video file discloses beside its pixels.

    Parameters
    ----------
    path : Path
        The file. Its format is told by its content. Of a file of no known format, what can be found by signature is
        listed.

    Returns
    -------
    list of Disclosure
        In the order of the file, its name and dates first. Never empty.

    Raises
    ------
    FileError
        When the file cannot be read at all, is empty, or is no video and longer than `MAX_FILE`.
    """
    path = Path(path)
    try:
        status = path.stat()
        if not path.is_file():
            raise FileError(f"{path.name} is not a regular file: give the picture file itself.")
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        container = container_of(head)
        if not container and status.st_size > MAX_FILE:
            raise FileError(f"{path.name} is longer than {MAX_FILE >> 20} MB: it is not a photo that can be read here.")
        data = b"" if container else path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FileError(
            f"{path.name} cannot be read ({reason}): check that it exists and that you may read it."
        ) from None
    if not head:
        raise FileError(f"{path.name} is empty: there is nothing in it to inspect.")
    facts = Facts()
    facts.add("other", "file name", path.name, "file system", None)
    moment = datetime.fromtimestamp(status.st_mtime, UTC)
    facts.add("date", "file modification time", f"{moment:%Y-%m-%d %H:%M:%S} UTC", "file system", None)
    if container:
        disclose_video(facts, path, container)
    else:
        family = containers.container(data)
        _read(facts, Source(data, _BRANDS.get(data[8:12], "MP4") if family == "BMFF" else family or "file"))
    if len(facts.rows) >= MAX_FACTS:
        facts.rows[-1] = Disclosure("other", "list cut short", f"only {MAX_FACTS} lines are shown", "file", None)
    return facts.rows


def _read(facts: Facts, source: Source) -> None:
    """Add what one picture discloses, and the pictures behind its end."""
    family = containers.container(source.data)
    if not family:
        facts.add("other", "format", "not a picture format that is known here", source.where, source.base)
        _read_by_signature(facts, source)
        return
    blocks = containers.blocks(source.data)
    _READERS[family](facts, source, blocks)
    for block in blocks:
        if block.name.startswith("trailer ("):
            _read_trailer(facts, source, block)
        elif any(word in block.name for word in _ODD):
            value = f"{block.size} bytes ({looks_like(source.data, block.offset, block.size)})"
            facts.add("trailer", block.name, value, source.where, source.at(block.offset))


def _read_trailer(facts: Facts, source: Source, block: Block) -> None:
    data = source.data
    where = f"{source.where} behind the end"
    looks = looks_like(data, block.offset)
    value = f"{block.size} bytes ({looks})"
    facts.add("trailer", "bytes behind the picture's end", value, where, source.at(block.offset))
    end = block.offset + block.size
    video = data.find(b"ftyp", block.offset)
    if video >= 4:
        facts.add(
            "second picture", "motion photo (video)", f"up to {end - video + 4} bytes", where, source.at(video - 4)
        )
    picture = data.find(b"\xff\xd8\xff", block.offset)
    if facts.depth >= _MAX_DEPTH:
        return
    facts.depth += 1
    if picture >= 0 and (video < 0 or picture < video):
        facts.add("second picture", "JPEG picture", f"up to {end - picture} bytes", where, source.at(picture))
        _read(facts, Source(data[picture:end], "second picture: JPEG", source.at(picture), source.exact))
    elif video >= 4:
        disclose_bmff(facts, Source(data[video - 4 : end], "motion photo: MP4", source.at(video - 4), source.exact), [])
    else:
        _read_by_signature(facts, source.part(block.offset, block.size, "trailer"))
    facts.depth -= 1


def _read_by_signature(facts: Facts, source: Source) -> None:
    """Add what signatures give away in bytes whose structure is unknown: XMP, Photoshop, IPTC, Exif."""
    data = source.data
    start = data.find(b"<x:xmpmeta")
    for _ in range(20):
        end = data.find(b"</x:xmpmeta>", start) + 12
        if start < 0 or end < 12:
            break
        read_xmp(facts, source.part(start, end - start, "XMP"))
        start = data.find(b"<x:xmpmeta", end)
    resources = data.find(b"8BIM")
    if resources >= 0:
        read_payloads(facts, {"Photoshop": source.part(resources, len(data) - resources)})
    record = data.find(b"\x1c\x02\0\0\2")
    if record >= 0 and resources < 0:
        read_payloads(facts, {"IPTC": source.part(record, len(data) - record)})
    exif = data.find(b"Exif\0\0")
    if exif >= 0:
        read_payloads(facts, {"Exif": source.part(exif + 6, len(data) - exif - 6, "Exif")})
