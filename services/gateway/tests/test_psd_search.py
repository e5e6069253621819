"""Search and one layer over HTTP; in psd's place answers a function of the test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from onemanage.contracts.psd.documents import GetLayer, ImageFile, Layer
from onemanage.contracts.psd.manifest import LayerDetails, Text
from onemanage.contracts.psd.search import (
    FoundLayer,
    FoundLayers,
    FoundPlace,
    SearchLayers,
)
from onemanage.gateway.access.secrets import new_api_key
from onemanage.gateway.app import create_app
from onemanage.gateway.opening import open_gateway
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.testing.fixtures import MakeDatabase, Servers, answering

KEY = new_api_key()
DOCUMENT = "doc_" + "1" * 32
SEARCH = "/v1/psd/search"


class Psd(msgspec.Struct):
    """What was asked, and what is answered."""

    asked: list[SearchLayers | GetLayer] = []
    found: FoundLayers = FoundLayers(items=[], has_more=False)
    refusal: QueryFailed | None = None


async def _search(query: SearchLayers, psd: Psd) -> FoundLayers:
    psd.asked.append(query)
    if psd.refusal is not None:
        raise psd.refusal
    return psd.found


async def _get_layer(query: GetLayer, psd: Psd) -> Layer:
    psd.asked.append(query)
    if psd.refusal is not None:
        raise psd.refusal
    details = LayerDetails(
        layer_id=query.layer_id, text=Text(text="Sale"), fonts=["Arial-BoldMT"]
    )
    return msgspec.structs.replace(_layer(query.layer_id), details=details)


def _layer(layer_id: int) -> Layer:
    image = ImageFile(
        object_key="artifacts/secret",
        media_type="image/png",
        width=1,
        height=1,
        size=1,
        sha256="",
    )
    return Layer(
        layer_id=layer_id,
        parent_id=None,
        name="Button",
        kind="type",
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


@pytest.fixture
async def settings(servers: Servers, database: MakeDatabase) -> GatewaySettings:
    given = servers.environment()
    return GatewaySettings(
        nats_url=servers.nats_url_of("gateway"),
        database_url=await database("gateway"),
        s3_endpoint=given["S3_ENDPOINT"],
        s3_bucket="none",
        s3_access_key_id=given["S3_ACCESS_KEY_ID"],
        s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        public_url="http://test",
        preview_signing_key="k" * 32,
        owner_api_key=KEY,
    )


@asynccontextmanager
async def _running(
    settings: GatewaySettings, nats: Client, psd: Psd
) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of a gateway, with the owner's key."""
    async with (
        answering(nats, (_search, _get_layer), psd),
        open_gateway(settings) as gateway,
    ):
        app = create_app(settings)
        app.state.gateway = gateway
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://test",
            headers={"Authorization": f"Bearer {KEY}"},
        ) as client:
            yield client


async def test_what_is_asked_reaches_psd_and_the_cursor_leads_to_the_next_page(
    nats: Client, settings: GatewaySettings
) -> None:
    item = FoundLayer(
        document_id=DOCUMENT, document_name="a.psd", rank=17, layer=_layer(3)
    )
    psd = Psd(found=FoundLayers(items=[item], has_more=True))
    given: dict[str, Any] = {
        "q": "登录 button",
        "font": "Arial",
        "color": "FF8800",
        "tolerance": 8,
        "kind": ["type", "shape"],
        "document_id": DOCUMENT,
        "limit": 1,
    }
    async with _running(settings, nats, psd) as client:
        answer = await client.get(SEARCH, params=given)
        cursor = answer.json()["next_cursor"]
        psd.found = FoundLayers(items=[], has_more=False)
        rest = await client.get(SEARCH, params=given | {"cursor": cursor})

    first, second = psd.asked
    assert isinstance(second, SearchLayers)
    assert first == SearchLayers(
        workspace_id=OWNER_WORKSPACE,
        q="登录 button",
        font="Arial",
        color="#FF8800",
        color_tolerance=8,
        kinds=["type", "shape"],
        document_id=DOCUMENT,
        limit=1,
    )
    assert second.after == FoundPlace(rank=17, document_id=DOCUMENT, layer_id=3)
    [shown] = answer.json()["items"]
    assert shown.keys() == {"document_id", "document_name", "layer"}
    assert (shown["document_id"], shown["document_name"]) == (DOCUMENT, "a.psd")
    assert (shown["layer"]["id"], shown["layer"]["name"]) == (3, "Button")
    assert "secret" not in answer.text
    assert rest.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("color=red", "invalid_request", "pattern"),
        ("q=a&tolerance=65", "invalid_request", "64"),
        ("q=a&limit=0", "invalid_request", "1"),
        ("q=a&cursor=WyJ4Il0", "bad_cursor", "start again"),
        ("q=a&cursor=WyJ4IiwgInkiLCAieiJd", "bad_cursor", "start again"),
    ],
)
async def test_a_question_that_does_not_fit_is_refused_before_it_is_asked(
    nats: Client, settings: GatewaySettings, asked: str, code: str, said: str
) -> None:
    psd = Psd()
    async with _running(settings, nats, psd) as client:
        answer = await client.get(f"{SEARCH}?{asked}")

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(f"/{code}")
    assert said in answer.text
    assert psd.asked == []


async def test_what_psd_refuses_is_told_in_its_words(
    nats: Client, settings: GatewaySettings
) -> None:
    psd = Psd(refusal=QueryFailed("invalid", "Say what to look for."))
    async with _running(settings, nats, psd) as client:
        answer = await client.get(SEARCH)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "Say what to look for."


async def test_nothing_is_searched_without_a_key(
    nats: Client, settings: GatewaySettings
) -> None:
    psd = Psd()
    async with _running(settings, nats, psd) as client:
        answer = await client.get(f"{SEARCH}?q=a", headers={"Authorization": ""})

    assert answer.status_code == 401
    assert psd.asked == []


async def test_one_layer_is_shown_with_its_details(
    nats: Client, settings: GatewaySettings
) -> None:
    psd = Psd()
    async with _running(settings, nats, psd) as client:
        answer = await client.get(f"/v1/psd/documents/{DOCUMENT}/layers/7")
        psd.refusal = QueryFailed("not_found", "Document 1 has no layer 8.")
        missing = await client.get(f"/v1/psd/documents/{DOCUMENT}/layers/8")
        huge = await client.get(f"/v1/psd/documents/{DOCUMENT}/layers/99999999999")

    assert psd.asked[0] == GetLayer(
        workspace_id=OWNER_WORKSPACE, document_id=DOCUMENT, layer_id=7
    )
    shown = answer.json()
    assert shown["id"] == 7
    assert shown["details"]["text"]["text"] == "Sale"
    assert shown["details"]["fonts"] == ["Arial-BoldMT"]
    assert "secret" not in answer.text
    assert (missing.status_code, huge.status_code) == (404, 422)
    assert missing.json()["detail"] == "Document 1 has no layer 8."
