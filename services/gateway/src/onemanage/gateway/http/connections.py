"""Who is connected, counted in all and by address; and who has to go when it is full."""

from collections import Counter
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal, Protocol

from onemanage.gateway.settings import EdgeSettings, networks

_IPV6_SITE = 64
"""Bits: whoever has one address of such a network has all of them."""

_DRAINED_BYTES_A_SECOND = 64 * 1024**2
"""Bytes, of all connections together: what costs nothing to send costs time here."""
_SHORT_SECONDS = 0.01
"""Seconds that need no pause."""

type Full = Literal["address", "all"]


class Connection(Protocol):
    """What can be closed at once, without a word."""

    def abort(self) -> None:
        """End it at once, without a word."""


class Connections:
    """Of one process.

    A connection *waits* while it has no request at work: it has not sent all of the
    headers, or is kept alive. When all places are taken, the one that has waited
    longest gives its own to whoever comes; those at work are never closed for that.
    """

    def __init__(self, settings: EdgeSettings) -> None:
        self._most = settings.max_connections
        self._per_address = settings.max_connections_per_address
        self._trusted = networks(settings.trusted_proxies)
        self._sites: dict[Connection, str | None] = {}
        self._waiting: dict[Connection, None] = {}
        self._of_site: Counter[str] = Counter()
        self._drained_until = 0.0

    def __len__(self) -> int:
        return len(self._sites)

    def admit(self, connection: Connection, address: str | None) -> Full | None:
        """Count it in; or say what is full, and it is not counted."""
        site = self._site(address)
        if site is not None and self._of_site[site] >= self._per_address:
            return "address"
        if len(self._sites) >= self._most and not self._make_room():
            return "all"
        self._sites[connection] = site
        self._waiting[connection] = None
        if site is not None:
            self._of_site[site] += 1
        return None

    def waits(self, connection: Connection) -> None:
        """It has nothing to do: it may give way."""
        if connection in self._sites:
            self._waiting[connection] = None

    def works(self, connection: Connection) -> None:
        """It has a request: it is not to give way."""
        self._waiting.pop(connection, None)

    def left(self, connection: Connection) -> None:
        """It is closed. Safe to say twice, and of one that was never admitted."""
        self._waiting.pop(connection, None)
        site = self._sites.pop(connection, None)
        if site is None:
            return
        self._of_site[site] -= 1
        if not self._of_site[site]:
            del self._of_site[site]

    def drained(self, size: int, now: float) -> float:
        """Seconds to read nothing from a connection that has just sent ``size`` bytes
        for nobody."""
        begins = max(now, self._drained_until)
        self._drained_until = begins + size / _DRAINED_BYTES_A_SECOND
        pause = self._drained_until - now
        return pause if pause > _SHORT_SECONDS else 0.0

    def _make_room(self) -> bool:
        oldest = next(iter(self._waiting), None)
        if oldest is None:
            return False
        self.left(oldest)
        oldest.abort()
        return True

    def _site(self, address: str | None) -> str | None:
        """What is counted together; None where that would say nothing."""
        if address is None:
            return None
        found = ip_address(address.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if any(found in network for network in self._trusted):
            return None
        if isinstance(found, IPv6Address):
            return str(ip_network((found, _IPV6_SITE), strict=False))
        return str(found)
