"""A detector that needs no network, for the screens."""

import numpy as np

from workbench.values import Detections, Kind


class Finder:
    """Sees one certain and one doubtful face, and counts how often it had to look."""

    name, kinds, licence, fingerprint = "finder", (Kind.FACE, Kind.PLATE, Kind.TEXT), "MIT", "finder 1"
    calls = 0

    def __call__(self, image: np.ndarray) -> Detections:
        Finder.calls += 1
        return Detections.of(Kind.FACE, [[40, 40, 90, 100], [150, 150, 180, 190]], [0.9, 0.12], "finder")
