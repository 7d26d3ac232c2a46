"""Support: how well a claim is grounded, by grade, independence and flags.

The rules of docs/semantics.md#semantics-support (#rule-support) and #semantics-independence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import reachable
from provenance.rules.conflicts import contested
from provenance.rules.independence import independent_origins, most_independent
from provenance.rules.sides import sides_among
from provenance.values.vocabulary import Stance

UNSUPPORTED_KINDS = (
    "no_evidence",
    "none",
    "unattributed",
    "reported_absent",
    "anonymous_only",
    "single_origin",
    "uncorroborated",
)


class Standing(NamedTuple):
    """How well a claim is supported: its grade (0 to 4), how many independent origins it has at least and at most, its
    flags in alphabetical order, its origins, and one set of them that are independent beyond doubt (assertion keys).

    Some flags depend on the competing claims. Where these were not loaded, and where only the numbers were read of the
    materialized tables, what is missing is empty.
    """

    grade: int
    lo: int
    hi: int
    flags: tuple[str, ...] = ()
    origins: tuple[int, ...] = ()
    independent: tuple[int, ...] = ()


def standing(graph: ClaimGraph, claim: int, in_conflict: AbstractSet[int] | None = None) -> Standing:
    """The standing of a claim, in a graph with its competing claims. `in_conflict` are the claims that are a side of a
    conflict, where the caller has looked for them."""
    unflagged = standing_without_flags(graph, claim)
    return unflagged._replace(flags=tuple(sorted(_flags(graph, claim, unflagged, in_conflict))))


def standing_without_flags(graph: ClaimGraph, claim: int) -> Standing:
    """The same, but for the flags; the competing claims need not be in the graph."""
    origins = graph.origins(claim)
    accountable = _accountable(graph, origins)
    grounded = [one for one in accountable if graph.evidence_shown(one) or graph.is_first_hand(one)]
    chosen = independent_origins(graph, claim, grounded)
    lo = max(len(chosen), 1 if accountable else 0)
    hi = max(most_independent(graph, claim, accountable), lo)
    if not origins:
        grade = 0
    elif not accountable:
        grade = 1
    elif lo >= 2:
        grade = 4
    else:
        grade = 3 if grounded else 2
    return Standing(grade, lo, hi, (), tuple(origins), tuple(chosen or accountable[:1]))


def _accountable(graph: ClaimGraph, origins: Iterable[int]) -> list[int]:
    """Every origin but an unattributed one (#rule-accountable)."""
    return [one for one in origins if graph.agents.naming(graph.agent_of(one)) != "unattributed"]


def is_denied(graph: ClaimGraph, claim: int) -> bool:
    """A live position denies it or what it entails."""
    return any(graph.positions(general, Stance.DENY) for general in graph.claims.generals(claim))


def _flags(
    graph: ClaimGraph, claim: int, unflagged: Standing, in_conflict: AbstractSet[int] | None
) -> set[str]:
    """The flags of a standing (#rule-flags)."""
    grade, lo, hi, _, origins, _ = unflagged
    accountable = _accountable(graph, origins)
    agents = [graph.agent_of(one) for one in accountable]
    denied = is_denied(graph, claim)
    is_recanted = not origins and any(
        graph.claim_of(one) in graph.claims.specifics(claim) for one in graph.recanted
    )
    tests = {
        "contested": bool(origins)
        and (
            denied or claim in (contested(graph).claims_in_conflict if in_conflict is None else in_conflict)
        ),
        "denied_only": denied and not origins,
        "anonymous_only": bool(agents) and all(graph.agents.naming(agent) == "anonymous" for agent in agents),
        "unattributed_only": grade == 1,
        "hedged_only": bool(agents)
        and all(graph.certainty(one) in ("probable", "possible") for one in accountable),
        "own_voice_only": bool(agents) and all(graph.agents.is_outlet(agent) for agent in agents),
        "single_origin": hi == 1,
        "possibly_single_origin": lo == 1 < hi,
        "evidence_reported_absent": grade == 2 and any(map(graph.is_evidence_absent, origins)),
        "no_live_origin": not origins and bool(graph.carried(claim)),
        "recanted": is_recanted,
        "superseded": bool(accountable) and not _is_any_current(graph, accountable),
        "attribution_disputed": any(
            (graph.holder(one), graph.claim_of(one)) in graph.disavowed for one in origins
        ),
    }
    return {flag for flag, holds in tests.items() if holds}


def _is_any_current(graph: ClaimGraph, origins: list[int]) -> bool:
    """Whether the holder of any of these has given no other value since (#rule-superseded)."""
    claims = {graph.claim_of(one) for one in origins}
    current = {(claim, graph.holder(one)) for claim in claims for one in graph.current(claim)}
    return any((graph.claim_of(one), graph.holder(one)) in current for one in origins)


def kinds_of(graph: ClaimGraph, claim: int, standing: Standing) -> list[str]:
    """The ways in which a claim lacks support by its standing. A claim that nobody makes lacks none."""
    return ways_unsupported(standing) if graph.on_claim(claim) else []


def ways_unsupported(standing: Standing) -> list[str]:
    """The ways in which a claim that stands so lacks support.

    docs/semantics.md#semantics-unsupported: #rule-no-evidence, #rule-none, #rule-unattributed, #rule-reported-absent,
    #rule-anonymous-only, #rule-single-origin, #rule-uncorroborated.
    """
    tests = {
        "no_evidence": standing.grade <= 2,
        "none": standing.grade == 0,
        "unattributed": "unattributed_only" in standing.flags,
        "reported_absent": "evidence_reported_absent" in standing.flags,
        "anonymous_only": "anonymous_only" in standing.flags,
        "single_origin": "single_origin" in standing.flags,
        "uncorroborated": standing.grade < 4,
    }
    return [kind for kind, holds in tests.items() if holds]


def chokepoints(graph: ClaimGraph, claim: int, *, by: str = "agent") -> list[int]:
    """The agents (or sides) without whose assertions no origin is left (#rule-chokepoint): keys in the order of
    recording."""
    ways = _ways_up(graph, graph.origins(claim))
    every = graph.facts.assertions
    voice = sides_among(graph, claim, every) if by == "group" else {one: graph.agent_of(one) for one in every}
    spoken: dict[int, set[int]] = defaultdict(set)
    for one, each in voice.items():
        spoken[each].add(one)
    return sorted(
        each for each in {voice[one] for one in ways} if _is_none_left(graph, claim, ways, spoken[each])
    )


def claims_resting_on(graph: ClaimGraph, assertions: AbstractSet[int]) -> set[int]:
    """The claims that any of these assertions is live on: an agent's own and what rests on them, where the question is
    which claims rest on the agent."""
    return {graph.claim_of(one) for one in graph.live & assertions} & graph.facts.whole


def rests_on(graph: ClaimGraph, claim: int, agent: int, *, by: str = "agent") -> set[str]:
    """In which ways a claim rests on an agent or its side (#rule-rests-on): "origin" if every origin is theirs,
    "chokepoint" if no origin is left without them."""
    origins = graph.origins(claim)
    ways = _ways_up(graph, origins)
    theirs = {one for one in graph.facts.assertions if graph.agents.speaks_as(one, agent, by=by)}
    found = set()
    if origins and theirs.issuperset(origins):
        found.add("origin")
    if origins and _is_none_left(graph, claim, ways, theirs):
        found.add("chokepoint")
    return found


def _ways_up(graph: ClaimGraph, origins: list[int]) -> dict[int, list[int]]:
    """The live assertions that rest on the origins at any depth, each with those that rest on it directly."""
    resting: dict[int, list[int]] = defaultdict(list)
    for one in graph.live:
        for parent in graph.parents(one):
            resting[parent].append(one)
    reached: set[int] = reachable(origins, resting.__getitem__)
    return {one: resting[one] for one in reached}


def _is_none_left(graph: ClaimGraph, claim: int, ways: dict[int, list[int]], gone: set[int]) -> bool:
    """Whether no origin is left without these assertions. With them others may come to be origins: what they denied
    later, or what was an echo of them."""
    if _is_reached_without(graph, claim, ways, gone):
        return False
    if not graph.recanted and not graph.echoes:
        return True
    return not graph.without(gone).origins(claim)


def _is_reached_without(graph: ClaimGraph, claim: int, ways: dict[int, list[int]], gone: set[int]) -> bool:
    """Whether any origin is still observed, or leads up to something observed, when these are gone."""
    left = [origin for origin in graph.origins(claim) if origin not in gone]
    reached: set[int] = reachable(left, lambda one: [up for up in ways[one] if up not in gone])
    return not graph.facts.observed.isdisjoint(reached)
