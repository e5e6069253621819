"""What the elastic service's process needs from the environment."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_settings import SettingsConfigDict

from onemanage.contracts.registry import TASKS
from onemanage.elastic.domain.groups import Bounds, Policy, Price
from onemanage.platform.process.settings import DatabaseSettings, ProcessSettings

SERVICES = tuple(sorted({task.worker for task in TASKS} - {"gateway"}))
"""Whose workers may come and go; the gateway's join files, which waits for storage."""

type _Positive = Annotated[float, Field(gt=0)]
type _Money = Annotated[float, Field(ge=0)] | None


class BoundsSetting(BaseModel, frozen=True, extra="forbid"):
    """Of one service, in ELASTIC_BOUNDS; see Bounds."""

    slots: int = Field(default=2, ge=1)
    least: int = Field(default=0, ge=0)
    most: int = Field(default=4, ge=0)
    most_heavy: int = Field(default=1, ge=0)


class PriceSetting(BaseModel, frozen=True, extra="forbid"):
    """Of one size, in ELASTIC_PRICES; see Price."""

    hour: float = Field(ge=0)
    spot: float | None = Field(default=None, ge=0)


class ElasticSettings(ProcessSettings, DatabaseSettings):
    """The consumer process, in which the reconciler runs."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    elastic_driver: Literal["eci", "local", "docker"]
    """Who starts groups of workers."""
    elastic_every_seconds: _Positive = 5.0
    """Between two looks."""
    elastic_target_seconds: _Positive = 30.0
    elastic_step: int = Field(default=4, ge=1)
    elastic_cool_down_seconds: float = Field(default=30.0, ge=0)
    elastic_warm_seconds: float = Field(default=60.0, ge=0)
    elastic_start_seconds: _Positive = 600.0
    elastic_idle_seconds: float = Field(default=120.0, ge=1)
    """A worker of a group that has had nothing to do for so long ends by itself."""
    elastic_age_seconds: float = Field(default=7200.0, ge=60)
    """After which a worker of a group takes no further task, and ends with its last."""
    elastic_budget_per_hour: _Money = None
    elastic_budget_per_day: _Money = None
    """Money, in the currency of the prices; without one, as much as it takes."""
    elastic_bounds: dict[str, BoundsSetting] = {
        service: BoundsSetting() for service in SERVICES
    }
    """By service, as JSON; of one that is not named nothing is started."""
    elastic_sizes: tuple[str, ...] = ()
    elastic_heavy_sizes: tuple[str, ...] = ()
    """Of machines, the preferred first; as the driver has them."""
    elastic_prices: dict[str, PriceSetting] = {}
    """By size."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """A price that is missing would be a budget that does not hold."""
        if unknown := sorted(set(self.elastic_bounds).difference(SERVICES)):
            known = ", ".join(SERVICES)
            raise ValueError(
                f"ELASTIC_BOUNDS names {', '.join(unknown)}; services are {known}"
            )
        if self.elastic_driver != "eci":
            return self
        for name in ("sizes", "heavy_sizes", "budget_per_hour", "budget_per_day"):
            if getattr(self, f"elastic_{name}") in ((), None):
                raise ValueError(f"ELASTIC_{name.upper()} is needed with eci")
        sizes = {*self.elastic_sizes, *self.elastic_heavy_sizes}
        if missing := sorted(sizes.difference(self.elastic_prices)):
            raise ValueError(f"ELASTIC_PRICES has no price of {', '.join(missing)}")
        return self

    @property
    def policy(self) -> Policy:
        """The same as the domain has it."""
        return Policy(
            target=self.elastic_target_seconds,
            step=self.elastic_step,
            cool_down=self.elastic_cool_down_seconds,
            warm=self.elastic_warm_seconds,
            starting=self.elastic_start_seconds,
            idle=self.elastic_idle_seconds,
            age=self.elastic_age_seconds,
            last_task=max(task.timeout for task in TASKS) + 60,
            budget_hour=self.elastic_budget_per_hour,
            budget_day=self.elastic_budget_per_day,
            bounds={
                name: Bounds(**bounds.model_dump())
                for name, bounds in self.elastic_bounds.items()
            },
            prices={
                name: Price(**price.model_dump())
                for name, price in self.elastic_prices.items()
            },
            sizes=self.elastic_sizes,
            heavy_sizes=self.elastic_heavy_sizes,
        )
