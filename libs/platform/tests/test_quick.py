"""Quick questions: who is worked for, who is told to come back; over a real NATS."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from onemanage.contracts.imaging.quick import MadeImage, MakeImage, QuickSource
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.messaging import quick, quick_answering
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.messaging.quick_answering import Answerer, answer_quickly
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import Broker, Receiver
from onemanage.platform.tasks.activity import Activity
from onemanage.testing.fixtures import Servers, eventually

FLOOD = 200


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[Client]:
    client = await connect(servers.nats_url, "test")
    yield client
    await client.close()


def question(workspace_id: str = "wsp_1") -> MakeImage:
    return MakeImage(
        workspace_id=workspace_id,
        source=QuickSource(name="photo.jpg", object_key="files/wsp_1/fil_1/source"),
        recipe=Recipe(),
        store_key=f"images/{workspace_id}/fil_1/one",
    )


def image(data: bytes = bytes(range(256))) -> MadeImage:
    return MadeImage(
        media_type="image/png",
        width=16,
        height=16,
        size=len(data),
        sha256="0" * 64,
        data=data,
    )


class Work:
    """Goes on when it may; counts by workspace, in the order of the turns."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.dropped = 0
        self.may_go_on = asyncio.Event()

    async def make(self, asked: MakeImage) -> MadeImage:
        self.begun.append(asked.workspace_id)
        try:
            await self.may_go_on.wait()
        except asyncio.CancelledError:
            self.dropped += 1
            raise
        return image()


@asynccontextmanager
async def answering(
    client: Client,
    answerer: Answerer,
    slots: int = 2,
    activity: Activity | None = None,
) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    running = asyncio.create_task(
        answer_quickly(client, [answerer], stop, slots=slots, activity=activity)
    )
    await asyncio.sleep(0)
    await client.flush()
    try:
        yield stop
    finally:
        stop.set()
        await running


async def refused(asked: asyncio.Task[MadeImage]) -> QuickFailed:
    with pytest.raises(QuickFailed) as caught:
        await asked
    return caught.value


def asking(
    client: Client, workspace_id: str = "wsp_1", deadline: float = 20.0
) -> asyncio.Task[MadeImage]:
    asked = ask_quickly(client, question(workspace_id), MadeImage, deadline)
    return asyncio.create_task(asked)


async def test_bytes_come_as_they_are(client: Client) -> None:
    data = bytes(range(256)) * 4096

    async def make(_: MakeImage) -> MadeImage:
        return image(data)

    async with answering(client, make):
        assert await asking(client) == image(data)


async def test_a_flood_of_one_workspace_keeps_no_other_waiting(client: Client) -> None:
    work = Work()
    async with answering(client, work.make):
        flood = [asking(client) for _ in range(FLOOD)]
        await eventually(lambda: len(work.begun) == 2)
        other = asking(client, "wsp_2")
        # Questions are taken in their order: once this one is refused, that is waiting.
        assert (await refused(asking(client))).kind == "busy"
        work.may_go_on.set()
        assert await other == image()
        answers = await asyncio.gather(*flood, return_exceptions=True)

    assert work.begun.index("wsp_2") < 10  # of 66 that were taken before it
    kinds = {each.kind for each in answers if isinstance(each, QuickFailed)}
    assert kinds == {"busy"}
    assert sum(isinstance(each, MadeImage) for each in answers) >= 64


async def test_who_would_not_be_done_in_time_is_told_so_at_once(client: Client) -> None:
    work = Work()
    async with answering(client, work.make, slots=1):
        waiting = [asking(client) for _ in range(30)]
        await eventually(lambda: work.begun)
        refusal = await refused(asking(client, deadline=1.0))
        assert not any(each.done() for each in waiting)
        work.may_go_on.set()
        await asyncio.gather(*waiting)

    assert (refusal.kind, refusal.code) == ("busy", "quick.busy")
    assert refusal.retry_after is not None and 1 <= refusal.retry_after <= 3
    assert len(work.begun) == 30


async def test_a_worker_that_was_slow_for_a_while_tries_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_answering, "_FIRST_GUESS", 1000.0)
    work = Work()
    async with answering(client, work.make, slots=1):
        first = asking(client)
        await eventually(lambda: work.begun)
        assert (await refused(asking(client))).kind == "busy"
        work.may_go_on.set()
        assert await first == image()
        assert await asking(client) == image()


async def test_work_that_nobody_waits_for_is_dropped(client: Client) -> None:
    work = Work()
    async with answering(client, work.make, slots=1):
        at_work, waits = asking(client), asking(client)
        await eventually(lambda: work.begun)
        await client.flush()
        for each in (waits, at_work):
            each.cancel()
        await eventually(lambda: work.dropped == 1)
        work.may_go_on.set()
        assert await asking(client) == image()

    assert len(work.begun) == 2


@pytest.mark.parametrize(
    ("error", "kind", "code", "where"),
    [
        (InvalidInput("ink.out", "No cyan.", "page 3"), "invalid", "ink.out", "page 3"),
        (QuickFailed("heavy", "ink.heavy", "Much."), "heavy", "ink.heavy", None),
        (ConnectionError("S3"), "unavailable", "quick.unavailable", None),
        (KeyError("a fault"), "unavailable", "quick.unavailable", None),
    ],
)
async def test_why_there_is_no_answer_is_told(
    client: Client, error: Exception, kind: str, code: str, where: str | None
) -> None:
    async def make(_: MakeImage) -> MadeImage:
        raise error

    async with answering(client, make):
        refusal = await refused(asking(client))

    assert (refusal.kind, refusal.code, refusal.where) == (kind, code, where)
    assert (refusal.retry_after is None) == (kind in ("invalid", "heavy"))


async def test_what_takes_longer_than_somebody_waits_is_ended(client: Client) -> None:
    work = Work()
    async with answering(client, work.make):
        refusal = await refused(asking(client, deadline=0.3))
        await eventually(lambda: work.dropped == 1)

    assert refusal.kind == "unavailable"


async def test_what_was_taken_before_the_end_still_is_answered(client: Client) -> None:
    work = Work()
    async with answering(client, work.make, slots=1) as stop:
        taken = [asking(client) for _ in range(3)]
        await eventually(lambda: work.begun)
        await client.flush()
        stop.set()
        await asyncio.sleep(0.1)
        late = await refused(asking(client))
        work.may_go_on.set()
        assert await asyncio.gather(*taken) == [image()] * 3

    assert (late.kind, late.retry_after) == ("unavailable", 2)


@asynccontextmanager
async def another_worker(
    servers: Servers,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    """A process that takes a question, says so, and never answers."""
    program = (
        "import asyncio, sys\n"
        "from onemanage.contracts.imaging.quick import MadeImage, MakeImage\n"
        "from onemanage.platform.messaging.nats import connect\n"
        "from onemanage.platform.messaging.quick_answering import answer_quickly\n"
        "async def make(asked: MakeImage) -> MadeImage:\n"
        "    print('at work', flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "async def main():\n"
        "    client = await connect(sys.argv[1], 'worker')\n"
        "    answers = answer_quickly(client, [make], asyncio.Event(), slots=1)\n"
        "    task = asyncio.create_task(answers)\n"
        "    await asyncio.sleep(0.1)\n"
        "    await client.flush()\n"
        "    print('ready', flush=True)\n"
        "    await task\n"
        "asyncio.run(main())\n"
    )
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, servers.nats_url),
        stdout=asyncio.subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert await worker.stdout.readline() == b"ready\n"
    try:
        yield worker, worker.stdout
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()


async def test_a_worker_that_is_killed_at_work_leaves_one_clear_refusal(
    client: Client, servers: Servers
) -> None:
    async with another_worker(servers) as (worker, said):
        asked = asking(client, deadline=3.0)
        assert await said.readline() == b"at work\n"
        worker.kill()
        await worker.wait()

        assert (await refused(asked)).kind == "unavailable"


async def test_what_a_killed_worker_had_taken_is_made_by_another(
    client: Client, servers: Servers
) -> None:
    work = Work()
    work.may_go_on.set()
    async with another_worker(servers) as (worker, said):
        asked = asking(client)
        assert await said.readline() == b"at work\n"
        async with answering(client, work.make):
            worker.kill()
            await worker.wait()

            assert await asked == image()
    assert len(work.begun) == 1


async def test_a_busy_worker_is_passed_over_for_an_idle_one(
    client: Client, servers: Servers
) -> None:
    work = Work()
    work.may_go_on.set()
    async with another_worker(servers) as (_, said):
        busy = asking(client)
        assert await said.readline() == b"at work\n"
        async with answering(client, work.make):
            for number in range(20):  # NATS alone would choose by chance
                assert await asking(client) == image()
                assert len(work.begun) == number + 1
        busy.cancel()


async def test_where_all_are_busy_a_question_waits_for_its_turn(client: Client) -> None:
    work = Work()
    async with answering(client, work.make, slots=1):
        asked = [asking(client) for _ in range(3)]
        await eventually(lambda: work.begun)
        await client.flush()
        work.may_go_on.set()
        assert await asyncio.gather(*asked) == [image()] * 3


async def test_a_worker_that_takes_long_and_lives_is_waited_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "_SILENCE", 0.4)
    monkeypatch.setattr(quick_answering, "SIGN_SECONDS", 0.1)
    work = Work()
    async with answering(client, work.make):
        asked = asking(client)
        await asyncio.sleep(1.0)
        work.may_go_on.set()
        assert await asked == image()
    assert len(work.begun) == 1


async def test_a_worker_answers_on_after_its_connection_was_lost(
    client: Client, servers: Servers
) -> None:
    work = Work()
    work.may_go_on.set()
    worker = await connect(servers.nats_url, "worker")
    async with answering(worker, work.make):
        assert await asking(client) == image()
        assert worker._transport is not None
        worker._transport.close()  # type: ignore[no-untyped-call]  # nats-py gives it no types
        await eventually(lambda: worker.stats["reconnects"])

        async def is_answered() -> bool:
            try:
                return await asking(client, deadline=1.0) == image()
            except QuickFailed:
                return False

        await eventually(is_answered)
    await worker.close()


async def test_a_worker_that_is_told_to_stop_answers_what_it_has_taken(
    nats: Client, process_settings: ProcessSettings
) -> None:
    work, stop = Work(), asyncio.Event()
    broker = Broker(process_settings, "imaging")

    async def answer(stop: asyncio.Event) -> None:
        await answer_quickly(broker.connection, [work.make], stop, slots=1)

    broker.beside.append(answer)
    running = asyncio.create_task(Receiver(broker, max_async_tasks=2).listen(stop))

    asked = [asking(nats)]

    async def is_taken() -> bool:
        if asked[-1].done():  # it came before the worker was there
            asked[-1].exception()
            asked.append(asking(nats))
        await asyncio.sleep(0.05)
        return bool(work.begun)

    await eventually(is_taken)
    stop.set()
    await asyncio.sleep(0.1)
    assert not running.done()
    work.may_go_on.set()

    assert await asked[-1] == image()
    await running
    await broker.shutdown()


async def test_a_worker_with_a_question_at_hand_is_not_idle(client: Client) -> None:
    work, activity = Work(), Activity()
    async with answering(client, work.make, activity=activity):
        asked = asking(client)
        await eventually(lambda: work.begun)
        await asyncio.sleep(0.05)
        assert activity.idle_seconds == 0
        work.may_go_on.set()
        await asked
        await eventually(lambda: activity.idle_seconds > 0)
