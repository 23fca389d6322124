"""Hide regions in one frame of a video: what the preview shows and what the batch writes are the same call."""

from dataclasses import replace

from workbench.media.video import VideoFrame
from workbench.redact.planes import KR_KB, Space, hide
from workbench.values import Regions

FULL_RANGE = 2
"""the number of that range in `media.video.Colour`"""
BT601, BT709 = 6, 1
HIGH = 720
"""px: from this height on a clip that does not name its matrix is taken to follow BT.709, as players do"""


def redact_video_frame(frame: VideoFrame, regions: Regions) -> VideoFrame:
    """Return the frame with every region hidden; the one given is unchanged.

    Parameters
    ----------
    frame : VideoFrame
    regions : Regions
        In pixels of the upright frame, as `redact.over_time.cover_video` gives them.
    """
    return replace(frame, planes=hide(frame.planes, regions, space_of(frame))) if len(regions) else frame


def space_of(frame: VideoFrame) -> Space:
    """Return what the samples of a frame's planes mean."""
    matrix = frame.colour.matrix
    if matrix not in KR_KB:
        matrix = BT709 if matrix == 2 and frame.height >= HIGH else BT601
    (rows, columns), width, height = frame.planes[1].shape, frame.width, frame.height
    divisors = -(-width // columns), -(-height // rows)
    return Space(frame.depth, divisors, matrix, frame.colour.range == FULL_RANGE)
