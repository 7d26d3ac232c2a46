"""Loading the versions of one story: documents of which one supersedes another."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Connection, select

from provenance.index import tables
from provenance.loading import row_queries
from provenance.loading.assertions import claim_texts
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.reader import IndexReader
from provenance.loading.row_queries import AmendmentFound
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.facts import DocumentRow
from provenance.rules.versions import ANNOUNCING, change_of, oldest_first


class VersionKeys(NamedTuple):
    document: DocumentRow
    change: str
    amendments: list[AmendmentFound]
    """Those by which the outlet announced a change of the version before it."""
    words: dict[int, tuple[str | None, str | None]]
    """By amendment of an assertion, the words of its claim, and of the claim that replaces it."""


def versions(loader: ClaimGraphLoader, key: int) -> tuple[list[VersionKeys], ClaimGraph]:
    """The versions within the bounds, the oldest first, and a graph of their outlets."""
    rows = _story(loader, key)
    amendments = _amendments(loader, rows)
    ends = {end for _, row in amendments for end in (row.target, row.replacement) if end is not None}
    texts = claim_texts(loader, ends)
    words = {
        row.key: (texts.get(row.target), None if row.replacement is None else texts.get(row.replacement))
        for _, row in amendments
    }
    graph = loader.graph_of_agents({row.outlet for row in rows.values()} | {row.by for _, row in amendments})
    same = graph.agents.classes
    by_outlet: dict[int, list[AmendmentFound]] = defaultdict(list)
    for document, amendment in amendments:
        outlet = rows[document].outlet
        if same[amendment.by] == same[outlet]:
            by_outlet[document].append(amendment)
    found = []
    for row in oldest_first(rows):
        earlier = None if row.supersedes is None else rows.get(row.supersedes)
        amended = [] if earlier is None else by_outlet[earlier.key]
        found.append(VersionKeys(row, change_of(row, earlier, is_amended=bool(amended)), amended, words))
    return found, graph


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


def _story(loader: IndexReader, key: int) -> dict[int, DocumentRow]:
    """The document, and all that can be reached from it over superseding, either way."""
    since = _described_since(loader)
    rows: dict[int, DocumentRow] = {}
    seen = frontier = {key}
    while frontier:
        found = [
            *loader.rows(row_queries.DOCUMENTS, "supersedes", frontier),
            *loader.rows(row_queries.DOCUMENTS, "key", {*frontier, *since}),
        ]
        near = [row for row in found if row.key in frontier or row.supersedes in frontier]
        rows.update((row.key, row) for row in near if loader.is_said(row.published_hi))
        ends = {end for row in near for end in (row.key, row.supersedes) if end is not None}
        frontier = ends - seen
        seen = seen | frontier
    return rows


def _described_since(loader: IndexReader) -> set[int]:
    """The documents that were described anew after `known`: by then they may have superseded something else."""
    if loader.last_commit is None:
        return set()
    table = tables.document
    query = loader.known(select(table.c.key).where(table.c.described > loader.last_commit), table)
    return set(loader.connection.execute(query).scalars())


def _amendments(loader: IndexReader, rows: dict[int, DocumentRow]) -> list[tuple[int, AmendmentFound]]:
    """Documents, each with an amendment that announces a change: of the document itself, or of an assertion found in
    it."""
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
        if row.kind in ANNOUNCING and loader.is_said(row.at)
        for document in sorted(documents_of[row.target])
    ]
