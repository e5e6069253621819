"""Is in object storage what should be, whole, and nothing that should not?"""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from onemanage.contracts.base import Status, artifacts_prefix
from onemanage.contracts.psd.documents import Manifest
from onemanage.platform.storage.storage import ObjectMissing, Storage
from tests.soak.checks import Case, Violation
from tests.soak.evidence import Run

type ObjectCheck = Callable[[Case, Storage], AsyncIterator[Violation]]

_PARSE = "psd.parse_export"


async def every_uploaded_file_is_there(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    for file_id, file in case.ledger.files.items():
        if file_id not in case.evidence.files:
            yield Violation("", f"{file_id} was taken, and there is no row")
    for file_id, row in case.evidence.files.items():
        if wrong := await _wrong(storage, row["object_key"], row):
            yield Violation("", f"{file_id}: {wrong}")


async def nothing_is_left_of_uploads_that_were_cut_off(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    known = {row["object_key"] for row in case.evidence.files.values()}
    for key in sorted(case.evidence.objects - known):
        if key.startswith("files/"):
            yield Violation("", f"{key} is there, and no file refers to it")


async def every_completed_parse_has_its_images(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    for task_id, row in case.evidence.rows.items():
        if row["name"] != _PARSE or row["state"] != "completed":
            continue
        key = row["result"]["manifest_key"]
        document = case.evidence.documents.get(row["result"]["document_id"])
        if document is None or document["manifest_key"] != key:
            yield Violation(
                task_id, "psd has no row of the document, or of another run"
            )
        try:
            manifest = msgspec.json.decode(await storage.get_bytes(key), type=Manifest)
        except ObjectMissing:
            yield Violation(task_id, f"no manifest {key}")
            continue
        images = [
            manifest.document.composite,
            *(each.image for each in manifest.layers),
        ]
        for image in images:
            if image is None:
                continue
            expected = {"size": image.size, "sha256": image.sha256}
            if wrong := await _wrong(storage, image.object_key, expected):
                yield Violation(task_id, wrong)


async def nothing_is_left_of_runs_that_made_nothing(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    known: dict[str, str] = {}
    for (task_id, run), told in case.evidence.runs.items():
        prefix = artifacts_prefix(told[0].event.workspace_id, task_id, run)
        end = case.evidence.end((task_id, run))
        known[prefix] = end.event.status if end else "not ended"
    for key in sorted(case.evidence.objects):
        if key.startswith("artifacts/"):
            prefix = "/".join(key.split("/")[:4]) + "/"
            state = known.get(prefix, "unknown")
            if state != Status.COMPLETED:
                yield Violation(key.split("/")[2], f"{key} of a run that is {state}")
    for row in case.evidence.documents.values():
        task = case.evidence.rows.get(row["task_id"])
        if task is None or task["state"] != "completed":
            yield Violation(row["task_id"], "psd has a document of it all the same")


async def published_previews_are_there(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    shown: dict[str, int] = {}
    for row in case.evidence.previews:
        shown[row["document_id"]] = shown.get(row["document_id"], 0) + 1
        if wrong := await _wrong(storage, row["object_key"], row):
            yield Violation(
                _task_of(row["object_key"]), f"{row['preview_id']}: {wrong}"
            )
    for task_id, row in case.evidence.rows.items():
        if row["name"] == "preview.publish" and row["state"] == "completed":
            document, count = (
                row["result"]["document_id"],
                row["result"]["preview_count"],
            )
            if shown.get(document, 0) != count:
                there = shown.get(document, 0)
                yield Violation(task_id, f"{there} of {count} previews are there")


async def every_preview_object_is_known(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    known = {row["object_key"] for row in case.evidence.previews}
    for key in sorted(case.evidence.objects - known):
        if not key.startswith("previews/"):
            continue
        task_id, run = _run_of(key)
        due = case.evidence.garbage.get(key)
        end = case.evidence.end((task_id, run))
        if due is None:
            yield Violation(task_id, f"{key} is there, and nothing knows of it")
        elif end is None or end.event.status is not Status.COMPLETED:
            if due > case.evidence.at:
                yield Violation(task_id, f"{key} of run {run} stays until {due}")


async def no_upload_is_unfinished(
    case: Case, storage: Storage
) -> AsyncIterator[Violation]:
    for key, upload_id in case.evidence.unfinished:
        task_id = key.split("/")[2] if key.startswith("artifacts/") else ""
        yield Violation(task_id, f"multipart upload {upload_id} of {key} is unfinished")


OBJECT_CHECKS: tuple[ObjectCheck, ...] = (
    every_uploaded_file_is_there,
    nothing_is_left_of_uploads_that_were_cut_off,
    every_completed_parse_has_its_images,
    nothing_is_left_of_runs_that_made_nothing,
    published_previews_are_there,
    every_preview_object_is_known,
    no_upload_is_unfinished,
)


def _task_of(preview_key: str) -> str:
    return _run_of(preview_key)[0]


def _run_of(preview_key: str) -> Run:
    """Of ``previews/<workspace>/<preview>/<task>.<run>.webp``."""
    task_id, run, _ = preview_key.rpartition("/")[2].split(".")
    return task_id, int(run)


async def _wrong(storage: Storage, key: str, expected: dict[str, Any]) -> str:
    """What is wrong with the object; it should have this ``size`` and ``sha256``."""
    try:
        data = await storage.get_bytes(key)
    except ObjectMissing:
        return f"{key} is not there"
    if len(data) != expected["size"]:
        return f"{key} has {len(data)} bytes, not {expected['size']}"
    if hashlib.sha256(data).hexdigest() != expected["sha256"]:
        return f"{key} has other bytes than were written"
    return ""
