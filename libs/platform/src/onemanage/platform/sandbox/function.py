"""Functions of children, by their names."""

from pkgutil import resolve_name
from typing import Any


class ChildFunction[R]:
    """A function that only children call, so that the parent need not import what it
    works with::

        make_plan = ChildFunction("onemanage.data_import.domain.….planning:make_plan", Plan)

    ``returns`` is what the parent reads its value as, ``reports`` what it reads as that
    which it reports; where both are as the function's own annotations say (a test of
    all of them compares). The child finds the function itself.
    """

    def __init__(self, name: str, returns: type[R], reports: object = None) -> None:
        self.name, self.returns, self.reports = name, returns, reports

    def __call__(self, *args: Any) -> R:
        """In this process, which imports its module then."""
        made: R = resolve_name(self.name)(*args)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return resolve_name, (self.name,)
