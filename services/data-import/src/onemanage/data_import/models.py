"""The data-import service's tables."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

SCHEMA = "data_import"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata
