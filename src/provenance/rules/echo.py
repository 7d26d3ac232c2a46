"""Echo: affirmations of an agent who is on record elsewhere with whom it has the claim from.

The rule of docs/semantics.md#rule-echo: such an affirmation rests on that other assertion as by a stated relay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from provenance.rules.classes import reachable
from provenance.rules.live import LiveAssertions
from provenance.values.vocabulary import Stance


def echoes(graph: LiveAssertions) -> dict[int, int]:
    """By echo the assertion that it rests on: of several the latest said, then the one of the smallest id."""
    found: dict[int, int] = {}
    said = _by_agent_and_claim(graph)
    bare = {one for group in said for one in group if _is_bare(graph, one)}
    if not bare:
        return found
    for group in said:
        found.update(_in_the_same_document(graph, [one for one in group if one in bare], group))
    joined = {**found}

    def parents(one: int) -> Collection[int]:
        stated = graph.facts.stated.get(one, ())
        return [*stated, joined[one]] if one in joined else stated

    for group in said:
        unobserved = [one for one in group if one in bare - found.keys() - graph.facts.observed]
        found.update(_elsewhere(graph, unobserved, group, parents))
    return found


def _by_agent_and_claim(graph: LiveAssertions) -> list[list[int]]:
    """The live assertions of one agent on one claim, where there are several, those first that an echo rests on
    rather."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in graph.live:
        if graph.stance(one) in (Stance.AFFIRM, Stance.RELAY):
            groups[graph.agent_of(one), graph.claim_of(one)].append(one)
    rows = graph.facts.assertions
    return [
        sorted(group, key=lambda one: (-rows[one].said, rows[one].id))
        for group in groups.values()
        if len(group) > 1
    ]


def _is_bare(graph: LiveAssertions, assertion: int) -> bool:
    return (
        graph.stance(assertion) == Stance.AFFIRM
        and not graph.facts.stated.get(assertion)
        and not graph.is_first_hand(assertion)
        and not graph.evidence_shown(assertion)
    )


def _in_the_same_document(graph: LiveAssertions, bare: Sequence[int], group: Sequence[int]) -> dict[int, int]:
    """Those of which another assertion in the same document carries the claim."""
    if not bare:
        return {}
    carrying: dict[int, list[int]] = defaultdict(list)
    for one in group:
        if graph.is_carrying(one, graph.stated_parents):
            for document in graph.found_in.documents_of(one):
                carrying[document].append(one)
    found = {}
    for echo in bare:
        beside = {other for document in graph.found_in.documents_of(echo) for other in carrying[document]}
        candidates = (other for other in group if other in beside) if beside else ()
        target = _first_not_resting_on(echo, candidates, lambda one: graph.facts.stated.get(one, ()))
        if target is not None:
            found[echo] = target
    return found


_EveryParent = Callable[[int], Collection[int]]
"""What an assertion rests on, also outside of the bounds."""


def _elsewhere(
    graph: LiveAssertions, unobserved: Sequence[int], group: Sequence[int], parents: _EveryParent
) -> dict[int, int]:
    """Those known only through others, whose agent's own words are observed, and were said no later."""
    observed = [
        one
        for one in group
        if one in graph.facts.observed
        and (graph.stance(one) == Stance.AFFIRM or graph.is_carrying(one, graph.stated_parents))
    ]
    rows = graph.facts.assertions
    found = {}
    for echo in unobserved:
        candidates = (other for other in observed if rows[other].said <= rows[echo].said)
        target = _first_not_resting_on(echo, candidates, parents)
        if target is not None:
            found[echo] = target
    return found


def _first_not_resting_on(echo: int, candidates: Iterable[int], parents: _EveryParent) -> int | None:
    return next(
        (one for one in candidates if one != echo and echo not in reachable(parents(one), parents)), None
    )
