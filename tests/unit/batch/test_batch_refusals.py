"""Everything that is refused before the first file is touched."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from workbench import batch
from workbench.catalog.case import Case
from workbench.values import UsageError

MB = 2**20


def setup_missing(world):
    return [world.source / "none"], world.out


def setup_no_source(world):
    return [], world.out


def setup_empty(world):
    (world.source / "a.jpg").unlink()
    return [world.source], world.out


def setup_no_photo(world):
    (world.source / "a.jpg").rename(world.source / "a.txt")
    (world.source / "a.txt").write_text("words")
    return [world.source], world.out


def setup_out_is_source(world):
    return [world.source], world.source


def setup_out_in_source(world):
    return [world.source], world.source / "sub" / "out"


def setup_out_in_source_by_link(world):
    (world.root / "link").symlink_to(world.source)
    return [world.source], world.root / "link" / "out"


def setup_source_in_out(world):
    return [world.source], world.root


def setup_case_in_source(world):
    world.case_path = world.source / "case"
    return [world.source], world.out


def setup_case_in_out(world):
    world.case_path = world.out / "case"
    return [world.source], world.out


def setup_out_in_work(world):
    return [world.source], world.case_path / "work" / "x"


def setup_out_is_case(world):
    return [world.source], world.case_path


def setup_out_is_file(world):
    world.out.write_text("x")
    return [world.source], world.out


def setup_out_below_file(world):
    (world.root / "file").write_text("x")
    return [world.source], world.root / "file" / "out"


def setup_out_not_empty(world):
    world.out.mkdir()
    (world.out / "mine.jpg").write_text("x")
    return [world.source], world.out


def setup_foreign_release(world):
    world.out.mkdir()
    (world.out / "manifest.jsonl").write_text("{}")
    return [world.source], world.out


def setup_not_writable(world):
    return [world.source], Path("/proc/self/out")


def setup_many_letters(world):
    (world.source / "a.jpg").unlink()
    for name in ("a.pdf", "b.pdf"):
        (world.source / name).write_bytes(b"%PDF")
    return [world.source], world.out


@pytest.mark.parametrize(
    ("setup", "says"),
    [
        (setup_no_source, "which photos"),
        (setup_missing, "There is no file or folder .*none"),
        (setup_empty, "no photo or video to redact in the sources"),
        (setup_no_photo, r"a\.txt is no photo or video"),
        (setup_many_letters, "no photo or video to redact among 2 files"),
        (setup_out_is_source, "lies inside the source"),
        (setup_out_in_source, "lies inside the source"),
        (setup_out_in_source_by_link, "lies inside the source"),
        (setup_source_in_out, "originals would be released"),
        (setup_case_in_source, "case .* lies inside the source"),
        (setup_case_in_out, "case .* lies inside the output"),
        (setup_out_in_work, "case's own work"),
        (setup_out_is_case, "case .* lies inside the output"),
        (setup_out_is_file, "is a file: choose a folder"),
        (setup_out_below_file, "Nothing can be written"),
        (setup_not_writable, "Nothing can be written"),
        (setup_out_not_empty, r"did not put there \(mine\.jpg\)"),
        (setup_foreign_release, r"did not put there \(manifest\.jsonl\)"),
    ],
    ids=lambda value: value.__name__.removeprefix("setup_") if callable(value) else "",
)
def test_a_wrong_request_is_refused_in_one_sentence_and_changes_nothing(world, setup, says):
    world.photo("a.jpg")
    sources, out = setup(world)

    def others():
        case = world.case_path
        return sorted(path for path in world.root.rglob("*") if case not in [path, *path.parents])

    with world.case() as case:
        before = others()
        with pytest.raises(UsageError, match=says) as error:
            batch.prepare(case, sources, out, world.profile)
        assert "\n" not in str(error.value)
        assert others() == before
    with world.case() as case:
        assert case.catalog.runs() == []


def test_a_nearly_full_disk_is_refused(world, monkeypatch):
    world.photo("a.jpg")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000 * MB, 900 * MB, 100 * MB))
    with pytest.raises(UsageError, match=r"nearly full \(100 MB free, 200 MB needed"):
        world.prepare()


def test_a_release_may_lie_in_the_case_and_photos_too(world):
    world.photo("a.jpg", under=world.case_path.parent / "single")
    photo = world.root / "single" / "a.jpg"
    assert world.prepare(photo, out=world.case_path / "release") == 1
    assert world.prepare(photo, out=photo.parent / "beside") == 2  # only the file is a source, not its folder


def test_preparing_the_same_again_gives_the_same_run(world):
    world.photo("a.jpg")
    first = world.prepare()
    assert world.prepare() == first
    assert world.prepare(out=world.root / "elsewhere") != first
    with Case.open(world.case_path) as case:
        assert case.profile == world.profile


def test_a_case_at_work_is_not_prepared(world):
    world.photo("a.jpg")
    with world.case() as case, case.locked(), pytest.raises(UsageError, match="is at work"):
        world.prepare()


def test_find_assets_lists_them_in_order_by_content(world):
    world.photo("b.JPG")
    world.photo("sub/a.dat")
    (world.source / "notes.txt").write_text("x")
    assert [asset.path for asset in batch.find_assets([world.source])] == ["b.JPG", "sub/a.dat"]
