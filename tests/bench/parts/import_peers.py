"""How others load the same CSV, or read the same workbook.

    python import_peers.py NAME FILE DATABASE_URL

A script that is run with the peers' own Python. It says the seconds from the file to
the last commit, or row. Of this project it knows nothing.
"""

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

PACKAGES = [
    "polars",
    "pyarrow",
    "adbc-driver-postgresql",
    "duckdb==1.5.5",
    "duckdb-extension-postgres-scanner==1.5.5",
    "dlt[postgres]",
    "fastexcel==0.21.0",
    "python-calamine==0.9.1",
]
ROWS_PER_INSERT = 1_000
_TABLE = (
    "id bigint, customer bigint, sku text, title text, note text, price numeric(12,2), "
    "ratio double precision, paid boolean, day date, at timestamp, country text, "
    "quantity bigint"
)


def write_database(path: Path, url: str) -> None:
    import polars as pl

    frame = pl.read_csv(path, schema_overrides={"price": pl.Decimal(12, 2)})
    frame = frame.with_columns(
        pl.col("day").str.to_date(), pl.col("at").str.to_datetime()
    )
    frame.write_database(
        "peer_adbc", connection=url, engine="adbc", if_table_exists="replace"
    )


def multi_row_insert(path: Path, url: str) -> None:
    import psycopg2  # type: ignore[import-untyped]  # the peers' own
    import psycopg2.extras  # type: ignore[import-untyped]  # as above

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"DROP TABLE IF EXISTS peer_rows; CREATE TABLE peer_rows ({_TABLE})"
        )
        with path.open(newline="") as file:
            rows = csv.reader(file)
            next(rows)
            psycopg2.extras.execute_values(
                cursor,
                "INSERT INTO peer_rows SELECT id::bigint, customer::bigint, sku, title, "
                "note, price::numeric, ratio::float8, paid::boolean, day::date, "
                "at::timestamp, country, quantity::bigint FROM (VALUES %s) AS v (id, "
                "customer, sku, title, note, price, ratio, paid, day, at, country, "
                "quantity)",
                rows,
                page_size=ROWS_PER_INSERT,
            )


def duckdb(path: Path, url: str) -> None:
    """Its extension comes as a wheel, so it is loaded from where that lies."""
    import duckdb as library
    import duckdb_extension_postgres_scanner as scanner  # type: ignore[import-not-found]  # the peers' own

    (extension,) = Path(scanner.__file__).parent.rglob("*.duckdb_extension")
    connection = library.connect()
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{url}' AS pg (TYPE postgres)")
    connection.execute("DROP TABLE IF EXISTS pg.data_import.peer_duckdb")
    connection.execute(
        f"CREATE TABLE pg.data_import.peer_duckdb AS FROM read_csv('{path}')"
    )
    key = "ALTER TABLE data_import.peer_duckdb ADD PRIMARY KEY (id)"
    connection.execute(f"CALL postgres_execute('pg', '{key}')")


def dlt(path: Path, url: str) -> None:
    import dlt as library  # type: ignore[import-not-found]  # the peers' own
    import polars as pl

    pipeline = library.pipeline(
        "peer",
        destination=library.destinations.postgres(url),
        dataset_name="peer_dlt",
        pipelines_dir=str(path.parent / f"dlt-{time.monotonic_ns()}"),
    )
    table = pl.read_csv(path, try_parse_dates=True).to_arrow()
    pipeline.run([table], table_name="peer", write_disposition="replace")


def fastexcel(path: Path, url: str) -> None:
    """Reading alone, with the types that it finds."""
    import fastexcel as library

    library.read_excel(path).load_sheet("Sheet1").to_arrow()


def calamine(path: Path, url: str) -> None:
    """Reading alone, into rows of Python's values."""
    import python_calamine as library  # type: ignore[import-not-found]  # the peers' own

    for _ in library.load_workbook(path).get_sheet_by_name("Sheet1").iter_rows():
        pass


SIDES: dict[str, Callable[[Path, str], None]] = {
    "polars write_database": write_database,
    "multi-row INSERT": multi_row_insert,
    "duckdb": duckdb,
    "dlt": dlt,
    "fastexcel": fastexcel,
    "python-calamine": calamine,
}


def main() -> None:
    name, path, url = sys.argv[1:]
    started = time.monotonic()
    SIDES[name](Path(path), url)
    print(time.monotonic() - started)


if __name__ == "__main__":
    main()
