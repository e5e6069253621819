"""A renderer whose layers show what a row puts into them, and that keeps what stays.

What no slot touches is composed once for a region of the canvas: each such layer with
its effects, and runs of them as one where that is the same to the last level.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from psd_tools import PSDImage
from psd_tools.api.layers import Group, Layer
from psd_tools.constants import BlendMode

from onemanage.psd.domain.boxes import NOWHERE, Box, intersect, is_empty
from onemanage.psd.domain.layers import is_adjustment
from onemanage.psd.domain.render import effects, typeset
from onemanage.psd.domain.render.canvas import Canvas, times
from onemanage.psd.domain.render.masks import coverage
from onemanage.psd.domain.render.ranges import is_restricted, left_out
from onemanage.psd.domain.render.renderer import (
    Made,
    Renderer,
    clipping_groups,
    clips_as_group,
    knockout,
    passes_through,
)
from onemanage.psd.domain.render.strokes import Painted
from onemanage.psd.domain.templates.kept import (
    Budget,
    Plan,
    Run,
    Sibling,
    Siblings,
    Step,
    cropped,
)
from onemanage.psd.domain.templates.showing import Showing

_DEEPEST = 20
"""Groups within groups whose layers are drawn as if they were not in them."""


@dataclass
class FilledRenderer(Renderer):
    """Draws the layers as ``showing`` has them."""

    showing: Showing = field(default_factory=Showing)

    @classmethod
    def of(cls, document: PSDImage, showing: Showing) -> "FilledRenderer":
        """One for a document."""
        return cls(document, showing.shows, showing=showing)

    def own_source(self, layer: Layer, box: Box) -> Canvas | None:
        """As the row has it, under the layer's masks."""
        filled = self.showing.canvases.get(id(layer))
        if filled is None:
            found = super().own_source(layer, box)
            recolored = self.showing.colors.get(id(layer))
            return recolored(layer, found) if recolored and found else found
        box = intersect(box, filled.box)
        if is_empty(box):
            return None
        found = filled.window(box)
        mask = coverage(layer, box)
        if mask is not None:
            found.alpha = times(found.alpha, mask)
        return found

    def own_box(self, layer: Layer) -> Box:
        """Of what the row puts there."""
        filled = self.showing.canvases.get(id(layer))
        return super().own_box(layer) if filled is None else filled.box

    def begin(self) -> None:
        """Another row: where loose layers are is to be found out anew."""
        for key in self.showing.loose:
            self._reaches.pop(key, None)


@dataclass
class RegionRenderer(FilledRenderer):
    """Keeps, within ``region``, what is the same for every row."""

    region: Box = NOWHERE
    budget: Budget = field(default_factory=lambda: Budget(0))
    _kept: dict[tuple[int, int], tuple[Box, Made | None]] = field(default_factory=dict)
    _plans: dict[int, "Plan"] = field(default_factory=dict)
    _extents: dict[int, Box] = field(default_factory=dict)

    def composed(self, box: Box) -> Canvas:
        """The document on a box within the region."""
        plan = self._plan(self.document)
        if plan.ground is None or plan.steps is None:
            canvas = Canvas.transparent(box, self.document.color_mode)
            self.draw(canvas, self.document)
            return canvas
        canvas = plan.ground.window(box).copy()
        self._draw_steps(canvas, plan.steps)
        return canvas

    def draw(self, canvas: Canvas, layers: Iterable[Layer]) -> None:
        """By a plan, made at the first time, where the canvas lies in the region."""
        plan = self._plan(layers)
        if plan.steps is None or not _holds(self.region, canvas.box):
            self._draw_siblings(canvas, plan.siblings)
            return
        steps = plan.steps
        if plan.ground is not None and not canvas.alpha.any():
            window = plan.ground.window(canvas.box)
            canvas.color[:], canvas.alpha[:] = window.color, window.alpha
        else:
            if plan.below_steps is None:
                plan.below_steps = self._steps(plan.below)
            steps = plan.below_steps + steps
        self._draw_steps(canvas, steps)

    def _draw_steps(self, canvas: Canvas, steps: Sequence["Step"]) -> None:
        for step in steps:
            if isinstance(step, Run):
                canvas.draw(step.canvas, is_type=step.is_type)
            else:
                self._draw_siblings(canvas, [step])

    def extent(self, layer: Layer) -> Box:
        """Kept where it is the same for every row."""
        if id(layer) in self.showing.loose:
            return super().extent(layer)
        found = self._extents.get(id(layer))
        if found is None:
            found = self._extents[id(layer)] = super().extent(layer)
        return found

    def styled(
        self,
        layer: Layer,
        within: Sequence[Layer],
        box: Box,
        ground: Canvas,
        *,
        is_punched: bool = False,
    ) -> Made | None:
        """Kept for the region where it is the same for every row, whatever is below."""
        if not self._is_kept(layer, within) or not _holds(self.region, box):
            return super().styled(layer, within, box, ground, is_punched=is_punched)
        key = id(layer), is_punched
        kept = self._kept.get(key)
        if kept is None or not _holds(kept[0], box):
            whole = intersect(self.region, self.reach(layer))
            if not _holds(whole, box):
                return super().styled(layer, within, box, ground, is_punched=is_punched)
            made = super().styled(layer, within, whole, ground, is_punched=is_punched)
            kept = whole, made
            if made is None or self.budget.takes(_canvases(made)):
                self._kept[key] = kept
        return None if kept[1] is None else _window(kept[1], box)

    def _is_kept(self, layer: Layer, within: Sequence[Layer]) -> bool:
        if any(id(one) in self.showing.loose for one in within):
            return False
        if id(layer) in self.showing.loose and (
            isinstance(layer, Group) or not self.showing.is_own(layer)
        ):
            return False
        return not isinstance(layer, Group) or _is_isolated(layer)

    def _plan(self, layers: Iterable[Layer]) -> "Plan":
        found = self._plans.get(id(layers))
        if found is None:
            found = self._plans[id(layers)] = self._planned(layers)
        return found

    def _siblings(self, layers: Iterable[Layer], depth: int = 0) -> Iterator[Sibling]:
        """With what is in groups that only pass through, as it stands there."""
        for layer, clipped in clipping_groups(layers):
            if (
                isinstance(layer, Group)
                and depth < _DEEPEST
                and self._only_passes(layer, clipped)
            ):
                if self.showing.shows(layer):
                    yield from self._siblings(layer, depth + 1)
            else:
                yield layer, clipped

    def _only_passes(self, group: Group, clipped: Sequence[Layer]) -> bool:
        return (
            id(group) not in self.showing.leaves
            and passes_through(group, clipped)
            and group.opacity == 255
            and coverage(group, (0, 0, 1, 1)) is None
            and not any(knockout(layer) for layer in group)
        )

    def _planned(self, layers: Iterable[Layer]) -> "Plan":
        siblings: Siblings = list(self._siblings(layers))
        if any(knockout(layer) for layer, _ in siblings):
            return Plan(siblings)
        plan = Plan(siblings)
        rest = list(siblings)
        while rest and self._is_steady(*rest[0]):
            plan.below.append(rest.pop(0))
        ground = Canvas.transparent(self.region, self.document.color_mode)
        self._draw_siblings(ground, plan.below)
        if self.budget.takes([ground]):
            plan.ground = ground
        plan.steps = self._steps(rest)
        return plan

    def _steps(self, siblings: Siblings) -> list["Step"]:
        steps: list[Step] = []
        for layer, clipped in siblings:
            is_steady = self._is_steady(layer, clipped)
            if is_steady and not self.showing.shows(layer):
                continue
            try:
                made = self._plain(layer, clipped) if is_steady else None
            except MemoryError:
                raise
            except Exception:  # it is told when it is drawn, by itself
                made = None
            if made is None:
                steps.append((layer, clipped))
                continue
            for source, is_type in made:
                self._add_run(steps, source, is_type)
        return steps

    def _plain(
        self, layer: Layer, clipped: Sequence[Layer]
    ) -> list[tuple[Canvas, bool]] | None:
        """What is drawn of it, in order, where all of that is in normal mode and nothing
        else than that; None where the layer is to be drawn by itself."""
        box = intersect(self.region, self.reach(layer))
        if is_empty(box):
            return []
        if (
            is_adjustment(layer)
            or layer.blend_mode is not BlendMode.NORMAL
            or left_out(layer)
            or is_restricted(layer)
            or (clipped and not clips_as_group(layer))
            or (isinstance(layer, Group) and not _is_isolated(layer))
        ):
            return None
        nothing = Canvas.transparent(box, self.document.color_mode)
        made = super().styled(layer, clipped, box, nothing)
        if made is None:
            return []
        around = (*made.styled.below, *made.styled.above)
        if made.strength < 1 or any(x.mode is not BlendMode.NORMAL for x in around):
            return None
        is_type = typeset.is_type(layer)
        return [
            *((painted.canvas, False) for painted in made.styled.below),
            (made.styled.source, is_type),
            *((painted.canvas, False) for painted in made.styled.above),
        ]

    def _add_run(self, steps: list["Step"], source: Canvas, is_type: bool) -> None:
        source = cropped(source)
        if is_empty(source.box):
            return
        last = steps[-1] if steps else None
        if isinstance(last, Run) and last.takes(source, is_type):
            last.put(source, self.document)
        elif self.budget.takes([source]):
            steps.append(
                Run(Canvas(source.box, source.color, source.alpha).copy(), is_type)
            )
        else:
            steps.append(Run(source, is_type))

    def _is_steady(self, layer: Layer, clipped: Sequence[Layer]) -> bool:
        loose = self.showing.loose
        return id(layer) not in loose and not any(id(one) in loose for one in clipped)


def _is_isolated(group: Group) -> bool:
    """Whether what is below does not show in what it is by itself."""
    return group.blend_mode is not BlendMode.PASS_THROUGH


def _holds(box: Box, other: Box) -> bool:
    return (
        box[0] <= other[0]
        and box[1] <= other[1]
        and box[2] >= other[2]
        and box[3] >= other[3]
    )


def _canvases(made: Made) -> list[Canvas]:
    painted = (*made.styled.below, *made.styled.above)
    return [made.source, made.styled.source, *(one.canvas for one in painted)]


def _window(made: Made, box: Box) -> Made:
    """The part of it in ``box``."""

    def part(canvas: Canvas) -> Canvas:
        both = intersect(canvas.box, box)
        return canvas.window(both if not is_empty(both) else _nothing_of(canvas.box))

    def all_of(painted: list[Painted]) -> list[Painted]:
        return [replace(one, canvas=part(one.canvas)) for one in painted]

    styled = effects.Styled(
        part(made.styled.source),
        all_of(made.styled.below),
        all_of(made.styled.above),
    )
    return Made(made.source, styled, made.strength)


def _nothing_of(box: Box) -> Box:
    return box[0], box[1], box[0], box[1]
