"""WebP (RFC 9649): RIFF chunks, the chunks inside animation frames, padding, and what follows the RIFF size."""

from workbench.media.bytewise import MAX_PARTS, Block, looks_like, number, tile

_NAMES = {b"EXIF": "EXIF", b"XMP ": "XMP", b"ICCP": "ICC", b"C2PA": "C2PA"}
_PIXELS = (b"VP8 ", b"VP8L", b"ALPH")
_SIZES = {b"VP8X": 10, b"ANIM": 6}


def scan(data: bytes) -> list[Block]:
    """Return the blocks of a WebP file; `data` begins with ``RIFF`` and has ``WEBP`` at 8."""
    end = min(8 + number(data, 4, 4, "little"), len(data))
    parts = [Block("RIFF header", 0, 12, True)]
    _chunks(data, 12, end, parts, nested=False)
    if end < len(data):
        start = max(end, 12)
        parts.append(Block(f"trailer ({looks_like(data, start)})", start, len(data) - start, False))
    return tile(parts, len(data))


def _chunks(data: bytes, start: int, end: int, parts: list[Block], nested: bool) -> None:
    position = start
    while position + 8 <= end and len(parts) < MAX_PARTS:
        kind = data[position : position + 4]
        length = number(data, position + 4, 4, "little")
        stop = position + 8 + length
        if stop > end:
            parts.append(Block("damaged chunk", position, end - position, False))
            return
        if kind == b"ANMF" and not nested and length >= 16:
            parts.append(Block("ANMF header", position, 24, True))
            _chunks(data, position + 24, stop, parts, nested=True)
        else:
            name = _NAMES.get(kind, kind.decode("latin-1").strip() or "unnamed chunk")
            parts.append(Block(name, position, 8 + length, kind in _PIXELS or length == _SIZES.get(kind)))
        if length % 2 and stop < end:
            parts.append(Block("padding", stop, 1, data[stop] == 0))
            stop += 1
        position = stop
