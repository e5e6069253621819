"""HTTP requests to addresses that users name, made to the machine that was checked.

    OutboundRefused
      NotHttp    no http or https address, without a host, or with user or password

It needs the extra ``http``.
"""

from collections.abc import Mapping, Sequence

import httpx

from onemanage.platform.process.outbound import (
    Network,
    OutboundRefused,
    checked_address,
)

_SCHEMES = ("http", "https")


class NotHttp(OutboundRefused):
    def __str__(self) -> str:
        return "only http and https addresses without user and password are asked"


def host_of(url: httpx.URL) -> str:
    """Its name or address, as DNS and TLS have it. Raises NotHttp."""
    if url.scheme not in _SCHEMES or not url.host or url.userinfo:
        raise NotHttp(url.host)
    return url.raw_host.decode("ascii")


async def checked_request(
    client: httpx.AsyncClient,
    method: str,
    url: httpx.URL,
    allowed: Sequence[Network],
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> httpx.Request:
    """A request to an address that was checked, under the name that was asked for.

    Redirects are the caller's: each one is another request. Raises OutboundRefused.
    """
    host = host_of(url)
    address = await checked_address(host, allowed)
    return client.build_request(
        method,
        url.copy_with(host=address),
        headers={"Host": url.netloc.decode("ascii"), **headers},
        content=content,
        extensions={"sni_hostname": host},
    )
