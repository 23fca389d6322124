"""Which run is meant, and the digest of what it wrote."""

from workbench.catalog.case import Case
from workbench.release.entries import MANIFEST, Manifest
from workbench.release.reading import read
from workbench.values import UsageError, WorkbenchError


def run_of(case: Case, run: int | None) -> int:
    """Return the run that is meant; raises `UsageError` when there is none."""
    number = case.catalog.latest() if run is None else case.catalog.run(run).id
    if number is None:
        raise UsageError("This case has no run yet: start with workbench redact.")
    return number


def manifest_of(case: Case, run: int) -> tuple[Manifest | None, str, str]:
    """Return the manifest of a run, its SHA-256 in hex, and why it cannot be relied on ("" where it can).

    A manifest that another run wrote into the same folder is none of this run.
    """
    asked = case.catalog.run(run)
    if not (asked.out / MANIFEST).exists():
        return None, "", "The run has written no manifest: it has not ended, or it was blocked."
    try:
        reading = read(asked.out)
    except WorkbenchError as error:
        return None, "", str(error)
    if reading.manifest is None or reading.findings:
        return None, reading.sha256, reading.findings[0].message
    if reading.manifest.run.profile_digest != asked.profile.digest:
        problem = "Another run has written into the same folder since: look at that run, or run this one again."
        return None, "", problem
    return reading.manifest, reading.sha256, ""


def manifest_digest(case: Case, run: int, expected: str = "") -> str:
    """Return the SHA-256 of the manifest of a run, hex.

    Raises
    ------
    UsageError
        When there is none that can be relied on, or it is not the `expected` one.
    """
    manifest, sha256, problem = manifest_of(case, run)
    if manifest is None:
        raise UsageError(f"{problem} There is nothing to speak about yet.")
    if expected and expected != sha256:
        raise UsageError("The files were made anew since you looked at them: look again; nothing was recorded.")
    return sha256
