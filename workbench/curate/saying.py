"""Say something about many files at once, by hand or by the case's rules."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.catalog.case import Case
from workbench.catalog.said import RELEASE_DIGEST, Said
from workbench.catalog.store import file_sha256
from workbench.curate.listing import files
from workbench.curate.role import refuse_stranger
from workbench.curate.rules import RULES_FILE, Rule, load_rules
from workbench.curate.values import Described, checked
from workbench.disk import printable
from workbench.governance import casework
from workbench.governance.roles import identity
from workbench.values import UsageError

RULE, HAND = "rule", "hand"
_RELEASE = "model_release"
Changes = dict[str, dict[str, Said | None]]


def describe(case: Case, selection: Iterable[Described], values: Mapping[str, str], by: str = "") -> int:
    """Say the same about many files by hand; what was said by rules gives way. Return how many files changed.

    Parameters
    ----------
    case : Case
    selection : iterable of Described
    values : mapping
        By name, see `catalog.said.FIELDS`; "" takes it back, so that the rules hold again.
    by : str
        The account that acts; who is signed in by default.

    Raises
    ------
    UsageError
        When a field or value is none, a model release is no file, or the role does not allow it.
    """
    refuse_stranger(case.path, by)
    says = _with_release(case, checked(values))
    who = by or identity()
    before = case.catalog.said()
    changes: Changes = {}
    for file in selection:
        if file.problem:
            raise UsageError(f"{printable(file.asset.path)} cannot be used, so nothing can be said about it.")
        known = before.get(file.asset.sha256, {})
        for name, value in says.items():
            said = known.get(name)
            if value and (said is None or (said.value, said.how) != (value, HAND)):
                changes.setdefault(file.asset.sha256, {})[name] = Said(value, HAND, who)
            elif not value and said is not None and said.how == HAND:
                changes.setdefault(file.asset.sha256, {})[name] = None
    if not changes:
        return 0
    case.catalog.say(changes)
    if any(said is None for each in changes.values() for said in each.values()):
        case.catalog.say(_ruled(case, load_rules(case.path), who))
    _write_down(case, changes, by)
    return len(changes)


def apply_rules(case: Case, by: str = "") -> int:
    """Say what the rules in ``intake.toml`` say, wherever nobody said it by hand; return how many files changed.

    What a rule said that holds no longer is taken back.

    Raises
    ------
    UsageError
        When ``intake.toml`` is wrong, with its line; or the role does not allow it.
    """
    refuse_stranger(case.path, by)
    changes = _ruled(case, load_rules(case.path), by or identity())
    if changes:
        case.catalog.say(changes)
        _write_down(case, changes, by)
    return len(changes)


def release_file(folder: Path, value: str) -> Path:
    """Return the file of a model release: below the case's folder, else as a path of its own."""
    inside = folder / value
    return inside if inside.is_file() else Path(value).expanduser().absolute()


def _ruled(case: Case, rules: tuple[Rule, ...], who: str) -> Changes:
    """Return what has to change so that the rules are what is said, where nobody said anything by hand."""
    says = [_checked_release(case, rule) for rule in rules]
    wanted: dict[str, dict[str, str]] = {}
    for file in files(case):
        if not file.problem:
            values = wanted.setdefault(file.asset.sha256, {})
            for rule, ruled in zip(rules, says, strict=True):
                if rule.holds(file):
                    values.update(ruled)
    before = case.catalog.said()
    changes: Changes = {}
    for sha256, values in wanted.items():
        known = before.get(sha256, {})
        for name in {*values, *known}:
            said, value = known.get(name), values.get(name, "")
            if said is not None and said.how == HAND:
                continue
            if value and (said is None or said.value != value):
                changes.setdefault(sha256, {})[name] = Said(value, RULE, who)
            elif not value and said is not None:
                changes.setdefault(sha256, {})[name] = None
    return changes


def _checked_release(case: Case, rule: Rule) -> dict[str, str]:
    try:
        return _with_release(case, dict(rule.set))
    except UsageError as error:
        raise UsageError(f"{RULES_FILE}, line {rule.line}: {error}") from None


def _with_release(case: Case, values: dict[str, str]) -> dict[str, str]:
    """Return what is said with the digest of the release's file beside its name, both gone where it is taken back."""
    if _RELEASE not in values:
        return values
    if not values[_RELEASE]:
        return {**values, RELEASE_DIGEST: ""}
    path = release_file(case.path, values[_RELEASE])
    if not path.is_file():
        raise UsageError(
            f"There is no file {printable(values[_RELEASE])} for the model release: put it into the case's folder "
            "(such as releases/form-1.pdf) and name it from there, or give its whole path."
        )
    try:
        digest = file_sha256(path)
    except OSError as error:
        raise UsageError(f"The model release {printable(path.name)} cannot be read ({error.strerror}).") from None
    inside = path.resolve().is_relative_to(case.path.resolve())
    name = path.resolve().relative_to(case.path.resolve()).as_posix() if inside else str(path)
    return {**values, _RELEASE: name, RELEASE_DIGEST: digest}


def _write_down(case: Case, changes: Changes, by: str) -> None:
    plain = {
        sha256: {name: said and [said.value, said.how] for name, said in each.items()}
        for sha256, each in changes.items()
    }
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
    casework.write_down(case.path, "files-described", "curate", who=by, files=len(changes), digest=digest)
