"""GIF (GIF89a specification): headers, image data, extensions, and what follows the trailer byte; and Windows BMP."""

from workbench.media.bytewise import MAX_PARTS, Block, looks_like, number, tile

_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_EXTENSIONS = {0x01: "plain text", 0xFE: "comment", 0xFF: "application"}


def scan(data: bytes) -> list[Block]:
    """Return the blocks of a GIF file; `data` begins with ``GIF8``."""
    flags = number(data, 10, 1)
    position = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    parts = [Block("header", 0, position, True)]
    while position < len(data) and len(parts) < MAX_PARTS:
        start, code = position, data[position]
        if code == 0x3B:
            parts.append(Block("trailer byte", start, 1, True))
            if start + 1 < len(data):
                name = f"trailer ({looks_like(data, start + 1)})"
                parts.append(Block(name, start + 1, len(data) - start - 1, False))
            break
        if code == 0x2C:
            flags = number(data, start + 9, 1)
            table = 3 << (flags & 7) + 1 if flags & 0x80 else 0
            position = _after_sub_blocks(data, start + 11 + table)
            parts.append(Block("image", start, position - start, True))
        elif code == 0x21:
            position = _after_sub_blocks(data, start + 2)
            parts.append(_extension(data, start, position))
        else:
            parts.append(Block("damaged block", start, len(data) - start, False))
            break
    return tile(parts, len(data))


def _after_sub_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += 1 + data[position]
    return min(position + 1, len(data))


def _extension(data: bytes, start: int, end: int) -> Block:
    label = number(data, start + 1, 1)
    size = end - start
    if label == 0xF9:
        return Block("graphic control", start, size, size == 8)
    if label == 0xFF:
        name = data[start + 3 : start + 14]
        if name in _LOOPS:
            return Block("loop count", start, size, size == 19 and data[start + 14 : start + 16] == b"\x03\x01")
        return Block(f"application {name.decode('latin-1')}", start, size, False)
    return Block(_EXTENSIONS.get(label, f"extension {label:02X}"), start, size, False)


def scan_bmp(data: bytes) -> list[Block]:
    """Return the blocks of a Windows bitmap; `data` begins with ``BM``."""
    pixels = number(data, 10, 4, "little")
    header = number(data, 14, 4, "little")
    core = header == 12
    width = number(data, 18, 2 if core else 4, "little")
    height = number(data, 20 if core else 22, 2 if core else 4, "little")
    height = 2**32 - height if height >= 2**31 else height
    depth = number(data, 24 if core else 28, 2, "little")
    compression = 0 if core else number(data, 30, 4, "little")
    colours = 0 if core else number(data, 46, 4, "little")
    if depth <= 8:
        palette = (colours if 0 < colours <= 1 << depth else 1 << depth) * (3 if core else 4)
    else:
        # Three or four channel masks follow the 40-byte header of a bit-field bitmap.
        palette = {3: 12, 6: 16}.get(compression, 0) if header == 40 else 0
    raw = compression in (0, 3, 6)
    length = (width * depth + 31) // 32 * 4 * height if raw else number(data, 34, 4, "little")
    plain = number(data, 6, 4) == 0 and header in (12, 40, 52, 56, 108, 124)
    parts = [
        Block("header", 0, 14 + header, plain),
        Block("palette", 14 + header, palette, True),
        Block("pixels", pixels, length, pixels >= 14 + header),
    ]
    if header == 124 and (size := number(data, 14 + 116, 4, "little")):
        parts.append(Block("ICC", 14 + number(data, 14 + 112, 4, "little"), size, False))
    end = max(part.offset + part.size for part in parts)
    if end < len(data):
        parts.append(Block(f"trailer ({looks_like(data, end)})", end, len(data) - end, False))
    return tile(parts, len(data))
