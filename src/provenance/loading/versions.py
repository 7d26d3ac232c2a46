"""The versions of one story: documents of which one supersedes another, the oldest first."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Connection, select

from provenance.index import tables
from provenance.loading import row_queries
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.row_queries import AmendmentFound, DocumentFound
from provenance.rules.claim_graph import ClaimGraph

ANNOUNCING = ("correct", "retract", "supersede")
"""Amendments by which an outlet says that it changed something."""


class VersionRow(NamedTuple):
    document: DocumentFound
    change: str
    amendments: list[AmendmentFound]
    """Those of the version before it by its own outlet."""


def versions(loader: ClaimGraphLoader, key: int) -> tuple[list[VersionRow], ClaimGraph]:
    """The versions within the bounds, and a world that knows their outlets."""
    rows = _story(loader, key)
    amendments = _amendments(loader, rows)
    graph = ClaimGraph()
    loader.add_agents(graph, {row.outlet for row in rows.values()} | {row.by for _, row in amendments})
    by_outlet: dict[int, list[AmendmentFound]] = defaultdict(list)
    for document, amendment in amendments:
        outlet = rows[document].outlet
        if graph.agent_classes[amendment.by] == graph.agent_classes[outlet]:
            by_outlet[document].append(amendment)
    told = []
    for row in _oldest_first(rows):
        earlier = None if row.supersedes is None else rows.get(row.supersedes)
        amended = [] if earlier is None else by_outlet[earlier.key]
        told.append(VersionRow(row, _change(row, earlier, is_amended=bool(amended)), amended))
    return told, graph


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


def _story(loader: ClaimGraphLoader, key: int) -> dict[int, DocumentFound]:
    """The document, and all that can be reached from it over superseding, either way."""
    since = _described_since(loader)
    rows: dict[int, DocumentFound] = {}
    seen = frontier = {key}
    while frontier:
        found = [
            *loader.rows(row_queries.DOCUMENTS, "supersedes", frontier),
            *loader.rows(row_queries.DOCUMENTS, "key", {*frontier, *since}),
        ]
        near = [row for row in found if row.key in frontier or row.supersedes in frontier]
        rows.update((row.key, row) for row in near if _is_said(loader, row))
        ends = {end for row in near for end in (row.key, row.supersedes) if end is not None}
        frontier = ends - seen
        seen = seen | frontier
    return rows


def _described_since(loader: ClaimGraphLoader) -> set[int]:
    """The documents that were described anew after the bound: they may have superseded something else by then."""
    if loader.last_commit is None:
        return set()
    table = tables.document
    query = loader.known(select(table.c.key).where(table.c.described > loader.last_commit), table)
    return set(loader.connection.execute(query).scalars())


def _is_said(loader: ClaimGraphLoader, row: DocumentFound) -> bool:
    return loader.said is None or row.published_hi is None or row.published_hi <= loader.said


def _amendments(loader: ClaimGraphLoader, rows: dict[int, DocumentFound]) -> list[tuple[int, AmendmentFound]]:
    """Documents, and what announces a change of what they say: of the document itself, or of assertions found in it."""
    documents_of: dict[int, set[int]] = defaultdict(set)
    for row in loader.rows(row_queries.MENTIONS, "document", rows):
        if row.document is not None:
            documents_of[row.assertion].add(row.document)
    for key in rows:
        documents_of[key].add(key)
    found = loader.rows(row_queries.AMENDMENTS, "target", documents_of)
    return [
        (document, row)
        for row in found
        if row.kind in ANNOUNCING and (loader.said is None or row.at <= loader.said)
        for document in sorted(documents_of[row.target])
    ]


def _oldest_first(rows: dict[int, DocumentFound]) -> list[DocumentFound]:
    """No version stands before the one that it supersedes; otherwise by publication, and then by recording."""
    later: dict[int | None, list[DocumentFound]] = defaultdict(list)
    for row in rows.values():
        later[row.supersedes if row.supersedes in rows else None].append(row)
    waiting = [_place(row) for row in later[None]]
    heapq.heapify(waiting)
    ordered: list[DocumentFound] = []
    while waiting:
        *_, key = heapq.heappop(waiting)
        ordered.append(rows[key])
        for row in later[key]:
            heapq.heappush(waiting, _place(row))
    return ordered


def _place(row: DocumentFound) -> tuple[bool, int, int]:
    """Those of unknown publication last."""
    published = row.published_hi
    return published is None, published or 0, row.key


def _change(row: DocumentFound, earlier: DocumentFound | None, *, is_amended: bool) -> str:
    if earlier is None:
        return "first"
    if row.change_note is not None or is_amended:
        return "announced"
    both = [(row.text_digest, earlier.text_digest), (row.title, earlier.title)]
    if any(None not in pair and pair[0] != pair[1] for pair in both):
        return "stealth"
    return "unknown" if None in both[0] else "unchanged"
