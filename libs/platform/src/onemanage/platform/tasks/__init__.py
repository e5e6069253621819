"""Commands: TaskIQ's wire format and command line; a receiver of our own."""

import sys
from importlib import import_module

# taskiq-dependencies imports FastAPI where it finds it, for routes that are tasks. Only
# an environment with all services has both, and there it costs every worker a second.
if "taskiq_dependencies" not in sys.modules and "fastapi" not in sys.modules:
    sys.modules["fastapi"] = None  # type: ignore[assignment]  # how Python says: not there
    import_module("taskiq")
    del sys.modules["fastapi"]

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.tasks.bindings import (
    Binding,
    Bindings,
    BindingsDiffer,
    all_tasks_of,
    bind,
    bind_without_progress,
)
from onemanage.platform.tasks.broker import Broker
from onemanage.platform.tasks.context import (
    Progress,
    current_progress,
    current_service,
)
from onemanage.platform.tasks.receiver import Receiver
from onemanage.platform.tasks.worker import make_broker, run_worker

__all__ = [
    "Binding",
    "Bindings",
    "BindingsDiffer",
    "Broker",
    "InvalidInput",
    "Progress",
    "Receiver",
    "all_tasks_of",
    "bind",
    "bind_without_progress",
    "current_progress",
    "current_service",
    "make_broker",
    "run_worker",
]
