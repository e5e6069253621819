"""What the imaging service's processes need from the environment."""

from pydantic import Field

from onemanage.platform.settings import (
    DatabaseSettings,
    ProcessSettings,
    StorageSettings,
)


class ConsumerSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    """The consumer answers queries and takes away what failed tasks left."""


class WorkerSettings(ConsumerSettings):
    imaging_child_memory_bytes: int = Field(default=3 * 1024**3, ge=512 * 1024**2)
    """Address space of the child that works on one image, libraries included."""
    imaging_child_seconds: float = Field(default=240.0, gt=0)
    """Wall time of the same; less than the task's 300 s, to leave some for uploads."""
