"""The one driver that the settings name, ready for use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.elastic.drivers.docker import open_docker
from onemanage.elastic.drivers.driver import Driver
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.drivers.local import open_local
from onemanage.elastic.drivers.settings import (
    DockerSettings,
    EciSettings,
    LaunchSettings,
)
from onemanage.elastic.settings import ElasticSettings
from onemanage.platform.process.settings import load


@asynccontextmanager
async def open_driver(settings: ElasticSettings) -> AsyncIterator[Driver]:
    """For as long as the process runs. What its settings lack stops the process."""
    launch = launch_of(settings, load(LaunchSettings))
    match settings.elastic_driver:
        case "local":
            async with open_local(launch) as driver:
                yield driver
        case "eci":
            # Its SDK is a second of imports, and 60 MB, that the others need not have.
            from onemanage.elastic.drivers.eci import open_eci

            async with open_eci(load(EciSettings), launch) as driver:
                yield driver
        case "docker":
            async with open_docker(load(DockerSettings), launch) as driver:
                yield driver


def launch_of(settings: ElasticSettings, given: LaunchSettings) -> Launch:
    """How this installation starts its workers."""
    return Launch(
        installation=given.elastic_installation,
        environments=given.elastic_environments,
        sizes=settings.elastic_sizes,
        heavy_sizes=settings.elastic_heavy_sizes,
        idle_seconds=settings.elastic_idle_seconds,
        age_seconds=settings.elastic_age_seconds,
    )
