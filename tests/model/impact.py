"""Retraction impact: what is lost or weakened by a retraction, "with all that it reaches"."""

from __future__ import annotations

from .amendments import is_the_same_said_again
from .derived import World
from .independence import hi, lo, supposing_away
from .support import grade
from .ties import reached


def reached_by_retracting(w: World, a: str) -> frozenset[str]:
    """Everything of that agent with that stance on that claim, amended or not: all of it was said before now."""
    return frozenset(b for b in w.present if a in w.present and is_the_same_said_again(w, a, b))


def chain(w: World, a: str) -> frozenset[str]:
    """The assertion, all that it rests on and all that rest on it, over stated and inferred relays, amended or not."""
    suspected = [(r.child, r.parent) for r in w.relays if not r.stated]
    pairs = [*suspected, *((child, parent) for child in w.parents for parent in w.parents[child])]
    pairs = [(child, parent) for child, parent in pairs if {child, parent} <= w.present]
    up = reached([a], lambda x: [parent for child, parent in pairs if child == x])
    down = reached([a], lambda x: [child for child, parent in pairs if parent == x])
    return frozenset({a}) | up | down


def retraction_impact(w: World, a: str) -> dict[str, list[str]]:
    impact: dict[str, list[str]] = {"lost": [], "weakened": [], "unaffected": []}
    gone = reached_by_retracting(w, a)
    after = supposing_away(w, gone)
    touched = {c for each in gone for b in chain(w, each) for c in w.entailed_by(w.claim_of(b))}
    for claim in sorted(touched):
        old = (grade(w, claim), lo(w, claim), hi(w, claim))
        new = (grade(after, claim), lo(after, claim), hi(after, claim))
        is_weaker = any(now < before for before, now in zip(old, new, strict=True))
        outcome = "lost" if old[0] > new[0] == 0 else "weakened" if is_weaker else "unaffected"
        impact[outcome].append(claim)
    return impact
