"""What left a case for other tools. Without it nobody could tell what was deleted there from what was never shown."""

from pathlib import Path

from workbench.catalog.case import Case
from workbench.disk import printable, publish_bytes
from workbench.labels import coco_sets, found
from workbench.labels.values import LabelSet, Picture
from workbench.review.members import CONTENT, Members
from workbench.values import Detections, UsageError

EXPORTS = "exports"
"""the folder of a case in which every export is kept as it left; it is as private as the case"""


def keep(case: Case, labels: LabelSet) -> None:
    """Keep what left, for its owner alone."""
    folder = case.path / EXPORTS
    folder.mkdir(exist_ok=True, mode=0o700)
    last = max((int(path.stem) for path in _kept(case)), default=0)
    publish_bytes(coco_sets.dumps(labels), folder / f"{last + 1:06d}.json", private=True)


def _kept(case: Case) -> list[Path]:
    """Return the exports of a case, the newest first."""
    files = (case.path / EXPORTS).glob("*.json")
    return sorted((path for path in files if path.stem.isdecimal()), reverse=True)


def last(members: Members, names: list[str]) -> dict[str, list[Detections]]:
    """Return what left of each photo and video at its last export."""
    left: dict[str, dict[int, Picture]] = {}
    for path in _kept(members.case):
        missing = set(names) - left.keys()
        if not missing:
            break
        for picture in coco_sets.read(path).pictures:
            if (name := picture.video or picture.name) in missing:
                left.setdefault(name, {})[picture.frame] = picture
    for name in names:
        if name not in left:
            raise UsageError(f"{printable(name)} was never exported, so nobody knows what was changed: export first.")
        if left[name][0].attributes.get(CONTENT) != members.by_name[name].asset.sha256:
            raise UsageError(f"{printable(name)} was changed since it was exported: export and review it again.")
    return {name: [found.detections(frames[at].labels) for at in range(len(frames))] for name, frames in left.items()}
