"""The pages of a release, from its dossier: a report as HTML and as Markdown, a dataset card, a draft assessment.

All of them stand alone: no script, no external resource, and nothing that somebody typed can become markup.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from workbench.disk import printable
from workbench.release import report, wording
from workbench.release.dossier import Dossier
from workbench.values import Kind

REPORT_TEXT = "report.md"
CARD = "dataset-card.md"
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""the size categories of dataset cards"""


def report_html(dossier: Dossier) -> str:
    """Return the report as one page: no script, no external resource, printable, light and dark."""
    return report.render("release.html.j2", _facts(dossier))


def report_markdown(dossier: Dossier) -> str:
    """Return the same report as Markdown."""
    return _markdown("release.md.j2", _facts(dossier))


def dataset_card(dossier: Dossier) -> str:
    """Return a dataset card under the headings that Hugging Face and "Datasheets for Datasets" use."""
    manifest = dossier.manifest
    sides = [max(entry.width, entry.height) for entry in manifest.files]
    further = {
        "photos": len(manifest.photos),
        "video_count": len(manifest.videos),
        "video_frames": sum(entry.frames for entry in manifest.videos),
        "sides": f"{min(sides)} and {max(sides)} px" if sides else "none",
        "size_category": next((word for limit, word in _SIZES if len(sides) < limit), "n>1M"),
        "hidden_kinds": [str(kind) for kind in Kind if wording.rule(manifest, kind).get("hide")],
    }
    return _markdown("dataset-card.md.j2", {**_facts(dossier), **further})


def dpia_draft(dossier: Dossier) -> str:
    """Return a draft of an impact assessment as Markdown. PRIVATE: it quotes the record and stays in the case."""
    return _markdown("dpia-draft.md.j2", _facts(dossier))


def _facts(dossier: Dossier) -> dict[str, Any]:
    return {
        **report.run_facts(dossier.manifest, dossier.verification),
        "d": dossier,
        "unreleased": dossier.released is None,
    }


def _markdown(template: str, facts: Mapping[str, Any]) -> str:
    text = _environment().get_template(template).render(facts)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _environment() -> Environment:
    # Autoescaping is on so that a macro's text is known as text of ours; `finalize` has made all else harmless by then.
    environment = Environment(
        loader=PackageLoader("workbench.release"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {**report.FILTERS, "quoted": _quoted, "link": _link}
    return environment


def _harmless(value: Any) -> Markup:
    """Return a value as one line of Markdown in which nothing is markup."""
    if isinstance(value, Markup):
        return value
    line = " ".join(printable(part) for part in str(value).replace("\u00a0", " ").split())
    edges = str(value)
    start, end = (" " if edges[:1] == " " else ""), (" " if len(edges) > 1 and edges[-1:] == " " else "")
    return Markup(start + _SPECIAL.sub(r"\\\1", line) + end)  # noqa: S704  (escaped for Markdown on this very line)


def _quoted(text: str) -> Markup:
    """Return text of several lines as a quotation."""
    lines = [f"> {_harmless(line)}".rstrip() for line in text.strip().splitlines()]
    return Markup("\n".join(lines))  # noqa: S704  (each line is)


def _link(url: str) -> Markup:
    """Return an address of our own list as a link."""
    return Markup(f"<{url}>")  # noqa: S704
