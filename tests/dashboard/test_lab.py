"""The preview in JupyterLab: it draws, its keys do not reach the notebook, and no pixel is saved."""

import os
import subprocess
import sys
from contextlib import suppress
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from served_pages import until

pytestmark = pytest.mark.browser
TOKEN = "only-for-this-test"
CODE = """
import numpy as np
from workbench.media.photo import encode_jpeg
from workbench.profiles import load
from workbench.values import Detections, Kind
from workbench.widgets import PreviewWidget

noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
preview = PreviewWidget(load("publication"))
preview.show(encode_jpeg(noise), 320, 240, Detections.of(Kind.FACE, [[40, 40, 90, 100]], [0.9], "test"))
preview
"""


@pytest.fixture
def lab(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "try.ipynb")
    home = tmp_path / "home"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1"]
    process = subprocess.Popen(
        [*command, f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={tmp_path}"],
        env={**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def port():
        assert process.poll() is None, "JupyterLab did not start"
        listening = [
            item.laddr.port for item in psutil.Process(process.pid).net_connections() if item.status == "LISTEN"
        ]
        return listening and listening[0]

    yield SimpleNamespace(address=f"http://127.0.0.1:{until(port)}/", token=TOKEN, file=tmp_path / "try.ipynb")
    process.terminate()
    process.wait(20)


def test_the_preview_keeps_its_keys_and_its_pixels_to_itself(lab, visit):
    page = visit(lab, "lab/tree/try.ipynb")
    cells = page.locator(".jp-Notebook .jp-Cell")
    page.get_by_text("(ipykernel) | Idle").wait_for()
    drawn = page.get_by_text("1 of 1 hidden")

    def run_cell():  # again, if need be: what is run while JupyterLab is still setting up gets lost
        cells.first.locator(".jp-InputArea").click()
        page.keyboard.press("Control+Enter")
        with suppress(PlaywrightTimeout):
            drawn.wait_for(timeout=20_000)
        return drawn.is_visible()

    until(run_cell)
    page.get_by_role("application").click()
    for key in ("x", "a", "b", "d", "d"):  # cut, insert above, insert below, delete: JupyterLab's own keys
        page.keyboard.press(key)
    page.get_by_role("slider", name="Confidence").locator("visible=true").first.focus()
    for key in ("x", "a"):
        page.keyboard.press(key)
    page.get_by_text("1 of 1 hidden").wait_for()
    assert cells.count() == 1
    before = lab.file.stat().st_mtime_ns
    cells.first.locator(".jp-InputArea").click()
    page.keyboard.press("Control+s")
    until(lambda: lab.file.stat().st_mtime_ns != before)
    until(lambda: "workbench" in lab.file.read_text())
    assert lab.file.stat().st_size < 8_000
