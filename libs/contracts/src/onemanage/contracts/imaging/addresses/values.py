"""Values of a recipe as text in an address, and back, by the types of their fields."""

import base64
import binascii
import re
from typing import Any

import msgspec
from msgspec import inspect

ENCODED = "~"
"""Begins base64url: of UTF-8 where the field is text, else of JSON. Elsewhere in a value
it divides the items of a list."""
_NONE = ("none", "null")
_TRUE, _FALSE = ("1", "true"), ("0", "false")
_INT = re.compile(r"-?[0-9]{1,18}")
_FLOAT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_HEX = re.compile(r"[0-9a-fA-F]{3,8}")
_PLAIN = re.compile(r"[A-Za-z0-9._:-]+")
_LISTS = (
    inspect.ListType,
    inspect.VarTupleType,
    inspect.SetType,
    inspect.FrozenSetType,
)
_TEXTS = (inspect.StrType, inspect.LiteralType)

type Fields = dict[str, inspect.Type]


def fields_of(struct: type[msgspec.Struct]) -> Fields:
    """The types of a Struct's fields, by their names in JSON."""
    found = inspect.type_info(struct)
    assert isinstance(found, inspect.StructType)  # a Struct was given
    return {field.encode_name: field.type for field in found.fields}


def is_flag(kind: inspect.Type) -> bool:
    """Whether a field is true or false, and may stand without a value."""
    return any(isinstance(one, inspect.BoolType) for one in _each(kind))


def value_of(text: str, kind: inspect.Type) -> Any:
    """As JSON would have it. What does not fit the type stays text, which the check of
    the recipe refuses. Raises ValueError for base64url that is none."""
    kinds = list(_each(kind))
    if text.startswith(ENCODED):
        return _decoded(text[1:], any(isinstance(one, _TEXTS) for one in kinds))
    if text in _NONE and any(isinstance(one, inspect.NoneType) for one in kinds):
        return None
    for one in kinds:
        found = _as(text, one)
        if found is not None:
            return found
    return text


def text_of(value: Any, kind: inspect.Type) -> str:
    """The text that ``value_of`` makes the value of, in characters that need no escape."""
    if value is None:
        return _NONE[0]
    if isinstance(value, bool):
        return _TRUE[0] if value else _FALSE[0]
    if isinstance(value, int | float):
        return f"{value:.15g}" if float(f"{value:.15g}") == value else repr(value)
    if isinstance(value, str):
        return _text(value, kind)
    if isinstance(value, list) and value:
        kinds = [one for one in _each(kind) if isinstance(one, _LISTS)]
        parts = [text_of(part, kinds[0].item_type) if kinds else "~" for part in value]
        if not any(ENCODED in part for part in parts):
            return ENCODED.join(parts)
    return ENCODED + encoded(msgspec.json.encode(value))


def encoded(data: bytes) -> str:
    """base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This is not base64url.") from None


def _text(value: str, kind: inspect.Type) -> str:
    bare = value[1:]
    is_color = any(_is_color(one) for one in _each(kind))
    if is_color and value.startswith("#") and _HEX.fullmatch(bare):
        return bare
    is_exact = _PLAIN.fullmatch(value) and value_of(value, kind) == value
    return value if is_exact else ENCODED + encoded(value.encode())


def _as(text: str, kind: inspect.Type) -> Any:
    """None where it is no such value."""
    match kind:
        case inspect.BoolType():
            return True if text in _TRUE else False if text in _FALSE else None
        case inspect.IntType():
            return int(text) if _INT.fullmatch(text) else None
        case inspect.FloatType():
            return float(text) if _FLOAT.fullmatch(text) else None
        case inspect.LiteralType():
            return next((one for one in kind.values if str(one) == text), None)
        case inspect.StrType():
            return f"#{text}" if _is_color(kind) and _HEX.fullmatch(text) else text
        case inspect.TupleType():
            parts = text.split(ENCODED)
            if len(parts) != len(kind.item_types):
                return None
            pairs = zip(parts, kind.item_types, strict=True)
            return [value_of(part, one) for part, one in pairs]
    if isinstance(kind, _LISTS):
        return [value_of(part, kind.item_type) for part in text.split(ENCODED)]
    return None


def _is_color(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.StrType) and (kind.pattern or "").startswith("^#")


def _each(kind: inspect.Type) -> list[inspect.Type]:
    """The parts of a union, which Annotated may be around; text last, as all is text."""
    if isinstance(kind, inspect.Metadata):
        return _each(kind.type)
    if isinstance(kind, inspect.UnionType):
        found = [one for part in kind.types for one in _each(part)]
        return sorted(found, key=lambda one: isinstance(one, inspect.StrType))
    return [kind]


def _decoded(text: str, is_text: bool) -> Any:
    data = decoded(text)
    try:
        return data.decode() if is_text else msgspec.json.decode(data)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        what = "UTF-8" if is_text else "JSON"
        raise ValueError(f"The base64url behind ~ does not hold {what}.") from None
