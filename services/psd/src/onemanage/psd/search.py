"""The statement that finds layers, and what is kept of a layer for it.

Three characters and more are found by a trigram index; fewer by reading the layers of
the workspace. Both find the same, in every script.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    TextClause,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from onemanage.contracts.psd.manifest import LayerDetails
from onemanage.contracts.psd.search import LAYER_KINDS, SearchLayers
from onemanage.platform.database.sessions import one_of
from onemanage.platform.messaging.queries import seconds_left
from onemanage.psd.models import DocumentRow, LayerRow

_SETTINGS = text("""
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
           set_config('statement_timeout', :milliseconds, true)
""")
_TO_TELL = 0.1
"""Seconds before the answer is due by which a search has ended, to say so."""

_MAX_CHARACTERS = 200
_MAX_WORDS = 8
_MAX_LIMIT = 200
_MAX_TOLERANCE = 64
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


TOO_LONG = "Too many layers are like that. Look for more words, or in one document."


class InvalidSearch(ValueError):
    """A question that has no answer, in words for the person who asked."""


def settings() -> TextClause:
    """Of the transaction: one plan for all words would know nothing of how rare each is,
    and the search ends before its answer is due."""
    milliseconds = max(1, round(1000 * (seconds_left() - _TO_TELL)))
    return _SETTINGS.bindparams(milliseconds=str(milliseconds))


def took_too_long(error: DBAPIError) -> bool:
    """Whether it is the end of the time that ``settings`` gives."""
    return getattr(error.orig, "sqlstate", None) == "57014"


def terms(details: LayerDetails | None) -> dict[str, Any]:
    """The columns ``fonts`` and ``colors`` of a layer."""
    if details is None:
        return {"fonts": [], "colors": []}
    names = {*details.fonts}
    if details.text is not None:
        names |= {run.family for run in details.text.runs}
    folded = {_folded_font(name) for name in names} - {""}
    colors = [int(color.removeprefix("#"), 16) for color in details.colors]
    return {"fonts": sorted(folded), "colors": colors}


def statement(query: SearchLayers, brief: Sequence[Any]) -> Select[Any]:
    """Rows of ``brief``, ``document_id``, ``document_name`` and ``rank``, best first.

    One more than ``limit``, which tells whether there are more. Raises InvalidSearch.
    """
    words = _words(query.q)
    criteria = [*_criteria(query, words)]
    if not criteria:
        raise InvalidSearch(
            "There is nothing to look for. Give q, font, color or kind."
        )
    if not 1 <= query.limit <= _MAX_LIMIT:
        raise InvalidSearch(f"limit must be from 1 to {_MAX_LIMIT}.")
    rank = _rank(" ".join(words)) if words else literal(0, Integer)
    order = (rank, col(LayerRow.document_id), col(LayerRow.layer_id))
    asked = (
        select(*brief, col(LayerRow.document_id), rank.label("rank"))
        .where(col(LayerRow.workspace_id) == query.workspace_id, *criteria)
        .order_by(*order)
        .limit(query.limit + 1)
    )
    if query.document_id is not None:
        asked = asked.where(col(LayerRow.document_id) == query.document_id)
    if query.after is not None:
        last = query.after
        place = (last.rank, last.document_id, last.layer_id)
        asked = asked.where(tuple_(*order) > place)
    # Joined to what is left, so that no plan looks through the index once a document.
    found = asked.subquery("found")
    return (
        select(found, col(DocumentRow.name).label("document_name"))
        .join(DocumentRow, col(DocumentRow.document_id) == found.c.document_id)
        .where(col(DocumentRow.workspace_id) == query.workspace_id)
        .order_by(found.c.rank, found.c.document_id, found.c.layer_id)
    )


def _criteria(
    query: SearchLayers, words: Sequence[str]
) -> Iterator[ColumnElement[bool]]:
    for word in words:
        yield col(LayerRow.searchable).like(func.lower(f"%{_escaped(word)}%"))
    if query.font is not None:
        font = _folded_font(query.font)
        if not font:
            raise InvalidSearch(
                "font must be the name of a font, such as Arial-BoldMT."
            )
        yield col(LayerRow.fonts).contains([font])
    if query.color is not None:
        yield _has_color(query.color, query.color_tolerance)
    if query.kinds:
        unknown = sorted(set(query.kinds) - set(LAYER_KINDS))
        if unknown:
            raise InvalidSearch(
                f"There is no kind {unknown[0]!r}. Kinds are {', '.join(LAYER_KINDS)}."
            )
        yield one_of(col(LayerRow.kind), query.kinds)


def _words(q: str | None) -> list[str]:
    if q is None:
        return []
    if len(q) > _MAX_CHARACTERS or "\0" in q:
        raise InvalidSearch(f"q must be text of at most {_MAX_CHARACTERS} characters.")
    # Before any escaping: a wide percent sign becomes a plain one here.
    words = unicodedata.normalize("NFKC", q).split()
    if not words:
        raise InvalidSearch("q is empty. Leave it out, or say what to look for.")
    if len(words) > _MAX_WORDS:
        raise InvalidSearch(f"q has more than {_MAX_WORDS} words. Give fewer.")
    return words


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def _rank(phrase: str) -> ColumnElement[int]:
    """The name is it, begins with it, holds it, or does not; then by likeness.

    Whole thousands tell which, and what is below them how little alike the two are.
    """
    searchable = col(LayerRow.searchable)
    name = func.split_part(searchable, "\n", 1)
    pattern = _escaped(phrase)
    tier = case(
        (searchable.like(func.lower(f"{pattern}\n%")), 0),
        (searchable.like(func.lower(f"{pattern}%")), 1),
        (name.like(func.lower(f"%{pattern}%")), 2),
        else_=3,
    )
    likeness = func.round(func.public.similarity(name, func.lower(phrase)) * 999)
    return tier * 1000 + 999 - cast(likeness, Integer)


def _has_color(given: str, tolerance: int) -> ColumnElement[bool]:
    if not _COLOR.fullmatch(given):
        raise InvalidSearch("color must be #rrggbb, such as #ff8800.")
    if not 0 <= tolerance <= _MAX_TOLERANCE:
        raise InvalidSearch(
            f"The tolerance of a color must be from 0 to {_MAX_TOLERANCE}."
        )
    wanted = int(given[1:], 16)
    if not tolerance:
        return col(LayerRow.colors).contains([wanted])
    color: ColumnElement[int] = func.unnest(col(LayerRow.colors)).column_valued("color")
    near = [
        func.abs(_channel(color, shift) - (wanted >> shift & 255)) <= tolerance
        for shift in (16, 8, 0)
    ]
    return exists(select(1).where(and_(*near)))


def _channel(color: ColumnElement[int], shift: int) -> ColumnElement[int]:
    return color.bitwise_rshift(shift).bitwise_and(255)


def _folded_font(name: str) -> str:
    """``Noto Sans JP`` and ``NotoSansJP`` are one font."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())
