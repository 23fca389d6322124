"""What a visitor of the served dashboards can see and do, how kernels and servers end."""

import json
import os
import signal
import socket
import subprocess
import sys
import uuid

import pytest
from served_pages import PATIENCE, kernel_of, kernels, until
from served_tool import PROXY_SECRET, SECRET, ask, notebook, open_tool, session_of
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

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

    name, _ = session_of(page)
    page.close(run_before_unload=True)
    until(lambda: kernel_of(server, name) is None)


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
    page = visit(server)
    before = {one.pid for one in kernels(server)}  # a tab of another test may be closing still
    page.goto(f"{server.address}voila/render/tool.ipynb", wait_until="commit")
    page.get_by_text("Starting the workbench…").wait_for()
    page.locator("#jupyter-config-data").wait_for(state="attached")
    [own] = [one for one in kernels(server) if one.pid not in before]
    page.goto(f"{server.address}nothing")
    until(lambda: own not in kernels(server))


@pytest.mark.browser
def test_a_page_whose_kernel_died_says_so_and_can_be_reloaded(server, visit):
    page = open_tool(visit, server)
    name, _ = session_of(page)
    kernel = kernel_of(server, name)
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
    # A shell starts what it runs in the background with Ctrl+C ignored, and children inherit that.
    listen = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listen}; from pathlib import Path; from workbench.serving.launch import serve"
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
