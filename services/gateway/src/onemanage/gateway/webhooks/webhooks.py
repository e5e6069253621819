"""What routes of webhooks work with: the rows, and what an address has to be."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx
import msgspec

from onemanage.gateway.http.problems import Problem
from onemanage.gateway.webhooks.delivery_store import DeliveryStore
from onemanage.gateway.webhooks.store import WebhookStore
from onemanage.platform.process.outbound import (
    Network,
    NoHost,
    NoSuchHost,
    NotAllowed,
    OutboundRefused,
    checked_address,
    shown_address,
)
from onemanage.platform.process.outbound_http import host_of
from onemanage.platform.process.sealing import seal


class Webhooks(msgspec.Struct, frozen=True):
    """Of one gateway process."""

    store: WebhookStore
    deliveries: DeliveryStore
    sealing_key: str
    allowed: Sequence[Network]

    def seal(self, text: str, workspace_id: str) -> str:
        """Raises a 422 Problem where this server has no key to seal with."""
        if not self.sealing_key:
            detail = (
                "This server takes no webhooks: it has no WEBHOOK_SEALING_KEY to seal "
                "their secrets with. Ask whoever runs it."
            )
            raise Problem(422, "webhooks_not_set_up", detail)
        return seal(self.sealing_key, text, workspace_id)

    async def address(self, url: str, workspace_id: str) -> tuple[str, str | None]:
        """As it may be shown, and all of it sealed where it has a query.

        A name that is not known now may be later; it is looked up for each attempt.
        Raises a 422 Problem.
        """
        try:
            await checked_address(host_of(httpx.URL(url)), self.allowed)
        except NotAllowed:
            detail = (
                "The address leads to a network that is not public. Give a public one, "
                "or have whoever runs OneManage allow it by WEBHOOK_ALLOWED_NETWORKS."
            )
            raise _refused(detail) from None
        except NoSuchHost as error:
            if isinstance(error, NoHost):
                raise _refused(f"{error}. Check how it is written.") from None
        except (OutboundRefused, httpx.InvalidURL):
            detail = "Not an http or https address that can be asked. Check it."
            raise _refused(detail) from None
        if not urlsplit(url).query:
            return shown_address(url), None
        return shown_address(url), self.seal(url, workspace_id)


def _refused(detail: str) -> Problem:
    errors = [{"pointer": "/url", "detail": detail}]
    return Problem(422, "webhook_address_refused", detail, errors=errors)
