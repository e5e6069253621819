"""Previews of a data set: its first rows, its profile and its histograms."""

from datetime import datetime

import msgspec

from onemanage.contracts.base import Command
from onemanage.contracts.public import shows_all
from onemanage.contracts.task import Task


@shows_all
class PublishedDataset(msgspec.Struct, frozen=True, kw_only=True):
    dataset_id: str
    preview_count: int
    expires_at: datetime
    warnings: list[str] = []


class PublishDataset(Command, frozen=True, kw_only=True, tag="preview.publish_dataset"):
    """Make, or renew, the previews of a data set from its profile."""

    dataset_id: str
    profile_key: str


PUBLISH_DATASET = Task(
    "preview.publish_dataset",
    command=PublishDataset,
    result=PublishedDataset,
    worker="preview",
    requester="preview",
    leaves="previews",
)
