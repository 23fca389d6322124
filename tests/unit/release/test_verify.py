import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from release_factory import FACES, PLATE, Release, content, detector, no_findings, run_info, written

from workbench import profiles
from workbench.disk import FIXED_TIME
from workbench.release.entries import DocumentEntry
from workbench.release.files import block_size, digest
from workbench.release.finish import finish_release, finishing
from workbench.release.manifest import write_manifest
from workbench.release.verify import verify_release, verifying
from workbench.values import FileError, Finding, Kind, Outcome, State, UsageError

NAMES = ("000001.jpg", "000002.png", "folder-01/000003.jpg", "report.html")


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def messages(release: Release) -> str:
    result = verify_release(release.out, no_findings)
    assert not result.ok
    return "\n".join(finding.message for finding in result.findings)


def test_an_untouched_release_verifies(release: Release) -> None:
    result = verify_release(release.out, no_findings)
    assert result.ok and release.written.ok
    assert result.files == 3
    assert result.checked == ("manifest", "totals", "profile", "listing", "sha256", "container", "names")
    assert {item.check for item in result.not_run} == {"missed", "signature"}
    assert result.manifest_sha256 == digest(release.manifest).sha256 == release.written.manifest_sha256
    assert "Verified: 3 files" in result.summary()
    assert json.loads(result.to_json())["ok"] is True


def test_a_check_that_did_not_run_is_no_pass(release: Release) -> None:
    result = verify_release(release.out)
    assert not result.ok and not result.findings
    assert "container" not in result.checked
    assert result.verdict.startswith("Incomplete")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", [0, 5_000, -1])
def test_one_wrong_byte_is_found_where_it_is(release: Release, name: str, at: int) -> None:
    path = release.out / name
    flip(path, at)
    position = at % path.stat().st_size
    step = block_size(path.stat().st_size)
    start = position // step * step
    (finding,) = verify_release(release.out, no_findings).findings
    assert (finding.file, finding.offset) == (name, start)
    assert name in finding.message
    assert f"bytes {start}–{min(start + step, path.stat().st_size) - 1} " in finding.message


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 40_000), data=st.data())
def test_the_reported_range_holds_the_first_wrong_byte(tmp_path: Path, size: int, data: st.DataObject) -> None:
    wrong = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=5))
    path = tmp_path / "x"
    path.write_bytes(bytes(size))
    found = digest(path)
    entry = DocumentEntry(path="x", sha256=found.sha256, size=size, block_size=block_size(size), blocks=found.blocks)
    for at in wrong:
        flip(path, at)
    ranges = list(entry.wrong_blocks(digest(path, entry.block_size, size).blocks, size))
    assert all(any(first <= at <= last for first, last in ranges) for at in wrong)
    assert ranges[0][0] <= min(wrong) <= ranges[0][1]
    assert len(ranges) <= len(wrong)


@pytest.mark.parametrize(
    ("name", "keep", "words"),
    [
        ("000001.jpg", 69_999, "it ends after 69999 of 70000 bytes."),
        ("000001.jpg", 4_096, "it ends after 4096 of 70000 bytes."),
        ("000002.png", 0, "it ends after 0 of 9000 bytes."),
        ("folder-01/000003.jpg", 100, "it ends after 100 of 1500000 bytes."),
    ],
)
def test_a_cut_is_told_from_a_change(release: Release, name: str, keep: int, words: str) -> None:
    os.truncate(release.out / name, keep)
    assert f"{name} was changed: {words}" in messages(release)


def test_a_cut_and_changed_file_says_both(release: Release) -> None:
    os.truncate(release.out / "000001.jpg", 20_000)
    flip(release.out / "000001.jpg", 5_000)
    assert "its first wrong byte lies in bytes 4096–8191 (1 of 18 blocks differ) and it ends after" in messages(release)


@pytest.mark.parametrize("name", NAMES)
def test_added_bytes_are_counted(release: Release, name: str) -> None:
    path = release.out / name
    size = path.stat().st_size
    with path.open("ab") as stream:
        stream.write(b"GPS: 52.0")
    assert f"{name} was changed: it goes on for 9 bytes after its end at byte {size}." in messages(release)


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_file_is_named(release: Release, name: str) -> None:
    (release.out / name).unlink()
    assert f"{name} is missing." in messages(release)


def test_a_renamed_file_is_found_again(release: Release) -> None:
    (release.out / "000002.png").rename(release.out / "holiday.png")
    text = messages(release)
    assert "000002.png is missing: its content is there as holiday.png." in text
    assert "holiday.png is a file that the manifest does not list" in text


def test_exchanged_files_are_named(release: Release) -> None:
    one, two, other = (release.out / name for name in ("000001.jpg", "000002.png", "spare"))
    one.rename(other)
    two.rename(one)
    other.rename(two)
    text = messages(release)
    assert "000001.jpg holds the content that belongs to 000002.png" in text
    assert "000002.png holds the content that belongs to 000001.jpg" in text


def test_whatever_is_not_listed_is_found(release: Release) -> None:
    out = release.out
    (out / ".thumbs").mkdir()
    (out / ".thumbs" / "Anna\n\u202e.jpg").write_bytes(b"x")
    (out / "empty").mkdir()
    (out / "original.jpg").symlink_to(out / "000001.jpg")
    (out / "folder-01" / ".hidden").write_bytes(b"x")
    os.mkfifo(out / "pipe")
    text = messages(release)
    for words in (
        ".thumbs is a hidden folder",
        r".thumbs/Anna\n\u202e.jpg is a file",
        "empty is a folder",
        "original.jpg is a link",
        "folder-01/.hidden is a hidden file",
        "pipe is a special file",
    ):
        assert f"{words} that the manifest does not list" in text
    assert len(text.splitlines()) == 6


def test_a_link_in_place_of_a_file_is_not_followed(release: Release, tmp_path: Path) -> None:
    path = release.out / "000001.jpg"
    path.rename(tmp_path / "elsewhere.jpg")
    path.symlink_to(tmp_path / "elsewhere.jpg")
    assert messages(release) == "000001.jpg is a link, not a regular file."


def test_a_link_in_place_of_a_folder_is_not_followed(release: Release, tmp_path: Path) -> None:
    (release.out / "folder-01").rename(tmp_path / "elsewhere")
    (release.out / "folder-01").symlink_to(tmp_path / "elsewhere")
    assert "folder-01/000003.jpg is missing" in messages(release)


def test_a_changed_manifest_does_not_hide_what_else_is_wrong(release: Release) -> None:
    release.manifest.write_bytes(release.manifest.read_bytes().replace(b'"face":2', b'"face":1'))
    flip(release.out / "000002.png", 4_100)
    text = messages(release)
    assert "manifest.jsonl was changed after it was written" in text
    assert "it counts 1 × face in 000001.jpg, but lists 2" in text
    assert "000002.png was changed: its first wrong byte lies in bytes 4096–8191" in text


def test_an_unreadable_manifest_is_a_finding_and_nothing_else_is_said_to_be_checked(release: Release) -> None:
    data = release.manifest.read_bytes()
    release.manifest.write_bytes(data[: len(data) // 2])
    result = verify_release(release.out, no_findings)
    assert not result.ok and result.checked == ("manifest",)
    assert "cut short" in result.findings[0].message
    assert "sha256" in {item.check for item in result.not_run}


def test_without_a_manifest_it_is_no_release(release: Release) -> None:
    release.manifest.unlink()
    with pytest.raises(UsageError, match=r"no manifest\.jsonl"):
        verify_release(release.out)


Edit = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"min_score":0.2', b'"min_score":0.9', "do not have the digest"),
        (b'"face","solid","box",10', b'"face","blur","box",10', "000001.jpg: the region"),
        (b'"face","solid","box",10', b'"face","solid","ellipse",10', "as ellipse, which is not what the profile says"),
        (b'"000002.png"', b'"Anna.png"', "Anna.png is not a neutral name"),
        (b'"000002.png"', b'"20240613.png"', "20240613.png is not a neutral name"),
    ],
)
def test_a_forged_manifest_is_held_against_the_profile(
    release: Release, rewrite: Callable[[Path, Edit], None], old: bytes, new: bytes, words: str
) -> None:
    rewrite(release.manifest, lambda body: [line.replace(old, new) for line in body])
    assert words in messages(release)


def test_a_block_digest_that_was_changed_points_at_the_manifest(
    release: Release, rewrite: Callable[[Path, Edit], None]
) -> None:
    first = json.loads(release.manifest.read_bytes().splitlines()[1])["blocks"][0].encode()
    rewrite(release.manifest, lambda body: [line.replace(first, b"00000000") for line in body])
    assert "000001.jpg has the listed checksum, but the manifest's block checksums do not fit" in messages(release)


def test_the_second_reader_gets_what_the_manifest_says(release: Release) -> None:
    seen: dict[str, dict[str, Any]] = {}

    def check(path: Path, **request: Any) -> list[Finding]:
        seen[path.name] = request
        if path.name == "000002.png":
            return [Finding("metadata", "000002.png has an EXIF block.", "", 33)]
        if path.name == "000003.jpg":
            raise RuntimeError("decoder gave up")
        return []

    result = verify_release(release.out, check)
    assert seen["000001.jpg"] == {
        "size": (200, 120),
        "frames": 1,
        "allow_icc": True,
        "regions": tuple(tuple(row) for row in [*FACES, PLATE]),
    }
    assert Finding("metadata", "000002.png has an EXIF block.", "000002.png", 33) in result.findings
    assert any("folder-01/000003.jpg could not be opened again" in finding.message for finding in result.findings)
    assert result.failed == {"container"}
    assert not result.ok


def test_names_are_not_held_against_a_profile_that_keeps_them(tmp_path: Path) -> None:
    profile = profiles.load("publication")
    profile = profile.changed(output=profile.output.model_copy(update={"names": "keep"}))
    finish_release(tmp_path, run_info(profile), [written(tmp_path, "Anna.jpg", content(1, 9), FACES)], no_findings)
    result = verify_release(tmp_path, no_findings)
    assert result.ok and "names" not in result.checked


@pytest.mark.parametrize(("method", "ok"), [("solid", True), ("blur", False)])
def test_what_a_person_hid_beyond_the_profile_is_in_order_when_it_is_a_plain_box(
    tmp_path: Path, method: str, ok: bool
) -> None:
    faces_only = profiles.load("publication").with_kinds((Kind.FACE,))
    rows = [[0, "plate", method, "box", 1, 1, 50, 50]]
    outcomes = [written(tmp_path, "000001.jpg", content(1, 9), rows)]
    assert finish_release(tmp_path, run_info(faces_only), outcomes, no_findings).ok is ok


def test_soft_regions_are_said_to_be_uncheckable_without_originals(tmp_path: Path) -> None:
    rows = [[0, "face", "pixelate", "box", 1, 1, 50, 50]]
    outcomes = [written(tmp_path, "000001.jpg", content(1, 9), rows)]
    result = finish_release(tmp_path, run_info("analytics"), outcomes, no_findings)
    assert result.ok
    assert "1 blurred or pixelated region in 1 file cannot be compared" in result.summary()
    assert any("remain personal data" in warning for warning in result.warnings)


def test_warnings_say_what_is_as_stated_and_still_odd(tmp_path: Path) -> None:
    outcomes = [written(tmp_path, "000001.jpg", content(1, 9), []), Outcome("a.jpg", State.FAILED, error="bad")]
    result = finish_release(tmp_path, run_info(detectors=(detector(kinds=(Kind.FACE,)),)), outcomes, no_findings)
    assert result.ok
    text = result.summary()
    assert "Nothing was hidden in any file" in text
    assert "1 of 2 source files could not be handled" in text
    assert "The profile hides plate, text, but no detector looked for that." in text


def test_progress_counts_every_file_once(release: Release) -> None:
    steps = [(event.done, event.total, event.message) for event in verifying(release.out, no_findings)]
    assert steps == [(number, 4, name) for number, name in enumerate(NAMES, 1)]
    steps = [(event.done, event.total) for event in finishing(release.out, run_info(), release.outcomes)]  # type: ignore[misc]
    assert steps == [(number, 6) for number in range(1, 7)]


def test_finishing_again_gives_the_same_bytes(release: Release) -> None:
    before = {path: path.read_bytes() for path in release.out.glob("*.*")}
    assert finish_release(release.out, run_info(), release.outcomes, no_findings).ok
    assert {path: path.read_bytes() for path in release.out.glob("*.*")} == before
    assert {int((release.out / name).stat().st_mtime) for name in ("report.html", "manifest.jsonl")} == {FIXED_TIME}


def test_what_the_caller_will_take_away_is_left_aside(tmp_path: Path) -> None:
    outcomes = [written(tmp_path, "000001.jpg", content(1, 9), FACES)]
    (tmp_path / ".claim").write_bytes(b"")
    (tmp_path / ".work").mkdir()
    (tmp_path / ".work" / "part").write_bytes(b"")
    assert finish_release(tmp_path, run_info(), outcomes, no_findings, aside=(".claim", ".work")).ok
    assert not verify_release(tmp_path, no_findings).ok


def test_an_unreadable_file_is_a_finding(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path, *_: Any) -> Any:
        raise FileError(f"{path.name} cannot be read (Input/output error): check the disk and permissions.")

    monkeypatch.setattr("workbench.release.verify.digest", fails)
    assert "000001.jpg cannot be read (Input/output error)" in messages(release)


def test_long_lists_are_cut_on_a_terminal_only(tmp_path: Path) -> None:
    write_manifest(tmp_path, run_info(), [])
    for number in range(50):
        (tmp_path / f"{number}").write_bytes(b"x")
    result = verify_release(tmp_path, no_findings)
    assert "and 10 more" in result.summary()
    assert len(json.loads(result.to_json())["findings"]) == 50
