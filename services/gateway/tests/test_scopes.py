"""Which scope each route needs: a row for every one, tried with every kind of key."""

import asyncio
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import new_id

from .psd_samples import World
from .test_ids import filled, operations

OPEN = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/v1/previews/{preview_id}/content"),
    ("get", "/i/{signature}/{expiry}/{address}"),
    ("get", "/i/{tiles_signature}/{expiry}/tiles/{source}/info.json"),
    ("get", "/i/{tiles_signature}/{expiry}/tiles/{source}/{region}/{size}/0/{file}"),
    ("post", "/v1/sessions"),
    ("post", "/v1/invitations/accept"),
    ("post", "/v1/sign-in-codes/exchange"),
}
READS_AND_WRITES = {
    "/v1/files": "get post",
    "/v1/files/{file_id}": "get delete",
    "/v1/files/{file_id}/content": "get",
    "/v1/uploads": "get post",
    "/v1/uploads/{upload_id}": "get delete",
    "/v1/uploads/{upload_id}/complete": "post",
    "/v1/psd/documents": "get post",
    "/v1/psd/documents/{document_id}": "get delete",
    "/v1/psd/documents/{document_id}/manifest": "get",
    "/v1/psd/documents/{document_id}/files": "get",
    "/v1/psd/documents/{document_id}/files/{file_id}": "get",
    "/v1/psd/documents/{document_id}/composite": "get",
    "/v1/psd/documents/{document_id}/layers": "get",
    "/v1/psd/documents/{document_id}/layers/{layer_id}": "get",
    "/v1/psd/documents/{document_id}/layers/{layer_id}/image": "get",
    "/v1/psd/documents/{document_id}/archive": "get",
    "/v1/psd/documents/{document_id}/renditions": "get post",
    "/v1/psd/search": "get",
    "/v1/psd/renditions/{rendition_id}": "get delete",
    "/v1/psd/renditions/{rendition_id}/images/{number}": "get",
    "/v1/psd/renditions/{rendition_id}/archive": "get",
    "/v1/psd/diffs": "post",
    "/v1/psd/diffs/{diff_id}": "get delete",
    "/v1/psd/diffs/{diff_id}/image": "get",
    "/v1/tiles/{source}/info.json": "get",
    "/v1/tiles/{source}/{region}/{size}/0/{file}": "get",
    "/v1/templates": "get post",
    "/v1/templates/{template_id}": "get patch delete",
    "/v1/templates/{template_id}/renders": "post",
    "/v1/templates/{template_id}/renders/{render_id}": "get",
    "/v1/fonts": "get post",
    "/v1/fonts/{font_id}": "get delete",
    "/v1/tasks": "get",
    "/v1/tasks/{task_id}": "get delete",
    "/v1/tasks/{task_id}/retry": "post",
    "/v1/tasks/{task_id}/events": "get",
    "/v1/events": "get",
    "/v1/imports/plans": "post",
    "/v1/imports/plans/{plan_id}": "get delete",
    "/v1/imports": "get post",
    "/v1/imports/{import_id}": "get",
    "/v1/imports/{import_id}/rejects": "get post delete",
    "/v1/imports/{import_id}/rejects.csv": "get",
    "/v1/imports/{import_id}/undo": "post",
    "/v1/datasets": "get",
    "/v1/datasets/{dataset_id}": "get delete",
    "/v1/datasets/{dataset_id}/rows": "get",
    "/v1/datasets/{dataset_id}/profile": "get",
    "/v1/datasets/{dataset_id}/exports": "post",
    "/v1/datasets/{dataset_id}/exports/{export_id}": "get delete",
    "/v1/datasets/{dataset_id}/exports/{export_id}/content": "get",
    "/v1/images/transformations": "get post",
    "/v1/images/transformations/{transformation_id}": "get delete",
    "/v1/images/transformations/{transformation_id}/images/{name}": "get",
    "/v1/images/transformations/{transformation_id}/archive": "get",
    "/v1/images/backgrounds": "post",
    "/v1/images/backgrounds/{background_id}": "get delete",
    "/v1/images/backgrounds/{background_id}/images/{name}": "get",
    "/v1/templates/{template_id}/merges": "get post",
    "/v1/merges/{merge_id}": "get delete",
    "/v1/merges/{merge_id}/rows": "get",
    "/v1/merges/{merge_id}/rows/{row}/images/{image}": "get",
    "/v1/merges/{merge_id}/repeat": "post",
    "/v1/merges/{merge_id}/rejects": "get post",
    "/v1/merges/{merge_id}/manifest.csv": "get",
    "/v1/merges/{merge_id}/manifest.parquet": "get",
    "/v1/merges/{merge_id}/contact-sheet": "get",
    "/v1/merges/{merge_id}/archive": "get",
    "/v1/images/batches": "post",
    "/v1/images/batches/{batch_id}": "get delete",
    "/v1/images/batches/{batch_id}/tasks": "get",
    "/v1/images/batches/{batch_id}/contact-sheet": "get",
    "/v1/images/batches/{batch_id}/archive": "get",
    "/v1/images/analyses": "post",
    "/v1/images/analyses/{file_id}": "get delete",
    "/v1/images/similar": "get",
    "/v1/images/presets": "get",
    "/v1/images/{source}/{recipe}": "get",
    "/v1/images/presets/{name}": "get put delete",
    "/v1/previews": "get post",
    "/v1/previews/{preview_id}": "get delete",
    "/v1/me": "get",
    "/v1/members": "get",
    "/v1/members/{user_id}": "get",
    "/v1/workspaces": "get",
    "/v1/usage": "get",
    "/v1/workspaces/{workspace_id}": "get",
}
"""get needs ``read``, everything else ``write``."""
WRITES = {"/v1/uploads/{upload_id}/parts": "get"}
"""Its answer lets whoever has it write."""
ONE_S_OWN = {
    "/v1/sessions": "get delete",
    "/v1/sessions/{session_id}": "get delete",
    "/v1/me/password": "put",
    "/v1/me/cookie": "put delete",
    "/v1/sign-in-codes": "post",
    "/v1/me/workspace": "put",
}
"""Who may read may see to what is their own."""
ADMINISTERS = {
    "/v1/members/{user_id}": "delete",
    "/v1/members/{user_id}/role": "put",
    "/v1/invitations": "get post",
    "/v1/invitations/{invitation_id}": "get delete",
    "/v1/system": "get",
    "/v1/workspaces": "post",
    "/v1/workspaces/{workspace_id}": "delete",
    "/v1/workspaces/{workspace_id}/retention": "get put",
    "/v1/workspaces/{workspace_id}/name": "put",
    "/v1/workspaces/{workspace_id}/suspend": "post",
    "/v1/workspaces/{workspace_id}/resume": "post",
    "/v1/workspaces/{workspace_id}/limits": "get put",
    "/v1/api-keys": "get post",
    "/v1/api-keys/{key_id}": "get delete",
    "/v1/api-keys/{key_id}/rotate": "post",
    "/v1/images/signing-keys": "get post",
    "/v1/images/signing-keys/{signing_key_id}": "get delete",
    "/v1/workspaces/{workspace_id}/image-hosts": "get put",
    "/v1/audit": "get",
    "/v1/webhooks": "get post",
    "/v1/webhooks/{webhook_id}": "get patch delete",
    "/v1/webhooks/{webhook_id}/rotate": "post",
    "/v1/webhooks/{webhook_id}/test": "post",
    "/v1/webhooks/{webhook_id}/deliveries": "get",
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}": "get",
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": "post",
    "/v1/dead-letters": "get delete",
    "/v1/dead-letters/{letter_id}": "get delete",
    "/v1/dead-letters/{letter_id}/replay": "post",
    "/v1/dead-letters/replay": "post",
}
SCOPES = ("read", "write", "admin")


def rows() -> dict[tuple[str, str], str]:
    """The scope of each method and path."""
    found = {
        (method, path): "read" if method == "get" else "write"
        for path, methods in READS_AND_WRITES.items()
        for method in methods.split()
    }
    tables = {"read": ONE_S_OWN, "write": WRITES, "admin": ADMINISTERS}
    for scope, table in tables.items():
        for path, methods in table.items():
            found |= {(method, path): scope for method in methods.split()}
    return found


async def test_every_route_has_a_row(world: World) -> None:
    described = {(method, path) for method, path, _ in await operations(world)}
    assert described - OPEN == rows().keys()


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_key_gets_through_where_it_has_the_scope_and_nowhere_else(
    world: World, scope: str
) -> None:
    async with world.client() as owner:
        made = await owner.post(
            "/v1/api-keys", json={"name": f"{scope} alone", "scopes": [scope]}
        )
    async with world.client(made.json()["key"]) as client:
        answers = await asyncio.gather(
            *(_answer(client, method, path) for method, path in rows())
        )

    for (at, needed), answer in zip(rows().items(), answers, strict=True):
        assert answer.status_code != 401, at
        code = answer.json().get("type", "") if _is_problem(answer) else ""
        assert code.endswith("/missing_scope") == (scope != needed), (at, code)
        if scope != needed:
            assert (answer.status_code, answer.json()["scope"]) == (403, needed), at


async def _answer(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    body: dict[str, Any] = {} if method in ("get", "delete") else {"json": {}}
    if path == "/v1/events":  # which would go on: of a task that is not there it ends
        body["params"] = {"task_id": new_id("tsk")}
    return await client.request(method, filled(path, "", ""), **body)


def _is_problem(answer: httpx.Response) -> bool:
    kind: str = answer.headers.get("content-type", "")
    return kind == "application/problem+json"
