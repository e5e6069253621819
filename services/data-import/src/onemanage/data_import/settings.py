"""What the data-import service's processes need from the environment."""

from onemanage.data_import.sources.settings import SourceSettings
from onemanage.platform.settings import (
    DatabaseSettings,
    ProcessSettings,
    SealingSettings,
    StorageSettings,
)


class ConsumerSettings(ProcessSettings, DatabaseSettings):
    """The consumer answers queries from its tables."""


class WorkerSettings(
    ConsumerSettings, StorageSettings, SealingSettings, SourceSettings
):
    """The worker reads and writes objects besides, and reads source databases."""
