"""Pictures of templates that are made at once, by a real child, over real NATS."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.quick import MadeImage, QuickSource
from onemanage.contracts.psd.filling import FillTemplate, renders_prefix
from onemanage.contracts.psd.templates import (
    RenderOutput,
    SlotChange,
    SlotRules,
    SlotValue,
)
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.messaging.quick_answering import answer_quickly
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.document import Limits
from onemanage.psd.quick import Most, QuickTemplates
from onemanage.psd.service import PsdService
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase
from onemanage.testing.sandboxes import shared_sandbox

from .offer_samples import (
    MISSING,
    WORKSPACE,
    added,
    defined,
    font_file,
    parsed,
    tagged,
)

type Ask = Callable[..., Awaitable[MadeImage]]

TITLE = {"title": SlotValue(text="SaleSale")}


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("psd")) as sessions:
        yield Store(sessions)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with shared_sandbox("onemanage.psd.domain", memory_limit=3 << 30) as sandbox:
        yield sandbox


@pytest.fixture
async def service(
    storage: Storage, store: Store, sandbox: Sandbox, tmp_path: Path
) -> AsyncIterator[PsdService]:
    limits = Limits()
    most = Most(cpu_seconds=10, compiling_seconds=30, niceness=0, pictures_per_child=50)
    cache = SourceCache(tmp_path / "sources", 1 << 30)
    quick = QuickTemplates(storage, store, sandbox, cache, most, limits)
    made = PsdService(storage, store, sandbox, limits, child_seconds=60, quick=quick)
    yield made
    await quick.done()


@pytest.fixture
async def ask(nats: Client, service: PsdService) -> AsyncIterator[Ask]:
    """Of a running worker."""
    assert service.quick is not None
    stop = asyncio.Event()
    running = asyncio.create_task(
        answer_quickly(nats, [service.quick.fill], stop, slots=2)
    )
    await asyncio.sleep(0)
    await nats.flush()

    async def asked(values: dict[str, SlotValue], **more: Any) -> MadeImage:
        given: dict[str, Any] = {
            "workspace_id": WORKSPACE,
            "template_id": "tpl_1",
            "revision": 1,
            "values": values,
            "missing_fonts": "substitute",
            "store_key": renders_prefix(WORKSPACE, "tpl_1") + "rdr_1",
        }
        question = FillTemplate(**given | more)
        return await ask_quickly(nats, question, MadeImage, deadline=60)

    yield asked
    stop.set()
    await running


@pytest.fixture
async def offer(service: PsdService, storage: Storage, tmp_path: Path) -> bytes:
    """The document of ``tpl_1``, whose title is refused where it does not fit."""
    content = tagged(tmp_path / "offer.psd")
    document = await parsed(service, storage, content)
    await defined(service, document, content)
    return content


def opened(made: MadeImage) -> Image.Image:
    assert made.data is not None
    return Image.open(io.BytesIO(made.data)).convert("RGB")


async def photo(storage: Storage, color: str) -> QuickSource:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(out, "PNG")
    key = f"files/{WORKSPACE}/fil_photo/{color.strip('#')}"
    await storage.put_bytes(key, out.getvalue(), "image/png")
    digest = sha256(out.getvalue()).hexdigest()
    return QuickSource(name="photo.png", object_key=key, sha256=digest)


async def test_values_become_a_picture_in_the_answer_and_nothing_is_stored(
    ask: Ask, storage: Storage, offer: bytes
) -> None:
    plain = await ask({})
    picture = SlotValue(picture=await photo(storage, "#ff0000"))
    made = await ask(
        TITLE | {"photo": picture}, output=RenderOutput(format="webp", width=80)
    )

    assert opened(plain).getpixel((40, 40)) == (0xA0, 0xC0, 0xE0)
    assert (made.media_type, made.width, made.height) == ("image/webp", 80, 40)
    within, beside = (np.asarray(opened(made))[at] for at in ((20, 20), (2, 2)))
    assert within[0] > 200 and within[1] < 60
    assert beside[0] < 60
    assert f"The font {MISSING} is not at hand" in made.warnings[0]
    assert made.sha256 == sha256(made.data or b"").hexdigest()
    assert await storage.keys("renders/") == []


async def test_a_further_picture_needs_the_document_no_more(
    ask: Ask, storage: Storage, offer: bytes, service: PsdService
) -> None:
    first = await ask(TITLE)
    assert service.quick is not None
    service.quick._cache._entries.clear()
    await storage.delete_prefix("files/")

    again = await ask(TITLE)
    assert again.data == first.data
    gone = SlotValue(picture=QuickSource(name="gone.png", object_key="files/x"))
    with pytest.raises(QuickFailed, match="no longer stored"):
        await ask({"photo": gone})


async def test_missing_fonts_are_all_named_unless_others_may_stand_in(
    ask: Ask, storage: Storage, offer: bytes, service: PsdService
) -> None:
    with pytest.raises(QuickFailed, match=f"{MISSING} \\(of title\\)") as caught:
        await ask(TITLE, missing_fonts="fail")
    assert (caught.value.kind, caught.value.code) == (
        "invalid",
        "template.missing_font",
    )
    without_text = await ask({}, missing_fonts="fail")
    assert without_text.warnings == []

    other = await ask(TITLE)
    await added(service, storage, font_file())
    own = await ask(TITLE, missing_fonts="fail")
    assert own.warnings == []
    assert own.data != other.data
    # Its letters are squares.
    assert opened(own).getpixel((95, 45)) == (255, 255, 255)


async def test_a_value_that_is_refused_is_named_and_the_next_one_is_made(
    ask: Ask, storage: Storage, service: PsdService, tmp_path: Path
) -> None:
    content = tagged(tmp_path / "offer.psd")
    document = await parsed(service, storage, content)
    rules = SlotChange(name="photo", rules=SlotRules(fit="fit"))
    await defined(service, document, content, rules)
    key = "files/wsp_1/fil_text/source"
    await storage.put_bytes(key, b"no picture", "text/plain")
    text = SlotValue(picture=QuickSource(name="a.txt", object_key=key))

    with pytest.raises(QuickFailed) as caught:
        await ask({"photo": text})

    assert caught.value.code == "template.picture_unreadable"
    assert caught.value.where == "photo"
    assert (await ask(TITLE)).width == 160


async def test_what_is_to_be_kept_is_stored_before_it_is_answered(
    ask: Ask, storage: Storage, offer: bytes
) -> None:
    made = await ask(TITLE, is_kept=True, fingerprint="abc")
    found = await storage.find("renders/wsp_1/tpl_1/rdr_1", 1 << 20)
    assert found is not None and found.data == made.data
    assert found.metadata["fingerprint"] == "abc"
    assert found.metadata["width"] == "160"


async def test_nothing_of_a_template_that_is_gone_is_made_or_kept(
    ask: Ask, storage: Storage, offer: bytes, service: PsdService, store: Store
) -> None:
    for more in ({"workspace_id": "wsp_2"}, {"revision": 2}):
        with pytest.raises(QuickFailed) as caught:
            await ask(TITLE, **more)
        assert caught.value.code == "template.changed_meanwhile"

    fill = service.quick
    assert fill is not None
    get, calls = store.templates.get, []

    async def get_once(*given: Any) -> Any:
        calls.append(given)
        return await get(*given) if len(calls) == 1 else None

    store.templates.get = get_once  # type: ignore[assignment, method-assign]  # it goes meanwhile
    await ask(TITLE, is_kept=True)
    await fill.done()
    assert await storage.keys("renders/") == []
