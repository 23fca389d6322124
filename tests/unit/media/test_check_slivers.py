"""Crowds: small fills that overlap by all but a sliver, off the codec's grid, in a strongly compressed photo."""

import io

import numpy as np
import pytest
from PIL import Image

from workbench.media.check import check_photo


@pytest.mark.parametrize("quality", [60, 75, 90])
@pytest.mark.parametrize("shift", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_overlapping_fills_pass_and_one_that_was_left_open_does_not(tmp_path, quality, shift, form):
    boxes = [(201, 91, 238, 130), (201 + shift, 91, 254, 143), (201, 91 - shift, 238, 119), (233, 94, 270, 149)]
    rows = [[0, "face", "solid", "box", *box] for box in boxes]

    def findings(image):
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, form, quality=quality)
        path = tmp_path / "out.bin"
        path.write_bytes(buffer.getvalue())
        return check_photo(path, size=(512, 512), frames=1, allow_icc=False, regions=rows, before=None)

    # Hard edges and colours all around: what a sliver of fill takes over from its codec blocks.
    noise = np.random.default_rng(shift).integers(0, 2, (64, 64, 3), dtype=np.uint8) * 255
    crowd = np.kron(noise, np.ones((8, 8, 1), np.uint8))
    filled = crowd.copy()
    for x0, y0, x1, y1 in boxes:
        filled[y0:y1, x0:x1] = 96
    assert findings(filled) == []
    x0, y0, x1, y1 = boxes[1]
    filled[y0:y1, x0:x1] = crowd[y0:y1, x0:x1]
    assert findings(filled) != []
