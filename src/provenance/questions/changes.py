"""Questions about what changed on the way, from an assertion to those that rest on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from provenance.answers.builder import AnswerBuilder
from provenance.answers.changes import Change
from provenance.answers.lists import Answers
from provenance.materialized import candidates
from provenance.questions.asking import Asked, Asker, graph_and_canonical
from provenance.questions.pages import ListQuestion, asked_of
from provenance.rules.changes import changes as changes_on_the_way
from provenance.rules.claim_graph import ClaimGraph


def changes(asker: Asker, claim: Asked | None) -> Answers[Change]:
    if claim is None:
        return asked_of(asker, _Changes(candidates.CHANGED))
    found = _changes_of(asker, claim)
    return Answers(lambda: iter(found), lambda: len(found))


def _changes_of(asker: Asker, claim: Asked) -> list[Change]:
    with asker.reading() as loader:
        graph, key = graph_and_canonical(loader, claim)
    return list(map(AnswerBuilder(graph).change, changes_on_the_way(graph, key)))


class _Changes(ListQuestion[Change]):
    """The changes on the way of every claim."""

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[Change]]:
        builder = AnswerBuilder(graph)
        return lambda claim: map(builder.change, changes_on_the_way(graph, claim))

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        return bool(changes_on_the_way(graph, key))
