"""Files of the intake as the screen shows them: rows, menus of the filter, counts in words. Text is escaped here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from urllib.parse import quote

from workbench.curate import Described, Subset, counted
from workbench.curate.values import Counts
from workbench.values import Media
from workbench.widgets.files import Facet, FileRow

COLUMNS = (
    "Kind", "Scenario", "Camera", "Sensitivity", "Taken with", "Discloses", "Shows", "Looks like", "Pixels", "Size",
)  # fmt: skip
FIELD_WORDS = {
    "scenario": "Scenario",
    "camera": "Camera",
    "sensitivity": "Sensitivity",
    "provenance": "Origin",
    "rights": "Rights",
    "model_release": "Model release",
}
"""what may be said about a file, in words"""
KIND_WORDS = {"face": "faces", "plate": "licence plates", "person": "people", "text": "text", "screen": "screens"}
PROBLEMS = 20
"""files that cannot be used and are named; the list of files has them all"""


def row(file: Described) -> FileRow:
    """Return how a file is shown."""
    said, video = file.said, file.asset.media is Media.VIDEO
    kind = f"video, {length(file.seconds)}" if video else "photo"
    pixels = f"{file.width} × {file.height}" if file.width else ""
    shows = ", ".join(f"{number} {kind}" for kind, number in file.kinds.items() if number)
    cells = (
        kind,
        said.get("scenario", ""),
        said.get("camera", ""),
        said.get("sensitivity", ""),
        "" if file.device == "unknown" else file.device,
        ", ".join(file.discloses),
        shows or ("nothing found" if file.searched else ""),
        (f"group {file.alike}{' (best)' if file.best else ''}" if file.alike else "", float(file.alike)),
        (pixels, float(file.width * file.height)),
        (size(file.asset.size), float(file.asset.size)),
    )
    words = [said.get("scenario", "") or "no scenario yet", *(["near-duplicate"] if not file.best else []), kind]
    return FileRow(file.asset.path, cells, " · ".join(words), video, file.problem)


def twin(file: Described) -> FileRow:
    """Return how a near-duplicate is shown among those that look like it."""
    pixels = f"{file.width} × {file.height}"
    return replace(row(file), about=f"group {file.alike} · {'the best' if file.best else 'like it'} · {pixels}")


def term(name: str, value: str) -> str:
    """Return a condition as it is typed; what holds a blank is quoted."""
    return f'{name}="{value}"' if " " in value else f"{name}={value}"


def facets(files: Sequence[Described]) -> list[Facet]:
    """Return the menus of the filter: only what there is, with how many files it fits."""
    good = [file for file in files if not file.problem]
    counts = counted(good)
    found: dict[str, int] = {}
    camera: dict[str, int] = {}
    for file in good:
        for kind, number in file.kinds.items():
            found[kind] = found.get(kind, 0) + bool(number)
        if said := file.said.get("camera"):
            camera[said] = camera.get(said, 0) + 1
    menus = [
        _menu("Kind", "media", counts.media, {"photo": "photos", "video": "videos"}),
        _menu("Scenario", "scenario", counts.scenario),
        _menu("Camera", "camera", camera),
        _menu("Sensitivity", "sensitivity", counts.sensitivity),
        _menu("Shows", "kind", {kind: number for kind, number in found.items() if number}, KIND_WORDS),
        _menu("Discloses", "has", counts.discloses),
        _menu("Taken with", "device", counts.device),
    ]
    if counts.duplicates:
        twins = ("-alike", f"leave {counts.duplicates:,} out"), ("alike", "only those")
        menus.append(Facet("Near-duplicates", twins))
    # A menu with one choice that fits every file chooses nothing.
    menus = [menu for menu in menus if menu.options]
    return [menu for menu in menus if len(menu.options) > 1 or menu.label in ("Shows", "Discloses", "Near-duplicates")]


def _menu(label: str, name: str, counts: Mapping[str, int], words: Mapping[str, str] | None = None) -> Facet:
    words = {"": "not said yet", **(words or {})}
    return Facet(
        label,
        tuple(
            (term(name, value or "none"), f"{words.get(value, value)} ({number:,})") for value, number in counts.items()
        ),
    )


def summary(files: Sequence[Described]) -> str:
    """Return what lies in the case, as HTML: counts by what matters, and what cannot be used with the reason."""
    counts = counted(list(files))
    media = {"photo": "photos", "video": "videos"}
    lists = [
        _list("Files", {media.get(name, name): number for name, number in counts.media.items()}),
        _list("Taken with", counts.device),
        _list("What they disclose", counts.discloses, "nothing that is known"),
        _list("Scenario", {name or "not said yet": number for name, number in counts.scenario.items()}),
        _list("Sensitivity", {name or "not said yet": number for name, number in counts.sensitivity.items()}),
    ]
    return f"<div class='wbp-counts'>{''.join(lists)}</div>{_notes(counts)}{_problems(files)}"


def _list(title: str, counts: Mapping[str, int], none: str = "none") -> str:
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{number:,}</td></tr>" for name, number in counts.items())
    return f"<section><p class='wbp-title'>{title}</p><table>{rows or f'<tr><td>{none}</td></tr>'}</table></section>"


def _notes(counts: Counts) -> str:
    if not counts.duplicates:
        return ""
    what = "1 file looks" if counts.duplicates == 1 else f"{counts.duplicates:,} files look"
    return f"<p class='wbp-hint'>{what} nearly like a better one: see step 3.</p>"


def _problems(files: Sequence[Described]) -> str:
    bad = [file for file in files if file.problem]
    if not bad:
        return ""
    what = "1 file cannot be used" if len(bad) == 1 else f"{len(bad):,} files cannot be used"
    rows = "".join(
        f"<tr><td>{escape(file.asset.path)}</td><td>{escape(file.problem)}</td></tr>" for file in bad[:PROBLEMS]
    )
    more = f"<tr><td>{len(bad) - PROBLEMS:,} more</td><td></td></tr>" if len(bad) > PROBLEMS else ""
    table = f"<table class='wbp-table'>{rows}{more}</table>"
    return f"<details class='wbp-details'><summary>{what}</summary>{table}</details>"


def details(file: Described) -> str:
    """Return everything that is known and said about one file, as HTML."""
    known = {
        "Taken with": " ".join(part for part in (file.device, f"({file.model})" if file.model else "") if part),
        "Taken on": file.taken,
        "Discloses": ", ".join(file.discloses) or "nothing that is known",
        **{
            FIELD_WORDS[name]: f"{value} ({'by hand' if file.how.get(name) == 'hand' else 'by a rule'})"
            for name, value in file.said.items()
            if name in FIELD_WORDS and value
        },
    }
    rows = "".join(f"<tr><th>{name}</th><td>{escape(text)}</td></tr>" for name, text in known.items() if text)
    return f"<p class='wbp-title'>{escape(file.asset.path)}</p><table class='wbp-table'>{rows}</table>"


def stored(subsets: Sequence[Subset], there: Mapping[str, int]) -> str:
    """Return the stored subsets as a table; `there` says how many of each one's files are still in the case."""
    if not subsets:
        return "<p class='wbp-hint'>No subset is stored yet: choose files in step 2.</p>"
    rows = []
    for each in subsets:
        lost = len(each.members) - there.get(each.name, 0)
        files = f"{len(each.members):,}" + (f", {lost:,} of them gone or changed" if lost > 0 else "")
        cells = (each.name, files, each.rule or "every file", each.seed or "–", each.digest[:12])
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{name}</th>" for name in ("Name", "Files", "Chosen by", "Seed", "Fingerprint"))
    return f"<div class='wbp-wide'><table class='wbp-table'><tr>{head}</tr>{''.join(rows)}</table></div>"


def size(number: int) -> str:
    """Return a file's size for people."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= factor:
            return f"{number / factor:.1f} {unit}"
    return f"{number} B"


def length(seconds: float) -> str:
    """Return how long a video is: "1:02"."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def how_to_redact(name: str, served: bool) -> str:
    """Return the ways to redact a stored subset, as HTML; nothing where there is none.

    Parameters
    ----------
    served : bool
        The redaction screen lies beside this one, so that it can be linked to.
    """
    if not name:
        return ""
    link = f"<p><a class='wbp-link' href='redact.ipynb?subset={quote(name)}'>Redact this subset</a></p>"
    return (
        f"{link if served else ''}<p class='wbp-hint'>The redaction screen offers it in its first step. On a command "
        f"line: <code>workbench redact FOLDER --case CASE --out OUT --subset {escape(name)}</code></p>"
    )
