"""The certificate of a deletion: what, how many, when, by whom; no name of a file, no name of a person."""

import hashlib
import json
from pathlib import Path
from typing import Any

from workbench.disk import publish_bytes
from workbench.governance import ledger
from workbench.governance.guidance import NOT_LEGAL_ADVICE
from workbench.keeping.custody import CERTIFICATES
from workbench.keeping.unfinished import Order
from workbench.keeping.values import WORDS, Certificate
from workbench.values import FileError

HONEST = (
    "Deleting takes a file's name away and frees its place. On SSDs, on file systems with snapshots and in memory the "
    "content can stay readable for some time. Only encryption from the first day, with the key destroyed, makes that "
    "certain.",
    "Backups, synchronised folders and copies on other machines were not touched: nobody here can know of them.",
)


def certify(folder: Path, order: Order) -> Certificate:
    """Write the certificate of an order that was carried out as far as it can be; the same again is the same file.

    Raises
    ------
    FileError
        When it cannot be written.
    """
    gone = [(size, digest) for path, size, digest in order.files if not _there(Path(path))]
    contents = hashlib.sha256("".join(f"{digest}\n" for digest in sorted(digest for _, digest in gone)).encode())
    moment = order.at.replace(":", "")  # no file of Windows may have a colon in its name
    stem = folder / CERTIFICATES / f"{moment}-{order.what}-{order.plan[:12]}"
    facts: dict[str, Any] = {
        "format": "workbench certificate of deletion 1",
        "what": order.what,
        "run": order.run,
        "files": len(gone),
        "bytes": sum(size for size, _ in gone),
        "left": len(order.files) - len(gone),
        "contents": contents.hexdigest(),
        "plan": order.plan,
        "at": order.at,
        "due": order.due,
        "person": order.person,
        "role": order.role,
        "notes": [*order.notes, *HONEST],
    }
    data = json.dumps(facts, indent=1, sort_keys=True).encode() + b"\n"
    path = stem.with_suffix(".json")
    publish_bytes(data, path, private=True)
    made = _certificate(facts, path, hashlib.sha256(data).hexdigest())
    publish_bytes(page(made).encode(), made.page, private=True)
    return made


def certificates(folder: Path) -> tuple[Certificate, ...]:
    """Return the certificates of a case, in the order of the ledger.

    Raises
    ------
    FileError
        When one of them is not the one that the ledger knows.
    """
    place = Path(folder).expanduser().absolute()
    known = [entry.facts.get("digest") for entry in ledger.entries(place) if entry.act == "deleted"]
    found = []
    for path in (place / CERTIFICATES).glob("*.json"):
        if path.name.startswith("."):
            continue
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in known:
            raise FileError(f"The ledger does not know the certificate {path.name}: it was changed or made elsewhere.")
        found.append(_certificate(json.loads(data), path, digest))
    return tuple(sorted(found, key=lambda each: known.index(each.digest)))


def page(made: Certificate) -> str:
    """Return a certificate to be read, as Markdown."""
    who = f"person {made.person} of the case's record, as {made.role}" if made.person else made.role
    which = f" of run {made.run}" if made.run else ""
    rows = [
        ("Deleted", f"{WORDS[made.what]}{which}"),
        ("Files", f"{made.files}, {made.bytes} bytes"),
        ("Could not be removed", str(made.left) if made.left else "none"),
        ("When", f"{made.at} (UTC)"),
        ("Could be kept until", made.due or "no day was set"),
        ("By", who),
        ("Contents", f"`{made.contents}` (SHA-256 of the sorted SHA-256 of the files, one a line)"),
        ("Confirmed plan", f"`{made.plan}`"),
        ("This certificate", f"`{made.digest}` (SHA-256 of {made.path.name}, as the ledger has it)"),
    ]
    lines = [
        "# Certificate of deletion",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {text} |" for name, text in rows),
        "",
    ]
    lines += ["What this does not promise:", "", *(f"- {note}" for note in made.notes), "", NOT_LEGAL_ADVICE, ""]
    return "\n".join(lines)


def _certificate(facts: dict[str, Any], path: Path, digest: str) -> Certificate:
    fields = {name: value for name, value in facts.items() if name != "format"}
    fields["notes"] = tuple(fields["notes"])
    return Certificate(**fields, digest=digest, path=path, page=path.with_suffix(".md"))


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()
