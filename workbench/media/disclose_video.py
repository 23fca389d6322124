"""List everything that a video file discloses beside its pictures.

The boxes of MP4 and QuickTime files are read here byte by byte; what FFmpeg's reader finds in any container is added
where it was not said already: tags, chapters, subtitles, attachments, data streams, messages inside the pictures.
"""

import mmap
from pathlib import Path
from typing import Any, cast

import av

from workbench.media.bytewise import looks_like
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_movie import read_boxes
from workbench.media.facts_tags import add_tag, is_listed
from workbench.media.facts_tracks import VOICE, add_places_in, read_tracks, unregistered
from workbench.media.movie_tables import read_movie
from workbench.media.video_kinds import READERS

_TECHNICAL = ("major_brand", "minor_version", "compatible_brands", "vendor_id", "duration", "bps", "number_of_frames",
              "number_of_bytes", "_statistics")  # fmt: skip
"""tags about how the file is stored"""
_MAX_PACKETS = 4_000
_LOOKED_FRAMES = 3


def disclose_video(facts: Facts, path: Path, container: str) -> None:
    """Add everything that a video discloses.

    Parameters
    ----------
    facts : Facts
        Where the lines go.
    path : Path
        The file; it is mapped, never read whole.
    container : str
        What `video_kinds.container_of` says about it.
    """
    facts.add("other", "container", container, "file", 0)
    movie = container in ("MP4", "QuickTime")
    if movie:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            # A memory map gives bytes for every slice, which is all that is asked of it.
            source = Source(cast(bytes, data), container)
            read_boxes(facts, source, 0, len(data))
            read_tracks(facts, source, read_movie(source.data))
    try:
        with av.open(str(path), format=READERS[container], metadata_errors="replace") as opened:
            _read_opened(facts, opened, movie)
    except (av.FFmpegError, ValueError) as error:
        facts.add("other", "not readable as a video", type(error).__name__, "FFmpeg", None)


def _read_opened(facts: Facts, opened: Any, movie: bool) -> None:
    _tags(facts, opened.metadata, "tags of the file")
    for stream in opened.streams:
        where = f"stream {stream.index}"
        _tags(facts, stream.metadata, where)
        _stream(facts, stream, where, movie)
    for number, chapter in enumerate(opened.chapters(), 1):
        title = chapter.get("metadata", {}).get("title", "without a title")
        if not is_listed(facts, title):
            facts.add("comment", f"chapter {number}", title, "chapters", None)
    _texts(facts, opened)
    if not movie:
        _messages(facts, opened)


def _tags(facts: Facts, tags: dict[str, str], where: str) -> None:
    for name, value in tags.items():
        plain = name.lower()
        technical = plain.startswith(_TECHNICAL) or (plain == "language" and value == "und")
        if not technical and value.strip() and not is_listed(facts, value):
            add_tag(facts, name, value, where, None)


def _stream(facts: Facts, stream: Any, where: str, movie: bool) -> None:
    context = stream.codec_context
    coding = context.name if context else "unknown coding"
    if stream.type == "audio" and not movie:
        facts.add("person", "sound", f"{coding}: {VOICE}", where, None)
    elif stream.type == "video" and "attached_pic" in _dispositions(stream):
        facts.add("thumbnail", "cover picture", coding, where, None)
    elif stream.type == "attachment":
        name = stream.metadata.get("filename", "without a name")
        facts.add("second picture", "attached file", f"{name} ({stream.metadata.get('mimetype', coding)})", where, None)
    elif stream.type == "subtitle" and not movie:
        facts.add("comment", "subtitles", coding, where, None)
    elif stream.type == "data" and not movie:
        facts.add("GPS", f"data stream '{coding}'", "may hold position and time", where, None)


def _dispositions(stream: Any) -> str:
    return str(stream.disposition).lower()


def _texts(facts: Facts, opened: Any) -> None:
    """Add the first line of each subtitle stream, and the first of them that speaks of a position."""
    streams = [stream for stream in opened.streams if stream.type == "subtitle"]
    if not streams:
        return
    said: dict[int, list[str]] = {}
    try:
        for count, packet in enumerate(opened.demux(streams)):
            if count > _MAX_PACKETS:
                break
            raw = bytes(packet)
            if raw and looks_like(raw) == "text":
                said.setdefault(packet.stream.index, []).append(decode(raw))
    except av.FFmpegError:
        pass  # cut off: what came before it is told
    for index, texts in said.items():
        if not is_listed(facts, texts[0]):
            facts.add("comment", "first subtitle", texts[0], f"stream {index}", None)
            add_places_in(facts, texts, f"stream {index}", None)


def _messages(facts: Facts, opened: Any) -> None:
    """Add what the first pictures carry beside themselves: an encoder's settings, a camera's data, a timecode."""
    if not opened.streams.video:
        return
    try:
        opened.seek(0)
        for count, frame in enumerate(opened.decode(opened.streams.video[0])):
            for data in frame.side_data:
                name = data.type.name
                if name == "SEI_UNREGISTERED":
                    maker, text = unregistered(bytes(data))
                    facts.add("device", f"message inside the pictures: {maker}", text, "pictures", None)
                elif "TIMECODE" in name:
                    facts.add("date", "timecode inside the pictures", bytes(data).hex(), "pictures", None)
            if count >= _LOOKED_FRAMES:
                return
    except (av.FFmpegError, OSError):
        return  # no picture could be decoded: what the container says was told
