"""The one NATS connection of a process, and publishing that is confirmed or raises."""

import asyncio
from collections.abc import Mapping

from loguru import logger
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError, NoRespondersError
from nats.js.errors import APIError, NoStreamResponseError

__all__ = ["Client", "PublishUnconfirmed", "connect", "publish"]

MSG_ID = "Nats-Msg-Id"
_ATTEMPT_TIMEOUT = 1.5
_ATTEMPT_PAUSE = 0.25


class PublishUnconfirmed(Exception):
    """JetStream did not confirm a message in time. Retryable, with the same id."""

    def __init__(self, subject: str, msg_id: str, seconds: float) -> None:
        super().__init__(f"{subject} {msg_id}: no confirmation within {seconds} s")
        self.subject, self.msg_id, self.seconds = subject, msg_id, seconds


async def connect(url: str, name: str) -> Client:
    """Connect, and from then on stay connected for as long as the process lives.

    The ping and wait times are those measured to notice a dead leader soonest.
    """
    last_error = ""

    async def on_error(error: Exception) -> None:
        nonlocal last_error
        if str(error) != last_error:  # a server that is down says so many times
            last_error = str(error)
            logger.warning("NATS: {}", last_error or type(error).__name__)

    async def disconnected() -> None:
        if client.is_draining or client.is_closed:
            return
        logger.warning("NATS connection lost, reconnecting")

    async def reconnected() -> None:
        nonlocal last_error
        last_error = ""
        logger.info("NATS connection restored")

    client = Client()
    await client.connect(
        servers=url.split(","),
        name=name,
        error_cb=on_error,
        disconnected_cb=disconnected,
        reconnected_cb=reconnected,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.25,  # type: ignore[arg-type]  # it sleeps this long; only its type says int
        connect_timeout=2,
        ping_interval=3,
        max_outstanding_pings=2,
    )
    return client


async def publish(
    client: Client,
    subject: str,
    payload: bytes,
    *,
    msg_id: str,
    headers: Mapping[str, str] | None = None,
    patience: float = 30.0,
) -> bool:
    """Publish to JetStream until it is confirmed; True if it was not there before.

    Every try carries the same ``Nats-Msg-Id``, so a try that arrived although its
    confirmation did not is stored once. Raises PublishUnconfirmed after ``patience``
    seconds; the message may still arrive then. What the server will never take, such
    as a message larger than the stream allows, is raised at once.
    """
    all_headers = {MSG_ID: msg_id, **(headers or {})}
    stream = client.jetstream()
    try:
        async with asyncio.timeout(patience):
            while True:
                try:
                    ack = await stream.publish(
                        subject, payload, timeout=_ATTEMPT_TIMEOUT, headers=all_headers
                    )
                    return not ack.duplicate
                except (
                    TimeoutError,
                    NatsError,
                    NoRespondersError,
                    NoStreamResponseError,
                ) as error:
                    if _is_final(error):
                        raise
                    logger.debug("Publish to {} unconfirmed: {!r}", subject, error)
                    await asyncio.sleep(_ATTEMPT_PAUSE)
    except TimeoutError:
        raise PublishUnconfirmed(subject, msg_id, patience) from None


def _is_final(error: Exception) -> bool:
    if isinstance(error, MaxPayloadError):
        return True
    return isinstance(error, APIError) and (error.code or 500) < 500
