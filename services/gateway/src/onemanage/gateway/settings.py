"""What the gateway's processes need from the environment."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from onemanage.gateway.access.passwords import SHORTEST
from onemanage.gateway.access.secrets import hash_api_key
from onemanage.gateway.deletion.retention_days import read_days
from onemanage.platform.process.settings import (
    AddressSealingSettings,
    DatabaseSettings,
    ProcessSettings,
    SealingSettings,
    Secret,
    StorageSettings,
)

type Networks = list[IPv4Network | IPv6Network]

KIB, MIB = 1024, 1024**2


def _checked_api_key(key: str | None) -> str | None:
    if key is not None and hash_api_key(key) is None:
        raise ValueError(
            "This is not an API key: it begins with om_live_, and its last characters"
            " are a checksum of the others. infra/.env.example says how to make one."
        )
    return key


def _are_networks(given: str) -> str:
    networks(given)
    return given


def _are_origins(given: str) -> str:
    for origin in origins(given):
        url = urlsplit(origin)
        if f"{url.scheme}://{url.netloc}" != origin or not url.netloc:
            raise ValueError(f"{origin} is no origin as https://app.example.com")
    return given


def _are_days(given: str) -> str:
    read_days(given)
    return given


def origins(given: str) -> list[str]:
    """``https://a.example,https://b.example`` one by one."""
    return [one.strip() for one in given.split(",") if one.strip()]


def networks(given: str) -> Networks:
    """``10.0.0.0/8,::1`` as networks. Raises ValueError."""
    return [ip_network(one.strip()) for one in given.split(",") if one.strip()]


class EdgeSettings(BaseSettings):
    """What a connection and a request may take, whoever it is that comes."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    max_connections: int = Field(default=2000, ge=1)
    """At once. Above it the one that has waited longest for a request is closed."""
    max_connections_per_address: int = Field(default=200, ge=1)
    """At once, of one IPv4 address or one IPv6 network of 64 bits."""
    trusted_proxies: Annotated[str, AfterValidator(_are_networks)] = "127.0.0.0/8,::1"
    """Networks, separated by commas, whose connections are not counted by address."""
    header_seconds: float = Field(default=10, gt=0)
    """From a connection, or the first byte of its next request, to the last header."""
    max_header_bytes: int = Field(default=32 * KIB, ge=KIB)
    """Of the request line and all headers, trailers too."""
    keep_alive_seconds: int = Field(default=5, ge=1)
    """Between an answer and the next request of its connection."""
    idle_seconds: float = Field(default=30, gt=0)
    """Without a byte of the body that is waited for, or with none of the answer read."""
    min_body_rate: int = Field(default=512, ge=0)
    """Bytes a second that a body must bring on average, after ``idle_seconds``."""
    max_json_bytes: int = Field(default=MIB, gt=0)
    """Of any body that is not a file on its way to storage."""
    max_drained_bytes: int = Field(default=16 * MIB, ge=0)
    """Of a body that nobody reads any more, so that its sender reads the answer."""
    drain_seconds: float = Field(default=5, gt=0)


class GatewaySettings(
    ProcessSettings,
    DatabaseSettings,
    StorageSettings,
    SealingSettings,
    AddressSealingSettings,
    EdgeSettings,
):
    public_url: str
    """The address that clients reach the gateway by, as it stands in links."""
    preview_signing_key: Secret = Field(min_length=32)
    owner_api_key: Annotated[str | None, AfterValidator(_checked_api_key)] = Field(
        default=None, repr=False
    )
    """Given to the owner's workspace at the first start, and never looked at again."""
    owner_email: str | None = None
    """With a password: the owner as a person who can log in, made where there is none."""
    owner_password: Annotated[str | None, Field(min_length=SHORTEST)] = Field(
        default=None, repr=False
    )
    session_idle_seconds: float = Field(default=12 * 3600, gt=0)
    """Without use a session ends."""
    session_seconds: float = Field(default=7 * 86400, gt=0)
    """After which every session ends."""
    cors_origins: Annotated[str, AfterValidator(_are_origins)] = ""
    """Pages beside ``public_url`` that browsers let use the API, separated by commas."""
    max_upload_bytes: int = 2 * 1024**3
    max_upload_seconds: float = Field(default=6 * 3600, gt=0)
    """What takes longer is refused, and what it has stored is deleted."""
    upload_sweep_seconds: float = Field(default=60, gt=0)
    retention_days: Annotated[str, AfterValidator(_are_days)] = ""
    """By kind, for workspaces that say nothing themselves: ``export=7,file=365``."""
    retention_sweep_seconds: float = Field(default=30, gt=0)
    task_retention_days: float = Field(default=90, ge=8)
    """After which a task that has ended keeps no order, progress and result."""
    database_pool_size: int = 10


class ConsumerSettings(ProcessSettings, DatabaseSettings):
    """The gateway's event consumer needs less."""
