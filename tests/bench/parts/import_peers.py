"""How others load the same CSV; a script that is run with the peers' own Python.

    python import_peers.py NAME CSV DATABASE_URL

It says the seconds from the file to the last commit. Of this project it knows nothing.
"""

import csv
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PACKAGES = ["polars", "pyarrow", "adbc-driver-postgresql", "duckdb", "dlt[postgres]"]
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
    import duckdb

    connection = duckdb.connect()
    connection.execute("INSTALL postgres; LOAD postgres")
    connection.execute(f"ATTACH '{url}' AS pg (TYPE postgres)")
    connection.execute("DROP TABLE IF EXISTS pg.data_import.peer_duckdb")
    connection.execute(
        f"CREATE TABLE pg.data_import.peer_duckdb AS FROM read_csv('{path}')"
    )


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


SIDES: dict[str, Callable[[Path, str], None]] = {
    "polars write_database": write_database,
    "multi-row INSERT": multi_row_insert,
    "duckdb": duckdb,
    "dlt": dlt,
}


class Peers:
    """An environment of their own, made in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._python = folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [str(self._python), "-m", "pip", "install", "--quiet", *PACKAGES]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        self.missing = done.stderr if done.returncode else ""

    def seconds(self, name: str, path: Path, url: str) -> float | None:
        """None where the peer cannot do it here; why is printed."""
        if self.missing:
            print(f"{name}: the peers cannot be installed: {self.missing[-300:]}")
            return None
        command = [str(self._python), __file__, name, str(path), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} does not run here: {done.stderr.strip()[-300:]}")
            return None
        return float(done.stdout.split()[-1])


def main() -> None:
    name, path, url = sys.argv[1:]
    started = time.monotonic()
    SIDES[name](Path(path), url)
    print(time.monotonic() - started)


if __name__ == "__main__":
    main()
