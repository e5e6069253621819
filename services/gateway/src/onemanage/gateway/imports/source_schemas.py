"""HTTP bodies of databases as sources of an import."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.schemas import Body
from onemanage.platform.process.sealing import seal

_PORTS = {"postgresql": 5432, "mysql": 3306, "sqlserver": 1433}


class DatabaseIn(Body):
    """A database to read from: its address in fields, and a table or a query of it.

    With neither table nor query, the plan tells what tables and views there are.
    """

    # An error shows what was given, which is a password sometimes.
    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["postgresql", "mysql", "sqlserver"] = Field(
        description="`mysql` is MariaDB too."
    )
    host: str = Field(
        min_length=1,
        max_length=253,
        pattern=r"^[A-Za-z0-9_.:\[\]-]+$",
        description="A name or an address, without scheme, user, port or path.",
        examples=["db.example.com"],
    )
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Else the usual one of the kind."
    )
    database: str = Field(min_length=1, max_length=128)
    user: str = Field(
        min_length=1,
        max_length=128,
        description="Give one that may only read what is to be imported.",
    )
    password: SecretStr = Field(
        max_length=1024,
        description="Sealed at once; never stored, logged or told in the clear.",
    )
    db_schema: str | None = Field(
        default=None,
        alias="schema",
        min_length=1,
        max_length=128,
        description="Of the table; else the user's own. Of MySQL another database.",
    )
    table: str | None = Field(default=None, min_length=1, max_length=128)
    query: str | None = Field(
        default=None,
        min_length=1,
        max_length=100_000,
        description="One SELECT, in place of a table, in a read-only session. Not one"
        " semicolon; of SQL Server neither WITH nor ORDER BY.",
    )
    tls: Literal["off", "prefer", "require"] = Field(
        default="prefer",
        description="The certificate is not compared with the host. With MySQL `prefer`"
        " is `off`.",
    )

    @field_validator("database", "user", "db_schema", "table", "query", "password")
    @classmethod
    def _has_no_nul[T: (str, SecretStr, None)](cls, given: T) -> T:
        text = given.get_secret_value() if isinstance(given, SecretStr) else given
        if text is not None and "\0" in text:
            raise ValueError("must not contain NUL")
        return given

    @model_validator(mode="after")
    def _is_table_or_query(self) -> Self:
        if self.table is not None and self.query is not None:
            raise ValueError("name a table or a query, not both")
        return self

    def sealed(self, key: str, workspace_id: str) -> DatabaseSource:
        """As it goes into a command. Raises Problem where there is no key."""
        if not key:
            text = "Importing from databases is not set up here."
            raise Problem(422, "databases_not_set_up", text)
        return DatabaseSource(
            kind=self.kind,
            host=self.host,
            port=self.port or _PORTS[self.kind],
            database=self.database,
            user=self.user,
            sealed_password=seal(key, self.password.get_secret_value(), workspace_id),
            db_schema=self.db_schema,
            table=self.table,
            query=self.query,
            tls=self.tls,
        )

    def asked(self) -> dict[str, object]:
        """What was asked for, for the fingerprint of a repeated request: a sealed
        password is another each time, and a hash of it would invite to guess."""
        return self.model_dump(mode="json", exclude={"password"})


class SourceTableOut(Body):
    """A table or view to choose from."""

    db_schema: str = Field(serialization_alias="schema")
    table: str
    kind: Literal["table", "view"]
