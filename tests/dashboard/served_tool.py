"""A dashboard that is served to be attacked, and how to knock at its server."""

import http.client
import json

import nbformat
from served_pages import PATIENCE

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
