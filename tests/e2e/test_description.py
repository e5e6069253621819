"""The API answers as it describes itself, to whatever its description lets be asked.

Schemathesis makes the requests of the description: the examples, the bounds of every
field and parameter, what is just outside of them, methods that no route has, headers
left out, and some at random, which are the same in each run.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onemanage.local.stack import Stack

from .everything import Two, Workspace, two_workspaces

_CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
    *("unsupported_method", "missing_required_header", "ignored_auth"),
)
_RANDOM = 3
"""Requests of each operation."""
_LARGE = (
    "/v1/images/transformations",
    "/v1/images/batches",
    "/v1/images/backgrounds",
    "/v1/images/presets/{name}",
    "/v1/imports",
)
"""Recipes and plans have more bounds than there is time for: thousands of requests, all
of which one checker answers. They are asked at random."""
_NO_NAMES = ("name", "background_image", "letter_id")


@pytest.fixture
def own(stack: Stack, poster: Path) -> Iterator[Two]:
    """Of this test alone: what is tried out here may be gone afterwards."""
    with two_workspaces(stack, poster) as found:
        yield found


@pytest.mark.timeout(600)
def test_the_api_answers_as_it_describes_itself(
    stack: Stack, own: Two, tmp_path: Path
) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(_config(own.ours), encoding="utf-8")
    tried = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(config), "run", f"{stack.base_url}/openapi.json"),
            *("--header", f"Authorization: {own.client.headers['Authorization']}"),
            # Nobody waits for what is ordered, and whoever fails to log in is not us.
            *("--header", "Prefer: respond-async"),
            *("--header", "X-Forwarded-For: 203.0.113.7"),
            *("--phases", "examples,coverage,fuzzing", "--checks", ",".join(_CHECKS)),
            *("--max-examples", str(_RANDOM), "--generation-deterministic"),
            *("--suppress-health-check", "all", "--workers", "2"),
            *("--request-timeout", "30", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr
    done = re.search(r"(\d+) generated, \1 passed", tried.stdout)
    assert done is not None and int(done[1]) > 2_000, tried.stdout


def _config(of: Workspace) -> str:
    """What is there is what is read; so nothing of it is changed."""
    paths = ", ".join(f'"{path}"' for path in _LARGE)
    ids = [
        f'"path.{name}" = "{value}"'
        for name, value in of.ids.items()
        if name not in _NO_NAMES
    ]
    lines = [
        *("[[operations]]", 'include-method = "GET"', "[operations.parameters]", *ids),
        # All that happens has no end; what happened to a task that has ended has one.
        *("[[operations]]", 'include-path = "/v1/events"', "request-timeout = 3.0"),
        "[operations.parameters]",
        f'"query.task_id" = "{of.ids["task_id"]}"',
        *("[[operations]]", 'include-method = ["POST", "PUT"]'),
        *(f"include-path = [{paths}]", "phases.coverage.enabled = false"),
    ]
    return "\n".join(lines)
