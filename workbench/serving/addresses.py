"""Where the server listens, and under which names it answers."""

import ipaddress
from urllib.parse import unquote, urlsplit

from workbench.values import UsageError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_local(ip: str) -> bool:
    """Return whether only this machine reaches a (valid) IP address."""
    return ipaddress.ip_address(ip).is_loopback


def trusted_hosts(ip: str, extra: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the names in the ``Host`` header under which the server answers, in lower case."""
    return frozenset({*LOOPBACK, ip.lower(), *(name.lower().rstrip(".") for name in extra)})


def is_trusted(header: str, hosts: frozenset[str]) -> bool:
    """Return whether a ``Host`` header names this server.

    Any web page can make its own name resolve to 127.0.0.1 (DNS rebinding) and would then share an
    origin with the dashboards; its name in this header gives it away.
    """
    if set(header) & set("@/?#\\"):
        return False
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return name.rstrip(".") in hosts


def climbs(path: str) -> bool:
    """Return whether a path of a request tries to leave its folder; no browser sends such a one."""
    plain = unquote(unquote(path)).replace("\\", "/")
    return ".." in plain.split("/") or "\0" in plain


def check_address(ip: str, allow_network: bool) -> str:
    """Return the address to listen on, normalised.

    Raises
    ------
    UsageError
        It is no IP address, or others could reach it and that was not asked for.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if ip.lower() == "localhost" else ip)
    except ValueError:
        raise UsageError(f"{ip} is not an IP address; use 127.0.0.1 for this machine only.") from None
    if not address.is_loopback and not allow_network:
        raise UsageError(
            f"On {address} everybody in the network could reach the pictures, and nothing is encrypted. Keep "
            "127.0.0.1 and put a proxy with TLS before it, or ask for it in so many words with allow_network=True."
        )
    return str(address)


def check_base_url(path: str) -> str:
    """Return a path that begins and ends with a slash, or raise `UsageError` when it is none."""
    inner = path.strip("/")
    if any(part in ("", ".", "..") for part in inner.split("/") if inner) or not all(
        letter.isalnum() or letter in "-_.~/@%" for letter in inner
    ):
        raise UsageError(f"{path} cannot be used as the path below which the dashboards are shown.")
    return f"/{inner}/" if inner else "/"
