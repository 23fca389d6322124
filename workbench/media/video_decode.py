"""Decode the shown frames of a clip, each one checked against the clip's timeline."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain

import av
import numpy as np
from av.filter import Graph

from workbench.disk import printable
from workbench.media.video_open import READ_ERRORS, Opened, opened
from workbench.media.video_pixels import Layout, layout_of, planes_of, upright
from workbench.media.video_times import Timeline
from workbench.media.video_values import Video, VideoFrame
from workbench.values import FileError

Numbered = tuple[int, av.VideoFrame]
"""a frame's position among the shown ones, and the frame as it is stored"""
_WORTH_SEEKING = 8
"""frames that are decoded and skipped rather than sought"""


def decoded(video: Video, first: int = 0, last: int | None = None, threads: int = 0) -> Iterator[VideoFrame]:
    """Give the shown frames from `first` up to, not including, `last`; see `Video.frames`."""
    timeline = _timeline(video)
    end = len(timeline) if last is None else min(last, len(timeline))
    if first < 0 or first >= end:
        return
    with ExitStack() as stack:
        yield from _from(stack, video, timeline, first, end, threads)


def _from(
    stack: ExitStack, video: Video, timeline: Timeline, first: int, end: int, threads: int
) -> Iterator[VideoFrame]:
    maker = FrameMaker(video)
    position, pictures = _landed(stack, video, timeline, first, threads)
    numbered = _checked(pictures, position, video, timeline)
    if video.interlaced:
        numbered = _whole(numbered)
    for index, picture in numbered:
        if index >= end:
            return
        if index >= first:
            yield maker.made(index, picture)
        if index + 1 == end and (end < len(timeline) or timeline.cut):
            return  # at the very end it goes on, to see whether the clip ends where it has to


def _timeline(video: Video) -> Timeline:
    if video.timeline is None:
        raise ValueError("frames are read from a video that open_video returned")
    return video.timeline


class FrameMaker:
    """Makes upright frames out of stored ones, all of one form."""

    def __init__(self, video: Video) -> None:
        self._video = video
        self._layout: Layout | None = None
        self._form: tuple[int, int, str] | None = None

    def made(self, index: int, picture: av.VideoFrame) -> VideoFrame:
        """Return the frame at `index`.

        Raises
        ------
        FileError
            When its size or its kind of pixels is not that of the clip.
        """
        video, timeline = self._video, _timeline(self._video)
        form = (picture.width, picture.height, picture.format.name)
        if form != self._form:
            self._layout, self._form = layout_of(picture), form
            size = (picture.height, picture.width) if video.turn.transpose else (picture.width, picture.height)
            if size != (video.width, video.height) or self._layout.depth != video.depth:
                raise FileError(
                    f"{_name(video)} changes its size or form at {_place(index, timeline)}: cut it there first."
                )
        assert self._layout is not None
        try:
            planes = upright(planes_of(picture, self._layout), self._layout.divisors, video.turn)
        except READ_ERRORS as error:
            raise _damaged(video, timeline, index) from error
        return VideoFrame(index, timeline.time(index), planes, video.depth, video.colour)


def _landed(
    stack: ExitStack, video: Video, timeline: Timeline, index: int, threads: int
) -> tuple[int, Iterator[av.VideoFrame]]:
    """Open the clip near a frame; return the position of the first frame that comes, and the frames."""
    # The frame before is needed too where fields are made into pictures.
    wanted = index - 1 if video.interlaced else index
    for key in _starts(timeline, wanted):
        clip = stack.enter_context(opened(video.path, threads))
        found = _sought(clip, timeline, key, wanted)
        if found is not None:
            return found
        stack.close()
    return 0, _pictures(stack.enter_context(opened(video.path, threads)))


def _starts(timeline: Timeline, wanted: int) -> list[int]:
    """Return the key frames to try, best first."""
    if wanted < _WORTH_SEEKING:
        return []
    before = timeline.keys[timeline.keys <= wanted]
    return [int(key) for key in before[-2:][::-1] if key > 0]


def _sought(clip: Opened, timeline: Timeline, key: int, wanted: int) -> tuple[int, Iterator[av.VideoFrame]] | None:
    """Go to a key frame, or return None when that leads elsewhere; only whole pictures count."""
    try:
        clip.container.seek(int(timeline.pts[key]), stream=clip.stream, backward=True)
        pictures = _pictures(clip)
        for picture in pictures:
            if not picture.key_frame or picture.is_corrupt or picture.pts is None:
                continue
            position = int(np.searchsorted(timeline.pts, picture.pts))
            if position <= wanted and timeline.pts[position] == picture.pts:
                return position, chain([picture], pictures)
            return None
    except READ_ERRORS:
        return None
    return None


def _pictures(clip: Opened) -> Iterator[av.VideoFrame]:
    for packet in clip.container.demux(clip.stream):
        yield from packet.decode()


def _checked(pictures: Iterable[av.VideoFrame], position: int, video: Video, timeline: Timeline) -> Iterator[Numbered]:
    """Number the frames; stop at the first that is damaged or is not the one that has to come."""
    try:
        for picture in pictures:
            if timeline.cut and position >= len(timeline):
                return
            if picture.is_corrupt:
                raise _damaged(video, timeline, position)
            if len(timeline.pts):
                if position == 0 and picture.pts is not None and picture.pts < timeline.pts[0]:
                    continue
                if position >= len(timeline) or picture.pts != timeline.pts[position]:
                    raise _damaged(video, timeline, position)
            elif position >= len(timeline):
                raise _damaged(video, timeline, position)
            yield position, picture
            position += 1
    except READ_ERRORS as error:
        raise _damaged(video, timeline, position) from error
    if position < len(timeline):
        raise _damaged(video, timeline, position)


def _whole(numbered: Iterator[Numbered]) -> Iterator[Numbered]:
    """Make the fields of each stored frame into one picture; frames that have none stay as they are.

    Uses FFmpeg's bwdif, which looks at the frame before and the one after.
    """
    graph: Graph | None = None
    form: tuple[int, int, str] | None = None
    waiting: deque[int] = deque()
    for position, picture in numbered:
        its_form = (picture.width, picture.height, picture.format.name)
        if graph is None:
            graph, form = _graph(picture), its_form
        if its_form != form:
            yield position, picture  # of another size: refused by who takes it
            return
        waiting.append(position)
        graph.vpush(picture)
        yield from _pulled(graph, waiting)
    if graph is not None:
        graph.vpush(None)
        yield from _pulled(graph, waiting)


def _graph(picture: av.VideoFrame) -> Graph:
    graph = Graph()
    source = graph.add(
        "buffer",
        f"video_size={picture.width}x{picture.height}:pix_fmt={picture.format.name}:time_base=1/1:pixel_aspect=1/1"
        f":colorspace={picture.colorspace}:range={picture.color_range}",
    )
    graph.link_nodes(source, graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink"))
    graph.configure()
    return graph


def _pulled(graph: Graph, waiting: deque[int]) -> Iterator[Numbered]:
    while waiting:
        try:
            picture = graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield waiting.popleft(), picture


def _name(video: Video) -> str:
    return printable(video.path.name)


def _place(position: int, timeline: Timeline) -> str:
    if position >= len(timeline):
        return "its end"
    return f"frame {position + 1} ({float(timeline.time(position)):.2f} s)"


def _damaged(video: Video, timeline: Timeline, position: int) -> FileError:
    return FileError(
        f"{_name(video)} is damaged at {_place(position, timeline)}: copy it again from its source, "
        "or cut it before that."
    )
