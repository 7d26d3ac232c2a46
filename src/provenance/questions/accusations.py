"""Questions about accusations and the right of reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from provenance.answers.accusations import Accusation
from provenance.answers.builder import AnswerBuilder
from provenance.answers.lists import Answers
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import candidates
from provenance.questions.asking import Asker
from provenance.questions.pages import ListQuestion, asked_of
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.reply import ReplyKeys, replies


def accusations(asker: Asker) -> Answers[Accusation]:
    return asked_of(asker, _Accusations(candidates.ACCUSATION))


def unanswered(asker: Asker) -> Answers[Accusation]:
    return asked_of(asker, _Unanswered(candidates.ACCUSATION))


class _Accusations(ListQuestion[Accusation]):
    """The accusations that somebody makes."""

    def load(self, loader: ClaimGraphLoader, keys: Sequence[int]) -> ClaimGraph:
        return loader.graph_of_accusations(keys)

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[Accusation]]:
        builder = AnswerBuilder(graph)
        return lambda claim: map(builder.accusation, self.found(graph, claim))

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        return bool(self.found(graph, key))

    def found(self, graph: ClaimGraph, claim: int) -> list[ReplyKeys]:
        return replies(graph, claim)


class _Unanswered(_Accusations):
    """Those among them on which the accused holds no position."""

    def found(self, graph: ClaimGraph, claim: int) -> list[ReplyKeys]:
        return [one for one in super().found(graph, claim) if not one.is_answered]
