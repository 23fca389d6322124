"""The output folder of a run: what of it is ours, what is not, and the sign that it is not finished."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from workbench.batch.intake import PHOTO_SUFFIXES
from workbench.catalog.names import VIDEO, Name
from workbench.disk import printable
from workbench.release.entries import MANIFEST, MANIFEST_PART, REPORT, REPORT_PART
from workbench.release.files import listing
from workbench.values import FileError, UsageError

CLAIM = ".workbench-unfinished"
WORK = ".workbench-work"
RELEASE_FILES = (MANIFEST, REPORT, MANIFEST_PART, REPORT_PART)
_SUFFIXES = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "WEBP": (".webp",), VIDEO: (".mp4",)}
_ANY_SUFFIX = sorted({*PHOTO_SUFFIXES, *_SUFFIXES[VIDEO]})


class Target:
    """An output folder and the case that writes into it.

    While a release is not finished a small hidden file says so and names the case, so that two cases
    never write into one folder and nobody takes half a release for a whole one.

    Parameters
    ----------
    path : Path
        The output folder.
    case_id : str
        `Catalog.case_id`.
    case_work : Path, optional
        The case's folder for temporary files; a folder inside `path` where there is none.
    """

    def __init__(self, path: Path, case_id: str, case_work: Path | None = None) -> None:
        self.path = path
        self._case_id = case_id
        self._case_work = case_work

    @property
    def work(self) -> Path:
        """Where temporary outputs are written: a rename is atomic only within one file system."""
        if self._case_work is not None and self.path.stat().st_dev == self._case_work.stat().st_dev:
            return self._case_work
        return self.path / WORK

    def refuse_strangers(self, known: Collection[str], cut_off: Sequence[Name], ours: bool) -> None:
        """Raise `UsageError` when the folder holds what this case did not put there.

        Parameters
        ----------
        known : collection of str
            Files that the case put there.
        cut_off : sequence of Name
            Names under which a run that was killed may have left a file.
        ours : bool
            Whether the case has used this folder before.
        """
        expected = {*known, *self._strays(cut_off)}
        if ours:
            expected.update(RELEASE_FILES)
        strangers = [name for name in self._files() if name not in expected and not self._own(name)]
        if not strangers:
            return
        example = f"{printable(strangers[0])}{f' and {len(strangers) - 1} more' if len(strangers) > 1 else ''}"
        if CLAIM in strangers:
            raise UsageError(
                f"Another case is writing into {self.path}: choose another output folder (or, when that case is "
                f"gone, delete the folder)."
            )
        raise UsageError(
            f"The output {self.path} holds what this case did not put there ({example}): choose an empty folder"
            f"{', or move that away' if ours else ''}."
        )

    def claim(self) -> None:
        """Write the sign that the release is not finished, and make the work folder."""
        sign = self.path / CLAIM
        if not self._own(CLAIM):
            try:
                handle = os.open(sign, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            except FileExistsError:
                raise UsageError(f"Another case is writing into {self.path}: choose another output folder.") from None
            with os.fdopen(handle, "wb") as stream:
                stream.write(self._case_id.encode())
                stream.flush()
                os.fsync(stream.fileno())
        self.work.mkdir(exist_ok=True, mode=0o700)

    def remove_release(self) -> None:
        """Remove the manifest and what belongs to it: from now on the folder does not verify."""
        for name in RELEASE_FILES:
            (self.path / name).unlink(missing_ok=True)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files of ours, and the folders that are empty then."""
        folders = set()
        for name in names:
            path = self.path / name
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise UsageError(
                    f"{printable(name)} in the output cannot be removed ({error.strerror}): it would be out of date. "
                    "Allow it, then run the same again."
                ) from error
            folders.add(path.parent)
        for folder in sorted(folders, key=lambda folder: -len(folder.parts)):
            self._prune(folder)

    def remove_strays(self, names: Sequence[Name]) -> None:
        """Remove what work that was cut off may have left under these names."""
        self.remove(self._strays(names))

    def remove_empty_folders(self, names: Iterable[Name]) -> None:
        """Remove the folders made for these outputs into which nothing was published."""
        folders = {(self.path / name.stem).parent for name in names}
        for folder in sorted(folders, key=lambda folder: -len(folder.parts)):
            self._prune(folder)

    def clean_work(self) -> None:
        """Remove the temporary files of the output folder."""
        shutil.rmtree(self.path / WORK, ignore_errors=True)

    def finish(self) -> None:
        """Take the sign and the work folder away: what is left is the release."""
        self.clean_work()
        (self.path / CLAIM).unlink(missing_ok=True)

    def _prune(self, folder: Path) -> None:
        while folder != self.path and self.path in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return  # not empty, or gone
            folder = folder.parent

    def _strays(self, names: Sequence[Name]) -> list[str]:
        candidates = (name.stem + suffix for name in names for suffix in _SUFFIXES.get(name.format, _ANY_SUFFIX))
        return [name for name in candidates if (self.path / name).is_file()]

    def _own(self, name: str) -> bool:
        if name.startswith(WORK + "/"):
            return True
        try:
            # An empty sign is of a case that died before it could write its name.
            return name == CLAIM and (self.path / CLAIM).read_bytes() in (b"", self._case_id.encode())
        except OSError:
            return False

    def _files(self) -> Iterator[str]:
        try:
            yield from (name for name, sort in listing(self.path) if sort != "folder")
        except FileError as error:
            raise UsageError(f"The output {self.path} cannot be read: {error}") from error
