"""Questions about what cannot both be right: conflicts, divergences and self-contradictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from provenance.answers.builder import AnswerBuilder
from provenance.answers.conflicts import Conflict, SelfContradiction
from provenance.answers.lists import Answers
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import lists
from provenance.questions.asking import Asker, check_word
from provenance.questions.pages import ListQuestion, asked_of
from provenance.rules import conflicts as rules
from provenance.rules import self_contradictions as self_rules
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.conflicts import ConflictKeys
from provenance.rules.strengths import DEFINITE, POSSIBLE, STRENGTH_NAMES

STRENGTHS = tuple(STRENGTH_NAMES.values())


def conflicts(asker: Asker, *, strength: str) -> Answers[Conflict]:
    check_word("strength", strength, STRENGTHS)
    name = lists.CONFLICT if strength == "definite" else lists.POSSIBLE_CONFLICT
    return asked_of(asker, _ConflictsOf(name, strength, is_divergence=False))


def divergences(asker: Asker, *, strength: str) -> Answers[Conflict]:
    check_word("strength", strength, STRENGTHS)
    name = lists.DIVERGENCE if strength == "definite" else lists.POSSIBLE_DIVERGENCE
    return asked_of(asker, _ConflictsOf(name, strength, is_divergence=True))


class _ConflictsOf(ListQuestion[Conflict]):
    """The conflicts, or the divergences, of at least one strength, by issue."""

    def __init__(self, name: str, strength: str, *, is_divergence: bool) -> None:
        super().__init__(name)
        self._least = DEFINITE if strength == "definite" else POSSIBLE
        self._is_divergence = is_divergence

    def _is_asked(self, conflict: ConflictKeys) -> bool:
        is_divergence = conflict.kind == "divergence"
        return is_divergence == self._is_divergence and rules.is_listed(conflict.strength, self._least)

    def load(self, loader: ClaimGraphLoader, keys: Sequence[int]) -> ClaimGraph:
        return loader.graph_with_competing_claims(keys)

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[Conflict]]:
        builder, found = AnswerBuilder(graph), rules.conflicts(graph)
        return lambda issue: (
            builder.conflict(issue, one) for one in found.get(issue, ()) if self._is_asked(one)
        )

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        found = rules.contested(graph)
        strengths = found.divergence_strengths if self._is_divergence else found.conflict_strengths
        return rules.is_listed(strengths.get(key, 0), self._least)

    def build_materialized(
        self, loader: ClaimGraphLoader, page: lists.Page
    ) -> Mapping[int, Iterable[Conflict]]:
        found = {
            issue: [one for one in ones if self._is_asked(one)]
            for issue, ones in lists.conflicts_of(loader.connection, page).items()
        }
        if not found:
            return {}
        every = [one for ones in found.values() for one in ones]
        graph = loader.graph_of_assertions(
            {*found, *(claim for one in every for claim in (one.a, one.b))},
            {assertion for one in every for assertion in (one.a_assertion, one.b_assertion)},
        )
        builder = AnswerBuilder(graph)
        return {issue: [builder.conflict(issue, one) for one in ones] for issue, ones in found.items()}


def self_contradictions(asker: Asker) -> Answers[SelfContradiction]:
    return asked_of(asker, _SelfContradictions(lists.SELF_CONTRADICTION))


class _SelfContradictions(ListQuestion[SelfContradiction]):
    """By issue, the holders whose own assertions exclude each other."""

    def load(self, loader: ClaimGraphLoader, keys: Sequence[int]) -> ClaimGraph:
        return loader.graph_with_competing_claims(keys)

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[SelfContradiction]]:
        builder, found = AnswerBuilder(graph), self_rules.self_contradictions(graph)
        return lambda issue: map(builder.self_contradiction, found.get(issue, ()))

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        return bool(self_rules.self_contradictions(graph).get(key))
