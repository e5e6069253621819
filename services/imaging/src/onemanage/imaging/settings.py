"""What the imaging service's processes need from the environment."""

from pathlib import Path

from onemanage.platform.settings import (
    DatabaseSettings,
    ProcessSettings,
    StorageSettings,
)


class ConsumerSettings(ProcessSettings, DatabaseSettings):
    """The consumer answers queries from its tables."""


class WorkerSettings(ConsumerSettings, StorageSettings):
    """The worker reads and writes objects besides."""

    imaging_weights: Path | None = None
    """u2netp.onnx, where it is not at its place in the environment."""
