"""The tasks of one deletion: the last is held until those before it have ended."""

from collections.abc import Callable, Sequence
from typing import Any

from onemanage.contracts.base import new_id
from onemanage.gateway.deletion.kinds import Service
from onemanage.gateway.deletion.store import Ordered


def in_turn(
    last: Service,
    before: Sequence[Service],
    command: dict[str, Any],
    subject: Callable[[str], str],
    *,
    held: bool = False,
) -> list[Ordered]:
    """The last one's first, as that is the one to follow.

    ``subject`` gives the queue of a task by its name; ``held``: the others wait, too.
    """
    first = Ordered(
        task_id=new_id("tsk"),
        name=last.task.name,
        subject=subject(last.task.name),
        command=command,
        held=held or bool(before),
    )
    others = [
        Ordered(
            task_id=new_id("tsk"),
            name=each.task.name,
            subject=subject(each.task.name),
            command=command,
            parent_id=first.task_id,
            held=held,
        )
        for each in before
    ]
    return [first, *others]
