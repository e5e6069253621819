"""Bodies and answers on limits and usage."""

from typing import Annotated

from pydantic import BaseModel, Field

from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer
from onemanage.gateway.limits.limits import Limits, Own
from onemanage.gateway.limits.store import UsageDay, UsedNow

_MOST = 2**53

Rate = Annotated[
    float | None,
    Field(gt=0, le=1_000_000, allow_inf_nan=False, examples=[100]),
]
Quota = Annotated[int | None, Field(ge=0, le=_MOST, examples=[10_000])]
Uploads = Annotated[int | None, Field(ge=0, le=10_000, examples=[20])]


class LimitsRequest(Body):
    """Limits of one workspace, in place of those it had of its own. null: no such limit.
    What is left out is as the installation has it."""

    key_requests_per_second: Rate = None
    requests_per_second: Rate = None
    images_per_second: Rate = None
    uploads: Uploads = None
    stored_bytes: Quota = None
    tasks_waiting: Quota = None
    rows_per_day: Quota = None
    rows_per_month: Quota = None
    pixels_per_day: Quota = None
    pixels_per_month: Quota = None

    def own(self) -> Own:
        """Those that were said."""
        return self.model_dump(exclude_unset=True)


class LimitsOut(Answer, of=Limits):
    """Those in force. null: no such limit."""


class WorkspaceLimitsOut(LimitsOut):
    own: list[str] = Field(
        description="The workspace's own; all others are the installation's.",
        examples=[["stored_bytes"]],
    )


class UsageDayOut(Answer, of=UsageDay): ...


class UsedOut(Answer, of=UsedNow): ...


class UsageOut(BaseModel):
    """Limits, what counts against them now, and what was used by day."""

    limits: LimitsOut
    used: UsedOut
    days: list[UsageDayOut] = Field(
        description="The oldest first, those in which something was used."
    )
