"""Bodies and answers on webhooks."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.webhooks.delivery_store import DeliveryRow
from onemanage.gateway.webhooks.events import is_heard
from onemanage.gateway.webhooks.store import WebhookRow

_PATTERN = r"^(\*|[a-z_]+)(\.(\*|[a-z_]+))*$"
_SECRET = "whsec_" + "A" * 43 + "="


def _is_an_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        has_host, names_user = bool(parts.hostname), "@" in parts.netloc
        has_fragment, _ = bool(parts.fragment), parts.port
    except ValueError:
        raise ValueError("must be an address, with a port up to 65535") from None
    if names_user:
        raise ValueError("must not hold a user or a password")
    if not has_host:
        raise ValueError("must name a host")
    if has_fragment:
        raise ValueError("must not have a fragment (#…), which is never sent")
    return url


def _is_an_event(pattern: str) -> str:
    if not is_heard(pattern):
        raise ValueError("no event is called so; docs/webhooks.md lists them")
    return pattern


def _once(patterns: list[str]) -> list[str]:
    return sorted(set(patterns))


Url = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^https?://[^\s\x00-\x1f\x7f]+$",
        description="Where events are posted to: http or https, on a public network, "
        "without user and password. A query is sealed, and never shown again.",
        examples=["https://example.com/hooks/onemanage"],
    ),
    AfterValidator(_is_an_address),
]
Events = Annotated[
    list[
        Annotated[
            str,
            Field(max_length=100, pattern=_PATTERN),
            AfterValidator(_is_an_event),
        ]
    ],
    Field(
        min_length=1,
        max_length=50,
        description="Names of events; `*` stands for one or more parts. Progress is "
        "sent where a pattern ends in `.progress` alone.",
        examples=[["psd.*.completed", "*.failed"]],
    ),
    AfterValidator(_once),
]
Description = Annotated[
    str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["The shop"])
]


class WebhookRequest(Body):
    """Where to send which events."""

    url: Url
    events: Events
    description: Description | None = None


class WebhookChange(Body):
    """What is not named, or null, stays as it is."""

    model_config = example(events=["*.failed"], enabled=True)

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    enabled: bool | None = Field(
        default=None,
        description="false: nothing more is recorded, and what waits is kept. true: it "
        "is sent again, what waits at once.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in type(self).model_fields):
            raise ValueError("name what is to change: url, events, …")
        return self


class WebhookOut(Answer, of=WebhookRow): ...


class NewWebhookOut(WebhookOut):
    """The only answer that has the secret."""

    secret: str = Field(examples=[_SECRET])


class DeliveryOut(Answer, of=DeliveryRow): ...


WebhookList = list_of(WebhookOut)
DeliveryList = list_of(DeliveryOut)
