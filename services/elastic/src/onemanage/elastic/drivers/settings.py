"""What each driver needs from the environment, beyond what the service does."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from onemanage.platform.process.settings import Secret

type Spot = Literal["first", "only", "never"]


class _DriverSettings(BaseSettings):
    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True
    )


class LaunchSettings(_DriverSettings):
    """Of every driver."""

    elastic_installation: str = Field(default="onemanage", min_length=1)
    """Tells groups of this installation from those of others at the same provider."""
    elastic_environments: Path
    """A folder with ``<service>.json`` for each service that may be given groups: the
    names and values of its worker's settings."""


class EciSettings(_DriverSettings):
    """Elastic Container Instance of Aliyun."""

    eci_region: str
    eci_endpoint: str = ""
    """The region's own where it is empty."""
    eci_access_key_id: Secret
    eci_access_key_secret: Secret
    eci_image: str
    """With ``{service}`` in it: ``registry-vpc.cn-hangzhou.aliyuncs.com/acme/{service}:1``"""
    eci_vswitches: list[str] = Field(min_length=1, max_length=10)
    """Of the zones, in the order in which they are tried."""
    eci_security_group: str
    eci_role: str = ""
    """A RAM role that workers take on, so that their settings hold no keys of storage."""
    eci_spot: Spot = "first"
    """Spot machines: before others, nothing else, or never."""
    eci_spot_limit: float = Field(default=0.0, ge=0)
    """The most an hour of a spot machine may cost; 0: what others cost."""
    eci_disk_gib: int = Field(default=0, ge=0)
    """For scratch files, above the 30 GiB that are free of charge."""
    eci_grace_seconds: int = Field(default=120, ge=20)
    """From SIGTERM to SIGKILL. What is not done by then is handed over before."""
    eci_resource_group: str = ""


class DockerSettings(_DriverSettings):
    """An engine with the API of Docker, as Podman has it too."""

    elastic_docker_socket: Path = Path("/var/run/docker.sock")
    elastic_docker_image: str = "onemanage/{service}:dev"
    elastic_docker_network: str = "onemanage_inside"
    elastic_docker_outside: str = "onemanage_edge"
    """The network of those, besides, who fetch from addresses that users name."""
