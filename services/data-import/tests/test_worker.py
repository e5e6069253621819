"""What the worker's children find imported."""

import importlib

from onemanage.data_import.sources.service import PRELOAD


def test_every_module_that_children_are_to_find_imported_is_there() -> None:
    """One that is none is passed over in silence, and every child pays for it."""
    for name in PRELOAD:
        assert importlib.import_module(name).__name__ == name
