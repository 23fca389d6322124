"""Detections as bytes: compressed NumPy arrays, no pickle."""

import io
import zlib
from collections.abc import Sequence

import numpy as np

from workbench.columns import PerFrame, Words
from workbench.values import Detections


def pack(per_frame: Sequence[Detections]) -> bytes:
    """Return the detections of all frames of an asset as bytes that `unpack` reads back unchanged."""
    rows = PerFrame.of(per_frame)
    table = np.zeros(
        len(rows.boxes),
        [("box", "<f4", (4,)), ("score", "<f4"), ("track", "<i4"), ("kind", "<u2"), ("origin", "<u2")],
    )
    for name, column in zip(
        table.dtype.names or (), (rows.boxes, rows.scores, rows.tracks, rows.kinds, rows.origins), strict=True
    ):
        table[name] = column
    buffer = io.BytesIO()
    np.save(buffer, np.diff(rows.ends, prepend=0).astype("<i4"), allow_pickle=False)
    np.save(buffer, table, allow_pickle=False)
    np.save(buffer, np.array(rows.words.words, np.str_), allow_pickle=False)
    return zlib.compress(buffer.getbuffer())


def unpack(data: bytes) -> PerFrame:
    """Return the detections of every frame; raises `ValueError` or `zlib.error` for damaged bytes."""
    buffer = io.BytesIO(zlib.decompress(data))
    lengths = np.load(buffer, allow_pickle=False)
    table = np.load(buffer, allow_pickle=False)
    if lengths.sum() != len(table):
        raise ValueError(f"{lengths.sum()} rows announced, {len(table)} found")
    ends = np.cumsum(lengths, dtype=np.int64)
    if table.dtype["kind"].kind == "U":  # as catalogs were written before words had numbers
        words = Words()
        kinds, origins = words.encode(table["kind"]), words.encode(table["origin"])
    else:
        words = Words(np.load(buffer, allow_pickle=False).tolist())
        kinds, origins = table["kind"].copy(), table["origin"].copy()
        if max(kinds.max(initial=0), origins.max(initial=0)) >= max(len(words.words), 1):
            raise ValueError("a row names a word that is not there")
    return PerFrame(ends, table["box"].copy(), table["score"].copy(), table["track"].copy(), kinds, origins, words)
