"""What a worker does that has carried out a run of which another has told the end."""

import asyncio

from loguru import logger
from nats.errors import Error as NatsError

from onemanage.contracts.base import Status
from onemanage.contracts.registry import consumers_of
from onemanage.platform.messaging.events import StoredEvent
from onemanage.platform.messaging.handlers import ask_handler
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import pauses
from onemanage.platform.tasks.lifecycle import OUTAGE


async def take_away(client: Client, before: StoredEvent | None) -> None:
    """Have the handlers of the end that was told ``before`` act once more.

    If it failed or was cancelled, those who took away what it left did so before this
    worker had stored the rest. Nothing is to be done where it was completed, or None.
    """
    if before is None or before.subject.endswith(f".{Status.COMPLETED}"):
        return
    logger.warning("Carried out, and yet it ended as {}", before.subject)
    acting = (
        spec for spec in consumers_of(before.subject) if before.subject in spec.subjects
    )
    for spec in acting:
        for pause in pauses(OUTAGE):
            try:
                answer = await ask_handler(client, spec.handler, before)
            except (NatsError, TimeoutError) as error:
                logger.debug("{} does not answer: {!r}", spec.handler, error)
            else:
                if answer.error is None:
                    break
            await asyncio.sleep(pause)
        else:
            logger.error("{} could not take away what is left", spec.handler)
