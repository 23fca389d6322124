"""What the tests of served pages share: patience, whom a login proxy names, and a look at a server's kernels."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import psutil

PATIENCE = 120  # seconds: machines are slow and shared
PROXY = {"user_header": "X-User", "proxy_secret": "between proxy and server"}
"""for `serve`: a login proxy stands before it; `visit` says with `who` whom it names"""


def push(page, name) -> None:
    """Press a button by keyboard, once it may be pressed."""
    button = page.get_by_role("button", name=name)
    until(button.is_enabled)
    button.press("Enter")


def headers_of(who: str) -> dict[str, str]:
    """Return what that login proxy sends for somebody who signed in."""
    return {PROXY["user_header"]: who, "X-Workbench-Proxy": PROXY["proxy_secret"]}


def seen(page, text: str):
    """Wait until a text (a regular expression) is to be seen, and return where it stands."""
    found = page.get_by_text(re.compile(text)).locator("visible=true").first
    found.wait_for()
    return found


def tab(page, name: str) -> None:
    """Go to the step with this name, such as "Risks"."""
    page.get_by_role("tab", name=re.compile(name)).click()


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
