"""A stack of its own, asked for the survey of a document: `-m tests.e2e.survey`.

    python -m tests.e2e.survey DOCUMENT DATA_DIR

Prints, as JSON, the tasks that parsed and surveyed it and the module that the stack is
made of. That such a task exists is CONTRIBUTING's doing (test_add_a_task.py).
"""

import json
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx

from onemanage import local
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.up import open_stack


async def surveyed(document: Path, data_dir: Path) -> dict[str, Any]:
    (port,) = free_ports(1)
    output = log_file(data_dir.with_suffix(".log"))
    async with open_stack(data_dir, port, output) as stack:
        headers = {
            "Authorization": f"Bearer {stack.owner_api_key}",
            "Prefer": "wait=30",
        }
        async with httpx.AsyncClient(
            base_url=stack.base_url, headers=headers, timeout=60
        ) as client:
            answer = await client.post(
                "/v1/psd/documents",
                params={"name": document.name},
                content=document.read_bytes(),
            )
            parsed = answer.raise_for_status().json()
            answer = await client.post(f"{parsed['resource']}/survey")
            survey = answer.raise_for_status().json()
    return {"parsed": parsed, "survey": survey, "module": local.__file__}


if __name__ == "__main__":
    print(json.dumps(anyio.run(surveyed, Path(sys.argv[1]), Path(sys.argv[2]))))
