"""Which machines may be connected to on a user's word: public ones, and those allowed.

A name is resolved once. Every address it has is checked, and the connection is made to
one of those that were, so that a name cannot mean another machine a moment later.

    OutboundRefused
      NotAllowed     an address in a network that is neither public nor allowed
      NoSuchHost     a name that cannot be resolved now
        NoHost       what is no name and no address
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit, urlunsplit

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""NAT64: the last four bytes are an IPv4 address."""
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")
)
"""Of no public use, but not known as such to every release of ``ipaddress``."""
_RESOLVE_SECONDS = 5.0


class OutboundRefused(Exception):
    """The host is not one to connect to. ``host`` is as it was given, cut short."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host[:80]


class NotAllowed(OutboundRefused):
    def __str__(self) -> str:
        return f"{self.host} has an address in a network that is not public"


class NoSuchHost(OutboundRefused):
    def __str__(self) -> str:
        return f"there is no host {self.host}, or its name cannot be resolved now"


class NoHost(NoSuchHost):
    pass


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks as in ``10.1.0.0/16, 192.168.7.5``. Raises ValueError."""
    return tuple(
        ipaddress.ip_network(part) for part in re.split(r"[,\s]+", text) if part
    )


def allowed_networks(allowed: str, own: str) -> tuple[Network, ...]:
    """Those that are allowed, without what they have of our servers' own networks."""
    left = list(parse_networks(allowed))
    for ours in parse_networks(own):
        left = [part for network in left for part in _without(network, ours)]
    return tuple(left)


def _without(network: Network, ours: Network) -> list[Network]:
    if isinstance(network, IPv4Network) and isinstance(ours, IPv4Network):
        return _parts(network, ours)
    if isinstance(network, IPv6Network) and isinstance(ours, IPv6Network):
        return _parts(network, ours)
    return [network]


def _parts[N: (IPv4Network, IPv6Network)](network: N, ours: N) -> list[Network]:
    if network.subnet_of(ours):
        return []
    return list(network.address_exclude(ours)) if ours.subnet_of(network) else [network]


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it is public, or in one of the networks.

    Private, loopback, link-local, shared, reserved and multicast addresses are not
    public, whatever way of writing them into IPv6 is used.
    """
    meant = _meant(address)
    if any(meant in network for network in allowed):
        return True
    if meant.is_multicast or meant.is_reserved:
        return False
    return meant.is_global and not any(meant in network for network in _SPECIAL)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    teredo = address.teredo
    return (
        address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
    )


def shown_address(url: str) -> str:
    """The address without user, password, query and fragment: those may be secrets.

    Raises ValueError for what is no address.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


async def checked_address(host: str, allowed: Sequence[Network] = ()) -> str:
    """An address of the host, all of whose addresses are allowed.

    Raises OutboundRefused.
    """
    addresses = [ipaddress.ip_address(found) for found in await _resolve(host)]
    if not all(is_allowed(address, allowed) for address in addresses):
        raise NotAllowed(host)
    return str(addresses[0])


async def _resolve(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass  # a name, then
    if not _HOST.fullmatch(host):
        raise NoHost(host)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        raise NoSuchHost(host) from None
    # A scope (fe80::1%eth0) is of a link-local address, which is checked without it.
    return [str(entry[4][0]).partition("%")[0] for entry in found]
