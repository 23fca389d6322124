"""JPEG (ITU-T T.81, JFIF, and what cameras add): segments, entropy coded data, and what follows the end."""

import re

from workbench.media.bytewise import MAX_PARTS, Block, looks_like, number, tile

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ALONE = {0x01, *range(0xD0, 0xD8)}
_NAMES = {0xDA: "SOS", 0xC4: "DHT", 0xCC: "DAC", 0xDB: "DQT", 0xDC: "DNL", 0xDD: "DRI", 0xFE: "COM comment"}
_PAYLOADS = (
    (0xE0, b"JFIF\0", "JFIF"),
    (0xE0, b"JFXX\0", "JFXX thumbnail"),
    (0xE0, b"AVI1", "AVI1"),
    (0xE0, b"Ocad", "Ocad"),
    (0xE0, b"II", "CIFF"),
    (0xE0, b"MM", "CIFF"),
    (0xE1, b"Exif\0", "Exif"),
    (0xE1, b"http://ns.adobe.com/xap/1.0/\0", "XMP"),
    (0xE1, b"http://ns.adobe.com/xmp/extension/\0", "extended XMP"),
    (0xE1, b"FLIR\0", "FLIR thermal data"),
    (0xE1, b"<?xpacket", "XMP"),
    (0xE1, b"QVCI\0", "Casio QVCI"),
    (0xE2, b"ICC_PROFILE\0", "ICC"),
    (0xE2, b"MPF\0", "MPF second pictures"),
    (0xE2, b"FPXR\0", "FlashPix"),
    (0xE3, b"Meta\0", "Meta"),
    (0xE3, b"META\0", "Meta"),
    (0xE4, b"", "maker data"),
    (0xE5, b"RMETA\0", "Ricoh RMETA"),
    (0xEB, b"JP", "JUMBF"),
    (0xEB, b"HDR_RI ", "JPEG-HDR second picture"),
    (0xEC, b"Ducky", "Ducky"),
    (0xED, b"Photoshop 3.0\0", "Photoshop"),
    (0xEE, b"Adobe", "Adobe"),
)


def scan(data: bytes) -> list[Block]:
    """Return the blocks of a JPEG stream; `data` begins with the SOI marker."""
    parts: list[Block] = []
    position = 0
    while position < len(data) and len(parts) < MAX_PARTS:
        if data[position] != 0xFF:
            start, position = position, _next_marker(data, position)
            parts.append(Block("bytes between segments", start, position - start, False))
            continue
        run = position
        while position + 1 < len(data) and data[position + 1] == 0xFF:
            position += 1
        if position > run:
            # Fill bytes carry nothing: their value is fixed, and a few of them are ordinary padding.
            parts.append(Block("fill bytes", run, position - run, position - run < 16))
        code = number(data, position + 1, 1)
        if code == 0xD9:
            end = position + 2
            parts.append(Block("EOI", position, 2, True))
            if end < len(data):
                parts.append(Block(f"trailer ({looks_like(data, end)})", end, len(data) - end, False))
            break
        if code == 0xD8 or code in _ALONE:
            parts.append(Block("SOI" if code == 0xD8 else f"stray marker {code:02X}", position, 2, position == 0))
            position += 2
            continue
        size = 2 + number(data, position + 2, 2)
        if code == 0 or size < 4 or position + size > len(data):
            rest = _next_marker(data, position + 2)
            parts.append(Block("damaged segment", position, rest - position, False))
            position = rest
            continue
        parts.append(_segment(data, code, position, size))
        position += size
        if code == 0xDA:
            start, position = position, _next_marker(data, position)
            parts.append(Block("entropy coded data", start, position - start, True))
    return tile(parts, len(data), "bytes that were not looked at")


def _next_marker(data: bytes, start: int) -> int:
    found = _MARKER.search(data, start)
    return found.start() if found else len(data)


def _segment(data: bytes, code: int, start: int, size: int) -> Block:
    body = data[start + 4 : start + size]
    if 0xE0 <= code <= 0xEF:
        name = next((name for marker, head, name in _PAYLOADS if marker == code and body.startswith(head)), "")
        plain = (name == "JFIF" and len(body) == 14 and body[12:] == b"\0\0") or (name == "Adobe" and len(body) == 12)
        return Block(f"APP{code - 0xE0} {name}".rstrip(), start, size, plain)
    name = "SOF" if code in _FRAMES else _NAMES.get(code, f"marker {code:02X}")
    exact = {
        "SOF": len(body) == 6 + 3 * number(body, 5, 1),
        "SOS": len(body) == 4 + 2 * number(body, 0, 1),
        "DQT": _whole_tables(body, quantisation=True),
        "DHT": _whole_tables(body, quantisation=False),
    }
    return Block(name, start, size, exact.get(name, name in ("DAC", "DNL", "DRI") and len(body) <= 4))


def _whole_tables(body: bytes, quantisation: bool) -> bool:
    """Tell whether a DQT or DHT segment is filled by its tables to the last byte."""
    position = 0
    while position < len(body):
        wide, index = body[position] >> 4, body[position] & 15
        if quantisation:
            position += 129 if wide else 65
        else:
            position += 17 + sum(body[position + 1 : position + 17])
        if wide > 1 or index > 3:
            return False
    return position == len(body)
