"""Which addresses may be connected to: public ones, and those the operator allows.

A name is resolved once. Every address it has is checked, and the connection is made to
one of those that were, so that a name cannot mean another machine a moment later.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from onemanage.data_import.sources.errors import SourceFailed

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


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks as in ``10.1.0.0/16, 192.168.7.5``. Raises ValueError."""
    return tuple(
        ipaddress.ip_network(part) for part in re.split(r"[,\s]+", text) if part
    )


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it is public, or in one of the networks.

    Private, loopback, link-local, shared, reserved and multicast addresses are not
    public, whatever way of writing them into IPv6 is used.
    """
    meant = _meant(address)
    if any(meant in network or address in network for network in allowed):
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


async def checked_address(host: str, port: int, allowed: Sequence[Network]) -> str:
    """An address of the host, all of whose addresses are allowed. Raises SourceFailed."""
    if not 1 <= port <= 65535:
        raise SourceFailed("database.invalid", "A port is from 1 to 65535.", str(port))
    addresses = [ipaddress.ip_address(found) for found in await _resolve(host)]
    for address in addresses:
        if not is_allowed(address, allowed):
            text = (
                "The host has an address in a network that is not public. Whoever runs"
                " OneManage can allow it by DATA_IMPORT_ALLOWED_NETWORKS."
            )
            raise SourceFailed("database.not_allowed", text, host)
    return str(addresses[0])


async def _resolve(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass  # a name, then
    if not _HOST.fullmatch(host):
        text = "A host is a name or an address, without scheme, user, port or path."
        raise SourceFailed("database.invalid", text, host[:80])
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        text = "There is no such host, or its name cannot be resolved now."
        raise SourceFailed("database.unreachable", text, host) from None
    # A scope (fe80::1%eth0) is of a link-local address, which is checked without it.
    return [str(entry[4][0]).partition("%")[0] for entry in found]
