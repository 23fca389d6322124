"""Which dashboards are found, what they are called, and what of their folder is left behind."""

import json

import pytest

from workbench.serving import dashboards
from workbench.values import UsageError


def notebook(*texts, **metadata):
    cells = [{"cell_type": "markdown", "source": text} for text in texts]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(
    ("content", "title", "description"),
    [
        ({}, "My tool", ""),
        (notebook(), "My tool", ""),
        ("not a notebook", "My tool", ""),
        (notebook("# Redact a folder"), "Redact a folder", ""),
        (notebook("# Redact\n\nChoose a folder. Then wait."), "Redact", "Choose a folder."),
        (notebook("# Redact\nAt once"), "Redact", "At once"),
        (notebook(["# Re", "dact\n", "\n", "In *parts* of `text`"]), "Redact", "In parts of text"),
        (notebook("# Redact", "## Then\n\nSee [the page](http://x/)!"), "Redact", "See the page!"),
        (notebook("Text first\n\n# Later"), "My tool", "Text first"),
        (notebook("# Redact\n\nText", title="Named", description="In a line"), "Named", "In a line"),
        (notebook("# " + "long " * 60), ("long " * 32)[:159].rstrip() + "…", ""),
    ],
)
def test_title_and_description(content, title, description):
    assert dashboards.describe("my_tool", content) == dashboards.Dashboard("my_tool", title, description)


def test_only_the_notebooks_of_a_folder_are_copied(tmp_path):
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    for name in ("b.ipynb", "a.ipynb", ".hidden.ipynb", "inner/c.ipynb"):
        (source / name).write_text(json.dumps(notebook(f"# {name}")))
    (source / "photo.jpg").write_bytes(b"x")
    (source / "link.ipynb").symlink_to(source / "photo.jpg")
    (source / "broken.ipynb").write_text("{")
    found = dashboards.copy(source, tmp_path / "target")
    assert [one.title for one in found] == ["a.ipynb", "b.ipynb", "Broken"]
    assert sorted(path.name for path in (tmp_path / "target").iterdir()) == ["a.ipynb", "b.ipynb", "broken.ipynb"]
    assert (tmp_path / "target").stat().st_mode & 0o077 == 0


def test_a_folder_without_dashboards_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no dashboard"):
        dashboards.copy(tmp_path, tmp_path / "target")
    with pytest.raises(UsageError, match="not a folder"):
        dashboards.copy(tmp_path / "nothing", tmp_path / "target")


def test_they_stand_in_the_order_that_they_give_themselves_and_the_others_come_last(tmp_path):
    for name, metadata in {"a": {}, "b": {"order": 2}, "c": {"order": 1}, "d": {"order": "first"}}.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook("# T", **metadata)))
    assert [found.name for found in dashboards.find(tmp_path)] == ["c", "b", "a", "d"]


def test_those_of_the_package_follow_the_work():
    found = [each.name for each in dashboards.find(dashboards.dashboards_folder())]
    assert found == ["case", "intake", "redact", "review", "release", "retention"]
