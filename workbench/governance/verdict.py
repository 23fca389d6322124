"""Is hiding faces enough? A pure function of what the record and the profile say; guidance, no legal advice."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from workbench.governance.effects import WORDS
from workbench.governance.record import Record
from workbench.governance.scenes import HIGH_SENSITIVITY, scene_of
from workbench.profiles import Profile
from workbench.values import Kind, Method

VEHICLES = frozenset({"street", "parking", "entrance", "transport"})
"""scenes in which plates are readable and lead to people"""
TELLING = frozenset({"school", "hospital", "worship", "home", "shelter", HIGH_SENSITIVITY})
"""scenes that say something about whoever is seen there"""
_SOFT = (Method.BLUR, Method.PIXELATE)


@dataclass(frozen=True)
class Verdict:
    """Whether hiding faces is enough in a case."""

    answer: str
    """one sentence"""
    why: tuple[str, ...]
    """what identifies besides faces in this case, a sentence each"""
    covered: tuple[str, ...]
    """what the profile does about it, a sentence each"""
    left: tuple[str, ...]
    """what nothing is done about yet, a sentence each with the way out"""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in order."""
        return (self.answer, *self.why, *self.covered, *self.left)


def verdict(record: Record, profile: Profile, scenes: Sequence[str] = ()) -> Verdict:
    """Return whether hiding faces is enough in a case.

    Parameters
    ----------
    record : Record
    profile : Profile
        What is hidden, and how.
    scenes : sequence of str
        Scenarios of the pictures, such as "street", or ids of `governance.scenes`; others say nothing.

    Notes
    -----
    It never says that faces alone are enough: a photo that shows people is personal data for as long as somebody can
    be identified by means reasonably likely to be used (Recital 26), and a program cannot know which these are.
    """
    present = {scene_of(scene) or scene for scene in scenes}
    left = tuple(_left(record, profile, present))
    why = tuple(_why(record, present))
    if left:
        parts = f"{len(left)} {'point is' if len(left) == 1 else 'points are'}"
        answer = f"No: for {WORDS[record.purpose]} hiding faces is not enough here, and {parts} still open."
    elif why:
        answer = (
            "Not by itself: here more than faces identifies, and the settings hide what a program can find of it. "
            "Whether somebody can still be recognised is for people to judge."
        )
    else:
        answer = (
            "Not always: nothing in the record speaks against it, but clothing, a place or the time can name somebody "
            "whose face is hidden. People have to look."
        )
    return Verdict(answer, why, tuple(_covered(profile)), left)


def _yes(record: Record, *questions: str) -> bool:
    return any(record.screening.get(question) in ("yes", "unsure") for question in questions)


def _why(record: Record, scenes: Collection[str]) -> Iterator[str]:
    if _yes(record, "distinctive"):
        yield "Clothing, tattoos, gait, vehicles or unique objects tell people apart here."
    if _yes(record, "sensitive_place", "special_categories") or TELLING.intersection(scenes):
        yield "The place itself says something about whoever is seen there."
    if _yes(record, "matching"):
        yield "The pictures are combined with other data, which can name people without their faces."
    if _yes(record, "public_monitoring") or VEHICLES.intersection(scenes):
        yield "Plates, signs and house fronts lead to people and to places."
    if _yes(record, "speech"):
        yield "A voice identifies a person, and what is said even more."
    if _yes(record, "crowds") or "crowd" in scenes:
        yield "Small faces in crowds are missed more often than large ones."


def _covered(profile: Profile) -> Iterator[str]:
    hidden = [str(kind) for kind in profile.hidden]
    yield f"The settings hide {_list(hidden)}." if hidden else "The settings hide nothing."
    yield (
        "Metadata, thumbnails and device numbers are never carried over, and names are "
        f"{'neutral numbers' if profile.output.names == 'neutral' else 'those of the originals'}."
    )
    if profile.background.hide:
        yield f"Everything but {_list([str(kind) for kind in profile.background.keep])} is hidden as well."
    sound = {"drop": "Sound is taken out.", "mute": "Sound is silent where people marked it."}
    if profile.video.audio in sound:
        yield sound[profile.video.audio]


def _left(record: Record, profile: Profile, scenes: Collection[str]) -> Iterator[str]:
    rules = profile.kinds
    if not rules[Kind.FACE].hide:
        yield "Faces stay visible: hide them (kinds.face.hide)."
    soft = [str(kind) for kind in profile.hidden if rules[kind].method in _SOFT]
    if soft and record.purpose != "analytics":
        yield f"{_list(soft).capitalize()}: blurred or pixelated, which can be partly undone: use a solid fill."
    vehicles = bool(VEHICLES.intersection(scenes)) or _yes(record, "public_monitoring")
    if not rules[Kind.PLATE].hide:
        where = "and plates are readable in such scenes" if vehicles else "wherever one is readable"
        yield f"Plates stay visible, {where}: hide them (kinds.plate.hide)."
    elif vehicles and rules[Kind.PLATE].min_size > 0:
        yield "Small plates of distant vehicles stay visible: hide plates of every size (kinds.plate.min_size = 0)."
    if not rules[Kind.TEXT].hide:
        yield "Text stays visible: names, addresses, badges and signs can be read (kinds.text.hide)."
    whole = rules[Kind.PERSON].hide or profile.background.hide
    if _yes(record, "distinctive") and not rules[Kind.PERSON].hide:
        yield (
            "Clothing and tattoos stay visible: hide whole persons (kinds.person.hide), or say in recital_26 why "
            "nobody can be told by them."
        )
    if (_yes(record, "sensitive_place", "special_categories") or TELLING.intersection(scenes)) and not whole:
        yield "The place stays visible: hide the background (background.hide) or whole persons (kinds.person.hide)."
    if _yes(record, "speech") and profile.video.audio == "keep":
        yield "Sound is kept as it is: drop it, mute it or distort it (video.audio)."
    if profile.output.names == "keep":
        yield "Files keep their own names, which may tell whom or where: use neutral ones (output.names)."


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nothing"
