"""Documents that were there before are found by a search that came later."""

import anyio.to_thread
import asyncpg
import msgspec
from alembic import command
from alembic.config import Config

from onemanage.contracts.psd.manifest import LayerDetails, Text, TextRun
from onemanage.psd.search import terms
from onemanage.testing.fixtures import MakeDatabase

_INSERT = """
    INSERT INTO psd.documents VALUES (
        'doc_1', 'wsp_1', 'fil_1', 'tsk_1', 'a.psd', 'psd', 1, 1, 'rgb', 8,
        NULL, 2, 0, 'artifacts/x', NULL, NULL, now(), '[]'
    );
    INSERT INTO psd.layers VALUES
        ('doc_1', 1, NULL, 'Old ＢＯＸ', 'pixel', 0, 0, 1, 1, 'normal', 1, true, true,
         false, NULL, NULL, '[]', NULL, '[]'),
        ('doc_1', 2, NULL, 'Title', 'type', 0, 0, 1, 1, 'normal', 1, true, true,
         false, 'ÄPFEL', NULL, '[]', NULL, '[]')
"""


async def test_layers_of_an_older_schema_are_filled_as_new_ones_are(
    database: MakeDatabase,
) -> None:
    runs = [TextRun(start=0, length=5, font="NotoSansJP-Bold", family="Noto Sans JP")]
    details = LayerDetails(
        layer_id=2,
        text=Text(text="ÄPFEL", runs=runs),
        fonts=["NotoSansJP-Bold", "ヒラギノ角ゴ-W3"],
        colors=["#ff8800", "#000001"],
    )
    url = await database("psd")
    await _migrate(url, "0003")
    connection = await asyncpg.connect(url)
    await connection.execute(_INSERT)
    await connection.execute(
        "UPDATE psd.layers SET details = $1::text::jsonb WHERE layer_id = 2",
        msgspec.json.encode(details).decode(),
    )

    await _migrate(url, "head")

    old, new = await connection.fetch("SELECT * FROM psd.layers ORDER BY layer_id")
    assert (old["workspace_id"], new["workspace_id"]) == ("wsp_1", "wsp_1")
    assert (old["searchable"], old["fonts"], old["colors"]) == ("old box\n", [], [])
    assert new["searchable"] == "title\näpfel"
    assert {"fonts": sorted(new["fonts"]), "colors": new["colors"]} == terms(details)

    await _migrate(url, "0003")

    assert await connection.fetchval("SELECT count(*) FROM psd.layers") == 2
    await connection.close()


async def test_an_extension_is_made_by_the_administrator_for_all(
    database: MakeDatabase,
) -> None:
    connection = await asyncpg.connect(await database("psd"))
    row = await connection.fetchrow(
        "SELECT extnamespace::regnamespace::text, extowner::regrole::text "
        "FROM pg_extension WHERE extname = 'pg_trgm'"
    )
    await connection.close()

    assert row is not None and tuple(row) == ("public", "postgres")


async def _migrate(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "onemanage.psd:migrations")
    config.attributes["database_url"] = url
    move = command.upgrade if revision == "head" else command.downgrade
    await anyio.to_thread.run_sync(move, config, revision)
