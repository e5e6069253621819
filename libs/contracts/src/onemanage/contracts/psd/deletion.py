"""Deleting documents and what was made of them, and fonts. Carried out by the psd service.

A thing of the kind ``file`` stands for the documents and fonts of that file.
"""

from onemanage.contracts.deletion import Delete, Deleted, FindDependents
from onemanage.contracts.task import Task

DOCUMENT, RENDITION, DIFF = "document", "rendition", "diff"
TEMPLATE, FONT, MERGE = "template", "font", "merge"


class DeleteFromPsd(Delete, frozen=True, kw_only=True, tag="psd.delete"):
    """Documents go with their layers, and with cascade with renditions, diffs,
    templates and their merges."""


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
    """Documents and fonts of a file; renditions, diffs and templates of a document;
    merges of a template."""
