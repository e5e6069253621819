"""Logs that stay readable when something goes wrong very often."""

import json
import subprocess
import sys

_FLOOD = """
from loguru import logger
from onemanage.platform.process.logging import RateLimit, configure_logging
from onemanage.platform.process import logging as own
own.RateLimit = lambda: RateLimit(burst=20, seconds=0.5)
configure_logging("test", "json", "INFO")
import time
for number in range(5000):
    logger.warning("garbage {}", number)
    logger.info("task {}", number)
    if number == 4998:
        time.sleep(0.6)
logger.warning("elsewhere")
"""


def test_a_place_that_warns_thousands_of_times_is_held_back_and_says_by_how_much() -> (
    None
):
    ran = subprocess.run(
        [sys.executable, "-c", _FLOOD], capture_output=True, text=True, check=True
    )
    records = [json.loads(line)["record"] for line in ran.stderr.splitlines()]
    said = [r["message"] for r in records if r["level"]["name"] == "WARNING"]
    assert said[:20] == [f"garbage {number}" for number in range(20)]
    assert said[-2:] == ["garbage 4999", "elsewhere"]
    times = [r["time"]["timestamp"] for r in records]
    windows = (times[-1] - times[0]) // 0.5 + 1  # more of them on a busy machine
    assert len(said) <= windows * 20 + 2
    held_back = [r["extra"]["held_back"] for r in records if "held_back" in r["extra"]]
    assert sum(held_back) + len(said) - 1 == 5000
    assert sum(r["level"]["name"] == "INFO" for r in records) == 5000


_FETCHES = """
import logging
from onemanage.platform.process.logging import configure_logging
configure_logging("test", "json", "DEBUG")
for name in ("httpx", "httpcore.connection"):
    logging.getLogger(name).info("HTTP Request: GET https://example.org/?sig=5ecret")
logging.getLogger("httpx").warning("told all the same")
"""


def test_addresses_that_are_fetched_are_not_logged() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _FETCHES], capture_output=True, text=True, check=True
    )
    assert "told all the same" in ran.stderr and "5ecret" not in ran.stderr
