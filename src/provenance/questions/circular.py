"""Questions about circular reporting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from provenance.answers.builder import AnswerBuilder
from provenance.answers.circular import Circle
from provenance.answers.lists import Answers
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import lists
from provenance.questions.asking import Asker, check_word
from provenance.questions.pages import ListQuestion, asked_of
from provenance.rules.circular import DEFAULT_KINDS, KINDS, CircleKeys, circles
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.support import standing_without_flags


def circular(asker: Asker, *kinds: str) -> Answers[Circle]:
    for kind in kinds:
        check_word("kinds", kind, KINDS)
    every = [asked_of(asker, _CirclesOf(kind)) for kind in dict.fromkeys(kinds or DEFAULT_KINDS)]
    return Answers(
        lambda: (circle for each in every for circle in each), lambda: sum(each.count() for each in every)
    )


class _CirclesOf(ListQuestion[Circle]):
    """The circles of one kind."""

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[Circle]]:
        builder = AnswerBuilder(graph)
        return lambda claim: map(builder.circle, self._circles(graph, claim))

    def _circles(self, graph: ClaimGraph, claim: int) -> list[CircleKeys]:
        return [
            one
            for one in circles(graph, claim, standing_without_flags(graph, claim))
            if one.kind == self.name
        ]

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        return bool(self._circles(graph, key))

    def build_materialized(
        self, loader: ClaimGraphLoader, page: lists.Page
    ) -> Mapping[int, Iterable[Circle]]:
        found = lists.circles_of(loader.connection, page, self.name)
        if not found:
            return {}
        assertions = {key for circles_of in found.values() for one in circles_of for key in one.assertions}
        builder = AnswerBuilder(loader.graph_of_dated_chains(found, assertions))
        return {claim: map(builder.circle, circles_of) for claim, circles_of in found.items()}
