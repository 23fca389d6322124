"""A panel of the result: take frames of the redacted videos as pictures for training."""

import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import ipywidgets as ui

from workbench import batch
from workbench.apps.background import Background
from workbench.apps.parts import Notice, hint
from workbench.values import UsageError

WAYS = (
    ("so many frames a second", "per_second"),
    ("one in so many frames", "every"),
    ("so many from each scene", "per_scene"),
    ("so many from each video, where most changes", "by_motion"),
)
NUMBERS = {"per_second": 1, "every": 25, "per_scene": 3, "by_motion": 20}
"""where each way begins"""
ABOUT = (
    "Pictures out of the redacted videos, with the hidden boxes as labels.json (COCO), in a new folder that can be "
    "verified like a release. The originals are not opened."
)
LABEL = {"description_width": "initial"}


class FramesPanel:
    """Says which frames, into which folder, and does it beside the page.

    Parameters
    ----------
    notice : Notice
        Shows what goes wrong.
    """

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._release: Path | None = None
        self._suggested = ""
        self._background = Background(self._explain)
        self._stop = threading.Event()
        self.number = ui.FloatText(value=1, description="How many", style=LABEL, layout={"width": "150px"})
        self.way = ui.Dropdown(options=WAYS, description="Take", style=LABEL, layout={"width": "auto"})
        self.way.observe(lambda change: setattr(self.number, "value", NUMBERS[change["new"]]), "value")
        self.objects = ui.Checkbox(description="Only with something hidden", indent=False, layout={"width": "auto"})
        self.limit = ui.BoundedIntText(
            value=1000, min=0, max=10**6, description="At most", style=LABEL, layout={"width": "150px"}
        )
        self.out = ui.Text(description="Folder", style=LABEL, layout=ui.Layout(width="min(560px, 100%)"))
        self.start = ui.Button(description="Take frames", icon="picture-o")
        self.start.on_click(notice.guarded(lambda _: self._clicked()))
        self.state = hint("")
        wrap = ui.Layout(flex_flow="row wrap")
        inside = ui.VBox(
            [
                hint(ABOUT),
                ui.HBox([self.way, self.number, self.objects, self.limit], layout=wrap),
                ui.HBox([self.out, self.start], layout=wrap),
                self.state,
            ]
        )
        self.widget = ui.Accordion([inside], titles=("Frames for training",), selected_index=None)
        self.offer(None)

    def offer(self, release: Path | None) -> None:
        """Show the panel for a release with videos, and hide it where there is none."""
        self._release = release
        self.widget.layout.display = "" if release else "none"
        if release and self.out.value.strip() in ("", self._suggested):
            self._suggested = self.out.value = str(release.with_name(f"{release.name}-frames"))

    def join(self, timeout: float = 60) -> bool:
        """Wait until nothing is going on; return whether that was reached in `timeout` seconds."""
        return self._background.join(timeout)

    def _clicked(self) -> None:
        if self.start.description == "Stop":
            self._stop.set()
            return
        release, number = self._release, self.number.value
        if release is None:
            raise UsageError("There is no release with a video yet: start a run first.")
        if not self.out.value.strip():
            raise UsageError("Say into which folder the frames go.")
        if number <= 0 or (number < 1 and self.way.value != "per_second"):
            raise UsageError("Say how many frames to take: a number above 0.")
        self._stop.clear()
        self._at_work(True)
        asked = {self.way.value: number if self.way.value == "per_second" else int(number), "limit": self.limit.value}
        out, objects = Path(self.out.value.strip()), self.objects.value
        self._background.do("frames", lambda: self._export(release, out, asked, objects))

    def _export(self, release: Path, out: Path, asked: dict[str, Any], objects: bool) -> None:
        with closing(batch.export_frames(release, out, only_with_objects=objects, **asked)) as events:
            for event in events:
                if self._stop.is_set():
                    self._say("Stopped: nothing was kept.")
                    break
                done = (
                    f"{event.done} of {event.total}" if event.kind == "file" else f"{event.message} {event.share:.0%}"
                )
                self._say(event.message if event.kind in ("start", "end") else done)
        self._at_work(False)

    def _explain(self, error: Exception) -> None:
        self._at_work(False)
        self._say("")
        self._notice.explain(error)

    def _at_work(self, working: bool) -> None:
        self.start.description = "Stop" if working else "Take frames"
        self.start.icon = "stop" if working else "picture-o"

    def _say(self, text: str) -> None:
        self.state.value = hint(text).value
