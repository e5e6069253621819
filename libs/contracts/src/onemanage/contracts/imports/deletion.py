"""Deleting plans, rejects of imports and exports. Carried out by data-import.

Data sets are dropped by a task of their own, and imports are undone.
"""

from onemanage.contracts.deletion import Delete, Deleted, FindDependents
from onemanage.contracts.task import Task

PLAN, REJECTS, EXPORT = "plan", "rejects", "export"
IMPORT, DATASET = "import", "dataset"
"""Counted where a workspace is deleted."""


class DeleteFromDataImport(Delete, frozen=True, kw_only=True, tag="data_import.delete"):
    """``rejects`` are named by the import's id, whose ledger stays. A file stands for
    the plans that read it; a workspace goes with its tables."""


DELETE_FROM_DATA_IMPORT = Task(
    "data_import.delete",
    command=DeleteFromDataImport,
    result=Deleted,
    worker="data_import",
    timeout=1800.0,
    leaves=None,
    title="DeleteFromDataImport",
)


class FindDataImportDependents(FindDependents, frozen=True, kw_only=True):
    """Plans that read a file."""
