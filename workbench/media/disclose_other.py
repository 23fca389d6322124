"""What the chunks of WebP, the extensions of GIF, the tags of TIFF and the profile of BMP files disclose."""

from workbench.media.bytewise import Block
from workbench.media.disclose_jpeg import read_payloads
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_exif import read_exif
from workbench.media.facts_icc import read_icc
from workbench.media.facts_xmp import read_xmp


def disclose_webp(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add what the chunks of a WebP file disclose."""
    for block in blocks:
        part = source.part(block.offset + 8, block.size - 8, block.name)
        if block.name == "EXIF":
            head = 6 if part.data.startswith(b"Exif\0\0") else 0
            read_payloads(facts, {"Exif": Source(part.data[head:], part.where, part.base + head)})
        elif block.name in ("XMP", "ICC", "C2PA"):
            read_payloads(facts, {block.name: part})
        elif not block.essential and not block.name.startswith(("trailer", "padding")):
            facts.add("other", f"chunk {block.name}", f"{len(part.data)} bytes", part.where, source.at(block.offset))


def disclose_gif(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add what the extensions of a GIF file disclose."""
    for block in blocks:
        whole = source.data[block.offset : block.offset + block.size]
        where, at = f"{source.where} {block.name}", source.at(block.offset)
        if block.name in ("comment", "plain text"):
            facts.add("comment", f"GIF {block.name}", decode(_joined(whole, 2)), where, at)
        elif block.name.startswith("application XMP DataXMP"):
            read_xmp(facts, source.made(whole[14:-258], "XMP"))
        elif block.name.startswith("application ICCRGBG1012"):
            read_icc(facts, Source(_joined(whole, 14), f"{where} ICC", at, False))
        elif block.name.startswith("application C2PA_GIF"):
            read_payloads(facts, {"C2PA": Source(_joined(whole, 14), where, at, False)})
        elif block.name.startswith("application"):
            facts.add("other", f"GIF {block.name}", f"{block.size} bytes", where, at)


def _joined(block: bytes, start: int) -> bytes:
    pieces = []
    while start < len(block) and block[start]:
        pieces.append(block[start + 1 : start + 1 + block[start]])
        start += 1 + block[start]
    return b"".join(pieces)


def disclose_tiff(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add what the tags of a TIFF file disclose, and the slack between them."""
    read_payloads(facts, read_exif(facts, source, file_is_tiff=True))
    loose = [block for block in blocks if block.name == "bytes that nothing refers to"]
    if loose:
        size = sum(block.size for block in loose)
        facts.add("trailer", "bytes that no tag refers to", f"{size} bytes", source.where, loose[0].offset)


def disclose_bmp(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add the colour profile of a Windows bitmap."""
    for block in blocks:
        if block.name == "ICC":
            read_icc(facts, source.part(block.offset, block.size, "ICC"))
