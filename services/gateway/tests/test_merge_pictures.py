"""What cells of a merge name, as the gateway tells psd, on a real PostgreSQL."""

from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.psd.merge_pictures import (
    FindPictures,
    FoundPicture,
    NamedPicture,
    cut_out_of,
)
from onemanage.contracts.psd.templates import REMOVE_BACKGROUND
from onemanage.gateway.consumer import planner
from onemanage.gateway.handlers import Deps
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.queries import find_pictures
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging.nats import Client

from .psd_samples import SEALING_KEY

ADDRESS = "https://cdn.example.org/shoe.jpg"


@pytest.fixture
def deps(nats: Client, pool: Pool, tasks: TaskStore) -> Deps:
    others: Any = None  # these answers need none of them
    made = planner(nats, pool, SEALING_KEY)
    return Deps(tasks, others, others, others, made)


async def _found(
    deps: Deps,
    name: str,
    prepare: str = "",
    workspace_id: str = OWNER_WORKSPACE,
    merge: str = "",
) -> FoundPicture:
    query = FindPictures(
        workspace_id=workspace_id,
        pictures=[NamedPicture(name, prepare)],
        merge_task_id=merge,
    )
    (found,) = (await find_pictures(query, deps)).items
    return found


async def test_a_file_is_read_as_it_is_or_made_ready_first(
    deps: Deps, file: FileRow
) -> None:
    plain = await _found(deps, file.id)
    gray = await _found(deps, file.id, "gray/w_40")
    foreign = await _found(deps, file.id, workspace_id="wsp_2")

    assert plain.source is not None and plain.source.object_key == file.object_key
    assert gray.source is None and gray.make is not None
    assert gray.make.source == plain.source
    assert gray.make.store_key.startswith(f"images/{OWNER_WORKSPACE}/{file.id}/")
    assert len(gray.make.recipe.operations) == 2
    assert (foreign.code, foreign.make) == ("merge.no_picture", None)
    gone = await _found(deps, new_id("fil"), "gray")
    assert gone.code == "merge.no_picture"


async def test_why_a_file_was_not_cut_out_is_said_of_its_own_merge(
    deps: Deps, file: FileRow
) -> None:
    merge = new_id("tsk")
    error = {"code": "imaging.no_subject", "message": "Nothing stands out."}
    row = await deps.tasks.project(
        task_id=cut_out_of(merge, file.id),
        workspace_id=OWNER_WORKSPACE,
        name="background.generation",
        state="failed",
        error=error,
    )
    assert row is not None

    failed = await _found(deps, file.id, REMOVE_BACKGROUND, merge=merge)
    other = await _found(deps, file.id, REMOVE_BACKGROUND, merge=new_id("tsk"))
    foreign = await _found(deps, file.id, REMOVE_BACKGROUND, "wsp_2", merge)

    assert failed == FoundPicture(code=error["code"], message=error["message"])
    assert other.code == foreign.code == "merge.no_picture"


async def test_addresses_are_of_allowed_hosts_and_their_query_is_sealed(
    deps: Deps, owner: bytes, pool: Pool
) -> None:
    refused = await _found(deps, ADDRESS)
    keys = SigningKeyStore(pool)
    await keys.set_hosts(OWNER_WORKSPACE, ["cdn.example.org"])

    made = await _found(deps, f"{ADDRESS}?sig=5ecret")
    user = await _found(deps, "https://me:5ecret@cdn.example.org/a.png")

    assert refused.code == "image.host_not_allowed"
    assert "cdn.example.org" in refused.message
    assert made.make is not None and made.make.source.url == ADDRESS
    assert made.make.source.sealed_url is not None
    (variant,) = made.make.recipe.variants
    assert variant.output.__struct_config__.tag == "png"
    assert user.code == "image.bad_address" and "user" in user.message
    assert b"5ecret" not in msgspec.json.encode([made, user])


async def test_why_there_was_nothing_to_cut_out_is_looked_up(
    deps: Deps, owner: bytes, file: FileRow
) -> None:
    merge = new_id("tsk")

    address = await _found(
        deps, f"{ADDRESS}?sig=5ecret", REMOVE_BACKGROUND, merge=merge
    )
    odd = await _found(deps, f"{file.id}:mask", REMOVE_BACKGROUND, merge=merge)
    late = await _found(deps, file.id, REMOVE_BACKGROUND, merge=merge)

    assert address.code == "image.host_not_allowed"
    assert "5ecret" not in address.message
    assert odd.code == "image.bad_address" and "no source" in odd.message
    assert late.code == "merge.no_picture" and "once more" in late.message
