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
    psd_cmyk_profile: Annotated[
        Path | None, BeforeValidator(lambda given: given or None)
    ] = None
    """A file with the ICC profile that CMYK without one is taken to have; else SWOP."""
