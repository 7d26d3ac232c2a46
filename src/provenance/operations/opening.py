"""Opening: the store of a ledger, at an address or in what the caller has."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from provenance.database import durability, engines, revisions
from provenance.database.store import Store
from provenance.errors import InvalidValue
from provenance.operations import migrations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from typing_extensions import TypeIs


def open_store(
    target: str | Path | Engine | Connection | Session,
    *,
    schema: str | None,
    durability_wanted: str,
    is_read_only: bool,
) -> Store:
    """The store at a path or URL, where an empty database is set up, or in an Engine, Connection or Session that holds
    a ledger already.

    Refuses a database that could lose what it acknowledged, unless `durability_wanted` is `AS_CONFIGURED`; of one that
    is only read nothing is asked.
    """
    if durability_wanted not in (durability.REQUIRED, durability.AS_CONFIGURED):
        raise InvalidValue.unknown_word(
            "durability", durability_wanted, (durability.REQUIRED, durability.AS_CONFIGURED)
        )
    is_checked = durability_wanted == durability.REQUIRED
    if _is_session(target):
        target = target.connection()
    if isinstance(target, Connection | Engine):
        return _joined(target, schema, is_checked=is_checked, is_read_only=is_read_only)
    engine = engines.engine_for(target)
    try:
        if is_read_only:
            migrations.check_is_there(engine, schema)
        else:
            migrations.prepare(engine, schema)
            with engines.opening(engine), engine.connect() as connection:
                if is_checked:
                    durability.check_keeps_commits(connection)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, schema=schema, owns_engine=True, is_read_only=is_read_only)


def _joined(
    target: Engine | Connection, schema: str | None, *, is_checked: bool, is_read_only: bool
) -> Store:
    if not engines.has_hooks(target.engine):
        raise engines.missing_hooks()
    engines.check_schema(target.dialect.name, schema)
    with engines.opening(target.engine), _connected(target) as connection:
        engines.check_system(connection)
        if isinstance(target, Connection):
            durability.check_transactions(connection)
        if not is_read_only:
            if is_checked:
                durability.check_keeps_commits(connection)
            revisions.check_revision(connection, schema)
        else:
            revisions.check_any_revision(connection, schema)
    return Store(target, schema=schema, is_read_only=is_read_only)


@contextmanager
def _connected(target: Engine | Connection) -> Iterator[Connection]:
    if isinstance(target, Connection):
        yield target
    else:
        with target.connect() as connection:
            yield connection


def _is_session(target: object) -> TypeIs[Session]:
    """Who has a session has imported the ORM, which takes long; nobody else has to."""
    orm = sys.modules.get("sqlalchemy.orm")
    return orm is not None and isinstance(target, orm.Session)
