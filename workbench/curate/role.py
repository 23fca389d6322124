"""Who may do the intake of a case."""

from pathlib import Path

from workbench.governance import case_file
from workbench.governance.roles import identity, require


def refuse_stranger(folder: Path, by: str = "") -> None:
    """Raise `UsageError` when the record of a case's folder gives a person no part in the intake.

    Parameters
    ----------
    folder : Path
    by : str
        An account; who is signed in by default.
    """
    record = case_file.load(folder)
    if record is not None:
        require(record, by or identity(), "curate")
