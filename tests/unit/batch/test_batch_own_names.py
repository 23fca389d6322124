"""Which output belongs to which source: numbers, kept names, twins, several sources; the worker is this process."""

import os

import batch_fakes
import pytest
from batch_fakes import keep, outputs

pytestmark = pytest.mark.usefixtures("inline")


def test_sources_with_the_same_names_do_not_collide(world):
    other = world.root / "more"
    world.photo("a.jpg")
    world.photo("a.jpg", "second", under=other)
    single = world.photo("a.jpg", "third", under=world.root / "third")
    world.run(world.source, other, single)
    assert world.names() == ["000003.jpg", "folder-01/000001.jpg", "folder-02/000002.jpg"]


def test_a_source_inside_another_is_taken_once(world):
    world.photo("sub/a.jpg")
    world.run(world.source / "sub", world.source, world.source / "sub" / "a.jpg")
    assert world.names() == ["folder-01/000001.jpg"]


def test_own_names_are_kept_and_twins_told_apart(world):
    keep(world)
    world.photo("a.jpg")
    world.photo("a.png", magic=batch_fakes.PNG)
    world.photo("a.heic", magic=b"\0\0\0\x18ftypheic")  # comes out as JPEG
    world.photo("B.jpg")
    world.photo("b.jpg", "other")
    world.photo("sub/x.y.jpg")
    world.photo("wrong.png", "a JPEG by content")
    world.run()
    found = outputs(world)
    assert found["sub/x.y.jpg"] == "sub/x.y.jpg"
    assert found["wrong.png"] == "wrong.jpg"
    assert found["B.jpg"] == "B.jpg"
    assert found["b.jpg"] == "b-2.jpg"
    assert [found["a.jpg"], found["a.png"], found["a.heic"]] == ["a.jpg", "a.png", "a-2.jpg"]
    assert len({name.casefold() for name in found.values()}) == len(found)
    before = world.tree()
    world.photo("0.jpg")
    world.photo("A.jpg")
    world.run()
    assert outputs(world)["A.jpg"] == "A-3.jpg"
    assert {name: world.tree()[name] for name in before if name.endswith("g")} == {
        name: digest for name, digest in before.items() if name.endswith("g")
    }


def test_a_jpeg_and_a_png_of_one_name_keep_it(world):
    keep(world)
    world.photo("a.jpg")
    world.photo("a.png", magic=batch_fakes.PNG)
    world.run()
    assert world.names() == ["a.jpg", "a.png"]


def test_a_changed_format_does_not_overwrite_its_twin(world):
    keep(world)
    world.photo("a.jpg")
    world.photo("a.png", magic=batch_fakes.PNG)
    world.run()
    world.photo("a.png", "became a JPEG")
    world.run()
    assert outputs(world) == {"a.jpg": "a.jpg", "a.png": "a-2.jpg"}
    assert world.names() == ["a-2.jpg", "a.jpg"]


def test_several_sources_get_folders_of_their_own_names(world):
    keep(world)
    other = world.root / "twin" / "photos"
    world.photo("a.jpg")
    world.photo("a.jpg", "second", under=other)
    world.run(world.source, other)
    assert world.names() == ["photos-2/a.jpg", "photos/a.jpg"]


def test_names_that_are_no_text_are_handled(world):
    world.photo(os.fsdecode(b"\xff\xfe.jpg"))
    world.photo("two\nlines.jpg", "fail")
    world.photo("=cmd|' \N{RIGHT-TO-LEFT OVERRIDE}.jpg")
    events = world.run()
    assert events[-1].kind == "end"
    assert world.names() == ["000001.jpg", "000003.jpg"]
    assert "\n" not in world.outcomes()["two\nlines.jpg"].error
