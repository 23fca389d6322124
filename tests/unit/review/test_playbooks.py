"""Playbook cards: what comes with the workbench, what a case adds, and what is refused."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench import widgets
from workbench.review import playbooks
from workbench.values import FileError

CARD = 'title = "Wet floors"\nlook_for = "Faces in **puddles**."\ndefault = "hide"\nkey = "j"\n'
ISSUE = {
    "reflections", "posters", "video-calls", "helmets", "statues", "tattoos", "name-badges", "children",
    "distant-crowds",
}  # fmt: skip


@pytest.fixture
def case(tmp_path):
    (tmp_path / "playbooks").mkdir()
    return tmp_path


def write(case, text=CARD, name="wet-floors.toml"):
    path = case / "playbooks" / name
    path.write_text(text)
    return path


def test_every_edge_case_has_a_card_with_a_drawn_example_and_a_key():
    cards = playbooks.load()
    assert {card.name for card in cards} == ISSUE
    assert len({card.text.key for card in cards}) == len(cards)
    assert all(card.text.key and card.text.do and card.picture.startswith(b"<svg") for card in cards)
    assert {card.picture_type for card in cards} == {"image/svg+xml"}


def test_the_letters_that_no_card_can_have_are_those_that_the_editor_and_the_player_use():
    static = Path(widgets.__file__).parent / "static"
    editor, player = ((static / name).read_text("utf-8") for name in ("editor_keys.js", "player_keys.js"))
    assert used_letters(editor) == set(playbooks.TAKEN)
    assert {"g", "n", "x"} <= used_letters(player) <= set(playbooks.TAKEN)


def used_letters(script):
    """The letters that a view acts on: keys of its tables of actions, and those that it compares with."""
    tables = re.findall(r"const (?:actions|jumps) = \{(.*?)\n?\s*\};", script, re.DOTALL)
    assert tables
    return {
        *re.findall(r"letter === \"([a-z])\"", script),
        *(letter for table in tables for letter in re.findall(r"(?<![\w.?\"'])([a-z]): ", table)),
    }


def test_the_drawings_are_those_of_the_script():
    script = Path(__file__).parents[3] / "tools" / "playbook_pictures.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_case_adds_a_card_and_changes_one(case):
    write(case)
    write(case, 'title = "Busts"\nlook_for = "Stone."\ndefault = "hide"\n', "statues.toml")
    cards = {card.name: card for card in playbooks.load(case)}
    assert cards.keys() == ISSUE | {"wet-floors"}
    assert (cards["wet-floors"].own, cards["wet-floors"].text.key) == (True, "j")
    assert (cards["statues"].text.title, cards["statues"].picture) == ("Busts", b"")


def test_a_case_without_cards_has_those_of_the_workbench(tmp_path):
    assert len(playbooks.load(tmp_path)) == len(ISSUE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "title is missing"),
        (CARD + 'colour = "red"\n', "colour: no card has this setting, use title, look_for"),
        (CARD.replace('"hide"', '"blur"'), "default: Input should be 'hide', 'leave' or 'ask'"),
        (CARD.replace('"j"', '"jj"'), "key: give one small letter"),
        (CARD.replace('"j"', '"d"'), "the editor uses the letter d for something else, choose one of c h i"),
        (CARD.replace('"j"', '"p"'), "wants the key 'p', which posters.toml has"),
        (CARD + 'picture = "../photo.jpg"\n', "picture: name a .svg, .png or .jpg file"),
        (CARD + 'picture = "photo.exe"\n', "picture: name a .svg, .png or .jpg file"),
        (CARD + 'picture = "lost.png"\n', "its picture lost.png cannot be read"),
        ("title = [", "is not valid TOML"),
    ],
)
def test_what_no_card_can_be_is_refused_in_one_sentence_that_names_it(case, text, words):
    write(case, text)
    with pytest.raises(FileError, match=r"wet-floors\.toml") as refused:
        playbooks.load(case)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_names_that_could_be_no_tag_links_and_masses_are_refused(case):
    write(case, name="Wet Floor.toml")
    with pytest.raises(FileError, match="small letters, digits and dashes"):
        playbooks.load(case)
    (case / "playbooks" / "Wet Floor.toml").rename(case / "elsewhere.toml")
    (case / "playbooks" / "link.toml").symlink_to(case / "elsewhere.toml")
    with pytest.raises(FileError, match="is a link"):
        playbooks.load(case)
    (case / "playbooks" / "link.toml").unlink()
    for number in range(playbooks.MOST):
        write(case, CARD.replace('key = "j"\n', ""), f"card-{number}.toml")
    with pytest.raises(FileError, match="at most"):
        playbooks.load(case)


def test_findings_are_counted_by_the_tag_in_their_reason():
    reasons = {"playbook:posters": 3, "playbook:posters on a bus": 1, "contact sheet": 9, "": 4, "playbook:": 1}
    assert playbooks.findings(reasons) == {"posters": 4}
    assert playbooks.card_of(playbooks.load()[0].tag) == playbooks.load()[0].name


def test_a_cards_text_has_paragraphs_points_and_strong_words():
    assert playbooks.as_blocks("Look at **doors**,\nnot *walls*.\n\n- one\n- `two`") == [
        ("p", (("", "Look at "), ("strong", "doors"), ("", ","), ("", " "), ("", "not "), ("em", "walls"), ("", "."))),
        ("li", (("", "one"),)),
        ("li", (("code", "two"),)),
    ]
    assert playbooks.as_blocks("") == []


def test_nothing_in_a_cards_text_is_active():
    text = "<script>alert(1)</script> [link](javascript:alert(1)) ![x](http://x/y.png)"
    ((kind, runs),) = playbooks.as_blocks(text)
    assert kind == "p"
    assert {style for style, _ in runs} == {""}
    assert "".join(words for _, words in runs) == text
