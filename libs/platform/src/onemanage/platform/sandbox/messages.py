"""What a child of the sandbox says to its parent, and how the parent reads it.

A child may have been taken over by what it decodes. So the parent reads msgpack into
the types that the function's own annotations name, and never unpickles.
"""

import functools
import inspect
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAliasType

import msgspec

from onemanage.contracts.steps import Step
from onemanage.platform.sandbox.function import ChildFunction


class Started(msgspec.Struct, frozen=True, tag="started"):
    """Said before any foreign byte is read."""

    missing: list[str]
    """Layers of the confinement that this machine does not have."""


class Reported(msgspec.Struct, frozen=True, tag="reported"):
    value: msgspec.Raw


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    value: msgspec.Raw


class Stepped(msgspec.Struct, frozen=True, tag="stepped"):
    """Said before the answer, where the parent wants to know."""

    steps: list[Step]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The function raised an InvalidInput."""

    name: str
    code: str
    message: str
    where: str | None


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """The function raised something else, or returned what cannot travel."""

    text: str
    """The traceback."""


class OutOfMemory(msgspec.Struct, frozen=True, tag="out_of_memory"):
    pass


type Message = (
    Started | Reported | Stepped | Returned | Refused | Raised | OutOfMemory
)

HEAD_BYTES = 4
"""Before each message, its length: unsigned, big-endian."""
MOST_BYTES = 256 << 20
"""Of one message. What a document of 8,000 layers says of itself takes a quarter."""

_decoder = msgspec.msgpack.Decoder(
    Started | Reported | Stepped | Returned | Refused | Raised | OutOfMemory
)


def _plain(value: object) -> object:
    """What msgspec does not take as it is: paths, numpy's scalars, and the like."""
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, Path):
        return str(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return value.item()
    raise NotImplementedError(f"a {type(value).__name__} cannot leave the child")


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)


def encoded(value: object) -> msgspec.Raw:
    """For Reported and Returned. Raises TypeError and others for what cannot travel."""
    return msgspec.Raw(_encoder.encode(value))


def framed(message: Message) -> bytes:
    """The message as it goes through the pipe: its length in bytes, then msgpack."""
    data = _encoder.encode(message)
    return len(data).to_bytes(HEAD_BYTES, "big") + data


def decoded(data: bytes) -> Message:
    """Raises msgspec.MsgspecError."""
    message: Message = _decoder.decode(data)
    return message


class Reading(typing.NamedTuple):
    """How the parent reads what a function gives."""

    returned: msgspec.msgpack.Decoder[Any]
    reported: msgspec.msgpack.Decoder[Any]


@functools.cache
def reading(function: Callable[..., Any], reports: bool) -> Reading:
    """By the annotations of its return value, and of what its last parameter takes; of
    one that is known by its name by what is said there."""
    if isinstance(function, ChildFunction):
        return Reading(_decoder_of(function.returns), _decoder_of(function.reports))
    try:
        hints = typing.get_type_hints(function)
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a builtin has none
        hints, names = {}, []
    taken = typing.get_args(unnamed(hints[names[-1]])) if reports and names else ()
    reported = taken[0][0] if taken else Any
    return Reading(_decoder_of(hints.get("return", Any)), _decoder_of(reported))


def unnamed(hint: Any) -> Any:
    """What a type is that ``type`` gave a name."""
    while isinstance(hint, TypeAliasType):
        hint = hint.__value__
    return hint


def _decoder_of(hint: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(hint, dec_hook=_typed)


def _typed(kind: type, value: object) -> object:
    if kind is object:
        return value
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"nothing makes a {kind.__name__} of what a child said")
