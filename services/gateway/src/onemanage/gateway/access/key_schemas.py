"""Bodies and answers on API keys."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from onemanage.contracts.base import utc_now
from onemanage.gateway.access.key_store import KeyRow
from onemanage.gateway.access.scopes import READ, WRITE, Scope
from onemanage.gateway.http.shown import Answer, list_of

_EXAMPLE = "om_live_" + "A" * 43 + "_00000000"


def _network(given: str) -> str:
    try:
        return str(ip_network(given))
    except ValueError:
        raise ValueError(
            "Not a network as 203.0.113.0/24, 2001:db8::/32 or one address; the bits "
            "behind the prefix are zero."
        ) from None


def _in_future(given: AwareDatetime) -> AwareDatetime:
    if given <= utc_now():
        raise ValueError("This moment has passed; a key expires later than now.")
    return given


def _once(given: list[Scope]) -> list[Scope]:
    return sorted(set(given))


class ApiKeyRequest(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["shop"]
    )
    scopes: Annotated[list[Scope], AfterValidator(_once)] = Field(
        default=[READ, WRITE], min_length=1, max_length=8
    )
    """What it may do; admin is to make and revoke keys."""
    expires_at: Annotated[AwareDatetime, AfterValidator(_in_future)] | None = Field(
        default=None, examples=["2999-12-31T23:59:59Z"]
    )
    networks: list[Annotated[str, AfterValidator(_network)]] = Field(
        default=[], max_length=100, examples=[["203.0.113.0/24"]]
    )
    """Where it may be used from; anywhere where there are none."""


class ApiKeyOut(Answer, of=KeyRow): ...


class NewApiKeyOut(ApiKeyOut):
    """The only answer that has the key itself."""

    key: str = Field(examples=[_EXAMPLE])


ApiKeyList = list_of(ApiKeyOut)
