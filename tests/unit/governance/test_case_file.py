"""``case.toml`` as a person edits it: nothing of theirs is lost, and what is wrong is named with its line."""

import datetime

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.governance import case_file, guidance
from workbench.governance.record import Person, Record
from workbench.values import FileError, UsageError


@pytest.fixture
def text():
    return case_file.fresh(Record.new("Street", "ai-training"))


def line_with(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_new_record_holds_every_question_and_reads_back_the_same(text):
    record = Record.new("Street", "ai-training")
    assert case_file.parse(text) == record
    for question in guidance.questions().values():
        assert f"# {question.ask}\n{question.id} = " in text
    for sheet in guidance.sheets().values():
        assert all(f"{prompt.id} = " in text for prompt in sheet.prompts)
    assert guidance.image_rights().warning in text
    assert "not legal advice" in text


def test_comments_order_and_spacing_of_a_hand_made_file_survive_a_change(text):
    mine = text.replace('purpose = "ai-training"', '# our lawyer asked twice\npurpose   =  "ai-training"   # settled')
    mine = mine.replace("[origin]", "# the van of 2024\n[origin]")
    after = case_file.changed(mine, {"description": "Crossings", "dpia.by": 0})
    assert after == mine.replace('description = ""', 'description = "Crossings"')


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('purpose = "ai-training"', 'purpose = "fun"', "purpose", "'ai-training'"),
        ("originals_days = -1", "originals_days = 1.5", "retention.originals_days", "integer"),
        ("originals_days = -1", 'originals_days = "30"', "retention.originals_days", "integer"),
        ("originals_days = -1", "originals_days = -2", "retention.originals_days", "-1"),
        ('lawful_basis = ""', 'lawful_basis = "love"', "basis.lawful_basis", "consent"),
        ('crowds = ""', 'crowds = "maybe"', "screening.crowds", "unsure"),
        ('crowds = ""', 'crowd = "no"', "screening.crowd", "unknown field"),
        ('decided = ""', 'decided = "soon"', "dpia.decided", "date"),
        ('needed = ""', 'needed = "no"', "dpia.reason", "say why"),
        ('table = "none"', 'table = "sealed"', "link.reason", "needed for"),
        ("[dpia]", "[dpia]\nwho = 1", "dpia.who", "unknown field"),
        ("[output]", "[outputs]", "outputs", "unknown field"),
        ("title = ", "titel = ", "titel", "unknown field"),
        ("format = 1", "format = 2", "format", "1"),
        ("by = 0", "by = 3", "dpia.by", "number 3"),
        ('conclusion = ""', 'conclusions = ""', "recital_26.conclusions", "unknown field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_and_field(text, old, new, field, says):
    assert text.count(old) >= 1
    bad = text.replace(old, new, 1)
    with pytest.raises(UsageError) as error:
        case_file.parse(bad)
    sentence = str(error.value)
    assert f"{field}: " in sentence
    assert says in sentence
    assert "\n" not in sentence
    wrong = new.splitlines()[-1] if field not in ("dpia.reason", "link.reason") else None
    if wrong:
        assert f"line {line_with(bad, wrong)}:" in sentence


def test_a_text_of_several_lines_does_not_shift_the_line_that_is_named(text):
    long = case_file.changed(text, {"description": "one\ntwo\nthree"})
    bad = long.replace('crowds = ""', 'crowds = "maybe"')
    with pytest.raises(UsageError, match=rf"line {line_with(bad, 'maybe')}: screening.crowds"):
        case_file.parse(bad)


def test_every_half_of_a_record_is_refused(text):
    full = case_file.with_person(text, Person(number=1, login="ann", roles=("operator",)))
    whole = case_file.parse(full)
    last = full.index("[retention]")
    for end in [*range(0, last, 97), last]:
        with pytest.raises(UsageError, match=r"case\.toml"):
            case_file.parse(full[:end])
    for end in range(last + len("[retention]"), len(full)):  # here only the purpose's own days are left
        try:
            assert case_file.parse(full[:end]) == whole
        except UsageError:
            continue


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"title = 'x", b"title = 1\ntitle = 2\n", b"", b"[[people]"])
def test_what_is_no_record_at_all_is_one_sentence(tmp_path, data):
    (tmp_path / "case.toml").write_bytes(data)
    with pytest.raises(UsageError, match=r"case\.toml") as error:
        case_file.load(tmp_path)
    assert "\n" not in str(error.value)


def test_a_record_that_does_not_parse_is_never_written(tmp_path, text):
    case_file.save(text, tmp_path)
    with pytest.raises(UsageError):
        case_file.save(text.replace("format = 1", "format = 9"), tmp_path)
    assert (tmp_path / "case.toml").read_text("utf-8") == text


def test_a_full_disk_leaves_the_old_record(tmp_path, text, monkeypatch):
    case_file.save(text, tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.disk.os.fsync", full)
    with pytest.raises(FileError, match="full"):
        case_file.save(case_file.changed(text, {"title": "Other"}), tmp_path)
    assert (tmp_path / "case.toml").read_text("utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["case.toml"]


def test_a_file_of_windows_is_read(tmp_path, text):
    (tmp_path / "case.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert case_file.load(tmp_path) == case_file.parse(text)


def test_other_ways_of_writing_toml_are_kept_too(text):
    """Dotted names, inline tables and an array of people are what a person may write as well."""
    start, end = text.index("[output]"), text.index("[retention]")
    mine = text[:start] + text[end:]
    mine = mine.replace(
        'jurisdiction = "eu"',
        'jurisdiction = "eu"\noutput = { max_side = 900, reason = "" } # small\n'
        'people = [{ number = 1, login = "ann", roles = ["operator"] }]',
    )
    after = case_file.changed(mine, {"output.max_side": 800, "screening.crowds": "no"})
    assert case_file.parse(after).output.max_side == 800
    assert "# small" in after
    named = case_file.with_person(after, Person(number=2, login="bob", roles=("approver",)))
    assert [each.login for each in case_file.parse(named).people] == ["ann", "bob"]
    with pytest.raises(UsageError, match=r"line 14: output\.max_side"):
        case_file.parse(mine.replace("max_side = 900", 'max_side = "wide"'))


def test_people_are_added_and_changed_without_touching_the_rest(text):
    first = case_file.with_person(text, Person(number=1, login="ann", roles=("operator",)))
    mine = first.replace('login = "ann"', 'login = "ann"  # from the lab')
    both = case_file.with_person(mine, Person(number=2, login="bob", roles=("operator", "approver")))
    left = case_file.with_person(both, Person(number=1, login="ann"))
    assert [(each.login, each.roles) for each in case_file.parse(left).people] == [
        ("ann", ()),
        ("bob", ("operator", "approver")),
    ]
    assert 'login = "ann"  # from the lab' in left
    assert left.rindex("[") == left.index("[retention]")
    with pytest.raises(UsageError, match="nobody is operator"):
        case_file.with_person(left, Person(number=2, login="bob"))
    with pytest.raises(UsageError, match="two have the login"):
        case_file.with_person(both, Person(number=3, login="bob"))


def test_choosing_a_basis_brings_its_prompts_and_loses_no_answer(text):
    chosen = case_file.changed(text, {"basis.lawful_basis": "consent"})
    assert set(case_file.parse(chosen).basis.answers) == {p.id for p in guidance.bases()["consent"].prompts}
    typed = case_file.changed(chosen, {"basis.answers.free": "Yes, see the form."})
    other = case_file.parse(case_file.changed(typed, {"basis.lawful_basis": "legitimate-interests"}))
    assert other.basis.answers["free"] == "Yes, see the form."
    assert other.basis.answers["necessity"] == ""


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("title", "2026", "2026"),
        ("retention.originals_days", "30", 30),
        ("dpia.decided", "2026-01-31", datetime.date(2026, 1, 31)),
        ("screening.crowds", "no", "no"),
    ],
)
def test_what_is_typed_becomes_what_the_field_takes(text, field, typed, value):
    record = case_file.parse(case_file.changed(text, {field: case_file.typed(field, typed)}))
    table, _, name = field.rpartition(".")
    place = getattr(record, table) if table else record
    assert (place[name] if isinstance(place, dict) else getattr(place, name)) == value


@settings(deadline=None, max_examples=20)
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=60))
def test_any_typed_text_comes_back_as_it_was(words):
    text = case_file.fresh(Record.new("Street", "publication"))
    after = case_file.changed(text, {"description": words})
    assert case_file.parse(after).description == words
    assert tomlkit.parse(after)["title"] == "Street"
