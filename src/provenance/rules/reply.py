"""Right of reply: who is accused, and where they stand (SEMANTICS.md, Right of reply)."""

from __future__ import annotations

from typing import NamedTuple

from provenance.rules.claim_graph import RequestRow, World
from provenance.values.vocabulary import Stance

ORDER = ("deny", "affirm", "no_comment", "silence", "question", "none")
"""Over a claim and those that it entails, the position that speaks first."""


class Reply(NamedTuple):
    """An accused agent's position on a claim, who accuses, what they answered (the latest first), and what they were
    asked (the earliest first). Keys, but for the requests."""

    claim: int
    accused: int
    position: str
    accusers: tuple[int, ...]
    responses: tuple[int, ...]
    requests: tuple[RequestRow, ...]


def replies(world: World, claim: int) -> list[Reply]:
    """For every agent that a class of claims accuses, where they stand. A claim that nobody makes accuses nobody."""
    live = [one for one in world.by_claim.get(claim, ()) if one in world.live]
    if not live:
        return []
    generals = sorted(world.generals(claim))
    found = []
    for accused in sorted(world.accused.get(claim, ())):
        holder = world.holder_of_agent(accused)
        positions = [world.position(holder, general) for general in generals]
        responses = [
            one
            for general in generals
            for one in world.by_claim.get(general, ())
            if one in world.live
            and world.holder(one) == holder
            and world.assertions[one].stance != Stance.RELAY
        ]
        responses.sort(key=lambda one: (-world.assertions[one].said, one))
        accusers = [one for one in live if world.assertions[one].stance == Stance.AFFIRM]
        requests = sorted(world.requests.get((claim, accused), ()), key=lambda row: (row.asked_at, row.key))
        found.append(
            Reply(
                claim,
                accused,
                min(positions, key=ORDER.index),
                tuple(accusers),
                tuple(responses),
                tuple(requests),
            )
        )
    return found
