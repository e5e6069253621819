"""loguru for everything: JSON for machines, one coloured line for people."""

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from loguru import logger

from onemanage.platform.process.telemetry import bind_trace

if TYPE_CHECKING:
    from loguru import Record

_WARNING = 30
_CHATTY = (
    *("botocore", "boto3", "urllib3", "s3transfer", "asyncio", "PIL", "psd_tools"),
    *("httpx", "httpcore"),  # they tell each address whole, with what is secret in it
)


class _ToLoguru(logging.Handler):
    """Hands the standard library's records over, keeping their place in the code."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        depth, frame = 2, logging.currentframe()
        while frame.f_back and frame.f_code.co_filename == logging.__file__:
            frame, depth = frame.f_back, depth + 1
        text = record.getMessage()
        logger.opt(depth=depth, exception=record.exc_info).log(level, "{}", text)


def _pretty(record: "Record") -> str:
    bound = "".join(
        f" <dim>{name}=</dim>{{extra[{name}]}}"
        for name in record["extra"]
        if name != "service"
    )
    return (
        "<dim>{time:HH:mm:ss.SSS}</dim> <level>{level: <7}</level> {message}"
        f"{bound}\n{{exception}}"
    )


class RateLimit:
    """Lets each place in the code say so much, and then how much it has held back.

    A queue full of garbage, or a server that is away, must not fill the disk.
    """

    def __init__(self, burst: int = 20, seconds: float = 10.0) -> None:
        self._burst, self._seconds = burst, seconds
        self._places: dict[tuple[str | None, int], tuple[float, int]] = {}

    def __call__(self, record: "Record") -> bool:
        place = record["name"], record["line"]
        now = record["time"].timestamp()
        since, count = self._places.get(place, (now, 0))
        if now - since >= self._seconds:
            if count > self._burst:
                record["extra"]["held_back"] = count - self._burst
            since, count = now, 0
        self._places[place] = since, count + 1
        return count < self._burst


def _only_bad_news(limit: RateLimit) -> Callable[["Record"], bool]:
    """What a healthy process says once per task is asked for, however much it is."""

    def allowed(record: "Record") -> bool:
        return record["level"].no < _WARNING or limit(record)

    return allowed


def configure_logging(
    service: str, log_format: Literal["json", "pretty"], level: str, group: str = ""
) -> None:
    """Send all logs of this process to standard error, in one form.

    Where it runs in a container group, that stands in every line.
    """
    logger.remove()
    bound = {"service": service} | ({"group": group} if group else {})
    logger.configure(extra=bound, patcher=bind_trace)
    limit = _only_bad_news(RateLimit())
    if log_format == "json":
        logger.add(
            sys.stderr, level=level, filter=limit, serialize=True, diagnose=False
        )
    else:
        logger.add(
            sys.stderr, level=level, filter=limit, format=_pretty, diagnose=False
        )
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.INFO, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Our own receiver says how each task ended, and knows a refusal from a failure.
    logging.getLogger("taskiq.receiver").setLevel(logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "taskiq"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
