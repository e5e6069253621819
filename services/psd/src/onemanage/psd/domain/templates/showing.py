"""What a row shows in the place of what the document has."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from psd_tools.api.layers import Layer

from onemanage.psd.domain.render.canvas import Canvas


@dataclass
class Showing:
    """What a row shows, by ``id`` of layers.

    ``leaves`` are the layers that slots touch, ``loose`` these and all around them: the
    groups that hold them, and the bases that they are clipped to.
    """

    leaves: frozenset[int] = frozenset()
    loose: frozenset[int] = frozenset()
    canvases: dict[int, Canvas] = field(default_factory=dict)
    """Colour and coverage in the place of a layer's own, before its masks."""
    colors: dict[int, Callable[[Layer, Canvas], Canvas]] = field(default_factory=dict)
    """What makes a layer's own pixels another colour."""
    shown: dict[int, bool] = field(default_factory=dict)
    """In the place of what the document says."""
    sources: dict[int, Hashable] = field(default_factory=dict)
    """What canvases are of that other rows may show, too: the same is the same canvas."""

    def shows(self, layer: Layer) -> bool:
        """Whether the eye beside the layer is open."""
        found = self.shown.get(id(layer))
        return bool(layer.visible) if found is None else found

    def may_return(self, layer: Layer) -> bool:
        """Whether other rows are likely to show the very same."""
        number = id(layer)
        is_known = number not in self.canvases or number in self.sources
        return is_known and number not in self.colors

    @contextmanager
    def without(self, layers: Iterable[Layer]) -> Iterator[None]:
        """Within it these are not shown."""
        before = dict(self.shown)
        self.shown |= {id(layer): False for layer in layers}
        try:
            yield
        finally:
            self.shown = before

    def clear(self) -> None:
        """The document as it is."""
        for one in (self.canvases, self.colors, self.shown, self.sources):
            one.clear()

    def is_own(self, layer: Layer) -> bool:
        """Whether the layer shows what it has in the document."""
        return id(layer) not in self.canvases and id(layer) not in self.colors
