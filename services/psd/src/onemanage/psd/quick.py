"""The quick way: one picture of a template for whoever waits for it, without a task.

A child stays for the pictures of one workspace and keeps the templates that it has
compiled, so that a further picture of one costs its slots alone. Document, fonts and
pictures lie on the worker's disk; the child works on copies.
"""

import asyncio
import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from onemanage.contracts.imaging.quick import INLINE_BYTES, MadeImage, QuickSource
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.filling import FillTemplate
from onemanage.contracts.psd.fonts import Font
from onemanage.contracts.psd.templates import Template
from onemanage.platform.messaging.quick import QuickFailed
from onemanage.platform.process.behind import Behind
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import (
    Words,
    as_invalid_input,
    took_too_long,
)
from onemanage.platform.sandbox.process import Child
from onemanage.platform.sandbox.rooms import Room
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.platform.storage.quick_sources import (
    cached_object,
    copy_files,
    digest,
    image_metadata,
    made_bytes,
)
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.document import ExportedImage, Limits
from onemanage.psd.domain.formats import ENDINGS, MEDIA_TYPES
from onemanage.psd.domain.templates.quick_rows import QuickRow
from onemanage.psd.domain.templates.rows import FilledRow, Filling, Row
from onemanage.psd.errors import InvalidTemplate
from onemanage.psd.slot_fonts import needed, refuse_missing
from onemanage.psd.store import Store

HEAVY = "template.heavy"
_WORDS = Words("template", "Filling the template", "order a merge of one row")
_FILL = ChildFunction("onemanage.psd.domain.templates.quickly:fill_quickly", QuickRow)


@dataclass(frozen=True, slots=True)
class Most:
    """What one picture may take."""

    cpu_seconds: float
    """Of a template that is compiled."""
    compiling_seconds: float
    """The same, where it has to be compiled first."""
    niceness: int
    pictures_per_child: int
    """Of one workspace, one after the other."""


class QuickTemplates:
    """Of one worker process."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        cache: SourceCache,
        most: Most,
        limits: Limits,
    ) -> None:
        self._storage, self._store, self._sandbox = storage, store, sandbox
        self._cache, self._most, self._limits = cache, most, limits
        self._compiled: WeakKeyDictionary[Child, set[str]] = WeakKeyDictionary()
        """What each child has compiled, as far as it is known."""
        self._behind = Behind()

    async def ready(self) -> None:
        """Returns once a child could begin at once."""
        await self._sandbox.ready()

    async def fill(self, question: FillTemplate) -> MadeImage:
        """Raises InvalidInput and QuickFailed."""
        workspace_id = question.workspace_id
        asked = workspace_id, question.template_id, question.revision
        reading = asyncio.create_task(self._store.fonts.all(workspace_id))
        try:  # side by side: somebody waits
            template = await self._store.templates.get(*asked)
            fonts = await reading
        finally:
            reading.cancel()
        if template is None:
            text = "The template was changed or deleted meanwhile. Ask again."
            raise InvalidTemplate("template.changed_meanwhile", text)
        refuse_missing(template, fonts, question)
        made, data = await self._filled(question, template, needed(template, fonts))
        image = _image(question.output.format, made, data)
        RENDERS.add("template")
        is_large = len(data) > INLINE_BYTES
        if question.is_kept or is_large:
            await self._keep(question, image, data)
        if is_large:
            return msgspec.structs.replace(image, object_key=question.store_key)
        return msgspec.structs.replace(image, data=data)

    async def done(self) -> None:
        """Returns when nothing is looked for any more."""
        await self._behind.done()

    async def _filled(
        self, question: FillTemplate, template: Template, fonts: Sequence[Font]
    ) -> tuple[QuickRow, bytes]:
        owner = f"template {question.workspace_id}"
        most, files = self._most, TemplateFiles(template, fonts)
        with self._sandbox.room(owner, most.pictures_per_child) as room:
            filling = files.filling(room.folder, self._limits)
            row = Row(
                number=1,
                values=question.values,
                pictures=await self._pictures(question, room.folder),
                names=(f"picture.{ENDINGS[question.output.format]}",),
            )
            found, child = None, room.child
            if child is not None and filling.key in self._compiled.get(child, ()):
                seconds = most.cpu_seconds
                found = await self._run(filling, row, question, room, seconds)
            if found is None or found.row is None:
                for source, copy in files.copies(room.folder):
                    await self._copy(source, copy)
                seconds = most.compiling_seconds
                found = await self._run(filling, row, question, room, seconds)
            assert room.child is not None and found.row is not None  # it had the files
            self._compiled.setdefault(room.child, set()).add(filling.key)
            image = _written(found.row)
            return found, made_bytes(made_in(room.folder, image.path))

    async def _run(
        self,
        filling: Filling,
        row: Row,
        question: FillTemplate,
        room: Room,
        cpu_seconds: float,
    ) -> QuickRow:
        try:
            with as_invalid_input(_WORDS, question.template_id):
                return await self._sandbox.run(
                    _FILL,
                    filling,
                    row,
                    question.output,
                    room.folder,
                    timeout=math.inf,  # whoever asks has a limit, and ends it
                    folders=[room.folder],
                    cpu_seconds=math.ceil(cpu_seconds),
                    niceness=self._most.niceness,
                    room=room,
                )
        except InvalidInput as error:
            if took_too_long(error):
                raise _too_heavy(cpu_seconds) from None
            raise

    async def _pictures(self, question: FillTemplate, folder: Path) -> dict[str, Path]:
        """By slot, in the folder; what several slots show is there once."""
        copies: dict[str, Path] = {}
        found = {}
        for slot, value in question.values.items():
            if value.picture is None:
                continue
            key = value.picture.object_key or ""
            if key not in copies:
                copies[key] = folder / f"given-{len(copies)}"
                await self._copy(value.picture, copies[key])
            found[slot] = copies[key]
        return found

    async def _copy(self, source: QuickSource, copy: Path) -> None:
        async with cached_object(self._cache, self._storage, source) as path:
            await asyncio.to_thread(copy_files, {path: copy})

    async def _keep(
        self, question: FillTemplate, image: MadeImage, data: bytes
    ) -> None:
        told = image_metadata(image) | {"fingerprint": question.fingerprint}
        key = question.store_key
        await self._storage.put_bytes(key, data, image.media_type, told)
        self._behind.do("Looking for a template", self._check(question))

    async def _check(self, question: FillTemplate) -> None:
        """A deletion takes the rows away before the pictures; what was stored after
        that goes here."""
        workspace_id, template_id = question.workspace_id, question.template_id
        if await self._store.templates.get(workspace_id, template_id) is None:
            await self._storage.delete([question.store_key])


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """What a template is compiled from, and where copies of it are."""

    template: Template
    fonts: Sequence[Font]

    def filling(self, folder: Path, limits: Limits) -> Filling:
        """What is compiled, with the copies in the folder."""
        template = self.template
        return Filling(
            source=folder / "source",
            slots=tuple(template.slots),
            fonts=tuple(folder / font.font_id for font in self.fonts),
            key=self._key(),
            limits=limits,
            name_encoding=template.name_encoding,
        )

    def copies(self, folder: Path) -> Iterator[tuple[QuickSource, Path]]:
        """What is to be copied there, and to where."""
        template = self.template
        document = QuickSource(
            name=template.file_name,
            object_key=template.file_key,
            sha256=template.file_sha256 or None,
        )
        yield document, folder / "source"
        for font in self.fonts:
            source = QuickSource(
                name=font.name,
                object_key=font.object_key,
                sha256=font.object_sha256,
            )
            yield source, folder / font.font_id

    def _key(self) -> str:
        """The same for the same pictures of the same values."""
        fonts = ",".join(font.font_id for font in self.fonts)
        known = hashlib.sha256(fonts.encode()).hexdigest()[:16]
        return f"{self.template.template_id}/{self.template.revision}/{known}"


def _written(row: FilledRow) -> ExportedImage:
    """Raises InvalidTemplate where a value was refused."""
    refused = row.rejection
    if refused is not None:
        raise InvalidTemplate(refused.code, refused.message, refused.slot)
    (image,) = row.images
    return image


def _image(format_name: str, found: QuickRow, data: bytes) -> MadeImage:
    assert found.row is not None  # it was written
    (made,) = found.row.images
    return MadeImage(
        media_type=MEDIA_TYPES[format_name],
        width=made.width,
        height=made.height,
        size=len(data),
        sha256=digest(data),
        warnings=list(found.row.warnings),
        seconds=found.seconds,
    )


def _too_heavy(seconds: float) -> QuickFailed:
    text = (
        f"The picture takes more than {seconds:g} s of processor time. Order it as a "
        "merge, which has more."
    )
    return QuickFailed("heavy", HEAVY, text)
