"""HTTP bodies. Pydantic checks what comes in and documents what goes out."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from onemanage.contracts.imaging.layer_checks import address_fault
from onemanage.gateway.http import plain_json


class Body(BaseModel):
    """Of a request. Free objects in it, too, hold only what can be kept and sent."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _is_plain(cls, given: Any) -> Any:
        why = plain_json.why_not(given)
        if why is not None:
            raise ValueError(why)
        return given


def _public(url: str) -> str:
    if fault := address_fault(url):
        raise ValueError(fault)
    return url


PublicAddress = Annotated[
    str, Field(max_length=2000, pattern=r"^https?://"), AfterValidator(_public)
]
"""Of what anybody can read: it names a host, and neither a user nor a password."""


def example(**fields: Any) -> ConfigDict:
    """Of a body in which not all that has an example stands together."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class ProblemOut(BaseModel):
    """RFC 9457, as application/problem+json."""

    type: str = Field(examples=["https://onemanage.dev/problems/not_found"])
    title: str
    status: int
    detail: str
    trace_id: str | None
    errors: list[dict[str, str]] | None = None
