"""What the imaging service's processes need from the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.process.settings import (
    AddressSealingSettings,
    DatabaseSettings,
    OutboundSettings,
    ProcessSettings,
    StorageSettings,
)


def _checked_networks(text: str) -> str:
    parse_networks(text)  # raises ValueError, which names the setting
    return text


class ConsumerSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    """The consumer answers queries and takes away what failed tasks left."""

    imaging_kept_days: int = Field(default=30, ge=1, le=3650)
    """Since they were made, of images made at once; they are made again when asked for."""
    imaging_analyze_uploads: bool = False
    """Whether uploaded images are looked at before anybody asks what they show."""


class WorkerSettings(ConsumerSettings, AddressSealingSettings, OutboundSettings):
    imaging_weights: Path | None = None
    """u2netp.onnx, where it is not at its place in the environment."""
    imaging_child_memory_bytes: int = Field(default=3 * 1024**3, ge=512 * 1024**2)
    """Address space of the child that works on one image, libraries included."""
    imaging_child_seconds: float = Field(default=240.0, gt=0)
    """Wall time of the same; less than the task's 300 s, to leave some for uploads."""
    imaging_images_per_child: int = Field(default=32, ge=1, le=1000)
    """Of one workspace's own files, one after the other; 1 lets no image be where
    another was before."""
    imaging_quick_slots: int = Field(default=2, ge=1, le=64)
    """Images that a worker makes at once for whoever waits for them, beside its tasks."""
    imaging_quick_seconds: float = Field(default=2.0, gt=0, le=60)
    """Of processor time for one of them; what takes more is to be ordered as a task."""
    imaging_quick_niceness: int = Field(default=10, ge=0, le=19)
    """By how much tasks go before them."""
    imaging_source_cache_bytes: int = Field(default=2 * 1024**3, ge=0)
    """Of the worker's disk, for sources of such images."""
    imaging_fetch_bytes: int = Field(default=256 * 1024**2, ge=1)
    """Of an image that is named by its address."""
    imaging_fetch_seconds: float = Field(default=60.0, gt=0)
    imaging_allowed_networks: Annotated[str, AfterValidator(_checked_networks)] = ""
    """Not public and allowed all the same, as in ``10.1.0.0/16, 192.168.7.5``."""
