"""Functions of children, by their names."""

from pkgutil import resolve_name
from typing import Any


class ChildFunction[R]:
    """A function that only children call, so that the parent need not import what it
    works with::

        make_plan = ChildFunction("onemanage.data_import.domain.….planning:make_plan", Plan)

    ``returns`` is the type that the parent reads its value as, ``object`` where another
    function of a child calls it; ``reports`` that of what it reports, None where it
    reports nothing. Both are as its annotations say; a test of all of them compares.
    """

    def __init__(self, name: str, returns: type[R], reports: object = None) -> None:
        self.name, self.returns, self.reports = name, returns, reports

    def __call__(self, *args: Any) -> R:
        """In this process, which imports its module then."""
        made: R = resolve_name(self.name)(*args)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return resolve_name, (self.name,)
