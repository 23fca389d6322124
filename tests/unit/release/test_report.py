import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from release_factory import FACES, PLATE, Release, content, detector, no_findings, run_info, written

from workbench import profiles
from workbench.release import wording
from workbench.release.finish import finish_release
from workbench.release.report import MAX_PAIRS, Pair, before_after_page
from workbench.values import Kind, Outcome, State

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'--"
JPEG = b"\xff\xd8\xff\xe0 not much of a picture"


def text_of(page: str) -> str:
    body = page.split("</style>")[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").replace("&nbsp;", " ")


def report(out: Path, profile: Any = "publication", rows: Any = (), **changes: Any) -> str:
    outcomes = [written(out, "000001.jpg", content(1, 9), [list(row) for row in rows], **changes)]
    finish_release(out, run_info(profile), outcomes, no_findings)
    return (out / "report.html").read_text("utf-8")


def test_a_report_stands_alone_and_runs_nothing(release: Release) -> None:
    page = (release.out / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"https?:|//\w|url\(|@import|<link|<iframe|<img|src=|href=", page)
    assert "default-src 'none'" in page


def test_a_report_tells_what_was_hidden_and_what_was_not(release: Release) -> None:
    text = text_of((release.out / "report.html").read_text("utf-8"))
    assert "3 pictures, settings “publication”, 21 November 2025" in text
    assert "Faces 2 1 hidden" in text
    assert "Licence plates 2 2 hidden" in text
    assert "Text 0 0 looked for, none found" in text
    for kind in Kind:
        assert wording.NAMES[kind] in text
    assert "Nobody looked for whole persons, screens, documents" in text
    assert "Nothing was found in 1 picture" in text and "folder-01/000003.jpg" in text
    assert "source files left out 2" in text
    assert "The file is truncated: ask for it again." in text
    assert "The file is not a photo." in text
    assert "centerface.onnx" in text and "ab" * 32 in text and "MIT" in text
    assert "It is not legal advice" in text


def test_a_report_says_which_checks_ran_and_which_did_not(release: Release) -> None:
    text = text_of((release.out / "report.html").read_text("utf-8"))
    assert "✓ Passed Every file has the listed size and checksum." in text
    assert "○ Not run Whether a face, a plate or a text was missed" in text
    finish_release(release.out, run_info(), release.outcomes)
    text = text_of((release.out / "report.html").read_text("utf-8"))
    assert "Only partly checked" in text
    assert "○ Not run The pictures were not opened again" in text


def test_a_report_with_findings_forbids_the_release(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"x")
    text = text_of(report(tmp_path, rows=FACES))
    assert "Do not use this release: 1 problem found" in text
    assert ".DS_Store is a hidden file" in text
    assert "✗ Problem Every listed file is there" in text
    assert "The files are what the settings asked for" not in text


@pytest.mark.parametrize(
    ("profile", "shape", "nearest"),
    [
        ("publication", "box", "One fixed colour, box with margin nearest to this release 1.3 %"),
        ("ai-training", "box", "One average colour, box with margin nearest to this release 2.2 %"),
        ("analytics", "box", "Pixelated to four blocks across the face nearest to this release 19.5 %"),
    ],
)
def test_the_measured_attack_nearest_to_the_settings_is_marked(
    tmp_path: Path, profile: str, shape: str, nearest: str
) -> None:
    method = profiles.load(profile).kinds[Kind.FACE].method
    page = report(tmp_path, profile, [[0, "face", str(method), shape, 0, 0, 9, 9]])
    text = text_of(page)
    assert nearest in text
    assert page.count('class="here"') == 1
    assert "not on your pictures" in text
    assert ("Partly reversible" in text) == (profile == "analytics")


def test_faces_that_stay_visible_are_marked_as_such(tmp_path: Path) -> None:
    text = text_of(report(tmp_path, profiles.load("publication").with_kinds((Kind.PLATE,)), [PLATE]))
    assert "Nothing hidden this release does not hide faces 99.6 %" in text
    assert "Faces 0 0 left visible: the settings do not hide them" in text


def test_a_kind_that_nobody_could_find_is_no_zero(tmp_path: Path) -> None:
    outcomes = [written(tmp_path, "000001.jpg", content(1, 9), FACES)]
    finish_release(tmp_path, run_info(detectors=(detector(),)), outcomes, no_findings)
    assert "Text 0 0 to be hidden, but NOT looked for" in text_of((tmp_path / "report.html").read_text("utf-8"))


def test_a_whole_background_is_explained(tmp_path: Path) -> None:
    profile = profiles.load("publication")
    profile = profile.changed(background=profile.background.model_copy(update={"hide": True}))
    page = report(tmp_path, profile, [[0, "other", "solid", "box", 0, 0, 200, 50]])
    assert "Everything was hidden except for what was surely (0.50 or more) of these kinds: person" in text_of(page)
    assert "Anything else 1 1 everything around what is kept was hidden" in text_of(page)


def test_names_and_sentences_cannot_become_markup(tmp_path: Path) -> None:
    profile = profiles.load("publication")
    profile = profile.changed(output=profile.output.model_copy(update={"names": "keep"}))
    name = "<b onmouseover=alert(1)>x<b>.jpg"
    outcomes = [
        written(tmp_path, name, content(1, 9), [], asset="q.jpg", notes=[EVIL]),
        Outcome("b.jpg", State.FAILED, error=EVIL),
    ]
    tool = detector(name=EVIL, licence=EVIL, fingerprint=EVIL)
    finish_release(tmp_path, run_info(profile, (tool,)), outcomes, no_findings)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in page and "<img" not in page and "<b onmouseover" not in page
    assert "&lt;b onmouseover=alert(1)&gt;x" in page
    assert page.count("&lt;script&gt;alert(1)") >= 4


def test_a_report_of_an_empty_release_can_be_read(tmp_path: Path) -> None:
    tmp_path.joinpath("x").mkdir()
    out = tmp_path / "x"
    result = finish_release(out, run_info(detectors=()), [], no_findings)
    assert result.ok
    text = text_of((out / "report.html").read_text("utf-8"))
    assert "0 pictures" in text and "No detector took part" in text


def test_the_private_page_shows_both_and_says_that_it_is_private() -> None:
    page = before_after_page([Pair("000001.jpg", JPEG, JPEG + b"2", {"face": 2}, source="holiday.jpg")])
    assert "contains the originals" in text_of(page)
    assert "from holiday.jpg" in text_of(page)
    assert "2 × face" in text_of(page)
    assert len(set(re.findall(r'src="(data:image/jpeg;base64,[^"]+)"', page))) == 2


def test_the_private_page_ends_at_a_limit_and_says_so() -> None:
    page = before_after_page([Pair(f"{number}.jpg", JPEG, JPEG) for number in range(MAX_PAIRS + 5)], total=900)
    assert page.count("<article>") == MAX_PAIRS
    assert f"{MAX_PAIRS} of 900 pictures" in text_of(page)


def test_the_private_page_is_inert_against_names_and_loads_nothing() -> None:
    page = before_after_page([Pair(EVIL, JPEG, JPEG, {EVIL: 1}, source=EVIL)], title=EVIL)
    assert "<script" not in page and "<img src=x" not in page
    assert not re.search(r"https?:|url\(|@import|<link|<iframe|href=", page)
    sources = re.findall(r"\ssrc=\"([^\"]*)", page)
    assert sources and all(source.startswith("data:image/jpeg") for source in sources)
    # The only handler is the page's own, and the policy allows no other.
    assert set(re.findall(r'\son\w+="([^"]*)', page)) == {
        "this.closest(&#39;article&#39;).style.setProperty(&#39;--cut&#39;,this.value+&#39;%&#39;)"
    }
    assert "default-src 'none'" in page and "unsafe-inline'; script" not in page


def test_only_jpeg_bytes_become_pictures() -> None:
    with pytest.raises(ValueError, match="takes JPEG"):
        Pair("x.jpg", b"<svg onload=alert(1)>", JPEG)


def test_an_empty_private_page_can_be_read() -> None:
    assert "There is no picture to compare." in text_of(before_after_page([]))


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0.0 %"), (1e-6, "under 0.1 %"), (0.0123, "1.2 %"), (1, "100.0 %")]
)
def test_a_share_is_never_rounded_to_nothing(share: float, expected: str) -> None:
    assert wording.percent(share).replace("\u00a0", " ") == expected


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_the_wipe_moves_in_a_browser_and_no_name_runs(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    page_file = tmp_path / "before-after.html"
    page_file.write_text(before_after_page([Pair(EVIL, JPEG, JPEG, source=EVIL)], title=EVIL), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        alarms: list[str] = []
        page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: alarms.append(message.text))
        page.on("request", lambda request: alarms.append(request.url) if request.url.startswith("http") else None)
        page.goto(page_file.as_uri())
        page.get_by_label("Wipe").check()
        page.get_by_role("slider").fill("30")
        assert page.locator("article").evaluate("node => node.style.getPropertyValue('--cut')") == "30%"
        # An attribute that slipped through would still be stopped by the page's policy.
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(3)>')")
        page.wait_for_timeout(200)
        browser.close()
    assert [alarm for alarm in alarms if "Content Security Policy" not in alarm] == []
