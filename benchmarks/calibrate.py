"""Find the ranges of values inside the face network with which `workbench.detect.eightbit` rounds.

Run it as ``uv run python benchmarks/calibrate.py FOLDER...``; it writes ``workbench/detect/centerface_ranges.npz``.
Any pictures do that are unlike the ones the detector is measured on: they were those of the plates, whose faces
nobody labelled. Each range is the mean over the pictures of what is lowest and highest in each; a layer that takes
every channel for itself has one range for each.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.detect import centerface, eightbit, lean, weights

LONGEST = 1024
"""px: pictures are reduced to this, the size that the network sees most"""


def ranges(paths: Sequence[Path]) -> dict[str, NDArray[np.float32]]:
    """Return the range of what goes into each convolution, by name; see `eightbit.Ranges`."""
    import openvino
    from openvino import opset13 as op

    core = openvino.Core()
    network = lean.only(core.read_model(weights.centerface()[0]), centerface.OUTPUTS)
    network.reshape({network.inputs[0]: [-1, 3, -1, -1]})
    lean.joined(network)
    seen = {name: (node.input_value(0), by_channel) for node, name, by_channel in eightbit.convolutions(network)}
    axes = op.constant(np.array([0, 2, 3], np.int64))
    results = [op.result(side(value, axes)) for value, _ in seen.values() for side in (op.reduce_min, op.reduce_max)]
    watched = core.compile_model(openvino.Model(results, network.get_parameters()), "CPU", EXACT)
    sums: list[NDArray[np.float64]] = [np.zeros(1)] * len(results)
    for number, path in enumerate(paths, 1):
        answers = watched([_tensor(path)])
        sums = [total + np.asarray(answers[index], np.float64) for index, total in enumerate(sums)]
        print(f"\r{number}/{len(paths)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found = {}
    for index, (name, (_, by_channel)) in enumerate(seen.items()):
        low, high = sums[2 * index] / len(paths), sums[2 * index + 1] / len(paths)
        found[name] = np.stack([low, high] if by_channel else [low.min(keepdims=True), high.max(keepdims=True)])
    return {name: values.astype(np.float32) for name, values in found.items()}


EXACT = {"INFERENCE_PRECISION_HINT": "f32"}


def _tensor(path: Path) -> NDArray[np.float32]:
    image = cv2.imread(str(path))
    if image is None:
        raise SystemExit(f"{path.name} is no picture: leave it out.")
    scale = min(1.0, LONGEST / max(image.shape[:2]))
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    below, right = (-length % centerface.MULTIPLE for length in image.shape[:2])
    image = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT)
    return np.ascontiguousarray(image[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=centerface.RANGES)
    options = parser.parse_args()
    paths = sorted(path for folder in options.folders for path in folder.rglob("*.jp*g"))
    if not paths:
        parser.error("There is no JPEG in these folders: give others.")
    np.savez_compressed(options.out, **ranges(paths))  # type: ignore[arg-type]
    print(f"{options.out.name}: from {len(paths)} pictures, {options.out.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
