"""Templates and fonts on real PostgreSQL and S3, with the real child."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from onemanage.contracts.base import ErrorInfo, FailedEvent, Status, event_id
from onemanage.contracts.deletion import FILE, HAS_DEPENDENTS, Thing
from onemanage.contracts.psd.deletion import (
    DOCUMENT,
    FONT,
    TEMPLATE,
    DeleteFromPsd,
    FindPsdDependents,
)
from onemanage.contracts.psd.filling import renders_prefix
from onemanage.contracts.psd.fonts import GetFont, ListFonts
from onemanage.contracts.psd.templates import (
    DEFINE_TEMPLATE,
    GetTemplate,
    ListTemplates,
    SlotChange,
    SlotRules,
)
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd import queries
from onemanage.psd.domain.document import Limits
from onemanage.psd.handlers import Deps, on_psd_run_ended_discard_artifacts
from onemanage.psd.service import PsdService
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase
from onemanage.testing.sandboxes import shared_sandbox

from .offer_samples import (
    MISSING,
    WORKSPACE,
    added,
    defined,
    defining,
    font_file,
    parsed,
    silent,
    tagged,
)
from .samples import layered


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("psd")) as sessions:
        yield Store(sessions)


@pytest.fixture
async def service(storage: Storage, store: Store) -> AsyncIterator[PsdService]:
    async with shared_sandbox("onemanage.psd.domain", memory_limit=3 << 30) as sandbox:
        yield PsdService(storage, store, sandbox, Limits(), child_seconds=60)


@pytest.fixture
def deps(store: Store, storage: Storage) -> Deps:
    return Deps(store, storage)


@pytest.fixture
def offer(tmp_path: Path) -> bytes:
    return tagged(tmp_path / "offer.psd")


async def test_the_slots_of_a_document_are_kept_and_shown_to_its_workspace(
    service: PsdService, storage: Storage, deps: Deps, offer: bytes
) -> None:
    document = await parsed(service, storage, offer)
    made = await defined(service, document, offer)

    assert [(slot.name, slot.kind) for slot in made.slots] == [
        ("photo", "picture"),
        ("title", "text"),
    ]
    assert made.slots[0].box == [10, 10, 70, 70]
    assert made.slots[1].missing_fonts == [MISSING]
    assert (made.width, made.height, made.revision) == (160, 80, 1)
    query = GetTemplate(workspace_id=WORKSPACE, template_id="tpl_1")
    assert await queries.get_template(query, deps) == made
    listed = ListTemplates(workspace_id=WORKSPACE, document_id=document.document_id)
    assert (await queries.list_templates(listed, deps)).items == [made]
    foreign = GetTemplate(workspace_id="wsp_2", template_id="tpl_1")
    with pytest.raises(QueryFailed, match="no template"):
        await queries.get_template(foreign, deps)
    page = await queries.list_templates(ListTemplates(workspace_id="wsp_2"), deps)
    assert page.items == []


async def test_a_document_without_slots_is_told_how_to_be_tagged(
    service: PsdService, storage: Storage, deps: Deps, tmp_path: Path
) -> None:
    plain = layered(tmp_path / "plain.psd").read_bytes()
    document = await parsed(service, storage, plain)

    with pytest.raises(InvalidInput, match=r"\{\{price\}\}") as caught:
        await defined(service, document, plain)

    assert caught.value.code == "template.no_slots"
    found = await queries.list_templates(ListTemplates(workspace_id=WORKSPACE), deps)
    assert found.items == []


async def test_of_two_changes_at_once_one_is_refused(
    service: PsdService, storage: Storage, deps: Deps, offer: bytes
) -> None:
    document = await parsed(service, storage, offer)
    await defined(service, document, offer)
    rules = SlotRules(overflow="reject")
    first = defining(
        document,
        offer,
        task_id="tsk_2",
        revision=2,
        changes=[SlotChange(name="title", rename="headline", rules=rules)],
    )
    second = defining(document, offer, task_id="tsk_3", revision=2, name="Mine")

    changed = await service.templates.define(first, silent)
    again = await service.templates.define(first, silent)  # its worker was killed
    with pytest.raises(InvalidInput) as caught:
        await service.templates.define(second, silent)

    assert caught.value.code == "template.changed_meanwhile"
    query = GetTemplate(workspace_id=WORKSPACE, template_id="tpl_1")
    found = await queries.get_template(query, deps)
    assert (found.revision, found.task_id) == (2, "tsk_2")
    assert changed.slots == again.slots == found.slots
    assert [slot.name for slot in found.slots] == ["photo", "headline"]
    assert found.slots[1].rules == rules
    before = GetTemplate(workspace_id=WORKSPACE, template_id="tpl_1", revision=1)
    assert (await queries.get_template(before, deps)).slots[1].name == "title"


async def test_a_change_that_ended_without_a_result_leaves_what_was_there(
    service: PsdService, storage: Storage, deps: Deps, offer: bytes
) -> None:
    document = await parsed(service, storage, offer)
    await defined(service, document, offer)
    change = defining(document, offer, task_id="tsk_2", revision=2, name="Renamed")
    await service.templates.define(change, silent)

    error = ErrorInfo(code="task.timeout", message="Too slow")
    ended = DEFINE_TEMPLATE.Failed(
        event_id=event_id("tsk_2", Status.FAILED),
        task_id="tsk_2",
        workspace_id=WORKSPACE,
        status=Status.FAILED,
        error=error,
    )
    assert isinstance(ended, FailedEvent)
    await on_psd_run_ended_discard_artifacts(ended, deps)

    query = GetTemplate(workspace_id=WORKSPACE, template_id="tpl_1")
    found = await queries.get_template(query, deps)
    assert (found.name, found.revision) == ("Offer", 1)


async def test_a_font_that_is_added_is_missing_no_more_and_nobody_else_has_it(
    service: PsdService, storage: Storage, deps: Deps, offer: bytes
) -> None:
    document = await parsed(service, storage, offer)
    await defined(service, document, offer)
    query = GetTemplate(workspace_id=WORKSPACE, template_id="tpl_1")

    await added(service, storage, font_file(), "tsk_2", workspace_id="wsp_2")
    assert (await queries.get_template(query, deps)).slots[1].missing_fonts == [MISSING]
    content = font_file(bits=2)
    font = await added(service, storage, content, "tsk_3")
    again = await added(service, storage, content, "tsk_4")

    assert (await queries.get_template(query, deps)).slots[1].missing_fonts == []
    assert again == font
    assert [face.postscript_names for face in font.faces] == [[MISSING]]
    assert "forbid embedding" in font.warnings[0]
    listed = await queries.list_fonts(ListFonts(workspace_id=WORKSPACE), deps)
    assert listed.items == [font]
    with pytest.raises(QueryFailed, match="no font"):
        await queries.get_font(
            GetFont(workspace_id="wsp_2", font_id=font.font_id), deps
        )


async def test_what_is_compressed_for_the_web_is_kept_unpacked(
    service: PsdService, storage: Storage
) -> None:
    packed = io.BytesIO()
    with TTFont(io.BytesIO(font_file())) as opened:
        opened.flavor = "woff2"
        opened.save(packed)

    font = await added(service, storage, packed.getvalue())

    assert (font.format, font.faces[0].family) == ("woff2", "NobodyHas")
    assert (await storage.get_bytes(font.object_key))[:4] == b"\0\1\0\0"


@pytest.mark.parametrize(
    "content",
    [b"", b"no font", font_file()[:300], font_file()[:-200], b"wOF2" + bytes(60)],
    ids=["empty", "text", "head", "cut", "packed"],
)
async def test_what_is_no_font_is_refused(
    service: PsdService, storage: Storage, deps: Deps, content: bytes
) -> None:
    with pytest.raises(InvalidInput, match="cannot be used as a font") as caught:
        await added(service, storage, content)

    assert (caught.value.code, caught.value.where) == ("psd.bad_font", "brand.ttf")
    listed = await queries.list_fonts(ListFonts(workspace_id=WORKSPACE), deps)
    assert listed.items == []
    assert await storage.keys("artifacts/") == []


async def test_templates_go_with_their_document_and_fonts_with_their_file(
    service: PsdService, storage: Storage, deps: Deps, offer: bytes
) -> None:
    document = await parsed(service, storage, offer)
    await defined(service, document, offer)
    change = defining(document, offer, task_id="tsk_2", revision=2, name="Renamed")
    await service.templates.define(change, silent)
    font = await added(service, storage, font_file(), "tsk_3")
    picture = renders_prefix(WORKSPACE, "tpl_1") + "rdr_1"
    await storage.put_bytes(picture, b"picture", "image/png")
    things = [
        Thing(kind=DOCUMENT, id=document.document_id),
        Thing(kind=FILE, id=font.file_id),
    ]
    question = FindPsdDependents(workspace_id=WORKSPACE, things=things)
    named = await queries.find_dependents(question, deps)
    order = DeleteFromPsd(task_id="tsk_9", workspace_id=WORKSPACE, things=things)

    assert named.items == [
        Thing(kind=FONT, id=font.font_id),
        Thing(kind=TEMPLATE, id="tpl_1"),
    ]
    with pytest.raises(InvalidInput) as caught:
        await service.deletion.delete(order, silent)
    assert caught.value.code == HAS_DEPENDENTS
    with_all = msgspec.structs.replace(order, cascade=True)
    gone = await service.deletion.delete(with_all, silent)

    assert gone.counts == {DOCUMENT: 1, FONT: 1, TEMPLATE: 1}
    assert await storage.keys("renders/") == await storage.keys("artifacts/") == []
    page = await queries.list_templates(ListTemplates(workspace_id=WORKSPACE), deps)
    assert page.items == []
