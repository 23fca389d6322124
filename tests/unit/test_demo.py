"""The main job with the real detectors, the way a newcomer runs it, and with every network call refused."""

import json
import subprocess
import sys

import pytest

from workbench import evidence

NO_NETWORK = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("the demo tried to use the network")
for name in ("connect", "connect_ex", "sendto"):
    original = getattr(socket.socket, name)
    def guarded(self, *args, _original=original, **kwargs):
        if self.family != socket.AF_UNIX:
            refuse()
        return _original(self, *args, **kwargs)
    setattr(socket.socket, name, guarded)
socket.getaddrinfo = socket.create_connection = refuse
from workbench.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")
    # A site hook refuses the network in the worker processes too, which start anew.
    (place / "sitecustomize.py").write_text(NO_NETWORK.split("from workbench", maxsplit=1)[0])
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, "demo", "--out", "try", "--no-serve"],
        cwd=place,
        env={**__import__("os").environ, "PYTHONPATH": str(place), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return place / "try", done.stdout


def test_it_says_what_was_hidden_and_where_to_look(demo):
    folder, said = demo
    assert "What was hidden" in said
    assert "Verified: 8 files" in said
    assert "before-after-1.html" in said
    assert "workbench serve" in said
    assert (folder / "case" / "reports" / "before-after-1.html").is_file()
    assert (folder / "release" / "report.html").is_file()


def test_every_face_plate_and_line_of_the_samples_is_hidden(demo):
    folder, _ = demo
    lines = [json.loads(line) for line in (folder / "release" / "manifest.jsonl").read_text().splitlines()]
    counts = {line["path"]: line["counts"] for line in lines if line["type"] == "file"}
    [clip] = [line for line in lines if line["type"] == "video"]
    assert (clip["counts"]["face"], clip["audio"]) == (1, "dropped")
    by_name = dict(
        zip(["letter", "whiteboard", "admiral", "astronaut", "group", "wink", "parking"], sorted(counts), strict=True)
    )
    assert counts[by_name["astronaut"]]["face"] == 1
    assert counts[by_name["admiral"]]["face"] >= 1
    assert counts[by_name["group"]]["face"] >= 6
    assert counts[by_name["wink"]]["face"] >= 2
    assert counts[by_name["parking"]]["plate"] >= 1
    assert counts[by_name["parking"]]["text"] >= 1
    assert counts[by_name["whiteboard"]]["text"] >= 4
    assert sum(counts[by_name["letter"]].values()) >= 5


def test_the_release_tells_nothing_of_the_originals(demo):
    folder, _ = demo
    for path in (folder / "release").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for canary in (b"astronaut", b"whiteboard", b"SN-0004711", b"Sample Camera", str(folder).encode()):
                assert canary not in data, (path.name, canary)


def test_it_can_be_run_again(demo):
    folder, _ = demo
    again = subprocess.run(
        [sys.executable, "-m", "workbench.cli", "demo", "--out", folder, "--no-serve"], capture_output=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert evidence.verify(folder / "release").ok
