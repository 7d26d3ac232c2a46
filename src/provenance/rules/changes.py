"""What changes on the way: along each stated relay between live assertions on one claim (SEMANTICS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from provenance.rules.claim_graph import CERTAINTY_WEIGHT, ClaimGraph, reachable
from provenance.values.folding import word_list
from provenance.values.vocabulary import QuoteType, Stance

KINDS = ("certainty_rose", "quote_loosened", "quote_changed", "caveat_lost", "adopted")

_TIGHTNESS = {QuoteType.DIRECT: 3, QuoteType.MIXED: 2, QuoteType.INDIRECT: 1, QuoteType.NONE: 0}
_QUOTED = (QuoteType.DIRECT, QuoteType.MIXED)


class ChangeKeys(NamedTuple):
    """What became another between the earlier assertion and the later one that rests on it (keys)."""

    kind: str
    claim: int
    earlier: int
    later: int


def changes(graph: ClaimGraph, claim: int) -> list[ChangeKeys]:
    """Every change on the way of a class of claims, by the later assertion in the order of recording."""
    return [
        ChangeKeys(kind, claim, earlier, later)
        for later in graph.by_claim.get(claim, ())
        if later in graph.live
        for earlier in graph.parents(later)
        if earlier in graph.live and graph.claim_of(earlier) == claim
        for kind in _kinds(graph, earlier, later)
    ]


def _kinds(graph: ClaimGraph, earlier: int, later: int) -> Iterator[str]:
    if _certainty_rose(graph, earlier, later):
        yield "certainty_rose"
    before, after = _tightest(graph, earlier), _tightest(graph, later)
    if before is not None and after is not None and after < before:
        yield "quote_loosened"
    if _quote_changed(graph, earlier, later):
        yield "quote_changed"
    if _caveat_lost(graph, earlier, later):
        yield "caveat_lost"
    if graph.assertions[later].stance == Stance.AFFIRM and _is_one_way(graph, earlier, later):
        yield "adopted"


def _is_one_way(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """Both affirm the claim, or carry it as it came."""
    return {graph.assertions[one].stance for one in (earlier, later)} <= {Stance.AFFIRM, Stance.RELAY}


def _certainty_rose(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """Unspecified says nothing of how sure they were: neither more nor less. A relay that states no certainty of its
    own has its parent's, of each parent; and who denies is not less sure of what others affirm."""
    if graph.assertions[later].certainty is None or not _is_one_way(graph, earlier, later):
        return False
    before, after = (CERTAINTY_WEIGHT[graph.certainty(one)] for one in (earlier, later))
    return 0 < before < after


def _tightest(graph: ClaimGraph, assertion: int) -> int | None:
    types = [row.quote_type for row in graph.mentions.get(assertion, ()) if row.quote_type is not None]
    return max((_TIGHTNESS[QuoteType(each)] for each in types), default=None)


def _quote_changed(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """None of the earlier quotations holds the words of a later one. Case, accents and punctuation do not count."""
    before, after = _quotations(graph, earlier), _quotations(graph, later)
    return bool(before) and any(all(f" {one} " not in f" {other} " for other in before) for one in after)


def _quotations(graph: ClaimGraph, assertion: int) -> list[str]:
    return [
        " ".join(word_list(row.quote))
        for row in graph.mentions.get(assertion, ())
        if row.quote is not None and row.quote_type in _QUOTED
    ]


def _caveat_lost(graph: ClaimGraph, earlier: int, later: int) -> bool:
    """The earlier one's agent noted that evidence was absent, for what it rests on, and the later one does not."""
    noted = _noted_absent(graph)
    agent = graph.agent_of(earlier)
    if agent not in noted:
        return False
    without = noted[agent] - noted.get(graph.agent_of(later), set())
    below: set[int] = reachable([earlier], graph.parents)
    return not without.isdisjoint(below)


def _noted_absent(graph: ClaimGraph) -> dict[int, set[int]]:
    """By agent, the assertions for which it noted that evidence was absent."""
    if "noted_absent" not in graph.derived:
        found: dict[int, set[int]] = defaultdict(set)
        for one, rows in graph.evidence.items():
            for row in rows:
                if not row.present and row.noted_by is not None:
                    found[graph.agent_classes[row.noted_by]].add(one)
        graph.derived["noted_absent"] = found
    noted: dict[int, set[int]] = graph.derived["noted_absent"]
    return noted
