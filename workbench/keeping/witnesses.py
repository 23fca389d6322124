"""Which releases vouch for a case's ledger: the heads that stand in their manifests, where others hold them too."""

from collections.abc import Sequence
from pathlib import Path

from workbench.catalog.case import Case
from workbench.disk import printable
from workbench.governance.verifying import Anchor
from workbench.release.entries import MANIFEST
from workbench.release.reading import read
from workbench.values import WorkbenchError


def anchors(folder: Path, releases: Sequence[Path] = ()) -> tuple[list[Anchor], list[str]]:
    """Return the heads that stand in releases, and a sentence for each release that could not be asked.

    Parameters
    ----------
    folder : Path
        The case's folder.
    releases : sequence of Path
        Releases to ask; by default those that the case has written or exported and that are still there.

    Raises
    ------
    WorkbenchError
        When a release that was named cannot be read.
    """
    places = list(releases)
    if not places and Case.is_there(folder):
        with Case.open(folder, create=False) as case:
            left = (export.out for export in case.catalog.exports())
            outs = dict.fromkeys((*(run.out for run in case.catalog.runs()), *left))
        places = [out for out in outs if (out / MANIFEST).is_file()]
    found, skipped = [], []
    for place in places:
        name = printable(place.name)
        try:
            reading = read(place)
        except WorkbenchError as error:
            if releases:
                raise
            skipped.append(f"Not asked: {error}")
            continue
        head = reading.manifest.run.ledger_head if reading.manifest else None
        if reading.findings:
            skipped.append(f"Not asked: the manifest of {name} is not as it was written.")
        elif head is None:
            skipped.append(f"Not asked: {name} was written without a ledger.")
        else:
            found.append(Anchor(head, f"The release {name}"))
    return found, skipped
