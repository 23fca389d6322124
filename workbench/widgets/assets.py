"""The text of a widget's ES module and style, each joined with the parts that it shares with others.

The front end loads a widget's module as text, where ``./other.js`` cannot resolve. The sources are
plain ES modules that import one another all the same, which every editor and browser understands;
here each such import is replaced by the text it names, once. Nothing is transformed or minified.
"""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)


@cache
def script(name: str) -> str:
    """Return the module ``static/<name>.js`` with the modules that it imports put before it."""
    joined: dict[str, str] = {}
    _collect(name, joined)
    return "\n".join(joined.values())


def _collect(name: str, joined: dict[str, str]) -> None:
    text = (STATIC / f"{name}.js").read_text("utf-8")
    for other in _IMPORT.findall(text):
        if other not in joined:
            _collect(other, joined)
    joined[name] = _IMPORT.sub("", text)


@cache
def style(*names: str) -> str:
    """Return ``static/base.css`` followed by each ``static/<name>.css``."""
    return "\n".join((STATIC / f"{part}.css").read_text("utf-8") for part in ("base", *names))
