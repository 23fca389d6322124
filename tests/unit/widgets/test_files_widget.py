"""The model of the file browser: what is shown, filtered and picked, and what a page may ask for."""

import pytest

from workbench.values import FileError, UsageError
from workbench.widgets.files import AT_ONCE, Facet, FileRow, FilesWidget

ROWS = [FileRow(f"{number:02}.jpg", ("photo", (f"{number} MB", number))) for number in range(30)]


def search(text):
    if "=" in text and not text.startswith("name="):
        raise UsageError("'colour' is nothing to choose files by.")
    return [at for at, row in enumerate(ROWS) if text.removeprefix("name=") in row.name]


@pytest.fixture
def files(wire):
    asked = []

    def thumbnail(index):
        asked.append(index)
        if index == 3:
            raise FileError("03.jpg is cut off.")
        return b"jpeg %d" % index

    page = wire(FilesWidget(thumbnail, search))
    page.asked, page.changes = asked, []
    page.widget.on(changed=lambda: page.changes.append(page.widget.picked))
    page.widget.show(ROWS, ("Kind", "Size"), [Facet("Name", (("name=1", "with a 1"),))])
    page.ready()
    page.revision = page.told("files")[-1][0]["revision"]
    return page


def shown(page):
    return page.told("shown")[-1][0]


def test_nothing_of_a_file_is_in_a_trait(files):
    assert "00.jpg" in str(files.told("files"))
    assert "00.jpg" not in repr(files.widget.get_state())


def test_thumbnails_are_made_when_asked_for_and_one_that_fails_stays_empty(files):
    assert files.asked == []
    files.say(type="thumbnails", revision=files.revision, indices=list(range(30)))
    assert files.asked == list(range(AT_ONCE))
    sent = {content["index"]: buffers for content, buffers in files.told("thumbnail")}
    assert (sent[2], sent[3]) == ([b"jpeg 2"], [b""])
    files.say(type="thumbnails", revision=files.revision - 1, indices=[29])
    assert 29 not in files.asked


def test_a_filter_shows_less_and_lets_go_what_it_holds_back(files):
    files.say(type="pick", revision=files.revision, indices=[1, 2, 11])
    files.say(type="filter", text="name=1")
    assert files.widget.visible == tuple(at for at, row in enumerate(ROWS) if "1" in row.name)
    assert files.widget.picked == (1, 11)
    assert shown(files)["picked"] == [1, 11]
    files.say(type="filter", text="")
    assert (shown(files)["visible"], files.widget.picked) == (None, (1, 11))


def test_a_filter_that_cannot_be_read_changes_nothing_but_the_message(files):
    files.say(type="filter", text="name=1").say(type="filter", text="colour=red")
    assert (files.widget.filter, len(files.widget.visible)) == ("name=1", 12)
    assert shown(files)["problem"] == "'colour' is nothing to choose files by."
    assert files.errors == []


@pytest.mark.parametrize("indices", [[0, 99], ["a"], [True]])
def test_picks_that_cannot_be_are_refused(files, indices):
    files.say(type="pick", revision=files.revision, indices=indices)
    assert len(files.errors) == 1
    assert files.widget.picked == ()


def test_other_rows_keep_picks_and_filter(files):
    files.say(type="filter", text="name=1").say(type="pick", revision=files.revision, indices=[1])
    files.widget.update({1: FileRow("01.jpg", ("photo", "street"))})
    (rows,) = [content["rows"] for content, _ in files.told("rows")]
    assert rows == [[1, ["01.jpg", "", False, "", [["photo", None], ["street", None]]]]]
    assert (files.widget.picked, files.widget.filter) == ((1,), "name=1")
    with pytest.raises(UsageError):
        files.widget.update({99: ROWS[0]})


def test_other_files_have_no_picks(files):
    files.say(type="pick", revision=files.revision, indices=[1])
    files.widget.show(ROWS[:2])
    assert files.widget.picked == ()
    files.say(type="pick", revision=files.revision, indices=[1])
    assert files.widget.picked == (), "picks among files that are gone"
