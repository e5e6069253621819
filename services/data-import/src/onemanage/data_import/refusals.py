"""What was wrong with a request, as whoever sent it is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from onemanage.data_import.domain.checking import InvalidPlan
from onemanage.data_import.domain.errors import InvalidSource
from onemanage.data_import.errors import LoadRefused
from onemanage.platform.sandbox import SandboxMemoryExceeded, SandboxTimeout
from onemanage.platform.tasks import InvalidInput


@contextmanager
def told() -> Iterator[None]:
    """Inside, what is the input's own fault is raised as InvalidInput."""
    try:
        yield
    except (InvalidSource, LoadRefused, InvalidPlan) as error:
        raise InvalidInput(error.code, error.message, error.where) from error
    except SandboxTimeout as error:
        text = (
            f"Reading the source took longer than {error.timeout:g} s; "
            "split it into several files."
        )
        raise InvalidInput("data_import.too_slow", text) from error
    except SandboxMemoryExceeded as error:
        text = (
            f"Reading the source takes more than {error.memory_limit >> 20} MiB of "
            "memory; split it into several files."
        )
        raise InvalidInput("data_import.too_large", text) from error
