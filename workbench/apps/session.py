"""What one visitor works on: a case, a folder of pictures, a profile. Plain Python, no widget."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import batch, detect, jobs, pipeline, profiles
from workbench.apps.role import Seat
from workbench.batch import described, intake
from workbench.catalog.case import Case
from workbench.columns import PerFrame
from workbench.detect.protocol import Detector
from workbench.disk import publish_bytes
from workbench.evidence import on_screen
from workbench.governance import casework
from workbench.governance.effects import refuse_weaker
from workbench.governance.roles import identity
from workbench.media import photo
from workbench.media.video import open_video, thumbnail_video
from workbench.profiles import Profile
from workbench.values import Asset, Detections, Kind, Media, Outcome, Regions, State, UsageError

CHANGED = " changed"
THUMBNAIL_SIDE = 320
"""px of the longer side of a thumbnail"""


@dataclass(frozen=True, eq=False)
class Opened:
    """One picture that is being looked at."""

    opened: photo.Photo
    frame: int
    """which frame of it is shown"""
    detections: Detections
    """of that frame"""
    jpeg: bytes
    """the unredacted frame at screen size"""


class Session:
    """The state behind a screen.

    Parameters
    ----------
    case : Case
        Where detections, profiles and runs are kept.
    who : str, optional
        The account of who works; by default whoever is signed in.
    """

    def __init__(self, case: Case, who: str = "") -> None:
        self.case = case
        self.seat = Seat(case.path, who or identity())
        self.picked = _picked(case)
        """what the case's record asks for, None where it has none"""
        self.profile: Profile = _first(case, self.picked)
        self.sources: tuple[Path, ...] = ()
        self.subset = ""
        """name of the stored subset that is worked on; "" for all files of the sources"""
        self.assets: Sequence[Asset] = ()
        self._detectors: dict[tuple[tuple[str, ...], str], tuple[Detector, ...]] = {}

    def choose(self, folder: Path) -> Sequence[Asset]:
        """Take the pictures and videos below `folder` as what is worked on and return them."""
        self.assets = batch.find_assets([folder])
        self.sources, self.subset = (folder,), ""
        return self.assets

    def subsets(self) -> list[tuple[str, str]]:
        """Return the subsets that the intake stored, in words and by name."""
        stored = [(each.name, len(each.members)) for each in self.case.catalog.subsets()]
        return [(f"{name}: {number:,} file{'' if number == 1 else 's'}", name) for name, number in stored]

    def choose_subset(self, name: str) -> Sequence[Asset]:
        """Take the files of a stored subset as what is worked on and return them.

        Raises
        ------
        UsageError
            When there is no such subset, or one of its files is gone or was changed.
        """
        members = set(self.case.catalog.subset(name).members)
        rows = [row for row in self.case.catalog.looked() if row.asset.sha256 in members]
        sources = tuple(dict.fromkeys(Path(row.asset.source) for row in rows if Path(row.asset.source).exists()))
        if not sources:
            raise UsageError(f"The files of the subset '{name}' are gone: look at their folder again in the intake.")
        self.assets = described.narrow(self.case, intake.walk(intake.resolve(sources)), name).assets
        self.sources, self.subset = sources, name
        return self.assets

    def raise_profile(self) -> bool:
        """Take what the record asks for with the scenes of these files, where the profile is weaker; return whether."""
        if self.picked is None:
            return False
        scenes = described.scenes(self.case, self.assets)
        try:
            refuse_weaker(casework.load(self.case.path), self.profile, scenes)
        except UsageError:
            self.picked = self.profile = casework.picked_profile(self.case.path, scenes) or self.profile
            return True
        return False

    def path(self, index: int) -> Path:
        """Return the file of picture `index`."""
        asset = self.assets[index]
        return Path(asset.source) / asset.path

    def thumbnail(self, index: int) -> bytes:
        """Return a small JPEG of picture or video `index`, unredacted."""
        if self.assets[index].media is Media.VIDEO:
            return thumbnail_video(self.path(index), THUMBNAIL_SIDE)
        return photo.thumbnail(self.path(index), THUMBNAIL_SIDE)

    def length(self, index: int) -> str:
        """Return how long video `index` is: "1:02"."""
        whole = round(open_video(self.path(index)).duration)
        return f"{whole // 60}:{whole % 60:02d}"

    def detectors(self) -> tuple[Detector, ...]:
        """Return the profile's detectors; they are loaded once."""
        key = self.profile.detectors, self.profile.quality
        if key not in self._detectors:
            self._detectors[key] = pipeline.load_detectors(self.profile)
        return self._detectors[key]

    def findable(self) -> tuple[Kind, ...]:
        """Return the kinds that the profile's detectors report."""
        return tuple(dict.fromkeys(kind for detector in self.detectors() for kind in detector.kinds))

    def open(self, index: int) -> Opened:
        """Open picture `index` with its detections: those of the catalog, or found now and kept there."""
        opened = photo.open_photo(self.path(index))
        finders = self.detectors()
        fingerprint = pipeline.fingerprint(finders)
        found = self.case.catalog.detections(opened.sha256, fingerprint)
        if found is None or len(found) != len(opened.frames):
            found = PerFrame.of(pipeline.find_with(finders)(opened))
            self.case.catalog.put_detections(opened.sha256, fingerprint, found)
        return Opened(opened, 0, found[0], on_screen(opened.frames[0].image, opened.icc))

    def exact(self, picture: Opened, profile: Profile) -> tuple[bytes, Regions]:
        """Return what the batch would write for this picture, at screen size, and what is hidden in it."""
        opened = picture.opened
        redacted, regions = pipeline.redact_frame(
            opened.frames[picture.frame], picture.detections, profile, opened.grid, opened.grid_origin
        )
        return on_screen(redacted.image, opened.icc), regions

    def profile_names(self) -> tuple[str, ...]:
        """Return the built-in profiles and those saved in this case."""
        saved = sorted(path.stem for path in self._profiles().glob("*.toml"))
        raised = [self.picked.name] if self.picked else []
        return tuple(dict.fromkeys([*raised, *profiles.builtin_names(), *saved]))

    def load_profile(self, name: str) -> Profile:
        """Make a built-in or saved profile, or the one that the record asks for, the current one and return it."""
        saved = self._profiles() / f"{name}.toml"
        if self.picked is not None and name == self.picked.name:
            self.profile = self.picked
            return self.profile
        self.profile = profiles.load(name if name in profiles.builtin_names() else saved)
        return self.profile

    def use(self, profile: Profile) -> Profile:
        """Make `profile`, whose settings were changed, the current one under a name that says so; return it."""
        self.profile = profile.changed(name=changed_name(profile))
        return self.profile

    def keepers(self, profile: Profile) -> tuple[str, ...] | None:
        """Return the detectors that `profile` lacks to find what a hidden background leaves visible.

        None when there are no such detectors here.
        """
        usable = [info for info in detect.infos() if info.usable]
        lacking: list[str] = []
        for kind in profile.background.keep:
            able = [info.name for info in usable if kind in info.kinds]
            if not able:
                return None
            if not {*able} & {*profile.detectors, *lacking}:
                lacking.append(able[0])
        return tuple(lacking)

    def save_profile(self, name: str, profile: Profile) -> Path:
        """Save `profile` under a new name in the case and make it the current one.

        Raises
        ------
        UsageError
            When the name is empty, has odd characters, or is that of a built-in profile.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}", name):
            raise UsageError("Give the profile a name of letters, digits, spaces, dots or dashes.")
        if name in profiles.builtin_names():
            raise UsageError(f"'{name}' is a built-in profile: choose another name.")
        named = profile.changed(name=name, description=f"Based on {profile.name}." if profile.name != name else "")
        folder = self._profiles()
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.toml"
        publish_bytes(named.to_toml().encode(), path, private=True)
        self.profile = named
        self.case.save_profile(named)
        return path

    def suggested_out(self) -> str:
        """Return where the redacted pictures could go: beside the source."""
        if not self.sources:
            return ""
        first = self.sources[0]
        name = f"{first.name}-{self.subset}" if self.subset else first.name
        return str(first.with_name(f"{name}-redacted"))

    def start(self, out: str, profile: Profile) -> int:
        """Start redacting the chosen folder in a process of its own and return the run's number."""
        self.seat.require("run")
        if not self.sources:
            raise UsageError("Choose a folder with pictures first.")
        if not out.strip():
            raise UsageError("Say into which folder the redacted pictures go.")
        if jobs.watch(self.case).alive:
            raise UsageError("A run is going on in this case: wait for its end, or stop it first.")
        self.findable()
        run = batch.prepare(self.case, self.sources, Path(out.strip()).expanduser(), profile, subset=self.subset)
        jobs.start(self.case.path, run)
        return run

    def failures(self, run: int) -> list[tuple[str, str]]:
        """Return the files of a run that are not in its output, with the reason."""
        return [(item.asset, item.error) for item in self.case.catalog.outcomes(run) if item.state is not State.DONE]

    def results(self, run: int) -> dict[int, Outcome]:
        """Return the outcomes of a run for those chosen pictures that were in it, by their position."""
        places = {(asset.source, asset.path): index for index, asset in enumerate(self.assets)}
        found = self.case.catalog.results(run)
        return {
            places[asset.source, asset.path]: outcome
            for asset, outcome in found
            if (asset.source, asset.path) in places
        }

    def hidden(self, run: int) -> dict[str, int]:
        """Return how many regions of each kind a run has hidden so far."""
        return totals(item.counts for item in self.case.catalog.outcomes(run))

    def _profiles(self) -> Path:
        return self.case.path / "profiles"


def _picked(case: Case) -> Profile | None:
    try:
        return casework.picked_profile(case.path)
    except UsageError:
        return None  # a record that cannot be read: the page says so, and no run starts


def _first(case: Case, picked: Profile | None) -> Profile:
    """Return the profile of the last time; or what the record asks for, where there was none or it is too weak now."""
    last = case.profile
    if picked is None:
        return last or profiles.load("publication")
    if last is not None:
        with suppress(UsageError):
            refuse_weaker(casework.load(case.path), last)
            return last
    return picked


def changed_name(profile: Profile) -> str:
    """Return what to call a profile whose settings were changed and not saved under a name."""
    return f"{profile.name.removesuffix(CHANGED)[: 60 - len(CHANGED)]}{CHANGED}"


def totals(counts: Any) -> dict[str, int]:
    """Return the sum of several counts by kind."""
    total: dict[str, int] = {}
    for part in counts:
        for kind, number in _items(part):
            total[kind] = total.get(kind, 0) + number
    return total


def _items(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(str(kind), int(number)) for kind, number in counts.items()]
