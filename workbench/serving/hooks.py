"""The small classes by which Voilà's gaps are closed: who may come in, what a kernel gets, how fast it answers."""

import hmac
from collections.abc import Mapping
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server import CallContext
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.escape import url_unescape
from tornado.web import HTTPError, RequestHandler
from traitlets import Int, List, Unicode

from workbench.serving import context, dashboards

PROXY_HEADER = "X-Workbench-Proxy"
_LONGEST_NAME = 200


def same(left: str, right: str) -> bool:
    """Return whether two secrets are equal, in a time that does not tell how much of them is."""
    return bool(right) and hmac.compare_digest(left.encode(), right.encode())


class Identity(IdentityProvider):  # type: ignore[misc]
    """Lets in who shows the token (once; a cookie after that) or who comes through the login proxy.

    Jupyter's own compares the token with ``==`` and calls everybody by the name of a random moon.
    """

    account = Unicode("unknown", config=True, help="Name of whoever signs in with the token.")
    ticket = Unicode("", config=True, help="A second token that works once.")
    user_header = Unicode("", config=True, help="Header in which the login proxy names the person.")
    proxy_secret = Unicode("", config=True, help="What the proxy must send in X-Workbench-Proxy to be believed.")

    async def get_user(self, handler: RequestHandler) -> User | None:
        """Return who makes this request, or None."""
        return self._from_proxy(handler.request.headers) or await super().get_user(handler)

    async def get_user_token(self, handler: RequestHandler) -> User | None:
        """Return the account's user if the request shows the token or the unused ticket."""
        offered = self.get_token(handler) or ""
        if same(offered, self.token):
            return self.generate_anonymous_user(handler)
        if same(offered, self.ticket):
            self.ticket = ""
            return self.generate_anonymous_user(handler)
        return None

    def process_login_form(self, handler: RequestHandler) -> User | None:
        """Return the account's user if the form holds the token."""
        offered = handler.get_body_argument("password", default="")
        return self.generate_anonymous_user(handler) if same(offered.strip(), self.token) else None

    def generate_anonymous_user(self, handler: RequestHandler) -> User:
        """Return the account's user: a token tells no more than that."""
        del handler
        return User(self.account)

    def _from_proxy(self, headers: Mapping[str, str]) -> User | None:
        name = headers.get(self.user_header, "").strip() if self.user_header else ""
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            return None
        # Anyone who reaches the port can send the header with the name; only the proxy knows the secret.
        return User(name) if same(headers.get(PROXY_HEADER, ""), self.proxy_secret) else None


class PromptConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """Sends each message at once: with Nagle's algorithm a slider waits 50 ms instead of 3 ms."""

    def connect(self) -> Any:
        """Connect page and kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class OwnKernelSpecs(KernelSpecManager):
    """Knows one kernel, the Python that runs the server: no other one named python3 can be picked up."""

    kernel_dirs = List([])
    ensure_native_kernel = True


class Kernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Starts a kernel for each page as long as a seat is free, without the server's secrets."""

    seats = Int(8, config=True, help="Pages that can be open at once.")
    secrets = List(Unicode(), config=True, help="What must not be in a kernel's environment.")
    _starting = 0

    async def start_kernel(self, **options: Any) -> str:
        """Start the kernel of a page.

        Raises
        ------
        tornado.web.HTTPError
            503 when all seats are taken.
        """
        if len(self.list_kernel_ids()) + self._starting >= self.seats:
            raise HTTPError(503, "all seats are taken")
        options["env"] = kernel_environment(options.get("env") or {}, self.secrets, _visitor())
        self._starting += 1
        try:
            kernel = str(await super().start_kernel(**options))
        finally:
            self._starting -= 1
        handler = CallContext.get(CallContext.JUPYTER_HANDLER)
        if handler is not None:
            handler.kernel_id = kernel
        return kernel


def _visitor() -> str:
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    user = getattr(handler, "current_user", None)
    return str(user.username) if user else ""


def kernel_environment(environment: Mapping[str, str], secrets: list[str], user: str) -> dict[str, str]:
    """Return the environment for a kernel: nothing that holds a secret, and who is signed in.

    Voilà copies the request's address, its query string included, into the environment. The server
    redirects away from addresses with a token before that; this is the second lock.
    """
    clean = {name: text for name, text in environment.items() if not any(secret in text for secret in secrets)}
    return clean | ({context.USER: user} if user else {})


def before_launch(request: RequestHandler, notebook: Any, cwd: str) -> None:
    """Prepare the answer and the notebook before its kernel starts."""
    del cwd
    # Reading it sets the cookie, without which the page cannot end its kernel when the tab is closed.
    _ = request.xsrf_token
    name = url_unescape(request.request.path.rsplit("/", 1)[-1], plus=False).removesuffix(".ipynb")
    notebook.metadata["title"] = dashboards.describe(name, notebook).title
    screens = dashboards.find(request.settings["dashboards"])
    notebook.metadata["screens"] = [
        {"name": each.name, "word": each.word, "title": each.title, "here": each.name == name} for each in screens
    ]
