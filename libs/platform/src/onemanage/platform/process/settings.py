"""What the environment must provide, read once at an entry point and then passed on."""

import sys
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.process.sealing import check_keys

Secret = Annotated[str, Field(repr=False)]


def _checked(key: str) -> str:
    return check_keys(key) if key else key


def _checked_networks(text: str) -> str:
    parse_networks(text)  # raises ValueError, which names the setting
    return text


def _checked_address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if text and not (host and port.isascii() and port.isdigit()):
        raise ValueError(f"{text} is no address as 0.0.0.0:9100")
    return text


class LogSettings(BaseSettings):
    """JSON lines for machines, coloured ones for people."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    log_format: Literal["json", "pretty"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class ProcessSettings(LogSettings):
    """What every long-lived process needs: logs, health, figures and NATS."""

    metrics_address: Annotated[str, AfterValidator(_checked_address)] = ""
    """Where the process tells its figures and its health, as ``0.0.0.0:9100``; nobody
    is to reach it who may not see them. Empty: nowhere."""
    metrics_workspaces: bool = False
    """Tell some figures by workspace too; each is a series of its own."""
    otel_exporter_otlp_endpoint: str = ""
    """Where spans are sent, as ``http://collector:4318``. Empty: nowhere. What else
    OTEL_… says, the SDK reads by itself."""
    health_file: str | None = None
    """Touched every five seconds while the process is connected and working."""
    nats_url: Secret
    """One address or several, separated by commas."""
    task_ack_wait: float = Field(default=30.0, gt=0)
    """Seconds without a heartbeat after which JetStream gives a message to another."""
    compute_group: str = ""
    """The container group that it runs in, where one was started for it."""
    stream_replicas: int = Field(default=1, ge=1, le=5)


class DatabaseSettings(BaseSettings):
    """The service's own role and schema in PostgreSQL."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: Secret
    """``postgresql://<role>:<password>@<host>:<port>/<database>``"""


class StorageSettings(BaseSettings):
    """Any S3: Cloudflare R2, Aliyun OSS, SeaweedFS."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    s3_endpoint: str
    s3_bucket: str
    s3_region: str = "auto"
    s3_addressing: Literal["auto", "path", "virtual"] = "auto"
    """Where the bucket stands: in the path, before the host, or as the host wants it."""
    s3_access_key_id: Secret
    s3_secret_access_key: Secret


class OutboundSettings(BaseSettings):
    """Of those who connect to addresses that users name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    own_networks: Annotated[str, AfterValidator(_checked_networks)] = ""
    """Of our servers: never connected to, whatever else is allowed."""


class SealingSettings(BaseSettings):
    """Of those who hand on, or need, the passwords of databases to import from."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_import_sealing_key: Annotated[Secret, AfterValidator(_checked)] = ""
    """32 random bytes in base64, the same for the gateway and the data-import service:
    ``openssl rand -base64 32``. Without it no database can be a source. Several divided
    by commas while a key is changed: the first seals, each opens."""


class AddressSealingSettings(BaseSettings):
    """Of those who hand on, or need, whole addresses of images."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True
    )

    imaging_sealing_key: Annotated[Secret, AfterValidator(_checked)] = ""
    """As above, the same for the gateway, its consumer and imaging's workers. Without it
    no address with a query is fetched."""


def load[S: BaseSettings](settings: type[S]) -> S:
    """Read the environment, or stop the process and name everything that is amiss."""
    try:
        return settings()
    except ValidationError as error:
        print(f"{settings.__name__}: the environment is not complete:", file=sys.stderr)
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            print(f"  {name}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(2) from None
