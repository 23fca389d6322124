"""What the gate gathers: the kept verification, what was drawn to be tried, rows that belong to one manifest."""

import shutil
from pathlib import Path

import pytest

from workbench.catalog.gate import Export, Risk
from workbench.catalog.said import RELEASE_DIGEST, Said, Sight
from workbench.catalog.store import file_sha256
from workbench.gate.attacking import drawn
from workbench.gate.facts import gather, verify
from workbench.gate.runs import manifest_of
from workbench.governance import casework
from workbench.release.verification import result_of
from workbench.values import Correction, Media, UsageError


def events(case, **options):
    return sum(1 for _ in verify(case, **options))


def test_a_verification_is_kept_until_anything_in_the_folder_changes(world):
    world.photos().record().run()
    assert gather(world.case).verification is None
    assert events(world.case) == 4  # three pictures and the report
    assert gather(world.case).verification.ok
    assert events(world.case) == 0
    assert events(world.case, anew=True) == 4
    picture = next(world.out.rglob("*.png"))
    data = picture.read_bytes()
    picture.write_bytes(data)  # the same bytes, and yet somebody wrote there
    assert gather(world.case).verification is None
    assert events(world.case) == 4
    (world.out / "stray.txt").write_text("x")
    assert gather(world.case).verification is None
    assert not result_of(verify(world.case)).ok


def test_a_kept_verification_that_is_damaged_is_made_again(world):
    world.photos().record().run()
    events(world.case)
    (kept,) = world.case.work.glob("verified-*.json")
    kept.write_text('{"stamp": 1}')
    assert gather(world.case).verification is None
    assert events(world.case) == 4


def test_without_a_manifest_nothing_is_spoken_about(world):
    with pytest.raises(UsageError, match="no run yet"):
        gather(world.case)
    world.photos().record().run()
    (world.out / "manifest.jsonl").unlink()
    facts = gather(world.case)
    assert (facts.manifest, facts.manifest_sha256) == (None, "")
    assert "written no manifest" in facts.manifest_problem
    with pytest.raises(UsageError, match="nothing to speak about"):
        drawn(world.case, None)


def test_the_manifest_of_another_run_is_not_taken_for_this_one(world):
    world.photos().record("analytics").run()
    casework.change(world.case.path, {"purpose": "publication"})
    shutil.rmtree(world.out)
    second = world.run()
    assert manifest_of(world.case, second)[0] is not None
    manifest, sha256, problem = manifest_of(world.case, 1)
    assert (manifest, sha256, "Another run" in problem) == (None, "", True)


def test_what_is_tried_is_drawn_over_scenes_and_devices(world):
    world.photos(6).record().run()
    catalog = world.case.catalog
    assets = catalog.assets(1)
    rare = assets[2]
    catalog.say({asset.sha256: {"scenario": Said("street", "hand")} for asset in assets if asset is not rare})
    catalog.say({rare.sha256: {"scenario": Said("school", "hand")}})
    sight = Sight(Media.PHOTO, 100, 80, 0.0, "phone", "", "", ())
    catalog.put_sights({asset.sha256: sight for asset in assets})
    outputs = {outcome.asset: outcome.output for outcome in catalog.outcomes(1)}
    chosen = [entry.path for entry in drawn(world.case, None, 2)]
    assert outputs[rare.path] in chosen
    assert [entry.path for entry in drawn(world.case, None, 2)] == chosen
    assert len(drawn(world.case, None, 0)) == 6


def test_model_releases_are_held_against_what_was_linked(world):
    world.photos().record().run()
    casework.change(world.case.path, {"screening.recognisable_models": "yes"})
    catalog, assets = world.case.catalog, world.case.catalog.assets(1)
    paper = world.case.path / "releases" / "one.pdf"
    paper.parent.mkdir()
    paper.write_bytes(b"signed")
    said = {
        "model_release": Said("releases/one.pdf", "hand"),
        RELEASE_DIGEST: Said(file_sha256(paper), "hand"),
    }
    catalog.say({assets[0].sha256: said})
    catalog.add_correction(assets[1].sha256, Correction("drop", 0, 0, 0))
    models = gather(world.case).models
    assert (models.linked, models.changed, models.dropped) == (1, 0, 1)
    paper.write_bytes(b"another")
    assert gather(world.case).models.changed == 1
    assert gather(world.case).outdated == 1


def test_rows_come_back_as_they_were_kept_and_by_manifest(world):
    catalog = world.case.catalog
    run = world.photos().record().run()
    for manifest in ("a" * 64, "b" * 64):
        catalog.put_risk(Risk(run, manifest, "Shirts.", "low", "None."))
    (kept,) = catalog.risks(run, "b" * 64)
    assert (kept.risk, kept.level, kept.action, kept.at > 0, kept.id) == ("Shirts.", "low", "None.", True, 2)
    assert len(catalog.risks(run)) == 2
    left = catalog.put_export(Export(run, "a" * 64, Path("/somewhere/out"), "c" * 64, "bob"))
    assert catalog.exports() == catalog.exports(run) == [left]
    assert catalog.exports(run + 1) == []
