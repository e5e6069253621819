"""One document in, a directory of images as somebody wants them out.

``render_rendition`` is what runs in the sandbox's child: everything it takes and gives
can be pickled. It has one image in memory at a time, and that at one scale.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from psd_tools import PSDImage
from psd_tools.api.layers import Layer

from onemanage.contracts.psd.renditions import RenditionSpec
from onemanage.psd.domain.boxes import Box, intersect, is_empty, part, size_of
from onemanage.psd.domain.channels import Samples
from onemanage.psd.domain.deep import Deep
from onemanage.psd.domain.details.reading import Reading
from onemanage.psd.domain.details.slices import slices
from onemanage.psd.domain.document import ExportProgress, Limits
from onemanage.psd.domain.encode import check_size, scaled, write_image
from onemanage.psd.domain.export import check_budget, conversion, embeds_composite
from onemanage.psd.domain.formats import ENDINGS
from onemanage.psd.domain.layers import Node, tree, values
from onemanage.psd.domain.names import file_name, unique_stems
from onemanage.psd.domain.pixels import (
    converted,
    layer_pixels,
    layer_samples,
    merged_pixels,
    merged_samples,
    placed,
)
from onemanage.psd.domain.plates import spot_numbers, with_spots
from onemanage.psd.domain.read import describe, open_document, quiet
from onemanage.psd.domain.render import Rendered, covered, render, visible
from onemanage.psd.domain.rendered import RenderedImage, RenditionOutput
from onemanage.psd.domain.selection import selected
from onemanage.psd.errors import InvalidDocument

MAX_IMAGES = 10_000
_DRAWN = ("shape", "fill")
"""Kinds that may have no pixels stored and are drawn all the same."""
_COMPOSED = "What is composed of layers has 8 bits a channel."
_NO_SPOTS = "Spot channels are not shown in the document's own colours."
_HOLDS_NONE = "it holds no pixels of its own; ask for it rendered"

type Report = Callable[[ExportProgress], None]


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What one image shows, in every scale that is asked for."""

    title: str
    stem: str
    box: Callable[[], Box]
    """On the canvas; known before anything is decoded."""
    pixels: Callable[[Box], Samples]
    layer_id: int | None = None
    slice_id: int | None = None


class _NoPixels(Exception):
    """There is nothing to show."""


def render_rendition(
    path: Path,
    out_dir: Path,
    name: str,
    spec: RenditionSpec,
    limits: Limits,
    name_encoding: str | None,
    report: Report,
) -> RenditionOutput:
    """Write one image per subject and scale to ``out_dir``, in sRGB.

    ``name`` is the document's own. ``report`` hears of every image once it is
    complete. What cannot be made is a warning and stops nothing else. Raises
    InvalidDocument where the file cannot be read or nothing at all can be made of it.
    """
    with quiet():
        document = open_document(path, limits, name_encoding)
        nodes = tree(document)
        check_budget(document, nodes, limits)
        return _Rendition(document, nodes, out_dir, name, spec, limits, report).run()


@dataclass
class _Rendition:
    document: PSDImage
    nodes: list[Node]
    out_dir: Path
    name: str
    spec: RenditionSpec
    limits: Limits
    report: Report
    warnings: list[str] = field(default_factory=list)
    images: list[RenderedImage] = field(default_factory=list)
    done: int = 0
    merged: Samples | None = None

    def run(self) -> RenditionOutput:
        self.to_srgb = conversion(self.document, self.limits.inks)
        self.deep = self._deep()
        if self.deep is not None:
            self.warnings.extend(self.deep.warnings)
        if self.deep is None or not self.deep.keeps:
            self.warnings.extend(self.to_srgb.warnings)
        self.names = {node.layer_id: values(node).name for node in self.nodes}
        self._check_ids()
        subjects = list(self._subjects())
        self._check_count(subjects)
        self.total = len(subjects) * self._each
        self.report(ExportProgress(0, self.total))
        for subject in subjects:
            self._make(subject)
        if not self.images:
            text = "No image could be made. " + " ".join(self.warnings[:5])
            raise InvalidDocument("psd.no_image", text, self.spec.of)
        unique = tuple(dict.fromkeys(self.warnings))
        return RenditionOutput(images=tuple(self.images), warnings=unique)

    def _deep(self) -> Deep | None:
        """What converts where more than 8 bits or the own colours are asked for."""
        spec = self.spec
        depth = 32 if spec.format == "exr" else spec.depth
        if depth == 8 and spec.color != "keep":
            return None
        return Deep(
            self.document,
            self.to_srgb,
            depth=depth,
            keep=spec.color == "keep",
            format=spec.format,
            background=spec.background is not None,
        )

    @property
    def _each(self) -> int:
        """Images of one subject."""
        return 1 if self._fits_a_box else len(self.spec.scales)

    @property
    def _fits_a_box(self) -> bool:
        return self.spec.max_width is not None or self.spec.max_height is not None

    @property
    def _canvas(self) -> Box:
        return 0, 0, self.document.width, self.document.height

    def _check_ids(self) -> None:
        given = {"layers": self.spec.layers.ids} if self.spec.of == "layers" else {}
        for ids in (*given.values(), self.spec.show, self.spec.hide):
            for layer_id in sorted(set(ids) - self.names.keys()):
                self.warnings.append(f"There is no layer {layer_id}.")

    def _check_count(self, subjects: list[_Subject]) -> None:
        if not subjects:
            raise InvalidDocument(
                "psd.nothing_selected",
                f"The document has no {self.spec.of} of this description. "
                + " ".join(self.warnings[:5]),
                self.spec.of,
            )
        count = len(subjects) * self._each
        if count > MAX_IMAGES:
            raise InvalidDocument(
                "psd.too_many_images",
                f"This makes {count} images, and a rendition has at most {MAX_IMAGES}. "
                "Ask for fewer layers or scales.",
                self.spec.of,
            )

    def _subjects(self) -> Iterator[_Subject]:
        match self.spec.of:
            case "layers":
                yield from self._layers()
            case "slices":
                yield from self._slices()
            case _:
                stem = unique_stems([(0, self.name)])[0]
                yield _Subject(
                    title="The document",
                    stem=stem,
                    box=lambda: self._canvas,
                    pixels=self._of_canvas,
                )

    def _layers(self) -> Iterator[_Subject]:
        """Names are made unique among all layers: the selection does not change them."""
        stems = unique_stems(self.names.items())
        for node in selected(self.nodes, self.names, self.spec.layers):
            is_drawn = self.spec.rendered or node.is_group
            yield _Subject(
                title=f"Layer {node.layer_id} {self.names[node.layer_id]!r}",
                stem=stems[node.layer_id],
                box=lambda node=node, is_drawn=is_drawn: self._box(node, is_drawn),  # type: ignore[misc]  # mypy infers no type for a lambda's default
                pixels=self._drawn(node.layer) if is_drawn else self._stored(node),
                layer_id=node.layer_id,
            )

    def _slices(self) -> Iterator[_Subject]:
        """Those that somebody made, or all where nobody has."""
        try:
            found = slices(self.document, Reading())
        except Exception as error:  # psd-tools raises anything
            self.warnings.append(f"The slices cannot be read: {describe(error)}")
            return
        found = [one for one in found if one.kind != "auto"] or found
        stems = unique_stems(
            (index, one.name or f"slice-{one.slice_id}")
            for index, one in enumerate(found)
        )
        for index, one in enumerate(found):
            left, top = one.box.left, one.box.top
            box = (left, top, left + one.box.width, top + one.box.height)
            inside = intersect(box, self._canvas)
            yield _Subject(
                title=f"Slice {one.slice_id}",
                stem=stems[index],
                box=lambda inside=inside: inside,  # type: ignore[misc]  # as above
                pixels=self._of_canvas,
                slice_id=one.slice_id,
            )

    def _box(self, node: Node, is_drawn: bool) -> Box:
        if self.spec.on_canvas:
            return self._canvas
        if is_drawn:
            return covered(self.document, node.layer)
        if is_empty(node.stored_box) and node.kind in _DRAWN:
            raise _NoPixels(_HOLDS_NONE)
        return node.stored_box

    def _drawn(self, layer: Layer) -> Callable[[Box], Samples]:
        def pixels(box: Box) -> Samples:
            return self._composed(render(self.document, root=layer, box=box))

        return pixels

    def _composed(self, found: Rendered) -> Samples:
        """As it is asked for; the renderer itself has 8 bits."""
        self.warnings.extend(found.warnings)
        if self.deep is None:
            return converted(found.planes, self.to_srgb)
        if min(self.document.depth, self.deep.depth) > 8:
            self.warnings.append(_COMPOSED)
        return self.deep(found.planes)

    def _stored(self, node: Node) -> Callable[[Box], Samples]:
        def pixels(box: Box) -> Samples:
            found: Samples | None
            if self.deep is None:
                found = layer_pixels(node.layer, self.to_srgb)
            else:
                found = layer_samples(node.layer)
            if found is None:
                raise _NoPixels(_HOLDS_NONE)
            if self.deep is not None:
                found = self.deep(found)
            return placed(found, node.stored_box, box)

        return pixels

    def _of_canvas(self, box: Box) -> Samples:
        """A part of the document, out of its merged image where that is as asked."""
        merged = self._merged()
        if merged is not None:
            return merged[part(box, self._canvas)]
        found = render(self.document, shown=self._shown(), box=box)
        return self._printed(self._composed(found), box)

    def _printed(self, pixels: Samples, box: Box) -> Samples:
        try:
            if self.deep is not None and self.deep.keeps:
                if spot_numbers(self.document):
                    self.warnings.append(_NO_SPOTS)
                return pixels
            return with_spots(self.document, pixels, box)
        except Exception as error:  # psd-tools raises anything; so does numpy
            self.warnings.append(f"Its spot channels are not shown: {describe(error)}")
            return pixels

    def _merged(self) -> Samples | None:
        if self.merged is not None:
            return self.merged
        spec = self.spec
        if self.nodes and (spec.rendered or spec.show or spec.hide):
            return None
        if not embeds_composite(self.document, self.nodes):
            return None
        try:
            merged: Samples
            if self.deep is None:
                merged = merged_pixels(self.document, self.to_srgb)
            else:
                merged = self.deep(merged_samples(self.document))
            self.merged = self._printed(merged, self._canvas)
        except Exception as error:  # psd-tools raises anything; so does numpy
            self.warnings.append(
                f"The merged image in the file cannot be read: {describe(error)}"
            )
        return self.merged

    def _shown(self) -> Callable[[Layer], bool]:
        show, hide = set(self.spec.show), set(self.spec.hide)
        opened = {id(node.layer) for node in self.nodes if node.layer_id in show}
        closed = {id(node.layer) for node in self.nodes if node.layer_id in hide}
        return lambda layer: id(layer) not in closed and (
            id(layer) in opened or visible(layer)
        )

    def _make(self, subject: _Subject) -> None:
        wanted = self.done + self._each
        try:
            box = subject.box()
            sizes = self._sizes(subject, box)
            if sizes:
                pixels = subject.pixels(box)
                for scale, (width, height) in sizes:
                    self._write(subject, box, scale, scaled(pixels, width, height))
        except Exception as error:  # psd-tools raises anything; so do numpy and Pillow
            self.warnings.append(f"{subject.title} has no image: {describe(error)}")
        if self.done < wanted:
            self.done = wanted
            self.report(ExportProgress(self.done, self.total))

    def _sizes(
        self, subject: _Subject, box: Box
    ) -> list[tuple[float, tuple[int, int]]]:
        """Scale, and width and height in pixels, of each image that is allowed."""
        height, width = size_of(box)
        if is_empty(box):
            raise _NoPixels("there is nothing in it to show")
        self._check_pixels(width, height)
        found = []
        for scale in self._scales(width, height):
            size = max(1, round(width * scale)), max(1, round(height * scale))
            try:
                self._check_pixels(*size)
                check_size(*size, self.spec.format)
            except ValueError as error:
                text = f"{subject.title} has no image at {scale:g}: {error}"
                self.warnings.append(text)
                continue
            found.append((scale, size))
        return found

    def _scales(self, width: int, height: int) -> list[float]:
        if not self._fits_a_box:
            return self.spec.scales
        across, down = self.spec.max_width or width, self.spec.max_height or height
        return [min(1.0, across / width, down / height)]

    def _check_pixels(self, width: int, height: int) -> None:
        bits = self.deep.depth if self.deep is not None else 8
        most = self.limits.max_image_pixels * 8 // bits
        if width * height > most:
            raise ValueError(
                f"it would have {width} x {height} pixels; {most} are allowed together"
            )

    def _write(
        self, subject: _Subject, box: Box, scale: float, pixels: Samples
    ) -> None:
        spec, ending = self.spec, ENDINGS[self.spec.format]
        number = len(self.images) + 1
        image = write_image(
            self.out_dir,
            f"{number:05}.{ending}",
            pixels,
            format=spec.format,
            quality=spec.quality,
            lossless=spec.lossless,
            background=spec.background,
            profile=self.deep.profile if self.deep is not None else None,
            is_cmyk=self.deep is not None and self.deep.is_cmyk,
        )
        made = RenderedImage(
            image=image,
            number=number,
            name=file_name(subject.stem, 1 if self._fits_a_box else scale, ending),
            scale=round(scale, 6),
            layer_id=subject.layer_id,
            slice_id=subject.slice_id,
            left=box[0],
            top=box[1],
        )
        self.images.append(made)
        self.done += 1
        self.report(ExportProgress(self.done, self.total, image))
