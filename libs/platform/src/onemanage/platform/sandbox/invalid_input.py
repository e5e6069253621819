"""What whoever sent an input is told when a child could not work on it.

Of time, memory and crashes here; what the reader itself refuses says so by itself. A
child that somebody else has killed says nothing about its input: that is tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxError,
    SandboxMemoryExceeded,
    SandboxTimeout,
)


class Words(NamedTuple):
    """How a service speaks of what it is given."""

    area: str
    """The first part of its codes: ``psd`` of ``psd.too_slow``."""
    working: str
    """As a sentence begins: ``Reading the document``."""
    advice: str
    """What makes an input easier: ``save it with fewer or smaller layers``."""


def took_too_long(error: InvalidInput) -> bool:
    """Whether it is of a child that had used up its seconds, by ``as_invalid_input``."""
    cause = error.__cause__
    return isinstance(cause, SandboxError) and cause.is_over_time


@contextmanager
def as_invalid_input(words: Words, where: str | None = None) -> Iterator[None]:
    """Inside, an end of the child that is the input's own fault is InvalidInput.

    Its code is ``too_slow``, ``too_large`` or ``unreadable``, after the area of
    ``words``; ``where`` names the input.
    """
    try:
        yield
    except SandboxTimeout as error:
        text = f"{words.working} took longer than {error.timeout:g} s; {words.advice}."
        raise InvalidInput(f"{words.area}.too_slow", text, where) from error
    except SandboxMemoryExceeded as error:
        text = (
            f"{words.working} takes more than {error.memory_limit >> 20} MiB of memory; "
            f"{words.advice}."
        )
        raise InvalidInput(f"{words.area}.too_large", text, where) from error
    except SandboxCrashed as error:
        text = (
            f"{words.working} made the reader crash ({error.how}): the file is damaged, "
            f"or asks for more than it may have. Save it again; if that does not help, "
            f"{words.advice}."
        )
        raise InvalidInput(f"{words.area}.unreadable", text, where) from error
