"""``workbench seal`` and ``workbench retention``: what is kept under the custodian's key, and until when."""

from pathlib import Path

import click

from workbench.cli_parts import FOLDER, Listed, as_json, one_sentence

FILE = click.Path(dir_okay=False, path_type=Path)
WHATS = click.Choice(["originals", "work", "link-table", "release", "case"])
_to = click.option("--to", multiple=True, metavar="age1...", help="Public key (default: the custodian's).")
_key = click.option("--key", "key_file", required=True, type=FILE, help="The custodian's private key file.")


@click.group(cls=Listed)
def seal() -> None:
    """Encrypt what leads back to people, so that only the custodian's key opens it (age format).

    The standard tool opens it too: age -d -i KEY FILE
    """


@seal.command("key")
@click.argument("file", type=FILE)
@as_json
@one_sentence
def seal_key(file: Path, json_: bool) -> int:
    """Make a pair of keys: the private one is written into FILE, the public one is printed.

    Example: workbench seal key custodian.key
    """
    from workbench import commands_keep

    return commands_keep.key(file, json_)


@seal.command("links")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.option("--run", type=click.IntRange(min=1), help="Number of the run (default: the last one).")
@as_json
@one_sentence
def seal_links(folder: Path, run: int | None, json_: bool) -> int:
    """Write the table original - output of a run, encrypted at once. Only where the record allows one.

    Example: workbench seal links street-case/
    """
    from workbench import commands_keep

    return commands_keep.links(folder, run, json_)


@seal.command("originals")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.option("--out", required=True, type=FILE, help="New file for the archive, outside of pictures and releases.")
@click.option("--run", type=click.IntRange(min=1), help="Only the files of this run.")
@_to
@as_json
@one_sentence
def seal_originals(folder: Path, out: Path, run: int | None, to: tuple[str, ...], json_: bool) -> int:
    """Put the originals into an encrypted archive and prove it. The originals stay where they are.

    Example: workbench seal originals street-case/ --out /mnt/vault/street.age
    """
    from workbench import commands_keep

    return commands_keep.originals(folder, out, run, to, json_)


@seal.command("work")
@click.argument("folder", type=FOLDER, metavar="CASE")
@_to
@as_json
@one_sentence
def seal_work(folder: Path, to: tuple[str, ...], json_: bool) -> int:
    """Lock a case: its catalog and work files are encrypted into work.age and removed.

    Example: workbench seal work street-case/
    """
    from workbench import commands_keep

    return commands_keep.lock(folder, to, json_)


@seal.command("unlock")
@click.argument("folder", type=FOLDER, metavar="CASE")
@_key
@as_json
@one_sentence
def seal_unlock(folder: Path, key_file: Path, json_: bool) -> int:
    """Unlock a case that was locked with seal work.

    Example: workbench seal unlock street-case/ --key custodian.key
    """
    from workbench import commands_keep

    return commands_keep.unlock(folder, key_file, json_)


@seal.command("open")
@click.argument("file", type=FILE)
@_key
@click.option("--out", required=True, type=FOLDER, help="New folder for what is in it.")
@click.option("--case", "folder", type=FOLDER, help="The case (default: the one in whose folder the file lies).")
@as_json
@one_sentence
def seal_open(file: Path, key_file: Path, out: Path, folder: Path | None, json_: bool) -> int:
    """Open a sealed link table or archive; nothing appears unless all of it is as it was sealed.

    Example: workbench seal open /mnt/vault/street.age --key custodian.key --out originals/ --case street-case/
    """
    from workbench import commands_keep

    return commands_keep.open_(file, key_file, out, folder, json_)


@click.group(cls=Listed)
def retention() -> None:
    """Say what is due, and delete it with a certificate."""


@retention.command("show")
@click.argument("folder", type=FOLDER, metavar="CASE")
@as_json
@one_sentence
def retention_show(folder: Path, json_: bool) -> int:
    """Say what the case keeps and until when, what is overdue, and what was deleted already.

    Example: workbench retention show street-case/
    """
    from workbench import commands_keep

    return commands_keep.show(folder, json_)


@retention.command("delete")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("what", type=WHATS)
@click.option("--run", type=click.IntRange(min=1), default=None, help="Only the releases of this run.")
@click.option("--folder", "places", multiple=True, type=FOLDER, help="A release that the catalog does not know.")
@click.option("--confirm", default="", metavar="DIGEST", help="The digest that the dry run printed; deletes.")
@click.option("--clock-is-right", is_flag=True, help="The clock is right although the ledger has a later line.")
@as_json
@one_sentence
def retention_delete(
    folder: Path,
    what: str,
    run: int | None,
    places: tuple[Path, ...],
    confirm: str,
    clock_is_right: bool,
    json_: bool,
) -> int:
    """Delete WHAT: originals, work, link-table, release or case. Without --confirm nothing is deleted.

    The dry run lists what would go and prints a digest. Who is named as custodian confirms with it.

    Example: workbench retention delete street-case/ originals --confirm 3f8a6c1e90b2
    """
    from workbench import commands_keep

    return commands_keep.delete(folder, what, run or 0, places, confirm, clock_is_right, json_)
