"""How the server is configured: pure functions from options to Voilà's settings and to its environment.

Each setting stands beside what bare Voilà does without it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench.serving import context
from workbench.serving.addresses import trusted_hosts

TEMPLATES = Path(__file__).parent / "template"

# Voilà loads every JupyterLab extension of the environment into its pages (15 MB and errors from those that need
# all of JupyterLab). These draw widgets; nothing else is needed.
EXTENSIONS = ("@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget")

# The page of a dashboard: Voilà's own inline scripts need 'unsafe-inline', anywidget loads its modules from blobs.
DASHBOARD_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
# All other pages hold text, one form and no script at all.
PLAIN_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": DASHBOARD_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it browsers send "Origin: null" with the login form, which the server has to refuse.
    # This one tells other sites just as little.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "Server": "workbench",
}


@dataclass(frozen=True)
class Options:
    """Everything that the server process is told; it travels as JSON through a pipe, never through a file."""

    folder: str
    """the folder that holds the notebooks and nothing else"""
    private: str
    """a folder of mode 0700 for sockets and connection files; it is removed afterwards"""
    token: str
    """what a visitor must show once; never empty"""
    ticket: str = ""
    """another one that works a single time, for the command line of the browser; empty = none"""
    ip: str = "127.0.0.1"
    port: int = 0
    """0 = any free one"""
    base_url: str = "/"
    """path below which a proxy shows the server"""
    hosts: tuple[str, ...] = ()
    """names under which a proxy or another machine reaches this server, besides this machine's own"""
    user: str = "unknown"
    """the name of the one who signs in with the token"""
    user_header: str = ""
    """HTTP header in which a login proxy names the person; empty = no proxy"""
    proxy_secret: str = ""
    """what the proxy sends in the header X-Workbench-Proxy to be believed"""
    theme: Literal["light", "dark"] = "light"
    seats: int = 8
    """pages open at once; each is a process of 70 to 150 MB"""
    idle: int = 1800
    """seconds after which a session without a page ends"""
    upload: int = 256 * 1024 * 1024
    """bytes of the largest message that a page may send"""
    verbose: bool = False

    def __post_init__(self) -> None:
        if not self.token:
            raise ValueError("a server without a token would be open to every program and page on this machine")
        if bool(self.user_header) != bool(self.proxy_secret):
            raise ValueError("a login proxy needs both the header with the user's name and a secret")


def voila_settings(options: Options) -> dict[str, Any]:
    """Return Voilà's configuration as nested dictionaries, ready for ``traitlets.config.Config``."""
    from workbench.serving import hooks

    return {
        "Voila": {
            "ip": options.ip,
            "port": options.port,
            "base_url": options.base_url,
            "root_dir": options.folder,
            "token": options.token,
            "open_browser": False,
            "connection_dir_root": options.private,
            "log_level": 20 if options.verbose else 40,
            "identity_provider_class": hooks.Identity,
            "kernel_websocket_connection_class": hooks.PromptConnection,
            "tornado_settings": {
                "headers": HEADERS,
                # Without it tornado drops the connection at 10 MiB and an upload vanishes without a word.
                "websocket_max_message_size": options.upload,
                "trusted_hosts": trusted_hosts(options.ip, options.hosts),
            },
        },
        "VoilaConfiguration": {
            "template": "workbench",
            "theme": options.theme,
            "classic_tree": True,
            # Pictures beside a notebook are served to anyone, even before login, unless this list is empty.
            "file_allowlist": [],
            "file_denylist": [".*"],
            "extension_language_mapping": {},
            # ?template= would bring back a template that loads style sheets from a CDN.
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "extension_allowlist": list(EXTENSIONS),
            "strip_sources": True,
            "http_keep_alive_timeout": 3,  # seconds; how often a page that waits is looked after
            # A traceback shows paths and data.
            "show_tracebacks": False,
            "prelaunch_hook": hooks.before_launch,
            "multi_kernel_manager_class": hooks.Kernels,
            "kernel_spec_manager_class": hooks.OwnKernelSpecs,
        },
        "VoilaExecutor": {
            "startup_timeout": 180,
            "cell_error_instruction": "The details are in the terminal in which the workbench was started.",
        },
        "Identity": {
            "account": options.user,
            "ticket": options.ticket,
            "user_header": options.user_header,
            "proxy_secret": options.proxy_secret,
            # Lax, not Strict: with Strict the printed address would end at the login page when opened from a chat.
            "cookie_options": {"samesite": "Lax"},
        },
        "Kernels": {
            "seats": options.seats,
            "secrets": [secret for secret in (options.token, options.ticket, options.proxy_secret) if secret],
            # A page that vanished without a word (a browser that was killed) leaves its kernel behind.
            "cull_idle_timeout": options.idle,
            "cull_interval": max(1, min(60, options.idle // 2)),
            "cull_connected": False,
            # Loopback TCP between server and kernel can be read by other accounts; where there are no sockets in
            # the file system it is encrypted.
            **({} if _has_ipc() else {"transport_encryption": "auto"}),
        },
        "KernelManager": {"transport": "ipc" if _has_ipc() else "tcp"},
        # A kernel that was started again has lost its widgets: better a page that says so than one that is dead.
        "KernelRestarter": {"restart_limit": 0},
    }


def _has_ipc() -> bool:
    return os.name == "posix"


def server_environment(
    base: Mapping[str, str], private: Path, case: Path | None, roots: tuple[Path, ...], user: str
) -> dict[str, str]:
    """Return the environment of the server and, through it, of its kernels.

    What the account's own Jupyter and IPython settings say (another kernel named python3, start-up
    files, a token, disabled extensions) does not apply: they are looked for in empty private folders.
    The rest of the environment is passed on.
    """
    dropped = ("JUPYTER_", "VOILA_", "WORKBENCH_CASE", "WORKBENCH_ROOTS", "WORKBENCH_USER", "IPYTHONDIR")
    kept = {name: value for name, value in base.items() if not name.startswith(dropped)}
    own = {
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTER_PATH": str(TEMPLATES),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "1",  # older versions of jupyter_core print a warning without it
        "IPYTHONDIR": str(private / "ipython"),
        # Frozen standard modules make the debugger, which nobody uses here, warn in every kernel.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return kept | own | context.variables(case, roots, user)
