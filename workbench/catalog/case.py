"""A case: the private folder that holds the record of one purpose."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from workbench import profiles
from workbench.catalog.store import Catalog
from workbench.disk import publish_bytes
from workbench.profiles import Profile
from workbench.values import UsageError, WorkbenchError

CATALOG = "catalog.sqlite"
PROFILE = "profile.toml"
LOG = "worker.log"
LOCK = "worker.lock"
LOCKED_WORK = "work.age"
"""what the catalog and the work files of a case are encrypted into"""


class Case:
    """One folder with the catalog, the profile, the work in progress and the private reports.

    It holds the link between originals and outputs, and pictures from before the redaction: it is
    readable for its owner alone and never part of a release. Use `Case.open`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.work = path / "work"
        self.reports = path / "reports"
        self.segments = path / "segments"
        self.log = path / LOG
        self.catalog = Catalog(path / CATALOG)

    @classmethod
    def open(cls, path: Path | str, create: bool = True) -> Self:
        """Return the case in a folder, which is made when it is not there and `create` is true.

        Raises
        ------
        UsageError
            When there is no case, when the folder holds something else, or when its catalog cannot be used.
        """
        folder = Path(path).expanduser().absolute()
        try:
            if not cls.is_there(folder):
                _refuse_no_case(folder, create)
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                folder.chmod(0o700)
            case = cls(folder.resolve())
            for inner in (case.work, case.reports, case.segments):
                inner.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise UsageError(f"The case {folder.name} cannot be opened: {error.strerror}.") from error
        return case

    @staticmethod
    def is_there(folder: Path) -> bool:
        """Return whether a folder is a case already."""
        return (folder / CATALOG).is_file()

    @classmethod
    def discard_unused(cls, folder: Path) -> None:
        """Remove a case in which no file has an outcome yet, and of its folder only what a case puts there."""
        if not cls.is_there(folder):
            return
        with suppress(WorkbenchError, OSError):  # what cannot be removed stays, and is used the next time
            with cls.open(folder, create=False) as case, case.locked(wait=0):
                if any(run.done + run.failed + run.blocked for run in case.catalog.runs()):
                    return
                case.segments.rmdir()  # not where hours of work on a first video lie in it
                for path in (*case.work.iterdir(), case.log, folder / PROFILE):
                    path.unlink(missing_ok=True)
                case.work.rmdir()
                case.reports.rmdir()
            for path in (folder / LOCK, *folder.glob(CATALOG + "*")):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the catalog."""
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def profile(self) -> Profile | None:
        """The profile that was used last, or None; raises `UsageError` when its file was damaged."""
        path = self.path / PROFILE
        return profiles.load(path) if path.is_file() else None

    def save_profile(self, profile: Profile) -> None:
        """Keep `profile` as the one of this case."""
        publish_bytes(profile.to_toml().encode(), self.path / PROFILE, private=True)

    @contextmanager
    def locked(self, wait: float = 1.0) -> Iterator[None]:
        """Hold the right to work on this case; at most one process on this machine has it.

        Raises
        ------
        UsageError
            When another process still works on the case after `wait` seconds.
        """
        lock = self._lock()
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise UsageError(
                f"Another process is working on the case {self.path.name}: wait for it, or stop it first."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def busy(self) -> bool:
        """Return whether a process works on this case now."""
        lock = self._lock()
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def note(self, text: str) -> None:
        """Add lines for troubleshooting to the case's private log."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        with self.log.open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(f"{stamp} {text.rstrip()}\n")

    def _lock(self) -> FileLock:
        return FileLock(self.path / LOCK, mode=0o600, is_singleton=False)


def _refuse_no_case(folder: Path, create: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder.name} is a file, not a case: choose a folder.")
    if (folder / LOCKED_WORK).is_file():
        raise UsageError(
            f"The case {folder.name} is locked: its catalog and work files are encrypted. Whoever has the custodian's "
            "key opens it: workbench seal unlock."
        )
    if not create:
        raise UsageError(f"{folder.name} is not a case: there is no {CATALOG} in it.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"The folder {folder.name} is not empty and not a case: choose a new or an empty one.")
