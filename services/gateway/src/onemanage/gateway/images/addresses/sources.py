"""What an address names as its source, looked up and remembered for a minute.

``fil_…``, ``doc_…`` (the composite), ``doc_…:12`` (a layer), ``tsf_…:large`` (an image of
a transformation), ``bgd_…`` (of a background; ``bgd_…:mask``), ``url_`` and an address in
base64url.
"""

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec
from cachetools import TTLCache

from onemanage.contracts.base import CompletedEvent, Event
from onemanage.contracts.deletion import Deleted
from onemanage.contracts.imaging.addresses.values import decoded
from onemanage.contracts.imaging.images import (
    BackgroundImage,
    GetBackground,
    GetTransformation,
    StoredImage,
    Transformation,
)
from onemanage.contracts.imaging.quick import QuickSource
from onemanage.contracts.psd.documents import (
    Document,
    GetDocument,
    GetLayer,
    ImageFile,
    Layer,
)
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.store import Store
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import ask
from onemanage.platform.process.outbound import shown_address
from onemanage.platform.process.sealing import seal

PATTERN = r"(?:fil|doc|tsf|bgd|url)_[^/]+"
"""Of a source as a part of a path."""
FETCHED_EVERY = 3600
"""Seconds after which what an outside address has is fetched anew."""
_KEPT_SECONDS = 60.0
"""What is deleted is shown no longer than that, where word of it was missed."""
_MAX_KEPT = 20_000
_ID = re.compile(r"(fil|doc|tsf|bgd)_[0-9a-f]{32}")
_LAYER = re.compile(r"[1-9][0-9]{0,9}")
_IMAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MOST_URL = 2000


class Source(msgspec.Struct, frozen=True):
    """What is decoded. ``identity`` differs where the bytes do."""

    id: str
    """Whose deletion takes along what was made of it."""
    quick: QuickSource
    identity: str
    is_outside: bool
    file_id: str = ""
    """The upload that it is, or goes back to; empty of an outside address."""

    @property
    def name(self) -> str:
        """As people gave it."""
        return self.quick.name


class Sources:
    """Of one process."""

    def __init__(
        self, client: Client, store: Store, keys: SigningKeyStore, sealing_key: str
    ) -> None:
        self._client, self._store, self._keys = client, store, keys
        self._sealing_key = sealing_key
        self._kept: TTLCache[tuple[str, str], Source] = TTLCache(
            _MAX_KEPT, _KEPT_SECONDS
        )
        self._finders: dict[str, Callable[[str, str, str], Awaitable[Source]]] = {
            "fil": self._file,
            "doc": self._document,
            "tsf": self._transformation,
            "bgd": self._background,
        }

    def kept(self, workspace_id: str, text: str) -> Source | None:
        """One that was looked up within the last minute."""
        return self._kept.get((workspace_id, text))

    async def find(self, workspace_id: str, text: str) -> Source:
        """``text`` is as in the address. Raises Problem: 404 where there is none, 403
        for a host that is not allowed, 422 for what names no source; or QueryFailed.
        """
        key = workspace_id, text
        found = self._kept.get(key)
        if found is None:
            found = await self._found(workspace_id, unquote(text))
            self._kept[key] = found
        return found

    def forget_deleted(self, event: Event) -> None:
        """What a deletion says that it has taken away."""
        if isinstance(event, CompletedEvent) and isinstance(event.result, Deleted):
            gone = {thing.id for thing in event.result.things}
            for key, source in list(self._kept.items()):
                if key[0] == event.workspace_id and source.id in gone:
                    self._kept.pop(key, None)

    async def _found(self, workspace_id: str, text: str) -> Source:
        if text.startswith("url_"):
            return await self._address(workspace_id, text.removeprefix("url_"))
        name, _, part = text.partition(":")
        if not _ID.fullmatch(name):
            raise _no_source(text)
        return await self._finders[name[:3]](workspace_id, name, part)

    async def _file(self, workspace_id: str, file_id: str, part: str) -> Source:
        if part:
            raise _no_source(f"{file_id}:{part}")
        row = await self._store.file(workspace_id, file_id)
        if row is None:
            raise not_found("file", file_id)
        quick = QuickSource(
            name=row.name, object_key=row.object_key, sha256=row.sha256, size=row.size
        )
        identity = f"{file_id}:{row.sha256}"
        return Source(file_id, quick, identity, is_outside=False, file_id=file_id)

    async def _document(self, workspace_id: str, document_id: str, part: str) -> Source:
        if part and not (_LAYER.fullmatch(part) and int(part) < 2**31):
            raise _no_source(f"{document_id}:{part}")
        question = GetDocument(workspace_id=workspace_id, document_id=document_id)
        document = await ask(self._client, question, Document)
        own = document_id, document.file_id
        if not part:
            return _made(*own, document.name, document.composite)
        asked = GetLayer(
            workspace_id=workspace_id, document_id=document_id, layer_id=int(part)
        )
        layer = await ask(self._client, asked, Layer)
        return _made(*own, layer.name, layer.image)

    async def _transformation(
        self, workspace_id: str, made_id: str, name: str
    ) -> Source:
        question = GetTransformation(
            workspace_id=workspace_id, transformation_id=made_id
        )
        found = await ask(self._client, question, Transformation)
        if not name and len(found.variants) == 1:
            name = found.variants[0].name
        own = made_id, found.file_id or ""
        return _made(*own, found.name, _named(found.variants, name))

    async def _background(self, workspace_id: str, made_id: str, name: str) -> Source:
        question = GetBackground(workspace_id=workspace_id, background_id=made_id)
        found = await ask(self._client, question, BackgroundImage)
        own = made_id, found.file_id
        return _made(*own, found.name, _named(found.images, name or "image"))

    async def _address(self, workspace_id: str, text: str) -> Source:
        url, parts = _read_url(text)
        host = (parts.hostname or "").lower()
        allowed = await self._keys.hosts(workspace_id)
        if not any(fnmatchcase(host, one) for one in allowed):
            detail = (
                f"Images of {host} are not shown by address: it is not among the hosts "
                "of this workspace. An administrator can add it (PUT image-hosts)."
            )
            raise Problem(403, "image.host_not_allowed", detail)
        sealed = None
        if parts.query:
            if not self._sealing_key:
                detail = (
                    "An address with a query may hold a secret, and this server has no "
                    "key to seal it with. Give one without a query."
                )
                raise Problem(422, "addresses_not_set_up", detail)
            sealed = seal(self._sealing_key, url, workspace_id)
        name = unquote(parts.path.rpartition("/")[2]) or host
        quick = QuickSource(name=name, url=shown_address(url), sealed_url=sealed)
        digest = hashlib.sha256(url.encode()).hexdigest()
        hour = int(time.time() // FETCHED_EVERY)
        return Source(f"url-{digest[:32]}", quick, f"{digest}:{hour}", is_outside=True)


def _read_url(text: str) -> tuple[str, SplitResult]:
    """Raises a 422 Problem, which does not show it: it may hold a secret."""
    try:
        url = decoded(text).decode()
        parts = urlsplit(url)
        is_good = bool(parts.hostname) and parts.scheme in ("http", "https")
        is_good = is_good and "@" not in parts.netloc and len(url) <= _MOST_URL
    except ValueError:
        is_good = False
    if not is_good:
        detail = (
            "Behind url_ comes base64url of an address of http or https, without user "
            f"and password, of at most {_MOST_URL} characters."
        )
        raise _bad_source(detail)
    return url, parts


def _named(images: Sequence[StoredImage], name: str) -> StoredImage:
    for one in images:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in images)
    raise Problem(
        404, "no_image", f"There is no image {name} here. There are: {names}."
    )


def _made(
    owner: str, file_id: str, name: str, image: ImageFile | StoredImage | None
) -> Source:
    """Of what a service has made of a file."""
    if image is None:
        detail = f"{name} has no pixels of its own. Make a rendition of it first."
        raise Problem(422, "no_image", detail)
    quick = QuickSource(
        name=name, object_key=image.object_key, sha256=image.sha256, size=image.size
    )
    identity = f"{image.object_key}:{image.sha256}"
    return Source(owner, quick, identity, is_outside=False, file_id=file_id)


def _no_source(text: str) -> Problem:
    return _bad_source(
        f"{text[:80]} names no source. There are fil_…, doc_…, doc_…:<layer>, "
        "tsf_…:<name>, bgd_… and url_<base64url>."
    )


def _bad_source(detail: str) -> Problem:
    errors = [{"pointer": "/source", "detail": detail}]
    return Problem(422, "image.bad_address", detail, errors=errors)
