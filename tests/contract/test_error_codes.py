"""Every code of an error stands in docs/errors.md, and none that nobody says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from onemanage.contracts.registry import TASKS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "errors.md"
SAYS = {
    "ErrorInfo": 0,
    "InvalidInput": 0,
    "NotReplayed": 0,
    "Problem": 1,
    "QueryFailed": 0,
    "QuickFailed": 1,
}
"""Classes whose instances carry a code, and which argument it is; besides the classes
below InvalidInput."""
OF_CHILDREN = ("too_slow", "too_large", "unreadable")
"""What ``Words`` make codes of, after their area."""
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)?")
DOTTED = re.compile(
    r"(data_import|database|export|file|font|hand_over|psd|imaging|merge|quick|quota"
    r"|template|url)"
    r"\.[a-z_]*[a-z]"
)
ELSEWHERE = {"no_such_route", "method_not_allowed", "http_error", "handler_failed"}
ELSEWHERE |= {"handler_unreachable"}
"""Codes that stand in a table or a constant of the gateway."""


def sources() -> list[ast.Module]:
    """Of all services, the platform and the contracts."""
    files = [*ROOT.glob("services/*/src/**/*.py"), *ROOT.glob("libs/*/src/**/*.py")]
    return [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in files
        if "testing" not in path.parts
    ]


def said_in(trees: list[ast.Module]) -> Iterator[str]:
    """The codes that are written out, wherever an error is made."""
    classes = [
        (node.name, {base.id for base in node.bases if isinstance(base, ast.Name)})
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    below = {"InvalidInput"}
    while found := {name for name, bases in classes if bases & below} - below:
        below |= found
    says = dict.fromkeys(below, 0) | SAYS
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from of_call(node, says)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if DOTTED.fullmatch(node.value):
                    yield node.value


def of_call(node: ast.Call, says: dict[str, int]) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in says:
        given = [each.value for each in node.keywords if each.arg == "code"]
        for each in (*node.args[says[name] : says[name] + 1], *given):
            if isinstance(each, ast.Constant) and CODE.fullmatch(str(each.value)):
                yield str(each.value)
    elif name == "Words" and isinstance(node.args[0], ast.Constant):
        yield from (f"{node.args[0].value!s}.{end}" for end in OF_CHILDREN)


def test_the_page_of_errors_has_every_code_and_no_other() -> None:
    first_cells = re.findall(r"^\| (`[^|]*) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {code for cell in first_cells for code in re.findall(r"`([^`]+)`", cell)}
    names = {task.name for task in TASKS}

    said = {*said_in(sources())} - names | ELSEWHERE

    assert sorted(said - told) == []
    assert sorted(told - said) == []
