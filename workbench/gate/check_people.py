"""Checks that rest on what people did: review, measured quality, attempts to recognise, background, model releases."""

from collections import Counter
from collections.abc import Iterable

from workbench.assess import binomial
from workbench.assess.stopping import Rule
from workbench.assess.truth import Share
from workbench.catalog.gate import Attempt
from workbench.gate.attempts import FOLLOW_UP, LOOKS_AT_BACKGROUND, METHODS, REDETECTION
from workbench.gate.facts import Facts, Reviewed
from workbench.gate.said import Said, count, failed, listed, not_run, passed, weak
from workbench.governance import guidance
from workbench.values import Kind

LEAST_TRIED = 10
"""files that people have to have tried for the attempts to count as more than a glance; all of them where fewer"""


def review(facts: Facts) -> Said:
    """People looked at a sample large enough for the purpose."""
    target = _target(facts)
    if facts.outdated:
        return failed(
            f"{count(facts.outdated, 'file')} were corrected and not redacted again since.",
            "Redact them again: workbench redact, as before, or the button on the review screen.",
        )
    looked = [each for each in facts.reviews if each.figures.reviewed]
    if not looked:
        return not_run(
            f"Nobody looked at a random sample. At most {binomial.share(target)} of the files may hold a miss.",
            "Plan a review (workbench review plan CASE) and look, on the review screen.",
        )
    best = max(looked, key=lambda each: (_shows(each, target), each.figures.reviewed))
    found = best.figures
    if not _shows(best, target):
        needed = Rule(target, found.confidence, "extend", found.total).enough(found.misses)
        if needed is None or needed >= found.total:
            more = f"look at all {found.total:,} and correct what is missed"
        else:
            more = f"look at {max(needed - found.reviewed, 0):,} more of the random sample"
        return failed(
            f"{found.sentence} That does not prove that at most {binomial.share(target)} have something missed.",
            f"Go on: {more}; or search more carefully, run it again and review it with a new seed.",
        )
    whole = found.reviewed >= found.total
    says = found.sentence
    if whole and found.misses:
        says = f"Every file was looked at: in {found.misses:,} of {found.total:,} something was missed, and corrected."
    if best.made_again:
        return weak(
            f"{says} {count(best.made_again, 'file')} were made again after somebody had found them clean.",
            "Look at those again, on the review screen.",
        )
    if only := _only_the_operator(facts, found.reviewers):
        return weak(f"{says} {only}", "Let somebody look who did not run it.")
    return passed(says)


def _target(facts: Facts) -> float:
    if facts.effects is not None:
        return facts.effects.review_target.value
    return guidance.purposes()[facts.run.profile.purpose].review_target


def _shows(each: Reviewed, target: float) -> bool:
    """Return whether a review proves the target, or looked at everything and left nothing open."""
    found = each.figures
    needed = Rule(target, found.confidence, "extend", found.total).enough(found.misses)
    if needed is not None and found.reviewed >= needed:
        return True
    # Nothing is left to chance then: what was missed is known, and is corrected.
    return found.reviewed >= found.total and not each.unsure


def _only_the_operator(facts: Facts, reviewers: Iterable[str]) -> str:
    record = facts.record
    if record is None or not record.named:
        return ""
    people = [record.person(name) for name in reviewers]
    if people and all(person and person.number in facts.ledger.operators for person in people):
        return "Nobody looked but whoever ran it."
    return ""


def quality(facts: Facts) -> Said:
    """Misses and false alarms were measured against pictures labelled by hand."""
    purpose = facts.record.purpose if facts.record else facts.run.profile.purpose
    rules = guidance.purposes()[purpose]
    way_out = "Label some pictures (workbench labels import CASE FILE --as truth), then: workbench measure CASE."
    found = facts.measured
    if found is None or not found.total.objects:
        seen = next((each.figures for each in reversed(facts.reviews) if each.figures.reviewed), None)
        if seen is None:
            return not_run("No picture of this run is labelled by hand, and nobody reviewed it.", way_out)
        return weak(
            f"Known from the review alone: {seen.objects_missed:,} objects missed and {seen.false_alarms:,} hidden in "
            f"vain in what people looked at. {seen.sentence} No picture is labelled by hand.",
            way_out,
        )
    rows = [row for row in found.by_kind if row.name in rules.hide] or [found.total]
    unlabelled = [str(kind) for kind in rules.hide if str(kind) not in {row.name for row in rows}]
    says = f"In {count(found.files, 'labelled file')}: " + "; ".join(_hidden(row) for row in rows) + "."
    if found.in_vain:
        vain = listed(f"{binomial.share(part)} as {kind}" for kind, part in found.in_vain.items())
        says += f" Hidden in vain: {vain} of all pixels."
    if unlabelled:
        says += f" Nothing labelled shows how many {listed(_plural(kind, 2) for kind in unlabelled)} are missed."
    says += " Each object is counted for itself, though objects of one picture are often missed together."
    floor = rules.least_hidden
    if any(row.interval.high < floor for row in rows):
        return failed(
            f"{says} At least {binomial.share(floor)} should be hidden, because {rules.why_least_hidden}.",
            "Search more carefully (profile quality), lower min_score or min_size, run it again; or correct by hand.",
        )
    if unlabelled or any(row.interval.low < floor for row in rows):
        return weak(f"{says} That does not prove {binomial.share(floor)} for every kind.", "Label more pictures.")
    return passed(says)


def _hidden(row: Share) -> str:
    low, high = binomial.share(row.interval.low), binomial.share(row.interval.high)
    return f"{row.hidden:,} of {row.objects:,} {_plural(row.name, row.objects)} hidden ({low} to {high})"


def _plural(name: str, number: int) -> str:
    if name == "all":
        return "objects"
    return name if number == 1 else {str(Kind.PERSON): "persons"}.get(name, f"{name}s")


def reidentification(facts: Facts) -> Said:  # noqa: PLR0911  (one answer for each case)
    """Somebody tried to recognise people in the outputs."""
    attempts = _counted(facts)
    way_out = "Search the outputs (workbench release attack CASE) and let people try (workbench release attempt CASE)."
    if facts.record is not None and (gone := _gone(facts)):
        return failed(
            f"The ledger knows {count(gone, 'attempt')} on these files that the catalog does not.",
            "Find out who changed the catalog; put it back from a copy, or have an approver override this check.",
        )
    if not attempts:
        return not_run("Nobody tried, neither people nor the program.", way_out)
    people = [each for each in attempts if each.method != REDETECTION]
    tried, known = sum(each.tried for each in people), sum(each.identified for each in people)
    parts = [f"{METHODS[each.method].title}: {each.identified:,} of {each.tried:,}" for each in people]
    if known:
        return failed(
            f"Somebody was recognised. {'; '.join(parts)}.",
            "Hide what gave them away (review screen) and redact again; the new files need new attempts.",
        )
    program = next((each for each in reversed(attempts) if each.method == REDETECTION), None)
    says = ""
    if program is not None:
        says = f"{program.note} "
        later = [each for each in people if each.method == FOLLOW_UP and each.id > program.id]
        if program.identified and sum(each.tried for each in later) < program.identified:
            return failed(
                says.strip(),
                "Look at each of these places: hide what is real and redact again; where nothing is to be seen, "
                f"record that: workbench release attempt CASE --method {FOLLOW_UP} --tried {program.identified} "
                "--identified 0.",
            )
    own = _different(people, facts)
    if not own:
        return weak(f"{says}No person tried.", "Let people try: workbench release attempt CASE says how.")
    bound = binomial.share_up(binomial.at_most(0, own))
    says += (
        f"People: {'; '.join(parts)}. Nobody was recognised in {tried:,} tries, of {count(own, 'different file')} at "
        f"most by one way; had these been drawn at random, at most {bound} of all could be recognised that way (95 % "
        "confidence)."
    )
    if program is None:
        return weak(f"{says} The program did not search the outputs.", "workbench release attack CASE")
    if own < min(LEAST_TRIED, len(facts.manifest.files) if facts.manifest else LEAST_TRIED):
        return weak(f"{says} That is a glance rather than a test.", f"Let people try at least {LEAST_TRIED} files.")
    return passed(says)


def _different(people: Iterable[Attempt], facts: Facts) -> int:
    """Return how many different files people tried by one way at most; tried in two ways they are no more files."""
    ways: Counter[str] = Counter()
    for each in people:
        if each.method != FOLLOW_UP:
            ways[each.method] += each.tried
    most = max(ways.values(), default=0)
    return min(most, len(facts.manifest.files)) if facts.manifest and facts.manifest.files else most


def _counted(facts: Facts) -> list[Attempt]:
    """Return the attempts that count: what the ledger does not know speaks against a release, never for it."""
    known = Counter(facts.ledger.attempts)
    found = []
    for each in facts.attempts:
        backed = facts.record is None or known[each.tried, each.identified] > 0
        known[each.tried, each.identified] -= 1
        if backed or each.identified:
            found.append(each)
    return found


def _gone(facts: Facts) -> int:
    kept = Counter((each.tried, each.identified) for each in facts.attempts)
    return sum((Counter(facts.ledger.attempts) - kept).values())


def background(facts: Facts) -> Said:
    """What is behind people was looked at: landmarks, signs, house fronts."""
    if facts.run.profile.background.hide:
        return passed("The background is hidden.")
    looked = [each for each in _counted(facts) if each.method in LOOKS_AT_BACKGROUND]
    tried, known = sum(each.tried for each in looked), sum(each.identified for each in looked)
    if not tried:
        return not_run(
            "Nobody looked for landmarks, signs or house fronts behind people.",
            "workbench release attempt CASE --method context-clues …, or a profile that hides the background.",
        )
    if known:
        return failed(
            f"In {known:,} of {tried:,} files that people tried, the setting gave somebody away.",
            "Hide that place (review screen), or the background (profile), and redact again.",
        )
    return passed(f"People looked at the setting in {count(_different(looked, facts), 'file')}; it gave nobody away.")


def releases(facts: Facts) -> Said:
    """Model releases are linked to the people who stay recognisable."""
    found = facts.models
    way_out = "Link them: workbench intake set CASE --where … model_release=FILE."
    if not found.linked:
        return not_run("People stay recognisable on purpose, and no model release is linked to any file.", way_out)
    says = f"{count(found.linked, 'file')} with a model release."
    if found.changed:
        return failed(f"{says} Of {found.changed:,}, the release is gone or is not what was linked.", way_out)
    if found.dropped:
        return weak(
            f"{says} In {found.dropped:,} without one, somebody left a thing visible that a detector had found: make "
            "sure that nobody is to be recognised there.",
            way_out,
        )
    return passed(f"{says} Whether each covers this purpose is for people to judge.")
