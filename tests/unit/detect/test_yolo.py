import hashlib
import importlib.util
import os
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from workbench.detect import yolo
from workbench.values import Kind, UsageError


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- a network of one constant, written as bytes: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto


def number(value):
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def integer(tag, value):
    return number(tag << 3) + number(value)


def chunk(tag, content):
    content = content.encode() if isinstance(content, str) else content
    return number(tag << 3 | 2) + number(len(content)) + content


def value_info(name, shape):
    dims = b"".join(chunk(1, integer(1, size) if size else chunk(2, "any")) for size in shape)
    return chunk(1, name) + chunk(2, chunk(1, integer(1, 1) + chunk(2, dims)))


def write_network(path, output, names=None, side=64):
    """Write an ONNX network that returns `output` for every picture of `side` pixels (0: any size)."""
    output = np.asarray(output, np.float32)
    dims = b"".join(integer(1, size) for size in output.shape)
    constant = dims + integer(2, 1) + chunk(8, "rows") + chunk(9, output.tobytes())
    # The sum of nothing of the picture is added, so that the input is used: rows + 0 * mean(picture).
    nodes = [
        chunk(1, "images") + chunk(2, "mean") + chunk(4, "ReduceMean") + chunk(5, keepdims(0)),
        chunk(1, "mean") + chunk(1, "zero") + chunk(2, "none") + chunk(4, "Mul"),
        chunk(1, "rows") + chunk(1, "none") + chunk(2, "output0") + chunk(4, "Add"),
    ]
    zero = integer(2, 1) + chunk(8, "zero") + chunk(9, np.float32(0).tobytes())
    graph = b"".join(chunk(1, node) for node in nodes) + chunk(2, "yolo") + chunk(5, constant) + chunk(5, zero)
    graph += chunk(11, value_info("images", (1, 3, side, side))) + chunk(12, value_info("output0", output.shape))
    model = integer(1, 8) + chunk(7, graph) + chunk(8, integer(2, 17))
    if names is not None:
        model += chunk(14, chunk(1, "names") + chunk(2, repr(names)))
    path.write_bytes(model)
    return path


def keepdims(value):
    return chunk(1, "keepdims") + integer(3, value) + integer(20, 2)


def built(path, classes=None, quality="fast"):
    return yolo.build("mine", path, sha256(path), "MIT", classes, quality, 1)


END_TO_END = np.array([[[16, 8, 32, 24, 0.9, 0], [40, 40, 60, 60, 0.6, 1], [0, 0, 9, 9, 0.01, 0]]])


# --- decoding


def test_end_to_end_rows_of_ultralytics():
    rows = yolo.decode(END_TO_END.astype(np.float32), 2)
    assert rows[0].tolist() == pytest.approx([16, 8, 32, 24, 0.9, 0])
    assert len(rows) == 3


def test_end_to_end_rows_with_the_picture_first():
    rows = yolo.decode(np.array([[0, 16, 8, 32, 24, 3, 0.9]], np.float32), 0)
    assert rows.tolist() == [pytest.approx([16, 8, 32, 24, 0.9, 3])]
    assert yolo.decode(np.zeros((0, 7), np.float32), 0).shape == (0, 6)


def raw(boxes, scores, count=200, extra=0):
    """An output (1, 4 + classes + extra, count) with the given boxes (middle, size) first."""
    scores = np.asarray(scores, np.float32)
    output = np.zeros((1, 4 + scores.shape[1] + extra, count), np.float32)
    output[0, :4, : len(boxes)] = np.transpose(boxes)
    output[0, 4 : 4 + scores.shape[1], : len(boxes)] = scores.T
    output[0, 4 + scores.shape[1] :] = 9  # mask coefficients are no scores
    return output


@pytest.mark.parametrize("extra", [0, 32])
def test_raw_rows(extra):
    rows = yolo.decode(raw([[24, 16, 16, 16]], [[0.2, 0.7]], extra=extra), 2)
    assert rows.tolist() == [pytest.approx([16, 8, 32, 24, 0.7, 1])]


def test_raw_rows_of_a_file_that_names_no_class():
    assert yolo.decode(raw([[24, 16, 16, 16]], [[0.4]]), 0).tolist() == [pytest.approx([16, 8, 32, 24, 0.4, 0])]


@pytest.mark.parametrize("classes", [1, 3])
def test_raw_rows_with_objectness(classes):
    output = np.zeros((1, 1200, 5 + classes), np.float32)
    output[0, 7, :5] = [24, 16, 16, 16, 0.5]
    output[0, 7, 5] = 0.8
    assert yolo.decode(output, classes).tolist() == [pytest.approx([16, 8, 32, 24, 0.4, 0])]


@pytest.mark.parametrize("shape", [(1, 1000), (1, 3, 64, 64), (2, 84, 8400), (1, 3, 8400), (1, 20, 8400)])
def test_other_outputs_are_refused(shape):
    with pytest.raises(UsageError, match=r"heat\.onnx returns .* no YOLO detector"):
        yolo.decode(np.zeros(shape, np.float32), 80, "heat.onnx")


def test_names_in_a_file():
    assert yolo.class_names("{0: 'License-Plate', 1: 'tree'}") == {0: "License-Plate", 1: "tree"}
    assert yolo.class_names("['face']") == {0: "face"}
    for text in ("", "__import__('os').getcwd()", "7", "{'a': 'face'}"):
        assert yolo.class_names(text) == {}


# --- whole files, run without Ultralytics


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_a_file_finds_boxes_in_pixels_of_the_picture(tmp_path, monkeypatch, runtime):
    monkeypatch.setenv("WORKBENCH_RUNTIME", runtime)
    path = write_network(tmp_path / "lp.onnx", END_TO_END, {0: "License-Plate", 1: "tree"})
    detector = built(path)
    found = detector(np.zeros((100, 128, 3), np.uint8))  # seen at half its size
    assert detector.kinds == (Kind.PLATE,)
    assert found.boxes.tolist() == [pytest.approx([32, 16, 64, 48], abs=0.5)]
    assert found.scores == pytest.approx([0.9], abs=0.01)
    assert found.origins.tolist() == ["mine"]


def test_classes_become_kinds_by_the_users_table(tmp_path):
    path = write_network(tmp_path / "lp.onnx", END_TO_END, {0: "a", 1: "b"})
    found = built(path, {"a": "face", "b": "person"})(np.zeros((64, 64, 3), np.uint8))
    assert sorted(found.kinds.tolist()) == ["face", "person"]


def test_a_file_without_names_takes_a_table_of_one_class(tmp_path):
    path = write_network(tmp_path / "lp.onnx", END_TO_END)
    assert built(path, "plate").kinds == (Kind.PLATE,)
    with pytest.raises(UsageError, match=r"lp\.onnx does not name its classes"):
        built(path)


def test_repeated_boxes_are_reported_once(tmp_path):
    output = raw([[24, 16, 16, 16], [25, 16, 16, 16], [50, 50, 10, 10]], [[0.9], [0.8], [0.3]])
    found = built(write_network(tmp_path / "f.onnx", output, {0: "face"}))(np.zeros((64, 64, 3), np.uint8))
    assert found.scores == pytest.approx([0.9, 0.3], abs=0.01)


@pytest.mark.parametrize("quality", ["fast", "balanced", "careful"])
@pytest.mark.parametrize("side", [64, 0])
@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (300, 200)])
def test_boxes_stay_inside_pictures_of_any_size(tmp_path, quality, side, shape):
    output = raw([[24, 16, 16, 16], [0, 0, 900, 900], [5000, 5000, 4, 4]], [[0.9], [0.8], [0.7]])
    found = built(write_network(tmp_path / "f.onnx", output, {0: "face"}, side), None, quality)(
        np.zeros((*shape, 3), np.uint8)
    )
    assert (found.boxes >= 0).all()
    assert (found.boxes <= [shape[1], shape[0]] * 2).all()


def test_a_network_that_fails_gives_no_infinite_boxes(tmp_path):
    output = END_TO_END.copy()
    output[0, 0, 0] = np.nan
    found = built(write_network(tmp_path / "f.onnx", output, {0: "face", 1: "tree"}))(np.zeros((64, 64, 3), np.uint8))
    assert len(found) == 0


def test_the_fingerprint_changes_with_what_changes_results(tmp_path):
    first = write_network(tmp_path / "a.onnx", END_TO_END, {0: "face", 1: "b"})
    second = write_network(tmp_path / "b.onnx", END_TO_END * 2, {0: "face", 1: "b"})
    prints = {
        built(first).fingerprint,
        built(second).fingerprint,
        built(first, {"b": "face"}).fingerprint,
        built(first, None, "careful").fingerprint,
    }
    assert len(prints) == 4
    assert built(first).fingerprint in prints


# --- refusals


def test_a_changed_file_is_not_loaded(tmp_path):
    path = write_network(tmp_path / "lp.onnx", END_TO_END, {0: "face"})
    with pytest.raises(UsageError, match=r"lp\.onnx is not the file that was checked"):
        yolo.build("mine", path, "0" * 64, "MIT")


class MakesFolder:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_changed_pickle_is_not_opened(tmp_path):
    path = tmp_path / "best.pt"
    path.write_bytes(pickle.dumps(MakesFolder(tmp_path / "ran")))
    with pytest.raises(UsageError, match=r"best\.pt is not the file that was checked"):
        yolo.build("mine", path, "0" * 64, "MIT")
    assert not (tmp_path / "ran").exists()


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "best.engine"
    path.write_bytes(b"x")
    with pytest.raises(UsageError, match=r"best\.engine is neither \.pt nor \.onnx"):
        built(path)
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(UsageError, match=r"broken\.onnx is not an ONNX network"):
        built(path)
    with pytest.raises(UsageError, match="no quality 'best'"):
        yolo.build("mine", path, sha256(path), "MIT", None, "best")


def test_without_ultralytics_the_way_out_is_said(tmp_path, monkeypatch):
    from workbench.detect import ultralytics_engine

    ultralytics_engine.library.cache_clear()
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    path = tmp_path / "best.pt"
    path.write_bytes(b"x")
    with pytest.raises(UsageError, match=r"install redaction-workbench\[yolo\]"):
        built(path)
    ultralytics_engine.library.cache_clear()


# --- the library itself, where it is installed

TINY = """
import hashlib, os, socket, sys
from pathlib import Path

def refuse(*args, **kwargs):
    raise SystemExit("a socket was opened")

socket.socket.__init__ = refuse
socket.getaddrinfo = refuse
folder = Path(sys.argv[1])
os.environ["HOME"] = os.environ["XDG_CONFIG_HOME"] = str(folder / "home")
os.chdir(folder)

import numpy as np
from workbench.detect import ultralytics_engine, yolo
from workbench.values import UsageError

package = ultralytics_engine.library()
import torch, yaml

torch.manual_seed(0)
described = Path(package.__file__).parent / "cfg/models/11/yolo11.yaml"
tiny = yaml.safe_load(described.read_text()) | {"nc": 2, "scales": {"n": [0.33, 0.0625, 128]}, "scale": "n"}
Path("tiny.yaml").write_text(yaml.safe_dump(tiny))
model = package.YOLO("tiny.yaml", task="detect", verbose=False)
model.model.names = {0: "License-Plate", 1: "tree"}
with torch.no_grad():
    for branch in model.model.model[-1].cv3:
        branch[-1].bias[:] = torch.tensor([0.0, -9.0])
model.save("tiny.pt")
path = folder / "tiny.pt"
digest = hashlib.sha256(path.read_bytes()).hexdigest()
before = sorted(entry.name for entry in folder.iterdir())
detector = yolo.build("mine", path, digest, "AGPL-3.0", None, "fast", 1)
picture = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)
first, second = detector(picture), detector(picture)
assert len(first) and set(first.kinds) == {"plate"} and set(first.origins) == {"mine"}
assert (first.boxes == second.boxes).all()
assert (first.boxes >= 0).all() and (first.boxes <= [160, 90, 160, 90]).all()
assert "ultralytics-" in detector.fingerprint
try:
    yolo.build("mine", path, digest, "AGPL-3.0", {"lorry": "plate"}, "fast", 1)
except UsageError as error:
    assert "it has 0 License-Plate, 1 tree" in str(error)
Path("bad.pt").write_bytes(b"nothing")
try:
    yolo.build("mine", folder / "bad.pt", hashlib.sha256(b"nothing").hexdigest(), "MIT")
except UsageError as error:
    assert "bad.pt cannot be loaded" in str(error), error
else:
    raise SystemExit("bad.pt was taken")
after = sorted(entry.name for entry in folder.iterdir())
assert after == sorted([*before, "bad.pt"]), after
assert package.settings["sync"] is False
print("fine")
"""


@pytest.mark.skipif(importlib.util.find_spec("ultralytics") is None, reason="the extra 'yolo' is not installed")
def test_ultralytics_runs_a_tiny_network_without_network_or_traces(tmp_path):
    # In a process of its own: the library looks at its environment once, and behaves differently under pytest.
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(TINY), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.strip().endswith("fine"), done.stdout + done.stderr
