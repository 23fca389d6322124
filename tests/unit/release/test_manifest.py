import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from release_factory import DAY, FACES, PLATE, Release, content, detector, run_info, written

from workbench import profiles
from workbench.release.files import MAX_BLOCKS, MIN_BLOCK, block_size
from workbench.release.manifest import build_manifest, read_manifest, write_manifest
from workbench.release.reading import parse
from workbench.values import FileError, Kind, Outcome, State, UsageError


def lines(manifest: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    outcomes = [written(tmp_path, "000001.jpg", content(1, 5_000), [*FACES, PLATE])]
    path = write_manifest(tmp_path, run_info(), outcomes)
    assert path == tmp_path / "manifest.jsonl"
    assert read_manifest(tmp_path) == build_manifest(tmp_path, run_info(), outcomes)
    assert read_manifest(tmp_path).hidden() == {Kind.FACE: 2, Kind.PLATE: 1}


def test_an_empty_run_is_a_manifest_too(tmp_path: Path) -> None:
    write_manifest(tmp_path, run_info(), [])
    manifest = read_manifest(tmp_path)
    assert manifest.files == () and manifest.run.counts.files == 0


def test_lines_come_in_their_order_and_say_what_was_done(release: Release) -> None:
    first, *middle, last = lines(release.manifest)
    assert [line["type"] for line in middle] == ["file"] * 3 + ["document"] + ["asset"] * 2
    assert [line["path"] for line in middle[:4]] == [
        "000001.jpg", "000002.png", "folder-01/000003.jpg", "report.html",
    ]  # fmt: skip
    assert first["format"] == 1 and first["day"] == DAY.isoformat()
    assert first["counts"] == {"files": 5, "done": 3, "failed": 1, "blocked": 1}
    assert first["profile_digest"] == profiles.load("publication").digest
    assert first["profile"]["kinds"]["face"]["method"] == "solid"
    assert [entry["name"] for entry in first["detectors"]] == ["centerface", "ocr"]
    assert first["not_looked_for"] == ["person", "screen", "document"]
    assert middle[0]["counts"] == {"face": 2, "plate": 1}
    assert middle[0]["regions"][2] == PLATE
    body = b"".join(release.manifest.read_bytes().splitlines(keepends=True)[:-1])
    assert last == {"type": "end", "files": 3, "sha256": hashlib.sha256(body).hexdigest()}


def test_block_digests_are_those_of_the_file(release: Release) -> None:
    entry = lines(release.manifest)[1]
    data, step = (release.out / entry["path"]).read_bytes(), entry["block_size"]
    assert entry["blocks"] == [hashlib.sha256(data[at : at + step]).hexdigest()[:8] for at in range(0, len(data), step)]


@pytest.mark.parametrize("size", [1, 4096, 4097, 2**20, 2**20 + 1, 3 * 10**9])
def test_a_file_has_few_blocks_and_none_is_tiny(size: int) -> None:
    assert block_size(size) >= MIN_BLOCK
    assert -(-size // block_size(size)) <= MAX_BLOCKS


def test_no_source_name_and_no_path_of_the_machine_is_in_a_release(tmp_path: Path) -> None:
    secret = "canary street/Canary Person 17.jpg"
    machine = "/home/canary-user/my canary folder"
    out = tmp_path / "canary-out"
    words = f"{machine}/{secret}"
    profile = profiles.load("publication").changed(description="Pictures of Canary Person")
    outcomes = [
        written(out, "000001.jpg", content(1, 100), [], asset=secret, notes=[f"{words} had a second picture (MPF)"]),
        Outcome(secret, State.FAILED, error=f"{words} is truncated: ask for it again."),
        Outcome(secret, State.FAILED, error="'Canary Person 17.jpg' holds no pixel."),
        Outcome(secret, State.FAILED, error="Canary Person 17 in canary street cannot be read."),
        Outcome(secret, State.FAILED, error=r"C:\canary\x is locked."),
        Outcome(secret, State.BLOCKED, error="Something about CANARY PERSON 17.JPG happened."),
        Outcome("a/b.jpg", State.FAILED, error="It is the same as other-canary.heic."),
    ]
    tool = detector(weights="/home/canary/face.onnx", fingerprint="centerface 1 /home/canary/face.onnx float32")
    write_manifest(out, run_info(profile, (tool,)), outcomes)
    text = (out / "manifest.jsonl").read_text("utf-8")
    assert "canary" not in text.casefold()
    assert str(tmp_path) not in text
    manifest = read_manifest(out)
    assert manifest.files[0].notes == ("The file had a second picture (MPF)",)
    assert "The file is truncated: ask for it again." in [entry.reason for entry in manifest.assets]
    assert manifest.run.detectors[0].weights == "face.onnx"
    assert manifest.run.detectors[0].fingerprint == "centerface 1 … float32"


def test_the_order_of_the_sources_does_not_show(tmp_path: Path) -> None:
    outcomes = [
        written(tmp_path, "000002.jpg", content(2, 10), []),
        Outcome("z.jpg", State.FAILED, error="z.jpg is empty."),
        written(tmp_path, "000001.jpg", content(1, 10), []),
        Outcome("a.jpg", State.BLOCKED, error="a.jpg is not a photo."),
    ]
    first = build_manifest(tmp_path, run_info(), outcomes).to_bytes()
    assert build_manifest(tmp_path, run_info(), outcomes[::-1]).to_bytes() == first


def test_kept_names_may_be_of_any_language(tmp_path: Path) -> None:
    name = "été\u202f3 – 写真 “x”.jpg"
    write_manifest(tmp_path, run_info(), [written(tmp_path, name, content(1, 10), [])])
    assert read_manifest(tmp_path).files[0].path == name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"output_sha256": "0" * 64}, "changed after it was verified"),
        ({"output_size": 7}, "changed after it was verified"),
        ({"regions": [[0, "face", "solid", "box", 0, 0, 999, 10]]}, "outside the picture"),
        ({"regions": [[1, "face", "solid", "box", 0, 0, 9, 9]]}, "outside the picture"),
        ({"regions": [[0, "ghost", "solid", "box", 0, 0, 9, 9]]}, "ghost"),
        ({"width": 0}, "width"),
        ({"covered": 1.5}, "covered"),
    ],
)
def test_what_the_run_did_not_verify_is_not_listed(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    outcome = replace(written(tmp_path, "000001.jpg", content(1, 10), FACES), **change)
    with pytest.raises(FileError, match=words) as caught:
        write_manifest(tmp_path, run_info(), [outcome])
    assert "000001.jpg" in str(caught.value)
    assert not (tmp_path / "manifest.jsonl").exists()


def test_a_lost_output_and_a_shared_name_are_refused(tmp_path: Path) -> None:
    outcome = written(tmp_path, "000001.jpg", content(1, 10), [])
    with pytest.raises(FileError, match=r"000001\.jpg is the output of two"):
        write_manifest(tmp_path, run_info(), [outcome, outcome])
    (tmp_path / "000001.jpg").unlink()
    with pytest.raises(FileError, match=r"000001\.jpg is not in the release"):
        write_manifest(tmp_path, run_info(), [outcome])


def test_a_full_disk_leaves_the_old_manifest(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    before = release.manifest.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileError, match="the disk is full"):
        write_manifest(release.out, run_info(), release.outcomes)
    assert release.manifest.read_bytes() == before
    assert not list(release.out.glob(".*"))


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        read_manifest(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"no manifest\.jsonl"):
        read_manifest(tmp_path)


Edit = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda body: body[:-1], "cut short"),
        (lambda body: body[:3], "cut short"),
        (lambda body: [*body[:-1], body[-1][:40]], "cut short"),
        (lambda body: [], "cut short"),
        (lambda body: [*body, b"{}\n"], "cut short"),
        (lambda body: [body[0], *body[2:]], "changed after it was written"),
        (lambda body: [body[0], body[2], body[1], *body[3:]], "changed after it was written"),
        (lambda body: [line.replace(b'"face":2', b'"face":1') for line in body], "changed after it was written"),
        (lambda body: [line.replace(b'"format":1', b'"format":2') for line in body], "format 2"),
        (lambda body: [body[0], b"not json\n", *body[1:]], "line 2"),
        (lambda body: [body[0], b"[" * 100_000 + b"\n", *body[1:]], "line 2"),
        (lambda body: [line.replace(b'"width":200', b'"width":"200"') for line in body], "line 2: width"),
        (lambda body: [line.replace(b'"width":200', b'"extra":1,"width":200') for line in body], "line 2: extra"),
    ],
)
def test_a_changed_manifest_is_refused(release: Release, edit: Edit, words: str) -> None:
    release.manifest.write_bytes(b"".join(edit(release.manifest.read_bytes().splitlines(keepends=True))))
    with pytest.raises(FileError, match=words):
        read_manifest(release.out)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda body: [body[0], *body[2:]], "closing line counts 3 files"),
        (lambda body: [line.replace(b'"face":2', b'"face":1') for line in body], r"1 × face in 000001\.jpg"),
        (lambda body: [line.replace(b'"done":3', b'"done":4') for line in body], "counts 4 done files"),
        (lambda body: [line.replace(b'"failed":1', b'"failed":0') for line in body], "counts 0 failed"),
        (lambda body: [body[0], body[2], body[1], *body[3:]], "not in the order"),
        (lambda body: [body[1], body[0], *body[2:]], "not in the order"),
        (lambda body: [body[0], body[1], *body[1:]], r"lists 000001\.jpg 2 times"),
        (lambda body: [body[0], *body], "2 lines about its run"),
        (lambda body: body[1:], "0 lines about its run"),
        (lambda body: [line.replace(b'"000002.png"', b'"../000002.png"') for line in body], "leaves the folder"),
        (lambda body: [line.replace(b'"000002.png"', b'"/etc/passwd"') for line in body], "leaves the folder"),
        (lambda body: [line.replace(b'"000002.png"', rb'"..\\x.png"') for line in body], "leaves the folder"),
        (lambda body: [line.replace(b'"000002.png"', b'"C:/x.png"') for line in body], "leaves the folder"),
        (lambda body: [line.replace(b'"000002.png"', b'"a//b.png"') for line in body], "plain relative path"),
        (lambda body: [line.replace(b'"000002.png"', rb'"a\n.png"') for line in body], "plain relative path"),
        (lambda body: [line.replace(b'"000002.png"', b'"manifest.jsonl"') for line in body], "list itself"),
        (lambda body: [line.replace(b'"block_size":4096', b'"block_size":8192') for line in body], "blocks of 8192"),
    ],
)
def test_a_forged_manifest_with_a_fitting_checksum_contradicts_itself(
    release: Release, rewrite: Callable[[Path, Edit], None], edit: Edit, words: str
) -> None:
    rewrite(release.manifest, edit)
    reading = parse(release.manifest.read_bytes())
    assert any(words.replace("\\", "") in finding.message for finding in reading.findings), reading.findings
    with pytest.raises(FileError):
        read_manifest(release.out)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_of_a_manifest_can_change_unseen(release: Release, data: st.DataObject) -> None:
    changed = bytearray(release.manifest.read_bytes())
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert parse(bytes(changed)).findings


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200) | st.text().map(str.encode))
@example(b"")
@example(b'{"type":"end","files":0,"sha256":"' + hashlib.sha256(b"").hexdigest().encode() + b'"}\n')
@example(b"[]\n")
def test_nonsense_is_refused_in_one_sentence(data: bytes) -> None:
    reading = parse(data)
    assert reading.findings and all("\n" not in finding.message for finding in reading.findings)
