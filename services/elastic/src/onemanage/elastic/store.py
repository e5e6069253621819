"""The elastic service's rows in PostgreSQL, as values of the domain in and out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from onemanage.elastic.domain.deciding import Decision, Hold, Load, Measured
from onemanage.elastic.domain.groups import DAY, Group
from onemanage.elastic.models import (
    DecisionRow,
    GroupRow,
    HoldRow,
    LeaderRow,
    MeasuredRow,
)
from onemanage.platform.database.sessions import Sessions

KEPT = timedelta(days=30)
_THE_LEADER = 1
_GROUP = [getattr(GroupRow, name) for name in Group.__struct_fields__]


class NotLeading(Exception):
    """Another process decides by now; nothing was written."""


class Known(msgspec.Struct, frozen=True):
    """All that a decision needs of the rows."""

    groups: list[Group]
    """That live, or have ended within a day, or whose events are not told."""
    holds: dict[tuple[str, bool], Hold]
    measured: dict[str, Measured]


class Store:
    """Whoever writes is the leader, and what it writes says so in its transaction."""

    def __init__(self, sessions: Sessions, holder: str) -> None:
        self._sessions, self._holder = sessions, holder

    async def lead(self, seconds: float) -> bool:
        """Whether this process decides for so long; by the database's clock."""
        until = func.now() + timedelta(seconds=seconds)
        given = {"id": _THE_LEADER, "holder": self._holder, "until": until}
        asked = insert(LeaderRow).values(given)
        asked = asked.on_conflict_do_update(
            index_elements=["id"],
            set_={"holder": self._holder, "until": until},
            where=or_(
                col(LeaderRow.holder) == self._holder, col(LeaderRow.until) < func.now()
            ),
        )
        async with self._sessions.begin() as session:
            found = await session.execute(asked.returning(col(LeaderRow.id)))
            return found.first() is not None

    async def step_down(self) -> None:
        """Another may lead at once."""
        async with self._sessions.begin() as session:
            await session.execute(
                delete(LeaderRow).where(col(LeaderRow.holder) == self._holder)
            )

    async def known(self, now: datetime) -> Known:
        """What is not older than any decision looks back."""
        recent = or_(
            col(GroupRow.state) != "gone",
            col(GroupRow.ended_at) > now - DAY,
            col(GroupRow.told_end).is_(False),
        )
        async with self._sessions() as session:
            groups = await session.execute(select(*_GROUP).where(recent))
            holds = await session.execute(select(HoldRow))
            measured = await session.execute(select(MeasuredRow))
            return Known(
                [Group(**row._mapping) for row in groups],
                {(row.service, row.heavy): _hold(row) for (row,) in holds},
                {row.kind: Measured(row.seconds, row.count) for (row,) in measured},
            )

    async def decide(
        self,
        decisions: Iterable[tuple[str, Decision, Load]],
        groups: Sequence[Group],
        now: datetime,
    ) -> None:
        """Commit decisions, by their ids, and the groups that follow from them, before
        anything is called. Raises NotLeading."""
        rows = [
            {
                "decision_id": decision_id,
                "decided_at": now,
                "load": msgspec.to_builtins(load),
                **msgspec.structs.asdict(decision),
            }
            for decision_id, decision, load in decisions
        ]
        async with self._sessions.begin() as session:
            await self._check_leads(session)
            await session.execute(insert(DecisionRow), rows)
            await session.execute(insert(GroupRow), _rows(groups))

    async def save(self, groups: Sequence[Group], holds: Sequence[Hold] = ()) -> None:
        """What has become of groups, and what follows for later ones. Raises
        NotLeading."""
        if not groups and not holds:
            return
        async with self._sessions.begin() as session:
            await self._check_leads(session)
            if groups:
                await session.execute(_upsert(GroupRow, ["token"]), _rows(groups))
            if holds:
                keys = ["service", "heavy"]
                await session.execute(_upsert(HoldRow, keys), _rows(holds))

    async def release(self, holds: Collection[tuple[str, bool]]) -> None:
        """Nothing is in the way of these services and classes any more."""
        if not holds:
            return
        async with self._sessions.begin() as session:
            for service, heavy in holds:
                await session.execute(
                    delete(HoldRow).where(
                        col(HoldRow.service) == service, col(HoldRow.heavy) == heavy
                    )
                )

    async def learn(self, measured: Mapping[str, Measured]) -> None:
        """Of kinds that were measured anew."""
        rows = [
            {"kind": kind, "seconds": each.seconds, "count": each.count}
            for kind, each in measured.items()
        ]
        if rows:
            async with self._sessions.begin() as session:
                await session.execute(_upsert(MeasuredRow, ["kind"]), rows)

    async def forget(self, now: datetime) -> int:
        """What ended a month ago; how many rows."""
        async with self._sessions.begin() as session:
            gone = await session.execute(
                delete(GroupRow)
                .where(col(GroupRow.ended_at) < now - KEPT, col(GroupRow.told_end))
                .returning(col(GroupRow.token))
            )
            old = await session.execute(
                delete(DecisionRow)
                .where(col(DecisionRow.decided_at) < now - KEPT)
                .returning(col(DecisionRow.decision_id))
            )
            return len(gone.all()) + len(old.all())

    async def _check_leads(self, session: AsyncSession) -> None:
        """The row is locked: nobody takes over before this is committed."""
        asked = (
            select(col(LeaderRow.id))
            .where(
                col(LeaderRow.holder) == self._holder,
                col(LeaderRow.until) > text("clock_timestamp()"),
            )
            .with_for_update()
        )
        if (await session.execute(asked)).first() is None:
            raise NotLeading


def _hold(row: HoldRow) -> Hold:
    return Hold(**{name: getattr(row, name) for name in Hold.__struct_fields__})


def _rows(values: Iterable[msgspec.Struct]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(value) for value in values]


def _upsert(table: type[SQLModel], keys: list[str]) -> Any:
    """A statement for any number of rows; what is there is replaced."""
    made = insert(table)
    others = {
        column.name: column for column in made.excluded if column.name not in keys
    }
    return made.on_conflict_do_update(index_elements=keys, set_=others)
