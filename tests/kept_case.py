"""A case with a record, a run and its release, of plain bytes: nothing here opens a picture."""

import hashlib
import os
from pathlib import Path

from workbench.catalog.case import Case
from workbench.governance import casework, ledger
from workbench.governance.record import Person, Record
from workbench.profiles import KindRule
from workbench.release.finish import finish_release
from workbench.release.keys import new_key
from workbench.release.manifest import DetectorInfo, RunInfo
from workbench.values import Asset, Kind, Outcome, State

PHOTOS = {
    "a.jpg": b"first" * 9000,
    "deep/b c.jpg": b"second" * 50,
    "deep/line\nbreak.png": b"third",
    "deep/er/d.png": b"",
}
OUTSIDERS = {"notes.txt": b"a letter", "deep/mine.ods": b"sums"}


class Kept:
    """Where everything of it lies; the private key is the custodian's."""

    def __init__(self, root: Path):
        self.root, self.folder, self.source, self.out = root, root / "case", root / "photos", root / "released"
        self.key = root / "custodian.key"
        self.public = new_key(self.key)

    def change(self, **edits):
        return casework.change(self.folder, {name.replace("__", "."): value for name, value in edits.items()})

    def ledger(self):
        return [(entry.act, dict(entry.facts)) for entry in ledger.entries(self.folder)]

    def tree(self, place=None):
        """Every file with its digest."""
        top = place or self.root
        return {
            path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(top.rglob("*"))
            if path.is_file() and not path.name.endswith(".lock")
        }


def make(root: Path, purpose: str = "ai-training") -> Kept:
    kept = Kept(root)
    for name, data in {**PHOTOS, **OUTSIDERS}.items():
        path = kept.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    record = Record.new("Street", purpose)
    with Case.open(kept.folder) as case:
        casework.make(case.path, record)
        kept.change(custodian__key=kept.public)
        run_it(kept, case)
    return kept


def run_it(kept: Kept, case: Case) -> None:
    profile = casework.picked_profile(case.path)
    run = case.catalog.create_run(profile, [kept.source], kept.out)
    book = casework.RunBook(case.path, run)
    book.started(profile)
    case.save_profile(profile)
    assets = [_asset(kept, name) for name in (*PHOTOS, *OUTSIDERS)]
    case.catalog.put_assets(run, assets)
    outcomes = []
    for number, asset in enumerate(assets, 1):
        if asset.path in OUTSIDERS:
            case.catalog.put_outcome(run, asset, Outcome(asset.path, State.BLOCKED, error="not a photo"))
            continue
        case.catalog.put_hash(asset)
        outcome = _written(kept.out, f"{number:06}.jpg", b"redacted %d" % number, asset.path, profile.kinds[Kind.FACE])
        outcomes.append(outcome)
        case.catalog.put_outcome(run, asset, outcome, asset.sha256)
    (case.reports / "before-after-1.html").write_text("<p>a face</p>")
    case.catalog.set_state(run, "done")
    book.ended("done", files=len(assets), done=len(outcomes))
    detector = DetectorInfo(
        name="centerface", kinds=tuple(Kind), weights="c.onnx", sha256="ab" * 32, licence="MIT", fingerprint="c 1"
    )
    info = RunInfo(profile, (detector,), "redaction-workbench 0.1.0", ledger_head=book.head)
    done = finish_release(kept.out, info, outcomes, lambda path, **_: [])
    assert not done.findings, done.findings
    book.released(done.manifest_sha256, len(outcomes))


def name_people(kept: Kept) -> None:
    """Ann runs, cus keeps."""
    casework.name_person(kept.folder, Person(number=1, login="ann", roles=("operator",)))
    casework.name_person(kept.folder, Person(number=2, login="cus", roles=("custodian",)))


def _asset(kept: Kept, name: str) -> Asset:
    path = kept.source / name
    facts = path.stat()
    digest = "" if name in OUTSIDERS else hashlib.sha256(path.read_bytes()).hexdigest()
    return Asset(name, os.fspath(kept.source), digest, facts.st_size, facts.st_mtime_ns)


def _written(out: Path, name: str, data: bytes, asset: str, how: KindRule) -> Outcome:
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Outcome(
        asset, State.DONE, output=name, counts={"face": 1}, covered=0.1,
        output_sha256=hashlib.sha256(data).hexdigest(), output_size=len(data), frames=1, width=200, height=120,
        regions=[[0, "face", how.method, how.shape, 10, 10, 60, 70]],
    )  # fmt: skip
