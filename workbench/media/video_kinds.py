"""Say whether a file is a video by its first bytes, and which of FFmpeg's readers may open it.

The reader is named, never guessed by FFmpeg: its playlists and scripts would make it open other files.
"""

from pathlib import Path

from workbench.values import FileError

VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mkv", ".webm", ".avi"}
    | {".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".vob", ".wmv", ".asf", ".flv", ".ogv", ".mxf"}
)
"""the usual endings, lower case"""
HEAD = 1024
"""bytes from a file's start that `is_video` needs"""
READERS = {
    "MP4": "mov",
    "QuickTime": "mov",
    "Matroska": "matroska",
    "WebM": "matroska",
    "AVI": "avi",
    "MPEG-TS": "mpegts",
    "MPEG-PS": "mpeg",
    "Windows Media": "asf",
    "Flash": "flv",
    "Ogg": "ogg",
    "MXF": "mxf",
}
"""FFmpeg's name of the reader of each container"""
_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif3"}
_PICTURES |= {b"avif", b"avis", b"jp2 ", b"jpx ", b"crx "}
_SOUNDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A "}
_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_STARTS = (
    (b"\x00\x00\x01\xba", "MPEG-PS"),
    (b"\x00\x00\x01\xb3", "MPEG-PS"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (b"FLV\x01", "Flash"),
    (b"OggS", "Ogg"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", "MXF"),
)
_TS_PACKETS = (188, 192)
"""bytes: the plain kind, and that of Blu-ray and AVCHD with a time stamp in front"""


def is_video(file: Path | str | bytes) -> bool:
    """Return whether a file, or the start of one, is of a container that holds video.

    A sound file in such a container is one too: only opening it tells.
    """
    return container_of(file if isinstance(file, bytes) else _head(Path(file))) is not None


def container_of(head: bytes) -> str | None:
    """Return the container that a file's first `HEAD` bytes announce, a key of `READERS`, or None."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "WebM" if b"webm" in head[:64] else "Matroska"
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return "AVI"
    if head[4:8] == b"ftyp":
        return _iso(head)
    if head[4:8] in _QUICKTIME and int.from_bytes(head[:4], "big") in (0, 1, *range(8, 1 << 31)):
        return "QuickTime"
    for start, container in _STARTS:
        if head.startswith(start):
            return container
    return "MPEG-TS" if any(_is_stream(head, size) for size in _TS_PACKETS) else None


def _iso(head: bytes) -> str | None:
    brand = head[8:12]
    # Live photos and camera files name many compatible brands: only the major one says what a file is.
    if brand in _PICTURES or brand in _SOUNDS:
        return None
    return "QuickTime" if brand == b"qt  " else "MP4"


def _is_stream(head: bytes, size: int) -> bool:
    marks = range(size - 188, len(head), size)
    return len(marks) >= 4 and all(head[at] == 0x47 for at in marks)


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        from workbench.disk import printable

        reason = error.strerror or type(error).__name__
        raise FileError(
            f"{printable(path.name)} cannot be read ({reason}): check the file and its permissions."
        ) from error
