"""Pairs of keys of the age format (X25519): the public one closes, the private one opens."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage

from workbench.disk import printable, publish_bytes
from workbench.values import UsageError

SECRET = "AGE-SECRET-KEY-1"  # noqa: S105  (how a private key begins, not one)


def new_key(path: Path) -> str:
    """Make a pair of keys, write the private one as ``age-keygen`` does, and return the public one.

    Raises
    ------
    UsageError
        When the file is there already: another key would be lost with it.
    FileError
        When it cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise UsageError(f"{printable(path.name)} is there already: what it can open would be lost; choose a new name.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {printable(str(path.parent))}: make it first.")
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    day = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    publish_bytes(f"# created: {day}\n# public key: {public}\n{identity}\n".encode(), path.absolute(), private=True)
    return public


def recipient(text: str) -> Any:
    """Return the recipient that a public key names; raises `UsageError` when it is none."""
    words = text.strip()
    if words.upper().startswith(SECRET):
        raise UsageError("That is a private key: give the public one, which begins with age1.")
    try:
        return pyrage.x25519.Recipient.from_str(words)
    except pyrage.RecipientError:
        raise UsageError(
            f"'{printable(words)[:20]}' is no public key of the age format, or it was mistyped: it is age1 and 58 "
            "more letters and digits (workbench seal key makes a pair)."
        ) from None


def identities(path: Path) -> list[Any]:
    """Return the private keys in a file, as ``age-keygen`` writes it.

    Raises
    ------
    UsageError
        When the file is missing, cannot be read or holds none.
    """
    name = printable(path.name)
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise UsageError(f"The key {name} is not there: only the custodian's private key opens this.") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageError(f"The key {name} cannot be read ({reason}): check the file.") from None
    texts = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if any(text.startswith("age1") for text in texts):
        raise UsageError(f"{name} holds a public key, which only closes: name the file with the private one.")
    try:
        found = [pyrage.x25519.Identity.from_str(text) for text in texts]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise UsageError(f"{name} holds no private key of the age format: it is a line that begins with {SECRET}.")
    return found


def public_keys(path: Path) -> list[str]:
    """Return the public keys that belong to the private ones in a file; raises like `identities`."""
    return [str(identity.to_public()) for identity in identities(path)]
