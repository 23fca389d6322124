"""Find the ranges of values inside the face network with which `workbench.detect.eightbit` rounds.

Run it as ``uv run python benchmarks/calibrate.py FILE_OR_FOLDER...``; it writes
``workbench/detect/centerface_ranges.npz``. Any pictures and clips do that are not those the detector is measured on:
they were the plates' pictures and the clips without known faces. Each range goes from the lowest to the highest value
that was seen in any of them; a layer that takes every channel for itself has one range for each.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.detect import centerface, eightbit, lean, weights
from workbench.media.video import is_video, open_video

LONGEST = 1024
"""px: pictures are reduced to this, the size that the network sees most"""
FRAMES = 12
"""evenly apart, of each clip"""
EXACT = {"INFERENCE_PRECISION_HINT": "f32"}
LEFT_OUT = ("365", "368", "442", "451", "459", "468", "477", "485", "494", "503", "535")
"""Inputs that are not rounded: rounding them alone moved scores the most, and as they are few or small it spares
little. They are the first two layers, the one of the answers, and the deep ones that take every channel for itself,
many of which answer to faces alone."""


def ranges(pictures: Iterable[NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
    """Return the range of what goes into each convolution, by name; see `eightbit.Ranges`."""
    import openvino
    from openvino import opset13 as op

    core = openvino.Core()
    network = lean.only(core.read_model(weights.centerface()[0]), centerface.OUTPUTS)
    network.reshape({network.inputs[0]: [-1, 3, -1, -1]})
    lean.joined(network)
    inputs = {name: (node.input_value(0), by_channel) for node, name, by_channel in eightbit.convolutions(network)}
    axes = op.constant(np.array([0, 2, 3], np.int64))
    results = [op.result(side(value, axes)) for value, _ in inputs.values() for side in (op.reduce_min, op.reduce_max)]
    watched = core.compile_model(openvino.Model(results, network.get_parameters()), "CPU", EXACT)
    seen = [watched([_tensor(picture)]) for picture in pictures]
    found = {}
    for index, (name, (_, by_channel)) in enumerate(inputs.items()):
        low = np.min([answers[2 * index] for answers in seen], axis=0)
        high = np.max([answers[2 * index + 1] for answers in seen], axis=0)
        found[name] = np.stack([low, high] if by_channel else [low.min(keepdims=True), high.max(keepdims=True)])
    return {name: values.astype(np.float32) for name, values in found.items() if name not in LEFT_OUT}


def pictures_of(paths: Iterable[Path]) -> Iterator[NDArray[np.uint8]]:
    """Give pictures and some frames of clips, ``(H, W, 3)`` RGB."""
    for path in paths:
        if is_video(path):
            video = open_video(path)
            apart = max(1, (video.expected_frames or FRAMES) // FRAMES)
            yield from (frame.rgb() for frame in video.frames() if frame.index % apart == apart // 2)
            continue
        image = cv2.imread(str(path))
        if image is None:
            raise SystemExit(f"{path.name} is no picture: leave it out.")
        yield np.ascontiguousarray(image[:, :, ::-1])


def _tensor(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    scale = min(1.0, LONGEST / max(image.shape[:2]))
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    below, right = (-length % centerface.MULTIPLE for length in image.shape[:2])
    image = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT)
    return np.ascontiguousarray(image[None].transpose(0, 3, 1, 2), np.float32)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument("--out", type=Path, default=centerface.RANGES)
    options = parser.parse_args()
    paths = [source for source in options.sources if source.is_file()]
    paths += sorted(path for source in options.sources for path in source.rglob("*.jp*g"))
    if not paths:
        parser.error("There is no JPEG and no clip: give others.")
    np.savez_compressed(options.out, **ranges(pictures_of(paths)))  # type: ignore[arg-type]
    print(f"{options.out.name}: from {len(paths)} files, {options.out.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
