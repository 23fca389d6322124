import pytest

from workbench.release.neutral import GENERIC, neutral, neutral_text


@pytest.mark.parametrize(
    ("sentence", "asset", "expected"),
    [
        ("", "a.jpg", ""),
        ("IMG_1.jpg is truncated: ask again.", "IMG_1.jpg", "The file is truncated: ask again."),
        ("IMG_1.jpg is truncated.", "Trip to X/IMG_1.jpg", "The file is truncated."),
        ("Trip to X/IMG_1.jpg is truncated.", "Trip to X/IMG_1.jpg", "The file is truncated."),
        ("'/srv/Trip to X/IMG_1.jpg' is truncated.", "Trip to X/IMG_1.jpg", "The file is truncated."),
        ("“IMG_1.JPG” is truncated.", "IMG_1.jpg", "The file is truncated."),
        ("The folder 'Trip to X' is gone.", "Trip to X/IMG_1.jpg", "The folder the file is gone."),
        ("No name here: 16-bit RGB 8/16.", "IMG_1.jpg", "No name here: 16-bit RGB 8/16."),
        ("truncated.jpg is truncated.", "truncated.jpg", "The file is truncated."),
        ("A page of 3 was dropped.", "3.tif", "A page of 3 was dropped."),
        ("a\nb.jpg is empty.", "a\nb.jpg", "The file is empty."),
        (r"'a\nb.jpg' is empty.", "a\nb.jpg", "The file is empty."),
        (r"Jörg at \u202e home.jpg is empty.", "Jörg at \u202e home.jpg", "The file is empty."),
        (r"The folder Jörg at \u202e home is gone.", "Jörg at \u202e home/a.jpg", "The folder the file is gone."),
        ("xAnnaMeierx", "AnnaMeier.jpg", GENERIC[0].upper() + GENERIC[1:]),
        ("It was named \u202egpj.", "b.jpg", r"It was named \u202egpj."),
        ("(see /etc/x) and C:\\Users\\u\\y.", "b.jpg", "(see the file) and the file"),
    ],
)
def test_a_sentence_loses_its_names(sentence: str, asset: str, expected: str) -> None:
    assert neutral(sentence, asset) == expected


def test_a_fingerprint_keeps_all_but_its_folders() -> None:
    assert neutral_text("yolo 8.3 weights=/data/u/w.pt sha=ab/float32") == "yolo 8.3 weights=… sha=ab/float32"
