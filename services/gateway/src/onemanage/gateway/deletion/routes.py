"""DELETE, of whatever was uploaded or made; alike for all.

What is deleted is gone for readers at once, and its objects soon after. A second DELETE
is answered 404, as GET is; the same Idempotency-Key gets the first answer.
"""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from onemanage.contracts.deletion import FILE
from onemanage.contracts.imaging.deletion import (
    ANALYSIS,
    BACKGROUND,
    BATCH,
    TRANSFORMATION,
)
from onemanage.contracts.imports.deletion import EXPORT, PLAN, REJECTS
from onemanage.contracts.previews.deletion import PREVIEW
from onemanage.contracts.psd.deletion import (
    DIFF,
    DOCUMENT,
    FONT,
    MERGE,
    RENDITION,
    TEMPLATE,
)
from onemanage.gateway.datasets.known import known_export
from onemanage.gateway.deletion.deleting import Deletes
from onemanage.gateway.http.ids import (
    BackgroundId,
    BatchId,
    DatasetId,
    DiffId,
    DocumentId,
    ExportId,
    FileId,
    FontId,
    ImportId,
    MergeId,
    PlanId,
    PreviewId,
    RenditionId,
    TemplateId,
    TransformationId,
)
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.tasks.schemas import TaskOut

router = APIRouter()

_REFUSED: dict[int | str, dict[str, Any]] = {
    409: {
        "model": ProblemOut,
        "description": "has_dependents: the first hundred stand in `dependents`; or "
        "in_use: needed by the `tasks`, or just being made by them.",
    }
}
_AS: dict[str, Any] = {"response_model": TaskOut, "responses": _REFUSED}


@router.delete("/v1/files/{file_id}", tags=["files"], **_AS)
async def delete_file(deletes: Deletes, file_id: FileId) -> Response:
    """With its analysis. Documents, fonts, transformations, backgrounds and plans that
    were made of it depend on it; imports and their data sets do not.
    """
    return await deletes.answer(FILE, file_id)


@router.delete("/v1/psd/documents/{document_id}", tags=["psd"], **_AS)
async def delete_document(deletes: Deletes, document_id: DocumentId) -> Response:
    """With its layers, images and previews; its file stays. Renditions, diffs and
    templates depend on it.
    """
    return await deletes.answer(DOCUMENT, document_id)


@router.delete("/v1/psd/renditions/{rendition_id}", tags=["renditions"], **_AS)
async def delete_rendition(deletes: Deletes, rendition_id: RenditionId) -> Response:
    """With all its images."""
    return await deletes.answer(RENDITION, rendition_id)


@router.delete("/v1/psd/diffs/{diff_id}", tags=["diffs"], **_AS)
async def delete_diff(deletes: Deletes, diff_id: DiffId) -> Response:
    """With its heat map."""
    return await deletes.answer(DIFF, diff_id)


@router.delete("/v1/templates/{template_id}", tags=["templates"], **_AS)
async def delete_template(deletes: Deletes, template_id: TemplateId) -> Response:
    """In all its revisions, with the pictures that are kept of it; the document stays."""
    return await deletes.answer(TEMPLATE, template_id)


@router.delete("/v1/fonts/{font_id}", tags=["fonts"], **_AS)
async def delete_font(deletes: Deletes, font_id: FontId) -> Response:
    """Templates that are set in it lack it from now on; its file stays."""
    return await deletes.answer(FONT, font_id)


@router.delete("/v1/merges/{merge_id}", tags=["merges"], **_AS)
async def delete_merge(deletes: Deletes, merge_id: MergeId) -> Response:
    """With the pictures that it has made, but for those that another merge shows too."""
    return await deletes.answer(MERGE, merge_id)


@router.delete("/v1/images/transformations/{transformation_id}", tags=["images"], **_AS)
async def delete_transformation(
    deletes: Deletes, transformation_id: TransformationId
) -> Response:
    """With its images, but for those that another transformation shows too."""
    return await deletes.answer(TRANSFORMATION, transformation_id)


@router.delete("/v1/images/backgrounds/{background_id}", tags=["images"], **_AS)
async def delete_background(deletes: Deletes, background_id: BackgroundId) -> Response:
    """With its images."""
    return await deletes.answer(BACKGROUND, background_id)


@router.delete("/v1/images/analyses/{file_id}", tags=["images"], **_AS)
async def delete_analysis(deletes: Deletes, file_id: FileId) -> Response:
    """The file is found among similar ones no more."""
    return await deletes.answer(ANALYSIS, file_id)


@router.delete("/v1/images/batches/{batch_id}", tags=["images"], **_AS)
async def delete_batch(deletes: Deletes, batch_id: BatchId) -> Response:
    """With all the images that it has made. Its tasks keep what became of each."""
    return await deletes.answer(BATCH, batch_id)


@router.delete("/v1/imports/plans/{plan_id}", tags=["imports"], **_AS)
async def delete_import_plan(deletes: Deletes, plan_id: PlanId) -> Response:
    """Imports that were made by it stay."""
    return await deletes.answer(PLAN, plan_id)


@router.delete("/v1/imports/{import_id}/rejects", tags=["imports"], **_AS)
async def delete_rejects(deletes: Deletes, import_id: ImportId) -> Response:
    """The rejected rows, of all its tables. The import says how many there were."""
    return await deletes.answer(REJECTS, import_id)


@router.delete(
    "/v1/datasets/{dataset_id}/exports/{export_id}", tags=["datasets"], **_AS
)
async def delete_export(
    deletes: Deletes, dataset_id: DatasetId, export_id: ExportId
) -> Response:
    """The file; the data set stays."""

    async def check() -> None:
        await known_export(deletes.gateway, deletes.caller, dataset_id, export_id)

    return await deletes.answer(EXPORT, export_id, check)


@router.delete("/v1/previews/{preview_id}", tags=["previews"], **_AS)
async def delete_preview(deletes: Deletes, preview_id: PreviewId) -> Response:
    """Its link ends. POST /v1/previews makes it anew."""
    return await deletes.answer(PREVIEW, preview_id)
