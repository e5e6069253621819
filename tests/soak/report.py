"""What is printed: figures, recovery times, checks, and the history of what went wrong."""

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.soak.checks import Case, Violation
from tests.soak.evidence import Evidence, run_of_letter
from tests.soak.faults import Struck

MOST_HISTORIES, MOST_LINES, MOST_VIOLATIONS = 8, 60, 12
MOST_CHARACTERS = 1500
ENDINGS = ("completed", "failed", "cancelled")


@dataclass(frozen=True)
class Result:
    """Of one check."""

    name: str
    violations: list[Violation]


def say_tasks(case: Case) -> None:
    ends = Counter(
        (_kind(case, task_id), row["state"])
        for task_id, row in case.evidence.rows.items()
    )
    print("\nTasks by kind and end")
    for (kind, state), count in sorted(ends.items()):
        print(f"  {kind:<12} {state:<10} {count:6}")
    states = Counter(row["state"] for row in case.evidence.rows.values())
    told = " + ".join(f"{states.pop(state, 0)} {state}" for state in ENDINGS)
    print(f"  {len(case.evidence.rows)} accepted = {told}; in other states: {states}")
    attempts = case.evidence.attempts()
    again = sum(attempt > 1 for attempt in attempts)
    most = max(attempts, default=0)
    retried = sum(row["run"] > 1 for row in case.evidence.rows.values())
    print(
        f"  begun again after a lost attempt: {again} of {len(attempts)}, most {most}"
    )
    print(f"  run again at a client's word: {retried}")
    for code, count in Counter(_codes(case.evidence)).most_common():
        print(f"  failed with {code}: {count}")
    for reason, count in Counter(_reasons(case.evidence)).most_common():
        print(f"  dead letters, {reason}: {count}")
    print("\nAnswers that clients had")
    for answer, count in sorted(case.ledger.answers.items()):
        print(f"  {answer:<44} {count:6}")


def _kind(case: Case, task_id: str) -> str:
    accepted = case.ledger.accepted.get(task_id)
    return accepted.kind if accepted else "by handler"


def _codes(evidence: Evidence) -> Iterator[str]:
    for row in evidence.rows.values():
        if row["error"]:
            yield row["error"]["code"]


def _reasons(evidence: Evidence) -> Iterator[str]:
    for letter in evidence.letters:
        yield f"{letter.reason} ({letter.consumer}): {letter.error[:80]}"


def say_faults(struck: list[Struck]) -> None:
    print("\nFaults: seconds until a document sent after it was all done")
    print(f"  {'':<34} count  median     max   undisturbed max")
    by_kind: dict[str, list[Struck]] = defaultdict(list)
    for each in struck:
        by_kind[each.fault.kind].append(each)
    for kind, several in sorted(by_kind.items()):
        took = [s.recovered for s in several if s.recovered is not None]
        alone = [s.recovered for s in several if s.recovered and not s.overlapped]
        missed = sum(bool(s.missed) for s in several)
        line = f"  {kind:<34} {len(several) - missed:5}"
        if took:
            line += f"  {statistics.median(took):6.1f}  {max(took):6.1f}"
        if alone:
            line += f"  {max(alone):6.1f}"
        print(line + (f"   ({missed} had nothing to strike)" if missed else ""))


def say_checks(results: list[Result]) -> None:
    print("\nChecks")
    for result in results:
        count = len(result.violations)
        print(f"  {'ok    ' if not count else 'BROKEN'} {result.name}: {count}")
        for violation in result.violations[:MOST_VIOLATIONS]:
            print(f"           {violation.task_id} {violation.text}".rstrip())


def say_histories(case: Case, results: list[Result], log: Path) -> None:
    wrong = [v.task_id for result in results for v in result.violations if v.task_id]
    for task_id in list(dict.fromkeys(wrong))[:MOST_HISTORIES]:
        print(f"\n--- {task_id} ---")
        for line in _history(case, task_id, log):
            print(f"  {line}")


def _history(case: Case, task_id: str, log: Path) -> Iterator[str]:
    accepted = case.ledger.accepted.get(task_id)
    if accepted:
        at = datetime.fromtimestamp(accepted.at, UTC).time()
        yield f"accepted {at} as {accepted.kind} under {accepted.key}"
    for told in case.ledger.told:
        if told.task_id == task_id:
            yield f"client was told {told}"
    row = case.evidence.rows.get(task_id)
    for field, value in (row or {"row": None}).items():
        if field not in ("fingerprint", "traceparent", "command"):
            yield f"row.{field} = {value}"
    for (found, run), events in case.evidence.runs.items():
        if found == task_id:
            for each in events:
                detail = getattr(each.event, "attempt", "")
                yield (
                    f"run {run} #{each.sequence} {each.stored.time()} "
                    f"{each.event.status} {detail} (made {each.event.timestamp.time()})"
                )
    for letter in case.evidence.letters:
        if letter.task_id == task_id or (run_of_letter(letter) or ("",))[0] == task_id:
            yield f"dead letter: {letter.reason} {letter.consumer} {letter.error}"
    yield from _log_lines(log, task_id)


def _log_lines(log: Path, task_id: str) -> Iterator[str]:
    with log.open(encoding="utf-8", errors="replace") as lines:
        found = [_short(line) for line in lines if task_id in line]
    yield from found[:MOST_LINES]


def _short(line: str) -> str:
    """Name of the process and what it said, of a line of JSON in the log."""
    name, _, said = line.partition(" │ ")
    try:
        text = str(json.loads(said)["text"])
    except (ValueError, KeyError):
        text = said
    return f"{name.strip()} | {text.strip()[:MOST_CHARACTERS]}"


def last_line(
    *, seed: int, minutes: float, tasks: int, faults: int, results: list[Result]
) -> str:
    violations = sum(len(result.violations) for result in results)
    return json.dumps(
        {
            "soak": "tests.soak",
            "seed": seed,
            "minutes": minutes,
            "tasks": tasks,
            "faults": faults,
            "violations": violations,
            "holds": violations == 0,
        }
    )
