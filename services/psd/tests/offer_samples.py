"""A template of a few layers, a font that nobody else has, and a service that has both."""

import io
from hashlib import sha256
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from PIL import Image
from psd_tools import PSDImage

from onemanage.contracts.psd.documents import Document, ParseExport
from onemanage.contracts.psd.fonts import AddFont, Font, font_id
from onemanage.contracts.psd.templates import DefineTemplate, SlotChange, Template
from onemanage.local.sample_layers import Words, add_type
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.service import PsdService

WORKSPACE = "wsp_1"
MISSING = "NobodyHas-Bold"
"""The font of the title."""


async def silent(_step: str, _done: int, _total: int) -> None:
    pass


def tagged(path: Path, font: str = MISSING) -> bytes:
    """A ground, a picture ``{{photo}}`` and a text ``{{title}}``."""
    document = PSDImage.new("RGB", (160, 80))
    ground = Image.new("RGB", (160, 80), "#204060")
    document.create_pixel_layer(ground, name="Ground")
    photo = Image.new("RGB", (60, 60), "#a0c0e0")
    document.create_pixel_layer(photo, name="{{photo}}", left=10, top=10)
    words = Words(text="Sale", at=(90, 50), size=24, color=(255, 255, 255), font=font)
    add_type(document, "{{title}}", words, FontShelf([]))
    document.save(path)
    return path.read_bytes()


def font_file(name: str = MISSING, bits: int = 0) -> bytes:
    """Squares for the letters of ``Sale``, and for a space; ``bits`` are its fsType."""
    family, _, style = name.partition("-")
    letters = {ord(letter): letter for letter in "SaleXYx"} | {32: "space"}
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *letters.values()])
    builder.setupCharacterMap(letters)
    builder.setupGlyf(dict.fromkeys([".notdef", *letters.values()], square))
    builder.setupHorizontalMetrics(
        dict.fromkeys([".notdef", *letters.values()], (800, 0))
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style, "psName": name})
    builder.setupOS2(sTypoAscender=800, fsType=bits)
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


async def parsed(
    service: PsdService, storage: Storage, content: bytes, document_id: str = "doc_1"
) -> Document:
    key = f"files/{WORKSPACE}/fil_{document_id}/source"
    await storage.put_bytes(key, content, "image/vnd.adobe.photoshop")
    command = ParseExport(
        task_id=f"tsk_{document_id}",
        workspace_id=WORKSPACE,
        document_id=document_id,
        file_id=f"fil_{document_id}",
        file_key=key,
        file_name="offer.psd",
    )
    return await service.parse_export(command, silent)


def defining(document: Document, content: bytes, **more: Any) -> DefineTemplate:
    given: dict[str, Any] = {
        "task_id": "tsk_1",
        "workspace_id": WORKSPACE,
        "template_id": "tpl_1",
        "document_id": document.document_id,
        "file_id": document.file_id,
        "file_key": f"files/{WORKSPACE}/{document.file_id}/source",
        "file_name": document.name,
        "file_sha256": sha256(content).hexdigest(),
        "name": "Offer",
    }
    return DefineTemplate(**given | more)


async def defined(
    service: PsdService, document: Document, content: bytes, *changes: SlotChange
) -> Template:
    command = defining(document, content, changes=list(changes))
    return await service.templates.define(command, silent)


async def added(
    service: PsdService,
    storage: Storage,
    content: bytes,
    task_id: str = "tsk_2",
    workspace_id: str = WORKSPACE,
) -> Font:
    key = f"files/{workspace_id}/fil_{task_id}/source"
    await storage.put_bytes(key, content, "font/ttf")
    digest = sha256(content).hexdigest()
    command = AddFont(
        task_id=task_id,
        workspace_id=workspace_id,
        font_id=font_id(workspace_id, digest),
        file_id=f"fil_{task_id}",
        file_key=key,
        file_name="brand.ttf",
        file_sha256=digest,
        file_size=len(content),
    )
    return await service.fonts.add(command, silent)
