"""Run detectors over what they never saw, so that files can be chosen by what is found in them."""

from pathlib import Path

from workbench import pipeline
from workbench.catalog.case import Case
from workbench.media.photo import open_photo
from workbench.profiles import Profile
from workbench.values import Asset, FileError, Media
from workbench.video import search_file
from workbench.video.keys import search_key


class Searcher:
    """The detectors of one profile and the case in which their findings are kept: a later run finds them there.

    Parameters
    ----------
    case : Case
    profile : Profile
        Its detectors and quality; what it hides does not matter.

    Raises
    ------
    UsageError
        When a detector is not usable.
    """

    def __init__(self, case: Case, profile: Profile) -> None:
        self.problems: list[str] = []
        """a sentence for each file that could not be searched"""
        self._case, self._profile = case, profile
        self._detectors = pipeline.load_detectors(profile)
        self._photos = pipeline.fingerprint(self._detectors)
        self._videos = search_key(self._photos, profile)

    def search(self, asset: Asset) -> None:
        """Search one file, unless these detectors did before; why one cannot be searched is added to `problems`."""
        video = asset.media is Media.VIDEO
        name = self._videos if video else self._photos
        if self._case.catalog.detections(asset.sha256, name) is not None:
            return
        path = Path(asset.source) / asset.path
        try:
            if video:
                found = search_file(path, self._profile, self._detectors)[1].tracks
            else:
                found = [pipeline.detect(frame, self._detectors) for frame in open_photo(path).frames]
        except FileError as error:
            self.problems.append(str(error))
        else:
            self._case.catalog.put_detections(asset.sha256, name, found)
