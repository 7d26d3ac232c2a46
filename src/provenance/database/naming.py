"""Names of the ledger's tables, and where a connection finds them."""

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
"""INTEGER on SQLite: a primary key of that type alone is the row's own number."""
Word = String(32)
SortedText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by code point on both databases."""


def table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    made: Table = Table(PREFIX + name, metadata, *parts, **options)
    return made


STAND_INS = "provenance_stand_ins"
"""An execution option of connections: names of tables, and the names of those that stand in for them
(`index.shadow`)."""


def schema_of(connection: Connection) -> str | None:
    """The schema in which the connection looks for the ledger; None for its own default."""
    schema: str | None = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
    return schema


def address(connection: Connection, name: str) -> str:
    """The name of a table or function for raw SQL, with the ledger's schema on this connection, if it has one."""
    schema = schema_of(connection)
    name = connection.get_execution_options().get(STAND_INS, {}).get(name, name)
    return name if schema is None else f"{connection.dialect.identifier_preparer.quote_schema(schema)}.{name}"
