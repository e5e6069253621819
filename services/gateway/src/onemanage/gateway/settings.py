"""What the gateway's processes need from the environment."""

from pydantic import Field

from onemanage.platform.settings import (
    DatabaseSettings,
    ProcessSettings,
    SealingSettings,
    Secret,
    StorageSettings,
)


class GatewaySettings(
    ProcessSettings, DatabaseSettings, StorageSettings, SealingSettings
):
    public_url: str
    """The address that clients reach the gateway by, as it stands in links."""
    preview_signing_key: Secret = Field(min_length=32)
    owner_api_key: str | None = Field(default=None, repr=False)
    """Given to the owner's workspace at the first start, and never looked at again."""
    max_upload_bytes: int = 2 * 1024**3
    max_upload_seconds: float = Field(default=6 * 3600, gt=0)
    """What takes longer is refused, and what it has stored is deleted."""
    upload_sweep_seconds: float = Field(default=60, gt=0)
    database_pool_size: int = 10


class ConsumerSettings(ProcessSettings, DatabaseSettings):
    """The gateway's event consumer needs less."""
