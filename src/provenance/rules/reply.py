"""Right of reply: who is accused, and where they stand (docs/semantics.md#semantics-right-of-reply)."""

from __future__ import annotations

from typing import NamedTuple

from provenance.rules.claim_graph import POSITION_ORDER, ClaimGraph
from provenance.rules.facts import RequestRow
from provenance.values.vocabulary import Stance

_RESPONSES = tuple(stance for stance in Stance if stance is not Stance.RELAY)


class ReplyKeys(NamedTuple):
    """An accused agent's position on a claim, who accuses, what they answered (the latest first), and what they were
    asked (the earliest first)."""

    claim: int
    accused: int
    position: str
    accusers: tuple[int, ...]
    responses: tuple[int, ...]
    requests: tuple[RequestRow, ...]


def replies(graph: ClaimGraph, claim: int) -> list[ReplyKeys]:
    """For every agent that a claim accuses, where they stand. A claim that nobody makes accuses nobody."""
    if not graph.live_on(claim):
        return []
    return [_reply(graph, claim, accused) for accused in graph.accused_by(claim)]


def _reply(graph: ClaimGraph, claim: int, accused: int) -> ReplyKeys:
    """What the accused, or who speaks for them, answered to the claim and to what it entails."""
    holder = graph.agents.holder_of_agent(accused)
    generals = sorted(graph.claims.generals(claim))
    positions = [graph.position(holder, general) for general in generals]
    responses = [
        one
        for general in generals
        for one in graph.live_on(general, *_RESPONSES)
        if graph.holder(one) == holder
    ]
    responses.sort(key=lambda one: (-graph.facts.assertions[one].said, one))
    return ReplyKeys(
        claim,
        accused,
        position=min(positions, key=POSITION_ORDER.index),
        accusers=tuple(graph.live_on(claim, Stance.AFFIRM)),
        responses=tuple(responses),
        requests=graph.requests_to(accused, claim),
    )
