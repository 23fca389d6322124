import hashlib

import pytest

from workbench import curate
from workbench.governance import casework, ledger
from workbench.governance.record import Record
from workbench.values import UsageError

RULES = """\
# my own words
[[rule]]
set = { scenario = "street", sensitivity = "normal" }

[[rule]]
folder = "clinic"
set = { scenario = "Hospital", sensitivity = "high" }

[[rule]]
device = "phone"
has = "GPS"
set = { camera = "hand-held" }
"""


def said(folder, path):
    return next(dict(file.said) for file in folder.files() if file.asset.path == path)


def test_later_rules_win_and_hand_wins_over_all(folder):
    curate.save_rules(folder.case.path, RULES)
    folder.usual().look()
    assert said(folder, "street/b.jpg") == {"scenario": "street", "sensitivity": "normal"}
    assert said(folder, "clinic/c.jpg") == {"scenario": "hospital", "sensitivity": "high"}
    assert said(folder, "street/a.jpg")["camera"] == "hand-held"
    chosen = curate.select(folder.files(), "folder=clinic")
    assert curate.describe(folder.case, chosen, {"scenario": "school"}) == 2
    assert curate.apply_rules(folder.case) == 0
    assert said(folder, "clinic/c.jpg") == {"scenario": "school", "sensitivity": "high"}
    file = next(file for file in folder.files() if file.asset.path == "clinic/c.jpg")
    assert dict(file.how) == {"scenario": "hand", "sensitivity": "rule"}
    assert curate.describe(folder.case, chosen, {"scenario": ""}) == 2
    assert said(folder, "clinic/c.jpg")["scenario"] == "hospital"


def test_a_rule_that_is_gone_takes_back_what_it_said(folder):
    curate.save_rules(folder.case.path, RULES)
    folder.usual().look()
    curate.save_rules(folder.case.path, RULES.split("[[rule]]\nfolder", maxsplit=1)[0])
    assert curate.apply_rules(folder.case) == 3
    assert said(folder, "clinic/c.jpg") == {"scenario": "street", "sensitivity": "normal"}
    assert said(folder, "street/a.jpg") == {"scenario": "street", "sensitivity": "normal"}


def test_comments_survive_and_a_rule_is_added_at_the_end(folder):
    assert curate.load_rules(folder.case.path) == ()
    assert "[[rule]]" in curate.read_rules(folder.case.path)
    curate.save_rules(folder.case.path, RULES)
    rules = curate.add_rule(folder.case.path, {"media": "video"}, {"camera": "fixed"})
    text = (folder.case.path / "intake.toml").read_text()
    assert text.startswith("# my own words\n[[rule]]\nset = { scenario")
    assert [rule.line for rule in rules] == [2, 5, 9, 14]
    assert (dict(rules[-1].when), dict(rules[-1].set)) == ({"media": "video"}, {"camera": "fixed"})


def test_the_form_takes_a_first_rule(folder):
    rules = curate.add_rule(folder.case.path, {"folder": "a"}, {"scenario": "street"})
    assert len(rules) == 1
    assert "# Conditions:" in (folder.case.path / "intake.toml").read_text()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[[rule]\n", "line 1: this is not TOML"),
        ('[[rule]]\nset = { scenario = "a" }\n\n[[rules]]\nx = 1\n', r"line 4: unknown field rules"),
        ("[rule]\nset = 1\n", r"line 1: write \[\[rule\]\]"),
        ("\n[[rule]]\nfolder = 'a'\n", "line 2: the rule says nothing"),
        ("[[rule]]\ncolour = 'red'\nset = { scenario = 'a' }\n", "line 1: 'colour' is no condition"),
        ("[[rule]]\nhas = 'money'\nset = { scenario = 'a' }\n", "line 1: has=money is nothing"),
        ("[[rule]]\nfolder = 3\nset = { scenario = 'a' }\n", "line 1: folder is a text"),
        ("[[rule]]\nset = { scenario = 'two words!' }\n", "line 1: scenario is one plain word"),
        ("[[rule]]\nset = { sensitivity = 'huge' }\n", "line 1: sensitivity is one of low"),
        ("[[rule]]\nset = { colour = 'red' }\n", "line 1: 'colour' cannot be said"),
        ("[[rule]]\nset = { rights = 3 }\n", "line 1: rights is a text"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_not_written(folder, text, match):
    with pytest.raises(UsageError, match=match):
        curate.save_rules(folder.case.path, text)
    assert not (folder.case.path / "intake.toml").exists()


def test_a_model_release_is_a_file_and_is_kept_with_its_digest(folder):
    folder.usual().look()
    release = folder.case.path / "releases" / "form-1.pdf"
    with pytest.raises(UsageError, match="There is no file releases/form-1"):
        curate.describe(folder.case, folder.files()[:2], {"model_release": "releases/form-1.pdf"})
    release.parent.mkdir()
    release.write_bytes(b"signed")
    chosen = curate.select(folder.files(), "folder=street")
    curate.describe(folder.case, chosen, {"model_release": "releases/form-1.pdf"})
    kept = said(folder, "street/b.jpg")
    assert kept["model_release"] == "releases/form-1.pdf"
    assert kept["model_release_sha256"] == hashlib.sha256(b"signed").hexdigest()
    curate.describe(folder.case, chosen, {"model_release": ""})
    assert said(folder, "street/b.jpg") == {}
    curate.save_rules(folder.case.path, "[[rule]]\nset = { model_release = 'releases/none.pdf' }\n")
    with pytest.raises(UsageError, match="line 1: There is no file releases/none"):
        curate.apply_rules(folder.case)


def test_what_is_wrong_is_not_said_about_any_file(folder):
    folder.usual().look()
    with pytest.raises(UsageError, match="cannot be used"):
        curate.describe(folder.case, folder.files(), {"scenario": "street"})
    with pytest.raises(UsageError, match="'colour' cannot be said"):
        curate.describe(folder.case, folder.files()[:1], {"scenario": "street", "colour": "red"})
    assert not any(file.said for file in folder.files())


def test_the_ledger_knows_how_many_files_were_described_and_no_name(folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    casework.make(folder.case.path, Record.new("x", "publication"))
    folder.usual().look()
    assert [entry.act for entry in ledger.entries(folder.case.path)] == ["case-made"]
    chosen = curate.select(folder.files(), "folder=clinic")
    curate.describe(folder.case, chosen, {"scenario": "hospital"})
    curate.describe(folder.case, chosen, {"scenario": "hospital"})
    curate.store(folder.case, "sub", chosen)
    last = ledger.entries(folder.case.path)
    assert [(entry.act, entry.facts["files"]) for entry in last[1:]] == [("files-described", 2), ("subset-stored", 2)]
    assert "clinic" not in (folder.case.path / "ledger.jsonl").read_text()
