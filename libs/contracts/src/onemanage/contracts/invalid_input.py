"""What makes a request its own fault, in words for the person who sent it."""


class InvalidInput(Exception):
    """The input is at fault: its task fails at once, as trying again cannot help.

    ``code`` is stable, for programs; ``message`` says what was wrong and what to do;
    ``where`` is the place: a byte offset, a layer, a field, a file. Each service has
    classes of its own below this one; whatever else a task raises is tried again.
    """

    def __init__(self, code: str, message: str, where: str | None = None) -> None:
        super().__init__(code, message, where)
        self.code, self.message, self.where = code, message, where

    def __str__(self) -> str:
        return f"{self.message} ({self.where})" if self.where else self.message


def invalid_input_named(
    name: str, code: str, message: str, where: str | None = None
) -> InvalidInput:
    """One of the class of that name, if this process knows it; else a plain one.

    The name may come from whom nobody trusts: nothing is imported for it.
    """
    known = {
        kind.__name__: kind
        for kind in _below(InvalidInput)
        if kind.__init__ is InvalidInput.__init__
    }
    return known.get(name, InvalidInput)(code, message, where)


def _below(kind: type[InvalidInput]) -> list[type[InvalidInput]]:
    found = []
    for one in kind.__subclasses__():
        found += [one, *_below(one)]
    return found
