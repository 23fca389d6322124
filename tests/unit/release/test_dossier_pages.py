"""The pages of a release: what they say, what they keep to themselves, and that nothing typed becomes markup."""

import re

import pytest
from dossiers import empty, full
from markdown_it import MarkdownIt
from test_report import EVIL, text_of

from workbench.release import dossier_pages
from workbench.release.dossier import OverrideRow, RiskRow, Stated
from workbench.release.entries import MANIFEST

PAGES = (dossier_pages.report_html, dossier_pages.report_markdown, dossier_pages.dataset_card, dossier_pages.dpia_draft)
LEAVING = PAGES[:3]


def plain(page: str) -> str:
    """Markdown as its reader sees it."""
    html = MarkdownIt("commonmark").enable("table").render(page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&lt;", "<").replace("&gt;", ">")


def test_the_report_says_why_who_looked_and_what_is_left(tmp_path):
    dossier = full(tmp_path)
    html = text_of(dossier_pages.report_html(dossier))
    for text in (html, plain(dossier_pages.report_markdown(dossier))):
        for part in (
            "Release report", "for AI training", "released on 21 November 2025", "1 check overridden" if text is html
            else "failed, overridden", "Approved by the approver (person 2)", "Crowded scenes.",
            "The three were made again.", "approver (person 2)", "street", "2 × face, 1 × plate", "3 missed",
            "96", "95.0 – 99.4", "Context clues", "Done by people from elsewhere.", "A red coat", "Hide whole persons",
            "19 February 2026", "not running yet", "A walk through the street.", "Not answered", "memorise",
            "GDPR", "labels/coco.json", "Not legal advice.", "No lawful basis is named.", "Faces 2", "centerface",
        ):  # fmt: skip
            assert part in text, part
    assert "✓ Passed Every file has an outcome" in html
    assert "✗ Failed Review by people" in html
    assert "○ Did not run Measured quality (should run, not required)" in html
    assert "△ Weak Approval" in html
    assert "✓ Passed The settings have the stated digest" in html
    assert "Not released" not in html


def test_what_nobody_did_is_said(tmp_path):
    for page in (dossier_pages.report_html, dossier_pages.report_markdown):
        text = " ".join(page(empty(tmp_path)).split())
        for part in (
            "Report before release", "May not leave", "Nobody has looked at a sample", "Nobody has tried",
            "Nothing was measured", "Nothing is written down", "Nobody has written one down",
        ):  # fmt: skip
            assert part in text, part
    assert "Released" not in text_of(dossier_pages.report_html(empty(tmp_path)))


def test_the_page_stands_alone_and_runs_nothing(tmp_path):
    page = dossier_pages.report_html(full(tmp_path))
    assert "<script" not in page
    assert not re.search(r"url\(|@import|<link|<iframe|<img|src=|href=", page)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page and "@media print" in page


def test_nothing_that_is_typed_becomes_markup(tmp_path):
    evil = EVIL + "\n# Title\n| a | b |\n[x](http://x)"
    dossier = full(
        tmp_path,
        risks=(RiskRow(evil, "low", evil),),
        overrides=(OverrideRow(evil, evil, "approver", full(tmp_path).overrides[0].day),),
        recital_26=(Stated(evil, evil),),
        parts=(),
        standing=evil,
    )
    page = dossier_pages.report_html(dossier)
    assert "<script" not in page and "<img" not in page
    for made in PAGES[1:]:
        html = MarkdownIt("commonmark").enable("table").render(made(dossier))
        assert "<script" not in html and "<img" not in html
        assert "href=" not in html.replace('href="https://example.org/a_b_c"', "")
        assert "<h1>Title" not in html
        assert "<th>a" not in html


def test_only_the_draft_assessment_quotes_the_record(tmp_path):
    dossier = full(tmp_path)
    draft = plain(dossier_pages.dpia_draft(dossier))
    for part in ("DRAFT", "Street scenes", "What Anna wants.", "Why? So.", "To be written", "3 missed", "A red coat"):
        assert part in draft, part
    for page in LEAVING:
        for part in ("Street scenes", "Anna", "Why?"):
            assert part not in page(dossier), (page.__name__, part)


def test_a_dataset_card_has_the_headings_that_others_read(tmp_path):
    card = dossier_pages.dataset_card(full(tmp_path))
    yaml = pytest.importorskip("yaml")
    head = yaml.safe_load(card.split("---")[1])
    assert head["size_categories"] == ["n<1K"]
    assert {"redacted", "image", "face-hidden", "plate-hidden", "text-hidden"} <= set(head["tags"])
    for heading in (
        "# Dataset card", "## Dataset details", "## Uses", "### Out-of-scope use", "## Dataset structure",
        "## Dataset creation", "### Personal and sensitive information", "## Bias, risks and limitations",
    ):  # fmt: skip
        assert f"\n{heading}" in card, heading
    text = plain(card)
    assert "labels/coco.json: 3 boxes" in text
    assert "Memorisation. A model may memorise pictures." in text
    assert "released on 21 November 2025" in text


def test_tables_of_the_markdown_are_tables(tmp_path):
    for page in PAGES[1:]:
        text = page(full(tmp_path))
        html = MarkdownIt("commonmark").enable("table").render(text)
        assert html.count("<table>") == len(re.findall(r"^\|[-|: ]*-[-|: ]*\|$", text, re.MULTILINE)), page.__name__


def test_the_report_of_a_run_says_that_it_is_not_released(tmp_path):
    from release_factory import FACES, content, no_findings, run_info, written

    from workbench.release.finish import finish_release
    from workbench.release.manifest import RunInfo

    outcomes = [written(tmp_path, "000001.jpg", content(1, 9), [list(row) for row in FACES])]
    finish_release(tmp_path, run_info(), outcomes, no_findings)
    assert "Not released" not in (tmp_path / "report.html").read_text("utf-8")
    info = run_info()
    finish_release(
        tmp_path, RunInfo(info.profile, info.detectors, info.software, info.day, "ab" * 32), outcomes, no_findings,
    )  # fmt: skip
    page = text_of((tmp_path / "report.html").read_text("utf-8"))
    assert "It has not passed the release gate" in page
    assert (tmp_path / MANIFEST).is_file()
