"""Questions about the whole ledger: which claims may be on a list, a page at a time, and the answers about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from provenance.answers.lists import Answers
from provenance.database.chunks import chunked
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import certain, lists
from provenance.questions.asking import Asker
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.facts import Facts

BUILT = 50
"""Claims of a list whose answers are built at a time. Whoever asks for the first hundred waits for no more."""

_Answer = TypeVar("_Answer")

GraphOfPage = tuple[ClaimGraph, list[int]]
"""A claim graph, and the canonical claims in it that are asked about."""


class ListQuestion(Generic[_Answer]):
    """A question whose answers are about the claims, or the issues, of one list of the ledger.

    `name` is that of the list in the index. `nature` is that of the claims on it; "" where the list has claims of every
    nature. An issue (a subject, an attribute and a scope) is known by the key of the first claim about it.
    """

    def __init__(self, name: str, nature: str = "") -> None:
        self.name = name
        self.nature = nature

    def load(self, loader: ClaimGraphLoader, keys: Sequence[int]) -> ClaimGraph:
        """The claim graph that is enough for the answers about these claims."""
        return loader.graph_about(keys)

    def builder_of(self, graph: ClaimGraph) -> Callable[[int], Iterable[_Answer]]:
        """What gives the answers about one claim of the graph, by its key; each is built as it is iterated."""
        raise NotImplementedError

    def is_on_list(self, graph: ClaimGraph, key: int) -> bool:
        """Whether there is any answer about this claim."""
        raise NotImplementedError

    def build_materialized(
        self,
        loader: ClaimGraphLoader,  # noqa: ARG002 - for those that have materialized rows
        page: lists.Page,  # noqa: ARG002
    ) -> Mapping[int, Iterable[_Answer]]:
        """The answers about those claims of a page of which the materialized rows say enough; all others are built."""
        return {}


def asked_of(asker: Asker, question: ListQuestion[_Answer]) -> Answers[_Answer]:
    """The answers to a question, built as they are iterated."""
    listed = _Listed(asker, question)
    return Answers(listed.answers, listed.count)


class _Listed(Generic[_Answer]):
    """A list question, asked within bounds. Every page is read in a transaction of its own."""

    def __init__(self, asker: Asker, question: ListQuestion[_Answer]) -> None:
        self._asker = asker
        self._question = question

    def answers(self) -> Iterator[_Answer]:
        question, last = self._question, 0
        while True:
            with self._asker.reading() as loader:
                page = self._page(loader, after=last, limit=BUILT)
                materialized = question.build_materialized(loader, page)
                graph, others = self._graph_of(loader, [key for key in page.keys if key not in materialized])
            if not page.keys:
                return
            last = page.keys[-1]
            build, canonical = question.builder_of(graph), set(others)
            for key in page.keys:
                if key in materialized:
                    yield from materialized[key]
                elif key in canonical:
                    yield from build(key)

    def count(self) -> int:
        name, nature = self._question.name, self._question.nature
        with self._asker.reading() as loader:
            counted = lists.count(loader, self._asker.overlay, name, nature)
            if counted is not None:
                return counted
            certainly = certain.unsupported(loader, name, nature)
        if certainly is None:
            return self._count_among(self._candidates())
        return certainly.sure + self._count_among(self._pages_of(certainly.others))

    def _page(self, loader: ClaimGraphLoader, *, after: int, limit: int) -> lists.Page:
        """The next claims that may be on the list, in the order of recording."""
        name, nature = self._question.name, self._question.nature
        return lists.page(loader, self._asker.overlay, name, nature, after=after, limit=limit)

    def _graph_of(self, loader: ClaimGraphLoader, keys: list[int]) -> GraphOfPage:
        graph = self._question.load(loader, keys) if keys else ClaimGraph(Facts())
        return graph, [key for key in keys if key in graph.facts.claims and graph.claims.classes[key] == key]

    def _candidates(self) -> Iterator[GraphOfPage]:
        last = 0
        while True:
            with self._asker.reading() as loader:
                keys = self._page(loader, after=last, limit=self._asker.limits.claims).keys
                found = self._graph_of(loader, keys)
            if not keys:
                return
            last = keys[-1]
            yield found

    def _pages_of(self, claims: Iterable[int]) -> Iterator[GraphOfPage]:
        for keys in chunked(claims, self._asker.limits.claims):
            with self._asker.reading() as loader:
                found = self._graph_of(loader, keys)
            yield found

    def _count_among(self, pages: Iterable[GraphOfPage]) -> int:
        is_on_list = self._question.is_on_list
        return len({key for graph, keys in pages for key in keys if is_on_list(graph, key)})
