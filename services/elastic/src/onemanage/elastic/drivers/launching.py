"""What a worker of a group is started with, whoever starts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from onemanage.elastic.drivers.driver import GroupOrder, StartRefused


class NoEnvironment(StartRefused):
    """The operator has not said what a worker of this service is to be told."""

    wait = 60.0


@dataclass(frozen=True, kw_only=True)
class Launch:
    """The same for all groups of an installation."""

    installation: str
    """Tells its groups from those of another one at the same provider."""
    environments: Path
    """A folder with ``<service>.json`` for each service: names and values. Read anew for
    each group, so that a password can be changed."""
    sizes: Sequence[str]
    heavy_sizes: Sequence[str]
    """Names of the price table, in order of preference."""
    idle_seconds: float
    age_seconds: float

    def sizes_of(self, order: GroupOrder) -> Sequence[str]:
        """In the order in which they are tried."""
        return self.heavy_sizes if order.heavy else self.sizes

    def environment(self, order: GroupOrder) -> dict[str, str]:
        """Settings of the worker, and which group it is. Raises NoEnvironment."""
        path = self.environments / f"{order.service}.json"
        try:
            given = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError) as error:
            raise NoEnvironment(
                f"{path} is to say the settings of a worker: {error}"
            ) from None
        return {**given, "COMPUTE_GROUP": order.token}

    def options(self, grace: float) -> list[str]:
        """Of its command line, where it is killed so many seconds after SIGTERM."""
        return [
            *("--exit-when-idle", f"{self.idle_seconds:g}"),
            *("--exit-after", f"{self.age_seconds:g}"),
            *("--wait-tasks-timeout", f"{grace:g}"),
        ]
