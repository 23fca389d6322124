"""The folder chooser's model: what a page asks for is checked again."""

from pathlib import Path

import pytest

from workbench.values import UsageError
from workbench.widgets.folders import FolderWidget


@pytest.fixture
def page(wire, tmp_path):
    (tmp_path / "pictures" / "inner").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    return wire(FolderWidget([tmp_path / "pictures"]))


def listing(page):
    return page.told("listing")[-1][0]


def test_a_view_gets_the_first_root_and_no_path_is_in_a_trait(page, tmp_path):
    assert listing(page.ready())["folders"][0]["name"] == "inner"
    assert str(tmp_path) not in repr(page.widget.get_state())


def test_a_folder_can_be_opened_and_chosen(page, tmp_path):
    chosen = []
    page.widget.on_choose(chosen.append)
    page.ready().say(type="open", path="inner").say(type="choose", path=listing(page)["path"])
    assert chosen == [tmp_path / "pictures" / "inner"] == [page.widget.chosen]
    assert page.told("chosen")[-1][0]["path"] == str(chosen[0])


@pytest.mark.parametrize("kind", ["open", "choose"])
@pytest.mark.parametrize("path", ["../secret", "/", None, 7, "x" * 9999])
def test_what_a_page_sends_is_checked(page, kind, path):
    page.widget.on_choose(lambda _: pytest.fail("chosen"))
    page.ready().say(type=kind, path=path)
    assert page.widget.chosen is None
    assert len(page.errors) == 1
    assert "inner" in str(listing(page)["folders"])


def test_an_error_of_the_application_is_shown(page):
    def refuses(path: Path) -> None:
        raise UsageError(f"{path.name} holds no pictures: choose another folder.")

    page.widget.on_choose(refuses)
    page.ready().say(type="choose", path="inner")
    assert page.errors == ["inner holds no pictures: choose another folder."]


def test_python_may_go_somewhere_too(page):
    page.ready().widget.go_to("inner")
    assert listing(page)["crumbs"][-1]["name"] == "inner"
    with pytest.raises(UsageError):
        page.widget.go_to("/")


def test_a_chooser_without_roots_is_refused():
    with pytest.raises(UsageError, match="at least one folder"):
        FolderWidget([])
