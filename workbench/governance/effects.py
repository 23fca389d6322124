"""What a record decides, each with its reason: profile, raised settings, checks, link table, size, days, review."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from workbench import profiles
from workbench.governance import guidance
from workbench.governance.guidance import PurposeRules, Raise
from workbench.governance.raising import raised, strongest, weaknesses
from workbench.governance.record import Record
from workbench.governance.scenes import Scene, chosen
from workbench.governance.screening import screen
from workbench.profiles import Profile
from workbench.values import UsageError

T = TypeVar("T")
LEAST_TARGET = 0.002
"""however many triggers are met, a review never has to prove less than 1 miss in 500"""
WORDS = {"publication": "publication", "ai-training": "AI training", "analytics": "internal analytics"}


@dataclass(frozen=True)
class Because(Generic[T]):
    """A value and the sentence that says why it is so."""

    value: T
    why: str


@dataclass(frozen=True)
class Effects:
    """What a record decides."""

    profile: Because[str]
    """name of the built-in profile"""
    raised: tuple[Raise, ...]
    """settings that may not be weaker"""
    suggested: tuple[Raise, ...]
    """settings that high-risk scenes speak for, and that people decide about"""
    checks: tuple[Because[str], ...]
    """names of `guidance.checks` that the gate looks at"""
    link_table: Because[bool]
    """whether one may exist, sealed"""
    max_side: Because[int]
    """px of the longer side of an output; 0 for no limit"""
    originals_days: Because[int]
    """after the end of the run"""
    work_days: Because[int]
    releases_days: Because[int]
    review_target: Because[float]
    """largest share of pictures in which something may be missed, 0..1"""
    warnings: tuple[str, ...] = ()
    """a sentence each: what the record says that is weak"""
    scenes: tuple[str, ...] = ()
    """ids of the scenes that were looked at, see `governance.scenes`"""


def effects(record: Record, scenes: Iterable[str] = ()) -> Effects:
    """Return what the record decides; a pure function.

    Parameters
    ----------
    record : Record
    scenes : iterable of str
        Scenarios that are in the run, and `scenes.HIGH_SENSITIVITY`; words that ask for nothing are passed over.
    """
    shown = chosen(scenes)
    rules = guidance.purposes()[record.purpose]
    word = WORDS[record.purpose]
    found = screen(record)
    side = _max_side(record, rules)
    wanted = [
        *(
            Raise(setting=f"kinds.{kind}.hide", value=True, why=f"for {word} every {kind} is hidden")
            for kind in rules.hide
        ),
        *(want for met in found.met for want in met.question.raises),
        *(want for scene in shown for want in scene.raises),
    ]
    if side.value:
        wanted.append(Raise(setting="output.max_side", value=side.value, why=_half(side.why)))
    link = _link(record, rules)
    if not link.value:
        why = "an output with its original's name leads back to it, and this case keeps no such link"
        wanted.append(Raise(setting="output.names", value="neutral", why=why))
    best = strongest(wanted)
    return Effects(
        profile=Because(rules.profile, _sentence(f"For {word}: {rules.why_profile}")),
        raised=tuple(want for want in best if want.must),
        suggested=tuple(want for want in best if not want.must),
        checks=_checks(record, rules, shown),
        link_table=link,
        max_side=side,
        originals_days=_days(record.retention.originals_days, rules.originals_days, record, rules),
        work_days=_days(record.retention.work_days, rules.work_days, record, rules),
        releases_days=_days(record.retention.releases_days, rules.releases_days, record, rules),
        review_target=_target(record, rules, shown),
        warnings=tuple(_warnings(record)),
        scenes=tuple(scene.id for scene in shown),
    )


def profile_for(record: Record, scenes: Iterable[str] = ()) -> Profile:
    """Return the profile that the record picks: the purpose's own, raised where the record or a scene asks for it."""
    decided = effects(record, scenes)
    name = decided.profile.value
    return raised(profiles.load(name), decided.raised, f"{name} raised")


def refuse_weaker(record: Record, profile: Profile, scenes: Iterable[str] = ()) -> None:
    """Raise `UsageError`, with the reason, when `profile` is weaker than the record and the scenes allow."""
    decided = effects(record, scenes)
    order = list(guidance.purposes())
    way_out = "name none: the case then picks one that is strong enough (workbench case show says what it asks for)"
    if order.index(profile.purpose) > order.index(record.purpose):
        raise UsageError(
            f"The case is for {WORDS[record.purpose]}, and the profile '{profile.name}' is for "
            f"{WORDS[profile.purpose]}, which is weaker: {way_out}, or open a case for the other purpose."
        )
    try:
        profile.changed(purpose=record.purpose)
    except UsageError as error:
        raise UsageError(f"The case is for {WORDS[record.purpose]}. {error}") from None
    for weak in weaknesses(profile, decided.raised):
        raise UsageError(
            f"The profile '{profile.name}' is weaker than this case allows: {weak.setting} is {_plain(weak.has)} "
            f"and must be {_plain(weak.needs)} or stronger, because {weak.why}. Change it, or {way_out}."
        )


def _max_side(record: Record, rules: PurposeRules) -> Because[int]:
    word = WORDS[record.purpose]
    own = record.output.max_side
    if own < 0:
        return Because(rules.max_side, _sentence(f"For {word}: {rules.why_max_side}"))
    if rules.max_side and (own == 0 or own > rules.max_side):
        if not record.output.reason.strip():
            return Because(
                rules.max_side, _sentence(f"More than that needs a reason in the record: {rules.why_max_side}")
            )
        return Because(own, _sentence(record.output.reason))
    return Because(own, "The record says so.")


def _link(record: Record, rules: PurposeRules) -> Because[bool]:
    word = WORDS[record.purpose]
    if not rules.link_table:
        return Because(False, _sentence(f"For {word}: {rules.why_link_table}"))
    if record.link.table == "none":
        return Because(False, "The record asks for none, and without one nobody can be led back to an original.")
    return Because(True, _sentence(f"For {word}: {rules.why_link_table}"))


def _days(own: int, days: int, record: Record, rules: PurposeRules) -> Because[int]:
    if own < 0:
        return Because(days, _sentence(f"For {WORDS[record.purpose]}: {rules.why_days}"))
    if own > days:
        if not record.retention.reason.strip():
            return Because(days, _sentence(f"Longer than that needs a reason in the record: {rules.why_days}"))
        return Because(own, _sentence(record.retention.reason))
    return Because(own, "The record says so.")


def _target(record: Record, rules: PurposeRules, scenes: Sequence[Scene]) -> Because[float]:
    target, why = rules.review_target, [f"For {WORDS[record.purpose]}: {rules.why_review}"]
    for met in screen(record).met:
        if met.question.review < 1:
            target *= met.question.review
            why.append(f"{met.question.trigger} asks for more")
    # The sort of place is one thing to be careful about, however many words there are for it.
    if (least := min((scene.review for scene in scenes), default=1.0)) < 1:
        target *= least
        names = " and ".join(scene.name for scene in scenes if scene.review == least)
        why.append(f"{names} in the run ask for more")
    return Because(max(target, LEAST_TARGET), _sentence("; ".join(why)))


def _checks(record: Record, rules: PurposeRules, scenes: Sequence[Scene]) -> tuple[Because[str], ...]:
    found = dict.fromkeys(rules.checks, f"{WORDS[record.purpose]} asks for it")
    for met in screen(record).met:
        for name in met.question.checks:
            found.setdefault(name, met.question.trigger)
    for scene in scenes:
        for name in scene.checks:
            found.setdefault(name, f"{scene.name} in the run")
    words = guidance.checks()
    return tuple(Because(name, _sentence(f"{words[name]} ({why})")) for name, why in found.items())


def _warnings(record: Record) -> Iterable[str]:
    rules = guidance.purposes()[record.purpose]
    rights = guidance.image_rights()
    claimed = [right.id for right in rights.exception if getattr(record.image_rights, right.id) == "yes"]
    if claimed:
        yield rights.warning
        if record.purpose == "ai-training":
            yield rights.for_training
    if record.origin.repurposed in ("yes", "unsure") and not record.origin.note.strip():
        yield "The purpose is another one than the pictures were taken for: say in origin.note why it is compatible."
    if not record.basis.lawful_basis:
        yield "No lawful basis is named: when in doubt, push toward anonymisation and say so (basis.lawful_basis)."
    own = record.retention
    for name in ("originals_days", "work_days", "releases_days"):
        days, limit = getattr(own, name), getattr(rules, name)
        if days > limit and not own.reason.strip():
            yield f"{name} is {days}; the {limit} of this purpose hold until retention.reason says why it is longer."
    side, limit = record.output.max_side, rules.max_side
    if limit and side >= 0 and (side == 0 or side > limit) and not record.output.reason.strip():
        yield f"output.max_side: the {limit} pixels of this purpose hold until output.reason says why it is larger."
    if record.link.table == "sealed" and not rules.link_table:
        yield f"A link table is asked for, but {WORDS[record.purpose]} allows none: it will not be written."
    if screen(record).dpia and record.dpia.needed == "no":
        yield "The screening speaks for an impact assessment, but dpia.needed is no: dpia.reason must carry that."


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _half(sentence: str) -> str:
    """Return a sentence as half of another one."""
    return f"{sentence[:1].lower()}{sentence[1:].rstrip('.')}"


def _plain(value: object) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)
