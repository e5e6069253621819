"""What the psd service's processes need from the environment."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from onemanage.platform.process.settings import (
    DatabaseSettings,
    ProcessSettings,
    StorageSettings,
)


class ConsumerSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    """The consumer answers queries and takes away what failed tasks left."""

    psd_kept_days: int = Field(default=30, ge=1, le=3650)
    """Since they were made, of pictures of templates that were made at once."""


class WorkerSettings(ConsumerSettings):
    psd_child_memory_bytes: int = Field(default=2 * 1024**3, ge=256 * 1024**2)
    """Address space of the child that reads one document."""
    psd_child_seconds: float = Field(default=240.0, gt=0)
    """Wall time of the same; less than the task's 300 s, to leave some for uploads."""
    psd_children: int = Field(default_factory=lambda: min(4, os.cpu_count() or 1), ge=1)
    """That read one large document together."""
    psd_max_side: int = 30_000
    """Pixels."""
    psd_max_pixels: int = 2_000_000_000
    """Of all layers and the canvas together."""
    psd_quick_slots: int = Field(default=2, ge=1, le=64)
    """Pictures of templates that a worker makes at once for whoever waits for them,
    beside its tasks."""
    psd_quick_seconds: float = Field(default=2.0, gt=0, le=60)
    """Of processor time for one of them, where its template is compiled."""
    psd_compiling_seconds: float = Field(default=8.0, gt=0, le=60)
    """The same, where it has to be compiled first."""
    psd_quick_niceness: int = Field(default=10, ge=0, le=19)
    """By how much tasks go before them."""
    psd_pictures_per_child: int = Field(default=200, ge=1, le=10_000)
    """Of one workspace's templates, one after the other; 1 compiles each anew."""
    psd_source_cache_bytes: int = Field(default=2 * 1024**3, ge=0)
    """Of the worker's disk, for documents, fonts and pictures of such pictures."""
    psd_cmyk_profile: Annotated[
        Path | None, BeforeValidator(lambda given: given or None)
    ] = None
    """A file with the ICC profile that CMYK without one is taken to have; else SWOP."""
