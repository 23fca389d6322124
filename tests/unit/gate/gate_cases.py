"""A case with a record and one finished run over small real pictures; the finder is made up, all else is real."""

import time

import numpy as np
from PIL import Image

from workbench import batch, review
from workbench.batch import driver, worker, workplace
from workbench.batch.job import Engine, Tools
from workbench.catalog import connection
from workbench.catalog.case import Case
from workbench.catalog.truths import Truth
from workbench.governance import casework, guidance
from workbench.governance.record import Person, Record
from workbench.governance.roles import SERVED_USER
from workbench.profiles import Purpose
from workbench.release.entries import DetectorInfo
from workbench.values import Detections, Kind

FACE = (20, 16, 60, 60)
"""where every picture has a red square that stands for a face"""


class Finder:
    """Finds red squares as faces."""

    name, kinds, licence, fingerprint = "red squares", tuple(Kind), "none", "red squares 1"

    def __call__(self, image):
        ys, xs = np.nonzero((image[..., 0] > 180) & (image[..., 1] < 90))
        if not len(xs):
            return Detections.empty()
        box = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
        return Detections.of(Kind.FACE, [box], [0.9], "red squares")


INFO = DetectorInfo(
    name="red squares", kinds=tuple(Kind), weights="none", sha256="0" * 64, licence="none", fingerprint="red squares 1"
)
ENGINE = Engine(lambda profile, threads: Tools("red squares 1", (INFO,), (Finder(),)), worker.redact)


class InlinePool:
    """A pool of one worker that is this process."""

    def __init__(self, engine, profile, workers, work):
        self.workers, self.waiting = 1, []
        worker._Process.engine, worker._Process.profile, worker._Process.threads = engine, profile, 1
        worker._Process.tools = None

    @property
    def busy(self):
        return len(self.waiting)

    def hello(self, tick):
        tick()
        return worker.hello()

    def submit(self, job, seconds):
        self.waiting.append(job)

    def finished(self, seconds):
        if not self.waiting:
            time.sleep(0.01)
        done, self.waiting = [(job, worker.call(job)) for job in self.waiting], []
        return done

    def stop(self):
        self.waiting = []


def quick(monkeypatch):
    """Work in this process, and let nobody cut the power."""
    monkeypatch.setattr(driver, "Pool", InlinePool)
    monkeypatch.setattr(workplace, "BALLAST", 10)
    monkeypatch.setattr(driver.pool.os, "fsync", lambda handle: None)
    monkeypatch.setattr(connection, "PRAGMAS", ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"))


class World:
    """Pictures, a case with a record, an output; `who` says who is signed in."""

    def __init__(self, root, monkeypatch):
        self.root, self._patch = root, monkeypatch
        self.source, self.out = root / "photos", root / "out"
        self.source.mkdir()
        self.case = Case.open(root / "case")

    def who(self, name):
        self._patch.setenv(SERVED_USER, name)
        return self

    def photos(self, count=3, broken=0):
        for number in range(count):
            pixels = np.full((80, 100, 3), 200 - number, np.uint8)
            pixels[FACE[1] : FACE[3], FACE[0] : FACE[2]] = (230, 20, 30)
            Image.fromarray(pixels).save(self.source / f"{number}.png")
        for number in range(broken):
            (self.source / f"broken {number}.png").write_bytes(b"\x89PNG\r\n\x1a\n cut short")
        return self

    def record(self, purpose: Purpose = "publication", named=True, **fields):
        self.who("ann")
        casework.make(self.case.path, Record.new("Street", purpose, **fields))
        if named:
            casework.name_person(self.case.path, Person(number=1, login="ann", roles=("operator",)))
            # Nobody is approver yet, so the operator may name the first one; the approver names the others.
            casework.name_person(self.case.path, Person(number=2, login="bob", roles=("approver",)))
            self.who("bob")
            casework.name_person(self.case.path, Person(number=3, login="cleo", roles=("reviewer",)))
            self.who("ann")
        return self

    def run(self):
        """Run as whoever is signed in; the same again where it was run before."""
        profile = casework.picked_profile(self.case.path)
        if profile is None:
            from workbench import profiles

            profile = profiles.load("publication")
        number = batch.prepare(self.case, [self.source], self.out, profile)
        for _ in batch.run(self.case, number, engine=ENGINE):
            pass
        return number

    def answered(self):
        """Answer everything that the record asks, as ann."""
        self.who("ann")
        sheet = {f"recital_26.{prompt.id}": "Said." for prompt in guidance.sheets()["recital_26"].prompts}
        basis = {f"basis.answers.{prompt.id}": "Said." for prompt in guidance.bases()["anonymised"].prompts}
        casework.change(
            self.case.path,
            {
                **sheet,
                **basis,
                **{f"screening.{name}": "no" for name in guidance.questions()},
                "basis.lawful_basis": "anonymised",
                "origin.repurposed": "no",
                "origin.note": "Taken for this.",
                "dpia.reason": "No trigger is met.",
                "dpia.needed": "no",
            },
        )
        return self

    def reviewed(self, missed=()):
        """Let cleo look at everything."""
        at_hand = review.open_review(self.case, seed="s", by="cleo", permit=casework.permit(self.case.path))
        while (item := review.next_item(at_hand, "cleo")) is not None:
            verdict = "unsure" if item.asset.path in missed else "clean"
            review.record(at_hand, item, "cleo", verdict, seconds=1)
        return self

    def truth(self, boxes=(FACE,), count=40):
        """Say what is really in the pictures, so often that the interval is narrow."""
        contents = {asset.sha256: asset for asset in self.case.catalog.assets(1)}
        rows = [box for box in boxes for _ in range(count)]
        found = Detections.of(Kind.FACE, rows, [1.0] * len(rows), "truth")
        self.case.catalog.put_truths({sha256: Truth(100, 80, (Kind.FACE,), [found]) for sha256 in contents})
        return self
