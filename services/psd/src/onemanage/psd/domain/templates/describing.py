"""What a slot shows now: its box, its default, its fonts, its choices."""

from collections.abc import Callable, Sequence
from pathlib import Path

from onemanage.contracts.psd.templates import Slot
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.read import describe
from onemanage.psd.domain.templates.corners import corners_of
from onemanage.psd.domain.templates.finding import Finding, Found
from onemanage.psd.domain.templates.subject import Subject
from onemanage.psd.domain.templates.tags import TAG, tags, untagged
from onemanage.psd.domain.templates.targets import color_of
from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.styled import StyledText

MAX_CHOICES = 200
_NONE: list[str] = []
_MAX_DEFAULT = 10_000
"""Characters of a default that are told."""


def described(
    subject: Subject, found: Sequence[Found], fonts: Sequence[Path]
) -> tuple[list[Slot], list[str]]:
    """The slots with what they show, and warnings of what cannot be told."""
    describing = _Describing(fonts)
    return [describing.slot(subject, one) for one in found], describing.warnings


class _Describing:
    def __init__(self, fonts: Sequence[Path]) -> None:
        self.warnings: list[str] = []
        self._shelf = FontShelf(fonts)
        self.warnings += [f"{path.name} is no font." for path in self._shelf.unreadable]

    def slot(self, subject: Subject, found: Found) -> Slot:
        node = subject.node(found.layer_ids[0])
        box: list[float] = []
        box = self._asked(found, lambda: _box(subject, node), box)
        at, shown, like = subject, node, found
        if found.inside is not None:
            inner = subject.inner(node)
            like = Finding(inner).run()[found.inside] if inner else found
            if inner is not None:
                at, shown = inner, inner.node(like.layer_ids[0])
        if like.kind == "picture":
            told = self._asked(found, lambda: _not_followed(at, like.layer_ids), _NONE)
            self.warnings += told
        fonts = self._asked(found, lambda: _fonts(at, shown, like), _NONE)
        missing = self._asked(found, lambda: self._missing(at, shown, fonts), _NONE)
        return Slot(
            name=found.name,
            kind=found.kind,
            layer_ids=list(found.layer_ids),
            origin=found.origin,
            tag=found.tag,
            box=box,
            default=self._asked(found, lambda: _default(at, shown, like), None),
            example=found.example,
            fonts=fonts,
            missing_fonts=missing,
            choices=choices(at, shown) if found.kind == "choice" else [],
            target=found.target,
            inside=found.inside,
            rules=found.rules,
        )

    def _missing(self, subject: Subject, node: Node, fonts: list[str]) -> list[str]:
        text = subject.text(node) if fonts else None
        absent = set() if text is None else set(self._shelf.missing(text))
        return [name for name in fonts if name in absent]

    def _asked[T](self, found: Found, ask: Callable[[], T], default: T) -> T:
        try:
            return ask()
        except Exception as error:  # psd-tools parses these late and raises anything
            text = f"Slot {found.name!r} cannot be described whole: {describe(error)}."
            self.warnings.append(text)
            return default


def choices(subject: Subject, group: Node) -> list[str]:
    """The names of a group's layers from the bottom up, each once."""
    names = (untagged(subject.name(one)) for one in subject.children(group))
    return list(dict.fromkeys(name for name in names if name))[:MAX_CHOICES]


def _not_followed(subject: Subject, layer_ids: Sequence[int]) -> list[str]:
    """Of the places of a picture, so that it is known before anything is made."""
    found = []
    for node in map(subject.node, layer_ids):
        corners = corners_of(subject, node)
        told = corners.warnings if corners is not None else ()
        name = subject.name(node)
        found += [f"Layer {node.layer_id} {name!r} {one}." for one in told]
    return found


def _box(subject: Subject, node: Node) -> list[float]:
    corners = corners_of(subject, node)
    if corners is None:
        return [float(edge) for edge in node.box]
    across, down = corners.quad[:, 0], corners.quad[:, 1]
    edges = (across.min(), down.min(), across.max(), down.max())
    return [round(float(edge), 2) for edge in edges]


def _default(subject: Subject, node: Node, found: Found) -> str | bool | None:
    match found.kind:
        case "text" if found.tag is not None:
            return found.tag
        case "text":
            text = subject.text(node)
            return None if text is None else text.plain[:_MAX_DEFAULT]
        case "color":
            return color_of(subject, node, found.target or "fill")
        case "visibility":
            return bool(node.layer.visible)
        case "choice":
            shown = (x for x in subject.children(node) if x.layer.visible)
            return next((untagged(subject.name(x)) for x in shown), None)
    return None


def _fonts(subject: Subject, node: Node, found: Found) -> list[str]:
    if found.kind != "text":
        return []
    text = subject.text(node)
    if text is None:
        return []
    return text.fonts if found.tag is None else _fonts_at(text, found.tag)


def _fonts_at(text: StyledText, tag: str) -> list[str]:
    """Of the first characters of the tag, whose style its value takes."""
    found: dict[str, None] = {}
    name = next((one.name for one in tags(tag)), None)
    plain = text.plain
    places = [m.start() for m in TAG.finditer(plain) if m[1] == name]
    for place in places or [plain.find(tag)]:
        at = 0
        for run in text.runs:
            if at <= place < at + len(run.text) and run.style.font:
                found[run.style.font] = None
            at += len(run.text)
    return list(found)
