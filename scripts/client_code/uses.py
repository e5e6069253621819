"""A use of each method: for the checkers of types, and for a test that calls them."""

from __future__ import annotations

from collections.abc import Iterator

from client_code import sync
from client_code.schema import literal
from client_code.signature import Parameter, Signature

_HEAD = '''"""Each method of the client, used once, both async and sync.

Made by scripts/client.py from the API's description; do not change it by hand. mypy and
pyright check it strictly, and a test calls each and looks at what was asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from onemanage.client import AsyncOneManage, Event, OneManage, types
'''
_SAMPLES = {
    "file_id": "fil_00000000000000000000000000000000",
    "source": "fil_00000000000000000000000000000000",
    "signature": "sig",
    "expiry": "4102444800",
    "address": "a/b",
    "recipe": "w_400",
    "name": "small",
}


def module(found: list[Signature]) -> str:
    """Its text, not yet formatted."""
    uses = "\n\n".join("\n".join(_use(one)) for one in found)
    names = [one.operation_id for one in found]
    return "\n\n".join(
        [
            _HEAD,
            uses,
            sync.twin(uses),
            "ASYNC_CALLS: dict[str, Callable[[AsyncOneManage], Awaitable[object]]] = "
            f"{{{', '.join(f'{name!r}: async_{name}' for name in names)}}}",
            "CALLS: dict[str, Callable[[OneManage], object]] = "
            f"{{{', '.join(f'{name!r}: {name}' for name in names)}}}",
        ]
    )


def _use(one: Signature) -> Iterator[str]:
    call = f"client.{one.resource}.{one.method}({', '.join(_values(one))})"
    answer, body = one.answer, f"return await {call}"
    match one.kind:
        case "none":
            answer, body = "None", f"await {call}"
        case "either":
            answer = f"{one.answer} | {one.later}"
        case "pages":
            body = f"return await {call}.first_page()"
        case "content":
            answer, body = "bytes", f"return await {call}.read()"
        case "events":
            answer = "Event | None"
            body = f"async for event in {call}:\n        return event\n    return None"
    name = f"async_{one.operation_id}"
    yield f"async def {name}(client: AsyncOneManage) -> {answer}:"
    yield f"    {body}"
    yield ""


def _values(one: Signature) -> Iterator[str]:
    for each in one.of("path"):
        yield _value(each)
    if one.source:
        yield 'b"bytes"'
    for each in one.parameters:
        if each.place == "path" or (one.source and each.place == "json"):
            continue
        if each.is_required or each.example is not None:
            yield f"{each.name}={_value(each)}"
    if one.waits:
        yield "wait=10"
    if one.if_match:
        yield "if_match='\"version\"'"
    if one.accept:
        yield 'accept="image/webp"'
    if one.once:
        yield 'idempotency_key="once"'


def _value(each: Parameter) -> str:
    if each.annotation == "int":
        return literal(each.example if isinstance(each.example, int) else 1)
    if each.example is not None:
        return literal(each.example)
    return literal(_SAMPLES.get(each.name, "text"))
