"""Deleting what was made of images, and files. Carried out by the imaging service.

A file goes with its analysis; the gateway, whose row it is, has closed it before.
"""

from collections.abc import Iterator

from onemanage.contracts.base import derived_id
from onemanage.contracts.deletion import Delete, Deleted, FindDependents
from onemanage.contracts.imaging.batches import MAX_BATCH
from onemanage.contracts.task import Task

TRANSFORMATION, BACKGROUND = "transformation", "background"
ANALYSIS, BATCH = "analysis", "batch"


class DeleteFromImaging(Delete, frozen=True, kw_only=True, tag="imaging.delete"):
    """A batch goes with all its images; a file with its analysis, and with cascade with
    all that was made of it. A workspace goes with every object that it has."""


DELETE_FROM_IMAGING = Task(
    "imaging.delete",
    command=DeleteFromImaging,
    result=Deleted,
    worker="imaging",
    timeout=1800.0,
    leaves=None,
    title="DeleteFromImaging",
)


class FindImagingDependents(FindDependents, frozen=True, kw_only=True):
    """Transformations and backgrounds of a file."""


def task_of_batch(batch_id: str) -> str:
    """They differ in their kind alone, so that neither has to be looked up."""
    return f"tsk_{batch_id.removeprefix('bat_')}"


def task_in_batch(batch_task_id: str, number: int) -> str:
    """The task of one of its images, from 0."""
    return derived_id("tsk", batch_task_id, str(number))


def tasks_in_batch(batch_task_id: str) -> Iterator[str]:
    """Of all the images that a batch can have."""
    return (task_in_batch(batch_task_id, number) for number in range(MAX_BATCH))
