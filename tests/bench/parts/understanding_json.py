"""JSON as services answer it and programs log it, and files that are packed."""

import bz2
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from .understanding_cells import (
    Cell,
    Recipe,
    code,
    count,
    flags,
    gaps,
    num,
    when,
    words,
)
from .understanding_files import Case, Kind, cells
from .understanding_lists import ORDERS
from .understanding_shapes import sheet

type Columns = Sequence[tuple[str, Recipe]]
type Objects = list[dict[str, Any]]

_COLUMNS: Columns = (
    ("id", count()),
    ("name", words("fr")),
    ("price", num("-1234.50")),
    ("active", flags("true", "false")),
    ("created", when("{y}-{mm}-{dd}T{HH}:{MM}:{SS}Z", offset=0)),
    ("sku", code("00000")),
)


def _plain(cell: Cell, words_: bool) -> object:
    value = cell.value
    if value is None or (isinstance(value, bool | int) and not words_):
        return value
    if isinstance(value, Decimal) and not words_:
        return float(value)
    return cell.text


def _case(
    columns: Columns,
    write: Callable[[Objects], str],
    *,
    name: str = "data.json",
    texts: bool = False,
    known: bool = True,
) -> Callable[[random.Random], Case]:
    """``texts`` has all values as text; not ``known`` are lines of the rows."""

    def make(chance: random.Random) -> Case:
        rows = cells(chance, [one for _, one in columns], chance.randint(14, 40))
        names = [one for one, _ in columns]
        objects: Objects = [
            {key: _plain(cell, texts) for key, cell in zip(names, row, strict=True)}
            for row in rows
        ]
        data = write(objects).encode()
        return Case(name, data, names, rows, None, reads_as="json")

    return make


def _lines(objects: Objects) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def _without_nulls(objects: Objects) -> str:
    return _lines([{k: v for k, v in one.items() if v is not None} for one in objects])


def _shuffled(objects: Objects) -> str:
    chance = random.Random(len(objects))
    head, *rest = objects
    made = [head]
    for one in rest:
        keys = list(one)
        chance.shuffle(keys)
        made.append({key: one[key] for key in keys})
    return _lines(made)


def kinds() -> Iterator[Kind]:
    gapped: Columns = (*_COLUMNS[:3], ("rate", gaps(num("1234.50"), "")))
    for name, make in {
        "a list": _case(_COLUMNS, json.dumps),
        "a list, pretty": _case(_COLUMNS, lambda found: json.dumps(found, indent=2)),
        "a list, one object a line": _case(
            _COLUMNS, lambda found: "[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n"
        ),
        "lines": _case(_COLUMNS, _lines, name="data.ndjson"),
        "lines, CRLF": _case(_COLUMNS, lambda one: _lines(one).replace("\n", "\r\n")),
        "objects behind each other": _case(
            _COLUMNS,
            lambda found: "\n".join(json.dumps(one, indent=1) for one in found),
        ),
        "a mark before": _case(_COLUMNS, lambda found: "\ufeff" + json.dumps(found)),
        "all as text": _case(_COLUMNS, json.dumps, texts=True),
        "nulls": _case(gapped, json.dumps),
        "keys left out": _case(gapped, _without_nulls),
        "keys in any order": _case(_COLUMNS, _shuffled),
        "escapes": _case(_COLUMNS, lambda one: json.dumps(one, ensure_ascii=True)),
        "under a key": _case(
            _COLUMNS, lambda one: json.dumps({"status": "ok", "data": one, "count": 1})
        ),
        "lists with names first": _case(_COLUMNS[:2], _listed),
    }.items():
        yield Kind("JSON", name, make)
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "bzip2": bz2.compress,
        "zip": _zipped,
        "NULs behind": lambda data: data + bytes(512),
        "two marks before": lambda data: b"\xef\xbb\xbf\xef\xbb\xbf" + data,
    }
    for name, pack in packers.items():

        def packed(
            chance: random.Random, pack: Callable[[bytes], bytes] = pack
        ) -> Case:
            case = sheet(ORDERS)(chance)
            return case._replace(data=pack(case.data), reads_as="packed")

        yield Kind("packed", name, packed)


def _listed(objects: Objects) -> str:
    return json.dumps([list(objects[0]), *(list(one.values()) for one in objects)])


def _zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("orders.csv", data)
    return made.getvalue()
