"""A case's record as rows of a dossier: the short answers that may leave, and the long ones that stay."""

import datetime
from collections.abc import Iterable, Iterator, Mapping

from workbench.catalog.gate import Export
from workbench.gate.discretion import Discretion
from workbench.governance import guidance
from workbench.governance.effects import WORDS, Effects
from workbench.governance.guidance import Raise
from workbench.governance.raising import weaknesses
from workbench.governance.record import Record
from workbench.governance.screening import Screened
from workbench.profiles import Profile
from workbench.release.dossier import Private, Source, Stated, TermRow
from workbench.release.wording import NAMES

MEMORISED = (
    "A model may memorise pictures of its training and give parts of them away, and whoever can query it may find out "
    "that a picture was among them. Redaction reduces that risk, it does not remove it: clothing, places and poses "
    "are still there to be memorised. Near duplicates make it worse."
)
_SETTINGS: Mapping[str, str] = {
    "quality": "care of the search",
    "background.hide": "background hidden",
    "output.names": "names of the files",
    "output.max_side": "longest side in pixels",
    "video.audio": "sound",
    "video.hold": "seconds that objects stay hidden before and after",
}
_YES: Mapping[str, str] = {"yes": "yes", "no": "no", "unsure": "unsure, which counts as yes", "": ""}


def case_rows(record: Record) -> Iterator[Stated]:
    """Yield purpose and basis: chosen from lists, so that nothing in it was typed."""
    rules = guidance.purposes()[record.purpose]
    yield Stated("Purpose", WORDS[record.purpose], _sentence(rules.why_profile))
    yield Stated("Law", guidance.jurisdictions().names[record.jurisdiction])
    basis = guidance.bases().get(record.basis.lawful_basis)
    yield Stated("Lawful basis", f"{basis.name} ({basis.article})" if basis else "", basis.when if basis else "")
    yield Stated("Another purpose than the pictures were taken for", _YES[record.origin.repurposed])
    claimed = [right for right in guidance.image_rights().exception if getattr(record.image_rights, right.id) == "yes"]
    for right in claimed:
        yield Stated("Image-rights exception claimed", right.ask)
    done = {"yes": "done", "no": "not done yet", "": "nobody said whether it is done"}[record.dpia.done]
    needed = {"yes": f"needed, {done}", "no": "not needed", "": ""}[record.dpia.needed]
    when = f", decided on {_day(record.dpia.decided)}" if needed and record.dpia.decided else ""
    yield Stated("Impact assessment (DPIA)", f"{needed}{when}")
    yield Stated(
        "People and roles",
        _people(record),
        "" if record.named else "One person holds all roles, so nobody approved what somebody else made.",
    )


def decided_rows(decided: Effects, profile: Profile) -> Iterator[Stated]:
    """Yield what the record decided about the redaction, each with its reason; what a run's profile lacks is said."""
    yield Stated("Profile", decided.profile.value, decided.profile.why)
    weak = {each.setting: each.has for each in weaknesses(profile, decided.raised)}
    for want in decided.raised:
        if want.setting == "output.max_side":
            continue  # has a row of its own below
        lacks = f"; this run was weaker: {word(weak[want.setting])}" if want.setting in weak else ""
        yield Stated(f"At least: {setting(want.setting)}", f"{_wanted(want)}{lacks}", _sentence(want.why))
    for want in decided.suggested:
        yield Stated(f"Suggested: {setting(want.setting)}", _wanted(want), _sentence(want.why))
    yield Stated(
        "Link from output to original", "sealed" if decided.link_table.value else "none", decided.link_table.why
    )
    side = f"{decided.max_side.value} px" if decided.max_side.value else "that of the source"
    yield Stated("Longest side", side, decided.max_side.why)
    target = f"at most {100 * decided.review_target.value:g} % of files with something missed"
    yield Stated("A review has to prove", target, decided.review_target.why)


def setting(path: str) -> str:
    """Return a profile's setting in words: "faces hidden" for "kinds.face.hide"; its path where there are none."""
    first, _, rest = path.partition(".")
    if first == "kinds":
        kind, _, name = rest.partition(".")
        words = {
            "hide": "hidden",
            "min_score": "hidden from this confidence on",
            "min_size": "hidden from which size on",
            "pad": "hidden with this margin",
            "method": "hidden by",
        }
        known = {str(each): name.lower() for each, name in NAMES.items()}
        return f"{known[kind]} {words[name]}" if kind in known and name in words else path
    return _SETTINGS.get(path, path)


def terms(
    decided: Effects, run_day: datetime.date, exports: Iterable[Export], today: datetime.date | None
) -> tuple[TermRow, ...]:
    """Return how long things are kept; `today` is the day of a release that is being written."""
    released = [datetime.datetime.fromtimestamp(export.at, datetime.UTC).date() for export in exports]
    first = min([*released, *([today] if today else [])], default=None)

    def row(what: str, days: int, why: str, since: datetime.date | None) -> TermRow:
        return TermRow(what, days, since + datetime.timedelta(days) if since else None, why)

    return (
        row("Originals", decided.originals_days.value, decided.originals_days.why, run_day),
        row("Work files", decided.work_days.value, decided.work_days.why, run_day),
        row("Release", decided.releases_days.value, decided.releases_days.why, first),
    )


def sheet(record: Record, name: str, clean: Discretion | None = None) -> tuple[Stated, ...]:
    """Return the answers of one sheet of questions, for a page that leaves where `clean` is given.

    What a model may memorise has a place of its own there, see `memorisation`.
    """
    answers: Mapping[str, str] = getattr(record, name)
    return tuple(
        Stated(prompt.ask, clean(answers.get(prompt.id, "")) if clean else answers.get(prompt.id, "").strip())
        for prompt in guidance.sheets()[name].prompts
        if clean is None or prompt.id != "memorisation"
    )


def memorisation(record: Record, clean: Discretion) -> str:
    """Return what a model may memorise; "" for what is not made for training."""
    if record.purpose != "ai-training":
        return ""
    own = clean(record.recital_26.get("memorisation", ""))
    return f"{MEMORISED} {own}".strip()


def private(record: Record, screened: Screened, notes: Iterable[str]) -> Private:
    """Return what stands in the draft assessment only."""
    basis = guidance.bases().get(record.basis.lawful_basis)
    prompts = basis.prompts if basis else ()
    kept = ("transparency", "notes", "supplier", "recital_26", *(["ai_act"] if record.purpose == "ai-training" else []))
    met = {item.question.id for item in screened.met}
    return Private(
        title=record.title,
        description=record.description.strip(),
        origin=(
            Stated("Taken for, by whom, with what", record.origin.taken_for),
            Stated("Another purpose than that", _YES[record.origin.repurposed]),
            Stated("Why the new purpose is compatible", record.origin.note),
        ),
        basis=tuple(Stated(prompt.ask, record.basis.answers.get(prompt.id, "").strip()) for prompt in prompts),
        rights=tuple(_rights(record)),
        dpia=(
            Stated("Is one needed?", record.dpia.needed, record.dpia.reason),
            Stated("Is it done?", record.dpia.done),
            Stated("Decided", _day(record.dpia.decided) if record.dpia.decided else ""),
            Stated("Kept at", record.dpia.document),
        ),
        sheets=tuple((guidance.sheets()[name].name, sheet(record, name)) for name in kept),
        attempt_notes=tuple(notes),
        questions=tuple(
            Stated(question.ask, _YES[record.screening.get(name, "")] + (" (met)" if name in met else ""))
            for name, question in guidance.questions().items()
        ),
    )


def sources(record: Record, screened: Screened) -> tuple[Source, ...]:
    """Return the texts that the guidance of this case rests on, by number."""
    wanted = {1, 5 if record.purpose == "ai-training" else 1}
    wanted |= {2, 4} if record.jurisdiction == "uk" else set()
    for met in screened.met:
        wanted |= set(met.question.refs)
    for each in guidance.sheets().values():
        if each.id in ("recital_26", "ai_act") and (each.id != "ai_act" or record.purpose == "ai-training"):
            wanted |= set(each.refs)
    known = guidance.references()
    return tuple(
        Source(number, known[number].title, _day(known[number].dated) or known[number].note, known[number].url)
        for number in sorted(wanted)
    )


def _rights(record: Record) -> Iterator[Stated]:
    rights = guidance.image_rights()
    for right in rights.exception:
        yield Stated(right.ask, _YES[getattr(record.image_rights, right.id)])
    yield Stated("For whom, and what shows it", record.image_rights.note, rights.warning)


def _people(record: Record) -> str:
    if not record.named:
        return "nobody is named"
    held = [f"person {person.number}: {', '.join(person.roles)}" for person in record.people if person.roles]
    return "; ".join(held)


def _day(date: datetime.date | str | None) -> str:
    return f"{date.day} {date:%B %Y}" if isinstance(date, datetime.date) else ""


def word(value: object) -> str:
    """Return a setting's value in words."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _wanted(want: Raise) -> str:
    """Return what a setting has to be at least, so that it can be read beside the setting's words."""
    if want.value is True:
        return "yes"
    if want.setting.endswith(".min_size"):
        return f"{want.value} pixels" if want.value else "however small"
    return word(want.value)


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
