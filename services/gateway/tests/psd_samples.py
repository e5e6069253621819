"""A gateway in this process, and psd played: its answers from dictionaries."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from zlib import crc32

import asyncpg
import httpx
import msgspec
from fastapi import FastAPI

from onemanage.contracts.base import artifacts_prefix, new_id, utc_now
from onemanage.contracts.psd.diffs import DocumentDiff, GetDiff
from onemanage.contracts.psd.documents import Document, GetDocument, ImageFile, Layer
from onemanage.contracts.psd.renditions import (
    GetRendition,
    ListRenditions,
    Rendition,
    RenditionPage,
)
from onemanage.contracts.psd.templates import GetTemplate, Template
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.app import create_app
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.opening import open_gateway, watch_deletions
from onemanage.gateway.psd.rendition_images import RenditionImages
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow
from onemanage.gateway.tiles.opening import by_address
from onemanage.gateway.uploads.resumable import Resumable
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import answering

SEALING_KEY = base64.b64encode(bytes(32)).decode()
KEY, OTHER_KEY = new_api_key(), new_api_key()
DOCUMENT = "doc_" + "1" * 32
LATER = "doc_" + "2" * 32


class Psd:
    """What the psd service would know."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.renditions: dict[str, Rendition] = {}
        self.diffs: dict[str, DocumentDiff] = {}
        self.templates: dict[str, Template] = {}


def _own[T: (Document, Rendition, DocumentDiff, Template)](
    found: T | None, workspace_id: str
) -> T:
    if found is None or found.workspace_id != workspace_id:
        raise QueryFailed("not_found", "There is no such thing in this workspace.")
    return found


async def get_document(query: GetDocument, psd: Psd) -> Document:
    return _own(psd.documents.get(query.document_id), query.workspace_id)


async def get_rendition(query: GetRendition, psd: Psd) -> Rendition:
    return _own(psd.renditions.get(query.rendition_id), query.workspace_id)


async def list_renditions(query: ListRenditions, psd: Psd) -> RenditionPage:
    _own(psd.documents.get(query.document_id), query.workspace_id)
    return RenditionPage(items=list(psd.renditions.values()), has_more=False)


async def get_diff(query: GetDiff, psd: Psd) -> DocumentDiff:
    return _own(psd.diffs.get(query.diff_id), query.workspace_id)


async def get_template(query: GetTemplate, psd: Psd) -> Template:
    return _own(psd.templates.get(query.template_id), query.workspace_id)


class World:
    """One gateway, and HTTP clients of it."""

    def __init__(
        self,
        app: FastAPI,
        storage: Storage,
        psd: Psd,
        file: FileRow,
        settings: GatewaySettings,
    ) -> None:
        self.app, self.storage, self.psd = app, storage, psd
        self.settings = settings
        self.file = file.object_key, file.name

    @property
    def gateway(self) -> Gateway:
        found: Gateway = self.app.state.gateway
        return found

    def behind(self, settings: GatewaySettings, **parts: Any) -> FastAPI:
        """The app with other settings, and ``parts`` of the gateway of one's own."""
        app = create_app(settings)
        app.state.gateway = msgspec.structs.replace(self.gateway, **parts)
        return app

    def client(self, key: str = KEY) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://test",
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )

    def stranger(self) -> httpx.AsyncClient:
        """Somebody of another workspace."""
        return self.client(OTHER_KEY)

    async def put_json(self, key: str, value: Any) -> None:
        data = msgspec.json.encode(value)
        await self.storage.put_bytes(key, data, "application/json")


async def stored_image(
    world: World, key: str, number: int, has_checksum: bool = True
) -> ImageFile:
    data = f"image {number}".encode() * 9
    await world.storage.put_bytes(key, data, "image/png")
    return ImageFile(
        object_key=key,
        media_type="image/png",
        width=1,
        height=1,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        crc32=crc32(data) if has_checksum else None,
    )


def layer(layer_id: int, name: str, image: ImageFile | None) -> Layer:
    return Layer(
        layer_id=layer_id,
        parent_id=None,
        name=name,
        kind="pixel" if image else "group",
        left=0,
        top=0,
        width=1,
        height=1,
        blend_mode="normal",
        opacity=1.0,
        visible=True,
        shown=True,
        image=image,
    )


def document(document_id: str, file_id: str) -> Document:
    task_id = new_id("tsk")
    return Document(
        document_id=document_id,
        workspace_id=OWNER_WORKSPACE,
        file_id=file_id,
        task_id=task_id,
        name="poster.psd",
        format="psd",
        width=1,
        height=1,
        color_mode="rgb",
        depth=8,
        icc_profile=None,
        layer_count=1,
        image_count=1,
        manifest_key=f"{artifacts_prefix(OWNER_WORKSPACE, task_id, 1)}manifest.json",
        composite=None,
        composite_source=None,
        created_at=utc_now(),
    )


@asynccontextmanager
async def running(
    settings: GatewaySettings, nats: Client, storage: Storage
) -> AsyncIterator[World]:
    """With two documents of one file."""
    psd = Psd()
    answerers = (get_document, get_rendition, list_renditions, get_diff, get_template)
    async with open_gateway(settings) as gateway:
        await _add_stranger(settings.database_url)
        file = await _file(gateway)
        for document_id in (DOCUMENT, LATER):
            psd.documents[document_id] = document(document_id, file.id)
        app = _app(settings)
        app.state.gateway = msgspec.structs.replace(
            gateway,
            storage=storage,
            rendition_images=RenditionImages(storage),
            served_images=ServedImages(storage),
            **by_address(
                settings,
                gateway.nats,
                gateway.pool,
                storage,
                gateway.rates,
                gateway.counting,
            ),
            resumable=Resumable(
                storage,
                gateway.resumable.store,
                gateway.resumable.limits,
                settings.s3_endpoint,
            ),
        )
        watch_deletions(app.state.gateway)
        async with answering(nats, answerers, psd):
            yield World(app, storage, psd, file, settings)


def _app(settings: GatewaySettings) -> FastAPI:
    """One for all worlds that differ in their servers alone: its routes are made when
    they are first asked for, which takes longer than most tests."""
    elsewhere = {"database_url", "nats_url", "s3_endpoint"}
    given = settings.model_dump_json(exclude=elsewhere)
    if given not in _apps:
        _apps[given] = create_app(settings)
    return _apps[given]


_apps: dict[str, FastAPI] = {}


async def _add_stranger(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("INSERT INTO workspaces VALUES ('wsp_2', 'Other')")
    await connection.execute(
        "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
        "VALUES ('key_2', 'wsp_2', $1, 'other')",
        hash_api_key(OTHER_KEY),
    )
    await connection.close()


async def _file(gateway: Gateway) -> FileRow:
    row = FileRow(
        id=new_id("fil"),
        workspace_id=OWNER_WORKSPACE,
        name="poster.psd",
        size=1,
        sha256="",
        media_type="image/vnd.adobe.photoshop",
        object_key=f"files/{OWNER_WORKSPACE}/x/source",
    )
    await gateway.store.begin_upload(row.object_key, OWNER_WORKSPACE)
    added = await gateway.store.add_file(row, None)
    assert added is not None  # nobody sweeps here
    return added
