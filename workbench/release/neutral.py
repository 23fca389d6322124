"""Take the source's names out of sentences that leave with a release."""

import re
from pathlib import PurePosixPath

from workbench.disk import printable

THE_FILE = "the file"
GENERIC = "the file could not be handled; the case holds the full reason"
_OWN_WORDS = set(
    re.findall(
        r"\w+",
        """
        alpha audio blank broken bomb camera clip colour corrupt cut damaged depth document empty face file frame
        frames gif gps grey huge icc image invalid jpeg jpg large layer link metadata missing movie name page person
        photo picture pictures pixel pixels plate png profile screen size small sound stream text thumbnail time times
        track tiff tiny truncated unreadable unsupported video videos voice webp whiteboard wrong zero
        """,
    )
)
"""words of our own sentences: as a file's name they tell nothing about anybody, and replacing them spoils the sense"""
_SUFFIXES = (
    "jpe?g|jfif|png|apng|webp|tiff?|bmp|gif|hei[cf]|avif|"
    "mp4|m4v|mov|qt|3gp|mkv|avi|webm|m?ts|m2ts|mpe?g|wmv|flv|mxf|ogv|pt|onnx|toml"
)
_MARK = "\0"
_PATH = re.compile(r"""(?<![\w/\\.])(?:[A-Za-z]:)?[/\\](?![\s/\\])[^\s'"«»“”,;)]*""")
_BEFORE = r"""(?:(?<![\w.])(?:[A-Za-z]:)?[/\\].*?[/\\]|[^\s'"«»“”]*[/\\])?"""
"""the folders before a known name: from the root on they may have spaces"""
_PICTURE = re.compile(rf"""[^\s'"«»“”/\\]+\.(?:{_SUFFIXES})(?!\w)""", re.IGNORECASE)


def neutral(sentence: str, asset: str) -> str:
    """Return `sentence` without anything that names the source.

    Parameters
    ----------
    sentence : str
        An error or a note about one asset; it may quote its name, its path or parts of it.
    asset : str
        The asset's relative POSIX path.

    Notes
    -----
    Paths of any machine and names that look like a picture's go as well. Where a part of the
    asset's name is still recognisable afterwards, the whole sentence gives way to a general one.
    """
    result = sentence
    for name in _whole_names(asset):
        result = re.sub(_BEFORE + re.escape(name) + r"(?!\w)", _MARK, result, flags=re.IGNORECASE | re.DOTALL)
    for part in _parts(asset):
        result = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", _MARK, result, flags=re.IGNORECASE)
    result = _PICTURE.sub(_MARK, _PATH.sub(_MARK, result))
    result = re.sub(rf"""['"«“]{_MARK}['"»”]""", _MARK, result)
    result = re.sub(rf"{_MARK}(?:[\s/\\]*{_MARK})*", THE_FILE, result)
    if any(len(part) > 3 and part.casefold() in result.casefold() for part in _parts(asset)):
        result = GENERIC
    result = printable(result)
    return result[:1].upper() + result[1:]


def neutral_text(text: str) -> str:
    """Return a technical text, such as a detector's fingerprint, without any absolute path."""
    return printable(_PATH.sub("…", text))


def _whole_names(asset: str) -> list[str]:
    """Return the spellings of the whole asset, the longest first."""
    path = PurePosixPath(asset)
    names = {asset, path.name, asset.replace("/", "\\")}
    names |= {spelt for name in names for spelt in (ascii(name)[1:-1], repr(name)[1:-1], printable(name))}
    return sorted((name for name in names if name), key=len, reverse=True)


def _parts(asset: str) -> list[str]:
    """Return stems and folder names that could tell who or what is in the picture."""
    path = PurePosixPath(asset)
    parts = {path.stem, *path.parent.parts} - {"/", ".", ".."}
    parts |= {printable(part) for part in parts}
    telling = [part for part in parts if len(part) > 2 and part.casefold() not in _OWN_WORDS]
    return sorted((part for part in telling if not part.isdigit() or len(part) > 3), key=len, reverse=True)
