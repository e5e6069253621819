"""The Python client has a method for each operation of the API, and asks it as described.

Each method is called once against a server that says no to everything.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openapi
import pytest
from client_code.sync import twin

import onemanage.client as client_package
from libs.client.tests import every_method
from libs.client.tests.answering import Answer, Server, answering, problem
from libs.client.tests.every_method import ASYNC_CALLS, CALLS
from onemanage.client import AsyncOneManage, NotFound, OneManage

type Operation = tuple[str, str, dict[str, Any]]
"""Method of HTTP, path, and what is said of it."""


@pytest.fixture(scope="module")
def operations() -> dict[str, Operation]:
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in openapi.described()["paths"].items()
        for method, operation in item.items()
    }


@pytest.fixture(scope="module")
def refusing() -> Iterator[Server]:
    no: Answer = problem(404, "not_found")
    with answering(no) as server:
        yield server


def test_every_operation_has_a_method(operations: dict[str, Operation]) -> None:
    assert len(operations) > 100
    missing = operations.keys() - CALLS.keys()
    assert not missing, f"python scripts/client.py makes methods for {missing}"
    assert CALLS.keys() == ASYNC_CALLS.keys() == operations.keys()


def test_each_method_that_was_written_by_hand_is_used_for_the_checkers_of_types() -> (
    None
):
    source, tests = Path(client_package.__file__).parent, Path(every_method.__file__)
    written = {
        name
        for path in sorted((source / "_async").glob("*.py"))
        if path.stem not in _INNER
        for name in _public(ast.parse(path.read_text(encoding="utf-8")))
    }
    text = tests.with_name("every_method_by_hand.py").read_text(encoding="utf-8")
    tree = list(ast.walk(ast.parse(text)))
    used = {node.attr for node in tree if isinstance(node, ast.Attribute)}
    used |= {node.id for node in tree if isinstance(node, ast.Name)}
    assert {"export", "srcset", "async_many", "first_page", "save"} <= written
    missing = written - used
    assert not missing


def test_each_method_asks_for_its_operation(
    operations: dict[str, Operation], refusing: Server
) -> None:
    with OneManage("om_live_key", url=refusing.url) as client:
        for name, (method, path, operation) in operations.items():
            refusing.asked.clear()
            with pytest.raises(NotFound):
                CALLS[name](client)
            *before, asked = refusing.asked
            assert all(one.method == "GET" for one in before), name  # a look alone
            assert asked.method == method, name
            assert re.fullmatch(_pattern(path), urlsplit(asked.path).path), name
            _check_parameters(name, operation, asked.path, asked.headers)
            assert asked.headers["authorization"] == "Bearer om_live_key"


async def test_each_async_method_asks_for_the_same(
    operations: dict[str, Operation], refusing: Server
) -> None:
    with OneManage("om_live_key", url=refusing.url) as client:
        async with AsyncOneManage("om_live_key", url=refusing.url) as other:
            for name in operations:
                refusing.asked.clear()
                with pytest.raises(NotFound):
                    CALLS[name](client)
                with pytest.raises(NotFound):
                    await ASYNC_CALLS[name](other)
                half = len(refusing.asked) // 2
                asked = [(one.method, one.path, one.body) for one in refusing.asked]
                assert asked[:half] == asked[half:] != [], name


def test_both_clients_have_the_same_public_names() -> None:
    client, other = OneManage(), AsyncOneManage()
    assert _names(client) == _names(other)
    resources = [
        name
        for name, one in vars(OneManage).items()
        if isinstance(one, cached_property)
    ]
    assert len(resources) > 20
    for name in resources:
        assert _names(getattr(client, name)) == _names(getattr(other, name)), name
    client.close()


def test_a_twin_has_no_word_of_the_other_world() -> None:
    text = (
        "async def async_take(x: AsyncPages[int]) -> None:\n"
        '    """``async for`` it, await AsyncOneManage; asynchronous."""\n'
        '    async with a.aopen(f"{await b()} of async events {x}") as c:\n'
        "        return [await one async for one in c.aiter_bytes()]\n"
    )
    assert twin(text) == (
        "def take(x: Pages[int]) -> None:\n"
        '    """``for`` it, OneManage; asynchronous."""\n'
        '    with a.aopen(f"{b()} of events {x}") as c:\n'
        "        return [one for one in c.iter_bytes()]\n"
    )


_INNER = ("operations", "resource", "transport", "sending", "lanes")
"""What is made, is in a test of its own, or is used by the client alone."""


def _public(tree: ast.Module) -> Iterator[str]:
    """Methods that users call, but for resources, which all use; and ``async_many``."""
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "async_many":
            yield node.name
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        for one in node.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                is_resource = "cached" in "".join(map(ast.unparse, one.decorator_list))
                if not one.name.startswith("_") and not is_resource:
                    yield one.name


def _pattern(path: str) -> str:
    parts = re.split(r"\{[^}]+\}", path)
    return ".+".join(re.escape(part) for part in parts)


def _check_parameters(
    name: str, operation: dict[str, Any], asked: str, headers: dict[str, str]
) -> None:
    query = parse_qs(urlsplit(asked).query, keep_blank_values=True)
    parameters = operation.get("parameters", [])
    known = {one["name"] for one in parameters if one["in"] == "query"}
    assert query.keys() <= known, name
    needed = {
        one["name"] for one in parameters if one["in"] == "query" and one["required"]
    }
    assert needed <= query.keys(), name
    told = {one["name"].lower() for one in parameters if one["in"] == "header"}
    for header in ("idempotency-key", "prefer", "if-match"):
        assert (header in headers) == (header in told), (name, header)


def _names(resource: object) -> set[str]:
    return {
        name
        for name, _ in inspect.getmembers(resource)
        if not name.startswith("_") or name == "__iter__"
    }
