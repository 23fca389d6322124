import pytest

from workbench import curate
from workbench.curate import Described, Filter, Term
from workbench.values import Asset, Media, UsageError

PHOTO = Described(
    Asset("2024/street/IMG 1.jpg", "/s", "aa", 6_000_000), 4000, 3000, 0, "phone", "Apple iPhone 12", "2024-05-31",
    ("GPS", "device", "maker note"), {"scenario": "street", "rights": "own work"}, {"scenario": "hand"},
    {"face": 3, "plate": 1}, True, 1, False,
)  # fmt: skip
VIDEO = Described(Asset("clips/a.mp4", "/s", "bb", 100, 0, Media.VIDEO), 640, 360, 12.5, best=True)
BROKEN = Described(Asset("broken.jpg", "/s"), problem="broken.jpg is empty.")


@pytest.mark.parametrize(
    ("text", "photo", "video"),
    [
        ("", True, True),
        ("scenario=street", True, False),
        ("scenario=school,street", True, False),
        ("scenario=str*", True, False),
        ("scenario!=street", False, True),
        ("-scenario=street", False, True),
        ("scenario=none", False, True),
        ("scenario!=none", True, False),
        ('rights="own work"', True, False),
        ("media=photo", True, False),
        ("Media=PHOTO", True, False),
        ("has=GPS", True, False),
        ("has=gps,serial", True, False),
        ('has="maker note"', True, False),
        ("-has=GPS", False, True),
        ("device=phone", True, False),
        ("model=apple*", True, False),
        ("kind=face", True, False),
        ("kind!=face", False, False),  # a file that was never searched is not known to hold no face
        ("kind=person", False, False),
        ("face>=3", True, False),
        ("face>3", False, False),
        ("person=0", True, False),
        ("folder=2024", True, False),
        ("folder=2024/street", True, False),
        ("folder=street", False, False),
        ("folder=s", True, True),
        ("folder=s/2024", True, False),
        ("folder=*/street", True, False),
        ("pattern=*.mp4", False, True),
        ('pattern="img ?.JPG"', True, False),
        ("taken=2024", True, False),
        ("taken=2024-05", True, False),
        ("taken=2024-05-01..2024-05", True, False),
        ("taken=2023", False, False),
        ("taken>=2024-06", False, False),
        ("taken=none", False, True),
        ("width>=4000", True, False),
        ("size>5MB", True, False),
        ("seconds<60 media=video", False, True),
        ("alike", True, False),
        ("-alike", False, True),
        ("searched", True, False),
        ("-described", False, True),
        ("scenario=street has=GPS -alike", False, False),
    ],
)
def test_what_a_filter_chooses(text, photo, video):
    found = curate.parse(text)
    assert (found.holds(PHOTO), found.holds(VIDEO), found.holds(BROKEN)) == (photo, video, False)
    assert curate.parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("colour=red", "'colour' is nothing to choose files by"),
        ("scenario", "has no value"),
        ("scenario=", "needs a value"),
        ("scenario>street", "cannot be compared"),
        ("media=sound", "use one of photo, video"),
        ("has=money", "nothing that is known"),
        ("kind=dog", "face"),
        ("sensitivity=huge", "low, normal, high"),
        ("width>wide", "no number"),
        ("size>5parsec", "size>5MB"),
        ("taken=soon", "no day"),
        ("alike=maybe", "takes no value"),
        ('rights="own', "no partner"),
        ("=", "no condition"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_out(text, match):
    with pytest.raises(UsageError, match=match):
        curate.parse(text)


def test_a_screen_builds_the_same_filter():
    built = Filter((Term("scenario", "=", "street"), Term("rights", "!=", "own work"), Term("alike", "!=")))
    assert str(built) == 'scenario=street rights!="own work" -alike'
    assert curate.parse(str(built)) == built
