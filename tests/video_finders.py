"""A detector of the object that `clips.scene` draws."""

import numpy as np

from workbench.values import Detections, Kind


class FindsDisc:
    """Finds bright yellow; a quick look does the same."""

    name, kinds, licence, fingerprint = "disc", (Kind.FACE,), "MIT", "disc 1"
    at_once = 1

    def __init__(self, then=lambda count: None):
        self.count, self.then = 0, then

    def prepare(self):
        pass

    def glance(self, image, each):
        return self(image)

    def __call__(self, image):
        self.count += 1
        self.then(self.count)
        rows, columns = np.nonzero(yellow(image))
        if not len(rows):
            return Detections.empty()
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Detections.of(Kind.FACE, [box], [0.9], self.name)


def yellow(image):
    """Return which pixels are of the object."""
    return (image[..., 0] > 190) & (image[..., 1] > 160) & (image[..., 2] < 110)
