"""The dashboard's screen and its state, without a kernel."""

import shutil

import pytest
from screen_fakes import Finder

from workbench import pipeline
from workbench.apps.redact import Screen
from workbench.apps.session import Session
from workbench.catalog.case import Case


@pytest.fixture
def pictures(tmp_path, samples):
    shutil.copytree(samples, tmp_path / "pictures")
    (tmp_path / "pictures" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    return tmp_path / "pictures"


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "load_detectors", lambda profile, threads=0: (Finder(),))
    Finder.calls = 0
    with Case.open(tmp_path / "case") as case:
        yield Session(case)


@pytest.fixture
def screen(session, pictures):
    made = Screen(session, [pictures.parent])
    made._choose(pictures)
    assert made.background.join()
    return made
