"""Previews of a data set: its first rows, its profile and its histograms."""

from datetime import datetime

import msgspec

from onemanage.contracts.base import (
    AcceptedEvent,
    CancelledEvent,
    Command,
    Event,
    FailedEvent,
    ProgressEvent,
    RequestedEvent,
    StartedEvent,
)


class PublishedDataset(msgspec.Struct, frozen=True, kw_only=True):
    dataset_id: str
    preview_count: int
    expires_at: datetime
    warnings: list[str] = []


class PublishDataset(Command, frozen=True, kw_only=True, tag="preview.publish_dataset"):
    """Make, or renew, the previews of a data set from its profile."""

    dataset_id: str
    profile_key: str


class PublishDatasetRequested(
    RequestedEvent, frozen=True, kw_only=True, tag="preview.publish_dataset.requested"
):
    command: PublishDataset


class PublishDatasetAccepted(
    AcceptedEvent, frozen=True, kw_only=True, tag="preview.publish_dataset.accepted"
):
    pass


class PublishDatasetStarted(
    StartedEvent, frozen=True, kw_only=True, tag="preview.publish_dataset.started"
):
    pass


class PublishDatasetProgress(
    ProgressEvent, frozen=True, kw_only=True, tag="preview.publish_dataset.progress"
):
    pass


class PublishDatasetCompleted(
    Event, frozen=True, kw_only=True, tag="preview.publish_dataset.completed"
):
    result: PublishedDataset


class PublishDatasetFailed(
    FailedEvent, frozen=True, kw_only=True, tag="preview.publish_dataset.failed"
):
    pass


class PublishDatasetCancelled(
    CancelledEvent, frozen=True, kw_only=True, tag="preview.publish_dataset.cancelled"
):
    pass
