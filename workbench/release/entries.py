"""The lines of a manifest, read strictly: an unknown field, a wrong type or an odd path is an error."""

import datetime
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    model_validator,
)

from workbench.release.files import BLOCK_DIGEST, block_size, printable
from workbench.values import Kind, Method, Shape, State

FORMAT: Literal[1] = 1
MANIFEST = "manifest.jsonl"
REPORT = "report.html"


def safe_path(path: str) -> str:
    """Return `path` when it is a plain relative POSIX path below the release; raise `ValueError` otherwise."""
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or ":" in parts[0] or ".." in parts:
        raise ValueError(f"the path '{printable(path)}' leaves the folder")
    if "" in parts or "." in parts or any(unicodedata.category(char) in ("Cc", "Cs") for char in path):
        raise ValueError(f"the path '{printable(path)}' is not a plain relative path")
    if path == MANIFEST:
        raise ValueError("the manifest cannot list itself")
    return path


def _from_hex(blocks: Any) -> Any:
    width = 2 * BLOCK_DIGEST
    if not isinstance(blocks, list | tuple):
        return blocks
    if not all(isinstance(block, str) and len(block) == width for block in blocks):
        raise ValueError(f"a block digest has {width} hex digits")
    return bytes.fromhex("".join(blocks))


def _to_hex(blocks: bytes) -> list[str]:
    return [blocks[at : at + BLOCK_DIGEST].hex() for at in range(0, len(blocks), BLOCK_DIGEST)]


SafePath = Annotated[str, AfterValidator(safe_path)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Blocks = Annotated[bytes, BeforeValidator(_from_hex), PlainSerializer(_to_hex)]
RegionRow = tuple[Count, Kind, Method, Shape, Count, Count, Count, Count]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class DetectorInfo(_Line):
    """One detector that searched the pictures of a run."""

    name: str
    kinds: tuple[Kind, ...]
    """every kind that it can report"""
    weights: str
    """the weights' file name, without a folder"""
    sha256: str
    """hex digest of the weights"""
    licence: str
    """of the weights"""
    fingerprint: str
    """everything that changes its results"""


class Counts(_Line):
    """What became of the source files."""

    files: Count
    done: Count
    failed: Count
    blocked: Count


class RunEntry(_Line):
    """The first line: how the release was made."""

    type: Literal["run"] = "run"
    format: Literal[1] = FORMAT
    software: str
    """name and version"""
    day: datetime.date
    """the UTC day on which the run ended; no hour"""
    profile: dict[str, Any]
    """all settings, without the free description"""
    profile_digest: Sha256
    detectors: tuple[DetectorInfo, ...]
    not_looked_for: tuple[Kind, ...]
    """kinds that none of the detectors reports"""
    counts: Counts


class Blob(_Line):
    """What every listed file has: where it lies and what its bytes are."""

    path: SafePath
    """relative POSIX path below the release"""
    sha256: Sha256
    size: Positive
    """bytes"""
    block_size: Positive
    """bytes"""
    blocks: Blocks
    """the first `BLOCK_DIGEST` bytes of the SHA-256 of each block; a list of hex texts in the file"""

    @model_validator(mode="after")
    def _blocks_fit(self) -> "Blob":
        if self.block_size != block_size(self.size):
            raise ValueError(f"{self.path}: a file of {self.size} bytes does not have blocks of {self.block_size}")
        if len(self.blocks) != BLOCK_DIGEST * -(-self.size // self.block_size):
            raise ValueError(f"{self.path}: the number of block digests does not fit its size")
        return self

    def wrong_blocks(self, blocks: bytes, size: int) -> Iterator[tuple[int, int]]:
        """Yield the (first, last) byte of every block that differs, of those that `size` bytes hold whole."""
        for number, start in enumerate(range(0, self.size, self.block_size)):
            end = min(start + self.block_size, self.size)
            part = slice(number * BLOCK_DIGEST, (number + 1) * BLOCK_DIGEST)
            if end <= size and self.blocks[part] != blocks[part]:
                yield start, end - 1


class FileEntry(Blob):
    """One redacted picture."""

    type: Literal["file"] = "file"
    width: Positive
    height: Positive
    frames: Positive
    counts: dict[Kind, Positive]
    """regions hidden, by kind"""
    covered: float = Field(ge=0, le=1)
    """share of all pixels that was hidden"""
    state: Literal[State.DONE] = State.DONE
    regions: tuple[RegionRow, ...]
    """``[frame, kind, method, shape, x0, y0, x1, y1]`` in pixels of the output"""
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _regions_inside(self) -> "FileEntry":
        for frame, _, _, _, x0, y0, x1, y1 in self.regions:
            if frame >= self.frames or x0 > x1 or y0 > y1 or x1 > self.width or y1 > self.height:
                raise ValueError(f"{self.path}: a region lies outside the picture")
        return self


class DocumentEntry(Blob):
    """Something to read that travels with the pictures, such as the report."""

    type: Literal["document"] = "document"


class AssetEntry(_Line):
    """A source file that is not in the release. It has no name here."""

    type: Literal["asset"] = "asset"
    state: Literal[State.FAILED, State.BLOCKED]
    reason: str


class EndEntry(_Line):
    """The last line: without it the manifest is cut short."""

    type: Literal["end"] = "end"
    files: Count
    sha256: Sha256
    """of all bytes before this line"""


Entry = RunEntry | FileEntry | DocumentEntry | AssetEntry | EndEntry
ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="type")])


@dataclass(frozen=True)
class Manifest:
    """Everything that a manifest says."""

    run: RunEntry
    files: tuple[FileEntry, ...]
    documents: tuple[DocumentEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the file's bytes; the same manifest always gives the same."""
        lines: Iterable[Entry] = (self.run, *self.files, *self.documents, *self.assets)
        body = b"".join(_line(entry) for entry in lines)
        return body + _line(EndEntry(files=len(self.files), sha256=hashlib.sha256(body).hexdigest()))

    def hidden(self) -> dict[Kind, int]:
        """Return how many regions of each kind are hidden in all files."""
        total: Counter[Kind] = Counter()
        for entry in self.files:
            total.update(entry.counts)
        return {kind: total[kind] for kind in Kind if total[kind]}


def _line(entry: Entry) -> bytes:
    # "type" first, so that a person who opens the file sees at once what a line is.
    fields = {"type": entry.type, **entry.model_dump(mode="json")}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
