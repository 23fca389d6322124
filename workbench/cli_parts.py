"""What every command is built from: kinds of arguments, one sentence for what goes wrong, the order of the help."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from workbench.values import UsageError, WorkbenchError

EXISTING = click.Path(path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
as_json = click.option("--json", "json_", is_flag=True, help="Print JSON for another program.")


def one_sentence(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn what goes wrong into one clear sentence and an exit code, never a traceback."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            code = command(*args, **options)
        except UsageError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)
        except WorkbenchError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)
        except OSError as error:
            click.echo(f"Error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
            sys.exit(1)
        sys.exit(code or 0)

    return run


class Listed(click.Group):
    """A group whose commands are listed in the order in which people need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of definition."""
        del ctx
        return list(self.commands)
