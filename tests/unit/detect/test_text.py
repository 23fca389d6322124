import subprocess
import sys

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from workbench.detect import text
from workbench.detect.lines import Line
from workbench.values import Kind, UsageError


@pytest.fixture(scope="module")
def fast():
    return text.build("fast", 2)


def canvas(width, height, colour=(255, 255, 255)):
    picture = Image.new("RGB", (width, height), colour)
    return picture, ImageDraw.Draw(picture)


def car():
    """A car from behind: body, lamps, and a plate at [330, 400, 530, 445]."""
    picture, draw = canvas(860, 600, (150, 170, 190))
    draw.rectangle((0, 480, 860, 600), fill=(90, 90, 95))
    draw.rounded_rectangle((180, 200, 680, 500), 40, fill=(130, 30, 40))
    draw.rectangle((330, 400, 530, 445), fill=(250, 250, 250), outline=(20, 20, 20), width=3)
    draw.text((430, 422), "B 123 CD", (10, 10, 10), ImageFont.load_default(36), anchor="mm")
    return np.asarray(picture), np.array([330, 400, 530, 445])


def whiteboard():
    picture, draw = canvas(900, 600, (245, 245, 245))
    rows = ["Agenda for Monday", "Hire two engineers", "Budget of the team", "Call the supplier"]
    for row, words in enumerate(rows):
        draw.text((80, 80 + 110 * row), words, (30, 40, 120), ImageFont.load_default(54))
    return np.asarray(picture)


def covered(found, box, score, pad=0.3):
    mask = np.zeros((2000, 2000), bool)
    for x0, y0, x1, y1 in found.boxes[found.scores >= score]:
        dx, dy = pad * (x1 - x0), pad * (y1 - y0)
        mask[max(0, int(y0 - dy)) : int(y1 + dy) + 1, max(0, int(x0 - dx)) : int(x1 + dx) + 1] = True
    x0, y0, x1, y1 = box
    return mask[y0:y1, x0:x1].mean()


def only(found, kind):
    return found[found.kinds == kind]


def test_a_plate_on_a_car_is_a_plate(fast):
    picture, box = car()
    plates = only(fast(picture), Kind.PLATE)
    assert covered(plates, box, 0.2) >= 0.9
    assert set(plates.origins) == {"ocr"}


def test_a_whiteboard_is_text(fast):
    found = fast(whiteboard())
    texts = only(found, Kind.TEXT)
    for row in range(4):
        assert covered(texts, (90, 95 + 110 * row, 450, 125 + 110 * row), 0.3) > 0.95
    assert not (only(found, Kind.PLATE).scores >= 0.2).any()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_plate_is_still_a_plate(fast, turns):
    picture, _ = car()
    turned = np.rot90(picture, turns)
    mask = np.zeros(picture.shape[:2], np.uint8)
    mask[400:445, 330:530] = 1
    rows, columns = np.nonzero(np.rot90(mask, turns))
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert covered(only(fast(turned), Kind.PLATE), box, 0.2) >= 0.9


def test_slanted_writing_is_covered(fast):
    picture, draw = canvas(700, 700)
    draw.text((350, 350), "Conference 2031", (0, 0, 0), ImageFont.load_default(60), anchor="mm")
    turn = cv2.getRotationMatrix2D((350, 350), 40, 1)
    slanted = cv2.warpAffine(np.asarray(picture), turn, (700, 700), borderValue=(255, 255, 255))
    found = fast(slanted)
    ink = np.argwhere(slanted.min(axis=2) < 100)
    boxes = found.boxes[found.scores >= 0.3]
    middle = ink[:, None, ::-1] + 0.5
    inside = ((middle >= boxes[None, :, :2]) & (middle <= boxes[None, :, 2:])).all(axis=2).any(axis=1)
    assert inside.mean() > 0.97


def test_a_blank_picture_has_nothing(fast):
    assert len(fast(np.full((480, 640, 3), 127, np.uint8))) == 0


def test_a_person_before_a_plain_ground_is_no_writing_by_default(fast):
    data = pytest.importorskip("skimage.data")
    found = fast(np.asarray(data.astronaut()))
    sides = found.boxes[:, 2:] - found.boxes[:, :2]
    large = sides.prod(axis=1) > 0.1 * 512 * 512
    assert not (large & (found.scores >= 0.2)).any()


@pytest.mark.parametrize(
    ("length", "height", "score", "reading", "confidence", "counts"),
    [
        (120, 80, 0.6, "111", 0.83, False),  # people on a square
        (120, 80, 0.6, "Fa", 1.0, True),
        (120, 80, 0.8, "111", 0.83, True),  # the detector is sure
        (250, 70, 0.5, "111", 0.5, False),
        (250, 70, 0.5, "ANSWER COALTTION", 0.75, True),
        (60, 45, 0.4, "191", 0.55, True),  # not that large
    ],
)
def test_what_covers_much_of_a_picture_has_to_be_read_surely(fast, length, height, score, reading, confidence, counts):
    quad = np.array([[0, 0], [length, 0], [length, height], [0, height]], np.float32) + 20
    (line,) = fast._checked([Line(quad, score, reading, confidence)], np.zeros((400, 500, 3), np.uint8))
    assert line.score == (score if counts else text.FIGURE_SCORE)


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 2), (17, 23), (60, 12000)])
def test_odd_sizes(fast, shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    found = fast(noise)
    assert (found.boxes >= 0).all()
    assert (found.boxes <= [shape[1], shape[0], shape[1], shape[0]]).all()


def test_writing_across_the_border_of_two_tiles_is_one_line(fast):
    picture, draw = canvas(4200, 160)
    draw.text((1700, 40), "Minutes of the meeting", (0, 0, 0), ImageFont.load_default(70))
    boxes = [line.box for line in fast.lines(np.asarray(picture), text.Look(1, 8000)) if line.score >= 0.3]
    assert any(box[0] < 1740 and box[2] > 2400 for box in boxes)


def test_tiles_reach_every_pixel():
    for high, wide in [(1, 1), (2048, 2048), (2049, 300), (5000, 7777), (3840, 3841)]:
        seen = np.zeros((high, wide), bool)
        for y, x in text._corners(high, wide):
            seen[y : y + text._TILE, x : x + text._TILE] = True
        assert seen.all()


def test_how_large_a_picture_is_seen():
    fast, balanced = text.LOOKS["fast"][0], text.LOOKS["balanced"][0]
    careful = text.LOOKS["careful"][-1]

    def size(look, width, height):
        return text._resized(np.zeros((height, width, 3), np.uint8), look).shape[1::-1]

    assert size(fast, 4000, 3000) == (960, 720)
    assert size(balanced, 640, 480) == (1280, 960)
    assert size(balanced, 1600, 1200) == (1600, 1200)
    assert size(balanced, 4000, 3000) == (2048, 1536)
    assert size(careful, 1600, 1200) == (2048, 1536)
    assert size(careful, 4000, 3000) == (4000, 3000)
    assert size(careful, 100, 40) == (300, 120)  # three times at most
    assert size(fast, 12000, 500)[1] > 100  # a panorama does not become a thread


def test_the_picture_is_left_as_it_was(fast):
    picture, _ = car()
    before = picture.copy()
    first, second = fast(picture), fast(picture)
    assert (picture == before).all()
    assert (first.boxes == second.boxes).all()


def test_the_fingerprint_names_what_changes_results(fast):
    assert fast.fingerprint.startswith("ocr/")
    assert fast.fingerprint != text.build("careful", 2).fingerprint
    assert (fast.name, fast.kinds, fast.licence) == ("ocr", (Kind.PLATE, Kind.TEXT), "Apache-2.0")


def test_an_unknown_quality_is_refused():
    with pytest.raises(UsageError, match="no quality 'best': use fast, balanced, careful"):
        text.build("best")


def test_a_missing_network_is_refused_not_fetched(monkeypatch):
    monkeypatch.setattr(text, "DETECTOR", "PP-OCRv9_det_small.onnx")
    with pytest.raises(UsageError, match=r"PP-OCRv9_det_small\.onnx is not in the installed package rapidocr: install"):
        text.build("fast")


def test_a_missing_package_is_refused(monkeypatch):
    monkeypatch.setattr(text.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="not in the installed package rapidocr"):
        text.build("fast")


def test_no_socket_is_opened_from_import_to_result():
    program = """
import socket, sys
def refuse(*args, **kwargs):
    raise SystemExit("a socket was opened")
socket.socket.__init__ = refuse
socket.socket.connect = refuse
socket.getaddrinfo = refuse
import numpy
from workbench.detect import text
from workbench.detect.lines import Line
picture = numpy.full((200, 300, 3), 255, numpy.uint8)
picture[90:110, 50:250:3] = 0
text.build("fast", 1)(picture)
assert "rapidocr" not in sys.modules
print("fine")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "fine", done.stderr
    assert done.stderr == ""
