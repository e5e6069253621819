"""What the data-import service's processes need from the environment."""

from pydantic import Field

from onemanage.platform.settings import (
    DatabaseSettings,
    ProcessSettings,
    StorageSettings,
)


class ConsumerSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    """The consumer answers queries and takes away what failed tasks left."""


class WorkerSettings(ConsumerSettings):
    data_import_child_memory_bytes: int = Field(default=4 * 1024**3, ge=1024**3)
    """Address space of a child that reads or writes a table, libraries included."""
    data_import_child_seconds: float = Field(default=1700.0, gt=0)
    """Wall time of one that writes a snapshot or an export; the task has 1800 s."""
