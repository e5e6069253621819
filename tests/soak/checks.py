"""Is everything that was promised kept? Rows and events against what clients were told.

Every check is a generator: it yields what is wrong, and for which task.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from onemanage.contracts.base import (
    Event,
    FailedEvent,
    ProgressEvent,
    StartedEvent,
    Status,
)
from onemanage.gateway.tasks.queues import is_automatic
from onemanage.platform.messaging import topology
from tests.soak.evidence import Evidence, Row, Told, run_of_letter
from tests.soak.ledger import ENDED, Ledger
from tests.soak.probe import preview_task


@dataclass(frozen=True)
class Violation:
    task_id: str
    """Empty where it is not about one task."""
    text: str


@dataclass(frozen=True)
class Case:
    evidence: Evidence
    ledger: Ledger
    put_back: bool = False
    """The queue was: it has given out again what had ended."""


type Check = Callable[[Case], Iterator[Violation]]


def every_accepted_task_has_a_row_that_has_ended(case: Case) -> Iterator[Violation]:
    for task_id, accepted in case.ledger.accepted.items():
        row = case.evidence.rows.get(task_id)
        if row is None:
            yield Violation(task_id, "accepted, and there is no row")
        elif row["workspace_id"] != accepted.workspace_id:
            yield Violation(task_id, "the row is another workspace's")
    for task_id, row in case.evidence.rows.items():
        if row["state"] not in ENDED:
            yield Violation(task_id, f"the row is still {row['state']}")


def nothing_was_done_that_nobody_has_asked_for(case: Case) -> Iterator[Violation]:
    followed = set(_published_by_the_handler(case))
    accepted = case.ledger.accepted
    for task_id, row in case.evidence.rows.items():
        if is_automatic(row["subject"] or "") and task_id not in followed:
            yield Violation(task_id, "no completed parse has led to this task")
        if not is_automatic(row["subject"] or "") and task_id not in accepted:
            yield Violation(task_id, "a row of a client, and no client was told of it")
    for task_id, _ in case.evidence.runs:
        if task_id not in case.evidence.rows:
            yield Violation(task_id, "there are events of it, and no row")


def every_completed_parse_has_led_to_previews(case: Case) -> Iterator[Violation]:
    for published in _published_by_the_handler(case):
        if published not in case.evidence.rows:
            yield Violation(published, "a parse was completed; this never came of it")


def _published_by_the_handler(case: Case) -> Iterator[str]:
    for (task_id, run), told in case.evidence.runs.items():
        if any(t.subject == "events.psd.parse_export.completed" for t in told):
            yield preview_task(task_id, run)


def every_run_has_ended_exactly_once(case: Case) -> Iterator[Violation]:
    for task_id, row in case.evidence.rows.items():
        for run in range(1, row["run"] + 1):
            told = case.evidence.runs.get((task_id, run), [])
            ends = [t.event.status.value for t in told if t.is_end]
            if len(ends) != 1:
                yield Violation(
                    task_id, f"run {run} has ended {len(ends)} times: {ends}"
                )
    for task_id, run in case.evidence.runs:
        known = case.evidence.rows.get(task_id, {"run": 0})["run"]
        if run > known:
            yield Violation(task_id, f"events of run {run}; the row is at {known}")


def every_row_says_what_its_last_event_says(case: Case) -> Iterator[Violation]:
    for task_id, row in case.evidence.rows.items():
        end = case.evidence.end((task_id, row["run"]))
        if end is None:
            continue  # said by every_run_has_ended_exactly_once
        for field, expected in _facts(end.event, row).items():
            if row[field] != expected:
                yield Violation(
                    task_id, f"the row's {field} is {row[field]!r}, told {expected!r}"
                )
        begun = _attempts(case.evidence.runs[task_id, row["run"]])
        if row["attempt"] != max(begun, default=0):
            yield Violation(
                task_id, f"the row is at attempt {row['attempt']}, begun were {begun}"
            )


def _facts(event: Event, row: Row) -> Row:
    """What the row must say. Where it was cancelled alone, it came before the event."""
    finished_at = event.timestamp if row["released_at"] else row["finished_at"]
    result = getattr(event, "result", None)
    error = event.error if isinstance(event, FailedEvent) else None
    return {
        "state": event.status.value,
        "result": msgspec.to_builtins(result),
        "error": msgspec.to_builtins(error),
        "finished_at": finished_at,
    }


def events_of_a_run_come_in_a_legal_order(case: Case) -> Iterator[Violation]:
    for (task_id, run), told in case.evidence.runs.items():
        for wrong in _disorder(told, case.put_back):
            yield Violation(task_id, f"run {run}: {wrong}")


def _disorder(told: list[Told], put_back: bool) -> Iterator[str]:
    if told[0].event.status is not Status.ACCEPTED:
        yield f"begins with {told[0].event.status}"
    attempt, ended = 0, False
    for event in (t.event for t in told):
        # A start may cross an end that is on its way (guarantees.md, "Not promised").
        again = isinstance(event, StartedEvent | ProgressEvent) and put_back
        if ended and not (again or isinstance(event, StartedEvent)):
            yield f"{event.status} after the end"
        if isinstance(event, StartedEvent):
            if event.attempt <= attempt:
                yield f"attempt {event.attempt} started after {attempt}"
            attempt = event.attempt
        elif isinstance(event, ProgressEvent) and not attempt:
            yield "progress before a start"
        elif event.status is Status.COMPLETED and not attempt:
            yield "completed before a start"
        ended = ended or event.status.value in ENDED


def _attempts(told: list[Told]) -> list[int]:
    return [t.event.attempt for t in told if isinstance(t.event, StartedEvent)]


def what_clients_were_told_is_so(case: Case) -> Iterator[Violation]:
    for who, how in case.ledger.broken:
        yield Violation(who if who.startswith("tsk_") else "", f"{who}: {how}")
    for told in case.ledger.told:
        row = case.evidence.rows.get(told.task_id)
        runs = [told.run] if told.run else range(1, (row["run"] if row else 1) + 1)
        ends = [case.evidence.end((told.task_id, run)) for run in runs]
        if told.state not in [end.event.status.value for end in ends if end]:
            yield Violation(
                told.task_id,
                f"{told.by} has said that run {told.run or '?'} is {told.state}",
            )


def every_failure_is_explained(case: Case) -> Iterator[Violation]:
    buried = {run_of_letter(letter) for letter in case.evidence.letters}
    for run in case.evidence.runs:
        end = case.evidence.end(run)
        if end is None or not isinstance(end.event, FailedEvent):
            continue
        accepted = case.ledger.accepted.get(run[0])
        code = end.event.error.code
        if code.startswith("psd."):
            if accepted is None or accepted.kind != "invalid":
                yield Violation(run[0], f"a good document was refused: {code}")
        elif run not in buried:
            yield Violation(run[0], f"failed with {code} and has no dead letter")
    for task_id, accepted in case.ledger.accepted.items():
        row = case.evidence.rows.get(task_id)
        if accepted.kind == "invalid" and row and row["state"] == "completed":
            yield Violation(task_id, "a broken document was parsed")


def every_dead_letter_is_of_a_run_that_failed(case: Case) -> Iterator[Violation]:
    for letter in case.evidence.letters:
        told = f"dead letter ({letter.reason}) of {letter.consumer}: {letter.error}"
        if letter.stream != topology.TASKS:
            yield Violation(letter.task_id or "", f"a handler gave up: {told}")
            continue
        run = run_of_letter(letter)
        end = case.evidence.end(run) if run else None
        if end is None or end.event.status is not Status.FAILED:
            yield Violation(letter.task_id or "", f"not failed, and yet: {told}")


def nothing_waits_in_a_stream(case: Case) -> Iterator[Violation]:
    if case.evidence.tasks_left:
        yield Violation("", f"{case.evidence.tasks_left} commands are left in TASKS")
    for name, (pending, unacknowledged) in case.evidence.consumers.items():
        if pending or unacknowledged:
            yield Violation(
                "", f"{name}: {pending} pending, {unacknowledged} not acknowledged"
            )


CHECKS: tuple[Check, ...] = (
    every_accepted_task_has_a_row_that_has_ended,
    nothing_was_done_that_nobody_has_asked_for,
    every_completed_parse_has_led_to_previews,
    every_run_has_ended_exactly_once,
    every_row_says_what_its_last_event_says,
    events_of_a_run_come_in_a_legal_order,
    what_clients_were_told_is_so,
    every_failure_is_explained,
    every_dead_letter_is_of_a_run_that_failed,
    nothing_waits_in_a_stream,
)


def name_of(check: Callable[..., object]) -> str:
    return check.__name__.replace("_", " ")
