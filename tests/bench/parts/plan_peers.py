"""How others find the columns and types of a CSV, from all of its rows.

    python plan_peers.py NAME CSV

It prints the seconds. Of this project it knows nothing. Neither says how many values
do not fit, nor reads dates in more than a few forms, or numbers that are not plain.
"""

import subprocess
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


class PlanPeers:
    """An environment of their own, made in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._python = folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [str(self._python), "-m", "pip", "install", "--quiet", *PACKAGES]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        self.missing = done.stderr if done.returncode else ""

    def seconds(self, name: str, path: Path) -> float | None:
        """None where the peer cannot do it here; why is printed."""
        if self.missing:
            print(f"{name}: the peers cannot be installed: {self.missing[-300:]}")
            return None
        command = [str(self._python), __file__, name, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} does not run here: {done.stderr.strip()[-300:]}")
            return None
        return float(done.stdout.split()[-1])


def main() -> None:
    name, path = sys.argv[1], Path(sys.argv[2])
    SIDES[name](path)  # what is loaded only once
    started = time.perf_counter()
    SIDES[name](path)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
