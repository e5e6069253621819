"""From a source to the bytes of a COPY, in a child that can be killed.

Rows are read, cast and encoded a batch at a time and go into a FIFO; rejected ones go
into a CSV. What the FIFO's reader does not take waits, so memory stays the same
whatever the size of the source.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.bad_values import Nulled
from onemanage.data_import.domain.casting.cast import CastBatch, cast_batch
from onemanage.data_import.domain.casting.encoding import Encoded, Encoding
from onemanage.data_import.domain.planning.keys import LastOfKeys, check_key_lengths
from onemanage.data_import.domain.reading.binary import BinaryEncoder
from onemanage.data_import.domain.reading.read_fast import Ready
from onemanage.data_import.domain.rejects import Rejects
from onemanage.data_import.errors import LoadRefused

type Report = Callable[[Encoded], None]

_SECONDS_BETWEEN_REPORTS = 0.25
_WAITING_BATCHES = 2


def encode_table(job: Encoding, report: Report) -> Encoded:
    """Write the rows into ``job.fifo``, which somebody must read.

    Raises LoadRefused for more rejects than allowed, InvalidSource as the reader does.
    """
    with (
        Rejects(job.rejects, job.table) as rejects,
        FifoWriter(job.fifo) as out,
    ):
        return _Run(job, rejects, out, report).run()


class _Run:
    def __init__(
        self, job: Encoding, rejects: Rejects, out: "FifoWriter", report: Report
    ) -> None:
        self._job, self._rejects, self._out, self._report = job, rejects, out, report
        self._table = msgspec.structs.replace(
            job.table,
            columns=[
                _required(one) if job.keys_required and one.name in job.keys else one
                for one in job.table.columns
            ],
        )
        self._columns = [one for one in self._table.columns if one.include]
        self._keys = [one for one in self._columns if one.name in job.keys]
        self._encoder = BinaryEncoder(self._columns, job.first_id)
        self._read = 0
        self._nulled = Nulled()
        self._told = time.monotonic()

    def run(self) -> Encoded:
        last = self._last_of_keys()
        self._out.write(self._encoder.header())
        for batch in self._job.read(self._table):
            if isinstance(batch, Ready):
                self._load_ready(batch, last)
            else:
                self._load(batch, last)
            self._check_rejects()
            self._tell()
        self._out.write(self._encoder.trailer())
        return self._now()._replace(
            reject_counts=tuple(self._rejects.counts()),
            rejects=tuple(self._rejects.named),
            warnings=self._nulled.warnings(),
        )

    def _last_of_keys(self) -> LastOfKeys | None:
        """Which rows to keep is known only once all have been seen: so twice."""
        if not self._keys:
            return None
        last = LastOfKeys(self._keys)
        for batch in self._job.read(self._table):
            if isinstance(batch, Ready):
                frame, bad = self._keys_of(batch)
            else:
                cast, bad = self._cast(batch)
                frame = cast.frame
            last.see(frame if bad is None else frame.filter(~bad))
        last.decide()
        return last

    def _cast(self, batch: Batch) -> tuple[CastBatch, pl.Series | None]:
        """The batch, and which of its rows are bad; None if none is."""
        cast = cast_batch(batch.frame, self._columns, self._job.table.dialect)
        if self._keys:
            check_key_lengths(cast, self._keys)
        bad = _any_reason(cast.reasons) if cast.reasons else None
        return cast, bad

    def _keys_of(self, batch: Ready) -> tuple[pl.DataFrame, pl.Series | None]:
        """The keys' columns, and which rows are bad; reasons are added to."""
        frame = pl.from_arrow(batch.table.select([one.name for one in self._keys]))
        assert isinstance(frame, pl.DataFrame)
        check_key_lengths(CastBatch(frame, batch.reasons), self._keys)
        return frame, _any_reason(batch.reasons) if batch.reasons else None

    def _load_ready(self, batch: Ready, last: LastOfKeys | None) -> None:
        table = batch.table
        self._read += table.num_rows
        self._nulled.see(batch.nulled, batch.first_line)
        if last is not None:
            self._keys_of(batch)
        out: pl.Series | None = None
        if batch.reasons:
            out = _any_reason(batch.reasons)
            reasons = {name: why.filter(out) for name, why in batch.reasons.items()}
            self._rejects.cells(*batch.raw(out, self._table), reasons)
        if last is not None:
            out = self._earlier(batch, last, out)
        if out is not None and out.any():
            table = table.filter((~out).to_arrow())
        self._out.write(self._encoder.arrow_rows(table))

    def _earlier(
        self, batch: Ready, last: LastOfKeys, bad: pl.Series | None
    ) -> pl.Series:
        """The bad rows, and those whose keys a later row has."""
        count = batch.table.num_rows
        good = np.arange(count) if bad is None else (~bad).arg_true().to_numpy()
        keep = last.next(len(good)).to_numpy()
        again = np.zeros(count, bool)
        again[good[~keep]] = True
        if not again.any():
            return pl.Series(again) if bad is None else bad
        earlier = pl.Series(again)
        self._rejects.duplicates(*batch.raw(earlier, self._table), self._keys)
        return earlier if bad is None else bad | earlier

    def _load(self, batch: Batch, last: LastOfKeys | None) -> None:
        self._read += batch.frame.height + len(batch.rejects)
        self._rejects.unsplit(batch.rejects, batch.rejected_rows)
        cast, bad = self._cast(batch)
        self._nulled.see(cast.nulled, batch.lines)
        self._nulled.see_errors(batch.nulled)
        frame, raw, lines = cast.frame, batch.frame, batch.lines
        if bad is not None:
            reasons = {name: why.filter(bad) for name, why in cast.reasons.items()}
            self._rejects.cells(raw.filter(bad), lines.filter(bad), reasons)
            frame, raw, lines = (
                frame.filter(~bad),
                raw.filter(~bad),
                lines.filter(~bad),
            )
        if last is not None:
            keep = last.next(frame.height)
            if not keep.all():
                self._rejects.duplicates(
                    raw.filter(~keep), lines.filter(~keep), self._keys
                )
                frame = frame.filter(keep)
        if not frame.height:
            return
        self._out.write(self._encoder.rows(frame))

    def _check_rejects(self) -> None:
        most, rows = self._job.max_rejects, self._rejects.rows
        if most is None or rows <= most:
            return
        first = min(self._rejects.named, key=lambda one: one.line)
        place = f" in {first.column}" if first.column else ""
        raise LoadRefused(
            "data_import.too_many_rejects",
            f"More than {most} rows are rejected, so nothing was loaded. The first is "
            f"line {first.line}{place}: {first.reason}. {first.message}",
            self._job.table.table,
        )

    def _now(self) -> Encoded:
        return Encoded(
            rows_read=self._read,
            rows_loaded=self._encoder.next_id - self._job.first_id,
            rows_rejected=self._rejects.rows,
            bytes_written=self._out.written,
        )

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told >= _SECONDS_BETWEEN_REPORTS:
            self._told = now
            self._report(self._now())


def _any_reason(reasons: dict[str, pl.Series]) -> pl.Series:
    """Which rows are bad."""
    found = [why.is_not_null() for why in reasons.values()]
    return (
        pl.DataFrame([one.alias(str(at)) for at, one in enumerate(found)])
        .select(pl.any_horizontal(pl.all()))
        .to_series()
    )


def _required(column: ColumnPlan) -> ColumnPlan:
    return msgspec.structs.replace(column, required=True)


class FifoWriter:
    """Writes from a thread, so that a batch is made while the last one is taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: Queue[bytes | None] = Queue(_WAITING_BATCHES)
        self._thread = Thread(target=self._write_all, daemon=True)
        self._error: OSError | None = None
        self.written = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._queue.put(None)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def write(self, data: bytes) -> None:
        """Raises OSError where nobody reads any more."""
        if self._error is not None:
            raise self._error
        self._queue.put(data)
        self.written += len(data)

    def _write_all(self) -> None:
        """Goes on taking after an error, so that ``write`` does not wait for ever."""
        try:
            fd = os.open(self._path, os.O_WRONLY)
        except OSError as error:
            self._error, fd = error, -1
        while (data := self._queue.get()) is not None:
            if self._error is None:
                self._send(fd, data)
        if fd >= 0:
            os.close(fd)

    def _send(self, fd: int, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(fd, view) :]
        except OSError as error:
            self._error = error
