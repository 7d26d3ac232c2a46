"""Revisions of the tables: which one a database is at, and which forms of entries the releases of each can read."""

from __future__ import annotations

from sqlalchemy import Connection, column, inspect, select, table

from provenance.database.naming import VERSION_TABLE, address
from provenance.errors import NotALedger, WrongRevision
from provenance.version import __version__

_TYPES_OF_0001 = (
    *(
        "agent",
        "document",
        "entity",
        "attribute",
        "claim",
        "assertion",
        "mention",
        "relay",
        "evidence",
        "link",
    ),
    *("amendment", "withdrawal", "redaction", "comment_request", "assessment"),
)
_FIRST = {"records": 1, **dict.fromkeys(_TYPES_OF_0001, 1)}
_SECOND = {"records": 1, "copied": 1, **dict.fromkeys(_TYPES_OF_0001, 2)}
_THIRD = {
    **_SECOND,
    **dict.fromkeys(("document", "assertion", "mention", "link", "amendment"), 3),
    "redefinition": 1,
}
READABLE: dict[str, dict[str, int]] = {
    "0001": _FIRST,
    "0002": _FIRST,
    "0003": _SECOND,
    "0004": _SECOND,
    "0005": _THIRD,
}
"""By revision, the newest version of every form that its releases read. A new version of a form comes with a new
revision, so that a release which cannot read it refuses the database before it writes there."""

REVISION = list(READABLE)[-1]
"""The revision of the tables that this library reads and writes."""


def release() -> str:
    """This release and the revision of its tables, by which shadow tables say who derives them."""
    return f"{__version__} at {REVISION}"


def revision_of(connection: Connection, schema: str | None = None) -> str | None:
    """The revision of the ledger's tables; None where there are none."""
    if VERSION_TABLE not in inspect(connection).get_table_names(schema=schema):
        return None
    found = connection.execute(
        select(column("version_num")).select_from(table(VERSION_TABLE, schema=schema))
    ).scalar()
    return None if found is None else str(found)


def check_revision(connection: Connection, schema: str | None = None) -> None:
    """Refuses tables of another revision, saying which side is behind, and databases without a ledger."""
    _check_is_ours(revision_of(connection, schema))


def check_still_ours(connection: Connection) -> None:
    """Does the same in one statement, for a ledger that was opened already: its tables are there."""
    found = connection.exec_driver_sql(
        f"SELECT version_num FROM {address(connection, VERSION_TABLE)}"  # noqa: S608 - a name of ours
    ).scalar()
    _check_is_ours(None if found is None else str(found))


def check_any_revision(connection: Connection, schema: str | None = None) -> None:
    """Refuses databases without a ledger."""
    if revision_of(connection, schema) is None:
        raise _no_ledger()


def _no_ledger() -> NotALedger:
    return NotALedger(
        "the database holds no ledger",
        "call Ledger.install(engine) to add the ledger's tables beside its own",
    )


def _check_is_ours(found: str | None) -> None:
    if found is None:
        raise _no_ledger()
    if found != REVISION:
        raise WrongRevision(found, REVISION, is_database_newer=found > REVISION)
