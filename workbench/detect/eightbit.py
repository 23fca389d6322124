"""Makes a network that OpenVINO has read compute most of its convolutions in integers of 8 bits: a quarter less time.

What goes into each convolution is rounded to 256 steps of the range that was seen on example pictures, and its
weights to steps of their own for each output channel (Jacob et al., Quantization and Training of Neural Networks
for Efficient Integer-Arithmetic-Only Inference, https://arxiv.org/abs/1712.05877). The ranges are found by
`benchmarks/calibrate.py`; what lies outside of a range is cut to it. A convolution without one stays as it is.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranges = Mapping[str, NDArray[np.float32]]
"""for the name of what goes into a convolution, lowest and highest value: ``(2, 1)``, or ``(2, C)`` by channel"""

INPUT_STEPS, WEIGHT_STEPS = 256, 255
SMALLEST = 1e-8
"""a channel whose weights are all zero still needs a step"""


@cache
def exact() -> bool:
    """Return whether this processor adds products of integers without loss.

    Those without VNNI add two of them in 16 bits, which overflows and would lose faces. A sum that would overflow
    is computed to see it.
    """
    import openvino
    from openvino import opset13 as op

    channels = 64
    start = op.parameter([1, channels, 8, 8], np.float32, name="ones")
    weights = op.constant(np.ones((channels, channels, 1, 1), np.float32))
    sums = op.convolution(start, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    model = openvino.Model([sums], [start])
    quantised(model, {"ones": np.array([[0.0], [1.0]], np.float32)})
    found = openvino.Core().compile_model(model, "CPU")([np.ones((1, channels, 8, 8), np.float32)])[0]
    return bool(np.allclose(found, channels, rtol=0.02))


def read(path: Path) -> Ranges:
    """Return the ranges in a file that `benchmarks/calibrate.py` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: np.asarray(stored[name], np.float32) for name in stored.files}


def convolutions(model: Any) -> Iterator[tuple[Any, str, bool]]:
    """Yield every convolution, the name of what goes into it, and whether it takes each channel for itself."""
    for node in model.get_ordered_ops():
        by_channel = node.get_type_name() == "GroupConvolution"
        if by_channel or node.get_type_name() == "Convolution":
            yield node, node.input_value(0).get_node().get_friendly_name(), by_channel


def quantised(model: Any, ranges: Ranges) -> int:
    """Have the convolutions whose input has a range computed in integers.

    Parameters
    ----------
    model : openvino.Model
        Is changed in place.
    ranges : Ranges
        Of the inputs.

    Returns
    -------
    int
        How many convolutions were found.
    """
    from openvino import opset13 as op

    rounded: dict[str, Any] = {}  # several convolutions may read the same
    found = 0
    for node, name, _ in list(convolutions(model)):
        if name not in ranges:
            continue
        if name not in rounded:
            low, high = (op.constant(side.reshape(1, -1, 1, 1)) for side in with_zero(*ranges[name]))
            rounded[name] = op.fake_quantize(node.input_value(0), low, high, low, high, INPUT_STEPS)
        weights = _weights(node)
        most = np.abs(weights).max(axis=tuple(range(1, weights.ndim)), keepdims=True)
        low, high = (op.constant(sign * np.maximum(most, np.float32(SMALLEST))) for sign in (-1, 1))
        steps = op.fake_quantize(op.constant(weights), low, high, low, high, WEIGHT_STEPS)
        node.input(0).replace_source_output(rounded[name].output(0))
        node.input(1).replace_source_output(steps.output(0))
        found += 1
    model.validate_nodes_and_infer_types()
    return found


def _weights(convolution: Any) -> NDArray[np.float32]:
    shape = [int(length) for length in convolution.input_value(1).get_partial_shape().to_shape()]
    node = convolution.input_value(1).get_node()
    while node.get_type_name() != "Constant":  # the reader of ONNX reshapes those of convolutions by channel
        node = node.input_value(0).get_node()
    return np.ascontiguousarray(node.data, np.float32).reshape(shape)


def with_zero(low: NDArray[np.float32], high: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the range widened so that zero, which pads the picture's edges, is one of its steps."""
    low, high = np.minimum(low, 0), np.maximum(high, SMALLEST)
    below = np.minimum(np.ceil(-low / (high - low) * (INPUT_STEPS - 1)), INPUT_STEPS - 2)
    step = np.maximum(high / (INPUT_STEPS - 1 - below), -low / np.maximum(below, 1))
    return (-below * step).astype(np.float32), ((INPUT_STEPS - 1 - below) * step).astype(np.float32)
