"""Addresses that a request names, as they may be stored, logged and told."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from onemanage.contracts.imaging.images import NamedAddress
from onemanage.contracts.imaging.recipes import Recipe, addresses_of
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.problems import Problem
from onemanage.platform.process.outbound import shown_address
from onemanage.platform.process.sealing import seal


def sealed(gateway: Gateway, caller: Caller, url: str) -> str | None:
    """Whole, encrypted for imaging; None where there is no query, which may be a
    signature, and so nothing to hide. Raises Problem where there is no key."""
    if "?" not in url:
        return None
    if not gateway.address_sealing_key:
        detail = (
            "An address with a query may hold a secret, and this server has no key to "
            "seal it with. Give one without a query, or upload the image."
        )
        raise Problem(422, "addresses_not_set_up", detail)
    return seal(gateway.address_sealing_key, url, caller.workspace_id)


def named_addresses(
    gateway: Gateway, caller: Caller, recipe: Recipe
) -> tuple[Recipe, list[dict[str, Any]]]:
    """The recipe with its addresses as they may be shown, and these with what is sealed.

    Raises Problem.
    """
    urls = addresses_of(recipe)
    if not urls:
        return recipe, []
    shown = _numbered(urls)
    named = [
        NamedAddress(url=shown[url], sealed_url=sealed(gateway, caller, url))
        for url in urls
    ]
    plain = _shown_in(msgspec.to_builtins(recipe), shown)
    return msgspec.convert(plain, Recipe), [msgspec.to_builtins(one) for one in named]


def _numbered(urls: Iterable[str]) -> dict[str, str]:
    """By the whole address. Those that look alike without what is hidden are told apart
    by a number behind them."""
    alike: dict[str, int] = {}
    found = {}
    for url in urls:
        plain = shown_address(url)
        alike[plain] = alike.get(plain, 0) + 1
        found[url] = plain if alike[plain] == 1 else f"{plain}#{alike[plain]}"
    return found


def _shown_in(part: Any, shown: Mapping[str, str]) -> Any:
    """The same, with every ``url`` as it may be shown."""
    if isinstance(part, list):
        return [_shown_in(one, shown) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: shown.get(value, value) if name == "url" else _shown_in(value, shown)
        for name, value in part.items()
    }
