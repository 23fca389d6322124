import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from workbench import geometry
from workbench.detect import centerface, runtime
from workbench.detect.onnx_shape import with_free_inputs
from workbench.detect.runtime import Session
from workbench.detect.weights import centerface as centerface_weights
from workbench.values import UsageError


def test_both_runtimes_see_the_same_faces():
    picture = skimage.data.astronaut()
    path = centerface_weights()[0]
    found = []
    for engine in runtime.ENGINES:
        session = Session(path, 1, engine, pixels=True)
        assert session.engine == engine
        detections = centerface.CenterFace(session, "", "fast")(picture)
        found.append(detections.boxes[detections.scores >= 0.3])
    assert len(found[0]) == len(found[1]) >= 1
    assert (geometry.iou(*found).max(axis=1) > 0.9).all()


@pytest.mark.parametrize("engine", runtime.ENGINES)
def test_a_network_with_a_fixed_size_runs_at_any_size_and_takes_bytes(engine):
    session = Session(centerface_weights()[0].read_bytes(), 1, engine)
    for high, wide in ((32, 32), (64, 96), (32, 32)):
        outputs = session.run(np.zeros((1, 3, high, wide), np.float32))
        assert [output.shape[1:] for output in outputs[:3]] == [(n, high // 4, wide // 4) for n in (1, 2, 2)]


@pytest.mark.parametrize("engine", runtime.ENGINES)
def test_runs_beside_each_other_answer_as_one_after_the_other(engine):
    session = Session(centerface_weights()[0], 2, engine, pixels=True, outputs=1, known=True)
    session.prepare()
    values = np.random.default_rng(3)
    pictures = [values.integers(0, 256, (1, 64, side, 3), np.uint8) for side in (64, 96, 128) * 4]
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(lambda picture: session.run(picture, beside=True)[0], pictures))
    for mine, picture in zip(beside, pictures, strict=True):
        assert mine == pytest.approx(session.run(picture)[0], abs=0.01)


def test_the_environment_forces_a_runtime(monkeypatch):
    monkeypatch.setenv(runtime.CHOICE, "onnxruntime")
    assert Session(centerface_weights()[0], 1).fingerprint == "onnxruntime-f32"
    monkeypatch.setenv(runtime.CHOICE, "abacus")
    with pytest.raises(UsageError, match="openvino or onnxruntime"):
        Session(centerface_weights()[0], 1)


def test_onnxruntime_stands_in_when_openvino_is_missing(monkeypatch):
    monkeypatch.delenv(runtime.CHOICE, raising=False)

    def missing(*_):
        raise ImportError

    monkeypatch.setitem(runtime._RUNNERS, "openvino", missing)
    assert Session(centerface_weights()[0], 1).engine == "onnxruntime"


def test_bf16_only_where_the_processor_has_it(monkeypatch):
    class Core:
        def __init__(self, *abilities):
            self.abilities = abilities

        def get_property(self, device, name):
            return list(self.abilities)

    for abilities, precision in ((("FP32", "BF16"), "bf16"), (("FP32", "INT8"), "f32")):
        monkeypatch.setattr(runtime, "_core", lambda abilities=abilities: Core(*abilities))
        assert runtime.openvino_precision.__wrapped__() == precision


@pytest.mark.parametrize("content", [b"", b"not a network", b"\x3a\xff\xff\xff\xff\x0f"])
def test_a_file_that_is_no_network_is_refused_by_name(tmp_path, content):
    path = tmp_path / "holiday.onnx"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"holiday\.onnx cannot be loaded.*: use an ONNX file"):
        Session(path, 1)


def test_freeing_the_shape_leaves_the_rest_of_the_file():
    content = centerface_weights()[0].read_bytes()
    freed = with_free_inputs(content)
    assert len(content) - 200 < len(freed) < len(content)
    assert with_free_inputs(freed) == freed


def test_openvino_cannot_report_its_import():
    code = (
        "import sys, workbench.detect, openvino; "
        "assert sys.modules['openvino_telemetry'] is None; "
        "from openvino.tools.ovc import telemetry_utils; "
        "print(telemetry_utils.tm.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "stub" in done.stdout


def test_importing_the_package_loads_no_runtime():
    code = "import sys, workbench.detect; print([m for m in ('openvino', 'onnxruntime', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("engine", runtime.ENGINES)
def test_a_picture_as_it_is_gives_what_its_float_tensor_gives(engine):
    picture = skimage.data.astronaut()[None, :128, 100:260]
    tensor = picture.transpose(0, 3, 1, 2).astype(np.float32)
    path = centerface_weights()[0]
    as_it_is = Session(path, 1, engine, pixels=True).run(picture)
    for mine, theirs in zip(as_it_is, Session(path, 1, engine).run(tensor), strict=True):
        assert np.array_equal(mine, theirs)


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own count of memory")
def test_memory_does_not_grow_with_every_size_of_picture():
    session = centerface.build("fast", 1)._session

    def see(sizes):
        for size in sizes:
            session.run(np.zeros((1, 32 * (1 + size % 14), 32 * (1 + size // 14), 3), np.uint8))
        rows = Path("/proc/self/status").read_text("utf-8").splitlines()
        return next(int(row.split()[1]) / 1024 for row in rows if row.startswith("VmRSS:"))

    before = see(range(60))
    assert see(range(60, 160)) - before < 200  # MiB; each size that is kept takes 4 and more
