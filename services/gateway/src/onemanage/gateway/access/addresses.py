"""Where a request comes from, through proxies that are trusted to say so."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from onemanage.gateway.settings import Networks

type Address = IPv4Address | IPv6Address

ADDRESS = "onemanage.address"
"""Where a request's scope holds where it comes from."""


def client_address(scope: Scope, trusted: Networks) -> Address | None:
    """The last address that nobody of ``trusted`` stands for; None where it is unknown.

    Each proxy adds to ``X-Forwarded-For`` whom it was asked by, so only the right end
    of it is worth anything, and that only as far as proxies of ours wrote it.
    """
    peer = scope.get("client")
    found = _read(peer[0]) if peer else None
    said = Headers(scope=scope).getlist("x-forwarded-for")
    hops = [hop.strip() for line in said for hop in line.split(",")]
    while found is not None and hops and is_in(found, trusted):
        found = _read(hops.pop())
    return found


def is_in(address: Address, networks: Networks) -> bool:
    """Whether one of them holds it."""
    return any(address in network for network in networks)


def _read(text: str) -> Address | None:
    """An IPv4 address that came as IPv6 is the IPv4 address."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
