"""How others find the columns and types of a CSV, from all of its rows.

    python plan_peers.py NAME CSV

It prints the seconds. Of this project it knows nothing. Neither says how many values
do not fit, nor reads dates in more than a few forms, or numbers that are not plain.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

PACKAGES = ["polars==2.1.0", "duckdb==1.5.5"]


def duckdb(path: Path) -> None:
    import duckdb

    connection = duckdb.connect()
    statement = f"DESCRIBE FROM read_csv('{path}', sample_size = -1)"
    connection.execute(statement).fetchall()


def polars(path: Path) -> None:
    import polars as pl

    frame = pl.scan_csv(path, infer_schema_length=None, try_parse_dates=True)
    frame.collect_schema()


SIDES: dict[str, Callable[[Path], None]] = {"duckdb": duckdb, "polars": polars}


def main() -> None:
    name, path = sys.argv[1], Path(sys.argv[2])
    SIDES[name](path)  # what is loaded only once
    started = time.perf_counter()
    SIDES[name](path)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
