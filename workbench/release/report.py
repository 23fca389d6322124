"""Pages for people: the report that travels with a release, and the private before/after page of a case.

Both stand alone: no external resource, and nothing in a name can become markup or run.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from workbench.disk import printable
from workbench.release import wording
from workbench.release.entries import Manifest
from workbench.release.verification import CHECKS, Verification
from workbench.values import Kind

MAX_NAMES = 60
"""a list of files in the report ends here; the manifest has them all"""
MAX_PAIRS = 24
"""pictures on a before/after page: it holds each twice"""
_WIPE = "this.closest('article').style.setProperty('--cut',this.value+'%')"
"""the only script of the private page; its hash is all that the page's policy allows to run"""


@dataclass(frozen=True)
class Pair:
    """One picture before and after."""

    name: str
    """the output's name"""
    before: bytes = field(repr=False)
    """JPEG"""
    after: bytes = field(repr=False)
    """JPEG, of the same shape"""
    counts: Mapping[str, int] = field(default_factory=dict)
    """regions hidden, by kind"""
    source: str = ""
    """the original's name, which may stand on a private page"""

    def __post_init__(self) -> None:
        for picture in (self.before, self.after):
            if not picture.startswith(b"\xff\xd8\xff"):
                raise ValueError(f"{self.name}: a before/after page takes JPEG bytes")


FILTERS: Mapping[str, Any] = {
    "percent": wording.percent,
    "thousands": wording.thousands,
    "printable": printable,
    "day": wording.day,
    "counted": wording.counted,
}
"""what the templates of all pages may use"""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("workbench.release"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment


def render(template: str, context: Mapping[str, Any]) -> str:
    """Return a page from one of this package's templates; everything in `context` is escaped."""
    return _environment().get_template(template).render(context)


def release_report(manifest: Manifest, verification: Verification) -> str:
    """Return the HTML report that lies beside the outputs of a run.

    Parameters
    ----------
    manifest : Manifest
        What the release holds. It names no source, so neither does the report.
    verification : Verification
        What was found when the release was held against it.

    Returns
    -------
    str
        A whole page without script and external resource; it prints on A4 and follows the reader's light or dark mode.
        Where the run belongs to a case that keeps a ledger it says that it is not released by that.
    """
    return render("report.html.j2", {**run_facts(manifest, verification), "unreleased": bool(manifest.run.ledger_head)})


def run_facts(manifest: Manifest, verification: Verification) -> dict[str, Any]:
    """Return what the template of the report says about a manifest."""
    files = manifest.files
    pixels = sum(entry.width * entry.height * entry.frames for entry in files)
    covered = sum(entry.covered * entry.width * entry.height * entry.frames for entry in files)
    bare = [entry.path for entry in files if not any(True for _ in entry.rows)]
    counts = manifest.run.counts
    return {
        "run": manifest.run,
        "day": wording.day(manifest.run.day),
        "verification": verification,
        "checks": CHECKS,
        "counts": counts,
        "noun": manifest.noun,
        "things": wording.things(manifest),
        "hidden_things": wording.hidden_things(manifest),
        "videos": wording.sound_rows(manifest),
        "video_settings": wording.video_settings(manifest),
        "left_out": counts.failed + counts.blocked,
        "regions": sum(manifest.hidden().values()),
        "covered": covered / pixels if pixels else 0.0,
        "size": sum(entry.size for entry in files),
        "kinds": wording.kind_rows(manifest),
        "not_looked_for": [wording.NAMES[kind].lower() for kind in manifest.run.not_looked_for],
        "settings": wording.settings(manifest),
        "soft": wording.soft_kinds(manifest),
        "background": manifest.run.profile.get("background", {}),
        "attacks": wording.attacks(manifest),
        "chance": wording.CHANCE,
        "faces_hidden": bool(wording.rule(manifest, Kind.FACE).get("hide")),
        "reasons": Counter((str(entry.state), entry.reason) for entry in manifest.assets).most_common(),
        "notes": Counter(note for entry in files for note in entry.notes).most_common(),
        "bare": bare,
        "max_names": MAX_NAMES,
        "kind_names": {str(kind): name for kind, name in wording.NAMES.items()},
    }


def before_after_page(
    pairs: Sequence[Pair], title: str = "Before and after", total: int | None = None, noun: str = "picture"
) -> str:
    """Return the PRIVATE page of a case: originals beside redacted pictures, with a wipe.

    Parameters
    ----------
    pairs : sequence of Pair
        At most `MAX_PAIRS` are shown; choose and shrink them before.
    title : str
        Such as the profile's name.
    total : int, optional
        How many files there are in all; by default as many as `pairs`.
    noun : str
        What a file is: "picture", "video" or "file". Of a video there may be several pairs.

    Returns
    -------
    str
        A whole page that holds the originals. It must stay in the case.
    """
    shown = pairs[:MAX_PAIRS]
    script = base64.b64encode(hashlib.sha256(_WIPE.encode()).digest()).decode()
    return render(
        "before_after.html.j2",
        {
            "title": title,
            "total": max(total or 0, len(pairs)) if noun == "picture" else total,
            "noun": noun,
            "wipe": _WIPE,
            "policy": f"'unsafe-hashes' 'sha256-{script}'",
            "pairs": [(pair, _hidden(pair.counts), _data_uri(pair.before), _data_uri(pair.after)) for pair in shown],
        },
    )


def _hidden(counts: Mapping[str, int]) -> str:
    return wording.counted(counts)


def _data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
