"""What XMP packets disclose (ISO 16684-1), including extended XMP and the schemas of cameras, drones and editors."""

import re
from itertools import islice
from xml.etree import ElementTree

from workbench.media.facts import Facts, Source

MAX_XMP = 16 << 20
"""Bytes; a longer packet is counted, not read."""
_PREFIXES = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/g/img/": "xmpGImg",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
    "http://ns.microsoft.com/photo/1.2/": "MP",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.google.com/photos/1.0/depthmap/": "GDepth",
    "http://ns.google.com/photos/1.0/image/": "GImage",
    "http://ns.google.com/photos/1.0/container/": "Container",
    "http://www.dji.com/drone-dji/1.0/": "drone-dji",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://ns.acdsee.com/iptc/1.0/": "acdsee",
    "http://ns.adobe.com/xmp/sType/Area#": "stArea",
    "http://ns.microsoft.com/photo/1.2/t/RegionInfo#": "MPRI",
    "http://ns.microsoft.com/photo/1.2/t/Region#": "MPReg",
    "adobe:ns:meta/": "x",
}
# By the property's own name, first match wins.
_RULES = (
    ("thumbnail", re.compile(r"thumbnails?$|^image$|preview.*(image|data)$", re.I)),
    ("second picture", re.compile(r"^(GDepth|GImage|Container|GAudio|hdrgm)$|motionphoto|microvideo", re.I)),
    ("GPS", re.compile(r"^gps|latitude|longitude|altitude|^(city|country|state|location|sublocation|worldregion|"
                       r"provincestate|countrycode|countryname)$|(gimbal|flight).*(yaw|pitch|roll|degree)", re.I)),
    ("serial", re.compile(r"serial|documentid|instanceid|uniqueid|digest|^guid$|identifier|^lensid$|^cameraid$|"
                          r"assetid", re.I)),
    ("date", re.compile(r"date|^when$|timestamp|time(original|digitized|zone)?$", re.I)),
    ("person", re.compile(r"^(creator|artist|ownername|cameraownername|person.*|rights|copyright.*|credit|author.*|"
                          r"captionwriter|byline|usageterms|webstatement|owner|licensor.*|ci(adr|email|tel|url).*|"
                          r"rectangle|source|modelrelease.*|.*face.*|marked|photographer)$", re.I)),
    ("device", re.compile(r"^(make|model|software|creatortool|softwareagent|lens.*|firmware.*|hostcomputer|.*camera.*|"
                          r"dronemodel|productname|toolkit|xmptk)$", re.I)),
    ("comment", re.compile(r"^(description|title|headline|usercomment|subject|keywords?|caption|instructions|label|"
                           r"event|hierarchicalsubject|lastkeyword.*|tagslist|categories|catalogsets|"
                           r"parameters|prompt)$", re.I)),
)  # fmt: skip
_DEGREES = re.compile(r"^\s*(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])\s*$")


def read_xmp(facts: Facts, source: Source) -> None:
    """Add what one XMP packet discloses. A packet that declares entities or a document type is not parsed."""
    where, at = source.where, source.base
    facts.add("XMP", "XMP packet", f"{len(source.data)} bytes", where, at)
    if len(source.data) > MAX_XMP:
        facts.add("other", "XMP not read", f"longer than {MAX_XMP} bytes", where, at)
        return
    text = _text(source.data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        facts.add("other", "XMP not read", "it declares entities, which no camera or editor does", where, at)
        return
    try:
        # Entities are refused above and the size is bounded: the standard parser cannot be made to expand anything.
        root = ElementTree.fromstring(text)  # noqa: S314
    except (ElementTree.ParseError, ValueError, RecursionError):
        _read_broken(facts, text, source)
        return
    for path, value in _flatten(root):
        _classify(facts, path, value, source)


def _text(data: bytes) -> str:
    head = data[:4]
    encoding = "utf-8"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif head[:1] == b"\0":
        encoding = "utf-16-be" if head[1:2] != b"\0" else "utf-32-be"
    elif head[1:2] == b"\0":
        encoding = "utf-16-le" if head[2:3] != b"\0" else "utf-32-le"
    text = data.decode(encoding, "replace").strip("\ufeff\0 \r\n\t")
    start = min(
        (at for at in (text.find("<x:xmpmeta"), text.find("<xmp:"), text.find("<rdf:RDF")) if at >= 0), default=-1
    )
    if start >= 0:
        ends = [at + len(mark) for mark in ("</x:xmpmeta>", "</rdf:RDF>") if (at := text.rfind(mark)) >= 0]
        end = max(ends, default=len(text))
        between = text[:start]
        text = text[start:end] if "<!" not in between else text
    return text


def _local(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition("}")
    space = space.removeprefix("{")
    # Of an unknown name space the last part that is not a version number.
    parts = [part for part in space.rstrip("/#").split("/") if part and not part[0].isdigit()]
    return _PREFIXES.get(space, parts[-1] if parts else ""), local


def _flatten(root: ElementTree.Element) -> list[tuple[str, str]]:
    """Return every property with its path, without RDF's own wrapping."""
    found: list[tuple[str, str]] = []
    stack: list[tuple[ElementTree.Element, str]] = [(root, "")]
    while stack and len(found) < 20_000:
        element, path = stack.pop()
        prefix, local = _local(element.tag)
        inner = path if prefix in ("rdf", "x", "meta", "") else f"{path}/{prefix}:{local}"
        for name, value in element.attrib.items():
            space, key = _local(name)
            if space not in ("rdf", "xml", "") or key == "resource":
                found.append((f"{inner}/{space}:{key}", value))
        children = list(element)
        if element.text and element.text.strip() and not children:
            found.append((inner, element.text.strip()))
        if inner.count("/") < 40:
            stack.extend((child, inner) for child in reversed(children))
    return found


def _classify(facts: Facts, path: str, value: str, source: Source) -> None:
    if not value or not path:
        return
    names = [part for part in path.split("/") if part]
    prefix, _, local = names[-1].partition(":")
    group = _group(names, prefix, local)
    label = (
        " ".join(names[-2:])
        if len(names) > 1 and prefix in ("stEvt", "stRef", "xmpGImg", "mwg-rs", "MP", "stArea")
        else names[-1]
    )
    if group == "GPS":
        label, value = _position(local, value, label)
    elif group in ("thumbnail", "second picture") and len(value) > 200:
        value = f"{len(value) * 3 // 4} bytes"
    facts.add(group, label, value, source.where, source.base)


def _group(names: list[str], prefix: str, local: str) -> str:
    if prefix == "crs" or local.lower() in ("xmlns",):
        return "other"
    if any(name.startswith(("mwg-rs:", "MP:", "MPRI:", "MPReg:")) for name in names) and local.lower() in (
        "name", "persondisplayname", "personemaildigest", "type", "rectangle",
    ):  # fmt: skip
        return "person"
    for group, pattern in _RULES:
        if pattern.search(local) or (group == "second picture" and pattern.search(prefix)):
            return group
    parents = " ".join(names[:-1])
    if "PersonInImage" in parents or "CreatorContactInfo" in parents or parents.endswith(("dc:creator", "dc:rights")):
        return "person"
    return "GPS" if "Iptc4xmpExt:Location" in parents else "other"


def _position(local: str, value: str, label: str) -> tuple[str, str]:
    """Return label and value of something about a place, with coordinates in decimal degrees."""
    kind = next(
        (name for name in ("latitude", "longitude") if name in local.lower() or f"{name[:-1]}" in local.lower()), ""
    )
    kind = kind or ("longitude" if "longtitude" in local.lower() else "")
    if not kind or "ref" in local.lower():
        return label, value
    match = _DEGREES.match(value)
    if match:
        degrees = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
        return f"{kind} ({label})", f"{-degrees if match[4] in 'SW' else degrees:.6f}°"
    try:
        return f"{kind} ({label})", f"{float(value):.6f}°"
    except ValueError:
        return f"{kind} ({label})", value


_BROKEN = re.compile(r"""(?:<|\s)([A-Za-z][\w-]*):([A-Za-z]\w*)(?:="([^"]{1,300})"|>([^<]{1,300})<)""")


def _read_broken(facts: Facts, text: str, source: Source) -> None:
    """Add what can be picked out of a packet that is not well-formed XML."""
    facts.add("other", "XMP is damaged", "only what could be picked out of it is listed", source.where, source.base)
    for match in islice(_BROKEN.finditer(text), 2000):
        if match[1] not in ("xmlns", "rdf", "xml", "x"):
            _classify(facts, f"{match[1]}:{match[2]}", (match[3] or match[4]).strip(), source)
