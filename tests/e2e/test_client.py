"""The Python client against the real system, over a line that breaks too."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from onemanage.client import (
    AsyncOneManage,
    InvalidInput,
    NotAllowed,
    NotFound,
    OneManage,
    Rejected,
    TaskFailed,
    Unauthenticated,
    types,
)
from onemanage.local.stack import Stack

from .bad_line import BadLine, bad_line

ORDERS = "order_id,price\n" + "".join(f"{n},{n}.5\n" for n in range(1, 40)) + "40,x\n"


@pytest.fixture
def own(stack: Stack) -> Iterator[OneManage]:
    with OneManage(stack.owner_api_key, url=stack.base_url) as made:
        yield made


@pytest.fixture
def line(stack: Stack) -> Iterator[BadLine]:
    with bad_line(stack.base_url) as made:
        yield made


def test_a_document_is_taken_apart_in_one_call(
    own: OneManage, poster: Path, tmp_path: Path
) -> None:
    made = own.psd.export(poster, to=tmp_path / "whole")
    assert made.document.name == "poster.psd"
    names = {path.relative_to(tmp_path / "whole").as_posix() for path in made.files}
    assert {"composite.png", "manifest.json"} <= names
    assert len(names) == made.document.image_count + 2
    drawn = [layer for layer in own.psd.layers.list(made.document.id) if layer.image]
    content = own.psd.layers.image(made.document.id, drawn[0].id).read()
    assert content.startswith(b"\x89PNG")
    groups = own.psd.export(
        document_id=made.document.id,
        to=tmp_path / "groups",
        layers={"kinds": ["group"]},
        format="webp",
    )
    assert groups.rendition is not None and groups.rendition.image_count == 3
    assert sum(path.suffix == ".webp" for path in groups.files) == 3


async def test_a_recipe_is_carried_out_in_one_call(
    stack: Stack, tmp_path: Path
) -> None:
    Image.effect_noise((320, 200), 60).convert("RGB").save(tmp_path / "noise.png")
    recipe: types.Recipe = {
        "operations": [{"op": "resize", "width": 64}],
        "variants": [
            {"name": "small", "output": {"format": "webp"}},
            {"name": "tiny", "operations": [{"op": "resize", "width": 16}]},
        ],
    }
    async with AsyncOneManage(stack.owner_api_key, url=stack.base_url) as client:
        made = await client.images.transform(
            tmp_path / "noise.png", recipe=recipe, to=f"{tmp_path}/out/"
        )
        assert [path.stem for path in made.files] == ["small", "tiny"]
        with Image.open(made.files[0]) as small, Image.open(made.files[1]) as tiny:
            assert (small.size, tiny.size) == ((64, 40), (16, 10))
        await client.images.presets.put("client_test", recipe=recipe)
        saved = await client.images.presets.get("client_test")
        again = await client.images.presets.put(
            "client_test", recipe=saved.recipe, if_match=saved
        )
        assert again.recipe == saved.recipe
        one = await client.images.transform(
            tmp_path / "noise.png",
            recipe={"operations": [{"op": "grayscale"}]},
            to=tmp_path / "gray.png",
        )
        with Image.open(one.files[0]) as gray:
            assert gray.format == "PNG" and gray.size == (320, 200)


def test_a_table_is_loaded_in_one_call(own: OneManage, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    steps: list[types.Progress] = []
    plan = own.imports.plan(path)
    tables = plan.to_dict()["tables"]
    tables[0]["columns"][1]["type"] = "numeric"
    task = own.imports.create(
        plan_id=plan.id, tables=tables, options={"mode": "append"}
    )
    made = own.tasks.result(task, on_progress=steps.append)
    assert (made.loaded, made.rejected) == (39, 1)
    (reject,) = own.imports.rejects.list(made.id)
    assert (reject.line, reject.column) == (41, "price")
    more = own.imports.load(
        b"order_id,price\n1,7\n99,y\n",
        name="orders.csv",
        table=made.tables[0].table,
        mode="upsert",
        keys=["order_id"],
    )
    assert (more.loaded, more.updated) != (0, 0)
    rows = own.datasets.rows(made.tables[0].dataset_id, sort="order_id", limit=10)
    assert len(rows.to_list()) >= 39
    assert rows.first_page().columns == ["order_id", "price"]


def test_rejects_are_raised_where_that_was_asked_for(own: OneManage) -> None:
    good = b"id,day\n" + b"".join(b"%d,2026-11-%02d\n" % (n, n) for n in range(1, 29))
    own.imports.load(good, name="client_days.csv", table="client_days")
    with pytest.raises(Rejected) as rejected:
        own.imports.load(
            good.replace(b"2026-11-28", b"never"),
            name="client_days.csv",
            table="client_days",
            rejects="raise",
        )
    assert rejected.value.rejected == 1
    assert rejected.value.import_id in str(rejected.value)


def test_a_post_whose_answer_is_lost_makes_one_task(
    stack: Stack, own: OneManage, poster: Path, line: BadLine
) -> None:
    size = poster.stat().st_size
    line.cuts = [200, size // 2, size + 700]  # the head, the body, the answer
    before = {task.id for task in own.tasks.list()}
    with httpx.Client(proxy=line.url) as http:
        broken = OneManage(stack.owner_api_key, url=stack.base_url, http=http)
        task = broken.psd.documents.create(poster, name="lost answer.psd", wait=0)
        own.tasks.wait(task)
    assert line.cut == 3
    made = [one for one in own.tasks.list() if one.id not in before]
    ordered = [one for one in made if one.name == "psd.parse_export"]
    assert [one.id for one in ordered] == [task.id]


def test_events_go_on_over_a_line_that_breaks(
    stack: Stack, own: OneManage, poster: Path, line: BadLine
) -> None:
    done = own.psd.documents.create(poster, wait=30)
    told = [event.id for event in own.events.follow(task_id=done.id)]
    line.cuts = [1500, 1200]
    with httpx.Client(proxy=line.url) as http:
        follower = OneManage(stack.owner_api_key, url=stack.base_url, http=http)
        again = [event.id for event in follower.events.follow(task_id=done.id)]
    assert again == told and len(told) > 3
    assert line.cut == 2


def test_a_task_is_waited_for_over_a_line_that_breaks(
    stack: Stack, own: OneManage, poster: Path, line: BadLine
) -> None:
    task = own.psd.documents.create(poster, wait=0)
    line.cuts = [1100]  # within the first event, which tells how the task stands
    with httpx.Client(proxy=line.url) as http:
        waiter = OneManage(stack.owner_api_key, url=stack.base_url, http=http)
        ended = waiter.tasks.wait(task)
    assert ended.result is not None and ended.result.layer_count == 16
    assert line.cut == 1


def test_what_is_wrong_is_told_in_words(stack: Stack, own: OneManage) -> None:
    with pytest.raises(Unauthenticated, match="revoked") as refused:
        with OneManage("om_live_wrong", url=stack.base_url) as stranger:
            stranger.me.get()
    assert refused.value.code == "wrong_api_key" and refused.value.trace_id
    with pytest.raises(NotFound) as missing:
        own.files.get(f"fil_{'0' * 32}")
    assert missing.value.trace_id
    with pytest.raises(InvalidInput) as invalid:
        own.keys.create(name="", scopes=["read"])
    assert any("name" in place.pointer for place in invalid.value.places)
    with pytest.raises(TaskFailed) as failed:
        own.psd.export(b"8BPS and then nothing", name="broken.psd")
    assert failed.value.task_id and failed.value.code.startswith("psd.")


def test_a_key_may_do_what_its_scopes_say(stack: Stack, own: OneManage) -> None:
    made = own.keys.create(name="client reads", scopes=["read"])
    with OneManage(made.key, url=stack.base_url) as reader:
        assert reader.me.get().scopes == ["read"]
        with pytest.raises(NotAllowed) as refused:
            reader.files.upload_whole(b"1")
        assert refused.value.extra["scope"] == "write"
    own.keys.revoke(made.id)
    assert own.keys.get(made.id).revoked_at is not None


def test_who_ends_what_lets_him_in_hears_of_it_though_the_answer_is_lost(
    stack: Stack, own: OneManage, line: BadLine
) -> None:
    made = own.invitations.create(email="leaving@example.com")
    session = own.invitations.accept(
        token=made.token, name="Leaving", password="correct horse battery"
    )
    key = own.keys.create(name="ends itself", scopes=["admin"])
    each_anew = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(proxy=line.url, limits=each_anew) as http:
        for secret, id, ended in (
            (session.token, session.id, "sessions.end"),
            (key.key, key.id, "keys.revoke"),
        ):
            line.lost = ["DELETE"]
            sent = OneManage(secret, url=stack.base_url, http=http)
            resource, _, method = ended.partition(".")
            getattr(getattr(sent, resource), method)(id)
    assert line.cut == 2 and not line.lost
    with OneManage(session.token, url=stack.base_url) as gone:
        with pytest.raises(Unauthenticated):
            gone.me.get()
    assert own.keys.get(key.id).revoked_at is not None
