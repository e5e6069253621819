"""What tables are read from: files that were uploaded, and databases."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import example_id
from onemanage.contracts.public import shows_all


class FileSource(msgspec.Struct, frozen=True, kw_only=True, tag="file"):
    """An uploaded file of the workspace, whole."""

    file_id: str
    file_key: str
    """Of its object in storage."""
    file_name: str
    sha256: str = ""
    size: int = 0
    """Bytes; 0 by an older gateway."""


class DatabaseSource(msgspec.Struct, frozen=True, kw_only=True, tag="database"):
    """A table or one SELECT of a database, named by its fields and never by a URL."""

    kind: str
    """postgresql, mysql (MariaDB too) or sqlserver."""
    host: str
    port: int
    database: str
    user: str
    sealed_password: str
    """Encrypted by the gateway for the data-import service; never in the clear."""
    db_schema: str | None = None
    table: str | None = None
    """Either this or ``query``."""
    query: str | None = None
    """One SELECT or WITH; of SQL Server only SELECT."""
    tls: str = "prefer"
    """off, prefer or require. The certificate is not checked against the host."""


type Source = FileSource | DatabaseSource


HEAVY_BYTES = 1_000_000_000
"""Of files that are read together."""


def bytes_of(sources: list[Source]) -> int:
    """Of the files among them."""
    return sum(one.size for one in sources if isinstance(one, FileSource))


@shows_all
class SourceName(msgspec.Struct, frozen=True, kw_only=True):
    """A source as it is shown: never with a password."""

    kind: Annotated[str, Meta(description="file or database.", examples=["file"])]
    name: Annotated[
        str,
        Meta(
            description="Of the file; of a database its host and name.",
            examples=["orders.csv"],
        ),
    ]
    file_id: Annotated[str | None, Meta(examples=[example_id("fil")])] = None
