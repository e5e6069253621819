"""Which orders want a large machine, by their tasks' own rules."""

from typing import Any

import pytest
from msgspec.structs import replace

from onemanage.contracts.datasets.tasks import SNAPSHOT
from onemanage.contracts.imaging.images import (
    ANALYZE,
    TRANSFORM,
    Artifact,
    TransformImage,
)
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.imports.imports import IMPORT
from onemanage.contracts.imports.plans import PLAN
from onemanage.contracts.imports.sources import FileSource
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.contracts.registry import AnyTask

FILE = {"file_id": "fil_1", "file_key": "files/1", "file_name": "a"}
MB = 1_000_000


def source(size: int) -> FileSource:
    return FileSource(**FILE, size=size)


@pytest.mark.parametrize(
    ("task", "fields", "is_heavy"),
    [
        (PARSE_EXPORT, {**FILE, "document_id": "doc_1", "file_size": 2000 * MB}, True),
        (PARSE_EXPORT, {**FILE, "document_id": "doc_1", "file_size": 499 * MB}, False),
        (PARSE_EXPORT, {**FILE, "document_id": "doc_1"}, False),
        (ANALYZE, {**FILE, "file_size": 150 * MB}, True),
        (PLAN, {"plan_id": "pln_1", "sources": [source(600 * MB)] * 2}, True),
        (PLAN, {"plan_id": "pln_1", "sources": [source(600 * MB)]}, False),
        (IMPORT, {"import_id": "imp_1", "planned_rows": 10_000_000}, True),
        (IMPORT, {"import_id": "imp_1", "planned_rows": 9_999_999}, False),
        (SNAPSHOT, {"dataset_id": "d", "import_id": "i", "loaded_rows": 10**8}, True),
    ],
)
def test_an_order_is_heavy_by_bytes_or_rows(
    task: AnyTask, fields: dict[str, Any], is_heavy: bool
) -> None:
    command = task.command(task_id="tsk_1", workspace_id="wsp_1", **fields)

    assert task.is_heavy(command) is is_heavy


def test_an_image_out_of_a_large_document_is_not_heavy_itself() -> None:
    whole = TransformImage(
        task_id="tsk_1",
        workspace_id="wsp_1",
        transformation_id="tsf_1",
        recipe=Recipe(operations=[]),
        file_size=2000 * MB,
    )
    layer = Artifact(object_key="artifacts/1", name="Layer 1")

    assert TRANSFORM.is_heavy(whole)
    assert not TRANSFORM.is_heavy(replace(whole, artifact=layer))
