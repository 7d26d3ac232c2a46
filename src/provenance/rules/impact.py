"""Retraction impact: what would fall with an assertion, before anything is written."""

from __future__ import annotations

from provenance.rules.claim_graph import World, reachable
from provenance.rules.support import standing


def touched_claims(world: World, assertion: int) -> list[int]:
    """The classes of claims that the assertion's chain touches, up and down, and what these entail.

    The chain leads through amended assertions, but through none that is outside of the bounds.
    """
    down: dict[int, set[int]] = {}
    up: dict[int, set[int]] = {}
    for relays in (world.stated, world.inferred):
        for later, earlier in relays.items():
            for one in world.assertions.keys() & earlier if later in world.assertions else ():
                down.setdefault(later, set()).add(one)
                up.setdefault(one, set()).add(later)
    chain = reachable([assertion], lambda one: down.get(one, ())) | reachable(
        [assertion], lambda one: up.get(one, ())
    )
    claims = {world.claim_of(one) for one in chain}
    return sorted({general for claim in claims for general in world.generals(claim)})


def impact(world: World, assertion: int) -> dict[str, list[int]]:
    """Classes of claims by what a retraction would do: lost, weakened, unaffected."""
    result: dict[str, list[int]] = {"lost": [], "weakened": [], "unaffected": []}
    after_world = world.without([assertion])
    for claim in touched_claims(world, assertion):
        before, after = standing(world, claim), standing(after_world, claim)
        if before.grade > 0 and after.grade == 0:
            result["lost"].append(claim)
        elif after.grade < before.grade or after.lo < before.lo or after.hi < before.hi:
            result["weakened"].append(claim)
        else:
            result["unaffected"].append(claim)
    return result


def documents_of(world: World, claims: list[int]) -> list[int]:
    """The documents in which live assertions on these claims were found, in the order of recording."""
    return sorted(
        {
            mention.document
            for claim in claims
            for one in world.by_claim.get(claim, ())
            if one in world.live
            for mention in world.mentions.get(one, ())
            if mention.document is not None
        }
    )
