"""A template, and a worker of psd that fills it, played."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import msgspec

from onemanage.contracts.base import utc_now
from onemanage.contracts.imaging.quick import MadeImage
from onemanage.contracts.psd.filling import FillTemplate
from onemanage.contracts.psd.templates import Slot, SlotChange, SlotRules, Template
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick_answering import answer_quickly

from .psd_samples import DOCUMENT, World

TEMPLATE = "tpl_" + "7" * 32
AT = f"/v1/templates/{TEMPLATE}"
WARNING = "Layer 'Title': The font Brand is not at hand."


def template(
    world: World, *changes: SlotChange, prepare: str | None = None
) -> Template:
    """One slot of each kind."""
    kinds = ("text", "picture", "color", "visibility", "choice")
    slots = [
        Slot(
            name=f"a {kind}",
            kind=kind,
            layer_ids=[number],
            choices=["red", "blue"] if kind == "choice" else [],
            rules=SlotRules(prepare=prepare if kind == "picture" else None),
        )
        for number, kind in enumerate(kinds, start=1)
    ]
    file_key, file_name = world.file
    now = utc_now()
    found = Template(
        template_id=TEMPLATE,
        document_id=DOCUMENT,
        workspace_id=OWNER_WORKSPACE,
        task_id="tsk_" + "7" * 32,
        file_id=world.psd.documents[DOCUMENT].file_id,
        file_key=file_key,
        file_name=file_name,
        name="Offer",
        slots=slots,
        width=120,
        height=80,
        revision=3,
        created_at=now,
        changed_at=now,
        changes=list(changes),
    )
    world.psd.templates[TEMPLATE] = found
    return found


class Filler:
    """What it was asked for, and what it answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked: list[FillTemplate] = []
        self.refuses: Exception | None = None

    async def fill(self, question: FillTemplate) -> MadeImage:
        self.asked.append(question)
        if self.refuses is not None:
            raise self.refuses
        data = msgspec.json.encode([question.values, question.output])
        made = MadeImage(
            media_type=f"image/{question.output.format}",
            width=120,
            height=80,
            size=len(data),
            sha256=sha256(data).hexdigest(),
            warnings=[WARNING],
            data=data,
        )
        if question.is_kept:
            told = {
                "sha256": made.sha256,
                "width": "120",
                "height": "80",
                "fingerprint": question.fingerprint,
            }
            await self._world.storage.put_bytes(
                question.store_key, data, made.media_type, told
            )
        return made


@asynccontextmanager
async def filling(nats: Client, world: World) -> AsyncIterator[Filler]:
    filler, stop = Filler(world), asyncio.Event()

    async def fill(question: FillTemplate) -> MadeImage:
        return await filler.fill(question)

    running = asyncio.create_task(answer_quickly(nats, (fill,), stop, slots=4))
    await asyncio.sleep(0)
    try:
        yield filler
    finally:
        stop.set()
        await running
