"""What is answered, described by the Struct that it is made of.

A class names the Struct, and says itself only what is otherwise in the answer: a field
that is added, or one that holds more than the Struct's::

    class HeatMapOut(Answer, of=ImageFile):
        url: str

Which fields are public, their types, descriptions and examples the Struct says.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, ClassVar, Unpack

import msgspec
from pydantic import BaseModel, ConfigDict, Field, create_model

from onemanage.gateway.http.public import public

type Json = dict[str, Any]

REF = "#/components/schemas/"


class Answer(BaseModel):
    """Describes; it is never made. Every public field of the Struct is in an answer."""

    struct: ClassVar[type[msgspec.Struct]]
    own_id: ClassVar[str | None] = None
    without: ClassVar[Collection[str]] = ()

    def __init_subclass__(
        cls,
        of: type[msgspec.Struct] | None = None,
        own_id: str | None = None,
        without: Collection[str] | None = None,
        **config: Unpack[ConfigDict],
    ) -> None:
        """``own_id`` names the field that is answered as ``id``, ``without`` those that
        are left out. What is not said here is as in the base.
        """
        super().__init_subclass__(**config)
        cls.struct = of or cls.struct
        cls.own_id = own_id or cls.own_id
        cls.without = cls.without if without is None else without

    @classmethod
    def shown(cls, item: msgspec.Struct, **added: Any) -> Json:
        """The answer that ``item``, of ``struct``, is; the fields that the class adds
        are given.
        """
        given = msgspec.to_builtins(item, builtin_types=(datetime,))
        fields = {
            name: each
            for name, each in public(given, type(item)).items()
            if name not in cls.without
        }
        own = {} if cls.own_id is None else {"id": fields.pop(cls.own_id)}
        return own | fields | added


def list_of(item: type[Answer], **told: Any) -> type[BaseModel]:
    """A page of them: ``DocumentList`` of ``DocumentOut``; ``told`` are the fields that
    it has besides, each as Pydantic wants them, a type and a Field."""
    kind: Any = list
    text = "Give it back as ?cursor= for the next page; null on the last."
    return create_model(
        item.__name__.removesuffix("Out") + "List",
        items=(kind[item], ...),
        next_cursor=(str | None, Field(description=text)),
        **told,
    )


def answers_in(base: type[Answer] = Answer) -> Iterator[type[Answer]]:
    """All that are declared."""
    for each in base.__subclasses__():
        yield each
        yield from answers_in(each)


def answer_schemas(contracts: Json) -> Json:
    """By the names of the classes. ``contracts`` are the schemas of Structs by theirs,
    cut to what is public.

    Where a Struct is answered as it is, other answers refer to the class of that.
    """
    as_it_is = {
        REF + each.struct.__name__: REF + each.__name__
        for each in answers_in()
        if not (each.model_fields or each.own_id or each.without)
    }
    return {
        each.__name__: _schema(each, contracts[each.struct.__name__], as_it_is)
        for each in answers_in()
    }


def _schema(model: type[Answer], contract: Json, as_it_is: dict[str, str]) -> Json:
    own = model.model_json_schema(ref_template=REF + "{model}")
    properties: Json = {} if model.own_id is None else {"id": {}}
    for name, each in contract["properties"].items():
        if name not in model.without:
            field = _referring(each, as_it_is)
            field.pop("default", None)  # an answer has every field
            properties["id" if name == model.own_id else name] = field
    for name, each in own.get("properties", {}).items():
        said = properties.get(name, {})
        kept = {key: said[key] for key in ("description", "examples") if key in said}
        properties[name] = kept | each
    return {
        "title": model.__name__,
        "description": own.get("description", contract.get("description", "")),
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _referring(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, dict):
        return {key: _referring(each, names) for key, each in schema.items()}
    if isinstance(schema, list):
        return [_referring(each, names) for each in schema]
    return names.get(schema, schema) if isinstance(schema, str) else schema
