"""Small picture files with a canary planted in one slot each, and the same files clean."""

import io
import struct
import zlib

import numpy as np
import piexif
import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

pillow_heif.register_heif_opener()
CANARY = "canary-7f3a91"
RAW = CANARY.encode()
WIDTH, HEIGHT = 48, 32
LATITUDE, LONGITUDE = -33.856784, 151.215297


def picture(mode="RGB", shift=0):
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    image = np.stack([rows * 7 + shift, columns * 5, rows + columns], axis=2) % 256
    return Image.fromarray(image.astype(np.uint8)).convert(mode)


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segment(jpeg, marker, body):
    """Put a segment in front of the quantisation tables."""
    at = jpeg.index(b"\xff\xdb")
    return jpeg[:at] + segment(marker, body) + jpeg[at:]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(png, kind, body):
    at = png.index(b"IDAT") - 4
    return png[:at] + chunk(kind, body) + png[at:]


def box(kind, body):
    return struct.pack(">I", len(body) + 8) + kind + body


def with_riff_chunk(webp, kind, body):
    whole = webp + kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def xmp(body=""):
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        f'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmpMM:DocumentID="{CANARY}">{body}'
        f"<dc:creator><rdf:Seq><rdf:li>{CANARY}</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def resources(*parts):
    """Photoshop image resources from pairs of number and bytes."""
    pieces = [b"8BIM" + struct.pack(">HHI", key, 0, len(body)) + body + b"\0" * (len(body) % 2) for key, body in parts]
    return b"Photoshop 3.0\0" + b"".join(pieces)


def iptc(dataset, text):
    return struct.pack(">BBBH", 0x1C, 2, dataset, len(text)) + text


def exif(**directories):
    return piexif.dump({"0th": {}, "Exif": {}, "GPS": {}, "1st": {}, "thumbnail": None, **directories})


def rational(degrees):
    whole = abs(degrees)
    return ((int(whole), 1), (int(whole * 60 % 60), 1), (round(whole * 3600 % 60 * 10000), 10000))


def gps():
    return {
        piexif.GPSIFD.GPSLatitudeRef: b"S",
        piexif.GPSIFD.GPSLatitude: rational(LATITUDE),
        piexif.GPSIFD.GPSLongitudeRef: b"E",
        piexif.GPSIFD.GPSLongitude: rational(LONGITUDE),
        piexif.GPSIFD.GPSAltitude: (25, 1),
        piexif.GPSIFD.GPSProcessingMethod: b"ASCII\0\0\0" + RAW,
    }


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def clean():
    """One clean file of every format, by name."""
    plain = picture()
    pages = {"save_all": True, "append_images": [picture(shift=90)]}
    return {
        "jpeg": saved(plain, "JPEG", quality=85),
        "jpeg progressive": saved(plain, "JPEG", quality=90, progressive=True, optimize=True, subsampling=2),
        "jpeg grey": saved(picture("L"), "JPEG"),
        "png": saved(plain, "PNG"),
        "png palette": saved(picture("P"), "PNG"),
        "png alpha": saved(picture("RGBA"), "PNG"),
        "webp": saved(plain, "WEBP"),
        "webp lossless": saved(picture("RGBA"), "WEBP", lossless=True),
        "tiff": saved(plain, "TIFF"),
        "tiff lzw": saved(plain, "TIFF", compression="tiff_lzw"),
        "tiff deflate": saved(plain, "TIFF", compression="tiff_adobe_deflate"),
        "tiff jpeg": saved(plain, "TIFF", compression="jpeg"),
        "gif": saved(picture("P"), "GIF"),
        "bmp": saved(plain, "BMP"),
        "bmp palette": saved(picture("P"), "BMP"),
        "heic": saved(plain, "HEIF", quality=80),
        "avif": saved(plain, "AVIF", speed=10),
        "avif alpha": saved(picture("RGBA"), "AVIF", speed=10),
        "apng animated": saved(plain, "PNG", **pages, duration=100),
        "gif animated": saved(plain, "GIF", **pages, duration=100, loop=0),
        "webp animated": saved(plain, "WEBP", **pages, duration=100),
        "tiff pages": saved(plain, "TIFF", **pages),
    }


def _planted_jpeg():
    plain = saved(picture(), "JPEG", quality=85)
    thumbnail = saved(picture().resize((24, 16)), "JPEG", comment=RAW)
    key = b"http://ns.adobe.com/xap/1.0/\0"
    extension = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(xmp()), 0)
    raw_thumbnail = struct.pack(">IIIIIIHH", 1, 24, 16, 72, 1152, len(thumbnail), 24, 1) + thumbnail

    def tagged(**directories):
        file = io.BytesIO()
        piexif.insert(exif(**directories), plain, file)
        return file.getvalue()

    second = saved(picture(), "MPO", save_all=True, append_images=[picture(shift=90)])
    jumbf = box(b"jumb", box(b"jumd", b"json\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa.made.up\0") + box(
        b"json", b'{"author": [{"name": "' + RAW + b'"}]}'))  # fmt: skip
    return {
        "exif artist": (tagged(**{"0th": {piexif.ImageIFD.Artist: RAW}}), "person", True),
        "exif camera": (tagged(**{"0th": {piexif.ImageIFD.Model: RAW}}), "device", True),
        "exif date": (tagged(Exif={piexif.ExifIFD.DateTimeOriginal: b"2031:02:03 04:05:06"}), "date", False),
        "exif serial": (tagged(Exif={piexif.ExifIFD.BodySerialNumber: RAW}), "serial", True),
        "exif comment": (tagged(Exif={piexif.ExifIFD.UserComment: b"ASCII\0\0\0" + RAW}), "comment", True),
        "exif maker note": (tagged(Exif={piexif.ExifIFD.MakerNote: RAW * 5}), "maker note", False),
        "exif gps": (tagged(GPS=gps()), "GPS", True),
        "exif thumbnail": (tagged(**{"1st": {259: 6}, "thumbnail": thumbnail}), "thumbnail", False),
        "xmp": (with_segment(plain, 0xE1, key + xmp()), "XMP", True),
        "extended xmp": (with_segment(plain, 0xE1, extension + xmp()), "XMP", True),
        "iptc": (with_segment(plain, 0xED, resources((0x0404, iptc(80, RAW)))), "person", True),
        "photoshop thumbnail": (with_segment(plain, 0xED, resources((0x040C, raw_thumbnail))), "thumbnail", False),
        "comment": (saved(picture(), "JPEG", comment=RAW), "comment", True),
        "jfif thumbnail": (plain[:18] + b"\1\1" + RAW[:3] + plain[20:], "thumbnail", False),
        "unknown segment": (with_segment(plain, 0xE9, RAW), "other", True),
        "colour profile": (saved(picture(), "JPEG", icc_profile=profile()), "colour profile", False),
        "second picture": (second, "second picture", False),
        "c2pa": (with_segment(plain, 0xEB, b"JP\0\1\0\0\0\1" + jumbf), "person", True),
        "trailer": (plain + RAW, "trailer", False),
        "motion photo": (plain + box(b"ftyp", b"mp42\0\0\0\0") + box(b"mdat", RAW), "second picture", False),
        "between segments": (plain[:20] + RAW + plain[20:], "trailer", False),
    }  # fmt: skip


def _planted_png():
    plain = saved(picture(), "PNG")
    text = PngImagePlugin.PngInfo()
    text.add_itxt("Author", CANARY, zip=True)
    hexadecimal = b"\nexif\n" + b"%8d\n" % len(exif(**{"0th": {315: RAW}})) + exif(**{"0th": {315: RAW}}).hex().encode()
    packed = b"Raw profile type exif\0\0" + zlib.compress(hexadecimal)
    start = plain.index(b"IDAT") - 4
    size = struct.unpack(">I", plain[start : start + 4])[0]
    tail = plain[:start] + chunk(b"IDAT", plain[start + 8 : start + 8 + size] + RAW) + plain[start + 12 + size :]
    return {
        "png text": (with_chunk(plain, b"tEXt", b"Comment\0" + RAW), "comment", True),
        "png packed text": (with_chunk(plain, b"zTXt", b"Comment\0\0" + zlib.compress(RAW)), "comment", True),
        "png international text": (saved(picture(), "PNG", pnginfo=text), "person", True),
        "png raw profile": (with_chunk(plain, b"zTXt", packed), "person", True),
        "png xmp": (with_chunk(plain, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp()), "XMP", True),
        "png exif": (with_chunk(plain, b"eXIf", exif(**{"0th": {315: RAW}})[6:]), "person", True),
        "png time": (with_chunk(plain, b"tIME", b"\x07\xef\2\3\4\5\6"), "date", False),
        "png profile": (saved(picture(), "PNG", icc_profile=profile()), "colour profile", False),
        "png unknown chunk": (with_chunk(plain, b"caNa", RAW), "other", False),
        "png trailer": (plain + RAW, "trailer", False),
        "png behind the pixels": (tail, "trailer", False),
    }


def _planted_gif_webp():
    gif = saved(picture("P"), "GIF")
    webp = saved(picture(), "WEBP")
    tagged = exif(**{"0th": {piexif.ImageIFD.Artist: RAW}})
    at = 13 + (3 << (gif[10] & 7) + 1)  # behind the palette
    application = b"\x21\xff\x0bCANARYAP1.0" + bytes([len(RAW)]) + RAW + b"\0"
    packet = b"\x21\xff\x0bXMP DataXMP" + xmp() + b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return {
        "gif comment": (saved(picture("P"), "GIF", comment=RAW), "comment", True),
        "gif application": (gif[:at] + application + gif[at:], "other", False),
        "gif xmp": (gif[:at] + packet + gif[at:], "XMP", True),
        "gif trailer": (gif + RAW, "trailer", False),
        "webp exif": (saved(picture(), "WEBP", exif=tagged), "person", True),
        "webp xmp": (saved(picture(), "WEBP", xmp=xmp()), "XMP", True),
        "webp profile": (saved(picture(), "WEBP", icc_profile=profile()), "colour profile", False),
        "webp unknown chunk": (with_riff_chunk(webp, b"CANA", RAW), "other", False),
        "webp trailer": (webp + RAW, "trailer", False),
    }


def _planted_rest():
    tiff = saved(picture(), "TIFF")
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[315] = CANARY
    private = TiffImagePlugin.ImageFileDirectory_v2()
    private[65000] = CANARY
    bmp = saved(picture(), "BMP")
    heic, avif = saved(picture(), "HEIF", quality=80), saved(picture(), "AVIF", speed=10)
    tagged = exif(**{"0th": {piexif.ImageIFD.Artist: RAW}})
    media = heic.rindex(b"mdat") - 4
    longer = heic[:media] + struct.pack(">I", len(heic) - media + len(RAW)) + heic[media + 4 :] + RAW
    return {
        "tiff artist": (saved(picture(), "TIFF", tiffinfo=tags), "person", True),
        "tiff private tag": (saved(picture(), "TIFF", tiffinfo=private), "other", True),
        "tiff trailer": (tiff + RAW, "trailer", False),
        "tiff profile": (saved(picture(), "TIFF", icc_profile=profile()), "colour profile", False),
        "bmp trailer": (bmp + RAW, "trailer", False),
        "heic exif": (saved(picture(), "HEIF", exif=tagged), "person", True),
        "heic xmp": (saved(picture(), "HEIF", xmp=xmp()), "XMP", True),
        "heic second picture": (
            saved(picture(), "HEIF", save_all=True, append_images=[picture()]), "second picture", False,
        ),
        "heic uuid box": (heic + box(b"uuid", bytes(16) + RAW), "other", False),
        "heic free box": (heic + box(b"free", RAW), "trailer", False),
        "heic unreferenced bytes": (longer, "trailer", False),
        "avif exif": (saved(picture(), "AVIF", speed=10, exif=tagged), "person", True),
        "avif xmp": (saved(picture(), "AVIF", speed=10, xmp=xmp()), "XMP", True),
        "avif free box": (avif + box(b"free", RAW), "trailer", False),
        "avif clock": (
            saved(picture(), "AVIF", speed=10, save_all=True, append_images=[picture(shift=90)]), "date", False,
        ),
    }  # fmt: skip


def planted():
    """Each file with: its bytes, the group that must be disclosed, and whether the canary is readable in it."""
    return {**_planted_jpeg(), **_planted_png(), **_planted_gif_webp(), **_planted_rest()}
