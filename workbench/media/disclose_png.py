"""What the chunks of a PNG file disclose."""

import zlib

from workbench.media.bytewise import Block, number
from workbench.media.disclose_jpeg import read_payloads
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_icc import read_icc
from workbench.media.facts_xmp import read_xmp

MAX_UNPACKED = 16 << 20
_PROFILES = {"exif": "Exif", "APP1": "Exif", "app1": "Exif", "iptc": "Photoshop", "8bim": "Photoshop", "xmp": "XMP",
             "icc": "ICC", "icm": "ICC", "IPTC": "Photoshop"}  # fmt: skip
_TEXTS = {"Author": "person", "Copyright": "person", "Artist": "person", "Creation Time": "date", "Software": "device",
          "Source": "device", "date:create": "date", "date:modify": "date", "date:timestamp": "date"}  # fmt: skip


def unpack(data: bytes) -> bytes:
    """Return what a zlib stream holds, at most `MAX_UNPACKED` bytes; of a damaged one what came first."""
    unpacker = zlib.decompressobj()
    pieces = []
    try:
        for start in range(0, len(data), 4096):
            pieces.append(unpacker.decompress(data[start : start + 4096], MAX_UNPACKED))
            if sum(map(len, pieces)) > MAX_UNPACKED:
                break
    except zlib.error:
        pass
    return b"".join(pieces)[:MAX_UNPACKED]


def disclose_png(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add what the chunks of a PNG file disclose."""
    for block in blocks:
        body = source.data[block.offset + 8 : block.offset + block.size - 4]
        where = f"{source.where} {block.name}"
        at = source.at(block.offset + 8)
        if block.name in ("tEXt", "zTXt", "iTXt"):
            _read_text(facts, block.name, Source(body, where, at))
        elif block.name == "eXIf":
            head = 6 if body.startswith(b"Exif\0\0") else 0
            read_payloads(facts, {"Exif": Source(body[head:], where, at + head)})
        elif block.name == "zxIf":
            read_payloads(facts, {"Exif": Source(unpack(body[5:]), where, at, False)})
        elif block.name == "iCCP":
            name, _, packed = body.partition(b"\0")
            facts.add("colour profile", "profile name", decode(name), where, at)
            read_icc(facts, Source(unpack(packed[1:]), f"{where} ICC", at, False))
        elif block.name == "tIME" and len(body) == 7:
            value = f"{number(body, 0, 2):04d}-{body[2]:02d}-{body[3]:02d} {body[4]:02d}:{body[5]:02d}:{body[6]:02d}"
            facts.add("date", "last modification", value, where, at)
        elif block.name == "caBX":
            read_payloads(facts, {"C2PA": Source(body, where, at)})
        elif block.name == "pHYs" and len(body) == 9:
            value = f"{number(body, 0, 4)} x {number(body, 4, 4)} per {'metre' if body[8] else 'unknown unit'}"
            facts.add("other", "resolution", value, where, at)
        elif (
            not block.essential and len(block.name) == 4 and block.name not in ("gAMA", "cHRM", "sRGB", "bKGD", "sBIT")
        ):
            facts.add("other", f"chunk {block.name}", f"{len(body)} bytes", where, source.at(block.offset))


def _read_text(facts: Facts, kind: str, source: Source) -> None:
    keyword, _, rest = source.data.partition(b"\0")
    key = decode(keyword)
    if kind == "zTXt":
        rest = unpack(rest[1:])
    elif kind == "iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind the language and the translated keyword
        rest = unpack(rest) if packed else rest
    if key.startswith("Raw profile type "):
        facts.add("other", key, f"{len(rest)} bytes", source.where, source.base)
        _read_raw_profile(facts, key.removeprefix("Raw profile type ").strip(), rest, source)
    elif key == "XML:com.adobe.xmp":
        read_xmp(facts, source.made(rest, "XMP"))
    else:
        group = _TEXTS.get(key, "comment")
        facts.add(group, key or "text without keyword", decode(rest) or f"{len(rest)} bytes", source.where, source.base)


def _read_raw_profile(facts: Facts, name: str, text: bytes, source: Source) -> None:
    """Read a profile in hexadecimal as ImageMagick writes it: a name, a length, and the digits."""
    words = text.split()
    digits = b"".join(words[2:])
    try:
        raw = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii", "replace"))
    except ValueError:
        return
    kind = _PROFILES.get(name, "")
    if raw.startswith(b"Exif\0\0"):
        raw = raw[6:]
    elif raw.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        kind, raw = "XMP", raw.partition(b"\0")[2]
    if kind == "Photoshop" and not raw.startswith((b"8BIM", b"Photoshop")):
        kind = "IPTC"
    if kind:
        read_payloads(facts, {kind: source.made(raw, f"raw profile {name}")})
