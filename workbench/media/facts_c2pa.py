"""What JUMBF boxes disclose: C2PA claims, who made them, and thumbnails in them (ISO 19566-5, C2PA 2.1)."""

import json
import re
from collections.abc import Iterable

from workbench.media.bmff_boxes import Box, boxes
from workbench.media.bytewise import number
from workbench.media.facts import Facts, Source, decode

_KEYS = {
    "claim_generator": ("device", "claim generator"), "softwareAgent": ("device", "software agent"),
    "title": ("comment", "title"), "dc:title": ("comment", "title"), "instanceID": ("serial", "instance ID"),
    "instance_id": ("serial", "instance ID"), "documentID": ("serial", "document ID"), "when": ("date", "action time"),
    "name": ("C2PA", "name"), "digitalSourceType": ("C2PA", "source type"), "action": ("C2PA", "action"),
    "parameters": ("C2PA", "parameters"), "dc:format": ("C2PA", "format"),
}  # fmt: skip
_COMMON_NAME = re.compile(rb"\x06\x03\x55\x04([\x03\x0a])[\x0c\x13\x14]")


def join_segments(segments: Iterable[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Put JUMBF boxes together from the payloads of JPEG APP11 segments; each comes with its place in the file."""
    whole: dict[tuple[int, bytes], tuple[int, list[tuple[int, bytes]]]] = {}
    for offset, payload in segments:
        # CI "JP", box instance number, packet sequence number, then the box; further packets repeat its header.
        key = number(payload, 2, 2), payload[12:16]
        start = 16 if number(payload, 8, 4) == 1 else 8
        order = number(payload, 4, 4)
        box = payload[8:] if order == 1 else payload[8 + (start if start == 16 else 8) :]
        whole.setdefault(key, (offset, []))[1].append((order, box))
    return [(offset, b"".join(piece for _, piece in sorted(pieces))) for offset, pieces in whole.values()]


def read_jumbf(facts: Facts, source: Source) -> None:
    """Add what a JUMBF super box discloses."""
    where = source.where
    labels: list[str] = []
    pending = list(boxes(source.data, 0, len(source.data)))
    for _ in range(2000):
        if not pending:
            break
        box = pending.pop(0)
        if box.kind == "jumb":
            inner = list(boxes(source.data, box.body, box.end))
            label = _label(source.data, inner)
            labels.append(label)
            for child in inner:
                if child.kind != "jumb":
                    _read_content(facts, source, child, label)
            pending = [child for child in inner if child.kind == "jumb"] + pending
    named = [label for label in labels if label]
    c2pa = any("c2pa" in label for label in named)
    shown = ", ".join(dict.fromkeys(named)) or "no labels"
    facts.add(
        "C2PA" if c2pa or not named else "other",
        "JUMBF boxes",
        f"{len(source.data)} bytes: {shown}",
        where,
        source.base,
    )


def _label(data: bytes, inner: list[Box]) -> str:
    for box in inner:
        if box.kind == "jumd" and number(data, box.body + 16, 1) & 2:
            return decode(data[box.body + 17 : min(box.end, box.body + 300)].split(b"\0")[0])
    return ""


def _read_content(facts: Facts, source: Source, box: Box, label: str) -> None:
    content = source.data[box.body : min(box.end, box.body + (4 << 20))]
    where, offset = f"{source.where} {label}".rstrip(), source.at(box.offset)
    if box.kind in ("bidb", "jp2c"):
        facts.add("thumbnail", "picture in the claim", f"{len(content)} bytes", where, offset)
    elif box.kind == "json":
        _read_json(facts, content, where, offset)
    elif box.kind == "cbor":
        _read_cbor(facts, content, where, offset, signature="signature" in label)


def _read_json(facts: Facts, content: bytes, where: str, offset: int) -> None:
    try:
        value = json.loads(content.rstrip(b"\0"))
    except (ValueError, RecursionError):
        facts.add("C2PA", "statement", decode(content[:300]), where, offset)
        return
    pending: list[tuple[str, object]] = [("", value)]
    while pending:
        name, item = pending.pop(0)
        if isinstance(item, dict):
            pending += [(str(key), inner) for key, inner in item.items()][:200]
        elif isinstance(item, list):
            pending += [(name, inner) for inner in item[:200]]
        elif item not in (None, ""):
            facts.add(_json_group(name), name or "statement", item, where, offset)


def _json_group(name: str) -> str:
    lower = name.lower()
    if any(part in lower for part in ("latitude", "longitude", "gps", "altitude")):
        return "GPS"
    if any(part in lower for part in ("author", "name", "creator", "credential", "copyright")):
        return "person"
    if "date" in lower or "time" in lower:
        return "date"
    return "serial" if "serial" in lower or "identifier" in lower else "C2PA"


def _read_cbor(facts: Facts, content: bytes, where: str, offset: int, signature: bool) -> None:
    """Add the texts of CBOR (RFC 8949) under known keys, and the names in the certificates of a signature."""
    pairs: list[tuple[str, str]] = []
    _cbor(content, 0, 0, "", pairs)
    for key, value in pairs:
        group, name = _KEYS.get(key, (_json_group(key), key))
        if key in _KEYS or group != "C2PA":
            facts.add(group, name, value, where, offset)
    if signature:
        for match in list(_COMMON_NAME.finditer(content))[:20]:
            text = decode(content[match.end() + 1 : match.end() + 1 + number(content, match.end(), 1)])
            facts.add("person", "signer's certificate", text, where, offset)


def _cbor(data: bytes, at: int, depth: int, key: str, pairs: list[tuple[str, str]]) -> int:
    """Collect key and text of every text item from `at` on; return where the item ends."""
    if at >= len(data) or depth > 16 or len(pairs) > 2000:
        return len(data)
    major, info = data[at] >> 5, data[at] & 31
    wide = {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0)
    size = number(data, at + 1, wide) if wide else info
    at += 1 + wide
    if major in (2, 3):
        if major == 3:
            pairs.append((key, data[at : at + min(size, 1000)].decode("utf-8", "replace")))
        return at + size
    if major == 6:
        return _cbor(data, at, depth + 1, key, pairs)
    if major not in (4, 5):
        return at
    left = len(data) if info == 31 else size
    while left > 0 and at < len(data) and not (info == 31 and data[at] == 0xFF):
        name = key
        if major == 5:
            start = len(pairs)
            at = _cbor(data, at, depth + 1, key, pairs)
            name = pairs.pop()[1] if len(pairs) == start + 1 else key
        at = _cbor(data, at, depth + 1, name, pairs)
        left -= 1
    return at + (info == 31)
