"""One document in, a directory of PNGs and a description out.

``export_share`` is what runs in the sandbox's children: everything it takes and gives
can be pickled. It decodes one layer at a time and frees each when it is written.
"""

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import msgspec
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Resource

from onemanage.contracts.psd.manifest import EmbeddedFile, LayerDetails
from onemanage.psd.domain.channels import holds_pixels
from onemanage.psd.domain.color import Pixels, ToSrgb
from onemanage.psd.domain.details import (
    Surroundings,
    document_details,
    embedded_files,
    embedded_path,
    extract,
    layer_details,
)
from onemanage.psd.domain.document import (
    ExportedDocument,
    ExportedFile,
    ExportedImage,
    ExportedLayer,
    ExportProgress,
    Limits,
)
from onemanage.psd.domain.layers import Node, tree, values
from onemanage.psd.domain.notes import notes_of
from onemanage.psd.domain.pixels import (
    converted,
    has_one_color,
    layer_pixels,
    merged_pixels,
)
from onemanage.psd.domain.plates import duotone_palette, with_spots
from onemanage.psd.domain.png import write_png
from onemanage.psd.domain.read import (
    describe,
    open_document,
    quiet,
    refuse_too_complex,
    too_many_layers,
)
from onemanage.psd.domain.render import render, unsupported
from onemanage.psd.errors import InvalidDocument

COMPOSITE = "composite.png"
_UNKNOWN = "application/octet-stream"
_EACH = 20_000
"""What a layer takes beside its pixels, in pixels."""

type Report = Callable[[ExportProgress], None]


def layer_path(layer_id: int) -> str:
    """From the id alone: a layer's name is the author's and may be anything."""
    return f"layers/{layer_id:04}.png"


def export_document(
    path: Path,
    out_dir: Path,
    limits: Limits,
    report: Report,
    name_encoding: str | None = None,
) -> ExportedDocument:
    """Write ``composite.png`` and one PNG per layer with pixels to ``out_dir``.

    ``report`` hears of every image once it is complete, and of every step without
    one. The composite is the merged image in the file, where it truly is one;
    else the layers are rendered. A layer that cannot be decoded has a warning
    instead of an image. Raises InvalidDocument when nothing can be exported.
    """
    return export_share(path, out_dir, limits, name_encoding, 0, 1, report)


def export_share(
    path: Path,
    out_dir: Path,
    limits: Limits,
    name_encoding: str | None,
    number: int,
    shares: int,
    report: Report,
) -> ExportedDocument:
    """One of several processes that export a document together; raises as above.

    Each has the layers of its share alone, the first one (0) the composite besides.
    """
    with quiet(), _uncollected():
        document = open_document(path, limits, name_encoding)
        nodes = tree(document)
        check_budget(document, nodes, limits)
        canvas = document.width * document.height
        own = _shared_out(nodes, canvas, shares)[number]
        export = _Export(document, nodes, own, out_dir, limits, report)
        return export.run(composed=number == 0)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is made of a document lives until its end, and all that was imported longer:
    to look through it for garbage, again and again, finds none."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _shared_out(nodes: list[Node], canvas: int, shares: int) -> list[list[Node]]:
    """The largest layer first, each to who has the least to do; 0 has the composite."""
    loads, owners = [canvas] + [0] * (shares - 1), {}
    for node in sorted(nodes, key=_area, reverse=True):
        owner = loads.index(min(loads))
        loads[owner] += _area(node) + _EACH
        owners[node.layer_id] = owner
    return [[x for x in nodes if owners[x.layer_id] == n] for n in range(shares)]


@dataclass
class _Export:
    document: PSDImage
    nodes: list[Node]
    own: list[Node]
    out_dir: Path
    limits: Limits
    report: Report
    warnings: list[str] = field(default_factory=list)
    done: int = 0

    def run(self, *, composed: bool) -> ExportedDocument:
        self.report(ExportProgress(0, self._total))
        document, notes = self.document, notes_of(self.document)
        described = document_details(document, self.nodes)
        refuse_too_complex(document)
        to_srgb = conversion(document, self.limits.inks)
        composite, source = self._composite(to_srgb) if composed else (None, None)
        files = self._extracted() if composed else []
        details = self._details()
        layers = tuple(self._layer(node, to_srgb, details) for node in self.own)
        refuse_too_complex(document)
        return ExportedDocument(
            format="psb" if document.version == 2 else "psd",
            width=document.width,
            height=document.height,
            color_mode=document.color_mode.name.lower(),
            depth=document.depth,
            icc_profile=to_srgb.profile_name,
            layers=layers,
            composite=composite,
            composite_source=source,
            warnings=(
                *notes.warnings,
                *to_srgb.warnings,
                *self.warnings,
            ),
            details=msgspec.structs.replace(described, files=files),
            name_encoding=notes.names.encoding.name if notes.names else None,
        )

    def _extracted(self) -> list[EmbeddedFile]:
        """What smart objects embed; each file is written, as far as they may go."""
        found = []
        left = self.limits.max_embedded
        for file in embedded_files(self.document):
            size = file.size or 0
            if file.extractable and size > left:
                self.warnings.append(f"{file.file_name} is too large to be extracted")
            elif file.extractable:
                left -= size
                file = self._extract(file)
            found.append(file)
        return found

    def _extract(self, file: EmbeddedFile) -> EmbeddedFile:
        path = embedded_path(file.unique_id)
        target = self.out_dir / path
        target.parent.mkdir(exist_ok=True)
        extract(self.document, file.unique_id, target)
        with target.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        media_type = file.media_type or _UNKNOWN
        exported = ExportedFile(path, media_type)
        self.report(ExportProgress(0, self._total, file=exported))
        return msgspec.structs.replace(file, path=path, sha256=digest)

    def _composite(self, to_srgb: ToSrgb) -> tuple[ExportedImage | None, str | None]:
        """And whether it is embedded or rendered."""
        found, source = None, None
        if embeds_composite(self.document, self.nodes):
            found, source = self._embedded(to_srgb), "embedded"
        if found is None and not self.nodes:
            raise InvalidDocument(
                "psd.damaged",
                "The document has no layers, and its image cannot be read. "
                + " ".join(self.warnings)
                + ".",
                "the merged image",
            )
        if found is None:
            found, source = self._rendered(to_srgb), "rendered"
        self._step(found)
        return found, source if found else None

    def _details(self) -> Callable[[Node], LayerDetails]:
        ids = {id(node.layer): node.layer_id for node in self.nodes}
        around = Surroundings.of(self.document)
        return lambda node: layer_details(node.layer, ids, around)

    @property
    def _total(self) -> int:
        return len(self.nodes) + 1

    def _step(self, image: ExportedImage | None) -> None:
        self.done += 1
        self.report(ExportProgress(self.done, self._total, image))

    def _layer(
        self,
        node: Node,
        to_srgb: ToSrgb,
        details: Callable[[Node], LayerDetails],
    ) -> ExportedLayer:
        layer = replace(values(node), details=details(node))
        pixels = None
        try:
            layer = replace(layer, unsupported=unsupported(node.layer))
        except Exception as error:  # psd-tools' structures may hold anything
            warning = f"What is not drawn of it cannot be told: {describe(error)}"
            layer = replace(layer, warnings=(*layer.warnings, warning))
        try:
            if not node.is_group:
                pixels = layer_pixels(node.layer, to_srgb)
        except Exception as error:  # psd-tools raises anything; so does numpy
            warning = f"Its pixels cannot be read: {describe(error)}"
            layer = replace(layer, warnings=(*layer.warnings, warning))
        if pixels is not None:
            image = write_png(self.out_dir, layer_path(node.layer_id), pixels)
            layer = replace(layer, image=image)
        self._step(layer.image)
        return layer

    def _embedded(self, to_srgb: ToSrgb) -> ExportedImage | None:
        try:
            pixels = merged_pixels(self.document, to_srgb)
        except Exception as error:  # psd-tools raises anything; so does numpy
            self.warnings.append(
                f"The merged image in the file cannot be read: {describe(error)}"
            )
            return None
        return write_png(self.out_dir, COMPOSITE, self._printed(pixels))

    def _rendered(self, to_srgb: ToSrgb) -> ExportedImage | None:
        try:
            found = render(self.document)
            pixels = converted(found.planes, to_srgb)
        except Exception as error:  # psd-tools raises anything; so does numpy
            self.warnings.append(f"No composite: rendering failed: {describe(error)}")
            return None
        self.warnings.extend(found.warnings)
        return write_png(self.out_dir, COMPOSITE, self._printed(pixels))

    def _printed(self, pixels: Pixels) -> Pixels:
        try:
            return cast(Pixels, with_spots(self.document, pixels))
        except Exception as error:  # psd-tools raises anything; so does numpy
            self.warnings.append(f"Its spot channels are not shown: {describe(error)}")
            return pixels


def check_budget(document: PSDImage, nodes: list[Node], limits: Limits) -> None:
    """Raises InvalidDocument where images are larger than the limits allow."""
    if len(nodes) > limits.max_layers:
        raise too_many_layers(len(nodes), limits)
    canvas = document.width * document.height
    areas = [(canvas, "the canvas")]
    areas += [(area, f"layer {x.layer_id}") for x in nodes if (area := _area(x))]
    largest, where = max(areas)
    total = sum(area for area, _ in areas)
    if largest > limits.max_image_pixels:
        raise InvalidDocument(
            "psd.too_large",
            f"An image has {largest} pixels; {limits.max_image_pixels} are allowed. "
            "Make it smaller.",
            where,
        )
    if total > limits.max_pixels:
        raise InvalidDocument(
            "psd.too_large",
            f"The layers and the canvas have {total} pixels together; "
            f"{limits.max_pixels} are allowed. Split the document.",
            "the layers",
        )


def _area(node: Node) -> int:
    """Pixels to decode."""
    left, top, right, bottom = node.stored_box
    if not any(holds_pixels(channel) for channel in node.layer._channels):
        return 0
    return max(0, right - left) * max(0, bottom - top)


def conversion(document: PSDImage, inks: bytes | None = None) -> ToSrgb:
    """From what this document stores to sRGB; CMYK without a profile by ``inks``."""
    profile = document.image_resources.get_data(Resource.ICC_PROFILE)
    palette, warning = document._record.color_mode_data.value, None
    if document.color_mode is ColorMode.DUOTONE:
        palette, warning = duotone_palette(document)
    found = ToSrgb(
        document.color_mode,
        document.depth,
        profile if isinstance(profile, bytes) else None,
        palette,
        inks,
    )
    found.warnings += [warning] if warning else []
    return found


def embeds_composite(document: PSDImage, nodes: list[Node]) -> bool:
    """Whether the merged image in the file shows the document.

    Without layers it is the document. With layers, Photoshop says in VersionInfo
    whether it has written one ('Maximize compatibility'). Other writers leave
    VersionInfo out; they are believed unless the image is of one colour, which is what
    those leave that do not render.
    """
    if not nodes:
        return True
    info = document.image_resources.get_data(Resource.VERSION_INFO)
    if info:
        return bool(info.has_composite)
    try:
        return not has_one_color(document)
    except Exception:  # psd-tools raises anything; then there is none to show
        return False
