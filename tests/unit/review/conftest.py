from types import SimpleNamespace

import pytest
from review_cases import Desk

from workbench.review import opening


@pytest.fixture(autouse=True)
def same_lots(monkeypatch):
    """Let chance draw the same every time: which pictures two people look at decides what a test sees."""
    monkeypatch.setattr(opening, "secrets", SimpleNamespace(token_hex=lambda _: "2026"))


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.case.close()
