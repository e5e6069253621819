"""What the preview service's processes need from the environment."""

from pydantic import Field

from onemanage.platform.process.settings import (
    DatabaseSettings,
    ProcessSettings,
    StorageSettings,
)


class PreviewSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    preview_lifetime_seconds: float = Field(default=24 * 3600, gt=0)
    preview_sweep_seconds: float = Field(default=60, gt=0)
    """How often what has expired is deleted; five minutes are promised."""
    preview_child_memory_bytes: int = Field(default=2 * 1024**3, ge=256 * 1024**2)
    preview_child_seconds: float = Field(default=240.0, gt=0)
