"""Circular reporting: many carriers and few origins, or none (SEMANTICS.md, Circular reporting)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph, reachable
from provenance.rules.support import Grounds
from provenance.values.vocabulary import Stance

KINDS = ("common_origin", "suspected_common_origin", "feedback_loop", "misreported_source", "ungrounded_loop")
DEFAULT_KINDS = ("feedback_loop", "misreported_source", "ungrounded_loop")


class CircleKeys(NamedTuple):
    """A kind of circular reporting of a claim; of a loop also the agent who comes back to itself (keys)."""

    kind: str
    claim: int
    agent: int | None
    assertions: tuple[int, ...]


def circles(graph: ClaimGraph, claim: int, found: Grounds) -> list[CircleKeys]:
    """Every kind that a class of claims shows."""
    result = list(_common_origin(graph, claim, found))
    result.extend(feedback_loops(graph, claim))
    carrying = () if found.origins else graph.carried(claim)
    if carrying:
        misreporting = _misreporting(graph, claim, carrying)
        if misreporting:
            result.append(CircleKeys("misreported_source", claim, None, tuple(misreporting)))
        elif _goes_round(graph, claim, carrying):
            result.append(CircleKeys("ungrounded_loop", claim, None, tuple(carrying)))
    return result


def _common_origin(graph: ClaimGraph, claim: int, found: Grounds) -> list[CircleKeys]:
    if found.hi == 1:
        kind = "common_origin"
    elif found.lo <= 1 and any(graph.inferred.get(one) for one in found.origins):
        kind = "suspected_common_origin"
    else:
        return []
    origins = set(found.origins)

    def leads_to_an_origin(one: int) -> bool:
        below: set[int] = reachable([one], graph.parents)
        return not origins.isdisjoint(below)

    carriers = [
        one
        for one in graph.by_claim.get(claim, ())
        if one in graph.observed
        and one in graph.live
        and graph.assertions[one].stance in (Stance.AFFIRM, Stance.RELAY)
        and graph.is_outlet(graph.agent_of(one))
        and leads_to_an_origin(one)
    ]
    if len(set(graph.sides_among(carriers).values())) < 2:
        return []
    return [CircleKeys(kind, claim, None, tuple(carriers))]


def feedback_loops(graph: ClaimGraph, claim: int) -> list[CircleKeys]:
    """Agents who come back to themselves, by the way from what they rest on."""
    on_claim: set[int] = {one for one in graph.by_claim.get(claim, ()) if one in graph.live}
    parents = {one: [parent for parent in graph.parents(one) if parent in on_claim] for one in on_claim}
    own: dict[int, set[int]] = defaultdict(set)
    for one in on_claim:
        own[graph.agent_of(one)].add(one)
    loops: dict[int, CircleKeys] = {}
    for one in sorted(one for one in on_claim if parents[one]):
        agent = graph.agent_of(one)
        if agent not in loops:
            others = [parent for parent in parents[one] if parent not in own[agent]]
            way = _way_back(others, parents, own[agent])
            if way:
                loops[agent] = CircleKeys("feedback_loop", claim, agent, (one, *way))
    return [loops[agent] for agent in sorted(loops)]


def _way_back(starts: list[int], parents: Mapping[int, list[int]], ends: set[int]) -> tuple[int, ...]:
    """A shortest way from the starts to one of the ends; empty where there is none."""
    came_from: dict[int, int | None] = dict.fromkeys(starts)
    waiting = deque(came_from)
    while waiting:
        here = waiting.popleft()
        if here in ends:
            way: list[int] = []
            step: int | None = here
            while step is not None:
                way.append(step)
                step = came_from[step]
            return tuple(reversed(way))
        for parent in parents[here]:
            if parent not in came_from:
                came_from[parent] = here
                waiting.append(parent)
    return ()


def _misreporting(graph: ClaimGraph, claim: int, carrying: list[int]) -> list[int]:
    saying_it = graph.specifics(claim)
    return [
        one
        for one in carrying
        if any(
            graph.is_active(parent)
            and graph.assertions[parent].stance == Stance.AFFIRM
            and graph.claim_of(parent) not in saying_it
            for parent in graph.parents(one)
        )
    ]


def _goes_round(graph: ClaimGraph, claim: int, carrying: list[int]) -> bool:
    """Whether every way comes back: none ends, be it because an assertion on it was not yet said or recorded."""
    saying_it = graph.specifics(claim)
    return all(
        graph.is_active(one)
        and graph.assertions[one].stance in (Stance.AFFIRM, Stance.RELAY)
        and graph.claim_of(one) in saying_it
        and bool(graph.stated.get(one))
        for one in reachable(carrying, lambda one: graph.stated.get(one, ()))
    )
