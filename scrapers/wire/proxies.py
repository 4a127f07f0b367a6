"""Which proxy leads to an address, by the variables that container runtimes and administrators set. Pure.

Libraries read these variables each in its own way, and some die of what others take (an IPv6 range in
`NO_PROXY`): they are read once, here, and every client is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from scrapers.source import Misset
from state.model import Reason

PORTS = {"http": 80, "https": 443}
WITH_PORT = re.compile(r"(?:\[([^\]]+)\]|([^:]+)):(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """The proxy for each kind of address (None: none), and the entries of `NO_PROXY`."""

    http: str | None = field(default=None, repr=False)
    https: str | None = field(default=None, repr=False)
    direct: tuple[str, ...] = ()

    def of(self, url: str) -> str | None:
        """The proxy by which `url` is asked for; None when it is asked for directly."""
        parts = urlsplit(url)
        proxy = self.http if parts.scheme in ("http", "ws") else self.https
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
        if proxy is None or any(_covers(entry, host, port) for entry in self.direct):
            return None
        return proxy


def proxies(environ: Mapping[str, str]) -> Proxies:
    """The proxies that these variables set; lower case wins.

    Raises `Misset` for one that cannot be used; the text names the variable and never repeats an address,
    which may hold a secret.
    """
    return Proxies(
        http=_proxy(environ, "HTTP_PROXY"),
        https=_proxy(environ, "HTTPS_PROXY"),
        direct=tuple(filter(None, re.split(r"[\s,]+", _set(environ, "NO_PROXY").lower()))),
    )


def _set(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name.lower(), "").strip() or environ.get(name, "").strip()


def _proxy(environ: Mapping[str, str], name: str) -> str | None:
    """The proxy of one kind of address: its own variable, or the one for all."""
    for variable in (name, "ALL_PROXY"):
        if given := _set(environ, variable):
            return _usable(given if "://" in given else f"http://{given}", variable, name)
    return None


def _usable(proxy: str, variable: str, name: str) -> str:
    scheme = proxy.split("://", 1)[0].lower()
    if scheme not in PORTS:
        socks = scheme.startswith("socks")
        kind: Reason | str = Reason.of("proxy_socks") if socks else f"{scheme[:20]}://"
        instead: Reason | str = name if name == variable else Reason.of("proxy_both")
        why = Reason.of("proxy_kind", found=kind, instead=instead, variable=variable)
        raise Misset.at(variable, why)
    try:
        parts = urlsplit(proxy)
        whole = bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        whole = False
    if not whole:
        raise Misset.at(variable, Reason.of("proxy_form"))
    return proxy


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry of `NO_PROXY` names a host: `*`, a name with all below it, an address, or a range."""
    if found := WITH_PORT.fullmatch(entry):
        if int(found[3]) != port:
            return False
        entry = found[1] or found[2]
    if entry == "*":
        return True
    plain = entry.replace("[", "").replace("]", "")
    try:
        return ip_address(host) in ip_network(plain, strict=False)
    except ValueError:  # one of them is a name
        name = entry.removeprefix("*").removeprefix(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))
