"""loguru for everything: JSON for machines, one coloured line for people."""

import logging
import sys
from typing import TYPE_CHECKING, Literal

from loguru import logger

if TYPE_CHECKING:
    from loguru import Record

_CHATTY = ("botocore", "boto3", "urllib3", "s3transfer", "asyncio", "PIL", "psd_tools")


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


def configure_logging(
    service: str, log_format: Literal["json", "pretty"], level: str
) -> None:
    """Send all logs of this process to standard error, in one form."""
    logger.remove()
    logger.configure(extra={"service": service})
    if log_format == "json":
        logger.add(sys.stderr, level=level, serialize=True, diagnose=False)
    else:
        logger.add(sys.stderr, level=level, format=_pretty, diagnose=False)
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.INFO, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Our own receiver says how each task ended, and knows a refusal from a failure.
    logging.getLogger("taskiq.receiver").setLevel(logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "taskiq"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
