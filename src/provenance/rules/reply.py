"""Right of reply: who is accused, and where they stand (docs/semantics.md#rule-accusation)."""

from __future__ import annotations

from typing import NamedTuple

from provenance.rules.claim_graph import POSITION_ORDER, ClaimGraph
from provenance.rules.facts import RequestRow
from provenance.values.vocabulary import Stance

_RESPONSES = POSITION_ORDER[:-1]

STATUSES = {
    "silence": "reported_silent",
    "no_comment": "declined",
    "disavow": "disavowed",
    "question": "questioned",
    "deny": "denied",
    "affirm": "confirmed",
}
"""The status that follows from a position of the accused."""


class ReplyKeys(NamedTuple):
    """An accused agent's position on a claim, who accuses, what they answered (the latest first), and what they were
    asked (the earliest first)."""

    claim: int
    accused: int
    position: str
    accusers: tuple[int, ...]
    responses: tuple[int, ...]
    requests: tuple[RequestRow, ...]

    @property
    def is_answered(self) -> bool:
        return is_answered(self.position)


def replies(graph: ClaimGraph, claim: int) -> list[ReplyKeys]:
    """For every agent that a claim accuses, where they stand. A claim that nobody makes accuses nobody."""
    if not graph.live_on(claim):
        return []
    return [_reply(graph, claim, accused) for accused in graph.accused_by(claim)]


def is_answered(position: str) -> bool:
    """Whether an accused with this position denied or confirmed it. Silence, declining and questioning are no
    answers."""
    return position in ("deny", "affirm")


def status(position: str, *, is_asked: bool) -> str:
    """not_asked, asked_and_silent, reported_silent, declined, disavowed, questioned, denied or confirmed."""
    return STATUSES.get(position) or ("asked_and_silent" if is_asked else "not_asked")


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
