"""Listing folders: inside the roots, and nowhere else."""

import os

import pytest

from workbench.values import UsageError
from workbench.widgets import browse
from workbench.widgets.browse import list_folder, resolve


@pytest.fixture
def root(tmp_path):
    top = tmp_path / "pictures"
    for folder in ("b summer", "A winter/day 1", ".hidden"):
        (top / folder).mkdir(parents=True)
    for file in ("one.jpg", "two.JPEG", "notes.txt", ".three.png", "b summer/x.heic", "b summer/y.webp"):
        (top / file).touch()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "id.jpg").touch()
    (top / "way out").symlink_to(tmp_path / "secret")
    (top / "inside.jpg").symlink_to(tmp_path / "secret" / "id.jpg")
    (top / "loop").symlink_to(top / "loop")
    return top


def test_an_empty_folder_lists_nothing(tmp_path):
    listing = list_folder("", [tmp_path])
    assert (listing.folders, listing.photos, listing.notes) == ((), 0, ())
    assert [crumb.name for crumb in listing.crumbs] == [tmp_path.name]


def test_sub_folders_are_listed_with_their_pictures_and_links_are_not(root):
    listing = list_folder(str(root), [root])
    assert [(folder.name, folder.photos) for folder in listing.folders] == [("A winter", 0), ("b summer", 2)]
    assert listing.photos == 2
    assert listing.notes == ("Links to other folders, which are not followed: 1.",)


def test_the_way_back_starts_at_the_root(root):
    listing = list_folder("A winter/day 1", [root])
    assert [crumb.name for crumb in listing.crumbs] == ["pictures", "A winter", "day 1"]
    assert listing.crumbs[0].path == str(root.resolve())


OUTSIDE = [
    "..",
    "../secret",
    "way out",
    "way out/..",
    "/",
    "/etc",
    "A winter/../../secret",
    "loop",
    "nothing here",
    "a\0b",
    "x" * 5000,
    "~",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_is_outside_or_not_there_gets_one_and_the_same_sentence(root, path):
    with pytest.raises(UsageError, match="that may be opened here"):
        list_folder(path, [root])


def test_a_sentence_does_not_tell_whether_a_folder_outside_exists(root):
    sentences = set()
    for name in ("secret", "no such"):
        with pytest.raises(UsageError) as caught:
            list_folder(f"../{name}", [root])
        sentences.add(str(caught.value).replace(name, "NAME"))
    assert len(sentences) == 1


def test_a_file_is_not_a_folder_but_its_existence_outside_is_not_told(root):
    with pytest.raises(UsageError, match="is a file"):
        list_folder("one.jpg", [root])
    with pytest.raises(UsageError, match="may be opened"):
        list_folder("../secret/id.jpg", [root])


def test_a_root_may_itself_be_a_link_and_a_sibling_with_its_name_as_prefix_is_outside(root, tmp_path):
    (tmp_path / "pictures-private").mkdir()
    (tmp_path / "shortcut").symlink_to(root)
    assert list_folder("b summer", [tmp_path / "shortcut"]).photos == 2
    with pytest.raises(UsageError):
        list_folder(str(tmp_path / "pictures-private"), [root])


def test_of_nested_roots_the_inner_one_counts(root):
    target, found = resolve(str(root / "A winter" / "day 1"), [root, root / "A winter"])
    assert (target.name, found.name) == ("day 1", "A winter")


def test_a_relative_path_goes_on_from_where_one_is(root):
    assert resolve("day 1", [root], base=root / "A winter")[0].name == "day 1"


def test_without_roots_nothing_can_be_opened(root):
    with pytest.raises(UsageError, match="start it with the folders"):
        resolve(str(root), [])


def test_counting_stops_where_it_would_take_long(root, monkeypatch):
    monkeypatch.setattr(browse, "COUNT_AT_MOST", 1)
    monkeypatch.setattr(browse, "COUNT_ALTOGETHER", 2)
    (root / "c").mkdir()
    folders = list_folder("", [root]).folders
    assert [(folder.name, folder.photos, folder.more) for folder in folders] == [
        ("A winter", 0, False),
        ("b summer", 1, True),
        ("c", None, False),
    ]


def test_a_name_that_is_not_text_is_said_and_left_out(root):
    try:
        os.mkdir(os.fsencode(root) + b"/\xff\xfe")  # noqa: PTH102
    except OSError:
        pytest.skip("this file system takes only text as names")
    assert "Not shown, because the name is not valid text: 1." in list_folder("", [root]).notes


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_is_listed_as_such(root):
    (root / "A winter").chmod(0)
    try:
        (locked, _) = list_folder("", [root]).folders
        assert (locked.readable, locked.photos) == (False, None)
        with pytest.raises(UsageError, match="cannot be read"):
            list_folder("A winter", [root])
    finally:
        (root / "A winter").chmod(0o700)
