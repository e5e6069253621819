"""Which layers of a document are meant."""

import unicodedata
from collections.abc import Sequence
from fnmatch import fnmatchcase

from onemanage.contracts.psd.renditions import LayerSelection
from onemanage.psd.domain.layers import Node

_WITHOUT_OWN_PIXELS = ("group", "artboard", "adjustment")


def selected(
    nodes: Sequence[Node], names: dict[int, str], wanted: LayerSelection
) -> list[Node]:
    """Those that are meant, in the order of ``nodes``; ``names`` are by layer id."""
    ids = frozenset(wanted.ids)
    patterns = [_plain(pattern) for pattern in wanted.names]
    is_pointed_at = bool(ids or patterns)

    def fits(node: Node) -> bool:
        if wanted.visible_only and not node.shown:
            return False
        if wanted.kinds and node.kind not in wanted.kinds:
            return False
        if not is_pointed_at:
            return bool(wanted.kinds) or node.kind not in _WITHOUT_OWN_PIXELS
        if node.layer_id in ids:
            return True
        name = _plain(names[node.layer_id])
        return any(fnmatchcase(name, pattern) for pattern in patterns)

    return [node for node in nodes if fits(node)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
