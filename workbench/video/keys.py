"""Under which name the detections of a video are stored."""

import hashlib

from workbench.profiles import Profile

SEARCH = 3
"""to be raised when the same detectors and settings find something else: what is stored is then out of date"""


def search_key(fingerprint: str, profile: Profile) -> str:
    """Return one digest of everything that changes what is found in a video.

    Parameters
    ----------
    fingerprint : str
        Of the detectors, as `pipeline.fingerprint` gives it.
    profile : Profile
        Its quality, its idea of the camera and its stride count; what it hides does not.
    """
    settings = (SEARCH, fingerprint, profile.quality, profile.video.camera, profile.video.every)
    return hashlib.sha256(repr(settings).encode()).hexdigest()
