"""The module of methods: one for each operation, thin, in classes by resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from client_code import names
from client_code.schema import Description, docstring
from client_code.signature import Parameter, Signature, signature

_HEAD = '''"""A method for each operation of the API.

Made by scripts/client.py from the API's description; do not change it by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from onemanage.client import types
from onemanage.client._async.events import AsyncEventStream
from onemanage.client._async.pages import AsyncPages
from onemanage.client._async.resource import AsyncResource
from onemanage.client._async.transfers import AsyncContent
from onemanage.client.model import Model
from onemanage.client.requests import (Request, beside, body, given, headers, rest, segment)
from onemanage.client.sources import Source, name_of

if TYPE_CHECKING:
    from onemanage.client._async.client import AsyncOneManage
'''
_RESTS = ("address", "recipe")
"""Parameters of addresses that hold slashes."""


def signatures(description: Description) -> list[Signature]:
    """Of all operations, in the document's order."""
    return [signature(description, *one) for one in description.operations()]


def module(found: list[Signature]) -> str:
    """Its text, not yet formatted."""
    resources: dict[str, list[Signature]] = {}
    for one in found:
        parts = one.resource.split(".")
        for count in range(1, len(parts) + 1):
            resources.setdefault(".".join(parts[:count]), [])
        resources[one.resource].append(one)
    # What a resource holds is there before it.
    ordered = sorted(resources, key=lambda name: (-name.count("."), name))
    classes = [_class(name, resources) for name in ordered]
    return "\n\n".join([_HEAD, *classes])


def _class(resource: str, resources: dict[str, list[Signature]]) -> str:
    children = [one for one in resources if one.rpartition(".")[0] == resource]
    lines = [f"class {names.class_of(resource)}(AsyncResource):"]
    lines.append(f'    """``client.{resource}``"""\n')
    if children:
        lines.append("    def __init__(self, client: AsyncOneManage) -> None:")
        lines.append("        super().__init__(client)")
        for one in children:
            name = one.rpartition(".")[2]
            lines.append(f"        self.{name} = {names.class_of(one)}(client)")
        lines.append("")
    # ``list`` hides the type of that name from annotations that follow it.
    methods = sorted(resources[resource], key=lambda one: one.method == "list")
    lines += ["\n".join(_method(one)) for one in methods]
    return "\n".join(lines)


def _method(one: Signature) -> Iterator[str]:
    is_asked = one.kind in ("none", "json", "either")
    word = "async def" if is_asked else "def"
    yield f"    {word} {one.method}({', '.join(_arguments(one))}) -> {_returned(one)}:"
    about = [
        f"``{each.name}``: {' '.join(each.about.split())}"
        for each in one.parameters
        if each.about
    ]
    text = "\n\n".join([one.about, f"``{one.http_method} {one.path}``", *about])
    yield docstring(text, "        ")
    yield f"        request = Request({', '.join(_request(one))})"
    yield (
        f"        return {_call(one)}"
        if one.kind != "none"
        else f"        {_call(one)}"
    )
    yield ""


def _arguments(one: Signature) -> Iterator[str]:
    yield "self"
    for each in one.of("path"):
        yield f"{each.name}: {each.annotation}"
    json_alone = [each for each in one.parameters if each.place in ("json", "both")]
    if one.source:
        yield "source: Source | None = None" if json_alone else "source: Source"
    others = [each for each in one.parameters if each.place != "path"]
    keywords = [*map(_keyword, sorted(others, key=lambda each: not each.is_required))]
    if one.waits:
        keywords.append("wait: float | None = None")
    if one.if_match:
        keywords.append("if_match: str | Model | None = None")
    if one.accept:
        keywords.append("accept: str | None = None")
    if one.resumes:
        keywords.append("last_event_id: str | None = None")
    if one.once:
        keywords.append("idempotency_key: str | None = None")
    if keywords:
        yield "*"
        yield from keywords


def _keyword(each: Parameter) -> str:
    if each.is_required:
        return f"{each.name}: {each.annotation}"
    annotation = each.annotation
    if not annotation.endswith("| None"):
        annotation += " | None"
    return f"{each.name}: {annotation} = None"


def _returned(one: Signature) -> str:
    match one.kind:
        case "json":
            return one.answer
        case "either":
            return f"{one.answer} | {one.later}"
        case "pages":
            return f"AsyncPages[{one.item}, {one.answer}]"
        case "content":
            return "AsyncContent"
        case "events":
            return "AsyncEventStream"
    return "None"


def _request(one: Signature) -> Iterator[str]:
    yield f'"{one.http_method}"'
    path = one.path
    for each in one.of("path"):
        quote = "rest" if each.name in _RESTS else "segment"
        path = path.replace(f"{{{each.wire}}}", f"{{{quote}({each.name})}}")
    yield f'f"{path}"' if one.of("path") else f'"{path}"'
    if query := one.of("query"):
        alone = [each for each in query if each.place == "query"]
        both = [each for each in query if each.place == "both"]
        told = [*_given(alone, one.source)]
        if both:
            told.append(f"**beside(source, {', '.join(_given(both))})")
        yield f"query=given({', '.join(told)})"
    told = ["once=True, idempotency_key=idempotency_key"] if one.once else []
    told += ["wait=wait"] if one.waits else []
    told += ["if_match=if_match"] if one.if_match else []
    told += ["Accept=accept"] if one.accept else []
    told += ['Accept="application/json"'] if one.wants_json else []
    told += ["Last_Event_ID=last_event_id"] if one.resumes else []
    if told:
        yield f"headers=headers({', '.join(told)})"
    if one.answered_with is not None:
        yield f"answered_with={one.answered_with}"
    fields = one.of("json")
    if one.source and fields:
        only = [each.name for each in fields if each.place == "json"]
        yield f"**body(source, given({', '.join(_given(fields))}), {only!r})"
    elif one.source:
        yield "source=source"
    elif fields:
        yield f"json=given({', '.join(_given(fields))})"


def _given(fields: Iterable[Parameter], named: bool = False) -> Iterator[str]:
    """``named``: bytes have the name of the file that they come from."""
    for each in fields:
        value = each.name
        if named and each.wire == "name":
            value = "name or name_of(source)"
        if each.name != each.wire:
            yield f'**{{"{each.wire}": {value}}}'
        else:
            yield f"{each.wire}={value}"


def _call(one: Signature) -> str:
    match one.kind:
        case "json":
            return f"await self._ask(request, {one.answer})"
        case "either":
            return f"await self._ask(request, {one.answer}, {one.later})"
        case "pages":
            items = f'"{one.items}"'
            return f"AsyncPages(self._transport, request, {one.answer}, {items})"
        case "content":
            return "AsyncContent(self._transport, request)"
        case "events":
            return "AsyncEventStream(self._transport, request)"
    return "await self._do(request)"
