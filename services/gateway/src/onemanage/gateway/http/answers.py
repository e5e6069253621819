"""Contract Structs -> HTTP answers, encoded by msgspec. Object keys stay inside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.contracts.base import Event
from onemanage.contracts.previews.previews import Preview
from onemanage.contracts.psd.diffs import DiffManifest
from onemanage.contracts.psd.documents import Document, Layer
from onemanage.contracts.psd.manifest import EmbeddedFile
from onemanage.contracts.psd.renditions import Rendition, RenditionImage
from onemanage.contracts.psd.search import FoundLayer
from onemanage.contracts.registry import task_named
from onemanage.gateway.http.preferences import Waiting
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.previews.links import PreviewLinks
from onemanage.gateway.store import FileRow
from onemanage.gateway.tasks.store import ENDED, TaskRow

INSIDE = frozenset(
    {"object_key", "manifest_key", "changes_key", "plan_key", "rejects_key"}
    | {"snapshot_key", "profile_key", "workspace_id", "crc32"}
)
_INSIDE_TASK = frozenset(
    {"command", "traceparent", "fingerprint"}
    | {"subject", "released_at", "published_at", "sequence", "held"}
)
_FAILED_STATUS = {True: 503, False: 422}


def public(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: public(v) for k, v in value.items() if k not in INSIDE}
    if isinstance(value, list):
        return [public(item) for item in value]
    return value


def renamed(item: msgspec.Struct, own_id: str) -> dict[str, Any]:
    """Its public fields, with its own id as ``id``."""
    fields = public(msgspec.to_builtins(item, builtin_types=(datetime,)))
    return {"id": fields.pop(own_id), **fields}


def json(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        msgspec.json.encode(body), status, headers, media_type="application/json"
    )


def file(row: FileRow) -> dict[str, Any]:
    return renamed(row, "id") | {"url": f"/v1/files/{row.id}/content"}


def task(row: TaskRow) -> dict[str, Any]:
    fields = renamed(row, "id")
    for name in _INSIDE_TASK:
        del fields[name]
    kind = task_named(row.name)
    own_id = kind.makes if kind else None
    if fields["result"] and own_id in fields["result"] and row.resource:
        fields["result"] = {"id": fields["result"].pop(own_id)} | fields["result"]
    return fields


def document(found: Document) -> dict[str, Any]:
    return renamed(found, "document_id")


def layer(found: Layer) -> dict[str, Any]:
    return renamed(found, "layer_id")


def found_layer(found: FoundLayer) -> dict[str, Any]:
    return {
        "document_id": found.document_id,
        "document_name": found.document_name,
        "layer": layer(found.layer),
    }


def rendition(
    found: Rendition, images: Sequence[RenditionImage] | None = None
) -> dict[str, Any]:
    """With ``images``, each has its address."""
    fields = renamed(found, "rendition_id")
    if images is not None:
        at = f"/v1/psd/renditions/{found.rendition_id}/images"
        fields["images"] = [
            public(msgspec.to_builtins(image)) | {"url": f"{at}/{image.number}"}
            for image in images
        ]
    return fields


def diff(found: DiffManifest) -> dict[str, Any]:
    """The diff with its layers and regions."""
    fields = renamed(found.diff, "diff_id")
    if fields["heat_map"]:
        fields["heat_map"]["url"] = f"/v1/psd/diffs/{found.diff.diff_id}/image"
    return fields | {
        "layers": msgspec.to_builtins(found.layers),
        "regions": msgspec.to_builtins(found.regions),
    }


def embedded_id(file: EmbeddedFile) -> str:
    """Its name in addresses: the author's own id may be any text."""
    return (file.path or "").rpartition("/")[2]


def embedded_file(file: EmbeddedFile, at: str) -> dict[str, Any]:
    """``at`` is the address that its own follows."""
    fields = public(msgspec.structs.asdict(file))
    path = fields.pop("path")
    return {
        "id": embedded_id(file) or None,
        **fields,
        "url": path and f"{at}/{embedded_id(file)}",
    }


def preview(found: Preview, workspace_id: str, links: PreviewLinks) -> dict[str, Any]:
    fields = renamed(found, "preview_id") | {"url": links.make(workspace_id, found)}
    fields["document_id"] = found.document_id or None
    return fields


def page(items: Iterable[dict[str, Any]], next_cursor: str | None) -> Response:
    return json({"items": list(items), "next_cursor": next_cursor})


def task_address(row: TaskRow) -> str:
    return f"/v1/tasks/{row.id}"


def ended_or_accepted(row: TaskRow, waiting: Waiting) -> Response:
    """200 with the result, 202 with Location, or the failure as a problem."""
    headers = {"Location": task_address(row), **waiting.headers}
    if row.state == "failed":
        error = row.error or {}
        place = [{"pointer": error["where"], "detail": error["message"]}]
        raise Problem(
            _FAILED_STATUS[bool(error.get("retryable"))],
            error.get("code", "task.failed"),
            error.get("message", "The task failed."),
            errors=place if error.get("where") else None,
            headers=headers,
            task_id=row.id,
        )
    status = 200 if row.state in ENDED else 202
    return json(task(row), status, headers)


def manifest(stored: Any) -> Any:
    """As it is stored, without the keys of storage."""
    return public(stored)


def event(fact: Event) -> dict[str, Any]:
    fields: dict[str, Any] = public(msgspec.to_builtins(fact))
    return fields
