"""The question of what a retraction would do, before it is recorded."""

from __future__ import annotations

from provenance.answers.builder import AnswerBuilder
from provenance.answers.documents import DocumentSummary
from provenance.answers.support import Impact
from provenance.loading import row_queries
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.questions.asking import Asked, Asker, key_of
from provenance.rules import impact as rules


def impact(asker: Asker, target: Asked) -> Impact:
    with asker.reading() as loader:
        key = key_of(loader.connection, target, "assertion", "document")
        mentions = loader.rows(row_queries.MENTIONS, "document", [key])
        assertions = {key, *(row.assertion for row in mentions)}
        rows = loader.rows(row_queries.ASSERTIONS, "key", assertions)
        graph = loader.graph_of_whole_chains(row.claim for row in rows)
        found = rules.impact(graph, key)
        documents = _documents(loader, rules.documents_of(graph, found.lost))
    return AnswerBuilder(graph).impact(found, documents)


def _documents(loader: ClaimGraphLoader, keys: list[int]) -> tuple[DocumentSummary, ...]:
    rows = loader.rows(row_queries.DOCUMENTS, "key", keys)
    builder = AnswerBuilder(loader.graph_of_agents([row.outlet for row in rows]))
    return tuple(map(builder.document, rows))
