"""JSON into batches of String columns: objects are rows, their keys the columns.

They stand one a line, in a list, or one behind the other over several lines.

Numbers keep the digits they are written with; values that are objects or lists stay
JSON.
"""

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from onemanage.contracts.imports.plans import Reject, TablePlan
from onemanage.data_import.domain.batch import Batch, raw_rows, shown
from onemanage.data_import.domain.errors import check_columns
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.decode import utf8_blocks
from onemanage.data_import.domain.reading.json_values import (
    VALUES,
    json_layout,
    json_values,
)
from onemanage.data_import.domain.reading.json_wrapper import (
    Wrapper,
    find_wrapper,
    unwrapped,
)
from onemanage.data_import.domain.rows import Splitter

type Fields = dict[str, msgspec.Raw]

_HEAD = 64 << 10
_NULL = msgspec.Raw(b"null")


class JsonRows(NamedTuple):
    """Objects with their lines, and the lines that are none."""

    lines: list[int]
    objects: list[Fields]
    rejects: list[Reject]
    raw: list[list[str]]


def read_jsonl(path: Path, table: TablePlan) -> Iterator[Batch]:
    """Batches of about 4 MiB. A key that the plan does not know is a reject."""
    known = {column.header for column in table.columns}
    wanted = {str(one.position): one.header for one in table.columns if one.include}
    check_columns(len(known), table.member)
    for rows in json_rows(path, table, known):
        columns = {
            name: _texts(name, [one.get(header, _NULL) for one in rows.objects])
            for name, header in wanted.items()
        }
        yield Batch(
            pl.DataFrame(columns),
            pl.Series("line", rows.lines, pl.Int64),
            rows.rejects,
            raw_rows(rows.raw),
        )


def json_rows(
    path: Path, table: TablePlan, known: Set[str] | None = None
) -> Iterator[JsonRows]:
    """As `read_jsonl`, before objects become columns; ``known`` None lets any key in."""
    layout, wrapper = layout_of(path, table.member)
    with open_bytes(path, table.member) as stream:
        blocks = utf8_blocks(stream, table.dialect.encoding)
        if layout == VALUES or wrapper:
            blocks = unwrapped(blocks, wrapper)
            for values in json_values(blocks, only_first_list=wrapper is not None):
                yield _rows(values.lines, values.texts, known)
            return
        for chunk in Splitter(",", None).split(blocks):
            texts = filter(None, chunk.data.splitlines())
            yield _rows(chunk.lines.tolist(), texts, known)


def layout_of(path: Path, member: str | None) -> tuple[str | None, Wrapper | None]:
    """As `json_layout` and `find_wrapper`."""
    with open_bytes(path, member) as stream:
        head = stream.read(_HEAD)
        is_whole = not stream.read(1)
    return json_layout(head), find_wrapper(head, is_whole)


def _rows(
    lines: Iterable[int], texts: Iterable[bytes], known: Set[str] | None
) -> JsonRows:
    decoder = msgspec.json.Decoder(Fields.__value__)
    rows = JsonRows([], [], [], [])
    for line, text in zip(lines, texts, strict=True):
        try:
            fields = decoder.decode(text)
            text.decode()  # the decoder passes over strings without a look inside
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            reject = _reject(line, text, "not_json", f"Not a JSON object: {error}")
        except RecursionError:
            message = "The values are nested too deeply. Write them with fewer levels."
            reject = _reject(line, text, "not_json", message)
        else:
            if known is None or fields.keys() <= known:
                rows.lines.append(line)
                rows.objects.append(fields)
                continue
            key = min(fields.keys() - known)
            message = f"The key {key!r} is not in the plan."
            reject = _reject(line, text, "unknown_key", message)
        rows.rejects.append(reject)
        rows.raw.append([text.decode(errors="replace")])
    return rows


def _reject(line: int, text: bytes, reason: str, message: str) -> Reject:
    value = shown(text.decode(errors="replace"))
    return Reject(line=line, column=None, value=value, reason=reason, message=message)


def _texts(name: str, values: list[msgspec.Raw]) -> pl.Series:
    """JSON values as text; null for null."""
    if not values:
        return pl.Series(name, [], pl.String)
    # None of them holds a newline.
    written = pl.Series(name, b"\n".join(values).decode().split("\n"), pl.String)
    quoted = written.str.starts_with('"')
    if quoted.any():
        inner = written.str.strip_prefix('"').str.strip_suffix('"')
        escaped = (quoted & inner.str.contains("\\", literal=True)).arg_true()
        texts = [msgspec.json.decode(one, type=str) for one in written.gather(escaped)]
        inner = inner.scatter(escaped, texts) if texts else inner
        inner = inner.zip_with(quoted, written)
    else:
        inner = written
    empty = written == "null"
    return inner.set(empty, None) if empty.any() else inner
