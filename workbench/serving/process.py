"""The server's process as seen from outside: start it, know its address, stop it and clean up.

It has a clean environment that the account's Jupyter settings cannot reach, gets its secrets through a
pipe (no file and no command line holds them) and ends whenever this process does.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from workbench.serving.settings import Options, server_environment
from workbench.values import UsageError

# A socket's path must fit into 104 bytes on macOS, 108 on Linux; below the private folder it goes on with
# /voila_xxxxxxxx/kernel-<uuid>-ipc-5.
_LONGEST_FOLDER = 104 - 70


class Server:
    """A running server. Use it in a ``with`` statement, or call `stop`."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        folder: "tempfile.TemporaryDirectory[str]",
        options: Options,
        port: int,
    ):
        self._process = process
        self._folder = folder
        self.port = port
        self.token = options.token
        self.ticket = options.ticket
        everywhere = options.ip in ("0.0.0.0", "::")  # noqa: S104
        host = options.hosts[0] if everywhere and options.hosts else options.ip
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{port}{options.base_url}"
        """where the pages are, ending in a slash, without the token"""

    @property
    def url(self) -> str:
        """The address for the person who may see everything: it contains the token."""
        return f"{self.address}?token={self.token}"

    @property
    def once(self) -> str:
        """An address that lets in once, so that it may stand on the command line of a browser."""
        return f"{self.address}?token={self.ticket}"

    @property
    def pid(self) -> int:
        """Process id of the server; its kernels are its children."""
        return self._process.pid

    def wait(self) -> int:
        """Wait until the server ends by itself, and return its exit code."""
        return self._process.wait()

    def stop(self, patience: float = 20.0) -> None:
        """End the kernels and the server, and remove what they left; harmless when it has ended."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        for end in (None, self._process.terminate, self._process.kill):
            if end is not None:
                end()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
                break
        if self._process.stdout:
            self._process.stdout.close()
        self._folder.cleanup()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def private_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a new folder that only this account can enter, with a path short enough for sockets."""
    folder = tempfile.TemporaryDirectory(prefix="wb-", ignore_cleanup_errors=True)
    if os.name == "posix" and len(os.fsencode(folder.name)) > _LONGEST_FOLDER:
        folder.cleanup()
        folder = tempfile.TemporaryDirectory(prefix="wb-", dir="/tmp", ignore_cleanup_errors=True)
    return folder


def spawn(
    options: Options,
    private: "tempfile.TemporaryDirectory[str]",
    case: Path | None,
    roots: tuple[Path, ...],
    environment: Mapping[str, str],
) -> Server:
    """Start the server with this very Python, and return it once it listens.

    Raises
    ------
    UsageError
        It could not listen, or not even start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench.serving.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=server_environment(environment, Path(private.name), case, roots, options.user),
        # A voila.py in the folder where the user happens to be would replace the package.
        cwd=options.folder,
        # Ctrl+C in the terminal is for this process, which then ends the other in order.
        start_new_session=True,
    )
    try:
        answer = _introduce(process, options)
        if "error" in answer:
            raise UsageError(str(answer["error"]))
    except BaseException:
        Server(process, private, options, 0).stop()
        raise
    return Server(process, private, options, int(str(answer["port"])))


def _introduce(process: "subprocess.Popen[bytes]", options: Options) -> dict[str, object]:
    """Hand over the options, and return the server's one answer."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps(asdict(options)).encode() + b"\n")
        process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        return {"error": "The server could not be started; its messages are above."}
    return dict(json.loads(line))
