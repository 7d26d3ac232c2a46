"""Right of reply: who is accused, and where they stand (SEMANTICS.md, Right of reply)."""

from __future__ import annotations

from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph, RequestRow
from provenance.values.vocabulary import Stance

ORDER = ("deny", "affirm", "no_comment", "silence", "question", "none")
"""Over a claim and those that it entails, the position that speaks first."""


class ReplyKeys(NamedTuple):
    """An accused agent's position on a claim, who accuses, what they answered (the latest first), and what they were
    asked (the earliest first). Keys, but for the requests."""

    claim: int
    accused: int
    position: str
    accusers: tuple[int, ...]
    responses: tuple[int, ...]
    requests: tuple[RequestRow, ...]


def replies(graph: ClaimGraph, claim: int) -> list[ReplyKeys]:
    """For every agent that a class of claims accuses, where they stand. A claim that nobody makes accuses nobody."""
    live = [one for one in graph.by_claim.get(claim, ()) if one in graph.live]
    if not live:
        return []
    generals = sorted(graph.generals(claim))
    found = []
    for accused in sorted(graph.accused.get(claim, ())):
        holder = graph.holder_of_agent(accused)
        positions = [graph.position(holder, general) for general in generals]
        responses = [
            one
            for general in generals
            for one in graph.by_claim.get(general, ())
            if one in graph.live
            and graph.holder(one) == holder
            and graph.assertions[one].stance != Stance.RELAY
        ]
        responses.sort(key=lambda one: (-graph.assertions[one].said, one))
        accusers = [one for one in live if graph.assertions[one].stance == Stance.AFFIRM]
        requests = sorted(graph.requests.get((claim, accused), ()), key=lambda row: (row.asked_at, row.key))
        found.append(
            ReplyKeys(
                claim,
                accused,
                min(positions, key=ORDER.index),
                tuple(accusers),
                tuple(responses),
                tuple(requests),
            )
        )
    return found
