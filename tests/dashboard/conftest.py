"""Real servers in processes of their own, and Chromium to visit them.

`serve(folder, environment=…, **options)` starts one and returns it (`workbench.serving.process.Server`:
``url`` with the token, ``address`` without, ``token``, ``port``, ``pid``); all are stopped at the end.
`visit(server, path)` opens a page that is signed in, logs every request and fails the test when one of
them leaves this machine.
"""

import os
from pathlib import Path

import pytest
from chromium import browser
from served_pages import PATIENCE, is_here

from workbench.serving import launch


@pytest.fixture(scope="session")
def serve():
    """Return ``serve(folder, *, environment=None, **options)``; see `workbench.serving.launch.start`."""
    servers = []

    def start(folder: Path, environment: dict[str, str] | None = None, **options):
        server = launch.start(folder, environment={**os.environ, **(environment or {})}, **options)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


# Not longer than a module: while it is open no other test can run an event loop or a Playwright of its own.
@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture
def visit(chromium):
    """Return ``visit(server, path="", signed_in=True)``: a page of a new, empty browser profile.

    ``page.requests`` lists the address of every request so far.
    """
    contexts, requests = [], []

    def open_page(server, path: str = "", signed_in: bool = True):
        context = chromium.new_context(viewport={"width": 1100, "height": 750}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.requests = requests
        context.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        page.goto(f"{server.address}{path}{f'?token={server.token}' if signed_in else ''}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requests if not is_here(url)] == []
