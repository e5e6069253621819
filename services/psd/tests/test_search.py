"""Layers are found on a real PostgreSQL, in the locale that the service runs with."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql

from onemanage.contracts.base import utc_now
from onemanage.contracts.psd.documents import Document, Layer
from onemanage.contracts.psd.manifest import LayerDetails, Text, TextRun
from onemanage.contracts.psd.search import LAYER_KINDS, FoundPlace, SearchLayers
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.psd import queries, search
from onemanage.psd.domain import layers as tree
from onemanage.psd.handlers import Deps
from onemanage.psd.models import LayerRow
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase

WORKSPACE = "wsp_1"


@pytest.fixture
async def url(database: MakeDatabase) -> str:
    return await database("psd")


@pytest.fixture
async def deps(url: str, storage: Storage) -> AsyncIterator[Deps]:
    async with open_sessions(url) as sessions:
        yield Deps(Store(sessions), storage)


def _layer(layer_id: int, name: str, text: str | None = None, **more: Any) -> Layer:
    fields: dict[str, Any] = {"kind": "type" if text else "pixel"} | more
    return Layer(
        layer_id=layer_id,
        parent_id=None,
        name=name,
        left=0,
        top=0,
        width=1,
        height=1,
        blend_mode="normal",
        opacity=1.0,
        visible=True,
        shown=True,
        text=text,
        **fields,
    )


def _styled(layer_id: int, font: str, family: str, *colors: str) -> Layer:
    run = TextRun(start=0, length=1, font=font, family=family)
    details = LayerDetails(
        layer_id=layer_id,
        text=Text(text="x", runs=[run]),
        fonts=[font],
        colors=list(colors),
    )
    return _layer(layer_id, f"styled {layer_id}", "x", details=details)


async def _save(
    deps: Deps,
    layers: list[Layer],
    document_id: str = "doc_1",
    workspace_id: str = WORKSPACE,
) -> None:
    document = Document(
        document_id=document_id,
        workspace_id=workspace_id,
        file_id="fil_1",
        task_id=f"tsk_{document_id}",
        name=f"{document_id}.psd",
        format="psd",
        width=1,
        height=1,
        color_mode="rgb",
        depth=8,
        icc_profile=None,
        layer_count=len(layers),
        image_count=0,
        manifest_key=f"artifacts/{document_id}/manifest.json",
        composite=None,
        composite_source=None,
        created_at=utc_now(),
    )
    await deps.store.save(document, layers)


async def _named(deps: Deps, *names: str) -> None:
    await _save(deps, [_layer(at, name) for at, name in enumerate(names, 1)])


async def _found(deps: Deps, **criteria: Any) -> list[str]:
    query = SearchLayers(workspace_id=WORKSPACE, **criteria)
    answer = await queries.search_layers(query, deps)
    return [item.layer.name for item in answer.items]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("按钮", "登录按钮"),
        ("登", "登录按钮"),
        ("登录按", "登录按钮"),
        ("ボタン", "送信ボタン"),
        ("送信", "送信ボタン"),
        ("ﾎﾞﾀﾝ", "送信ボタン"),
        ("가격", "가격표"),
        ("ÄRM", "Wärme"),
        ("x", "xylo"),
        ("yl", "xylo"),
        ("ＸＹＬ", "xylo"),
        ("🎨", "🎨 palette"),
    ],
)
async def test_a_layer_is_found_by_a_part_of_its_name_in_any_script(
    deps: Deps, q: str, found: str
) -> None:
    await _named(
        deps, "登录按钮", "送信ボタン", "가격표", "Wärme", "xylo", "🎨 palette"
    )

    assert await _found(deps, q=q) == [found]


@pytest.mark.parametrize("q", ["%", "_", "\\", "50%", "a_b", "c\\d", "％"])
async def test_signs_of_patterns_are_taken_as_they_are(deps: Deps, q: str) -> None:
    await _named(deps, "50% off a_b c\\d", "50 off aXb cd")

    assert await _found(deps, q=q) == ["50% off a_b c\\d"]


async def test_text_is_searched_as_the_name_is_and_words_may_stand_apart(
    deps: Deps,
) -> None:
    layers = [
        _layer(1, "Headline", "夏のセール\nUp to half"),
        _layer(2, "Headline", "Winter"),
    ]
    await _save(deps, layers)
    query = SearchLayers(workspace_id=WORKSPACE, q="half  HEAD セール")

    answer = await queries.search_layers(query, deps)

    [item] = answer.items
    assert (item.document_id, item.document_name) == ("doc_1", "doc_1.psd")
    assert item.layer == layers[0]
    assert not answer.has_more


async def test_the_name_itself_comes_first_then_its_beginnings_then_the_likest(
    deps: Deps,
) -> None:
    names = ["A very long name of a button", "The button", "Buttons", "Button"]
    layers = [_layer(at, name) for at, name in enumerate(names, 2)]
    await _save(deps, [_layer(1, "Label", "button"), *layers])

    found = await _found(deps, q="button")

    assert found == ["Button", "Buttons", "The button", names[0], "Label"]


async def test_pages_hold_every_layer_once_in_the_order_of_one_long_page(
    deps: Deps,
) -> None:
    for number in range(3):
        layers = [_layer(at, f"icon {at % 3}") for at in range(1, 8)]
        await _save(deps, layers, f"doc_{number}")
    whole = SearchLayers(workspace_id=WORKSPACE, q="icon 1", limit=200)
    expected = (await queries.search_layers(whole, deps)).items

    found, after, has_more = [], None, True
    while has_more:
        query = SearchLayers(workspace_id=WORKSPACE, q="icon 1", limit=2, after=after)
        answer = await queries.search_layers(query, deps)
        found += answer.items
        last = answer.items[-1]
        after = FoundPlace(
            rank=last.rank, document_id=last.document_id, layer_id=last.layer.layer_id
        )
        has_more = answer.has_more

    assert found == expected
    assert len(found) == 9


async def test_a_font_is_found_by_its_name_and_by_its_family(deps: Deps) -> None:
    layers = [
        _styled(1, "NotoSansJP-Bold", "Noto Sans JP"),
        _styled(2, "NotoSansJP-Thin", "NotoSansJP"),
        _styled(3, "NotoSans-Bold", "Noto Sans"),
        _styled(4, "ヒラギノ角ゴ-W3", "ヒラギノ角ゴ"),
    ]
    await _save(deps, layers)

    assert await _found(deps, font="notosansjp bold") == ["styled 1"]
    assert await _found(deps, font="Noto Sans JP") == ["styled 1", "styled 2"]
    assert await _found(deps, font="ヒラギノ角ゴ") == ["styled 4"]
    assert await _found(deps, font="Noto") == []


async def test_a_colour_is_found_exactly_or_within_a_tolerance(deps: Deps) -> None:
    layers = [
        _styled(1, "A", "A", "#ff8800", "#000000"),
        _styled(2, "A", "A", "#fe8a02"),
        _styled(3, "A", "A", "#ff9900"),
        _styled(4, "A", "A", "#ffffff"),
    ]
    await _save(deps, layers)

    assert await _found(deps, color="#FF8800") == ["styled 1"]
    assert await _found(deps, color="#ff8800", color_tolerance=2) == [
        "styled 1",
        "styled 2",
    ]
    assert await _found(deps, color="#ff8800", color_tolerance=17) == [
        "styled 1",
        "styled 2",
        "styled 3",
    ]


async def test_criteria_are_all_met_and_one_document_may_be_named(deps: Deps) -> None:
    kinds = ["pixel", "shape", "group"]
    layers = [_layer(at, f"box {kind}", kind=kind) for at, kind in enumerate(kinds, 1)]
    await _save(deps, layers, "doc_1")
    await _save(deps, layers, "doc_2")

    assert await _found(deps, q="box", kinds=["shape"], document_id="doc_2") == [
        "box shape"
    ]
    assert len(await _found(deps, kinds=["shape", "group"])) == 4
    assert await _found(deps, q="box", font="Arial") == []


def test_every_kind_that_a_layer_may_have_can_be_searched() -> None:
    assert {"pixel", *(kind for _, kind in tree._KINDS)} == set(LAYER_KINDS)


async def test_nothing_of_another_workspace_is_ever_found(deps: Deps) -> None:
    foreign = [_styled(1, "Arial", "Arial", "#ff8800"), _layer(2, "secret")]
    await _save(deps, foreign, "doc_2", "wsp_2")

    for criteria in (
        {"q": "secret"},
        {"q": "s"},
        {"font": "Arial"},
        {"color": "#ff8800"},
        {"color": "#ff8800", "color_tolerance": 64},
        {"kinds": ["pixel", "type"]},
    ):
        assert await _found(deps, **criteria) == []
    with pytest.raises(QueryFailed) as refused:
        await _found(deps, q="secret", document_id="doc_2")
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({}, "Give q, font, color or kind"),
        ({"document_id": "doc_1"}, "Give q, font, color or kind"),
        ({"q": "  "}, "q is empty"),
        ({"q": "a" * 201}, "200 characters"),
        ({"q": "a\0b"}, "200 characters"),
        ({"q": "a b c d e f g h i"}, "8 words"),
        ({"font": "-"}, "name of a font"),
        ({"color": "red"}, "#rrggbb"),
        ({"color": "#ff8800", "color_tolerance": 65}, "0 to 64"),
        ({"kinds": ["text"]}, "no kind 'text'. Kinds are pixel"),
        ({"q": "a", "limit": 0}, "1 to 200"),
    ],
)
async def test_a_question_that_has_no_answer_is_told_why(
    deps: Deps, criteria: dict[str, Any], said: str
) -> None:
    await _named(deps, "a")

    with pytest.raises(QueryFailed, match=said) as refused:
        await _found(deps, **criteria)

    assert refused.value.code == "invalid"


async def test_a_search_that_takes_too_long_ends_and_is_told_what_to_do(
    deps: Deps, url: str
) -> None:
    await _named(deps, "a")
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await connection.execute("LOCK TABLE psd.layers")

        with pytest.raises(QueryFailed, match="Look for more words") as refused:
            await _found(deps, q="a")
    await connection.close()

    assert refused.value.code == "invalid"
    assert await _found(deps, q="a") == ["a"]


async def test_three_characters_are_found_by_the_index(deps: Deps, url: str) -> None:
    for number in range(4):
        layers = [
            _layer(at, f"Ebene {number * 1000 + at:05}", "見出し " * 5)
            for at in range(1, 1001)
        ]
        await _save(deps, layers, f"doc_{number}")
    await _save(deps, [_layer(1, "東京都庁の地図")], "doc_9")
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE layers")  # as the server does by itself

    for q in ("東京都", "ebene 02077"):
        plan = await _plan(connection, SearchLayers(workspace_id=WORKSPACE, q=q))
        assert "Bitmap Index Scan on layers_by_searchable" in plan
        assert len(await _found(deps, q=q)) == 1
    await connection.close()


async def _plan(
    connection: "asyncpg.Connection[asyncpg.Record]", query: SearchLayers
) -> str:
    asked = search.statement(query, [LayerRow.layer_id, LayerRow.name])
    compiled = asked.compile(
        dialect=postgresql.asyncpg.dialect(),  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
        compile_kwargs={"literal_binds": True},
    )
    sql = str(compiled)
    return "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {sql}"))
