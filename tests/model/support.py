"""Support: grades 0 to 4, the flags beside them, and the seven questions of what is unsupported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .agents import is_outlet, naming
from .conflicts import KINDS, conflicts
from .derived import World, carriers, current, origins_of, positions
from .independence import accountable, hi, is_shown, lo


def grade(w: World, claim: str) -> int:
    if not origins_of(w, claim):
        return 0
    if not accountable(w, claim):
        return 1
    if lo(w, claim) >= 2:
        return 4
    return 3 if any(is_shown(w, a) for a in accountable(w, claim)) else 2


# What the flags say


def is_denied(w: World, claim: str) -> bool:
    """Whether a live position denies it or what it entails."""
    return any(w.stance(a) == "deny" and w.claim_of(a) in w.entailed_by(claim) for a in positions(w))


def is_contested(w: World, claim: str) -> bool:
    is_a_side = any(row[0] in KINDS and claim in row[1:3] for row in conflicts(w))
    return bool(origins_of(w, claim)) and (is_denied(w, claim) or is_a_side)


def is_without_evidence(w: World, a: str) -> bool:
    """ "Only the absence of evidence was reported": only absent rows, and at least one."""
    noted = [item.present for item in w.evidence if item.assertion == a]
    return bool(noted) and not any(noted)


def is_recanted(w: World, claim: str) -> bool:
    """An affirmation of it, or of what entails it, as for origins."""
    return any(w.entails(w.claim_of(a), claim) for a in w.recanted)


def is_current(w: World, a: str) -> bool:
    """Whether its holder has given no other value since: its position on the claim is current."""
    mine = (w.holder_of(a), w.claim_of(a))
    return any(w.stance(b) == "affirm" and (w.holder_of(b), w.claim_of(b)) == mine for b in current(w))


def is_disavowed(w: World, a: str) -> bool:
    """ "The holder of an origin disavows the origin's claim"."""
    mine = (w.holder_of(a), w.claim_of(a))
    return any(w.stance(b) == "disavow" and (w.holder_of(b), w.claim_of(b)) == mine for b in w.live)


def flags(w: World, claim: str) -> list[str]:
    origins, answering = origins_of(w, claim), accountable(w, claim)

    def every(is_so: Callable[[str], bool]) -> bool:
        return bool(answering) and all(is_so(a) for a in answering)

    raised = {
        "contested": is_contested(w, claim),
        "denied_only": is_denied(w, claim) and not origins,
        "anonymous_only": every(lambda a: naming(w, w.agent_of(a)) == "anonymous"),
        "unattributed_only": bool(origins) and not answering,
        "hedged_only": every(lambda a: w.assertions[a].certainty in ("probable", "possible")),
        "own_voice_only": every(lambda a: is_outlet(w, w.agent_of(a))),
        "single_origin": hi(w, claim) == 1,
        "possibly_single_origin": lo(w, claim) == 1 < hi(w, claim),
        "evidence_reported_absent": grade(w, claim) == 2 and any(is_without_evidence(w, a) for a in origins),
        "no_live_origin": bool(carriers(w, claim)) and not origins,
        "recanted": is_recanted(w, claim) and not origins,
        "superseded": every(lambda a: not is_current(w, a)),
        "attribution_disputed": any(is_disavowed(w, a) for a in origins),
    }
    return sorted(flag for flag, is_raised in raised.items() if is_raised)


def support(w: World, claim: str) -> dict[str, Any]:
    return {"grade": grade(w, claim), "independent": [lo(w, claim), hi(w, claim)], "flags": flags(w, claim)}


def unsupported(w: World, kind: str) -> list[str]:
    """Factual claims that some assertion, amended or not, was said and recorded about."""
    is_so: dict[str, Callable[[str], bool]] = {
        "no_evidence": lambda c: grade(w, c) <= 2,
        "none": lambda c: grade(w, c) == 0,
        "unattributed": lambda c: grade(w, c) == 1,
        "reported_absent": lambda c: "evidence_reported_absent" in flags(w, c),
        "anonymous_only": lambda c: "anonymous_only" in flags(w, c),
        "single_origin": lambda c: "single_origin" in flags(w, c),
        "uncorroborated": lambda c: grade(w, c) < 4,
    }
    claims = {w.claim_of(a) for a in w.present}
    return sorted(c for c in claims if w.nature(c) == "factual" and is_so[kind](c))
