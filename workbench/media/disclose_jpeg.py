"""What the segments of a JPEG file disclose, with the pictures inside the picture."""

from collections.abc import Callable

from workbench.media.bytewise import Block, looks_like, number
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_c2pa import join_segments, read_jumbf
from workbench.media.facts_exif import read_exif
from workbench.media.facts_icc import read_icc
from workbench.media.facts_iptc import read_iptc, read_photoshop
from workbench.media.facts_xmp import read_xmp
from workbench.media.tiff_tags import walk

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"


def read_payloads(facts: Facts, payloads: dict[str, Source]) -> None:
    """Add what payloads of known kinds disclose: "XMP", "IPTC", "Photoshop", "ICC", "C2PA", "Exif"."""
    pending = list(payloads.items())
    for _ in range(200):
        if not pending:
            return
        kind, source = pending.pop(0)
        if kind == "Photoshop":
            pending += list(read_photoshop(facts, source))
        elif kind == "Exif":
            pending += list(read_exif(facts, source).items())
        else:
            readers: dict[str, Callable[[Facts, Source], None]] = {
                "XMP": read_xmp, "IPTC": read_iptc, "ICC": read_icc, "C2PA": read_jumbf,
            }  # fmt: skip
            readers[kind](facts, source)


def disclose_jpeg(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add what the segments of a JPEG stream disclose; `blocks` are those of the stream."""
    data = source.data
    extended: dict[bytes, list[tuple[int, bytes]]] = {}
    groups: dict[str, list[tuple[int, bytes]]] = {"ICC": [], "JUMBF": [], "Photoshop": [], "FlashPix": []}
    first = source.at(0)
    for block in blocks:
        if not block.name.startswith(("APP", "COM", "marker")):
            continue
        body = data[block.offset + 4 : block.offset + block.size]
        where = f"{source.where} {block.name.split()[0]}"
        at = source.at(block.offset)
        kind = block.name.partition(" ")[2]
        if kind == "Exif":
            read_payloads(facts, {"Exif": Source(body[6:], f"{where} Exif", at + 10, source.exact)})
        elif kind == "XMP":
            head = len(_XMP) if body.startswith(_XMP) else 0
            read_xmp(facts, Source(body[head:], f"{where} XMP", at + 4 + head, source.exact))
        elif kind == "extended XMP":
            start = len(_EXTENDED)
            extended.setdefault(body[start : start + 32], []).append((number(body, start + 36, 4), body[start + 40 :]))
            first = min(first, at) if first else at
        elif kind in groups:
            groups[kind].append((at, body))
        else:
            _read_other(facts, kind, body, Source(body, where, at + 4, source.exact))
    for pieces in extended.values():
        whole = b"".join(piece for _, piece in sorted(pieces))
        read_xmp(facts, Source(whole, f"{source.where} APP1 extended XMP", first, False))
    if groups["ICC"]:
        whole = b"".join(body[14:] for _, body in sorted(groups["ICC"], key=lambda part: part[1][12:13]))
        read_icc(facts, Source(whole, f"{source.where} APP2 ICC", groups["ICC"][0][0] + 18, len(groups["ICC"]) == 1))
    if groups["Photoshop"]:
        at = groups["Photoshop"][0][0]
        whole = b"".join(body[14:] for _, body in groups["Photoshop"])
        part = Source(whole, f"{source.where} APP13", at + 18, len(groups["Photoshop"]) == 1)
        read_payloads(facts, {"Photoshop": part})
    if groups["FlashPix"]:
        size = sum(len(body) for _, body in groups["FlashPix"])
        facts.add("other", "FlashPix data", f"{size} bytes", f"{source.where} APP2", groups["FlashPix"][0][0])
    for at, box in join_segments(groups["JUMBF"]):
        read_jumbf(facts, Source(box, f"{source.where} APP11 JUMBF", at, False))


def _read_other(facts: Facts, kind: str, body: bytes, source: Source) -> None:
    where, at = source.where, source.base
    if where.endswith("COM"):
        facts.add("comment", "JPEG comment", decode(body), where, at)
    elif kind in _COUNTED:
        facts.add(*_COUNTED[kind], f"{len(body)} bytes", where, at)
    elif kind == "JFIF":
        if body[12:14] not in (b"\0\0", b""):
            facts.add("thumbnail", "JFIF thumbnail", f"{body[12]} x {body[-1]} pixels", where, at)
    elif kind == "MPF second pictures":
        _read_pictures(facts, source)
    elif kind == "Meta":
        read_exif(facts, Source(body[6:], f"{where} Meta", at + 6, source.exact))
    elif where.endswith("APP12") and b"=" in body and body.strip(b"\0").isascii():
        facts.add("maker note", "picture information", f"{len(body)} bytes", where, at)
        _read_picture_info(facts, body, source)
    elif kind != "Adobe":  # which only says how the colours are coded
        readable = decode(body[:200]) if looks_like(body) == "text" else f"{len(body)} bytes ({looks_like(body)})"
        unique = body.startswith((b"ssuniqueid", b"#UUID"))
        facts.add("serial" if unique else "other", kind or "unknown segment", readable, where, at)


_COUNTED = {
    "JFXX thumbnail": ("thumbnail", "JFXX thumbnail"),
    "FLIR thermal data": ("second picture", "FLIR thermal picture"),
    "JPEG-HDR second picture": ("second picture", "JPEG-HDR ratio picture"),
    "Casio QVCI": ("maker note", "Casio"),
    "CIFF": ("maker note", "Canon CIFF"),
    "Ricoh RMETA": ("maker note", "Ricoh"),
}
_INFO = {"Serial#": ("serial", "serial number"), "ID": ("device", "camera ID"), "Type": ("device", "camera type"),
         "Version": ("device", "firmware"), "TimeDate": ("date", "date")}  # fmt: skip


def _read_picture_info(facts: Facts, body: bytes, source: Source) -> None:
    for line in decode(body).replace("\r", "\n").split("\n"):
        key, _, value = line.partition("=")
        if key.strip() in _INFO and value.strip():
            group, label = _INFO[key.strip()]
            facts.add(group, label, value, source.where, source.base)


def _read_pictures(facts: Facts, source: Source) -> None:
    """Add the further pictures that a multi-picture index (CIPA DC-007) lists."""
    tiff = walk(source.data, 4)
    directory = tiff.directory("IFD0")
    entries = directory.tag(0xB002) if directory else None
    raw = tiff.raw(entries) if entries else b""
    for index in range(1, min(len(raw) // 16, 100)):
        size = number(raw, index * 16 + 4, 4, tiff.order)
        place = number(raw, index * 16 + 8, 4, tiff.order)
        value = f"{size} bytes at {source.at(4) + place}"
        facts.add("second picture", f"picture {index + 1} of the index", value, source.where, source.base)
    if len(raw) < 32:
        facts.add("second picture", "multi-picture index", f"{len(source.data)} bytes", source.where, source.base)
    identity = directory.tag(0xB003) if directory else None
    if identity and identity.size:
        facts.add("serial", "picture unique IDs", f"{identity.size} bytes", source.where, source.at(identity.offset))
