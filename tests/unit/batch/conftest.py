from contextlib import closing
from pathlib import Path

import batch_fakes
import pytest

from workbench import batch, profiles
from workbench.batch import driver, workplace
from workbench.catalog import connection
from workbench.catalog.case import Case


class World:
    """A folder of fake photos, a case, an output."""

    def __init__(self, root: Path):
        self.root = root
        self.source, self.out, self.case_path = root / "photos", root / "out", root / "case"
        self.source.mkdir()
        self.profile = profiles.load("publication")

    def photo(self, name, *words, magic=batch_fakes.JPEG, under=None):
        path = (under or self.source) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            b"\n".join([magic + b"JFIF " + name.encode(errors="surrogateescape"), *map(str.encode, words)])
        )
        return path

    def case(self):
        return closing(Case.open(self.case_path))

    def prepare(self, *sources, **options):
        with self.case() as case:
            return batch.prepare(case, sources or [self.source], options.pop("out", self.out), self.profile, **options)

    def run(self, *sources, engine=batch_fakes.ENGINE, run_id=None, on=None, **options):
        """Prepare and do a run; return its events."""
        if run_id is None:
            run_id = self.prepare(*sources)
        events = []
        with self.case() as case:
            for event in batch.run(case, run_id, engine=engine, **options):
                events.append(event)
                if on:
                    on(case, run_id, event)
        return events

    def calls(self):
        """What was worked on since the last look, in order."""
        log = self.root / "calls.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def names(self):
        """The pictures in the output."""
        return sorted(name for name in self.tree() if not name.endswith((".jsonl", ".html")))

    def tree(self):
        """Every file in the output with its content's digest."""
        return batch_fakes.tree(self.out)

    def outcomes(self, run_id=1):
        with self.case() as case:
            return {outcome.asset: outcome for outcome in case.catalog.outcomes(run_id)}

    def last(self, run_id=1):
        with self.case() as case:
            return case.catalog.run(run_id)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def inline(monkeypatch):
    """Work in this process: everything but the processes themselves."""
    monkeypatch.setattr(driver, "Pool", batch_fakes.InlinePool)
    monkeypatch.setattr(workplace, "BALLAST", 10)
    # No test here cuts the power, and a killed process loses nothing that it wrote.
    monkeypatch.setattr(driver.pool.os, "fsync", lambda handle: None)
    monkeypatch.setattr(connection, "PRAGMAS", ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"))
