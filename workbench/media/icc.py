"""ICC profiles of the matrix/TRC and grey kind, taken apart and rebuilt with nothing but what defines colour.

A rebuilt profile holds no date, device, maker, creator, ID or private tag. Layout: ICC.1:2022.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""``(3, 3)``; the columns are the XYZ of red, green and blue under D50"""
D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
MAX_TABLE = 4096
"""entries; a longer tone curve is not kept"""
_PARAMETERS = (1, 3, 4, 5, 7)
"""how many numbers the parametric curve types 0 to 4 have"""


@dataclass(frozen=True)
class Curve:
    """A tone curve: a table of 16-bit values, or the function of a parametric type."""

    table: tuple[int, ...] = ()
    kind: int = 0
    parameters: tuple[float, ...] = (1.0,)

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return linear light, 0..1, of encoded values, 0..1."""
        if self.table:
            grid = np.linspace(0, 1, len(self.table))
            return np.interp(values, grid, np.array(self.table) / 65535)
        gamma, a, b, c, d, e, f = [*self.parameters, *(0.0,) * (7 - len(self.parameters))]
        if self.kind == 0:
            return np.power(values, gamma)
        power = np.power(np.maximum(a * values + b, 0), gamma)
        if self.kind == 1:
            return np.where(values >= -b / a, power, 0)
        if self.kind == 2:
            return np.where(values >= -b / a, power + c, c)
        return np.where(values >= d, power + (e if self.kind == 4 else 0), c * values + (f if self.kind == 4 else 0))

    def encoded(self) -> bytes:
        """Return the bytes of the tag."""
        if self.table:
            return struct.pack(f">4s4xI{len(self.table)}H", b"curv", len(self.table), *self.table)
        if self.kind == 0:
            # As an 8.8 number, which profiles of version 2 know too.
            return struct.pack(">4s4xIH", b"curv", 1, round(self.parameters[0] * 256))
        return struct.pack(">4s4xH2x", b"para", self.kind) + _fixed(self.parameters)


SRGB_CURVE = Curve(kind=3, parameters=(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
REC709_CURVE = Curve(kind=3, parameters=(1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081))


@dataclass(frozen=True)
class Space:
    """An RGB space: a matrix and three tone curves; or a grey one, where the matrix is None."""

    matrix: Matrix | None
    curves: tuple[Curve, ...]


def matrix_of(primaries: Sequence[tuple[float, float]], white: tuple[float, float]) -> Matrix:
    """Return the D50 matrix of an RGB space from the chromaticities (x, y) of its primaries and white.

    Lindbloom's derivation with the Bradford adaptation, as ICC.1 Annex E has it.
    """
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    source = np.array([white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]])
    scaled = columns * np.linalg.solve(columns, source)
    cones = np.diag((_BRADFORD @ D50) / (_BRADFORD @ source))
    return np.asarray(np.linalg.inv(_BRADFORD) @ cones @ _BRADFORD @ scaled)


def colour_space(icc: bytes) -> str:
    """Return the profile's device space in four letters, such as "RGB " or "GRAY"; empty when it is no profile."""
    return icc[16:20].decode("latin-1") if len(icc) >= 128 and icc[36:40] == b"acsp" else ""


def parse(icc: bytes) -> Space | None:
    """Return the space that a profile describes, or None when it is of another kind or broken.

    A profile with lookup tables is another kind: its matrix, if any, is not what readers use.
    """
    try:
        tags = _tags(icc)
        if icc[20:24] != b"XYZ " or any(name.startswith((b"A2B", b"D2B")) for name in tags):
            return None
        if icc[16:20] == b"GRAY":
            return Space(None, (_curve(tags[b"kTRC"]),))
        if icc[16:20] != b"RGB ":
            return None
        columns = [_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
        curves = tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (KeyError, ValueError, struct.error, ZeroDivisionError):
        return None
    matrix = np.array(columns).T
    return Space(matrix, curves) if abs(np.linalg.det(matrix)) > 1e-4 else None


def build(space: Space) -> bytes:
    """Return a profile that holds `space` and nothing else; equal spaces give equal bytes."""
    if space.matrix is None:
        tags = {b"kTRC": space.curves[0].encoded()}
    else:
        names = (b"rXYZ", b"gXYZ", b"bXYZ")
        tags = {
            name: b"XYZ \0\0\0\0" + _fixed(column) for name, column in zip(names, space.matrix.T.tolist(), strict=True)
        }
        tags |= {name: curve.encoded() for name, curve in zip((b"rTRC", b"gTRC", b"bTRC"), space.curves, strict=True)}
    tags |= {b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50.tolist()), b"desc": _text("RGB"), b"cprt": _text("None")}
    header = struct.pack(
        ">I4xI4s4s4s12x4s28x", 0, 0x04300000, b"mntr", b"RGB " if space.matrix is not None else b"GRAY",
        b"XYZ ", b"acsp",
    ) + _fixed(D50.tolist())  # fmt: skip
    return _assembled(header.ljust(128, b"\0"), tags)


def _assembled(header: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    at = 128 + 4 + 12 * len(tags)
    table, body, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    for name in sorted(tags):
        content = tags[name]
        if content not in places:
            places[content] = at + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    whole = header + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def _tags(icc: bytes) -> dict[bytes, bytes]:
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise ValueError("not a profile")
    count = int.from_bytes(icc[128:132], "big")
    if count > 200:
        raise ValueError("too many tags")
    rows = (struct.unpack_from(">4sII", icc, 132 + 12 * row) for row in range(count))
    return {name: icc[at : at + size] for name, at, size in rows if at + size <= len(icc)}


def _xyz(tag: bytes) -> list[float]:
    if tag[:4] != b"XYZ ":
        raise ValueError("not a colour")
    return [part / 65536 for part in struct.unpack_from(">3i", tag, 8)]


def _curve(tag: bytes) -> Curve:
    if tag[:4] == b"curv":
        count = int.from_bytes(tag[8:12], "big")
        if count == 0:
            return Curve()
        if count == 1:
            return Curve(parameters=(struct.unpack_from(">H", tag, 12)[0] / 256,))
        if count > MAX_TABLE:
            raise ValueError("too long a curve")
        return Curve(table=struct.unpack_from(f">{count}H", tag, 12))
    if tag[:4] != b"para":
        raise ValueError("not a curve")
    kind = int.from_bytes(tag[8:10], "big")
    if kind >= len(_PARAMETERS):
        raise ValueError("unknown curve")
    numbers = struct.unpack_from(f">{_PARAMETERS[kind]}i", tag, 12)
    if kind in (1, 2) and numbers[1] == 0:
        raise ValueError("a curve without a slope")
    return Curve(kind=kind, parameters=tuple(part / 65536 for part in numbers))


def _fixed(values: Sequence[float]) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _text(words: str) -> bytes:
    coded = words.encode("utf-16-be")
    return struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(coded), 28) + coded


def _known(primaries: Sequence[tuple[float, float]], white: tuple[float, float], curve: Curve) -> bytes:
    return build(Space(matrix_of(primaries, white), (curve,) * 3))


_D65 = (0.3127, 0.3290)
SRGB_PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3_PRIMARIES = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
REC2020_PRIMARIES = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
SRGB = _known(SRGB_PRIMARIES, _D65, SRGB_CURVE)
DISPLAY_P3 = _known(P3_PRIMARIES, _D65, SRGB_CURVE)
ADOBE_RGB = _known(((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), _D65, Curve(parameters=(563 / 256,)))
REC2020 = _known(REC2020_PRIMARIES, _D65, REC709_CURVE)
PROPHOTO = _known(((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), (0.34567, 0.35850), Curve(parameters=(1.8,)))
WIDE = (DISPLAY_P3, ADOBE_RGB, REC2020, PROPHOTO)
"""well-known wide spaces; a profile that is as good as one of them is written as that one"""


def from_chromaticities(chroma: Sequence[float], gamma: float) -> bytes:
    """Return a profile from PNG's cHRM (white, red, green, blue x and y) and gAMA (encoding exponent).

    Raises
    ------
    ValueError
        When the numbers describe no colour space.
    """
    points = [(chroma[at], chroma[at + 1]) for at in range(0, 8, 2)]
    if any(not (0 < y <= 1 and 0 <= x <= 1) for x, y in points) or not 0.1 <= gamma <= 10:
        raise ValueError("no colour space")
    try:
        return _known(points[1:], points[0], Curve(parameters=(1 / gamma,)))
    except np.linalg.LinAlgError:
        raise ValueError("no colour space") from None


def from_code_points(primaries: int, transfer: int) -> bytes | None:
    """Return a profile for the code points of ITU-T H.273 (AVIF, HEIF, PNG cICP); None for sRGB-like ones."""
    points = {9: REC2020_PRIMARIES, 11: P3_PRIMARIES, 12: P3_PRIMARIES}.get(primaries, SRGB_PRIMARIES)
    # The BT.709 camera curve is shown like sRGB's by common viewers; only the plain powers are honoured.
    powers = {4: 2.2, 5: 2.8, 8: 1.0}
    curve = Curve(parameters=(powers[transfer],)) if transfer in powers else SRGB_CURVE
    profile = _known(points, _D65, curve)
    return None if profile == SRGB else profile
