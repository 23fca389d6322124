"""The lines of a manifest, read strictly: an unknown field, a wrong type or an odd path is an error."""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter, model_validator

from workbench.columns import Spans
from workbench.release.blobs import OWN_NAME, Blob, Count, Line, Positive, Sha256
from workbench.values import Kind, Method, Shape, State

FORMAT: Literal[1] = 1
MANIFEST = OWN_NAME
REPORT = "report.html"
MANIFEST_PART, REPORT_PART = ".manifest.part", ".report.part"
"""what they are called while they are written: a run that was killed leaves only these names behind"""

RegionRow = tuple[Count, Kind, Method, Shape, Count, Count, Count, Count]
SOFT = (Method.PIXELATE, Method.BLUR)
"""methods that leave something of the object"""
HiddenRow = tuple[Kind, Method, Shape]
LARGEST = 2**31 - 1


def _spans(value: Any) -> Spans:
    """Return the rows of a video in little memory; raises `ValueError` for one that is not as it has to be."""
    if not isinstance(value, Spans | list | tuple):
        raise ValueError("a list of rows is needed")  # noqa: TRY004  (pydantic takes no other error)
    if not isinstance(value, Spans):
        return Spans.of(map(_span, value))
    if (value.numbers < (-1, *[0] * 6)).any() or not {*value.words.words} <= {*Kind, *Method, *Shape}:
        raise ValueError("a row of a video holds a number or a word that it cannot have")
    return value


def _span(row: Any) -> Any:
    if not isinstance(row, list | tuple) or len(row) != 10:
        raise ValueError("a row of a video has ten parts")
    numbers = (*row[:3], *row[6:])
    if any(type(number) is not int or not -1 <= number <= LARGEST for number in numbers) or min(numbers[1:]) < 0:
        raise ValueError(f"{list(numbers)} are not all whole numbers of 0 and more (a track: of -1 and more)")
    for word, known in zip(row[3:6], (Kind, Method, Shape), strict=True):
        known(word)
    return row


class DetectorInfo(Line):
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


class Counts(Line):
    """What became of the source files."""

    files: Count
    done: Count
    failed: Count
    blocked: Count


class RunEntry(Line):
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
    ledger_head: Sha256 | None = None
    """hash of the last line of the case's ledger when the run ended: it shows later that the ledger was not cut"""


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

    @property
    def rows(self) -> Iterator[HiddenRow]:
        """Kind, method and shape of every row."""
        return ((kind, method, shape) for _, kind, method, shape, *_ in self.regions)

    @property
    def soft(self) -> int:
        """How many regions still hold something of what they hide."""
        return sum(method in SOFT for _, method, _ in self.rows)

    @model_validator(mode="after")
    def _regions_inside(self) -> "FileEntry":
        for frame, _, _, _, x0, y0, x1, y1 in self.regions:
            if frame >= self.frames or x0 > x1 or y0 > y1 or x1 > self.width or y1 > self.height:
                raise ValueError(f"{self.path}: a region lies outside the picture")
        return self


class VideoEntry(Blob):
    """One redacted video."""

    type: Literal["video"] = "video"
    width: Positive
    height: Positive
    frames: Positive
    duration: Annotated[str, Field(pattern=r"^[1-9][0-9]*(/[1-9][0-9]*)?$")]
    """seconds, as an exact fraction such as "1001/30" """
    times_sha256: Sha256
    """of the presentation times"""
    audio: Literal["none", "dropped", "kept", "muted in parts", "distorted"]
    """what became of the sound"""
    counts: dict[Kind, Positive]
    """objects hidden, by kind: an object is followed over time and counts once"""
    covered: float = Field(ge=0, le=1)
    """share of all pixels of all frames that was hidden"""
    state: Literal[State.DONE] = State.DONE
    spans: Annotated[Spans, PlainValidator(_spans), PlainSerializer(list)]
    """``[track, first frame, last frame, kind, method, shape, x0, y0, x1, y1]`` in pixels of the output"""
    notes: tuple[str, ...] = ()

    @property
    def has_sound(self) -> bool:
        """Whether people can be heard in it."""
        return self.audio not in ("none", "dropped")

    @property
    def rows(self) -> Iterator[HiddenRow]:
        """Kind, method and shape of every row."""
        return ((Kind(kind), Method(method), Shape(shape)) for _, _, _, kind, method, shape, *_ in self.spans)

    @property
    def soft(self) -> int:
        """How many objects are hidden in a way that still holds something of them."""
        return len({(track, kind) for track, _, _, kind, method, *_ in self.spans if method in SOFT})

    @model_validator(mode="after")
    def _spans_inside(self) -> "VideoEntry":
        for _, first, last, _, _, _, x0, y0, x1, y1 in self.spans:
            if first > last or last >= self.frames:
                raise ValueError(f"{self.path}: a stretch of frames lies outside the video")
            if x0 > x1 or y0 > y1 or x1 > self.width or y1 > self.height:
                raise ValueError(f"{self.path}: a region lies outside the picture")
        return self


class DocumentEntry(Blob):
    """Something to read that travels with the pictures, such as the report or labels."""

    type: Literal["document"] = "document"
    size: Count
    """bytes; the labels of a picture without objects are an empty file"""


class AssetEntry(Line):
    """A source file that is not in the release. It has no name here."""

    type: Literal["asset"] = "asset"
    state: Literal[State.FAILED, State.BLOCKED]
    reason: str


class EndEntry(Line):
    """The last line: without it the manifest is cut short."""

    type: Literal["end"] = "end"
    files: Count
    sha256: Sha256
    """of all bytes before this line"""


MediaEntry = FileEntry | VideoEntry
"""what people look at: a picture or a video"""
Entry = RunEntry | MediaEntry | DocumentEntry | AssetEntry | EndEntry
ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="type")])


@dataclass(frozen=True)
class Manifest:
    """Everything that a manifest says."""

    run: RunEntry
    files: tuple[MediaEntry, ...]
    """pictures and videos, by path"""
    documents: tuple[DocumentEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the file's bytes; the same manifest always gives the same."""
        lines: Iterable[Entry] = (self.run, *self.files, *self.documents, *self.assets)
        body = b"".join(_line(entry) for entry in lines)
        return body + _line(EndEntry(files=len(self.files), sha256=hashlib.sha256(body).hexdigest()))

    @property
    def photos(self) -> tuple[FileEntry, ...]:
        """The pictures."""
        return tuple(entry for entry in self.files if isinstance(entry, FileEntry))

    @property
    def videos(self) -> tuple[VideoEntry, ...]:
        """The videos."""
        return tuple(entry for entry in self.files if isinstance(entry, VideoEntry))

    @property
    def noun(self) -> str:
        """What a listed file is, in the singular: "picture", "video", or "file" where there are both."""
        return "file" if self.photos and self.videos else "video" if self.videos else "picture"

    def hidden(self) -> dict[Kind, int]:
        """Return how many regions (in a video: objects) of each kind are hidden in all files."""
        total: Counter[Kind] = Counter()
        for entry in self.files:
            total.update(entry.counts)
        return {kind: total[kind] for kind in Kind if total[kind]}


def tracks_by_kind(spans: Iterable[Sequence[Any]]) -> dict[Kind, int]:
    """Return how many objects of each kind a video's rows hide; what belongs to no track counts as one object."""
    return {
        Kind(kind): number for kind, number in Counter(kind for _, kind in {(row[0], row[3]) for row in spans}).items()
    }


def _line(entry: Entry) -> bytes:
    # "type" first, so that a person who opens the file sees at once what a line is.
    fields = {"type": entry.type, **entry.model_dump(mode="json", exclude_none=True)}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
