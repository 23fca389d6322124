import kept_case
import pytest


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A case that names nobody, with a custodian's key."""
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    return kept_case.make(tmp_path)


@pytest.fixture
def custodian(kept, monkeypatch):
    """The same case, with people; the custodian sits at it."""
    kept_case.name_people(kept)
    monkeypatch.setenv("WORKBENCH_USER", "cus")
    return kept
