"""What an ONNX file says about itself: its notes and the size of its input."""

from dataclasses import dataclass
from pathlib import Path

from workbench.values import UsageError


@dataclass(frozen=True)
class OnnxMeta:
    """The declared facts of one ONNX network."""

    notes: dict[str, str]
    """free text that the exporter wrote: class names, characters, image size"""
    height: int
    """px of the input; 0 when any height will do"""
    width: int
    """px of the input; 0 when any width will do"""


def read_meta(weights: Path | bytes, name: str = "the network") -> OnnxMeta:
    """Return what an ONNX network with one image input ``(N, 3, H, W)`` declares.

    Parameters
    ----------
    weights : Path or bytes
        An ONNX file, or its content.
    name : str
        What error messages call it when it is given as bytes.

    Raises
    ------
    UsageError
        When it is not an ONNX network, or takes no picture.
    """
    import onnxruntime

    name = weights.name if isinstance(weights, Path) else name
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Nothing is run here, so the time to optimise the graph would be wasted.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        content = weights.read_bytes() if isinstance(weights, Path) else weights
        session = onnxruntime.InferenceSession(content, sess_options=options, providers=["CPUExecutionProvider"])
    except Exception:  # onnxruntime has a dozen error classes and no common one
        raise UsageError(f"{name} is not an ONNX network that can be read: export it again or take another.") from None
    shape = session.get_inputs()[0].shape
    if len(shape) != 4:
        raise UsageError(f"{name} takes no picture as its input: choose the weights of a detector.")
    height, width = (size if isinstance(size, int) else 0 for size in shape[2:])
    return OnnxMeta(dict(session.get_modelmeta().custom_metadata_map), height, width)
