"""What the gateway's processes need from the environment."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from onemanage.gateway.access.passwords import SHORTEST
from onemanage.gateway.access.secrets import hash_api_key
from onemanage.gateway.deletion.retention_days import read_days
from onemanage.gateway.limits.limits import Limits
from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.process.sealing import check_keys
from onemanage.platform.process.settings import (
    AddressSealingSettings,
    DatabaseSettings,
    OutboundSettings,
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


def _is_address(given: str) -> str:
    url = urlsplit(given)
    if given and (url.scheme not in ("http", "https") or not url.netloc):
        raise ValueError(f"{given} is no address as https://s3.example.com")
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


def _are_outbound(given: str) -> str:
    parse_networks(given)  # raises ValueError, which names the setting
    return given


class WebhookSettings(OutboundSettings):
    """Of those who take addresses for webhooks, and of those who send to them."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True
    )

    webhook_sealing_key: Annotated[
        Secret, AfterValidator(lambda key: check_keys(key) if key else key)
    ] = ""
    """32 random bytes in base64, the same for the gateway and its consumer: seals the
    secrets of webhooks. Without it there are none. Several divided by commas while a
    key is changed: the first seals, each opens."""
    webhook_allowed_networks: Annotated[str, AfterValidator(_are_outbound)] = ""
    """Not public and allowed all the same, as in ``10.1.0.0/16, 192.168.7.5``."""


def _none_where_empty(given: Any) -> Any:
    return None if given == "" else given


_OPTIONAL = BeforeValidator(_none_where_empty)
Rate = Annotated[Annotated[float, Field(gt=0, le=1_000_000)] | None, _OPTIONAL]
Quota = Annotated[Annotated[int, Field(ge=0, le=2**53)] | None, _OPTIONAL]


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


class LimitSettings(BaseSettings):
    """What each workspace may do that has no limits of its own. Empty: no limit."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    limit_key_requests_per_second: Rate = 100
    """Of one API key or session."""
    limit_requests_per_second: Rate = 300
    """Of one workspace."""
    limit_images_per_second: Rate = 20
    """Made by address, of one workspace."""
    limit_uploads: Annotated[
        Annotated[int, Field(ge=0, le=10_000)] | None, _OPTIONAL
    ] = None
    """At the same moment."""
    limit_stored_bytes: Quota = None
    limit_tasks_waiting: Quota = None
    limit_rows_per_day: Quota = None
    limit_rows_per_month: Quota = None
    limit_pixels_per_day: Quota = None
    limit_pixels_per_month: Quota = None
    burst_seconds: float = Field(default=10, gt=0, le=3600)
    """Requests of so many seconds may come at once."""
    gateway_replicas: int = Field(default=1, ge=1)
    """Processes that share the requests, so that each lets its part of them through."""

    def limits(self) -> Limits:
        """Those that hold where a workspace has none of its own."""
        fields = Limits.__struct_fields__
        return Limits(**{name: getattr(self, f"limit_{name}") for name in fields})


class GatewaySettings(
    ProcessSettings,
    DatabaseSettings,
    StorageSettings,
    SealingSettings,
    AddressSealingSettings,
    WebhookSettings,
    EdgeSettings,
    LimitSettings,
):
    public_url: str
    """The address that clients reach the gateway by, as it stands in links."""
    preview_signing_key: Secret = Field(min_length=32)
    """Also seals the answers that are kept for repeats (Idempotency-Key)."""
    owner_api_key: Annotated[str | None, AfterValidator(_checked_api_key)] = Field(
        default=None, repr=False
    )
    """Given to the owner's workspace at the first start, and never looked at again."""
    owner_email: Annotated[str | None, _OPTIONAL] = None
    """With a password: the owner as a person who can log in, made where there is none."""
    owner_password: Annotated[
        Annotated[str, Field(min_length=SHORTEST)] | None, _OPTIONAL
    ] = Field(default=None, repr=False)
    session_idle_seconds: float = Field(default=12 * 3600, gt=0)
    """Without use a session ends."""
    session_seconds: float = Field(default=7 * 86400, gt=0)
    """After which every session ends."""
    audit_days: int = Field(default=400, ge=30, le=36_500)
    """For which it is kept who did what."""
    console_dir: str = ""
    """The folder that the console was built into; without it none is served."""
    cors_origins: Annotated[str, AfterValidator(_are_origins)] = ""
    """Pages beside ``public_url`` that browsers let use the API, separated by commas."""
    max_upload_bytes: int = 2 * 1024**3
    max_upload_seconds: float = Field(default=6 * 3600, gt=0)
    """What takes longer is refused, and what it has stored is deleted."""
    upload_sweep_seconds: float = Field(default=60, gt=0)
    s3_public_endpoint: Annotated[str, AfterValidator(_is_address)] = ""
    """The address that clients reach the storage by. Without it there are no uploads in
    parts."""
    max_resumable_bytes: int = Field(default=50 * 1024**3, gt=0)
    """Of a file that is sent in parts."""
    part_address_seconds: int = Field(default=3600, ge=60, le=7 * 86400)
    """That the address of a part is good for."""
    resumable_idle_seconds: float = Field(default=24 * 3600, gt=0)
    """Without anybody asking for addresses, an upload in parts is taken for abandoned."""
    resumable_seconds: float = Field(default=7 * 86400, gt=0)
    """After which each is, unless it is completed. Its row is kept as long again."""
    image_memory_bytes: int = Field(default=64 * MIB, ge=MIB)
    """Of images by address that one process keeps at hand."""
    max_event_streams: int = Field(default=1000, ge=1)
    """Of one workspace, at one process; each is a connection for as long as it lasts."""
    retention_days: Annotated[str, AfterValidator(_are_days)] = ""
    """By kind, for workspaces that say nothing themselves: ``export=7,file=365``."""
    retention_sweep_seconds: float = Field(default=30, gt=0)
    task_retention_days: float = Field(default=90, ge=8)
    """After which a task that has ended keeps no order, progress and result."""
    database_pool_size: int = Field(default=10, ge=6)


class WorkerSettings(ProcessSettings, DatabaseSettings, StorageSettings):
    """The gateway's worker looks into files."""


class ConsumerSettings(
    ProcessSettings, DatabaseSettings, WebhookSettings, AddressSealingSettings
):
    """The gateway's event consumer needs less, sends to webhooks, and says what pictures
    of merges are."""

    webhook_seconds: float = Field(default=15.0, gt=0)
    """For one attempt, from the look-up of the name to the answer."""
    webhook_log_days: float = Field(default=30.0, ge=8)
    """What was delivered or given up is kept so long: longer than the seven days for
    which NATS may tell an event again."""


def cors(settings: GatewaySettings) -> dict[str, Any]:
    """What the pages of other sites may ask for, as CORSMiddleware wants it."""
    return {
        "allow_origins": origins(settings.cors_origins),
        "allow_credentials": True,
        "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        "allow_headers": ["*"],
        "expose_headers": ["*"],
    }
