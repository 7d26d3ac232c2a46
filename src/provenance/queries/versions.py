"""The versions of one story: documents of which one supersedes another, the oldest first."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from provenance.index import tables
from provenance.queries.cone import Cone
from provenance.queries.world import World

Row = dict[str, Any]

ANNOUNCING = ("correct", "retract", "supersede")
"""Amendments by which an outlet says that it changed something."""


class VersionRow(NamedTuple):
    document: Row
    change: str
    amendments: list[Row]
    """Those of the version before it by its own outlet."""


def versions(cone: Cone, key: int) -> tuple[list[VersionRow], World]:
    """The versions within the bounds, and a world that knows their outlets."""
    rows = _story(cone, key)
    amendments = _amendments(cone, rows)
    world = World()
    cone.add_agents(world, {row["outlet"] for row in rows.values()} | {row["by"] for _, row in amendments})
    by_outlet: dict[int, list[Row]] = defaultdict(list)
    for document, row in amendments:
        outlet = rows[document]["outlet"]
        if world.agent_classes[row["by"]] == world.agent_classes[outlet]:
            by_outlet[document].append(row)
    told = []
    for row in _oldest_first(rows):
        earlier = rows.get(row["supersedes"])
        amended = [] if earlier is None else by_outlet[earlier["key"]]
        told.append(VersionRow(row, _change(row, earlier, is_amended=bool(amended)), amended))
    return told, world


def leads_back(connection: Connection, document: int) -> bool:
    """Whether a document is a version before itself."""
    table = tables.document
    seen: set[int] = set()
    place: int | None = document
    while place is not None and place not in seen:
        seen.add(place)
        query = select(table.c.supersedes).where(table.c.key == place)
        place = connection.execute(query).scalar()
    return place is not None


def _story(cone: Cone, key: int) -> dict[int, Row]:
    """The document, and all that can be reached from it over superseding, either way."""
    table = tables.document
    since = _described_since(cone)
    rows: dict[int, Row] = {}
    seen = frontier = {key}
    while frontier:
        found = [
            *cone.rows(table, table.c.supersedes, frontier),
            *cone.rows(table, table.c.key, {*frontier, *since}),
        ]
        near = [row for row in found if row["key"] in frontier or row["supersedes"] in frontier]
        rows.update((row["key"], row) for row in near if _is_said(cone, row))
        ends = {end for row in near for end in (row["key"], row["supersedes"]) if end is not None}
        frontier = ends - seen
        seen = seen | frontier
    return rows


def _described_since(cone: Cone) -> set[int]:
    """The documents that were described anew after the bound: they may have superseded something else by then."""
    if cone.last_commit is None:
        return set()
    table = tables.document
    query = cone.known(select(table.c.key).where(table.c.described > cone.last_commit), table)
    return set(cone.connection.execute(query).scalars())


def _is_said(cone: Cone, row: Row) -> bool:
    return cone.said is None or row["published_hi"] is None or row["published_hi"] <= cone.said


def _amendments(cone: Cone, rows: dict[int, Row]) -> list[tuple[int, Row]]:
    """Documents, and what announces a change of what they say: of the document itself, or of assertions found in it."""
    mention, amendment = tables.mention, tables.amendment
    documents_of: dict[int, set[int]] = defaultdict(set)
    for row in cone.rows(mention, mention.c.document, rows):
        documents_of[row["assertion"]].add(row["document"])
    for key in rows:
        documents_of[key].add(key)
    found = cone.rows(amendment, amendment.c.target, documents_of)
    return [
        (document, row)
        for row in found
        if row["kind"] in ANNOUNCING and (cone.said is None or row["at"] <= cone.said)
        for document in sorted(documents_of[row["target"]])
    ]


def _oldest_first(rows: dict[int, Row]) -> list[Row]:
    """No version stands before the one that it supersedes; otherwise by publication, and then by recording."""
    later: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows.values():
        later[row["supersedes"] if row["supersedes"] in rows else None].append(row)
    waiting = [_place(row) for row in later[None]]
    heapq.heapify(waiting)
    ordered: list[Row] = []
    while waiting:
        *_, key = heapq.heappop(waiting)
        ordered.append(rows[key])
        for row in later[key]:
            heapq.heappush(waiting, _place(row))
    return ordered


def _place(row: Row) -> tuple[bool, int, int]:
    """Those of unknown publication last."""
    published = row["published_hi"]
    return published is None, published or 0, row["key"]


def _change(row: Row, earlier: Row | None, *, is_amended: bool) -> str:
    if earlier is None:
        return "first"
    if row["change_note"] is not None or is_amended:
        return "announced"
    both = [(row[name], earlier[name]) for name in ("text_digest", "title")]
    if any(None not in pair and pair[0] != pair[1] for pair in both):
        return "stealth"
    return "unknown" if None in both[0] else "unchanged"
