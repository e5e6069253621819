"""Commands: TaskIQ's decorator, wire format and command line; a receiver of our own."""

from onemanage.platform.tasks.broker import Broker
from onemanage.platform.tasks.context import (
    InvalidInput,
    Progress,
    current_progress,
    current_service,
)
from onemanage.platform.tasks.receiver import Receiver
from onemanage.platform.tasks.worker import make_broker, run_worker

__all__ = [
    "Broker",
    "InvalidInput",
    "Progress",
    "Receiver",
    "current_progress",
    "current_service",
    "make_broker",
    "run_worker",
]
