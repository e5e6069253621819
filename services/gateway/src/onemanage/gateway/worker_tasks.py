"""The gateway's own tasks, and what carries out each."""

import msgspec

from onemanage.contracts.uploads import COMPLETE
from onemanage.gateway.uploads.completion import Completion
from onemanage.platform.tasks import Bindings, all_tasks_of, bind


class Work(msgspec.Struct, frozen=True):
    """What the gateway's worker has opened."""

    uploads: Completion


TASKS: Bindings[Work] = all_tasks_of(
    "gateway", bind(COMPLETE, lambda work: work.uploads.complete)
)
