"""Columns instead of objects: the same rows, far less memory."""

import json

import numpy as np
import pytest

from workbench.catalog import blobs
from workbench.columns import PerFrame, Spans
from workbench.values import Detections, Kind

ROWS = [[4, 0, 9, "face", "solid", "box", 10, 20, 31, 41], [-1, 3, 3, "other", "blur", "ellipse", 0, 0, 5, 5]]


def found(*boxes: list[float], kind: Kind = Kind.FACE, origin: str = "finder") -> Detections:
    return Detections.of(kind, np.array(boxes, np.float32).reshape(-1, 4), np.full(len(boxes), 0.5), origin)


FRAMES = [found(), found([1, 2, 3, 4], [5, 6, 7, 8]), found([9, 9, 10, 10], kind=Kind.PLATE, origin="another"), found()]


def same(one: Detections, other: Detections) -> bool:
    names = ("boxes", "scores", "kinds", "origins", "tracks")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@pytest.mark.parametrize("frames", [[], [found()], FRAMES])
def test_every_frame_comes_back_as_it_was(frames):
    columns = PerFrame.of(frames)
    assert len(columns) == len(frames)
    assert all(same(one, other) for one, other in zip(columns, frames, strict=True))
    assert PerFrame.of(columns) is columns
    stored = blobs.unpack(blobs.pack(frames))
    assert all(same(one, other) for one, other in zip(stored, frames, strict=True))


def test_frames_are_asked_for_like_those_of_a_list():
    columns = PerFrame.of(FRAMES)
    assert same(columns[-2], FRAMES[2])
    assert [len(part) for part in columns[1:3]] == [2, 1]
    assert columns.frames.tolist() == [1, 1, 2]
    with pytest.raises(IndexError, match="no frame 4 of 4"):
        columns[4]


def test_spans_are_the_rows_that_they_were_made_of():
    spans = Spans.of(ROWS)
    assert spans == ROWS
    assert spans[1] == ROWS[1] and spans[-1:] == ROWS[-1:]
    assert Spans.of(spans) is spans
    assert json.loads(json.dumps(list(spans))) == ROWS
    assert Spans.of([]) == []
    assert spans != ROWS[:1]


def test_the_digest_of_spans_tells_every_change():
    digests = {Spans.of(rows).digest for rows in (ROWS, ROWS[::-1], ROWS[:1], [], [[*ROWS[0][:9], 42]])}
    assert len(digests) == 5
    assert Spans.of(ROWS).digest == Spans.of(Spans.of(ROWS)).digest


def test_a_long_video_takes_little_memory():
    boxes = np.tile(np.array([[1, 2, 3, 4]], np.float32), (3, 1))
    columns = PerFrame.of([found(*boxes.tolist())] * 1000)
    held = sum(getattr(columns, name).nbytes for name in ("ends", "boxes", "scores", "tracks", "kinds", "origins"))
    assert held <= 1000 * (8 + 3 * 28)
