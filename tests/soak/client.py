"""One workspace's client: it asks again until it is answered, and notes what it is told."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.soak.ledger import Ledger, UploadedFile

PATIENCE = 8.0
"""Seconds for one try; longer than any of the waits that are asked for."""
PAUSE = 0.4
GIVE_UP_AFTER = 150.0
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Workspace:
    id: str
    api_key: str


class Client:
    def __init__(self, base_url: str, workspace: Workspace, ledger: Ledger) -> None:
        self.workspace = workspace
        self._ledger = ledger
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {workspace.api_key}"},
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=60, max_keepalive_connections=20),
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def parse(
        self, kind: str, key: str, wait: int, source: bytes | str
    ) -> dict[str, Any] | None:
        """Order a parse of a document's bytes, or of a file's id; the task, if taken."""
        options: dict[str, Any] = {"headers": _headers(key, wait)}
        if isinstance(source, str):
            options["json"] = {"file_id": source}
        else:
            options["content"] = source
            options["params"] = {"name": f"{kind}.psd"}
            options["headers"]["Content-Type"] = "application/octet-stream"
        answer = await self._ask("POST", "/v1/psd/documents", key, **options)
        return self._accepted(answer, key, kind)

    async def renew(
        self, key: str, wait: int, document_id: str
    ) -> dict[str, Any] | None:
        answer = await self._ask(
            "POST",
            "/v1/previews",
            key,
            headers=_headers(key, wait),
            json={"document_id": document_id},
        )
        return self._accepted(answer, key, "preview")

    async def upload(self, key: str, content: bytes) -> str | None:
        """Send a file; its id."""
        answer = await self._ask(
            "POST",
            "/v1/files",
            key,
            params={"name": "file.psd"},
            content=content,
            headers={"Idempotency-Key": key},
        )
        if answer is None or answer.status_code != 201:
            self._unexpected(answer, key)
            return None
        body = answer.json()
        found = UploadedFile(
            file_id=body["id"], sha256=body["sha256"], size=body["size"]
        )
        self._ledger.keep(found, key)
        return found.file_id

    async def refused(self, key: str, content: bytes) -> None:
        """Send what is no document: there must be no task of it."""
        answer = await self._ask(
            "POST",
            "/v1/psd/documents",
            key,
            content=content,
            headers=_headers(key, 0),
        )
        if answer is not None and answer.status_code != 415:
            self._unexpected(answer, key)

    async def cancel(self, task_id: str, wait: int) -> None:
        answer = await self._ask(
            "DELETE", f"/v1/tasks/{task_id}", task_id, headers=_prefer(wait)
        )
        if answer is None:
            return
        if answer.status_code not in (200, 202, 409):
            self._unexpected(answer, task_id)
            return
        self._hear(answer, "cancel")
        if answer.status_code == 200 and answer.json()["state"] != "cancelled":
            self._ledger.breach(task_id, f"DELETE answered 200: {answer.text[:200]}")

    async def retry(self, task_id: str, wait: int) -> None:
        answer = await self._ask(
            "POST", f"/v1/tasks/{task_id}/retry", task_id, headers=_prefer(wait)
        )
        if answer is None:
            return
        if answer.status_code == 409:  # asked twice, or cancelled meanwhile
            return
        self._hear(answer, "retry")

    async def task(self, task_id: str) -> dict[str, Any] | None:
        answer = await self._ask("GET", f"/v1/tasks/{task_id}", task_id)
        if answer is None:
            return None
        if answer.status_code != 200:
            self._unexpected(answer, task_id)
            return None
        self._hear(answer, "get")
        body: dict[str, Any] = answer.json()
        return body

    async def find(self, path: str) -> httpx.Response | None:
        """Any resource, whatever the answer."""
        return await self._ask("GET", path, path)

    async def _ask(
        self, method: str, path: str, who: str, **options: Any
    ) -> httpx.Response | None:
        """The first answer that is one. None where there was none in GIVE_UP_AFTER."""
        until = time.monotonic() + GIVE_UP_AFTER
        noted = self._ledger.answers
        while time.monotonic() < until:
            try:
                answer = await self._http.request(method, path, **options)
            except httpx.TransportError as error:
                noted[f"{method}: {type(error).__name__}"] += 1
            else:
                code = _problem(answer)
                noted[f"{method}: {answer.status_code} {code}".rstrip()] += 1
                if not _is_in_between(answer, code):
                    return answer
            await asyncio.sleep(PAUSE)
        self._ledger.breach(who, f"{method} {path}: no answer in {GIVE_UP_AFTER:g} s")
        return None

    def _accepted(
        self, answer: httpx.Response | None, key: str, kind: str
    ) -> dict[str, Any] | None:
        if answer is None:
            return None
        body: dict[str, Any] = answer.json()
        task_id = body.get("task_id") or (
            body["id"] if answer.is_success else None  # a problem has no id of its own
        )
        if task_id is None:
            self._unexpected(answer, key)
            return None
        self._ledger.accept(task_id, self.workspace.id, key, kind)
        self._hear(answer, "post")
        return {"id": task_id, "state": "failed", **body}

    def _hear(self, answer: httpx.Response, by: str) -> None:
        body = answer.json()
        if answer.is_success:
            self._ledger.tell(body["id"], body["run"], body["state"], by)
        elif task_id := body.get("task_id"):
            ended = body["detail"].split(";")[0].split()[-1]
            state = ended if answer.status_code == 409 else "failed"
            self._ledger.tell(task_id, None, state, by)

    def _unexpected(self, answer: httpx.Response | None, who: str) -> None:
        if answer is not None:
            told = f"{answer.request.method} {answer.request.url.path}"
            self._ledger.breach(
                who, f"{told}: {answer.status_code} {answer.text[:300]}"
            )


def _headers(key: str, wait: int) -> dict[str, str]:
    return {"Idempotency-Key": key, **_prefer(wait)}


def _prefer(wait: int) -> dict[str, str]:
    return {"Prefer": f"wait={wait}" if wait else "respond-async"}


def _problem(answer: httpx.Response) -> str:
    if answer.is_success:
        return ""
    try:
        return str(answer.json()["type"].rpartition("/")[2])
    except (ValueError, KeyError):
        return ""


def _is_in_between(answer: httpx.Response, code: str) -> bool:
    """Whether to ask again: it says nothing about the task, only about the moment."""
    if code == "idempotency_key_in_use":
        return True
    if answer.status_code < _SERVER_ERROR:
        return False
    try:
        return "task_id" not in answer.json()  # a task that failed answers 503 too
    except ValueError:
        return True
