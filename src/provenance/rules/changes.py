"""What changes on the way along each stated relay between live assertions on one claim.

The rules of docs/semantics.md#semantics-changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph, once_a_graph
from provenance.rules.classes import reachable
from provenance.rules.live import CERTAINTY_WEIGHT
from provenance.values.folding import word_list
from provenance.values.vocabulary import QuoteType, Stance

_TIGHTNESS = {QuoteType.DIRECT: 3, QuoteType.MIXED: 2, QuoteType.INDIRECT: 1, QuoteType.NONE: 0}
_QUOTED = (QuoteType.DIRECT, QuoteType.MIXED)


class ChangeKeys(NamedTuple):
    """What differs between an earlier assertion and a later one that rests on it."""

    kind: str
    claim: int
    earlier: int
    later: int


def changes(graph: ClaimGraph, claim: int) -> list[ChangeKeys]:
    """Every change on the way of a claim, by the later assertion in the order of recording."""
    return [
        ChangeKeys(kind, claim, earlier, later)
        for later in graph.live_on(claim)
        for earlier in graph.stated_parents(later)
        if earlier in graph.live and graph.claim_of(earlier) == claim
        for kind in _kinds(graph, earlier, later)
    ]


def _kinds(graph: ClaimGraph, earlier: int, later: int) -> Iterator[str]:
    """Each test's own rule, and #rule-quote-loosened and #rule-adopted."""
    if _certainty_rose(graph, earlier, later):
        yield "certainty_rose"
    before, after = _tightest(graph, earlier), _tightest(graph, later)
    if before is not None and after is not None and after < before:
        yield "quote_loosened"
    if _quote_changed(graph, earlier, later):
        yield "quote_changed"
    if _caveat_lost(graph, earlier, later):
        yield "caveat_lost"
    if graph.stance(later) == Stance.AFFIRM and _both_say_it(graph, earlier, later):
        yield "adopted"


def _both_say_it(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """Whether both affirm the claim, or carry it as it came."""
    return {graph.stance(one) for one in (earlier, later)} <= {Stance.AFFIRM, Stance.RELAY}


def _certainty_rose(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """Whether the later one is surer (#rule-certainty-rose). Unspecified is neither more nor less sure than anything; a
    relay that states no certainty has that of each parent; and a denial is not surer of what others affirm."""
    if graph.facts.assertions[later].certainty is None or not _both_say_it(graph, earlier, later):
        return False
    before, after = (CERTAINTY_WEIGHT[graph.certainty(one)] for one in (earlier, later))
    return 0 < before < after


def _tightest(graph: ClaimGraph, assertion: int) -> int | None:
    types = [row.quote_type for row in graph.facts.mentions.get(assertion, ()) if row.quote_type is not None]
    return max((_TIGHTNESS[QuoteType(each)] for each in types), default=None)


def _quote_changed(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """Whether none of the earlier quotations holds the words of a later one (#rule-quote-changed). Case, accents and
    punctuation do not count, and neither do quotations of which one is a translation, or of different languages."""
    before, after = _quotations(graph, earlier), _quotations(graph, later)
    return any(
        all(f" {one.words} " not in f" {other.words} " for other in comparable)
        for one in after
        if (comparable := [other for other in before if other.language == one.language])
    )


class _Quotation(NamedTuple):
    words: str
    language: str | None


def _quotations(graph: ClaimGraph, assertion: int) -> list[_Quotation]:
    """What is quoted, but for translations."""
    return [
        _Quotation(" ".join(word_list(row.quote)), row.language)
        for row in graph.facts.mentions.get(assertion, ())
        if row.quote is not None and row.quote_type in _QUOTED and not row.translated
    ]


def _caveat_lost(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """Whether the earlier assertion's agent noted that evidence was absent for something below it, and the later
    assertion's agent did not (#rule-caveat-lost)."""
    noted = _noted_absent(graph)
    agent = graph.agent_of(earlier)
    if agent not in noted:
        return False
    without = noted[agent] - noted.get(graph.agent_of(later), set())
    below: set[int] = reachable([earlier], graph.stated_parents)
    return not without.isdisjoint(below)


@once_a_graph
def _noted_absent(graph: ClaimGraph) -> dict[int, set[int]]:
    """By agent, the assertions for which it noted that evidence was absent."""
    noted: dict[int, set[int]] = defaultdict(set)
    for assertion, rows in graph.facts.evidence.items():
        for row in rows:
            if not row.present and row.noted_by is not None:
                noted[graph.agents.classes[row.noted_by]].add(assertion)
    return noted
