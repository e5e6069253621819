"""HTTP bodies on keys that sign addresses, and on hosts that addresses may name."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.images.addresses.key_store import Covers, SigningKeyRow
from onemanage.gateway.images.schemas import PRESET_NAME

_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_Side = Annotated[int, Field(ge=1, le=16_384)]


def _host(given: str) -> str:
    host = given.lower()
    if not _HOST.fullmatch(host):
        raise ValueError(
            "Not a host as cdn.example.org, or *.example.org for all below"
        )
    return host


class SigningKeyRequest(Body):
    """A key that is to sign addresses of images."""

    name: str = Field(
        min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["shop"]
    )
    covers: Covers = Field(
        default="address",
        description="address: the signature is of everything behind it. source: of "
        "expiry and source alone; the recipe is free within the lists.",
    )
    widths: list[_Side] = Field(
        default=[],
        max_length=100,
        description="Pixels that addresses may ask for. Empty: any of a key that covers "
        "the address, and none of one that covers the source.",
        examples=[[400, 800, 1600]],
    )
    heights: list[_Side] = Field(default=[], max_length=100)
    dprs: list[Annotated[float, Field(ge=0.1, le=8)]] = Field(
        default=[], max_length=10, examples=[[1, 2]]
    )
    presets: list[Annotated[str, Field(pattern=PRESET_NAME)]] = Field(
        default=[],
        max_length=100,
        description="That addresses may name; as with widths.",
        examples=[["shop-thumb"]],
    )

    @model_validator(mode="after")
    def _allows_something(self) -> Self:
        if self.covers == "source" and not (
            self.widths or self.heights or self.presets
        ):
            raise ValueError(
                "a key that covers the source needs widths, heights or presets"
            )
        return self


class SigningKeyOut(Answer, of=SigningKeyRow): ...


class NewSigningKeyOut(SigningKeyOut):
    """The only answer that has the secret."""

    secret: str = Field(
        description="Signs addresses on your own server: see docs/imaging.md.",
        examples=["om_sign_" + "A" * 43],
    )


SigningKeyList = list_of(SigningKeyOut)


class HostsRequest(Body):
    """Hosts in place of those before."""

    hosts: list[Annotated[str, AfterValidator(_host)]] = Field(
        max_length=100, examples=[["cdn.example.org", "*.example.com"]]
    )


class HostsOut(BaseModel):
    """Whose images addresses may name; of no other host is anything fetched."""

    hosts: list[str] = Field(examples=[["cdn.example.org"]])
