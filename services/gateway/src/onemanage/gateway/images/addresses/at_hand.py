"""Images in memory, answered before the framework is asked which route it is.

A page has dozens of them, and of a short answer the framework is most of the time. Only
what needs nothing looked up is answered here, and as the routes would; all else is
theirs: a query, a range, HEAD, what is not in memory, and every refusal.
"""

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from onemanage.gateway.access.callers import CALLER
from onemanage.gateway.access.scopes import READ
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http.downloads import Conditions
from onemanage.gateway.http.measuring import ROUTE
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses import answers
from onemanage.gateway.images.addresses.answers import Public
from onemanage.gateway.images.addresses.asking import accepted
from onemanage.gateway.images.addresses.planning import Asked
from onemanage.gateway.images.addresses.serving import ImageAddresses
from onemanage.gateway.images.addresses.signatures import (
    check_lists,
    seconds_left,
    split,
)

_KEYED, _SIGNED = b"/v1/images/", b"/i/"
_KINDS = frozenset({b"fil_", b"doc_", b"tsf_", b"bgd_", b"url_"})


class AtHand:
    """Middleware, right behind what lets requests in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _found(scope) if scope["type"] == "http" else None
        await (found or self._app)(scope, receive, send)


def _found(scope: Scope) -> Response | None:
    raw: bytes = scope["raw_path"]
    is_signed = raw.startswith(_SIGNED)
    if not is_signed and raw[11:15] not in _KINDS or scope["query_string"]:
        return None
    if scope["method"] != "GET" or not (is_signed or raw.startswith(_KEYED)):
        return None
    accept, etags = b"", None
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept + b"," + value if accept else value
        elif name == b"range":
            return None
        elif name == b"if-none-match":
            etags = value.decode("latin-1")
    gateway: Gateway = scope["app"].state.gateway
    kind = accept.decode("latin-1") or "*/*"
    try:
        if is_signed:
            scope[ROUTE] = "/i/{signature}/{expiry}/{address:path}"
            return _signed(gateway.images, raw[3:].decode("latin-1"), kind, etags)
        return _keyed(gateway.images, scope, raw[11:].decode("latin-1"), kind, etags)
    except Problem:  # the route tells it as it should be told
        return None


def _keyed(
    images: ImageAddresses, scope: Scope, text: str, accept: str, etags: str | None
) -> Response | None:
    caller = scope[CALLER]
    if READ not in caller.scopes:
        return None
    scope[ROUTE] = "/v1/images/{source:image_source}/{recipe:path}"
    source, _, recipe = text.partition("/")
    asked = Asked(source=source, recipe=recipe, ending=None, accepted=accepted(accept))
    shown = images.at_hand(caller.workspace_id, asked)
    return None if shown is None else answers.in_memory(shown, Conditions(etags), None)


def _signed(
    images: ImageAddresses, text: str, accept: str, etags: str | None
) -> Response | None:
    address = split(text)
    signer = images.signatures.kept(address.signs_as)
    if signer is None:
        return None
    images.signatures.check_by(signer, address)
    if signer.key.is_bounded:
        check_lists(signer.key, images.readers.parts(address.recipe))
    left = seconds_left(address.expiry)
    asked = Asked(
        source=address.source,
        recipe=address.recipe,
        ending=address.ending,
        accepted=accepted(accept),
    )
    shown = images.at_hand(signer.tenant.workspace_id, asked)
    if shown is None:
        return None
    return answers.in_memory(shown, Conditions(etags), Public(left))
