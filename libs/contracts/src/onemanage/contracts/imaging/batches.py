"""Many images at once: one order, a task for each image, and one that ends them all.

The gateway keeps the tasks of a batch. The command here is sent when all of them have
ended.
"""

from datetime import datetime

import msgspec

from onemanage.contracts.base import Command
from onemanage.contracts.imaging.images import StoredImage
from onemanage.contracts.public import shows
from onemanage.contracts.task import Task

MAX_BATCH = 10_000
MAX_SHEET = 120
"""Images that a contact sheet shows at most: the first ones."""


class SheetImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image that the batch has made, for its contact sheet."""

    object_key: str
    name: str
    """What is written below it."""


class FinishBatch(Command, frozen=True, kw_only=True, tag="imaging.batch"):
    """Every image of a batch has ended: sum up, and make the contact sheet."""

    batch_id: str
    total: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    images: list[SheetImage] = []


@shows(
    "batch_id",
    "task_id",
    "total",
    "completed",
    "failed",
    "cancelled",
    "contact_sheet",
    "created_at",
)
class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """How a batch ended."""

    batch_id: str
    workspace_id: str
    task_id: str
    total: int
    """Images that were ordered: those of the three numbers below."""
    completed: int
    failed: int
    cancelled: int
    contact_sheet: StoredImage | None
    """None where nothing was made."""
    created_at: datetime


FINISH_BATCH = Task(
    "imaging.batch",
    command=FinishBatch,
    result=Batch,
    worker="imaging",
    makes="batch_id",
)
