"""The retention screen without a kernel: what is due, a dry run, a deletion that is confirmed, sealing and opening."""

import datetime

import kept_case
import pytest

from workbench.apps import keeping, keeping_words
from workbench.apps.keeping import Screen
from workbench.apps.role import Seat
from workbench.governance import case_file
from workbench.governance.retention import Due
from workbench.values import UsageError

KEY_PAGE = "private.key"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    made = kept_case.make(tmp_path)
    kept_case.name_people(made)
    return made


@pytest.fixture
def screen(kept):
    return Screen(Seat(kept.folder, "cus"))


def press(screen, button):
    button.click()
    assert screen.join()


def dry_run(screen, what):
    screen.what.value = what
    press(screen, screen.look)
    return screen.code.description.rpartition(" ")[2]


def test_what_is_due_stands_in_words_and_days(screen):
    assert "Nothing is overdue" in screen.due.value
    assert "Originals" in screen.due.value
    assert "90 days left" in screen.due.value


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"left": 3, "overdue": False}, "3 days left"),
        ({"left": 1, "overdue": False}, "1 day left"),
        ({"left": -2, "overdue": True}, "overdue by 2 days"),
        ({"left": -2, "overdue": False}, "past its day"),
        ({"left": None, "overdue": False}, "not counted yet"),
        ({"left": -2, "overdue": False, "gone": datetime.date(2026, 1, 31)}, "deleted on 2026-01-31"),
    ],
)
def test_every_state_has_its_words(row, words):
    day = datetime.date(2026, 1, 1)
    due = Due("originals", 0, day, day, 30, "Because.", **row)
    assert keeping_words.state_words(due) == words
    assert words in keeping_words.due_words([due], day)
    assert ("Overdue: 1" in keeping_words.due_words([due], day)) == row["overdue"]


def test_a_dry_run_deletes_nothing_and_lists_what_would_go(screen, kept):
    before = kept.tree(kept.source)
    dry_run(screen, "originals")
    assert "Nothing is deleted yet" in screen.plan.value
    assert "b c.jpg" in screen.plan.value
    assert screen.delete.disabled
    assert kept.tree(kept.source) == before


def test_only_the_right_code_deletes_and_a_certificate_stands_there(screen, kept):
    code = dry_run(screen, "originals")
    for typed in ("", code[:-1], "0" * 12):
        screen.code.value = typed
        assert screen.delete.disabled
    screen.code.value = f" {code.upper()} "
    assert not screen.delete.disabled
    press(screen, screen.delete)
    assert set(kept.tree(kept.source)) == set(kept_case.OUTSIDERS)  # what is none of the case's stays
    assert "Certificate of deletion" in screen.gone.value
    assert "Person 2 (custodian)" in screen.gone.value
    assert "Certificate of deletion" in screen.certificate.value
    assert "deleted on" in screen.due.value
    assert screen.confirm.layout.display == "none"


def test_what_changed_since_the_dry_run_is_not_deleted(screen, kept):
    screen.code.value = dry_run(screen, "originals")
    screen.code.value = screen.code.description.rpartition(" ")[2]
    (kept.source / "a.jpg").write_bytes(b"another picture")
    press(screen, screen.delete)
    assert (kept.source / "a.jpg").exists()
    assert "wbp-warn" in screen.notice.widget.value
    assert screen.gone.value == ""


def test_another_choice_needs_another_dry_run(screen):
    dry_run(screen, "originals")
    screen.what.value = "work"
    assert screen.plan.value == ""
    assert screen.confirm.layout.display == "none"


def test_the_whole_case_can_go_and_the_screen_stays(screen, kept):
    screen.code.value = dry_run(screen, "case")
    screen.code.value = screen.code.description.rpartition(" ")[2]
    press(screen, screen.delete)
    assert "Certificate of deletion" in screen.gone.value
    assert not (kept.folder / "catalog.sqlite").exists()
    assert (kept.folder / "ledger.jsonl").exists()


def test_a_key_is_made_and_named_where_the_role_allows_it(kept):
    screen = Screen(Seat(kept.folder, "cus"))
    press(screen, screen.make_key)
    assert "which new file" in screen.notice.text
    screen.key_file.value = str(kept.root / KEY_PAGE)
    press(screen, screen.make_key)
    assert (kept.root / KEY_PAGE).is_file()
    assert "It is not in the record yet" in screen.notice.text  # a custodian does not change the record
    assert case_file.load(kept.folder).custodian.keys == (kept.public,)


def test_originals_are_sealed_and_opened_again(screen, kept):
    screen.archive.value = str(kept.root / "originals.age")
    press(screen, screen.seal_originals)
    assert "Sealed the originals: 6 files" in screen.sealed.value
    screen.open_key.value = str(kept.key)
    screen.folder.value = str(kept.root / "back")
    press(screen, screen.open)
    assert "Opened: 6 files" in screen.opened.value
    assert sorted((kept.root / "back").rglob("a.jpg"))[0].read_bytes() == kept_case.PHOTOS["a.jpg"]


def test_work_files_are_locked_and_unlocked(screen, kept):
    assert screen.unlock.disabled
    press(screen, screen.lock)
    assert not (kept.folder / "catalog.sqlite").exists()
    assert screen.lock.disabled
    assert not screen.unlock.disabled
    screen.unlock_key.value = str(kept.root / "no.key")
    press(screen, screen.unlock)
    assert "no.key is not there" in screen.notice.text
    screen.unlock_key.value = str(kept.key)
    press(screen, screen.unlock)
    assert (kept.folder / "catalog.sqlite").exists()


def test_where_no_link_table_is_allowed_the_button_says_why(screen):
    assert screen.seal_links.disabled
    assert "asks for none" in screen.link_words.value


def test_who_is_no_custodian_sees_why_and_can_do_nothing(kept):
    screen = Screen(Seat(kept.folder, "ann"))
    for button in (screen.look, screen.seal_originals, screen.lock, screen.open, screen.make_key):
        assert button.disabled
    assert "may not delete anything" in screen.may_delete.why.value
    assert "may not seal" in screen.may_seal.why.value
    screen._plan = None
    screen.delete.click()
    assert screen.join()
    assert "dry run first" in screen.notice.text


def test_a_case_without_a_record_or_without_a_folder_says_so(tmp_path):
    with pytest.raises(UsageError, match="no case"):
        keeping.build(tmp_path / "nothing", "ann")
    (tmp_path / "case.toml").write_text("title =")
    broken = Screen(Seat(tmp_path, "ann"))
    assert "case.toml" in broken.notice.text


def test_names_of_files_are_never_markup(screen, kept):
    dry_run(screen, "originals")
    assert "line\\nbreak.png" in screen.plan.value
    assert keeping_words.size(1) == "1 byte"
    assert keeping_words.size(1_500_000) == "1.5 MB"
