"""Questions about how well claims are supported: the lists of the unsupported, and the grade of every claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from provenance.answers.builder import AnswerBuilder
from provenance.answers.lists import Answers
from provenance.answers.support import Independence, Unsupported
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import lists
from provenance.questions.asking import Asker, check_word
from provenance.questions.pages import ListQuestion, asked_of
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.support import (
    UNSUPPORTED_KINDS,
    Standing,
    kinds_of,
    standing,
    standing_without_flags,
)
from provenance.values.ids import RecordId
from provenance.values.vocabulary import Nature

NATURES = tuple(nature.value for nature in Nature)


def unsupported(asker: Asker, kind: str, *, nature: str) -> Answers[Unsupported]:
    check_word("kind", kind, UNSUPPORTED_KINDS)
    check_word("nature", nature, NATURES)
    return asked_of(asker, _UnsupportedOf(kind, nature))


class _UnsupportedOf(ListQuestion[Unsupported]):
    """The claims of one nature that lack support in one way."""

    def load(self, loader: ClaimGraphLoader, keys: Sequence[int]) -> ClaimGraph:
        return loader.graph_with_competing_claims(keys)  # for the flag that a claim is contested

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[Unsupported]]:
        builder = AnswerBuilder(graph)

        def build(claim: int) -> Iterator[Unsupported]:
            found = self._standing(graph, claim)
            if found is not None:
                yield Unsupported(self.name, builder.support(claim, found))

        return build

    def _standing(self, graph: ClaimGraph, claim: int) -> Standing | None:
        """The standing of a claim that is on the list."""
        if graph.claims.nature(claim) != self.nature:
            return None
        found = standing(graph, claim)
        return found if self.name in kinds_of(graph, claim, found) else None

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        return self._standing(graph, key) is not None

    def build_materialized(
        self, loader: ClaimGraphLoader, page: lists.Page
    ) -> Mapping[int, Iterable[Unsupported]]:
        flags = lists.flags(loader.connection, page)
        if not flags:
            return {}
        graph = loader.graph_about(flags)
        builder = AnswerBuilder(graph)
        found = {claim: standing_without_flags(graph, claim)._replace(flags=flags[claim]) for claim in flags}
        return {claim: [Unsupported(self.name, builder.support(claim, one))] for claim, one in found.items()}


def independence(asker: Asker) -> Answers[Independence]:
    def build() -> Iterator[Independence]:
        last: int | None = 0
        while last is not None:
            with asker.reading() as loader:
                found, last = lists.standings(loader, asker.overlay, after=last)
            for id_, _, one in found:
                yield Independence(RecordId(id_.hex()), one.grade, one.lo, one.hi)

    return Answers(build, lambda: sum(1 for _ in build()))
