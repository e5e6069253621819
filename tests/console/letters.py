"""Dead letters, as a worker leaves them."""

import base64
from typing import Any

from anyio.from_thread import start_blocking_portal

from onemanage.contracts.psd.documents import ParseExport
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.delivery import DeadLetter, publish_dead_letter
from onemanage.platform.messaging.nats import connect

TRACEBACK = "Traceback: <script>document.title = 'run'</script>"


def leave_letter(nats_url: str, task: dict[str, Any]) -> None:
    """Of the task, as a worker would whose disk is full."""
    with start_blocking_portal() as portal:
        portal.call(_leave, nats_url, task)


async def _leave(nats_url: str, task: dict[str, Any]) -> None:
    subject = "tasks.psd.high"
    command = ParseExport(
        task_id=task["id"],
        workspace_id="wsp_unknown",
        run=task["run"],
        document_id="doc_" + "0" * 32,
        file_id="fil_" + "0" * 32,
        file_key="nothing",
        file_name="broken.psd",
    )
    client = await connect(nats_url, "test")
    try:
        letter = DeadLetter(
            reason="raised",
            error="the disk is full",
            traceback=TRACEBACK,
            stream="TASKS",
            sequence=1,
            subject=subject,
            consumer="worker_psd_high",
            deliveries=3,
            task_id=task["id"],
            payload=base64.b64encode(envelope_of(command)).decode(),
        )
        await publish_dead_letter(client, letter)
    finally:
        await client.close()
