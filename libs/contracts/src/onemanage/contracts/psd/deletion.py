"""Deleting documents, renditions and diffs. Carried out by the psd service.

A thing of the kind ``file`` stands for the documents of that file.
"""

from onemanage.contracts.deletion import Delete, Deleted, FindDependents
from onemanage.contracts.task import Task

DOCUMENT, RENDITION, DIFF = "document", "rendition", "diff"


class DeleteFromPsd(Delete, frozen=True, kw_only=True, tag="psd.delete"):
    """Documents go with their layers, and with cascade with renditions and diffs."""


DELETE_FROM_PSD = Task(
    "psd.delete",
    command=DeleteFromPsd,
    result=Deleted,
    worker="psd",
    timeout=1800.0,
    leaves=None,
    title="DeleteFromPsd",
)


class FindPsdDependents(FindDependents, frozen=True, kw_only=True):
    """Documents of a file; renditions and diffs of a document."""
