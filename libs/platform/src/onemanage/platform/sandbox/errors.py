"""How a call in the sandbox may end without an answer."""

import signal


class SandboxError(Exception):
    """A call in the sandbox has no answer of its own."""

    is_over_time = False
    """Whether it had used up its seconds, of the clock or of its processors."""


class SandboxTimeout(SandboxError):
    is_over_time = True

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout)
        self.timeout = timeout

    def __str__(self) -> str:
        return f"not done after {self.timeout:g} s and stopped"


class SandboxMemoryExceeded(SandboxError):
    def __init__(self, memory_limit: int) -> None:
        super().__init__(memory_limit)
        self.memory_limit = memory_limit

    def __str__(self) -> str:
        return f"needs more than the {self.memory_limit} bytes of memory it may have"


class _Ended(SandboxError):
    def __init__(self, exitcode: int) -> None:
        super().__init__(exitcode)
        self.exitcode = exitcode
        """As of ``subprocess``: -6 after SIGABRT."""
        self.is_over_time = exitcode == -signal.SIGXCPU

    def __str__(self) -> str:
        return f"the child ended without an answer: {self.how}"

    @property
    def how(self) -> str:
        if self.exitcode < 0:
            return signal.Signals(-self.exitcode).name
        return f"exit code {self.exitcode}"


class SandboxCrashed(_Ended):
    """The function aborted, crashed, left, or was ended by a limit of its own."""


class SandboxKilled(_Ended):
    """Somebody outside has killed the child, or the fork server, and it with it."""


class SandboxFailed(SandboxError):
    """The function raised what is no InvalidInput, or gave what cannot be read here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        """A traceback, where there is one."""
