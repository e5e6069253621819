"""What became of an input, and whether that is allowed."""

import traceback
from dataclasses import dataclass

from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.psd.errors import InvalidDocument
from tests.fuzz.job import Exported

CODES = frozenset(
    ("psd.empty", "psd.not_a_psd", "psd.truncated", "psd.damaged", "psd.too_large")
)
PLACELESS = frozenset(("psd.empty",))
"""Codes of refusals that are about the whole file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    """Exported whole or with warnings, refused by code, or what went wrong."""
    violation: str = ""


def exported(found: Exported) -> Outcome:
    if found.missing:
        return Outcome("exported, incomplete", found.missing)
    return Outcome("exported with warnings" if found.warnings else "exported whole")


def refused(error: InvalidDocument) -> Outcome:
    return Outcome(f"refused {error.code}", _lacks(error))


def failed(error: Exception) -> Outcome:
    match error:
        case InvalidDocument():
            return refused(error)
        case SandboxTimeout():
            return Outcome("hang", str(error))
        case SandboxMemoryExceeded():
            return Outcome("out of memory", str(error))
        case SandboxCrashed():
            return Outcome("crash", str(error))
    text = "".join(traceback.format_exception_only(error))
    return Outcome(f"raised {type(error).__name__}", text)


def _lacks(error: InvalidDocument) -> str:
    """What a refusal must tell and this one does not."""
    if error.code not in CODES:
        return f"the code {error.code!r} is not known"
    if len(error.message.split()) < 4:
        return f"the message is no sentence: {error.message!r}"
    if not error.where and error.code not in PLACELESS:
        return f"it does not say where: {error.message!r}"
    return ""
