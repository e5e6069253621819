"""Functions that parents know by their names alone are there, and give what is said."""

import importlib
import typing
from collections.abc import Iterator
from pkgutil import resolve_name, walk_packages

import pytest

import onemanage.data_import
import onemanage.imaging
import onemanage.preview
import onemanage.psd
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.messages import unnamed

SERVICES = (onemanage.data_import, onemanage.imaging, onemanage.preview, onemanage.psd)


def declared() -> Iterator[ChildFunction[typing.Any]]:
    """Those of all modules that services' processes import."""
    for service in SERVICES:
        for found in walk_packages(service.__path__, f"{service.__name__}."):
            if not {"domain", "migrations"} & set(found.name.split(".")):
                for each in vars(importlib.import_module(found.name)).values():
                    if isinstance(each, ChildFunction):
                        yield each


@pytest.mark.parametrize("declared", list(declared()), ids=lambda each: each.name)
def test_it_is_there_and_returns_and_reports_what_is_said(
    declared: ChildFunction[typing.Any],
) -> None:
    function = resolve_name(declared.name)
    hints = typing.get_type_hints(function)
    returned = hints.pop("return")
    *_, last = hints.values()
    taken, *gives = typing.get_args(unnamed(last)) or ((), ())
    reported = taken[0] if gives == [None] else None
    if declared.returns is object:  # what another calls, in a child of its own
        return

    assert returned == declared.returns
    assert unnamed(reported) == declared.reports
