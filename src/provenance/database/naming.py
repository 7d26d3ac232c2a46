"""Names: what all tables of the ledger are called, and where a connection finds them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, MetaData, String, Table, Text
from sqlalchemy.schema import SchemaItem

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
PREFIX = "provenance_"
VERSION_TABLE = "provenance_version"
metadata = MetaData(naming_convention=NAMING_CONVENTION)
Key = BigInteger().with_variant(Integer, "sqlite")
"""Integer on SQLite, where only that makes a primary key the row's own number."""
Word = String(32)
SortedText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by code point on both databases."""


def table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    made: Table = Table(PREFIX + name, metadata, *parts, **options)
    return made


STAND_INS = "provenance_stand_ins"
"""The execution option of a connection on which other tables stand in for some (`index.shadow`), by their names."""


def schema_of(connection: Connection) -> str | None:
    """The schema in which the connection looks for the ledger; None for its own default."""
    schema: str | None = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
    return schema


def address(connection: Connection, name: str) -> str:
    """A table's or function's name for raw SQL, with the schema in which the connection looks for the ledger."""
    schema = schema_of(connection)
    name = connection.get_execution_options().get(STAND_INS, {}).get(name, name)
    return name if schema is None else f"{connection.dialect.identifier_preparer.quote_schema(schema)}.{name}"
