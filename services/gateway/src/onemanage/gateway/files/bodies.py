"""A body that is either the file itself or JSON that names it."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel, ValidationError

from onemanage.gateway.audit import entries
from onemanage.gateway.files.schemas import FileReference
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import FileRow

REF = "#/components/schemas/{model}"
_MAX_JSON_BYTES = 64 * 1024
_FORM = '{"file_id": "fil_…"}'

BODY = {
    "requestBody": {
        "required": True,
        "description": "The file's bytes, or a form with one file.",
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"}
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


def is_json(request: Request) -> bool:
    """By the content type that the client names."""
    kind = request.headers.get("content-type", "")
    return kind.startswith("application/json")


async def read_json[B: BaseModel](
    request: Request, model: type[B], form: str, most: int = _MAX_JSON_BYTES
) -> B:
    """``form`` is what the body should look like, ``most`` its bytes. Raises Problem."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Problem(
                413,
                "body_too_large",
                f"The JSON body may have {most:,} bytes at most. Send {form}.",
            )
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        errors = [
            {"pointer": "/" + "/".join(map(str, e["loc"])), "detail": e["msg"]}
            for e in error.errors()
        ]
        detail = f"The JSON body must look like {form}. See errors."
        raise Problem(422, "invalid_request", detail, errors=errors) from None


async def receive(
    request: Request,
    gateway: Gateway,
    caller: Caller,
    name: str | None,
    idempotency_key: str | None,
    only: str | None = None,
) -> FileRow:
    """Store the body as a file of the workspace, and announce it. Raises Problem.

    ``only`` is the one media type that is taken.
    """
    entry = entries.current()
    if entry is not None:
        await entry.begin()
    row = await gateway.uploads.receive(
        request,
        caller.workspace_id,
        name=name,
        idempotency_key=idempotency_key,
        only=only,
        limits=caller.limits,
    )
    entries.names(row.id)
    gateway.relay.submit(row)
    return row


async def named_or_received(
    request: Request,
    gateway: Gateway,
    caller: Caller,
    name: str | None,
    idempotency_key: str | None,
) -> str:
    """The id of the file that the body names, or is, as ``receive`` takes it.

    Whether there is one that is named is not asked. Raises Problem.
    """
    if is_json(request):
        return (await read_json(request, FileReference, _FORM)).file_id
    row = await receive(request, gateway, caller, name, idempotency_key)
    return row.id


def file_or(model: type[BaseModel], description: str) -> dict[str, Any]:
    """What a route tells of such a body."""
    given: Any = BODY["requestBody"]
    return {
        "requestBody": {
            **given,
            "description": description,
            "content": {
                "application/json": {
                    "schema": model.model_json_schema(ref_template=REF)
                },
                **given["content"],
            },
        }
    }
