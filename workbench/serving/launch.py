"""Serve the dashboards: check what was asked for, start the server, say where it is."""

import os
import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from workbench.serving import context, dashboards
from workbench.serving.addresses import check_address, check_base_url, is_local
from workbench.serving.process import Server, private_folder, spawn
from workbench.serving.settings import Options
from workbench.values import UsageError


def start(
    folder: Path,
    *,
    case: Path | None = None,
    roots: Sequence[Path] = (),
    ip: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    allow_network: bool = False,
    base_url: str = "/",
    hosts: Sequence[str] = (),
    user_header: str = "",
    proxy_secret: str = "",
    theme: Literal["light", "dark"] = "light",
    seats: int = 8,
    idle: int = 1800,
    verbose: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Server:
    """Start a server for the notebooks of a folder, and return it once it listens.

    Parameters
    ----------
    folder : Path
        Its notebooks are copied to a private place; nothing else in it can be reached.
    case : Path, optional
        The case that the dashboards open.
    roots : sequence of Path, optional
        Folders that may be browsed; by default the home folder.
    ip, port : str, int
        Where to listen; port 0 takes a free one.
    token : str, optional
        What a visitor must show; a new random one by default.
    allow_network : bool
        Allow an address that other machines reach. Nothing is encrypted on the way.
    base_url, hosts : str, sequence of str
        The path and the names under which a proxy shows the server.
    user_header, proxy_secret : str
        The header in which a login proxy names the person, and the secret it must send in X-Workbench-Proxy.
    theme : {"light", "dark"}
        The pages' look.
    seats, idle : int
        Pages open at once; seconds until a session without a page ends.
    verbose : bool
        Let the server log every request to standard error.
    environment : mapping of str to str, optional
        The environment to start from; this process' own by default.

    Raises
    ------
    UsageError
        The folder holds no notebook, a root is no folder, the port is taken, the address is open to others.
    """
    address = check_address(ip, allow_network)
    path = check_base_url(base_url)
    if token is not None and len(token) < 16:
        raise UsageError("The token is too short to be safe; leave it out to get a random one.")
    if bool(user_header) != bool(proxy_secret):
        raise UsageError("A login proxy needs both the header with the user's name and a secret.")
    known_roots = _folders(roots or (Path.home(),))
    private = private_folder()
    try:
        options = Options(
            folder=str(Path(private.name) / "dashboards"),
            private=private.name,
            token=token or secrets.token_urlsafe(32),
            ticket=secrets.token_urlsafe(32),
            ip=address,
            port=port,
            base_url=path,
            hosts=tuple(hosts) if not allow_network else (*hosts, socket.gethostname()),
            user=context.account(),
            user_header=user_header,
            proxy_secret=proxy_secret,
            theme=theme,
            seats=seats,
            idle=idle,
            verbose=verbose,
        )
        dashboards.copy(folder, Path(options.folder))
        return spawn(options, private, case.absolute() if case else None, known_roots, environment or os.environ)
    except BaseException:
        private.cleanup()
        raise


def _print(line: str) -> None:
    print(line, flush=True)  # at once, also into a pipe


def serve(
    folder: Path,
    *,
    case: Path | None = None,
    roots: Sequence[Path] = (),
    port: int = 0,
    open_browser: bool = True,
    ip: str = "127.0.0.1",
    token: str | None = None,
    say: Callable[[str], object] = _print,
    **more: Any,
) -> int:
    """Serve the dashboards until Ctrl+C (or SIGTERM), and return an exit code.

    Prints one line: the address with the token, for whoever called it. For the parameters see
    `start`, which takes those in `more` as well.
    """
    try:
        with _stoppable(), start(folder, case=case, roots=roots, port=port, ip=ip, token=token, **more) as server:
            if more.get("allow_network") and not is_local(check_address(ip, True)):
                say(
                    "Warning: every machine in the network can reach this server, and nothing is encrypted: whoever "
                    "listens sees the pictures and the token. Put a proxy with TLS before it."
                )
            say(f"The workbench is open at {server.url} (Ctrl+C closes it)")
            if open_browser:
                # In a thread: some browsers keep this call waiting until they are closed.
                threading.Thread(target=webbrowser.open, args=(server.once,), daemon=True).start()
            code = server.wait()
    except KeyboardInterrupt:
        return 0
    say("The server has ended by itself; its messages are above.")
    return 1 if code else 0


@contextmanager
def _stoppable() -> Iterator[None]:
    """Treat SIGTERM like Ctrl+C, where signals can be set (the main thread)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _folders(roots: Sequence[Path]) -> tuple[Path, ...]:
    for root in roots:
        if not root.is_dir():
            raise UsageError(f"{root} is not a folder; name an existing one with --root.")
        if os.pathsep in str(root.absolute()):
            raise UsageError(f"{root} cannot be browsed, because its name contains “{os.pathsep}”.")
    return tuple(root.absolute() for root in roots)
