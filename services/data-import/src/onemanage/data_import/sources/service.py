"""What the service does with a source database: opens it, plans it, lists its tables."""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from onemanage.contracts.imports.plans import Plan
from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources import kinds
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.forwarder import Patience, open_forwarder
from onemanage.data_import.sources.network import checked_address
from onemanage.data_import.sources.opened import Opened
from onemanage.platform.process.outbound import Network
from onemanage.platform.process.sealing import NotSealed, unseal
from onemanage.platform.sandbox.errors import SandboxCrashed, SandboxTimeout
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.sandbox import Sandbox

PRELOAD = (
    "onemanage.data_import.sources.describing",
    "onemanage.data_import.sources.reading",
)
"""Modules for the sandbox to have imported."""
_DESCRIBE_DATABASE = ChildFunction(
    "onemanage.data_import.sources.describing:describe_database", Plan
)
_TLS = ("off", "prefer", "require")


class Databases:
    """Source databases, within what the operator allows."""

    def __init__(
        self,
        sandbox: Sandbox,
        sealing_key: str,
        allowed: Sequence[Network],
        *,
        plan_seconds: float = 60.0,
        statement_seconds: float = 3600.0,
        patience: Patience = Patience(),
    ) -> None:
        self._sandbox, self._key, self._allowed = sandbox, sealing_key, tuple(allowed)
        self._plan_seconds, self._statement_seconds = plan_seconds, statement_seconds
        self._patience = patience

    async def plan(self, source: DatabaseSource, workspace_id: str) -> Plan:
        """Of the table or query; with neither, ``source_tables``. Raises SourceFailed."""
        seconds = min(self._plan_seconds / 2, self._statement_seconds)
        async with self.open(source, workspace_id, statement_seconds=seconds) as opened:
            try:
                return await self._sandbox.run(
                    _DESCRIBE_DATABASE,
                    opened,
                    timeout=self._plan_seconds,
                    folders=[opened.folder],
                    port=opened.end.port,
                )
            except SandboxTimeout as error:
                text = f"The database takes longer than {error.timeout:g} s to describe the source. Try again, or pick a smaller table."
                raise SourceFailed("database.too_slow", text) from None
            except SandboxCrashed as error:
                if error.exitcode != -signal.SIGABRT:
                    raise
                # What a library in Rust does when it is given no more memory.
                text = (
                    "Its rows take too much memory; leave out columns with long values."
                )
                raise SourceFailed("database.too_large", text) from None

    @asynccontextmanager
    async def open(
        self,
        source: DatabaseSource,
        workspace_id: str,
        *,
        statement_seconds: float | None = None,
    ) -> AsyncIterator[Opened]:
        """The database within reach of a child, as long as the block runs.

        Where the database falls silent or refuses, the block is cancelled, and with it
        the child that it waits for. Raises SourceFailed, then in place of whatever the
        block raises.
        """
        _check(source)
        password = self._password(source, workspace_id)
        address = await checked_address(source.host, source.port, self._allowed)
        async with open_forwarder(
            source.kind, address, source.port, self._patience
        ) as end:
            yield Opened(
                source=source,
                password=password,
                end=end,
                statement_seconds=statement_seconds or self._statement_seconds,
                connect_seconds=self._patience.connect,
            )

    def _password(self, source: DatabaseSource, workspace_id: str) -> str:
        if not self._key:
            text = "Importing from databases is not set up here. Whoever runs OneManage sets DATA_IMPORT_SEALING_KEY."
            raise SourceFailed("database.not_allowed", text)
        try:
            return unseal(self._key, source.sealed_password, workspace_id)
        except NotSealed:
            text = "The stored password cannot be opened any more. To go on, give it again."
            raise SourceFailed("database.invalid", text) from None


def _check(source: DatabaseSource) -> None:
    """The fields that nothing else looks at. Raises SourceFailed."""
    if source.kind not in kinds.KINDS:
        text = f"A database is one of {', '.join(kinds.KINDS)}."
        raise SourceFailed("database.invalid", text, source.kind[:60])
    if source.tls not in _TLS:
        text = f"TLS is one of {', '.join(_TLS)}."
        raise SourceFailed("database.invalid", text, source.tls[:60])
    for name in (source.user, source.database):
        kinds.quoted(source.kind, name)
