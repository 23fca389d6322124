import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from release_factory import FACES, PLATE, Release, content, no_findings, run_info, written

from workbench.release.finish import finish_release
from workbench.values import Outcome, State


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Three pictures, one of them in a folder and one without any region, and two failed sources."""
    out = tmp_path / "release"
    outcomes = [
        written(out, "000002.png", content(2, 9_000), [PLATE]),
        written(out, "000001.jpg", content(1, 70_000), [*FACES, PLATE]),
        written(out, "folder-01/000003.jpg", content(3, 1_500_000), []),
        Outcome("private/Anna.jpg", State.FAILED, error="Anna.jpg is truncated: ask for it again."),
        Outcome("notes.txt", State.BLOCKED, error="notes.txt is not a photo."),
    ]
    return Release(out, outcomes, finish_release(out, run_info(), outcomes, no_findings))


@pytest.fixture
def rewrite() -> Callable[[Path, Callable[[list[bytes]], list[bytes]]], None]:
    """Change a manifest's lines and give it a closing line that fits, as a careful forger would."""

    def change(manifest: Path, edit: Callable[[list[bytes]], list[bytes]]) -> None:
        *body, end = manifest.read_bytes().splitlines(keepends=True)
        body = edit(body)
        digest = hashlib.sha256(b"".join(body)).hexdigest().encode()
        end = end.replace(end.split(b'"sha256":"')[1][:64], digest)
        manifest.write_bytes(b"".join([*body, end]))

    return change
