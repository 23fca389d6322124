"""The second reader of videos on clips that were spoilt on purpose: it must see each, and nothing in good ones."""

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from video_canaries import Clip, Span, box, digest, inside, replaced

from workbench.media.check_video import check_video
from workbench.values import Finding


def check(clip: Clip, path: Path, **changes: Any) -> list[Finding]:
    return check_video(path, **(clip.request | changes))


def kinds(findings: list[Finding]) -> set[str]:
    return {finding.check for finding in findings}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"crf": 10},
        {"crf": 35},
        {"sound": True},
        {"pixels": "yuv444p"},
        {"pixels": "yuv422p"},
        {"codec": "libx265", "pixels": "yuv420p10le"},
        {"spans": []},
    ],
)
def test_nothing_is_found_in_a_good_clip(tmp_path: Path, settings: dict[str, Any]) -> None:
    clip = Clip(**settings)
    assert check(clip, clip.write(tmp_path / "a.mp4")) == []


def only(track: int, wanted: Callable[[int, Span], Span | None]) -> Callable[[int, list[Span]], list[Span]]:
    """Change one track's mask, or leave it out."""

    def tweak(frame: int, spans: list[Span]) -> list[Span]:
        changed = [wanted(frame, span) if span[0] == track else span for span in spans]
        return [span for span in changed if span is not None]

    return tweak


def moved(span: Span, across: int) -> Span:
    return [*span[:6], span[6] + across, span[7], span[8] + across, span[9]]


@pytest.mark.parametrize("crf", [20, 35])
@pytest.mark.parametrize(
    ("track", "wanted", "frames"),
    [
        (1, lambda frame, span: None if frame == 11 else span, "frame 11: the face"),
        (1, lambda frame, span: None if frame == 0 else span, "frame 0: the face"),
        (1, lambda frame, span: None if frame == 23 else span, "frame 23: the face"),
        (2, lambda frame, span: None if frame == 6 else span, "frame 6: the face"),  # one frame late
        (2, lambda frame, span: moved(span, (span[8] - span[6]) // 2), "12 frames from 6 to 17"),
        (1, lambda frame, span: moved(span, 35) if frame >= 20 else span, "4 frames from 20 to 23"),
        (3, lambda frame, span: None if frame == 9 else span, "frame 9: the plate"),
        (3, lambda frame, span: moved(span, 50), "24 frames from 0 to 23"),
        (4, lambda frame, span: None if frame == 12 else span, "frame 12: the person"),
        (4, lambda frame, span: moved(span, 40), "12 frames from 12 to 23"),
    ],
)
def test_a_mask_that_is_missing_or_not_in_its_place_is_found(
    tmp_path: Path, crf: int, track: int, wanted: Callable[[int, Span], Span | None], frames: str
) -> None:
    clip = Clip(crf=crf, tweak=only(track, wanted))
    findings = check(clip, clip.write(tmp_path / "a.mp4"))
    assert kinds(findings) == {"region"}
    assert len(findings) == 1 and findings[0].message.startswith(frames.capitalize())


def test_a_fill_of_another_colour_is_found(tmp_path: Path) -> None:
    clip = Clip()
    path = clip.write(tmp_path / "a.mp4")
    (finding,) = check(clip, path, colours={"face": [(96, 96, 96)], "person": [(120, 140, 40)]})
    assert "person" in finding.message
    assert check(clip, path, colours=None) == []


def test_overlapping_fills_are_no_false_alarm_and_hide_no_hole(tmp_path: Path) -> None:
    spans: list[Span] = [
        [1, 0, 23, "plate", "average", "box", 20, 20, 120, 120],
        [2, 0, 23, "plate", "average", "box", 70, 60, 190, 150],
        [3, 0, 23, "face", "solid", "box", 100, 40, 160, 110],
        [4, 0, 23, "face", "solid", "ellipse", 140, 90, 240, 200],
    ]
    good = Clip(spans=spans)
    assert check(good, good.write(tmp_path / "a.mp4")) == []
    hole = Clip(spans=spans, tweak=only(2, lambda frame, span: None if frame == 7 else span))
    assert "frame 7: the plate" in str(check(hole, hole.write(tmp_path / "b.mp4"))[0].message).lower()


ORDERS: dict[str, list[int]] = {
    "missing": [*range(10), *range(11, 24)],
    "doubled": [*range(10), 9, *range(10, 24)],
    "doubled instead of the next": [*range(10), 9, *range(11, 24)],
}


def test_a_frame_that_is_missing_or_too_many_is_found(tmp_path: Path) -> None:
    for name in ("missing", "doubled"):
        clip = Clip(order=ORDERS[name])
        assert "frames" in kinds(check(clip, clip.write(tmp_path / "a.mp4")))


def test_times_that_differ_by_one_tick_are_found(tmp_path: Path) -> None:
    for shifts in ({11: 1}, {11: -1}, {23: 1}):
        clip = Clip(shifts=shifts)
        (finding,) = check(clip, clip.write(tmp_path / "a.mp4"))
        assert finding.check == "times"


def test_times_of_a_variable_rate_are_taken_as_they_are(tmp_path: Path) -> None:
    clip = Clip(shifts={index: 37 * index * index % 400 for index in range(24)})
    times = [Fraction(at * 512 + 37 * at * at % 400, 12800) for at in range(24)]
    assert check(clip, clip.write(tmp_path / "a.mp4"), times_sha256=digest(times)) == []


def test_the_size_is_held_against_the_wanted_one(tmp_path: Path) -> None:
    clip = Clip(spans=[])
    assert kinds(check(clip, clip.write(tmp_path / "a.mp4"), size=(240, 320))) == {"size"}


def test_sound_that_should_not_be_there_is_found_and_sound_that_should(tmp_path: Path) -> None:
    for sound, audio in ((True, "dropped"), (False, "distorted")):
        clip = Clip(sound=sound)
        assert kinds(check(clip, clip.write(tmp_path / "a.mp4"), audio=audio)) == {"streams"}


UDTA = box("udta", box("\xa9xyz", b"\0\x12\x15\xc7+53.5400+009.9900/"))
TEXT = box("trak", box("tkhd", bytes(84)) + box("mdia", box("hdlr", bytes(8) + b"text" + bytes(13))))
SPOILT: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "udta": (lambda data: inside(data, "moov", UDTA), "metadata"),
    "udta of the track": (lambda data: inside(data, "moov/trak", UDTA), "metadata"),
    "meta": (lambda data: inside(data, "moov", box("meta", bytes(40))), "metadata"),
    "uuid": (lambda data: inside(data, "moov", box("uuid", bytes(range(40)))), "metadata"),
    "uuid at the end": (lambda data: data + box("uuid", b"\xbe\x7a" + bytes(30)), "metadata"),
    "free with text": (lambda data: data + box("free", b"Anna, Harbour Lane 12"), "slack"),
    "free with zeros": (lambda data: data + box("free", bytes(20)), "slack"),
    "free in a table": (lambda data: inside(data, "moov/trak/mdia/minf/stbl", box("free", b"")), "slack"),
    "bytes at the end": (lambda data: data + b"GPS 53.54", "trailer"),
    "a JPEG at the end": (lambda data: data + b"\xff\xd8\xff\xe0" + bytes(100), "trailer"),
    "more samples": (lambda data: data + box("mdat", b"samples that no table names"), "slack"),
    "text track": (lambda data: inside(data, "moov", TEXT), "streams"),
    "chapters": (lambda data: inside(data, "moov/trak", box("tref", box("chap", b"\0\0\0\2"))), "streams"),
    "date": (
        lambda data: replaced(data, "moov/mvhd", lambda old: old[:12] + b"\xe0\0\0\0\xe0\0\0\0" + old[20:]),
        "metadata",
    ),
    "language": (
        lambda data: replaced(data, "moov/trak/mdia/mdhd", lambda old: old[:28] + b"\x10\xb5" + old[30:]),
        "metadata",
    ),
    "handler": (
        lambda data: replaced(data, "moov/trak/mdia/hdlr", lambda old: old.replace(b"VideoHandler", b"Anna's phone")),
        "metadata",
    ),
    "rotation": (
        lambda data: replaced(
            data, "moov/trak/tkhd", lambda old: old[:48] + b"\0\0\0\0\0\1\0\0\0\0\0\0\xff\xff\0\0" + old[64:]
        ),
        "format",
    ),
    "compressor": (
        lambda data: replaced(
            data, "moov/trak/mdia/minf/stbl/stsd", lambda old: old[:66] + b"\x05Canon" + old[72:]
        ),
        "metadata",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_whatever_a_player_does_not_need_is_found(tmp_path: Path, name: str) -> None:
    clip = Clip(spans=[])
    path = clip.write(tmp_path / "a.mp4")
    spoil, kind = SPOILT[name]
    path.write_bytes(spoil(path.read_bytes()))
    assert kind in kinds(check(clip, path))


def test_a_text_inside_the_coded_pictures_is_found(tmp_path: Path) -> None:
    clip = Clip(spans=[], sei=True)
    (finding,) = check(clip, clip.write(tmp_path / "a.mp4"))
    assert finding.check == "metadata" and "message inside the coded picture" in finding.message


def edit_list(duration: int, start: int, rate: int = 0x10000, more: bytes = b"") -> Callable[[bytes], bytes]:
    row = duration.to_bytes(4, "big") + start.to_bytes(4, "big", signed=True) + rate.to_bytes(4, "big") + more
    made = box("elst", bytes(4) + (len(row) // 12).to_bytes(4, "big") + row)
    return lambda data: replaced(data, "moov/trak/edts", lambda old: box("edts", made))


@pytest.mark.parametrize(
    "spoil",
    [
        edit_list(960, 1024 + 5 * 512),  # the first five frames
        edit_list(400, 1024),  # all behind 0.4 s
        edit_list(960, 1024, 0x8000),
        edit_list(400, 1024, 0x10000, (560).to_bytes(4, "big") + (1024 + 5120).to_bytes(4, "big") + b"\0\1\0\0"),
    ],
)
def test_an_edit_list_that_hides_frames_is_found(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    clip = Clip(spans=[])
    path = clip.write(tmp_path / "a.mp4")
    assert check(clip, path) == []
    path.write_bytes(spoil(path.read_bytes()))
    assert "edit list" in kinds(check(clip, path))
    # Even when the frames that are left are all that is asked for.
    shown = check(clip, path, frames=19, times_sha256=digest(Fraction(index, 25) for index in range(19)))
    assert {"edit list", "frames"} <= kinds(shown)


def test_a_file_that_is_cut_or_damaged_is_found(tmp_path: Path) -> None:
    clip = Clip(spans=[])
    path = clip.write(tmp_path / "a.mp4")
    whole = path.read_bytes()
    for data in (whole[: len(whole) // 2], b"", b"no video at all, by far", whole[:20] + bytes(len(whole) - 20)):
        path.write_bytes(data)
        assert check(clip, path)
    damaged = bytearray(whole)
    middle = len(whole) // 2
    damaged[middle : middle + 5000] = random.Random(3).randbytes(5000)
    path.write_bytes(damaged)
    assert {"decode", "metadata"} & kinds(check(clip, path))
    path.unlink()
    assert kinds(check(clip, path)) == {"readable"}


def test_rows_that_make_no_sense_are_findings(tmp_path: Path) -> None:
    clip = Clip(spans=[])
    path = clip.write(tmp_path / "a.mp4")
    rows = [
        [1, 0, 24, "face", "solid", "box", 0, 0, 9, 9],
        [1, 0, 3, "face", "solid", "box", 0, 0, 9, 999],
        [1, 0, 3, "face", "glitter", "box", 0, 0, 9, 9],
        [1, 0],
    ]
    assert [finding.check for finding in check(clip, path, spans=rows)] == ["region"] * 4


def test_it_says_that_it_is_at_work(tmp_path: Path) -> None:
    clip = Clip(frames=40, spans=[])
    ticks: list[int] = []
    assert check(clip, clip.write(tmp_path / "a.mp4"), tick=lambda: ticks.append(1)) == []
    assert ticks
