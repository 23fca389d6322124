"""What the lines of a manifest have in common: strict reading, safe paths, and the digests of a file's blocks."""

import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from workbench.disk import printable
from workbench.release.files import BLOCK_DIGEST, block_size

OWN_NAME = "manifest.jsonl"


def safe_path(path: str) -> str:
    """Return `path` when it is a plain relative POSIX path below the release; raise `ValueError` otherwise."""
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or ":" in parts[0] or ".." in parts:
        raise ValueError(f"the path '{printable(path)}' leaves the folder")
    if "" in parts or "." in parts or any(unicodedata.category(char) in ("Cc", "Cs") for char in path):
        raise ValueError(f"the path '{printable(path)}' is not a plain relative path")
    if path == OWN_NAME:
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


class Line(BaseModel):
    """One line of a manifest, read strictly."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Blob(Line):
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
