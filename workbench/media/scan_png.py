"""PNG and APNG (W3C PNG, third edition): chunks, what follows IEND, and what hides behind the compressed pixels."""

import zlib
from dataclasses import replace

from workbench.media.bytewise import MAX_PARTS, Block, looks_like, number, tile, zlib_length

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Only the values of the sRGB colour space: any other number could be a message.
_COLOUR = {
    b"gAMA": {(45455).to_bytes(4, "big")},
    b"sRGB": {b"\0", b"\1", b"\2", b"\3"},
    b"cHRM": {b"".join(value.to_bytes(4, "big") for value in (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))},
}
_SIZES = {b"IHDR": 13, b"IEND": 0, b"acTL": 8, b"fcTL": 26}


def scan(data: bytes) -> list[Block]:
    """Return the blocks of a PNG file; `data` begins with the PNG signature."""
    parts = [Block("signature", 0, len(SIGNATURE), True)]
    position = len(SIGNATURE)
    depth, colour = number(data, 24, 1), number(data, 25, 1)
    while position + 12 <= len(data) and len(parts) < MAX_PARTS:
        length = number(data, position, 4)
        kind = data[position + 4 : position + 8]
        size = 12 + length
        if position + size > len(data) or not kind.isalpha():
            break
        sound = number(data, position + 8 + length, 4) == zlib.crc32(data[position + 4 : position + 8 + length])
        payload = data[position + 8 : position + 8 + min(length, 1024)]
        name = kind.decode("ascii")
        parts.append(Block(name, position, size, sound and _essential(kind, payload, length, depth, colour)))
        position += size
        if kind == b"IEND":
            break
    if position < len(data):
        ended = parts[-1].name == "IEND"
        name = f"trailer ({looks_like(data, position)})" if ended else "damaged chunk"
        parts.append(Block(name, position, len(data) - position, False))
    return tile([*_judged_pixels(data, parts)], len(data))


def _essential(kind: bytes, payload: bytes, length: int, depth: int, colour: int) -> bool:
    if kind in (b"IDAT", b"fdAT"):
        return True
    if kind in _SIZES:
        return length == _SIZES[kind]
    if kind in _COLOUR:
        return payload in _COLOUR[kind]
    if kind == b"PLTE":
        return colour == 3 and length % 3 == 0 and length <= 3 << min(depth, 8)
    if kind == b"tRNS":
        return length <= {0: 2, 2: 6, 3: 1 << min(depth, 8)}.get(colour, -1)
    return False


def _judged_pixels(data: bytes, parts: list[Block]) -> list[Block]:
    """Mark the last pixel chunk of a picture when bytes follow its compressed stream, or it unpacks to too much."""
    width, height = number(data, 16, 4), number(data, 20, 4)
    bits = number(data, 24, 1) * _SAMPLES.get(number(data, 25, 1), 0)
    # Adam7 filters seven small pictures: at most one more filter byte and one partial byte a row and pass.
    limit = min((width * bits // 8 + 16) * (height + 16) * 2, 1 << 31)
    judged = list(parts)
    run: list[int] = []
    for index, part in enumerate([*parts, Block("", 0, 0, True)]):
        same = run and part.name == judged[run[-1]].name and part.name in ("IDAT", "fdAT")
        if run and not same:
            if _slack(data, [judged[member] for member in run], limit):
                last = run[-1]
                judged[last] = replace(judged[last], name=f"{judged[last].name} with hidden bytes", essential=False)
            run = []
        if part.name in ("IDAT", "fdAT"):
            run.append(index)
    return judged


def _slack(data: bytes, run: list[Block], limit: int) -> bool:
    skip = 12 if run[0].name == "fdAT" else 8
    stream = b"".join(data[part.offset + skip : part.offset + part.size - 4] for part in run)
    used, too_much = zlib_length(stream, 0, len(stream), limit)
    return too_much or used < len(stream)
