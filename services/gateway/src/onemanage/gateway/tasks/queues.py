"""The queues that tasks wait in, here in PostgreSQL: ``tasks.<worker>.<queue>``.

``high`` and ``low`` are the lanes of a worker, for what users have asked for. Into
``automatic`` goes what nobody has asked for, because it follows from something else;
its messages travel in the low lane, and its turns come when no user waits for theirs.
"""

from onemanage.contracts.registry import AnyTask, Lane, task_named

DELETION = ".delete"
"""What the names of tasks end in that delete something."""
_AUTOMATIC = ".automatic"


def asked_for(name: str, wait: float) -> str:
    """Of a task that somebody wants. Who waits for it is served before a batch."""
    return _spec(name).subject("high" if wait else "low")


def automatic(name: str) -> str:
    """Of a task that follows from a fact."""
    return f"tasks.{_spec(name).worker}{_AUTOMATIC}"


def is_automatic(queue: str) -> bool:
    """Whether its tasks follow from facts, and wait behind what users asked for."""
    return queue.endswith(_AUTOMATIC)


def beside(queue: str) -> str:
    """Where those wait that an automatic queue yields to: they share the lane."""
    return queue.removesuffix(_AUTOMATIC) + ".low"


def lane_of(queue: str | None) -> Lane:
    """Of the queue's tasks; low where there is none."""
    return "high" if queue is not None and queue.endswith(".high") else "low"


def _spec(name: str) -> AnyTask:
    spec = task_named(name)
    if spec is None:
        raise LookupError(f"{name} is not in the subject registry")
    return spec
