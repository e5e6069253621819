"""What the data-import service's processes need from the environment."""

from pydantic import Field

from onemanage.data_import.sources.settings import SourceSettings
from onemanage.platform.process.settings import (
    DatabaseSettings,
    ProcessSettings,
    SealingSettings,
    StorageSettings,
)


class ConsumerSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    """The consumer answers queries and takes away what failed tasks left."""


class WorkerSettings(ConsumerSettings, SealingSettings, SourceSettings):
    import_child_memory_bytes: int = Field(default=3 * 1024**3, ge=1024**3)
    """Address space of the child that reads one source."""
    import_plan_seconds: float = Field(default=240.0, gt=0)
    """Wall time of the child that looks through the files of one plan."""
    import_child_seconds: float = Field(default=3500.0, gt=0)
    """Wall time of the child that reads one table; less than the task's 3600 s."""
    dataset_child_seconds: float = Field(default=1700.0, gt=0)
    """Wall time of one that writes a snapshot or an export; the task has 1800 s."""
    import_undo_days: float = Field(default=7.0, gt=0)
    """How long what an import has replaced is kept for its undo."""
    import_sweep_seconds: float = Field(default=600.0, gt=0)
