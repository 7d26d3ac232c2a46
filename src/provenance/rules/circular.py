"""Circular reporting: many carriers and few origins, or none (docs/semantics.md#semantics-circular-reporting)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import reachable
from provenance.rules.sides import sides_among
from provenance.rules.support import Standing
from provenance.values.vocabulary import Stance

KINDS = ("common_origin", "suspected_common_origin", "feedback_loop", "misreported_source", "ungrounded_loop")
DEFAULT_KINDS = ("feedback_loop", "misreported_source", "ungrounded_loop")


class CircleKeys(NamedTuple):
    """A kind of circular reporting of a claim; of a loop also the agent who comes back to itself."""

    kind: str
    claim: int
    agent: int | None
    assertions: tuple[int, ...]


def circles(graph: ClaimGraph, claim: int, standing: Standing) -> list[CircleKeys]:
    """Every kind of circular reporting that a claim shows. Its standing may lack the flags."""
    found = list(_common_origin(graph, claim, standing))
    found.extend(feedback_loops(graph, claim))
    carrying = () if standing.origins else graph.carried(claim)
    if carrying:
        misreporting = _misreporting(graph, claim, carrying)
        if misreporting:
            found.append(CircleKeys("misreported_source", claim, None, tuple(misreporting)))
        elif _is_ungrounded(graph, claim, carrying):
            found.append(CircleKeys("ungrounded_loop", claim, None, tuple(carrying)))
    return found


def _common_origin(graph: ClaimGraph, claim: int, standing: Standing) -> list[CircleKeys]:
    """Outlets of two or more sides that carry one origin (#rule-common-origin), or possibly one
    (#rule-suspected-common-origin)."""
    if standing.hi == 1:
        kind = "common_origin"
    elif standing.lo <= 1 and any(map(graph.is_suspected_copy, standing.origins)):
        kind = "suspected_common_origin"
    else:
        return []
    origins = set(standing.origins)

    def leads_to_an_origin(one: int) -> bool:
        below: set[int] = reachable([one], graph.parents)
        return not origins.isdisjoint(below)

    carriers = [
        one
        for one in graph.live_on(claim, Stance.AFFIRM, Stance.RELAY)
        if one in graph.facts.observed
        and graph.agents.is_outlet(graph.agent_of(one))
        and leads_to_an_origin(one)
    ]
    if len(set(sides_among(graph, claim, carriers).values())) < 2:
        return []
    return [CircleKeys(kind, claim, None, tuple(carriers))]


def feedback_loops(graph: ClaimGraph, claim: int) -> list[CircleKeys]:
    """By agent that comes back to itself (#rule-feedback-loop), a shortest way from an assertion of its own to one of
    its own, by another agent, and not within what is known from one document only."""
    on_claim = set(graph.live_on(claim))
    parents = {one: [parent for parent in graph.parents(one) if parent in on_claim] for one in on_claim}
    loops: dict[int, CircleKeys] = {}
    for one in sorted(one for one in on_claim if parents[one]):
        agent = graph.agent_of(one)
        if agent not in loops:
            way = _way_round(graph, one, parents)
            if way:
                loops[agent] = CircleKeys("feedback_loop", claim, agent, way)
    return [loops[agent] for agent in sorted(loops)]


class _Place(NamedTuple):
    """Where a way has come to, whether it led through another agent, and the one document from which all on it is
    known so far."""

    assertion: int
    is_through_another: bool
    only_document: int | None


def _way_round(graph: ClaimGraph, start: int, parents: Mapping[int, list[int]]) -> tuple[int, ...]:
    """The shortest way from an assertion back to its agent; empty where there is none."""
    agent = graph.agent_of(start)
    documents = graph.found_in.documents_of(start)
    first = _Place(
        start, is_through_another=False, only_document=next(iter(documents)) if len(documents) == 1 else None
    )
    came_from: dict[_Place, _Place | None] = {first: None}
    waiting = deque([first])
    while waiting:
        here = waiting.popleft()
        for parent in parents[here.assertion]:
            is_own = graph.agent_of(parent) == agent
            is_known_there = graph.found_in.documents_of(parent) == {here.only_document}
            there = _Place(
                parent, here.is_through_another or not is_own, here.only_document if is_known_there else None
            )
            if is_own and there.is_through_another and there.only_document is None:
                return _steps(came_from, here, parent)
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return ()


def _steps(came_from: Mapping[_Place, _Place | None], last: _Place, end: int) -> tuple[int, ...]:
    way = [end]
    place: _Place | None = last
    while place is not None:
        way.append(place.assertion)
        place = came_from[place]
    return tuple(reversed(way))


def _misreporting(graph: ClaimGraph, claim: int, carrying: list[int]) -> list[int]:
    """Those of the carrying assertions that rest on an active one which affirms something else
    (#rule-misreported-source)."""
    saying_it = graph.claims.specifics(claim)
    return [
        one
        for one in carrying
        if any(
            graph.is_active(parent)
            and graph.stance(parent) == Stance.AFFIRM
            and graph.claim_of(parent) not in saying_it
            for parent in graph.parents(one)
        )
    ]


def _is_ungrounded(graph: ClaimGraph, claim: int, carrying: list[int]) -> bool:
    """Whether no way down from the carrying assertions ends (#rule-ungrounded-loop). One that leads to what was not yet
    said or recorded does end there."""
    saying_it = graph.claims.specifics(claim)
    return all(
        graph.is_active(one)
        and graph.stance(one) in (Stance.AFFIRM, Stance.RELAY)
        and graph.claim_of(one) in saying_it
        and graph.rests_on_another(one)
        for one in reachable(carrying, lambda one: _every_parent(graph, one))
    )


def _every_parent(graph: ClaimGraph, assertion: int) -> set[int]:
    """What it rests on by stated relays or as an echo, also outside of the bounds."""
    return {*graph.facts.stated.get(assertion, ()), *graph.parents(assertion)}
