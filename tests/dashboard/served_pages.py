"""What the tests of served pages share: a browser's flags, patience, and a look at a server's kernels."""

import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import psutil

PATIENCE = 120  # seconds: machines are slow and shared


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> object:
    """Wait until a condition holds, and return what it returned."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not true within {seconds} s"
        time.sleep(0.1)
    return value


def kernels(server) -> list[psutil.Process]:
    """Return the kernels of a server that are alive."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(server.pid).children():
            with suppress(psutil.NoSuchProcess):
                if child.status() != psutil.STATUS_ZOMBIE and "ipykernel_launcher" in child.cmdline():
                    found.append(child)
    return found


def kernel_of(server, name: str) -> psutil.Process | None:
    """Return the kernel with this id, or None when it has ended."""
    for one in kernels(server):
        with suppress(psutil.NoSuchProcess):
            if name in " ".join(one.cmdline()):
                return one
    return None


def is_here(url: str) -> bool:
    """Return whether a request stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost", "::1")
