"""What the server is told, and what it is kept from hearing."""

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError
from traitlets.config import Config

from workbench.serving import addresses, hooks, settings
from workbench.values import UsageError

OPTIONS = settings.Options(folder="/notebooks", private="/private", token="t" * 32)


@pytest.fixture(scope="module")
def configured():
    return settings.voila_settings(OPTIONS)


def test_every_setting_exists_under_its_name(configured):
    # A misspelt one would be ignored in silence, and the hole it closes would be open.
    from jupyter_client.manager import KernelManager
    from jupyter_client.restarter import KernelRestarter
    from voila.app import Voila
    from voila.configuration import VoilaConfiguration
    from voila.execute import VoilaExecutor

    classes = [Voila, VoilaConfiguration, VoilaExecutor, KernelManager, KernelRestarter, hooks.Identity, hooks.Kernels]
    known = {cls.__name__: cls.class_traits(config=True) for cls in classes}
    assert {(section, name) for section, values in configured.items() for name in values} <= {
        (section, name) for section, names in known.items() for name in names
    }


def test_nothing_beside_the_notebooks_is_served_and_nothing_of_their_inside(configured):
    voila = configured["VoilaConfiguration"]
    assert voila["file_allowlist"] == [] and voila["file_denylist"] == [".*"]
    assert voila["strip_sources"] and not voila["show_tracebacks"]
    assert voila["allow_template_override"] == voila["allow_theme_override"] == "NO"
    assert "anywidget" in voila["extension_allowlist"] and len(voila["extension_allowlist"]) == 3


@pytest.mark.parametrize("policy", [settings.DASHBOARD_POLICY, settings.PLAIN_POLICY])
def test_pages_may_load_nothing_from_elsewhere(policy):
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    words = {word for rule in rules.values() for word in rule.split()}
    assert words <= {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert "script-src" in settings.DASHBOARD_POLICY and "script-src" not in settings.PLAIN_POLICY


def test_there_is_no_server_without_a_token_and_no_proxy_without_a_secret():
    with pytest.raises(ValueError, match="open to every program"):
        replace(OPTIONS, token="")
    with pytest.raises(ValueError, match="secret"):
        replace(OPTIONS, user_header="X-Forwarded-User")


def test_the_accounts_own_settings_are_left_behind_and_the_rest_is_passed_on(tmp_path):
    theirs = {
        "PATH": "/bin",
        "JUPYTER_TOKEN": "known",
        "JUPYTER_CONFIG_PATH": "/theirs",
        "JUPYTER_PATH": "/theirs",
        "VOILA_PREHEAT": "1",
        "IPYTHONDIR": "/theirs",
        "WORKBENCH_CASE": "/old",
        "JUPYTERHUB_USER": "clerk",
        "WORKBENCH_MODELS": "/models.toml",
    }
    made = settings.server_environment(theirs, tmp_path, None, (Path("/a"), Path("/b")), "clerk")
    assert "/theirs" not in made.values() and "known" not in made.values()
    assert "WORKBENCH_CASE" not in made and "VOILA_PREHEAT" not in made and "JUPYTER_CONFIG_PATH" not in made
    assert (made["PATH"], made["JUPYTERHUB_USER"], made["WORKBENCH_MODELS"]) == ("/bin", "clerk", "/models.toml")
    assert made["WORKBENCH_ROOTS"] == os.pathsep.join(("/a", "/b"))
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert Path(made[name]).parent == tmp_path
    assert (Path(made["JUPYTER_PATH"]) / "voila" / "templates" / "workbench" / "conf.json").is_file()


def test_no_template_names_another_site():
    files = [path for path in settings.TEMPLATES.rglob("*") if path.is_file()]
    assert len(files) >= 10
    for path in files:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://www.w3.org" not in text and "//cdn" not in text and "https:" not in text, path.name


HOSTS = addresses.trusted_hosts("127.0.0.1", ("Photos.Example.",))


@pytest.mark.parametrize("header", ["127.0.0.1:80", "LOCALHOST", "localhost.", "[::1]:8866", "photos.example:443"])
def test_own_names_are_trusted(header):
    assert addresses.is_trusted(header, HOSTS)


@pytest.mark.parametrize(
    "header",
    [
        "",
        ":80",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.example",
        "evil.example@127.0.0.1",
        "[::1",
        "0",
    ],
)
def test_foreign_names_are_not(header):
    assert not addresses.is_trusted(header, HOSTS)


@pytest.mark.parametrize("path", ["/a/../b", "/a/..", "/%2e%2e/b", "/..%2f", "/..%5cb", "/%252e%252e/b", "/a%00"])
def test_paths_that_leave_their_folder_are_noticed(path):
    assert addresses.climbs(path)


@pytest.mark.parametrize("path", ["/", "/a..b/c", "/voila/static/x.js", "/...", "/a%20b"])
def test_other_paths_are_not(path):
    assert not addresses.climbs(path)


def test_only_this_machine_is_served_unless_more_is_asked_for_in_so_many_words():
    assert addresses.check_address("localhost", False) == "127.0.0.1"
    assert addresses.check_address("::1", False) == "::1"
    for ip in ("0.0.0.0", "::", "192.168.1.2"):
        with pytest.raises(UsageError, match="allow_network=True"):
            addresses.check_address(ip, False)
        assert addresses.check_address(ip, True) == ip
    with pytest.raises(UsageError, match="not an IP address"):
        addresses.check_address("somewhere", True)


def test_base_urls_are_tidied_or_refused():
    assert [addresses.check_base_url(path) for path in ("", "/", "a/b", "/a/")] == ["/", "/", "/a/b/", "/a/"]
    for path in ("/a/../b", "/a//b", "/a?b", "/<script>"):
        with pytest.raises(UsageError, match="path"):
            addresses.check_base_url(path)


def identity(**traits):
    return hooks.Identity(config=Config({}), token="t" * 32, account="clerk", **traits)


def request(headers=None, **arguments):
    # Any tornado handler can do these two; no cookie was sent.
    return SimpleNamespace(
        request=SimpleNamespace(headers=HTTPHeaders(headers or {})),
        get_argument=lambda name, default="": arguments.get(name, default),
        get_body_argument=lambda name, default="": arguments.get(name, default),
    )


def shown(provider, **arguments):
    import asyncio

    user = asyncio.run(provider.get_user_token(request(**arguments)))
    return user and user.username


def test_the_token_lets_in_and_names_the_account():
    provider = identity(ticket="once" * 8)
    assert shown(provider, token="t" * 32) == "clerk"
    assert [shown(provider, token=text) for text in ("", "t", "t" * 33, "tü")] == [None] * 4
    assert [shown(provider, token="once" * 8) for _ in range(2)] == ["clerk", None]
    assert provider.process_login_form(request(password=" " + "t" * 32)).username == "clerk"
    assert provider.process_login_form(request(password="")) is None


def test_without_a_ticket_an_empty_token_is_no_ticket():
    assert shown(identity(), token="") is None
    assert not hooks.same("", "")


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"X-User": "clerk", "X-Workbench-Proxy": "s" * 20}, "clerk"),
        ({"X-User": "clerk"}, None),
        ({"X-User": "clerk", "X-Workbench-Proxy": "s"}, None),
        ({"X-Workbench-Proxy": "s" * 20}, None),
        ({"X-User": "a" * 201, "X-Workbench-Proxy": "s" * 20}, None),
        ({"X-User": "a\tb", "X-Workbench-Proxy": "s" * 20}, None),
    ],
)
def test_a_name_in_a_header_counts_only_with_the_proxys_secret(headers, name):
    user = identity(user_header="X-User", proxy_secret="s" * 20)._from_proxy(HTTPHeaders(headers))
    assert (user and user.username) == name
    assert identity()._from_proxy(HTTPHeaders(headers)) is None


def test_a_kernel_gets_no_secret_and_learns_who_is_signed_in():
    given = {
        "PATH": "/bin",
        "QUERY_STRING": "a=b&token=tttt",
        "URL": "http://x/?token=tttt",
        "WORKBENCH_USER": "unknown",
    }
    assert hooks.kernel_environment(given, ["tttt"], "clerk") == {"PATH": "/bin", "WORKBENCH_USER": "clerk"}
    assert hooks.kernel_environment(given, ["other"], "") == given


def test_no_more_kernels_than_seats():
    import asyncio

    kernels = hooks.Kernels(config=Config({"Kernels": {"seats": 1}}))
    kernels.list_kernel_ids = lambda: ["one"]
    with pytest.raises(HTTPError) as refused:
        asyncio.run(kernels.start_kernel(env={}))
    assert refused.value.status_code == 503


def test_the_only_kernel_is_this_python():
    import sys

    known = hooks.OwnKernelSpecs()
    assert list(known.find_kernel_specs()) == ["python3"]
    assert known.get_kernel_spec("python3").argv[0] == sys.executable


def test_messages_are_sent_without_delay(monkeypatch):
    told = []
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: told.append("connected"))
    connection = hooks.PromptConnection.__new__(hooks.PromptConnection)
    connection._trait_values["websocket_handler"] = SimpleNamespace(set_nodelay=told.append)
    connection.connect()
    assert told == [True, "connected"]
