"""A case with one finished run, made without pictures and detectors."""

import hashlib
from dataclasses import replace

from workbench import profiles
from workbench.assess.sample import ReviewPlan
from workbench.catalog.case import Case
from workbench.values import Asset, Detections, Kind, Media, Outcome, State
from workbench.video.keys import search_key

PLAN = ReviewPlan(name="test", target=0.2, confidence=0.9, per_stratum=2, riskiest=2, twice=0, stopping="extend")
FACE, FAINT = [10, 10, 30, 30], [50, 10, 70, 30]


class Desk:
    """A case with one finished run over made-up photos, each with a hidden face, some with a faint one besides."""

    def __init__(self, root):
        self.case = Case.open(root / "case")
        self.source, self.out = root / "photos", root / "out"
        self.source.mkdir()
        self.profile = profiles.load("publication")
        self.run = self.case.catalog.create_run(self.profile, [self.source], self.out)
        self.assets = []

    def photos(self, count=20, faint=(3, 4), folders=("day", "night"), contents=False):
        assets = []
        for number in range(count):
            path = f"{folders[number % len(folders)]}/{number:02}.jpg"
            content = (self.source / path).read_bytes() if contents else path.encode()
            assets.append(Asset(path, str(self.source), hashlib.sha256(content).hexdigest(), 10, 1))
        catalog = self.case.catalog
        catalog.put_assets(self.run, assets)
        catalog.give_names(self.run, assets, (), {(asset.source, asset.path): "JPEG" for asset in assets})
        for number, asset in enumerate(assets):
            boxes, scores = ([FACE, FAINT], [0.9, 0.19]) if number in faint else ([FACE], [0.9])
            catalog.put_hash(asset)
            catalog.put_detections(asset.sha256, "prints", [Detections.of(Kind.FACE, boxes, scores, "centerface")])
            self.done(asset, number)
        self.assets = assets
        return self

    def done(self, asset, number, corrected=""):
        outcome = Outcome(
            asset.path, State.DONE, {"face": 1}, 0.1, f"{number:06}.jpg", "ff", 9, 1, 100, 80,
            regions=[[0, "face", "solid", "box", 4, 4, 36, 36]],
        )  # fmt: skip
        self.case.catalog.put_outcome(self.run, asset, outcome, asset.sha256, f"1.0 prints {corrected}".rstrip(), 1)

    def change(self, asset):
        """Another picture takes the place of one that was drawn."""
        changed = replace(asset, sha256="0" * 64, mtime=2)
        self.case.catalog.put_assets(self.run, [changed, *(other for other in self.assets if other is not asset)])
        self.case.catalog.put_hash(changed)

    def video(self, path):
        """Add a clip of 50 frames: a face that is not hidden for ten of them, and a faint one."""
        catalog = self.case.catalog
        asset = Asset(path, str(self.source), "c" * 64, 10, 1, Media.VIDEO)
        self.assets.append(asset)
        catalog.put_assets(self.run, self.assets)
        catalog.give_names(self.run, self.assets, (), {(asset.source, asset.path): "MP4"})
        catalog.put_hash(asset)
        row = Detections([FACE, FAINT], [0.9, 0.15], [Kind.FACE] * 2, ["centerface"] * 2, [0, 1])
        catalog.put_detections(asset.sha256, search_key("prints", self.profile), [row] * 50)
        box = ["face", "solid", "box", 4, 4, 36, 36]
        outcome = Outcome(
            path, State.DONE, {"face": 1}, 0.1, "000099.mp4", "ff", 9, 50, 100, 80,
            regions=[[0, 0, 19, *box], [0, 30, 49, *box]], media=Media.VIDEO, duration="2",
        )  # fmt: skip
        catalog.put_outcome(self.run, asset, outcome, asset.sha256, "1.0 prints", 1)
        return asset
