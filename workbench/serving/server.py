"""The server process: Voilà with our pages, on the one port it was given, until its parent lets go.

`launch` starts it as ``python -m workbench.serving.server``, writes `settings.Options` as one line of
JSON to its standard input and reads one line back: the port, or what went wrong. When the input
ends, because the parent stopped or died, the server stops its kernels and ends.
"""

import errno
import json
import logging
import os
import shutil
import sys
import threading
from collections.abc import Awaitable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.base.handlers import JupyterHandler
from tornado.escape import url_escape
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import HTTPError, authenticated
from tornado.websocket import WebSocketHandler
from traitlets.config import Config
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from workbench.serving import dashboards
from workbench.serving.addresses import climbs, is_trusted
from workbench.serving.settings import HEADERS, PLAIN_POLICY, Options, voila_settings


class Guarded:
    """Before any handler's own work: whose name is used, and is a token in the address."""

    def set_default_headers(self: Any) -> None:
        """Set the protecting headers; Voilà's handlers for static files know none."""
        super().set_default_headers()  # type: ignore[misc]
        if isinstance(self, WebSocketHandler):
            return
        for name, value in HEADERS.items():
            if name != "Content-Security-Policy" or not isinstance(self, JupyterHandler):
                self.set_header(name, value)

    async def prepare(self: Any, *args: Any, **options: Any) -> None:
        """Refuse a foreign ``Host``; after the visitor is known, answer an address with a token by one without."""
        if not is_trusted(self.request.host, self.settings["trusted_hosts"]):
            _refuse(self, 403, "The workbench does not answer under this name.")
            return
        if climbs(self.request.path):
            _refuse(self, 404, "There is no such page.")
            return
        waiting = super().prepare(*args, **options)  # type: ignore[misc]
        if isinstance(waiting, Awaitable):
            await waiting
        if not self._finished and _has_token(self) and self.current_user:
            self.redirect(_without_token(self.request))


def _refuse(handler: Any, status: int, sentence: str) -> None:
    """Answer with plain text: neither templates nor cookies belong to a request that is not ours."""
    handler.set_status(status)
    handler.set_header("Content-Type", "text/plain; charset=utf-8")
    handler.finish(f"{sentence}\n")


def _has_token(handler: Any) -> bool:
    return (
        handler.request.method == "GET"
        and isinstance(handler, JupyterHandler)
        and not isinstance(handler, WebSocketHandler)
        and "token" in handler.request.query_arguments
    )


def _without_token(request: Any) -> str:
    """Return the request's address without its token; the path is kept on this server."""
    path: str = "/" + request.path.lstrip("/\\").replace("\\", "%5C")
    rest = [(name, value) for name, values in request.query_arguments.items() for value in values if name != "token"]
    return path + ("?" + urlencode(rest) if rest else "")


class PlainPage:
    """A page of text without scripts, and with a policy that forbids them."""

    @property
    def content_security_policy(self) -> str:
        """Return the strict policy."""
        return PLAIN_POLICY


class StartPage(PlainPage, BaseVoilaHandler):  # type: ignore[misc]
    """Lists the dashboards by what they are for; goes straight to the only one."""

    @authenticated  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Answer with the list, or with the way to the dashboard if there is one only."""
        found = dashboards.find(self.settings["dashboards"])
        if len(found) == 1:
            self.redirect(f"{self.base_url}voila/render/{url_escape(found[0].name, plus=False)}.ipynb")
            return
        self.write(self.render_template("tree.html", dashboards=found))


class LoginPage(PlainPage, LoginFormHandler):  # type: ignore[misc]
    """The login form in our template."""


class NotFound(PlainPage, JupyterHandler):  # type: ignore[misc]
    """Whatever else is asked for: the login page for strangers, "not found" for the others."""

    async def prepare(self) -> None:
        """Refuse every method."""
        await super().prepare()
        if not self._finished:
            raise HTTPError(404)


class DashboardPage(TornadoVoilaHandler):  # type: ignore[misc]
    """A dashboard; the page that says why it cannot be shown is a plain one."""

    kernel_id = ""

    @authenticated  # type: ignore[untyped-decorator]
    async def get(self, path: str | None = None) -> None:
        """Send the page piece by piece, and an end when its kernel dies meanwhile: Voilà would wait for ever."""
        async for piece in self.get_generator(path=path):
            self.write(piece)
            self.flush()
            if self.kernel_id and self.kernel_id not in self.kernel_manager:
                self.write("<script>window.workbench_failed()</script>\n")
                return

    def write_error(self, status_code: int, **options: Any) -> None:
        """Write the error page."""
        self.set_header("Content-Security-Policy", PLAIN_POLICY)
        super().write_error(status_code, **options)


class WorkbenchServer(Voila):  # type: ignore[misc]
    """Voilà with fewer and guarded handlers, on exactly the port that was asked for."""

    name = "voila"
    proxied = False

    def init_settings(self) -> dict[str, Any]:
        """Use our templates for all pages, also for those of jupyter_server."""
        settings = dict(super().init_settings())
        settings["jinja2_env"] = settings["voila_jinja2_env"]
        settings["jinja_template_vars"] = {"theme": self.voila_configuration.theme}
        settings["dashboards"] = Path(self.root_dir)
        settings["default_handler_class"] = _guarded(NotFound)
        return settings

    def init_handlers(self) -> list[Any]:
        """Return Voilà's handlers without those that list or serve files, each one guarded."""
        replaced = {TornadoVoilaHandler: DashboardPage}
        kept: list[Any] = []
        for pattern, handler, *rest in super().init_handlers():
            if issubclass(handler, AllowListFileHandler | VoilaContentsHandler | TornadoVoilaTreeHandler):
                continue
            chosen = LoginPage if issubclass(handler, LoginFormHandler) else replaced.get(handler, handler)
            kept.append((pattern, _guarded(chosen), *rest))
        start = (self.server_url, _guarded(StartPage), {"voila_configuration": self.voila_configuration})
        return [start, *kept]

    def listen(self) -> None:
        """Listen, tell the parent, and work until told to stop. Unlike Voilà's own: never on another port."""
        sockets = bind_sockets(self.port, self.ip)
        server = HTTPServer(self.app, xheaders=self.proxied, max_body_size=1_000_000)
        server.add_sockets(sockets)
        self.port: int = sockets[0].getsockname()[1]
        self.ioloop = IOLoop.current()
        _tell(port=self.port)
        threading.Thread(target=_wait_for_parent, args=(self.ioloop,), daemon=True).start()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            pass
        finally:
            server.stop()
            self.stop()


def _guarded(handler: type) -> type:
    return type(handler.__name__, (Guarded, handler), {"__doc__": handler.__doc__})


def _wait_for_parent(loop: Any) -> None:
    sys.stdin.buffer.read()
    loop.add_callback(loop.stop)


def _tell(**answer: object) -> None:
    """Write one line to the parent; afterwards standard output belongs to nobody, kernels inherit it."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os.dup2(2, 1)


def main() -> int:
    """Read the options, serve, and return the exit code."""
    given = json.loads(sys.stdin.buffer.readline())
    options = Options(**{**given, "hosts": tuple(given["hosts"])})
    server = WorkbenchServer.instance(config=Config(voila_settings(options)), config_file_paths=[])
    server.proxied = bool(options.user_header)
    server.initialize([])
    if not options.verbose:
        # jupyter_server's ping settings are in ms, tornado takes them for seconds and warns of each page.
        logging.getLogger("tornado.general").setLevel(logging.ERROR)
    try:
        server.start()
    except OSError as error:
        _tell(error=_why(error, options))
        return 2
    finally:
        # The parent does this too, unless it was killed.
        shutil.rmtree(options.private, ignore_errors=True)
    return 0


def _why(error: OSError, options: Options) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {options.port} is taken; choose another, or leave --port out to get a free one."
    if error.errno == errno.EACCES:
        return f"Port {options.port} is not allowed for this account; leave --port out to get a free one."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {options.ip}; use 127.0.0.1."
    return f"The server could not listen on {options.ip}: {error.strerror or error}."


if __name__ == "__main__":
    sys.exit(main())
