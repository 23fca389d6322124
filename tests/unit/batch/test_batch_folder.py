"""A whole request in one call: what is refused leaves nothing behind, what came of a request stays."""

import pytest

from workbench import batch
from workbench.batch import folder
from workbench.catalog.case import Case
from workbench.values import UsageError


def below(place):
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))


def test_a_request_that_is_refused_leaves_nothing(world):
    before = below(world.root)
    with pytest.raises(UsageError, match="no photo"):
        list(batch.redact_folder(world.source, world.root / "new" / "deep" / "out", world.profile))
    assert below(world.root) == before


def test_a_run_that_cannot_start_leaves_nothing(world, inline):
    world.photo("a.jpg")
    before = below(world.root)
    unfindable = world.profile.with_kinds(["person"])
    with pytest.raises(UsageError, match="person"):
        list(batch.redact_folder(world.source, world.out, unfindable, case=world.case_path))
    assert below(world.root) == before


def test_folders_that_were_there_stay(world):
    for place in (world.case_path, world.out):
        place.mkdir()
    before = below(world.root)
    with pytest.raises(UsageError, match="no photo"), batch.case_for(world.case_path, world.out) as case:
        batch.prepare(case, [world.source], world.out, world.profile)
    assert below(world.root) == before


def test_a_case_that_was_there_stays_whole(world):
    world.photo("a.jpg")
    world.prepare()
    before = set(below(world.root))
    with pytest.raises(UsageError, match="no file or folder"), batch.case_for(world.case_path, world.out) as case:
        batch.prepare(case, [world.source / "none"], world.out, world.profile)
    assert set(below(world.root)) >= before - {"case/catalog.sqlite-shm", "case/catalog.sqlite-wal"}
    assert world.last().total == 0


def test_what_somebody_put_into_the_new_case_meanwhile_stays(world):
    with pytest.raises(UsageError), batch.case_for(world.case_path, world.out) as case:
        (case.path / "note.txt").write_text("mine")
        raise UsageError("refused")
    assert below(world.case_path) == ["note.txt"]


def test_a_case_at_work_or_with_outcomes_is_never_discarded(world, inline):
    world.photo("a.jpg")
    world.run()
    Case.discard_unused(world.case_path)
    assert set(world.outcomes()) == {"a.jpg"}
    other = world.root / "other"
    with Case.open(other) as case, case.locked():
        Case.discard_unused(other)
        assert case.catalog.case_id
    assert Case.is_there(other)
    Case.discard_unused(world.root / "nowhere")


def test_the_case_stands_beside_the_output(world):
    assert folder.default_case(world.out) == world.root / "out-case"
