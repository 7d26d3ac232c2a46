"""Reading the index within bounds: what was recorded by then, was not withdrawn, and as it was described by then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Self

from sqlalchemy import Connection, FromClause, Select, select

from provenance import wire
from provenance.index import projection, tables
from provenance.index.rows import WITHDRAWN_WITH, RowContext, row_of
from provenance.loading import row_queries
from provenance.loading.row_queries import Presence
from provenance.loading.statements import KeyedQuery, Row, RowQuery, column_of
from provenance.log import journal
from provenance.rules.facts import DatedLink, LinkRow
from provenance.values.references import link_kinds, references_of

AGENT_LINKS = link_kinds("agent")
CLAIM_LINKS = link_kinds("claim")
ENTITY_LINKS = link_kinds("entity")


class IndexReader:
    """The index of a connection within bounds: `known` and `said` are inclusive, in microseconds; None is open. `now` gives
    the time at which it is asked, which only embargoes need."""

    def __init__(
        self,
        connection: Connection,
        *,
        said: int | None = None,
        known: int | None = None,
        now: Callable[[], int] | None = None,
    ) -> None:
        self.connection = connection
        self.said = said
        self._now = now
        self.last_commit = None if known is None else journal.last_commit_by(connection, known)
        self.holds = Presence(*connection.execute(row_queries.PRESENCE).one())
        self._checked: set[int] = set()
        self._withdrawn: set[int] = set()

    @classmethod
    def before_commit(cls, connection: Connection, seq: int) -> Self:
        """The index as it was before a commit."""
        reader = cls(connection)
        reader.last_commit = seq - 1
        return reader

    @property
    def is_bounded(self) -> bool:
        return self.said is not None or self.last_commit is not None

    def asked_at(self) -> int | None:
        """The moment that is asked about: that of `said`, else the time now."""
        return self.said if self.said is not None or self._now is None else self._now()

    def is_said(self, moment: int | None) -> bool:
        """Whether what ends at this moment counts within `said`; an unknown moment does."""
        return self.said is None or moment is None or moment <= self.said

    def known(self, query: Select[Any], table: FromClause) -> Select[Any]:
        """The query, of rows that were recorded within the bound only."""
        return query if self.last_commit is None else query.where(table.c.commit_seq <= self.last_commit)

    # Rows ---------------------------------------------------------------------------------------------------------

    def rows(self, query: RowQuery[Row], by: str, keys: Iterable[int]) -> list[Row]:
        """The rows whose column `by` holds one of the keys, in the order of recording."""
        return self.within_bounds(query, query.found(self.connection, by, keys, self.last_commit))

    def rows_of(self, statement: KeyedQuery, query: RowQuery[Row], keys: Iterable[int]) -> list[Row]:
        """The rows that a statement about the keys finds, each once, in the order of recording."""
        found = statement.answers(self.connection, keys, self.last_commit)
        rows = {row[0]: row for row in query.rows(found)}
        return self.within_bounds(query, [rows[key] for key in sorted(rows)])

    def within_bounds(self, query: RowQuery[Row], rows: list[Row]) -> list[Row]:
        """Those of the rows of which nothing is withdrawn, as they were described by `known`."""
        if self.holds.withdrawals:
            names = ("key", *WITHDRAWN_WITH.get(query.table, ()))
            withdrawn = self.withdrawn(getattr(row, name) for row in rows for name in names)
            rows = [row for row in rows if not any(getattr(row, name) in withdrawn for name in names)]
        if self.last_commit is not None and self.holds.descriptions and "described" in query.table.c:
            rows = self._as_described(rows, self.last_commit)
        return rows

    def ids(self, keys: Iterable[int]) -> dict[int, bytes]:
        return dict(map(tuple, row_queries.IDS.answers(self.connection, keys)))

    # Withdrawals --------------------------------------------------------------------------------------------------

    def withdrawn(self, keys: Iterable[int | None]) -> set[int]:
        """Those of the records that are withdrawn, by a withdrawal that is not itself withdrawn."""
        if not self.holds.withdrawals:
            return set()
        asked = {key for key in keys if key is not None}
        unknown = asked - self._checked
        self._checked |= unknown
        found = list(row_queries.WITHDRAWALS.answers(self.connection, unknown, self.last_commit))
        if found:
            undone = self.withdrawn(key for key, _ in found)
            self._withdrawn |= {target for key, target in found if key not in undone}
        return asked & self._withdrawn

    # Descriptions -------------------------------------------------------------------------------------------------

    def _as_described(self, rows: list[Row], last_commit: int) -> list[Row]:
        asked = row_queries.DESCRIBED.answers(self.connection, (row[0] for row in rows))
        later = {key for key, commit_seq in asked if commit_seq > last_commit}
        return [self._as_it_was(row) if row[0] in later else row for row in rows]

    def _as_it_was(self, row: Row) -> Row:
        body = self.description_by_then(row[0])
        if body is None:
            return row
        record = wire.from_json(body)
        named = projection.keys_of(self.connection, references_of(record))
        then = row_of(record, RowContext(row[0], 0, 0, named.__getitem__))
        return row._replace(
            **{name: then[column_of(name)] for name in row._fields if column_of(name) in then}
        )

    def description_by_then(self, key: int) -> dict[str, Any] | None:
        """The description that counted at `known`, of a record that was described anew since; else None."""
        held = tables.description
        body = self.connection.execute(
            select(held.c.body)
            .where(held.c.record == key, held.c.commit_seq <= self.last_commit)
            .order_by(held.c.commit_seq.desc())
            .limit(1)
        ).scalar()
        return None if body is None else wire.in_newest_form(json.loads(body))

    # Links --------------------------------------------------------------------------------------------------------

    def links(self, keys: Iterable[int], kinds: tuple[str, ...]) -> list[LinkRow]:
        """All undated links of these kinds that can be reached from the keys over links of these kinds."""
        return [
            LinkRow(link.kind, link.source, link.target)
            for link in self.dated_links(keys, kinds)
            if link.lo is None and link.hi is None
        ]

    def linked(self, keys: Iterable[int], kind: str) -> set[int]:
        """The keys, and all that can be reached from them over undated links of this kind."""
        found = set(keys)
        return found.union(*((link.source, link.target) for link in self.links(found, (kind,))))

    def dated_links(
        self, keys: Iterable[int], kinds: tuple[str, ...], *, depth: int | None = None
    ) -> list[DatedLink]:
        """All links of these kinds that can be reached from the keys; with `depth` in so many steps."""
        if not self.holds.links:
            return []
        found: dict[int, DatedLink] = {}
        seen = set(keys)
        frontier = set(seen)
        while frontier and depth != 0:
            depth = None if depth is None else depth - 1
            rows = list(row_queries.links_of(kinds).answers(self.connection, frontier, self.last_commit))
            withdrawn = self.withdrawn(row[0] for row in rows)
            following: set[int] = set()
            for key, *columns in rows:
                if key not in withdrawn:
                    link = found[key] = DatedLink(*columns)
                    following.update((link.source, link.target))
            frontier = following - seen
            seen |= frontier
        return [found[key] for key in sorted(found)]
