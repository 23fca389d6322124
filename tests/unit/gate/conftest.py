import pytest
from gate_cases import World, quick


@pytest.fixture
def world(tmp_path, monkeypatch):
    quick(monkeypatch)
    made = World(tmp_path, monkeypatch)
    yield made
    made.case.close()
