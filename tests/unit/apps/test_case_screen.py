"""The case screen without a kernel: what is shown when, and what a page's messages do."""

import pytest

from workbench.apps import case, case_words
from workbench.apps.case import FOLLOWS, LEDGER, Screen
from workbench.apps.case_desk import CaseDesk
from workbench.governance import acts, case_file, casework, guidance
from workbench.governance.record import Person, Record
from workbench.governance.screening import screen as screened
from workbench.governance.unanswered import unanswered


@pytest.fixture
def screen(tmp_path):
    made = Screen(CaseDesk(tmp_path, "ann"))
    made.title.value = "Street"
    made.purpose.value = "ai-training"
    made.open.click()
    return made


def answer(screen, form, name, value):
    """Answer as the page would, and return what it hears."""
    heard = []
    widget = screen.forms[form]
    widget._send = lambda message, buffers=None: heard.append(message["content"])
    widget._handle_custom_msg({"type": "ready"}, [])
    heard.clear()
    widget._handle_custom_msg({"type": "edit", "name": name, "value": value, "number": 1}, [])
    return [content for content in heard if content["type"] != "form"][-1]


def test_a_case_without_a_record_asks_for_three_answers_and_nothing_typed_is_lost(tmp_path):
    made = Screen(CaseDesk(tmp_path, "ann"))
    made.title.value = " "
    made.open.click()
    assert "short name" in made.notice.text
    made.title.value = "Street"
    made.open.click()
    assert made.notice.text == ""
    assert made.tabs in made.body.children
    assert "one person holds all roles" in made.header.value


def test_build_makes_the_case_and_opens_a_record_without_its_catalog(tmp_path):
    folder = tmp_path / "case"
    assert "no record yet" in str(case.build(folder, "ann").children[1].value)
    CaseDesk(folder, "ann").begin("Street", "publication", "eu")
    for path in folder.glob("catalog.sqlite*"):
        path.unlink()
    case.build(folder, "ann")
    assert not (folder / "catalog.sqlite").exists()


def test_an_answer_of_the_screening_shows_at_once_what_follows(screen):
    assert "No trigger is met so far" in screen.risks.value
    heard = answer(screen, "Risks", "screening.public_monitoring", "unsure")
    assert heard["type"] == "kept"
    assert "Large-scale systematic monitoring" in screen.risks.value
    assert "unsure counts as yes" in screen.risks.value
    assert "is required" in screen.risks.value
    assert case_file.load(screen.desk.folder).screening["public_monitoring"] == "unsure"


def test_the_prompts_of_the_chosen_basis_are_asked(screen):
    answer(screen, "Why", "basis.lawful_basis", "consent")
    assert "basis.answers.how_given" in screen.forms["Why"].fields


def test_what_is_refused_is_told_to_the_field(screen):
    heard = answer(screen, "Assessment", "dpia.needed", "no")
    assert (heard["type"], heard["text"]) == ("refused", "Say why no assessment is needed.")
    heard = answer(screen, "Assessment", "dpia.reason", "Nothing speaks for it.")
    assert heard["stored"] == {"dpia.needed": "no", "dpia.reason": "Nothing speaks for it."}


def test_somebody_elses_change_is_said_and_shown(screen):
    CaseDesk(screen.desk.folder, "bob").save("description", "For a map.")
    assert answer(screen, "Why", "title", "Roads")["type"] == "kept"
    assert "Somebody else changed the record" in screen.notice.text
    assert "What is to be done with the pictures?" in screen.notice.text
    assert screen.forms["Why"].fields["description"].value == "For a map."


def test_a_record_broken_by_hand_is_said_and_the_tabs_come_back(screen):
    path = screen.desk.folder / "case.toml"
    whole = path.read_text()
    path.write_text("title = ")
    screen.again()
    (box,) = screen.body.children
    assert "case.toml, line 1" in box.children[0].value
    path.write_text(whole)
    box.children[2].click()
    assert screen.body.children == (screen.tabs,)


def test_whoever_may_only_read_sees_why_and_changes_nothing(screen):
    casework.name_person(screen.desk.folder, Person(number=1, login="bob", roles=("operator",)))
    reader = Screen(CaseDesk(screen.desk.folder, "ann"))
    assert "no role in this case" in reader.header.value
    heard = answer(reader, "Why", "title", "Mine")
    assert (heard["type"], "no role" in heard["text"]) == ("refused", True)
    assert reader.people.save.disabled
    assert "no role" in reader.people.held.why.value


def test_people_are_named_and_shown(screen):
    screen.people.login.value = "ann"
    screen.people.roles["operator"].value = True
    screen.people.save.click()
    assert "operator in this case" in screen.header.value
    assert "ann" in screen.people.table.value

    # The form is empty for the next one; whoever is chosen stays chosen while their roles are changed.
    people = screen.people
    assert (people.login.value, any(tick.value for tick in people.roles.values())) == ("", False)
    people.who.value = "ann"
    assert (people.login.value, people.roles["operator"].value) == ("ann", True)
    people.roles["custodian"].value = True
    people.save.click()
    assert "operator and custodian in this case" in screen.header.value
    assert (people.who.value, people.login.value) == ("ann", "ann")


def test_what_follows_and_the_ledger_are_shown_when_they_are_looked_at(screen):
    screen.tabs.selected_index = FOLLOWS
    for words in ("Is hiding faces enough?", "What the record decides", "not answered yet", "Longest side: any"):
        assert words in screen.follows.value
    screen.tabs.selected_index = LEDGER
    assert "unbroken" in screen.ledger.value
    assert "opened the case" in screen.ledger.value


def test_every_act_of_the_ledger_and_every_setting_that_is_raised_has_words():
    assert set(case_words.ACT_WORDS) == set(acts.ACTS)
    for question in guidance.questions().values():
        for want in question.raises:
            assert want.setting not in case_words.setting_words(want)


def test_texts_of_people_are_never_markup():
    evil = "<img src=x onerror=alert(1)>"
    record = Record.new("x", "publication", people=(Person(number=1, login=evil, name=evil, roles=("operator",)),))
    assert "<img" not in case_words.people_words(record)
    assert "<img" not in case_words.warning_words([evil])


def test_warnings_name_questions_not_fields():
    words = case_words.warning_words(["originals_days is 200; say why in retention.reason."])
    assert "“Days for the originals, after the end of the run” is 200" in words
    assert "retention.reason" not in words


def test_open_questions_are_told_in_words():
    record = Record.new("x", "publication")
    words = case_words.open_words(unanswered(record), screened(record))
    assert "On which basis is this lawful?" in words
    assert "basis.lawful_basis" not in words
