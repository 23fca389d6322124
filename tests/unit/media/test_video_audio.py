import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from video_writing import RATE, beeps, clip_of, heard, movie, needs_ffprobe, onsets, steady, with_sound

from workbench.media.video_audio import Sound, sound
from workbench.values import FileError, UsageError

SECOND = Fraction(2)


def output(tmp_path: Path, audio: Sound | None, count: int = 50) -> Path:
    return movie(clip_of(), tmp_path / "out.mp4", steady(count), parts=30, audio=audio)


@pytest.mark.parametrize(
    ("codec", "suffix", "rate", "channels"),
    [
        ("aac", ".mp4", 48000, 1),
        ("aac", ".mp4", 44100, 2),
        ("aac", ".mov", 8000, 1),
        ("libmp3lame", ".mkv", 44100, 2),
        ("pcm_s16le", ".mov", 48000, 2),
        ("pcm_s16le", ".mkv", 96000, 2),
        ("libopus", ".mkv", 48000, 2),
        ("ac3", ".mkv", 48000, 6),
        ("flac", ".mkv", 22050, 1),
    ],
)
def test_kept_sound_stays_in_step(tmp_path, codec, suffix, rate, channels):
    source = with_sound(
        tmp_path / f"source{suffix}", beeps(0.2, 0.8, 1.5, rate=rate, channels=channels), codec, rate=rate
    )
    found = sound(source, "keep")
    assert found is not None and found.words == "kept"
    out_rate, samples = heard(output(tmp_path, found))
    assert out_rate == min(rate, 48000)
    assert len(samples) == min(channels, 2)
    # Matroska moves the picture by the sound encoder's delay, and says its times in ms.
    late = float(_first_time(source, "video") - _first_time(source, "audio"))
    assert onsets(samples.mean(axis=0), out_rate) == pytest.approx([0.2 - late, 0.8 - late, 1.5 - late], abs=0.002)


def _first_time(source: Path, kind: str) -> Fraction:
    with av.open(str(source)) as container:
        frame = next(container.decode(**{kind: 0}))
        return frame.pts * frame.time_base


@pytest.mark.parametrize("shift", [Fraction(3, 10), Fraction(1, 2)])
def test_sound_that_begins_later_still_does(tmp_path, shift):
    source = with_sound(tmp_path / "source.mov", beeps(0.2, 0.8), "pcm_s16le", shift=shift)
    rate, samples = heard(output(tmp_path, sound(source, "keep")))
    expected = [0.2 + float(shift), 0.8 + float(shift)]
    assert onsets(samples[0], rate) == pytest.approx(expected, abs=0.001)


def test_sound_before_the_first_frame_is_cut(tmp_path):
    source = with_sound(tmp_path / "source.mov", beeps(0.1, 0.8), "pcm_s16le")
    rate, samples = heard(output(tmp_path, sound(source, "keep", start=Fraction(1, 2))))
    assert onsets(samples[0], rate) == pytest.approx([0.3], abs=0.001)


@pytest.mark.parametrize("count", [20, 50, 75], ids=["shorter picture", "equal", "longer picture"])
def test_sound_ends_with_the_picture(tmp_path, count):
    source = with_sound(tmp_path / "source.mov", beeps(0.2, 1.5), "pcm_s16le")
    done = output(tmp_path, sound(source, "keep"), count)
    with av.open(str(done)) as container:
        stream = container.streams.audio[0]
        assert stream.duration * stream.time_base == pytest.approx(count / 25, abs=1 / RATE)
    _, samples = heard(done)
    assert samples.shape[1] / RATE == pytest.approx(count / 25, abs=1025 / RATE)
    assert onsets(samples[0], RATE) == pytest.approx([0.2, 1.5][: 1 if count == 20 else 2], abs=0.001)


def test_blocks_are_exactly_as_long_as_asked(tmp_path):
    source = with_sound(tmp_path / "source.mov", beeps(0.2), "pcm_s16le")
    for policy in ("keep", "mute", "distort"):
        found = sound(source, policy, [(Fraction(0), Fraction(1))])
        assert found is not None
        for duration in (Fraction(1, 25), Fraction(1001, 1000), Fraction(4)):
            assert sum(block.shape[1] for block in found.blocks(duration)) == round(duration * RATE)


def test_muted_intervals_are_silent_and_the_rest_is_not(tmp_path):
    tone = (8000 * np.sin(2 * np.pi * 300 * np.arange(2 * RATE) / RATE)).astype(np.int16)[:, None]
    source = with_sound(tmp_path / "source.mov", tone, "pcm_s16le")
    found = sound(source, "mute", [(Fraction(1, 2), Fraction(7, 10)), (Fraction(13, 10), Fraction(14, 10))])
    assert found is not None and found.words == "muted in parts"
    exact = np.concatenate(list(found.blocks(SECOND)), axis=1)[0]
    for first, last in ((0.45, 0.75), (1.25, 1.45)):
        assert not exact[round(first * RATE) : round(last * RATE)].any()
    assert np.abs(exact[round(0.44 * RATE) - 200 : round(0.44 * RATE)]).max() > 0.2
    rate, samples = heard(output(tmp_path, found))
    loud = [
        np.abs(samples[0, round(at * rate) : round((at + 0.02) * rate)]).max() > 0.1 for at in np.arange(0.1, 1.9, 0.02)
    ]
    quiet = [0.5 <= at < 0.68 or 1.3 <= at < 1.38 for at in np.arange(0.1, 1.9, 0.02)]
    assert not any(a and b for a, b in zip(loud, quiet, strict=True))
    assert sum(loud) >= 60


def test_overlapping_intervals_are_silent_too(tmp_path):
    tone = np.full((2 * RATE, 1), 9000, np.int16)
    source = with_sound(tmp_path / "source.mov", tone, "pcm_s16le")
    found = sound(source, "mute", [(Fraction(0), Fraction(1)), (Fraction(1, 2), Fraction(9))])
    assert found is not None
    assert not np.concatenate(list(found.blocks(SECOND)), axis=1).any()


def test_what_is_dropped_is_never_looked_at(tmp_path):
    assert sound(tmp_path / "not there.mp4", "drop") is None
    assert sound(tmp_path / "not there.mp4", "mute", []) is None


def test_a_clip_without_sound_has_none(tmp_path):
    source = movie(clip_of(), tmp_path / "silent.mp4", steady(3))
    assert sound(source, "keep") is None


def test_an_unknown_policy_is_refused(tmp_path):
    with pytest.raises(UsageError, match="loud"):
        sound(tmp_path / "x.mp4", "loud")


def test_damaged_sound_is_one_sentence_and_leaves_no_movie(tmp_path):
    source = with_sound(tmp_path / "visit.mkv", beeps(0.2, 0.8, 1.5), "flac")
    with av.open(str(source)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(container.streams.audio[0]) if packet.pos]
    data = bytearray(source.read_bytes())
    for at, size in packets[5:]:
        data[at + 8 : at + size] = bytes(value ^ 0x5A for value in data[at + 8 : at + size])
    source.write_bytes(data)
    with pytest.raises(FileError, match=r"^The sound of visit\.mkv is damaged: choose to drop the sound"):
        output(tmp_path, sound(source, "keep"))
    assert not (tmp_path / "out.mp4").exists()
    assert output(tmp_path, sound(source, "drop")).exists()


@needs_ffprobe
def test_the_name_of_the_speaker_does_not_come_along(tmp_path):
    plain = with_sound(tmp_path / "plain.mov", beeps(0.2), "pcm_s16le")
    source = tmp_path / "named.mov"
    tags = ["-metadata:s:a:0", "language=deu", "-metadata:s:a:0", "handler_name=Interview Canary"]
    command = ["ffmpeg", "-v", "error", "-i", str(plain), "-map", "0", "-c", "copy", *tags, "-metadata", "title=Canary"]
    subprocess.run([*command, str(source)], check=True)
    assert b"Canary" in source.read_bytes()
    done = output(tmp_path, sound(source, "keep")).read_bytes()
    assert b"Canary" not in done


def test_further_sound_tracks_are_dropped_and_said(tmp_path):
    source = tmp_path / "source.mkv"
    with av.open(str(source), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(2)]
        for stream, level in zip(streams, (8000, 0), strict=True):
            frame = av.AudioFrame.from_ndarray(np.full((1, RATE), level, np.int16), "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
            container.mux(stream.encode(frame))
    found = sound(source, "keep")
    assert found is not None
    assert found.notes == ("Of several sound tracks only the first is kept.",)
    samples = np.concatenate(list(found.blocks(Fraction(1, 2))), axis=1)
    assert samples.mean() == pytest.approx(8000 / 32768, abs=1e-3)


def test_gaps_become_silence(tmp_path):
    source = tmp_path / "source.mkv"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for start in (0, 1):  # half a second of sound, half of nothing
            for part in range(10):
                frame = av.AudioFrame.from_ndarray(np.full((1, 2400), 8000, np.int16), "s16", "mono")
                frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
                frame.pts = start * RATE + part * 2400
                container.mux(stream.encode(frame))
    found = sound(source, "keep")
    assert found is not None
    samples = np.concatenate(list(found.blocks(SECOND)), axis=1)[0]
    loud = np.abs(samples) > 0.1
    assert loud[: RATE // 2 - 100].all() and loud[RATE + 100 : RATE * 3 // 2 - 100].all()
    assert not loud[RATE // 2 + 100 : RATE - 100].any() and not loud[RATE * 3 // 2 + 100 :].any()
