"""The imaging service's tables."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

SCHEMA = "imaging"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata
