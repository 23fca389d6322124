"""A case with one finished run over small real pictures, approved as far as a test asks for; no detector runs."""

import hashlib
import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.catalog.case import Case
from workbench.catalog.said import Said
from workbench.gate import signing
from workbench.gate.facts import verify
from workbench.governance import casework, guidance
from workbench.governance.casework import RunBook
from workbench.governance.record import Person, Record
from workbench.release.finish import finish_release
from workbench.release.manifest import DetectorInfo, RunInfo
from workbench.release.verification import result_of
from workbench.values import Asset, Detections, Kind, Outcome, State

SIZE = 48, 36
INFO = DetectorInfo(
    name="centerface", kinds=tuple(Kind), weights="w.onnx", sha256="ab" * 32, licence="MIT", fingerprint="f"
)
SECRET = "Harbour Lane"
"""stands in every answer of the record that has to stay in the case"""


def as_user(login):
    os.environ["WORKBENCH_USER"] = login


def png(number, filled=True):
    """A picture of noise with one grey box in it."""
    image = np.random.default_rng(number).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    if filled:
        image[4:20, 4:20] = 96
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    return stream.getvalue()


class Street:
    """A case for a purpose, run by ann; bob may approve and review."""

    def __init__(self, root: Path, purpose="publication", count=4, named=True, **edits):
        self.root, self.folder, self.out = root, root / "case", root / "out"
        self.source = root / "photos"
        root.mkdir(exist_ok=True)
        as_user("ann")
        with Case.open(self.folder) as case:
            casework.make(case.path, Record.new("The Harbour Lane case", purpose))
            casework.change(case.path, {**self.answers(), **edits})
            if named:
                ann = Person(number=1, login="ann", name="Ann Miller", roles=("operator",))
                casework.name_person(case.path, ann)
                casework.name_person(case.path, Person(number=2, login="bob", roles=("approver", "reviewer")))
            self.run(case, count)

    def answers(self):
        edits = {f"screening.{name}": "no" for name in guidance.questions()}
        edits |= {"basis.lawful_basis": "legitimate-interests", "dpia.needed": "no", "dpia.reason": SECRET}
        edits |= {"description": SECRET, "origin.taken_for": SECRET}
        edits |= {f"basis.answers.{prompt.id}": SECRET for prompt in guidance.bases()["legitimate-interests"].prompts}
        for name in ("transparency", "supplier", "notes"):
            edits |= {f"{name}.{prompt.id}": SECRET for prompt in guidance.sheets()[name].prompts}
        for prompt in guidance.sheets()["recital_26"].prompts:
            edits[f"recital_26.{prompt.id}"] = "Ann Miller says: nobody.\nSee /home/ann/notes.txt and DSC_0001."
        return edits

    def run(self, case, count):
        profile = casework.picked_profile(case.path)
        number = case.catalog.create_run(profile, [self.source], self.out)
        self.digest = profile.digest
        assets = []
        for at in range(count):
            path = self.source / ("day" if at % 2 else "night") / f"DSC_{at:04}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png(at, filled=False))
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            assets.append(Asset(path.relative_to(self.source).as_posix(), str(self.source), sha256, 10, 1))
        case.catalog.put_assets(number, assets)
        names = case.catalog.give_names(number, assets, (), {(each.source, each.path): "PNG" for each in assets})
        book = RunBook(case.path, number)
        book.started(profile)
        method = str(profile.kinds[Kind.FACE].method)
        outcomes = []
        for at, asset in enumerate(assets):
            case.catalog.put_hash(asset)
            case.catalog.put_detections(asset.sha256, "f", [Detections.of(Kind.FACE, [[5, 5, 19, 19]], [0.9], "x")])
            output = f"{names[asset.source, asset.path].stem}.png"
            data = png(at)
            (self.out / output).parent.mkdir(parents=True, exist_ok=True)
            (self.out / output).write_bytes(data)
            outcome = Outcome(
                asset.path, State.DONE, {"face": 1}, 0.15, output, hashlib.sha256(data).hexdigest(), len(data), 1,
                *SIZE, regions=[[0, "face", method, "box", 4, 4, 20, 20]],
            )  # fmt: skip
            case.catalog.put_outcome(number, asset, outcome, asset.sha256, "1.0 f", 1)
            outcomes.append(outcome)
        case.catalog.set_state(number, "done")
        book.ended("done", files=count, done=count, failed=0, blocked=0, corrections=0)
        info = RunInfo(profile, (INFO,), "redaction-workbench 0.1.0", ledger_head=book.head)
        found = finish_release(self.out, info, outcomes, lambda *_, **__: [])
        assert not found.findings
        book.released(found.manifest_sha256, count)

    def open(self):
        return Case.open(self.folder, create=False)

    def describe(self, case, day="portrait", night="studio"):
        """Say of which scenario the pictures are."""
        said = {
            asset.sha256: {"scenario": Said(night if asset.path.startswith("night") else day, "hand")}
            for asset in case.catalog.assets(1)
        }
        case.catalog.say(said)

    def approve(self, case):
        """Set aside what did not run, and sign."""
        result_of(verify(case))
        as_user("bob")
        for check in signing.gate(case).held_by:
            if check.name != "approval":
                signing.override(case, None, check.name, f"Four pictures; Ann Miller and I saw {check.name}.")
        made = signing.approve(case)
        as_user("ann")
        return made

    def tree(self, folder):
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
