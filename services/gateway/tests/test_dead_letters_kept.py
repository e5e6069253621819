"""Which dead letters there are: listed, filtered, discarded."""

import pytest

from onemanage.gateway.dead_letters.letters import DeadLetters
from onemanage.gateway.dead_letters.stream import DeadLetterStream, Filter, NoSuchLetter
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging.nats import Client

from .dead_letter_samples import dead, dead_event, dead_task, ids_of

ALL = Filter()


@pytest.fixture
def letters(nats: Client, tasks: TaskStore) -> DeadLetters:
    return DeadLetters(nats, tasks)


async def test_letters_are_listed_oldest_first_page_by_page_and_by_filter(
    letters: DeadLetters, nats: Client
) -> None:
    ids = [await dead_task(nats, f"tsk_{number}") for number in range(4)]
    slow = await dead_task(nats, "tsk_9", reason="timeout")
    event = await dead_event(nats, "on_task_event_project_task", "tsk_0")

    pages: list[list[int]] = []
    after: int | None = 0
    while after is not None:
        page = await letters.page(2, after, Filter(subject="tasks.>"))
        pages.append([letter.id for letter in page.items])
        after = page.next_after

    assert pages == [ids[:2], ids[2:], [slow]]
    assert await ids_of(letters, Filter(reason="timeout")) == [slow]
    assert await ids_of(letters, Filter(task_id="tsk_0")) == [ids[0], event]
    assert await ids_of(letters, Filter(subject="events.*.*.failed")) == [event]
    assert await ids_of(letters, Filter(subject="tasks.psd.>")) == []


async def test_what_is_discarded_is_gone_and_what_does_not_fit_stays(
    letters: DeadLetters, nats: Client
) -> None:
    ids = [await dead_task(nats, f"tsk_{number}") for number in range(4)]
    slow = await dead_task(nats, "tsk_9", reason="timeout")
    event = await dead_event(nats, "on_task_event_project_task")

    await letters.discard(ids[0])
    by_reason = await letters.discard_all(Filter(reason="timeout"))
    left = await ids_of(letters)
    by_subject = await letters.discard_all(Filter(subject="tasks.>"))

    assert (by_reason, left) == (1, [*ids[1:], event])
    assert slow not in left
    assert (by_subject, await ids_of(letters)) == (3, [event])
    assert await letters.discard_all(ALL) == 1
    assert await letters.discard_all(ALL) == 0


async def test_of_two_that_discard_the_same_letter_one_is_told_that_it_is_gone(
    nats: Client,
) -> None:
    stream = DeadLetterStream(nats)
    ids = [await dead_task(nats, f"tsk_{number}") for number in range(3)]

    for letter_id in ids:  # the first, one in between and the last of the stream
        told = [await stream.delete(letter_id) for _ in range(2)]
        assert told == [True, False]


@pytest.mark.parametrize("letter_id", [-1, 0, 1, 2, 2**64])
async def test_a_letter_that_is_not_there_is_said_to_be_missing(
    letters: DeadLetters, nats: Client, letter_id: int
) -> None:
    await letters.discard(await dead(nats, b""))

    for act in (letters.get, letters.replay, letters.discard):
        with pytest.raises(NoSuchLetter, match=str(letter_id)):
            await act(letter_id)


@pytest.mark.parametrize("subject", ["", "tasks.", "tasks..x", "a b", ">.tasks"])
def test_a_filter_takes_no_broken_subject(subject: str) -> None:
    with pytest.raises(ValueError, match="is not a subject"):
        Filter(subject=subject)
