"""What a visitor of the served dashboards can see and do, and what nobody can."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import uuid

import nbformat
import pytest
from served_pages import PATIENCE, kernels, until
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

PROXY_SECRET = "a secret of proxy and server"
SECRET = "/somewhere/private/holiday.jpg"
TOOL = f'''
import os, pathlib
import anywidget, ipywidgets as w, traitlets as t

class Hello(anywidget.AnyWidget):
    _esm = "export default {{ render({{ el }}) {{ el.textContent = 'module loaded'; el.className = 'hello'; }} }}"

slider = w.IntSlider(3, description="Padding")
shown = w.Label("padding 3")
slider.observe(lambda change: setattr(shown, "value", f"padding {{change.new}}"), "value")
upload = w.FileUpload(description="Upload")
size = w.Label("no file")
upload.observe(lambda change: setattr(size, "value", f"{{change.new[0].size}} bytes"), "value")
button = w.Button(description="Fail")
def fail(_):
    raise RuntimeError("{SECRET}")
button.on_click(fail)
everything = w.Textarea("\\n".join(f"{{k}}={{v}}" for k, v in os.environ.items()), description="Environment")
here = w.Textarea(" ".join(sorted(p.name for p in pathlib.Path().iterdir())), description="Folder")
w.VBox([slider, shown, upload, size, button, everything, here, Hello()])
'''

BROKEN = f"""
import os
print("signed in:", os.environ["WORKBENCH_USER"])
raise RuntimeError("{SECRET}")
"""


def notebook(folder, name, text, code, **metadata):
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(code)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / f"{name}.ipynb")


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


def ask(server, path, method="GET", token=None, headers=None, body=None):
    """Send one request exactly as written (no path is tidied), and return status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    known = {"Authorization": f"token {token}"} if token else {}
    connection.request(method, path, body=body, headers=known | (headers or {}))
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def session_of(page):
    """Return the id of the page's kernel and its cookies as a header."""
    config = json.loads(page.locator("#jupyter-config-data").text_content())
    return config["kernelId"], "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())


def open_tool(visit, server):
    page = visit(server, "voila/render/tool.ipynb")
    page.get_by_text("padding 3").wait_for()
    return page


# Without a browser


@pytest.mark.parametrize(
    "path", ["/", "/voila/tree", "/voila/render/tool.ipynb", "/nothing", "/metrics", "/api/kernels"]
)
def test_a_stranger_is_sent_to_the_login_page(server, path):
    status, headers, content = ask(server, path)
    assert status == 302 and headers["Location"].startswith("/login?next=")
    assert b"person" not in content
    status, _, page = ask(server, "/login")
    assert status == 200 and b"Sign in" in page and b"Padding" not in page


@pytest.mark.parametrize("token", ["wrong", "a-token-that-everybody-knows", ""])
def test_a_wrong_token_opens_nothing(server, token):
    assert ask(server, f"/?token={token}")[0] == 302
    assert ask(server, "/voila/render/tool.ipynb", token=token)[0] == 302
    assert kernels(server) == []


PATHS = [
    "/voila/files/photo.jpg",
    "/voila/files/PHOTO.JPG",
    "/voila/files/inner/photo.png",
    "/voila/files/tool.ipynb",
    "/voila/files/../photo.jpg",
    "/voila/static/../../../../../../../../etc/passwd",
    "/voila/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/voila/static/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/voila/static//etc/passwd",
    "/voila/templates/workbench/static/../../../../settings.py",
    "/voila/templates/workbench/static/..%2f..%2f..%2f..%2f..%2fsettings.py",
    "/voila/labextensions/../../../../../etc/passwd",
    "/voila/api/themes/../../../../../../etc/passwd",
    "/voila/render/photo.jpg",
    "/voila/render/../../../../etc/passwd",
    "/voila/api/contents/",
    "/api/contents/photo.jpg",
    "/files/photo.jpg",
    "/static/photo.jpg",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_file_can_be_fetched_with_or_without_login(server, path):
    for token in (None, server.token):
        status, headers, content = ask(server, path, token=token)
        if status in (301, 302):
            target = headers["Location"]
            assert target.startswith(("/login", "/voila/files/"))
            status, _, content = ask(server, target, token=token)
        assert status in (200, 302, 403, 404), status
        assert status != 200 or b"Sign in" in content
        assert b"a person" not in content and b"root:" not in content and b"import" not in content


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "8.8.8.8", ""])
@pytest.mark.parametrize("path", ["/", "/login", "/voila/static/voila.js", "/nothing"])
def test_a_foreign_host_name_is_refused_even_with_the_token(server, host, path):
    status, headers, content = ask(server, path, token=server.token, headers={"Host": host})
    assert status == 403 and "Set-Cookie" not in headers
    assert b"Sign in" not in content


@pytest.mark.parametrize("path", ["/", "/login", "/nothing", "/voila/static/voila.js"])
def test_every_answer_carries_the_protecting_headers(server, path):
    _, headers, _ = ask(server, path, token=server.token)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Tornado" not in headers["Server"]


def test_an_address_with_a_token_leads_to_the_same_one_without(server):
    status, headers, _ = ask(server, f"/voila/render/tool.ipynb?a=b&token={server.token}")
    assert (status, headers["Location"]) == (302, "/voila/render/tool.ipynb?a=b")
    assert "HttpOnly" in headers["Set-Cookie"] and "samesite=lax" in headers["Set-Cookie"].lower()
    assert kernels(server) == []


def test_login_sends_nobody_to_another_site(server):
    _, headers, _ = ask(server, "/login?next=https://evil.example/", token=server.token)
    assert headers["Location"] == "/"


def test_the_ticket_of_the_browser_works_once(server):
    assert ask(server, f"/?token={server.ticket}")[1]["Location"] == "/"
    assert ask(server, f"/?token={server.ticket}")[1]["Location"].startswith("/login")


def test_the_login_proxy_is_believed_only_with_its_secret(server):
    named = {"Host": "photos.example", "X-Forwarded-User": "clerk"}
    assert ask(server, "/", headers=named)[0] == 302
    assert ask(server, "/", headers=named | {"X-Workbench-Proxy": "wrong"})[0] == 302
    status, _, content = ask(server, "/", headers=named | {"X-Workbench-Proxy": PROXY_SECRET})
    assert status == 200 and b"Try the tool" in content


def test_the_secrets_are_on_no_command_line_and_in_no_environment(server):
    import psutil

    process = psutil.Process(server.pid)
    seen = " ".join([*process.cmdline(), *process.environ().values()])
    assert server.token not in seen and server.ticket not in seen


# In a browser


@pytest.mark.browser
def test_start_login_and_error_pages(server, visit):
    page = visit(server, signed_in=False)
    assert page.get_by_role("heading", name="Sign in").is_visible()
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").inner_text().startswith("That is not the token")
    page.get_by_label("Token").fill(server.token)
    page.get_by_role("button", name="Sign in").click()
    link = page.get_by_role("link", name="Try the tool")
    assert "Move a slider." in link.inner_text()
    assert page.get_by_role("link").count() == 2
    assert server.token not in page.url + page.content()
    for path in ("nothing", "voila/render/nothing.ipynb", "voila/files/photo.jpg"):
        answer = page.goto(server.address + path)
        assert answer.status == 404
        assert page.get_by_role("heading", name="There is no such page").is_visible()
        assert str(os.sep) + "tmp" not in page.content()
    page.get_by_role("link", name="To the start page").click()
    page.get_by_role("link", name="Broken").wait_for()


@pytest.mark.browser
def test_a_dashboard_works_takes_a_large_upload_and_tells_nothing_of_its_inside(server, visit):
    page = open_tool(visit, server)
    assert page.title() == "Try the tool"
    assert page.locator(".hello").inner_text() == "module loaded"
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("padding 4").wait_for()
    html = page.content()
    assert "IntSlider" not in html and "import os" not in html and "def fail" not in html

    environment = page.get_by_label("Environment").input_value()
    assert "/case\n" in environment.partition("WORKBENCH_CASE=")[2]
    assert server.token not in environment and "a-token-that-everybody-knows" not in environment
    assert sorted(page.get_by_label("Folder").input_value().split()) == ["broken.ipynb", "tool.ipynb"]

    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Upload").click()
    chosen.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(12_000_000)})
    page.get_by_text("12000000 bytes").wait_for()

    page.get_by_role("button", name="Fail").click()
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("padding 5").wait_for()
    assert SECRET not in page.content()

    page.close(run_before_unload=True)
    until(lambda: kernels(server) == [])


@pytest.mark.browser
def test_a_cell_that_fails_shows_neither_traceback_nor_path(server, visit):
    page = visit(server)
    page.set_extra_http_headers({"X-Forwarded-User": "clerk", "X-Workbench-Proxy": PROXY_SECRET})
    page.goto(f"{server.address}voila/render/broken.ipynb")
    page.get_by_text("There was an error").wait_for()
    html = page.content()
    assert "signed in: clerk" in html
    assert SECRET not in html and "Traceback" not in html and "RuntimeError" not in html


@pytest.mark.browser
def test_the_kernel_ends_with_its_tab_even_before_the_page_is_drawn(server, visit):
    until(lambda: kernels(server) == [])
    page = visit(server)
    page.goto(f"{server.address}voila/render/tool.ipynb", wait_until="commit")
    page.get_by_text("Starting the workbench…").wait_for()
    page.locator("#jupyter-config-data").wait_for(state="attached")
    assert len(kernels(server)) == 1
    page.goto(f"{server.address}nothing")
    until(lambda: kernels(server) == [])


@pytest.mark.browser
def test_a_page_whose_kernel_died_says_so_and_can_be_reloaded(server, visit):
    page = open_tool(visit, server)
    name, _ = session_of(page)
    [kernel] = [one for one in kernels(server) if name in " ".join(one.cmdline())]
    assert page.get_by_role("alert").count() == 0
    kernel.kill()
    banner = page.get_by_role("alert")
    banner.wait_for()
    assert "This session has ended" in banner.inner_text()
    page.get_by_role("button", name="Reload the page").click()
    page.get_by_text("padding 3").wait_for()
    assert session_of(page)[0] != name
    assert page.get_by_role("alert").count() == 0


@pytest.mark.browser
def test_a_kernel_that_cannot_start_does_not_leave_the_visitor_waiting(server, visit):
    page = visit(server)
    before = {one.pid for one in kernels(server)}
    page.goto(f"{server.address}voila/render/tool.ipynb", wait_until="commit")
    [new] = until(lambda: [one for one in kernels(server) if one.pid not in before])
    new.kill()
    banner = page.get_by_role("alert")
    banner.wait_for()
    assert "could not be started" in banner.inner_text()
    assert page.get_by_text("Starting the workbench…").count() == 0


@pytest.mark.browser
def test_no_code_can_be_sent_to_a_kernel(server, visit, tmp_path):
    page = open_tool(visit, server)
    kernel, cookies = session_of(page)
    address = f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    for headers, origin in (({}, None), ({"Cookie": cookies}, "http://evil.example"), ({}, server.address[:-1])):
        with pytest.raises(InvalidStatus) as refused:
            connect(address, additional_headers=headers, origin=origin, open_timeout=PATIENCE)
        assert refused.value.response.status_code == 403
    foreign = {"Cookie": cookies, "Host": f"evil.example:{server.port}"}
    assert ask(server, f"/api/kernels/{kernel}", headers=foreign)[0] == 403

    mark = tmp_path / "ran"
    with connect(address, additional_headers={"Cookie": cookies}, open_timeout=PATIENCE, max_size=None) as wire:
        for kind, content in (
            ("execute_request", {"code": f"open({str(mark)!r}, 'w')", "silent": False, "store_history": False}),
            ("kernel_info_request", {}),
        ):
            header = {"msg_id": kind, "msg_type": kind, "session": "x", "username": "", "version": "5.3", "date": ""}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
            wire.send(json.dumps(message))
        while json.loads(wire.recv(PATIENCE))["parent_header"].get("msg_id") != "kernel_info_request":
            pass
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("padding 4").wait_for()
    assert not mark.exists()


# Servers of their own


@pytest.mark.browser
def test_one_dashboard_alone_is_the_start_page_and_seats_are_limited(serve, visit, tmp_path):
    notebook(tmp_path, "my only one", "# Alone", "import ipywidgets; ipywidgets.Label('here it is')")
    alone = serve(tmp_path, seats=1, theme="dark", base_url="/proxy/9")
    page = visit(alone)
    page.get_by_text("here it is").wait_for()
    assert page.url == f"{alone.address}voila/render/my%20only%20one.ipynb"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    second = visit(alone)
    assert second.get_by_role("heading", name="All seats are taken").is_visible()
    page.close(run_before_unload=True)
    until(lambda: kernels(alone) == [])

    def has_a_seat():  # the server notices a moment after the kernel has gone
        second.reload()
        return second.get_by_role("heading", name="All seats are taken").count() == 0

    until(has_a_seat)
    second.get_by_text("here it is").wait_for()


def test_ctrl_c_ends_everything_and_leaves_nothing(folder, tmp_path):
    code = "import sys; from pathlib import Path; from workbench.serving.launch import serve"
    call = f"{code}; sys.exit(serve(Path(sys.argv[1]), open_browser=False, say=lambda text: print(text, flush=True)))"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", call, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment,
    )  # fmt: skip
    line = process.stdout.readline()
    assert "http://127.0.0.1:" in line and "?token=" in line
    port = int(line.split("127.0.0.1:")[1].split("/")[0])
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest, errors) == (0, "", "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    assert list(tmp_path.iterdir()) == []


def test_the_server_ends_when_its_parent_is_killed(folder):
    code = "import sys; from pathlib import Path; from workbench.serving.launch import start"
    call = f"{code}; s = start(Path(sys.argv[1])); print(s.pid, flush=True); s.wait()"
    process = subprocess.Popen([sys.executable, "-c", call, str(folder)], stdout=subprocess.PIPE, text=True)
    import psutil

    server = psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.communicate()
    server.wait(PATIENCE)
