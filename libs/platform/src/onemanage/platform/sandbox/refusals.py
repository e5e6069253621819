"""What whoever sent an input is told when a child could not work on it.

Of time, memory and crashes here; of what the reader itself refused in its own words. A
child that somebody else has killed says nothing about its input: that is tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from onemanage.contracts.refusal import Refusal
from onemanage.platform.sandbox.sandbox import (
    SandboxCrashed,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.platform.tasks import InvalidInput


class Words(NamedTuple):
    """How a service speaks of what it is given."""

    area: str
    """The first part of its codes: ``psd`` of ``psd.too_slow``."""
    working: str
    """As a sentence begins: ``Reading the document``."""
    advice: str
    """What makes an input easier: ``save it with fewer or smaller layers``."""


@contextmanager
def told(words: Words, where: str | None = None) -> Iterator[None]:
    """Inside, what is the input's own fault is raised as InvalidInput.

    ``where`` names the input, for what the reader could not say itself.
    """
    try:
        yield
    except InvalidInput:
        raise
    except Refusal as error:
        raise InvalidInput(error.code, error.message, error.where) from error
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
