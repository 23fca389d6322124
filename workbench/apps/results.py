"""From the state of a run to what the screen shows."""

from html import escape
from pathlib import Path
from typing import Any

from workbench import evidence, jobs
from workbench.apps.session import Session
from workbench.catalog.case import Case
from workbench.release.entries import MANIFEST
from workbench.values import Media, State


def monitor_status(session: Session, status: jobs.Status) -> dict[str, Any]:
    """Return what `MonitorWidget.update` takes."""
    return {
        "state": "lost" if status.state == "interrupted" else status.state,
        "done": status.done,
        "failed": status.failed + status.blocked,
        "total": status.total,
        "seconds_left": status.seconds_left,
        "message": status.message,
        "hidden": session.hidden(status.run.id) if status.run else {},
        "failures": session.failures(status.run.id) if status.run else [],
    }


def release_with_videos(case: Case, run: int) -> Path | None:
    """Return the folder of a run's release; None where it holds no video, or is not finished."""
    done = (item for item in case.catalog.outcomes(run) if item.state is State.DONE)
    out = case.catalog.run(run).out
    return out if (out / MANIFEST).is_file() and any(item.media is Media.VIDEO for item in done) else None


def verdict(case: Case, run: int) -> str:
    """Verify the release of a run and return the verdict as HTML."""
    result = evidence.verify(case.catalog.run(run).out)
    kind = "wbp-notice wbp-good" if result.ok else "wbp-notice wbp-warn"
    lines = "<br>".join(escape(line) for line in result.summary(limit=12).splitlines())
    return f"<div class='{kind}' role='status'>{lines}</div>"
