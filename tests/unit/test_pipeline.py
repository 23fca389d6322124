import hashlib

import numpy as np
import pytest

from workbench import pipeline
from workbench.media.check import check_photo
from workbench.media.photo import open_photo
from workbench.media.samples import write_samples
from workbench.profiles import Background, load
from workbench.values import Detections, FileError, Kind, UsageError

PROFILE = load("publication")
FOUND = Detections.of(Kind.FACE, [[40, 40, 90, 100]], [0.9], "test")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return {path.stem: path for path in write_samples(tmp_path_factory.mktemp("samples"))}


def redact(source, tmp_path, profile=PROFILE, found=FOUND):
    return pipeline.redact_asset(source, tmp_path / "out", profile, lambda photo: [found] * len(photo.frames), tmp_path)


@pytest.mark.parametrize("stem", ["astronaut", "admiral sideways", "group", "wink", "letter"])
def test_a_photo_becomes_a_verified_output_of_the_same_format_and_size(samples, tmp_path, stem):
    outcome = redact(samples[stem], tmp_path)
    source, target = open_photo(samples[stem]), open_photo(tmp_path / outcome.output)
    assert target.format == source.format
    assert len(target.frames) == len(source.frames) == outcome.frames
    assert target.frames[0].image.shape == source.frames[0].image.shape
    assert outcome.counts == {"face": len(source.frames)}
    assert outcome.output_sha256 == hashlib.sha256((tmp_path / outcome.output).read_bytes()).hexdigest()
    assert list(tmp_path.glob(".*")) == []


def test_the_output_is_the_preview(samples, tmp_path):
    """A lossless output holds exactly the pixels that `redact_frame` shows."""
    outcome = redact(samples["letter"], tmp_path)
    source = open_photo(samples["letter"])
    shown, _ = pipeline.redact_frame(source.frames[0], FOUND, PROFILE, source.grid, source.grid_origin)
    assert (open_photo(tmp_path / outcome.output).frames[0].image == shown.image).all()


def test_nothing_of_the_sources_metadata_is_in_the_output(samples, tmp_path):
    data = (tmp_path / redact(samples["astronaut"], tmp_path).output).read_bytes()
    for canary in (b"SN-0004711", b"Sample Camera", b"2024:03:14", b"Exif"):
        assert canary in samples["astronaut"].read_bytes()
        assert canary not in data


def test_an_output_that_fails_its_check_never_appears(samples, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "apply_regions", lambda frame, regions: frame)  # a redaction that does nothing
    with pytest.raises(FileError):
        redact(samples["astronaut"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_smaller_output_is_checked_in_its_own_pixels(samples, tmp_path):
    profile = PROFILE.changed(output=PROFILE.output.model_copy(update={"max_side": 200}))
    outcome = redact(samples["astronaut"], tmp_path, profile)
    assert (outcome.width, outcome.height) == (200, 200)
    assert open_photo(tmp_path / outcome.output).frames[0].image.shape == (200, 200, 3)
    [row] = outcome.regions
    assert row[4:] <= [20, 20, 50, 50]


@pytest.mark.parametrize("problem", ["raises", "not a number"])
def test_a_detector_that_fails_stops_the_file(problem):
    class Broken:
        name, kinds, licence, fingerprint = "broken", (Kind.FACE,), "MIT", "x"

        def __call__(self, image):
            if problem == "raises":
                raise RuntimeError("no memory")
            return Detections.of(Kind.FACE, [[0, 0, np.nan, 9]], [0.5], "broken")

    with pytest.raises(FileError, match="broken"):
        pipeline.detect(np.zeros((20, 20, 3), np.uint8), [Broken()])


def test_frames_that_were_not_searched_stop_the_file(samples, tmp_path):
    with pytest.raises(FileError, match="2 frames"):
        pipeline.redact_asset(samples["wink"], tmp_path / "out", PROFILE, lambda _: [FOUND], tmp_path)


@pytest.mark.parametrize(
    "profile", [PROFILE.with_kinds((Kind.PERSON,)), PROFILE.changed(background=Background(hide=True))]
)
def test_a_profile_that_needs_what_nobody_can_find_is_refused(profile):
    with pytest.raises(UsageError, match="person"):
        pipeline.refuse_unfindable(profile, [Kind.FACE, Kind.PLATE, Kind.TEXT])


def test_the_check_finds_a_region_that_was_left_as_it_was(samples, tmp_path):
    outcome = redact(samples["group"], tmp_path)
    stray = [0, "face", "solid", "box", 400, 140, 700, 400]
    findings = check_photo(
        tmp_path / outcome.output, size=(outcome.width, outcome.height), frames=1, allow_icc=False, regions=[stray]
    )
    assert findings
