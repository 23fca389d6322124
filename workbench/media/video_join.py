"""Join segments and sound into one MP4 that holds nothing but them."""

import math
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from workbench.disk import printable
from workbench.media import video_mp4, video_nal
from workbench.media.video_audio import Coded, Sound
from workbench.media.video_segment import Contents, Segment, clearly_written, copy_samples, read_end
from workbench.values import FileError

if TYPE_CHECKING:
    from workbench.media.video import Video

_MOST = 1 << 32


@dataclass(frozen=True)
class _Portion:
    """What is written in one go: pictures of about one second, then the sound that goes with them."""

    segment: int
    frames: int
    packets: int


def join(
    segments: Sequence[Segment], target: Path, like: "Video", last_duration: Fraction, audio: Sound | None = None
) -> None:
    """Write one MP4 from whole segments and, if there is any, sound.

    The index stands in front. The file holds the pictures, the sound, and of the source only its times, sample
    aspect and colour tags; equal input gives equal bytes.

    Parameters
    ----------
    segments : sequence of Segment
        In order; all of one clip and one setting.
    target : Path
        The file to write, usually a temporary name. A file of that name is replaced.
    like : Video
        The clip.
    last_duration : Fraction
        Seconds that the last frame is shown.
    audio : Sound, optional
        From `video_audio.sound`.

    Raises
    ------
    FileError
        When a segment is damaged, segments do not fit together, the sound is broken or the disk is full: one
        sentence that names the clip, or the segment. No file is left then.
    """
    name = printable(like.path.name)
    ends = [read_end(segment.path) for segment in segments]
    if not ends or any(end.settings != ends[0].settings for end in ends):
        raise FileError(f"The finished parts of {name} do not fit together: remove them and run it again.")
    scale, durations = _durations(ends, last_duration, like.time_base.denominator, name)
    total = sum(durations)
    try:
        with clearly_written(name), target.open("wb") as file, tempfile.TemporaryFile(dir=target.parent) as spool:
            coded = audio.encode(spool, Fraction(total, scale)) if audio else None
            plan = list(_portions(ends, coded))
            tracks = _tracks(ends, durations, scale, plan, like, coded)
            hevc = ends[0].settings["codec"] == video_nal.HEVC
            bulk = sum(sum(end.sizes) for end in ends) + (sum(coded.sizes) if coded else 0)
            file.write(video_mp4.head(tracks, scale, bulk, hevc))
            _copy(segments, ends, plan, coded, spool, file)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _durations(
    ends: Sequence[Contents], last_duration: Fraction, source_scale: int, name: str
) -> tuple[int, Sequence[int]]:
    """Return the ticks a second in which every time is a whole number, and how long each frame is shown.

    It is the source's own number, unless that is so fine that a pause does not fit into 32 bits, or a time had to be
    repaired.
    """
    needed = math.lcm(*(end.clock for end in ends))
    for scale in ([source_scale] if source_scale % needed == 0 else []) + [needed]:
        times = [tick * (scale // end.clock) for end in ends for tick in end.ticks]
        gaps = [after - before for before, after in pairwise(times)]
        gaps.append(max(round(last_duration * scale), 1))
        if times[0] == 0 and min(gaps) > 0 and max(gaps) < _MOST and scale < _MOST:
            return scale, array("I", gaps)
    raise FileError(f"The times of the frames of {name} cannot be written: convert it to a constant frame rate first.")


def _portions(ends: Sequence[Contents], coded: Coded | None) -> Iterator[_Portion]:
    written, packets = 0, len(coded.sizes) if coded else 0
    for number, end in enumerate(ends):
        for second, same in groupby(tick // end.clock for tick in end.ticks):
            due = min(coded.packets_before(second + 1), packets) if coded else 0
            yield _Portion(number, len(list(same)), due - written)
            written = due
    if written < packets:
        yield _Portion(len(ends) - 1, 0, packets - written)


def _tracks(
    ends: Sequence[Contents],
    durations: Sequence[int],
    scale: int,
    plan: Sequence[_Portion],
    like: "Video",
    coded: Coded | None,
) -> list[video_mp4.Track]:
    sizes = array("I", (size for end in ends for size in end.sizes))
    sounds = coded.sizes if coded else array("I")
    pictures, packets = [], []
    offset = frame = packet = 0
    for portion in plan:
        if portion.frames:
            pictures.append((offset, portion.frames))
            offset += sum(sizes[frame : frame + portion.frames])
        if portion.packets:
            packets.append((offset, portion.packets))
            offset += sum(sounds[packet : packet + portion.packets])
        frame, packet = frame + portion.frames, packet + portion.packets
    total = sum(durations)
    size = like.sample_aspect * like.width, like.height
    entry = _picture_entry(ends[0], like)
    tracks = [video_mp4.Track(False, scale, durations, sizes, _keys(ends), entry, pictures, size, shown=total)]
    if coded:
        steps = array("I", [coded.step]) * len(sounds)
        entry = video_mp4.sound_entry(coded.configuration, coded.rate, coded.channels, coded.bits)
        tracks.append(
            video_mp4.Track(True, coded.rate, steps, sounds, (), entry, packets, skip=coded.skip, shown=total)
        )
    return tracks


def _picture_entry(end: Contents, like: "Video") -> bytes:
    settings, colour = end.settings, like.colour
    sets = [bytes.fromhex(unit) for unit in settings["sets"]]
    x, y = settings["subsampling"]
    width, height = settings["size"]
    return video_mp4.picture_entry(
        video_nal.configuration(settings["codec"], sets, settings["depth"], (x, y)),
        (width, height),
        like.sample_aspect,
        (colour.primaries, colour.transfer, colour.matrix, colour.range),
        settings["codec"] == video_nal.HEVC,
    )


def _keys(ends: Sequence[Contents]) -> list[int]:
    found, before = [], 0
    for end in ends:
        found += [before + key + 1 for key in end.keys]
        before += len(end.sizes)
    return [] if len(found) == before else found


def _copy(
    segments: Sequence[Segment],
    ends: Sequence[Contents],
    plan: Sequence[_Portion],
    coded: Coded | None,
    spool: BinaryIO,
    file: BinaryIO,
) -> None:
    spool.seek(0)
    packet = 0
    for number, (segment, end) in enumerate(zip(segments, ends, strict=True)):
        mine = [portion for portion in plan if portion.segment == number]
        copied = copy_samples(segment, end, [portion.frames for portion in mine], file)
        for portion, _ in zip(mine, copied, strict=True):
            if coded and portion.packets:
                file.write(spool.read(sum(coded.sizes[packet : packet + portion.packets])))
                packet += portion.packets
