"""What nobody gets from a server without its token, or with it: requests exactly as written."""

import pytest
from served_pages import kernels
from served_tool import PROXY_SECRET, ask


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
