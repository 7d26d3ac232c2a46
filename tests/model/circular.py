"""Circular reporting: a common origin, a loop among agents, a source that said something else, no ground."""

from __future__ import annotations

from .agents import is_outlet
from .conflicts import Row
from .derived import World, carriers, leads_to, origins_of
from .independence import hi, is_suspected_copy, lo, side
from .ties import reached


def is_carried_by_outlets(w: World, claim: str) -> bool:
    """Outlets of two or more sides carry a live origin of this claim or one that entails it."""
    origins = origins_of(w, claim)
    carrying = [
        a
        for a in w.live
        if w.assertions[a].observed
        and w.stance(a) in ("affirm", "relay")
        and w.claim_of(a) == claim
        and is_outlet(w, w.agent_of(a))
        and origins & ({a} | leads_to(w, a))
    ]
    return len({side(w, w.agent_of(a), claim) for a in carrying}) >= 2


def is_common_origin(w: World, claim: str) -> bool:
    return hi(w, claim) == 1 and is_carried_by_outlets(w, claim)


def is_suspected_common_origin(w: World, claim: str) -> bool:
    has_copy = any(is_suspected_copy(w, a) for a in origins_of(w, claim))
    return hi(w, claim) > 1 and lo(w, claim) <= 1 and has_copy and is_carried_by_outlets(w, claim)


Way = tuple[str, bool, str | None]
"""Where it has come to, whether through another agent, and the only document that all on it are known from."""


def feedback_loops(w: World, claim: str) -> frozenset[str]:
    """Agents whose live assertion leads through another agent back to itself or to another of theirs, every assertion
    on the way live, "and they are not all known from one document only (a way may pass an assertion twice)"."""
    found = set()
    for a in w.live:
        agent = w.agent_of(a)

        def onward(way: Way, agent: str = agent) -> list[Way]:
            here, is_through_another, document = way
            return [
                (b, is_through_another or w.agent_of(b) != agent, only_document(w, b, document))
                for b in w.parents[here] & w.live
                if w.claim_of(b) == claim
            ]

        if w.claim_of(a) == claim:
            start = (a, False, only_document(w, a, next(iter(w.assertions[a].found_in))))
            ways = reached([start], onward)
            if any(w.agent_of(b) == agent and is_through and not doc for b, is_through, doc in ways):
                found.add(agent)
    return frozenset(found)


def only_document(w: World, a: str, document: str | None) -> str | None:
    return document if w.assertions[a].found_in == {document} else None


def is_misreported(w: World, claim: str) -> bool:
    """Carried, no origin, and an active direct parent affirms something that does not entail the claim."""
    parents = {b for a in carriers(w, claim) for b in w.parents[a] & w.active if w.stance(b) == "affirm"}
    return not origins_of(w, claim) and any(not w.entails(w.claim_of(b), claim) for b in parents)


def is_ungrounded(w: World, claim: str) -> bool:
    """Carried, no origin, not misreported, and every way from the carriers goes round and none ends."""
    starts = carriers(w, claim)
    if not starts or origins_of(w, claim) or is_misreported(w, claim):
        return False
    way = starts | reached(starts, lambda a: w.parents[a])
    return all(
        a in w.active
        and w.stance(a) in ("affirm", "relay")
        and w.entails(w.claim_of(a), claim)
        and bool(w.parents[a])
        for a in way
    )


def circular(w: World) -> list[Row]:
    found: list[Row] = []
    for claim in {w.claim_of(a) for a in w.live}:
        found += [("feedback_loop", claim, agent) for agent in feedback_loops(w, claim)]
        found += [("common_origin", claim)] if is_common_origin(w, claim) else []
        found += [("suspected_common_origin", claim)] if is_suspected_common_origin(w, claim) else []
        found += [("misreported_source", claim)] if is_misreported(w, claim) else []
        found += [("ungrounded_loop", claim)] if is_ungrounded(w, claim) else []
    return sorted(found)
