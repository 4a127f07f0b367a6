"""Where a webhook may lead: to the internet, and not into the network of whoever runs the watch. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# What older releases of Python take for global (the registries of RFC 6890), and the machine under a cloud's
# guests that hands out secrets at a public number. The usual number of that one, 169.254.169.254, never is.
BARRED = tuple(
    map(
        ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2001::/23", "3fff::/20", "5f00::/16"),
    )
)
NATIVE = IPv6Network("2000::/3")
"""What of IPv6 is routed on the internet; `is_global` alone lets through what a site keeps to itself."""
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0/96"), IPv6Network("::/96"))
"""Addresses of IPv6 whose last four bytes are the one of IPv4 that they lead to."""


def public(text: str) -> bool:
    """Whether an address is one of the internet, whichever way it is written."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is None and address not in NATIVE:
            return False
        address = inner or address
    barred = address.is_multicast or any(address in network for network in BARRED)
    return address.is_global and not barred


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The address of IPv4 that one of IPv6 leads to, by a translator or a tunnel."""
    if any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour
