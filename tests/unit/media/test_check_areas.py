import numpy as np
import pytest

from workbench.media import check_regions
from workbench.media.check_areas import Region, areas, boxes_of

SIZE = 60


def regions_of(rng, count):
    corners = rng.integers(0, SIZE - 1, (count, 2))
    far = np.minimum(corners + rng.integers(1, 40, (count, 2)), SIZE)
    return [
        Region("face", "solid", str(rng.choice(["box", "ellipse"])), (*map(int, near), *map(int, end)))
        for near, end in zip(corners, far, strict=True)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_every_surely_covered_pixel_lies_in_one_area_with_its_own_regions(seed):
    rng = np.random.default_rng(seed)
    regions = regions_of(rng, int(rng.integers(1, 9)))
    whole = (0, 0, SIZE, SIZE)
    masks = [region.masks(whole) for region in regions]
    open_edge = np.logical_or.reduce([rim for _, rim in masks])
    times = np.zeros((SIZE, SIZE), int)
    for index in range(len(regions)):
        for area in areas(regions, boxes_of(regions), index, whole):
            times += area.mask
            assert area.members[0] == index
            assert area.is_part == (area.mask.sum() < masks[index][0].sum())
            for other, (sure, _) in enumerate(masks):
                assert (sure[area.mask] == (other in area.members)).all()
    covered = np.logical_or.reduce([sure for sure, _ in masks])
    assert np.array_equal(times, (covered & ~open_edge).astype(int))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3), (12, 12), (7, 90), (64, 48)])
def test_fine_detail_has_no_more_energy_than_the_bound_says(shape):
    rng = np.random.default_rng(5)
    inner, rim, corner = (np.zeros(shape, np.float32) for _ in range(3))
    inner[:] = rng.random(shape) * 255
    rim[[0, -1]], rim[:, [0, -1]] = 255 * rng.integers(0, 2, shape[1]), 255 * rng.integers(0, 2, (shape[0], 1))
    corner[0, 0] = 255
    for part in (inner, rim, corner):
        detail = check_regions._detail(part)
        assert float((detail**2).sum()) <= check_regions._GAIN * float(part.var()) * part.size + 1e-3
