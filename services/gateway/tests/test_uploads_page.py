"""What docs/uploads.md shows is run as it stands, and goes on where it was broken off."""

import asyncio
import hashlib
import os
import re
import sys
from pathlib import Path

import pytest

from onemanage.platform.process.settings import ProcessSettings

from .edge_samples import listening, settings
from .psd_samples import KEY, World
from .upload_samples import begun, completing, put_parts

PAGE = Path(__file__).parents[3] / "docs" / "uploads.md"
DATA = b"of some size " * (20 * 1024 * 1024 // 13 + 1)


def shown(language: str) -> str:
    """The one block of this language on the page."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S
    )
    assert len(blocks) == 1
    found: str = blocks[0]
    return found


async def output(*command: str, **environment: str) -> str:
    running = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await running.communicate()
    assert running.returncode == 0, told
    return told.decode()


@pytest.mark.parametrize("language", ["sh", "python"])
async def test_the_page_s_example_goes_on_with_an_upload_and_makes_a_file(
    world: World, process_settings: ProcessSettings, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "big.bin"
    file.write_bytes(DATA)
    script = tmp_path / "script"
    script.write_text(shown(language))
    program = {"sh": "bash", "python": sys.executable}[language]
    async with (
        listening(world.app, settings()) as edge,
        completing(world, process_settings),
        world.client() as client,
    ):
        given = {
            "BASE": f"http://127.0.0.1:{edge.port}",
            "KEY": f"Authorization: Bearer {KEY}",
            "API_KEY": KEY,
            "FILE": str(file),
        }
        digest = hashlib.sha256(DATA).hexdigest()
        broken_off = await begun(
            client,
            headers={"Idempotency-Key": digest},
            name="big.bin",
            size=len(DATA),
            sha256=digest,
            part_size=None,
        )
        cut = [DATA[: broken_off["part_size"]]]
        await put_parts(broken_off["addresses"]["items"][:1], cut)
        told = [await output(program, str(script), str(file), **given)]
        [upload] = (await client.get("/v1/uploads")).json()["items"]
        content = await client.get(f"/v1/files/{upload['file_id']}/content")
        if language == "python":  # the whole again is the same file
            told.append(await output(program, str(script), str(file), **given))

    assert all(f"/v1/files/{upload['file_id']}" in each for each in told)
    assert (upload["state"], upload["parts"]) == ("completed", 2)
    assert content.content == DATA
    assert upload["id"] == broken_off["id"]
