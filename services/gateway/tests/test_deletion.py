"""DELETE over HTTP, with the services that carry it out played beside the gateway."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.deletion import (
    FILE,
    HAS_DEPENDENTS,
    Delete,
    Deleted,
    Dependents,
    FindDependents,
    Thing,
)
from onemanage.contracts.imaging.deletion import (
    BATCH,
    TRANSFORMATION,
    DeleteFromImaging,
    FindImagingDependents,
    task_in_batch,
    task_of_batch,
)
from onemanage.contracts.imports.deletion import FindDataImportDependents
from onemanage.contracts.psd.deletion import (
    DOCUMENT,
    RENDITION,
    DeleteFromPsd,
    FindPsdDependents,
)
from onemanage.gateway.handlers import HANDLERS
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.handlers import consume
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import ACK_WAIT, answering, eventually, working

from .psd_samples import DOCUMENT as DOCUMENT_ID
from .psd_samples import LATER, World
from .webhook_samples import deps_of

WAIT = {"Prefer": "wait=20"}
AT = f"/v1/psd/documents/{DOCUMENT_ID}"
RENDITIONS = [Thing(kind=RENDITION, id=new_id("rnd"))]


class Played:
    """What the services know of dependents, and the orders that they were given."""

    def __init__(self) -> None:
        self.dependents: dict[str, list[Thing]] = {}
        self.unknown: set[str] = set()
        self.seen: list[tuple[str, Delete]] = []
        self.refusal: InvalidInput | None = None

    def told(self, query: FindDependents) -> Dependents:
        return Dependents(
            items=[x for one in query.things for x in self.dependents.get(one.id, [])],
            unknown=[one for one in query.things if one.id in self.unknown],
        )

    async def from_psd(self, command: DeleteFromPsd) -> Deleted:
        return self._done("psd", command)

    async def from_imaging(self, command: DeleteFromImaging) -> Deleted:
        return self._done("imaging", command)

    async def from_data_import(self, command: Delete) -> Deleted:
        return self._done("data_import", command)

    def _done(self, service: str, command: Delete) -> Deleted:
        self.seen.append((service, command))
        if self.refusal is not None:
            raise self.refusal
        self.unknown |= {thing.id for thing in command.things}
        counts = {thing.kind: 1 for thing in command.things if service == "imaging"}
        own = counts or {f"of_{service}": 2}
        return Deleted(counts=own | command.counts, things=command.things)


async def find_in_psd(query: FindPsdDependents, played: Played) -> Dependents:
    return played.told(query)


async def find_in_imaging(query: FindImagingDependents, played: Played) -> Dependents:
    return Dependents(items=[], unknown=played.told(query).unknown)


async def find_in_data_import(
    query: FindDataImportDependents, played: Played
) -> Dependents:
    return Dependents(items=[])


@pytest.fixture
async def played(nats: Client, world: World) -> AsyncIterator[Played]:
    """Answers, with the gateway's consumer beside it."""
    found, stop, gateway = Played(), asyncio.Event(), world.gateway
    answerers = (find_in_psd, find_in_imaging, find_in_data_import)
    deps = deps_of(world)
    async with answering(nats, answerers, found):
        consuming = asyncio.create_task(consume(nats, HANDLERS, deps, ACK_WAIT, stop))
        yield found
        stop.set()
        await consuming


@pytest.fixture
async def workers(
    played: Played, process_settings: ProcessSettings
) -> AsyncIterator[None]:
    """Of the three services that may have to do with a file."""
    async with (
        working(process_settings, played.from_psd, task_name="psd.delete"),
        working(process_settings, played.from_imaging, task_name="imaging.delete"),
        working(
            process_settings, played.from_data_import, task_name="data_import.delete"
        ),
    ):
        yield


async def _delete(world: World, path: str, **more: Any) -> httpx.Response:
    async with world.client() as client:
        return await client.delete(path, **{"headers": WAIT} | more)


async def _unended(world: World, command: dict[str, Any]) -> str:
    """A task that waits for a worker which is not there."""
    async with world.client() as client:
        answer = await client.post(
            "/v1/psd/diffs", json=command, headers={"Prefer": "respond-async"}
        )
    assert answer.status_code == 202, answer.text
    task_id: str = answer.json()["id"]
    return task_id


@pytest.mark.usefixtures("workers")
async def test_what_is_deleted_is_told_of_and_is_not_there_for_a_second_time(
    world: World, played: Played
) -> None:
    first = await _delete(world, AT)
    second = await _delete(world, AT)

    assert first.status_code == 200, first.text
    assert first.json()["name"] == "psd.delete"
    assert first.json()["result"] == {"counts": {"of_psd": 2}}
    assert (second.status_code, second.json()["type"].rpartition("/")[2]) == (
        404,
        "not_found",
    )
    assert len(played.seen) == 1


@pytest.mark.usefixtures("workers")
async def test_a_repeat_with_its_key_gets_the_first_answer(
    world: World, played: Played
) -> None:
    headers = WAIT | {"Idempotency-Key": "once"}
    answers = [await _delete(world, AT, headers=headers) for _ in range(2)]
    other = await _delete(world, f"/v1/psd/documents/{LATER}", headers=headers)

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert (other.status_code, len(played.seen)) == (422, 1)


@pytest.mark.usefixtures("workers")
async def test_what_depends_on_it_is_named_or_goes_along(
    world: World, played: Played
) -> None:
    played.dependents[DOCUMENT_ID] = RENDITIONS
    refused = await _delete(world, AT)

    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/has_dependents")
    assert refused.json()["dependents"] == [{"kind": RENDITION, "id": RENDITIONS[0].id}]
    assert played.seen == []

    done = await _delete(world, AT, params={"cascade": "true"})

    assert done.status_code == 200, done.text
    ((_, command),) = played.seen
    assert command.cascade
    assert command.things == [Thing(kind=DOCUMENT, id=DOCUMENT_ID)]


@pytest.mark.usefixtures("workers")
async def test_what_came_to_depend_on_it_in_the_last_moment_keeps_it(
    world: World, played: Played
) -> None:
    played.refusal = InvalidInput(HAS_DEPENDENTS, "A rendition depends on it.")

    refused = await _delete(world, AT)

    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/has_dependents")


async def test_what_a_task_needs_or_is_making_stays(
    world: World, played: Played
) -> None:
    task_id = await _unended(world, {"before": DOCUMENT_ID, "after": LATER})
    async with world.client() as client:
        task = (await client.get(f"/v1/tasks/{task_id}")).json()
    made = task["resource"]
    played.unknown.add(made.rpartition("/")[2])

    for path in (AT, f"/v1/psd/documents/{LATER}", made):
        refused = await _delete(world, path)
        assert refused.status_code == 409, path
        assert refused.json()["type"].endswith("/in_use")
        assert refused.json()["tasks"] == [task_id]


@pytest.mark.usefixtures("played")
async def test_a_deletion_under_way_is_named_and_cannot_be_taken_back(
    world: World,
) -> None:
    begun = await _delete(world, AT, headers={"Prefer": "respond-async"})
    assert begun.status_code == 202, begun.text
    task_id = begun.json()["id"]

    again = await _delete(world, AT)
    cancelled = await _delete(world, f"/v1/tasks/{task_id}")

    assert (again.status_code, again.json()["tasks"]) == (409, [task_id])
    assert cancelled.status_code == 409
    assert cancelled.json()["type"].endswith("/not_cancellable")


@pytest.mark.usefixtures("workers")
async def test_a_file_is_gone_at_once_and_last_where_others_go_along(
    world: World, played: Played
) -> None:
    file_id = world.psd.documents[DOCUMENT_ID].file_id
    path = f"/v1/files/{file_id}"
    headers = {"Prefer": "respond-async"}
    task = await _delete(world, path, headers=headers, params={"cascade": "true"})

    assert task.status_code == 202, task.text
    async with world.client() as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.get(f"{path}/content")).status_code == 404

        async def has_ended() -> bool:
            answer = await client.get(f"/v1/tasks/{task.json()['id']}")
            return bool(answer.json()["state"] == "completed")

        await eventually(has_ended)
        ended = (await client.get(f"/v1/tasks/{task.json()['id']}")).json()

    assert [service for service, _ in played.seen][-1] == "imaging"
    assert sorted(service for service, _ in played.seen[:2]) == ["data_import", "psd"]
    assert ended["result"]["counts"] == {FILE: 1, "of_data_import": 2, "of_psd": 2}
    assert (await _delete(world, path)).status_code == 404


async def test_a_file_that_somebody_is_working_on_stays(
    world: World, played: Played
) -> None:
    file_id = world.psd.documents[DOCUMENT_ID].file_id
    async with world.client() as client:
        parse = await client.post(
            "/v1/psd/documents",
            json={"file_id": file_id},
            headers={"Prefer": "respond-async"},
        )
        refused = await _delete(world, f"/v1/files/{file_id}")
        assert (refused.status_code, refused.json()["tasks"]) == (
            409,
            [parse.json()["id"]],
        )
        assert (await client.get(f"/v1/files/{file_id}")).status_code == 200


@pytest.mark.usefixtures("workers")
async def test_two_who_delete_a_file_at_once_delete_it_once(
    world: World, played: Played
) -> None:
    path = f"/v1/files/{world.psd.documents[DOCUMENT_ID].file_id}"

    answers = await asyncio.gather(*(_delete(world, path) for _ in range(4)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 200 and set(codes[1:]) <= {404, 409}, codes
    assert len(played.seen) == 1


@pytest.mark.usefixtures("workers")
async def test_what_belongs_to_another_workspace_is_not_there(
    world: World, played: Played
) -> None:
    file_id = world.psd.documents[DOCUMENT_ID].file_id
    async with world.stranger() as client:
        answer = await client.delete(f"/v1/files/{file_id}", headers=WAIT)
    assert answer.status_code == 404
    async with world.client() as client:
        assert (await client.get(f"/v1/files/{file_id}")).status_code == 200
    assert played.seen == []


@pytest.mark.usefixtures("workers")
async def test_images_that_were_just_shown_are_forgotten_with_a_deletion(
    world: World, played: Played
) -> None:
    made = new_id("tsf")
    asked = 0

    async def ask() -> list[Any]:
        nonlocal asked
        asked += 1
        return []

    workspace_id = world.psd.documents[DOCUMENT_ID].workspace_id
    for _ in range(2):
        await world.gateway.served_images.of(workspace_id, made, ask)
    assert asked == 1

    done = await _delete(world, f"/v1/images/transformations/{made}")

    assert done.json()["result"] == {"counts": {TRANSFORMATION: 1}}
    await world.gateway.served_images.of(workspace_id, made, ask)
    assert asked == 2


async def _batch(world: World, state: str = "completed") -> tuple[str, list[str]]:
    """A batch of two images, as its tasks leave it: its id, and those of the tasks."""
    batch_id, workspace_id = new_id("bat"), OWNER_WORKSPACE
    parent = task_of_batch(batch_id)
    task_ids = [parent, *(task_in_batch(parent, number) for number in range(2))]
    connection = await asyncpg.connect(world.settings.database_url)
    for task_id in task_ids:
        is_parent = task_id == parent
        await connection.execute(
            "INSERT INTO tasks (id, workspace_id, name, subject, state, parent_id, "
            "command, result, released_at, published_at, finished_at) VALUES ($1, $2, "
            "$3, 'tasks.imaging.low', $4, $5, $6, '{\"name\": \"secret.jpg\"}', now(), "
            "now(), now())",
            task_id,
            workspace_id,
            "imaging.batch" if is_parent else "imaging.transform",
            state if is_parent else "completed",
            None if is_parent else parent,
            msgspec.json.encode({"batch_id": batch_id}).decode(),
        )
    await connection.close()
    return batch_id, task_ids


@pytest.mark.usefixtures("workers")
async def test_a_batch_is_gone_and_its_tasks_keep_how_they_ended(
    world: World, played: Played
) -> None:
    batch_id, task_ids = await _batch(world)
    path = f"/v1/images/batches/{batch_id}"

    done = await _delete(world, path)

    assert done.status_code == 200, done.text
    assert played.seen[0][1].things == [Thing(kind=BATCH, id=batch_id)]
    async with world.client() as client:
        for gone in (path, f"{path}/tasks", f"{path}/archive", f"{path}/contact-sheet"):
            assert (await client.get(gone)).status_code == 404, gone
        for task_id in task_ids:
            task = (await client.get(f"/v1/tasks/{task_id}")).json()
            assert (task["state"], task["result"]) == ("completed", None)
            assert task["pruned_at"]
    assert (await _delete(world, path)).status_code == 404


@pytest.mark.usefixtures("workers")
async def test_a_batch_that_is_at_work_stays(world: World, played: Played) -> None:
    batch_id, task_ids = await _batch(world, "running")

    refused = await _delete(world, f"/v1/images/batches/{batch_id}")

    assert (refused.status_code, refused.json()["tasks"]) == (409, task_ids[:1])
    assert played.seen == []


@pytest.mark.usefixtures("played")
async def test_a_batch_that_is_not_there_is_not_deleted(world: World) -> None:
    assert (
        await _delete(world, f"/v1/images/batches/{new_id(BATCH[:3])}")
    ).status_code == 404
