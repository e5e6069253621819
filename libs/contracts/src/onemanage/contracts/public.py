"""Which fields of a Struct the API may show. What is not declared stays inside.

A declaration stands on the Struct itself, and its subclasses inherit it::

    @shows("document_id", "width", "height")
    class Document(msgspec.Struct): ...

A field that is added to it is not shown until it is named there.
"""

from collections.abc import Callable

import msgspec

_NAMED: dict[type[msgspec.Struct], frozenset[str]] = {}
_WHOLE: set[type[msgspec.Struct]] = set()


def shows[S: msgspec.Struct](*names: str) -> Callable[[type[S]], type[S]]:
    """Of the Struct these fields, and those that its bases show. Raises TypeError
    where it has no such field.
    """

    def declare(kind: type[S]) -> type[S]:
        unknown = sorted(set(names).difference(kind.__struct_fields__))
        if unknown:
            raise TypeError(f"{kind.__name__} has no {', '.join(unknown)} to show")
        _NAMED[kind] = frozenset(names)
        return kind

    return declare


def shows_all[S: msgspec.Struct](kind: type[S]) -> type[S]:
    """All of its fields, and all of its subclasses': for what users write or read as
    a whole, such as a recipe, and where nothing inner can be meant to stand.
    """
    _WHOLE.add(kind)
    return kind


def public_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The names, as Python has them. Raises LookupError where nothing is declared."""
    declared = [base for base in kind.__mro__ if base in _WHOLE or base in _NAMED]
    if not declared:
        raise LookupError(
            f"{kind.__name__} does not say which of its fields are public: see shows"
        )
    if any(base in _WHOLE for base in declared):
        return frozenset(kind.__struct_fields__)
    return frozenset().union(*(_NAMED[base] for base in declared))
