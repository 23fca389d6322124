"""Real servers in processes of their own, and Chromium to visit them.

`serve(folder, environment=…, **options)` starts one and returns it (`workbench.serving.process.Server`:
``url`` with the token, ``address`` without, ``token``, ``port``, ``pid``); all are stopped at the end.
`visit(server, path)` opens a page that is signed in, logs every request and fails the test when one of
them leaves this machine.
"""

import json
import os
from pathlib import Path

import pytest
from chromium import browser
from served_pages import PATIENCE, headers_of, is_here
from served_tool import BROKEN, PROXY_SECRET, TOOL, notebook

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
    """Return ``visit(server, path="", signed_in=True, who="")``: a page of a new, empty browser profile.

    ``who`` is whom the login proxy of `served_pages.PROXY` names. ``page.requests`` lists the address of every request
    so far.
    """
    contexts, requests = [], []

    def open_page(server, path: str = "", signed_in: bool = True, who: str = ""):
        context = chromium.new_context(viewport={"width": 1100, "height": 750}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.requests = requests
        context.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        signing_in = f"?token={server.token}" if signed_in else ""
        if who:
            # The token's cookie first: a page's last request, which ends its kernel, goes out without the headers.
            page.goto(f"{server.address}{signing_in}")
            context.set_extra_http_headers(headers_of(who))
            signing_in = ""
        page.goto(f"{server.address}{path}{signing_in}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requests if not is_here(url)] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two dashboards, and beside them what must never be served."""
    made = tmp_path_factory.mktemp("dashboards")
    notebook(made, "tool", "# Try the tool\n\nMove a slider. Then look.", TOOL)
    notebook(made, "broken", "# Broken\n\nIt cannot start.", BROKEN)
    (made / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 a person \xff\xd9")
    (made / "inner").mkdir()
    (made / "inner" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n a person")
    return made


@pytest.fixture(scope="module")
def server(serve, folder, tmp_path_factory):
    # An account's settings that would open everything, if they were heard.
    home = tmp_path_factory.mktemp("home")
    config = home / ".jupyter"
    config.mkdir()
    opened = {"VoilaConfiguration": {"show_tracebacks": True, "file_allowlist": [".*"], "file_denylist": []}}
    opened["Voila"] = {"token": "", "tornado_settings": {}}
    (config / "voila.json").write_text(json.dumps(opened))
    fake = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    fake.mkdir(parents=True)
    spec = {"argv": ["false", "{connection_file}"], "display_name": "Not ours", "language": "python"}
    (fake / "kernel.json").write_text(json.dumps(spec))
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise SystemExit\n")
    heard = {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(fake.parents[1]),
        "JUPYTER_TOKEN": "a-token-that-everybody-knows",
        "IPYTHONDIR": str(home / ".ipython"),
    }
    proxy = {"user_header": "X-Forwarded-User", "proxy_secret": PROXY_SECRET, "hosts": ["photos.example"]}
    return serve(folder, environment=heard, case=home / "case", roots=[home], **proxy)
