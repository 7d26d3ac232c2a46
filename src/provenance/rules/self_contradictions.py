"""Holders who contradict themselves (docs/semantics.md#rule-self-contradiction)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph, once_a_graph
from provenance.rules.conflicts import (
    ConflictPair,
    is_factual,
    issue_names,
    issue_of,
    polarity_pairs,
    value_pairs,
)
from provenance.rules.exclusion import polarity_strength, value_strength
from provenance.values.vocabulary import Stance


class SelfContradictionKeys(NamedTuple):
    """Two claims of one holder that cannot both be right, and an assertion on either. `when` is simultaneous or
    reversal."""

    holder: int
    kind: str
    a: int
    b: int
    when: str
    a_assertion: int
    b_assertion: int


@once_a_graph
def self_contradictions(graph: ClaimGraph) -> dict[int, list[SelfContradictionKeys]]:
    """Where one holder's live assertions on facts exclude each other, at one time or one after the other, by issue."""
    names = issue_names(graph)
    found: dict[int, dict[tuple[int, str, int, int, str], SelfContradictionKeys]] = defaultdict(dict)
    for kind, a, b in _pairs(graph):
        if is_factual(graph, a, b):
            for one in _between(graph, kind, a, b):
                found[issue_of(names, kind, a, b)].setdefault(one[:5], one)
    return {issue: [found[issue][key] for key in sorted(found[issue])] for issue in sorted(found)}


def _pairs(graph: ClaimGraph) -> Iterator[ConflictPair]:
    yield from polarity_pairs(graph, lambda claim: graph.live_on(claim, Stance.DENY))
    yield from value_pairs(graph, lambda claim: graph.live_on(claim, Stance.AFFIRM))


def _between(graph: ClaimGraph, kind: str, a: int, b: int) -> Iterator[SelfContradictionKeys]:
    strength_of = polarity_strength if kind == "polarity" else value_strength
    if kind == "value" and graph.facts.claims[b].id < graph.facts.claims[a].id:
        a, b = b, a
    by_holder: dict[int, list[int]] = defaultdict(list)
    for other in graph.live_on(b, Stance.DENY if kind == "polarity" else Stance.AFFIRM):
        by_holder[graph.holder(other)].append(other)
    for one in graph.live_on(a, Stance.AFFIRM):
        holder = graph.holder(one)
        for other in by_holder.get(holder, ()):
            if strength_of(graph, one, other, own=True):
                rows = graph.facts.assertions
                when = "simultaneous" if rows[one].said == rows[other].said else "reversal"
                yield SelfContradictionKeys(holder, kind, a, b, when, one, other)
