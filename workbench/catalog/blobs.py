"""Detections as bytes: one compressed NumPy array, no pickle."""

import io
import zlib
from collections.abc import Sequence

import numpy as np

from workbench.values import Detections


def pack(per_frame: Sequence[Detections]) -> bytes:
    """Return the detections of all frames of an asset as bytes that `unpack` reads back unchanged."""
    rows = Detections.concat(list(per_frame))
    columns = [("box", "<f4", (4,)), ("score", "<f4"), ("track", "<i4")]
    table = np.zeros(len(rows), [*columns, ("kind", rows.kinds.dtype), ("origin", rows.origins.dtype)])
    for name, column in (("box", rows.boxes), ("score", rows.scores), ("track", rows.tracks)):
        table[name] = column
    table["kind"], table["origin"] = rows.kinds, rows.origins
    buffer = io.BytesIO()
    np.save(buffer, np.array([len(part) for part in per_frame], "<i4"), allow_pickle=False)
    np.save(buffer, table, allow_pickle=False)
    return zlib.compress(buffer.getvalue())


def unpack(data: bytes) -> list[Detections]:
    """Return one `Detections` per frame; raises `ValueError` or `zlib.error` for damaged bytes."""
    buffer = io.BytesIO(zlib.decompress(data))
    lengths = np.load(buffer, allow_pickle=False)
    table = np.load(buffer, allow_pickle=False)
    rows = Detections(table["box"], table["score"], table["kind"], table["origin"], table["track"])
    if lengths.sum() != len(rows):
        raise ValueError(f"{lengths.sum()} rows announced, {len(rows)} found")
    ends = np.cumsum(lengths)
    return [rows[np.arange(end - length, end)] for end, length in zip(ends, lengths, strict=True)]
