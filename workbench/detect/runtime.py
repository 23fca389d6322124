"""One small interface to the fastest way of running an ONNX network on this machine's processor.

OpenVINO comes first, onnxruntime is the fallback. ``WORKBENCH_RUNTIME`` (``openvino`` or
``onnxruntime``) forces one. Networks whose file fixes the size of their input can be run at any size.
"""

import os
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.detect import eightbit, lean
from workbench.detect.onnx_shape import with_free_inputs
from workbench.values import UsageError

Engine = Literal["openvino", "onnxruntime"]
Input = NDArray[np.float32] | NDArray[np.uint8]
ENGINES: tuple[Engine, ...] = ("openvino", "onnxruntime")
CHOICE = "WORKBENCH_RUNTIME"
MOST_AT_ONCE = 4
"""runs of one network beside each other; each has buffers of its own"""
PREPARED = 1000
"""Layers that OpenVINO keeps ready for sizes it has met, by far not all of them: about fifty sizes of the face network,
7 MiB each. Left to itself it keeps five times as many, and two runs beside each other grow to 2 GiB."""


class Runner(Protocol):
    """One compiled network."""

    precision: str

    def prepare(self, at_once: int) -> None:
        """Make ready for so many runs at once, which share the threads."""
        ...

    def run(self, tensor: Input, at_once: int) -> list[NDArray[np.float32]]:
        """Return every output of the network, in the order of the file."""
        ...


class Session:
    """A network that takes one float32 tensor ``(N, C, H, W)``, or pictures as they are, of any size.

    Parameters
    ----------
    model : Path or bytes
        An ONNX file, or its content.
    threads : int
        How many threads one run uses; 0 leaves it to the runtime (all cores).
    engine : {"openvino", "onnxruntime"}, optional
        Default: the environment's choice, else the first that is installed and takes the network.
    pixels : bool
        The network wants values of 0 to 255 unchanged, so `run` is given uint8 pictures ``(N, H, W, C)``: the
        runtime brings them into its own order, which is cheaper than to do it here.
    outputs : int
        How many of the network's outputs are wanted, its first ones; 0 for all.
    join : bool
        Let the runtime compute linear layers that follow each other as one (`lean.joined`): less work, and other
        results in the last digit.
    ranges : Ranges, optional
        Of the values inside the network, with which OpenVINO computes in integers (`eightbit.quantised`).
    known : bool
        The network is known to work here: it is compiled when it first runs, and only for the way in which it runs.

    Raises
    ------
    UsageError
        When the engine is unknown or not installed, or when no engine can read the network.
    """

    def __init__(
        self,
        model: Path | bytes,
        threads: int = 0,
        engine: str | None = None,
        *,
        pixels: bool = False,
        outputs: int = 0,
        join: bool = False,
        ranges: eightbit.Ranges | None = None,
        known: bool = False,
    ) -> None:
        name = model.name if isinstance(model, Path) else "the network"
        content = model.read_bytes() if isinstance(model, Path) else model
        wanted = _Wanted(threads, pixels, outputs, join, ranges, known)
        self._type: Any = np.uint8 if pixels else np.float32
        self.at_once = min(threads or usable_cores(), MOST_AT_ONCE)
        """as many runs at once as are worthwhile"""
        problems = []
        for candidate in _candidates(engine):
            try:
                self._runner: Runner = _RUNNERS[candidate](content, wanted)
            except ImportError:
                problems.append(f"{candidate} is not installed")
            except Exception as error:  # each runtime has error classes of its own
                problems.append(f"{candidate}: {_first_line(error)}")
            else:
                self.engine: Engine = candidate
                return
        raise UsageError(f"{name} cannot be loaded as a network ({'; '.join(problems)}): use an ONNX file.")

    @property
    def precision(self) -> str:
        """The arithmetic that results depend on: "f32" or "bf16", after "int8-" where integers do most of it."""
        return self._runner.precision

    @property
    def fingerprint(self) -> str:
        """What of the runtime changes results."""
        return f"{self.engine}-{self.precision}"

    def prepare(self) -> None:
        """Do now what else the first run beside others would wait for."""
        self._runner.prepare(self.at_once)

    def run(self, tensor: Input, *, beside: bool = False) -> list[NDArray[np.float32]]:
        """Return every output for one input, float32; safe to call from several threads.

        Parameters
        ----------
        tensor : ndarray
            See the class.
        beside : bool
            There are more inputs than this one, and other threads call with them: up to `at_once` run beside each
            other, each with its share of the threads. Two runs of one thread take less than two of two, one after
            the other. Else one at a time has all threads, and its answer comes soonest.
        """
        return self._runner.run(np.ascontiguousarray(tensor, dtype=self._type), self.at_once if beside else 1)


def usable_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _candidates(engine: str | None) -> tuple[Engine, ...]:
    wanted = engine or os.environ.get(CHOICE)
    if not wanted:
        return ENGINES
    chosen = tuple(name for name in ENGINES if name == wanted)
    if not chosen:
        raise UsageError(f"There is no runtime '{wanted}' ({CHOICE}): use {' or '.join(ENGINES)}.")
    return chosen


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:120].rstrip(".") if lines else type(error).__name__


@cache
def _core() -> Any:
    import openvino

    return openvino.Core()


@cache
def openvino_precision() -> str:
    """Return "bf16" where this processor computes in bfloat16 natively, else "f32".

    Emulated bfloat16 would cost accuracy and time at once, so the device is asked what it does well.
    """
    return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


@dataclass(frozen=True, eq=False)
class _Wanted:
    """What a session was asked for, see there."""

    threads: int
    pixels: bool
    outputs: int
    join: bool
    ranges: eightbit.Ranges | None
    known: bool


class _OpenVino:
    def __init__(self, content: bytes, wanted: _Wanted) -> None:
        core = _core()
        self.precision = precision = openvino_precision()
        model = core.read_model(content, b"")
        if wanted.outputs:
            model = lean.only(model, wanted.outputs)
        first = model.inputs[0]
        if not first.partial_shape.is_dynamic:
            rank = len(first.partial_shape)
            channels = int(first.partial_shape[1].get_length())
            # One compiled network for every size: compiling one per size costs more than a picture.
            model.reshape({first: [-1, channels, *([-1] * (rank - 2))]})
        if wanted.join:
            lean.joined(model)
        if wanted.ranges and eightbit.exact() and eightbit.quantised(model, wanted.ranges):
            self.precision = f"int8-{precision}"
        if wanted.pixels:
            model = _taking_pixels(model)
        self._hints: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision,
            "ENABLE_CPU_PINNING": False,  # several worker processes would all be pinned to the same cores
            "CPU_RUNTIME_CACHE_CAPACITY": PREPARED,
        }
        if wanted.threads > 0:
            self._hints["INFERENCE_NUM_THREADS"] = wanted.threads
        self._model = model
        self._lock = threading.Lock()
        self._free: dict[int, SimpleQueue[Any]] = {}
        if not wanted.known:
            self.prepare(1)

    def prepare(self, at_once: int) -> None:
        self._requests(at_once)

    def run(self, tensor: Input, at_once: int) -> list[NDArray[np.float32]]:
        requests = self._requests(at_once)
        request = requests.get()  # each has one set of buffers
        try:
            results = request.infer([tensor])  # copies: the next run reuses the request's own buffers
            return [np.asarray(results[index], np.float32) for index in range(len(results))]
        finally:
            requests.put(request)

    def _requests(self, at_once: int) -> "SimpleQueue[Any]":
        """Return the network's free requests, compiled so that so many run at once."""
        with self._lock:
            if at_once not in self._free:
                compiled = _core().compile_model(self._model, "CPU", {**self._hints, "NUM_STREAMS": at_once})
                self._free[at_once] = SimpleQueue()
                for _ in range(at_once):
                    self._free[at_once].put(compiled.create_infer_request())
            return self._free[at_once]


def _taking_pixels(model: Any) -> Any:
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().model().set_layout(Layout("NCHW"))
    return steps.build()


class _OnnxRuntime:
    """Runs the network as its file says: it has no way to change one."""

    precision = "f32"

    def __init__(self, content: bytes, wanted: _Wanted) -> None:
        import onnxruntime

        self._pixels = wanted.pixels
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # old exports list every weight as an input; that is not the user's problem
        options.intra_op_num_threads = wanted.threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            with_free_inputs(content), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self._outputs = [each.name for each in self._session.get_outputs()][: wanted.outputs or None]

    def prepare(self, at_once: int) -> None:
        pass

    def run(self, tensor: Input, at_once: int) -> list[NDArray[np.float32]]:
        del at_once  # it can be called from several threads as it is, which share its own
        if self._pixels:
            tensor = np.ascontiguousarray(tensor.transpose(0, 3, 1, 2), np.float32)
        return [np.asarray(output, np.float32) for output in self._session.run(self._outputs, {self._input: tensor})]


_RUNNERS: dict[Engine, Any] = {"openvino": _OpenVino, "onnxruntime": _OnnxRuntime}
