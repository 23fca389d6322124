"""A run over a stored subset, and what the scenes of its files ask of the profile."""

import hashlib
import shutil

import pytest

from workbench import batch, profiles
from workbench.batch import described
from workbench.catalog.said import Looked, Said, Subset
from workbench.governance import casework
from workbench.governance.record import Record
from workbench.values import Asset, UsageError

pytestmark = pytest.mark.usefixtures("inline")


def looked(world, *names, **said):
    """Remember files as the intake does, and say something about them; return their contents."""
    rows = []
    for name in names:
        path = world.source / name
        status = path.stat()
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        rows.append(Looked(Asset(name, str(world.source), sha256, status.st_size, status.st_mtime_ns)))
    with world.case() as case:
        case.catalog.put_looked(rows)
        case.catalog.say({row.asset.sha256: {key: Said(value, "hand") for key, value in said.items()} for row in rows})
    return [row.asset.sha256 for row in rows]


@pytest.fixture
def chosen(world):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        world.photo(name)
    world.photo("notes.txt", magic=b"no ")
    members = looked(world, "a.jpg", "b.jpg", "c.jpg")
    with world.case() as case:
        case.catalog.put_subset(Subset("two", "", "", tuple(members[:2])))
    return world


def test_only_the_subset_enters_the_run_and_resuming_keeps_to_it(chosen):
    run = chosen.prepare(subset="two")
    chosen.run(run_id=run, stopping=lambda: len(chosen.names()) > 0)
    chosen.run(run_id=run)
    with chosen.case() as case:
        assert sorted(item.asset for item in case.catalog.outcomes(run)) == ["a.jpg", "b.jpg"]
        assert case.catalog.run(run).subset == "two"
        assert case.catalog.run(run).subset_digest == case.catalog.subset("two").digest
    assert len(chosen.names()) == 2


def test_the_subset_is_part_of_what_a_run_is(chosen):
    whole, part = chosen.prepare(), chosen.prepare(subset="two")
    assert whole != part
    assert chosen.prepare(subset="two") == part
    with chosen.case() as case:
        case.catalog.put_subset(Subset("two", "", "", case.catalog.subset("two").members[:1]))
    assert chosen.prepare(subset="two") not in (whole, part)
    with pytest.raises(UsageError, match="stored anew since this run began"):
        chosen.run(run_id=part)


def test_a_file_that_is_gone_or_changed_is_said_before_anything_is_touched(chosen):
    run = chosen.prepare(subset="two")
    (chosen.source / "b.jpg").write_bytes(b"\xff\xd8\xffJFIF another")
    with pytest.raises(UsageError, match=r"1 of the 2 files of the subset 'two' .* changed \(such as b.jpg\)"):
        chosen.prepare(subset="two")
    (chosen.source / "b.jpg").unlink()
    with pytest.raises(UsageError, match="are not in the sources"):
        chosen.run(run_id=run)
    assert chosen.names() == []
    with pytest.raises(UsageError, match="no subset 'three'"):
        chosen.prepare(subset="three")


def test_files_that_were_moved_since_are_found_by_their_content(chosen):
    shutil.move(chosen.source, chosen.root / "moved")
    chosen.source = chosen.root / "moved"
    run = chosen.prepare(subset="two")
    chosen.run(run_id=run)
    assert len(chosen.names()) == 2


def test_of_exact_copies_a_subset_takes_one(chosen):
    shutil.copy(chosen.source / "a.jpg", chosen.source / "z.jpg")
    run = chosen.prepare(subset="two")
    with chosen.case() as case:
        found = described.narrow(case, batch.intake.walk([chosen.source]), "two")
    assert [asset.path for asset in found.assets] == ["a.jpg", "b.jpg"]
    assert run


def test_the_call_for_notebooks_takes_a_subset(chosen):
    events = batch.redact_folder(chosen.source, chosen.out, chosen.profile, case=chosen.case_path, subset="two")
    assert next(events).total == 2
    events.close()


@pytest.fixture
def governed(chosen, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    with chosen.case() as case:
        casework.make(case.path, Record.new("Street", "publication"))
    chosen.profile = casework.picked_profile(chosen.case_path)
    return chosen


def test_scenes_raise_the_profile_that_the_case_picks_and_a_weaker_one_is_refused(governed):
    looked(governed, "c.jpg", scenario="school")
    sources = [governed.source]
    picked = batch.profile_of(governed.case_path, governed.out, None, sources)
    assert (picked.quality, picked.kinds["face"].min_size) == ("careful", 0)
    with pytest.raises(UsageError, match="quality is balanced and must be careful or stronger, because children"):
        governed.prepare()
    # The school is not in the subset.
    assert batch.profile_of(governed.case_path, governed.out, None, sources, "two") == governed.profile
    governed.prepare(subset="two")
    governed.profile = picked
    governed.run()
    assert len(governed.names()) == 3


def test_a_file_that_was_changed_or_moved_is_still_of_its_scene(governed):
    looked(governed, "c.jpg", sensitivity="high")
    shutil.copy(governed.source / "c.jpg", governed.source / "copy.jpg")
    (governed.source / "c.jpg").unlink()
    with pytest.raises(UsageError, match="high sensitivity"):
        governed.prepare()
    (governed.source / "copy.jpg").unlink()
    governed.photo("c.jpg", "something else")
    with pytest.raises(UsageError, match="high sensitivity"):
        governed.prepare()


def test_what_is_said_after_a_run_was_prepared_stops_it(governed):
    run = governed.prepare()
    looked(governed, "a.jpg", scenario="clinic")
    with pytest.raises(UsageError, match="having been a patient"):
        governed.run(run_id=run)
    assert governed.names() == []


def test_the_scenes_of_a_run_are_known_without_opening_a_file(chosen):
    looked(chosen, "a.jpg", scenario="protest", sensitivity="high")
    looked(chosen, "c.jpg", scenario="school")
    run = chosen.prepare(subset="two")
    chosen.run(run_id=run)
    shutil.rmtree(chosen.source)
    with chosen.case() as case:
        assert described.scenes_of_run(case, run) == ("crowd", "high-sensitivity")


def test_without_a_record_scenes_hold_nobody_back(chosen):
    looked(chosen, "a.jpg", scenario="school")
    assert batch.profile_of(chosen.case_path, chosen.out, None, [chosen.source]) == profiles.load("publication")
    chosen.prepare()
