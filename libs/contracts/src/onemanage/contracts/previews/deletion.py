"""Deleting previews. Carried out by the preview service.

Those of a document or a data set that is deleted go by themselves.
"""

from onemanage.contracts.deletion import Delete, Deleted, FindDependents
from onemanage.contracts.task import Task

PREVIEW = "preview"


class DeleteFromPreview(Delete, frozen=True, kw_only=True, tag="preview.delete"):
    """Their links end at once."""


DELETE_FROM_PREVIEW = Task(
    "preview.delete",
    command=DeleteFromPreview,
    result=Deleted,
    worker="preview",
    timeout=1800.0,
    leaves=None,
    title="DeleteFromPreview",
)


class FindPreviewDependents(FindDependents, frozen=True, kw_only=True):
    """Nothing depends on a preview: it is there or not."""
