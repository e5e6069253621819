"""One document in, a directory of PNGs and a description out.

``export_document`` is what runs in the sandbox's child: everything it takes and gives
can be pickled. It decodes one layer at a time and frees each when it is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from psd_tools import PSDImage
from psd_tools.constants import Resource

from onemanage.contracts.psd_manifest import LayerDetails
from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.details import (
    Surroundings,
    document_details,
    layer_details,
)
from onemanage.psd.domain.document import (
    ExportedDocument,
    ExportedImage,
    ExportedLayer,
    ExportProgress,
    Limits,
)
from onemanage.psd.domain.layers import Node, tree, values
from onemanage.psd.domain.pixels import (
    converted,
    has_one_color,
    layer_pixels,
    merged_pixels,
)
from onemanage.psd.domain.png import write_png
from onemanage.psd.domain.read import describe, open_document, quiet, too_many_layers
from onemanage.psd.domain.render import render, unsupported
from onemanage.psd.errors import InvalidDocument

COMPOSITE = "composite.png"

type Report = Callable[[ExportProgress], None]


def layer_path(layer_id: int) -> str:
    """From the id alone: a layer's name is the author's and may be anything."""
    return f"layers/{layer_id:04}.png"


def export_document(
    path: Path, out_dir: Path, limits: Limits, report: Report
) -> ExportedDocument:
    """Write ``composite.png`` and one PNG per layer with pixels to ``out_dir``.

    ``report`` hears of every image once it is complete, and of every step without
    one. The composite is the merged image in the file, where it truly is one;
    else the layers are rendered. A layer that cannot be decoded has a warning
    instead of an image. Raises InvalidDocument when nothing can be exported.
    """
    with quiet():
        document = open_document(path, limits)
        nodes = tree(document)
        check_budget(document, nodes, limits)
        return _Export(document, nodes, out_dir, limits, report).run()


@dataclass
class _Export:
    document: PSDImage
    nodes: list[Node]
    out_dir: Path
    limits: Limits
    report: Report
    warnings: list[str] = field(default_factory=list)
    done: int = 0

    def run(self) -> ExportedDocument:
        self.report(ExportProgress(0, self._total))
        document = self.document
        details = self._details()
        to_srgb = conversion(document)
        embedded = embeds_composite(document, self.nodes)
        composite = self._embedded(to_srgb) if embedded else None
        source = "embedded" if composite else None
        if composite:
            self._step(composite)
        if not self.nodes and composite is None:
            raise InvalidDocument(
                "psd.damaged",
                "The document has no layers, and its image cannot be read. "
                + " ".join(self.warnings),
                "the merged image",
            )
        layers = tuple(
            self._layer(node, to_srgb, details, keep=composite is None)
            for node in self.nodes
        )
        if composite is None:
            composite = self._rendered(to_srgb)
            source = "rendered" if composite else None
            self._step(composite)
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
            warnings=(*to_srgb.warnings, *self.warnings),
            details=document_details(document, self.nodes),
        )

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
        *,
        keep: bool,
    ) -> ExportedLayer:
        layer = replace(
            values(node),
            details=details(node),
            unsupported=unsupported(node.layer),
        )
        pixels = None
        try:
            if not node.is_group:
                pixels = layer_pixels(node.layer, to_srgb)
        except Exception as error:  # psd-tools raises anything; so does numpy
            warning = f"Its pixels cannot be read: {describe(error)}"
            layer = replace(layer, warnings=(*layer.warnings, warning))
        if pixels is not None:
            image = write_png(self.out_dir, layer_path(node.layer_id), pixels)
            layer = replace(layer, image=image)
        if not keep:  # nothing will be rendered from it any more
            for channel in node.layer._channels:
                channel.data = b""
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
        return write_png(self.out_dir, COMPOSITE, pixels)

    def _rendered(self, to_srgb: ToSrgb) -> ExportedImage | None:
        try:
            found = render(self.document)
            pixels = converted(found.planes, to_srgb)
        except Exception as error:  # psd-tools raises anything; so does numpy
            self.warnings.append(f"No composite: rendering failed: {describe(error)}")
            return None
        self.warnings.extend(found.warnings)
        return write_png(self.out_dir, COMPOSITE, pixels)


def check_budget(document: PSDImage, nodes: list[Node], limits: Limits) -> None:
    """Raises InvalidDocument where images are larger than the limits allow."""
    if len(nodes) > limits.max_layers:
        raise too_many_layers(len(nodes), limits)
    canvas = document.width * document.height
    areas = [(canvas, "the canvas")]
    for node in nodes:
        left, top, right, bottom = node.stored_box
        area = max(0, right - left) * max(0, bottom - top)
        if any(channel.data for channel in node.layer._channels):
            areas.append((area, f"layer {node.layer_id}"))
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


def conversion(document: PSDImage) -> ToSrgb:
    """From what this document stores to sRGB."""
    profile = document.image_resources.get_data(Resource.ICC_PROFILE)
    return ToSrgb(
        document.color_mode,
        document.depth,
        profile if isinstance(profile, bytes) else None,
        document._record.color_mode_data.value,
    )


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
