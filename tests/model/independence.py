"""Independence: an interval [lo, hi], sides, cautious sides, evidence units, chokepoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from .agents import count, do_names_tie, is_identified, naming
from .derived import SHOWN, World, origins_of
from .ties import joined

Pair = tuple[str, str]


def is_accountable(w: World, a: str) -> bool:
    return naming(w, w.agent_of(a)) != "unattributed"


def accountable(w: World, claim: str) -> frozenset[str]:
    return frozenset(a for a in origins_of(w, claim) if is_accountable(w, a))


def is_shown(w: World, a: str) -> bool:
    """Evidenced or first-hand."""
    return w.is_evidenced(a) or w.is_first_hand(a)


# hi


def hi(w: World, claim: str) -> int:
    """The distinct sides of those who are identified or attached, and the counts of the other anonymous ones."""
    agents = {w.agent_of(a) for a in accountable(w, claim)}
    sided = {agent for agent in agents if is_identified(w, agent) or is_attached(w, agent, claim)}
    counted = len({side(w, agent, claim) for agent in sided}) + sum(
        count(w, agent) for agent in agents - sided
    )
    return max(counted, lo(w, claim))


def is_attached(w: World, agent: str, claim: str) -> bool:
    """ "With a group, speaks_for or joint act of their own"."""
    in_joint_acts = {w.agent_of(a) for act in joint_acts(w, claim) for a in act}
    return any(m.group or m.speaks_for for m in w.members(agent)) or agent in in_joint_acts


# Sides


def joint_acts(w: World, claim: str) -> list[frozenset[str]]:
    """ "On the claim asked about or what entails it, the live assertions of one joint act"."""
    return [
        frozenset(a for a in act.assertions & w.live if w.entails(w.claim_of(a), claim))
        for act in w.joint_acts
    ]


def voice_pairs(w: World, claim: str) -> Iterator[Pair]:
    """Whom same_as, a control group, speaks_for or a joint act makes one voice."""
    for agent in w.agents.values():
        yield from ((agent.id, tied) for tied in (agent.same_as, agent.speaks_for) if tied)
        if agent.group:
            yield agent.id, f"G:{agent.group}"
    for act in joint_acts(w, claim):
        yield from combinations([w.agent_of(a) for a in act], 2)


def sides(w: World, claim: str) -> dict[str, frozenset[str]]:
    return joined(w.agents, voice_pairs(w, claim))


def side(w: World, agent: str, claim: str) -> str:
    return min(sides(w, claim)[agent])


def cautious_sides(w: World, claim: str) -> dict[str, frozenset[str]]:
    """The same, with maybe_same and with names that tie: possibly one voice."""
    maybe = [(a.id, a.maybe_same) for a in w.agents.values() if a.maybe_same]
    return joined(w.agents, [*voice_pairs(w, claim), *maybe, *named_pairs(w, claim)])


def named_pairs(w: World, claim: str) -> Iterator[Pair]:
    """ "Names are compared between all agents on the sides of the origins considered, origins themselves or not"."""
    known = sides(w, claim)
    named = {name for a in eligible(w, claim) for name in known[w.agent_of(a)] if name in w.agents}
    for one, another in combinations(sorted({w.resolved(name) for name in named}), 2):
        if do_names_tie(w, one, another):
            yield one, another


# lo


def eligible(w: World, claim: str) -> frozenset[str]:
    """Identified, evidenced or first-hand, and no suspected copy."""
    shown = {a for a in accountable(w, claim) if is_shown(w, a)}
    return frozenset(a for a in shown if is_identified(w, w.agent_of(a)) and not is_suspected_copy(w, a))


def is_suspected_copy(w: World, a: str) -> bool:
    """ "The origin has an inferred relay, whatever has become of its parent"."""
    return any(not relay.stated and relay.child == a for relay in w.relays)


def lo(w: World, claim: str) -> int:
    """The most origins no two of which share a cautious side or an evidence unit; 1 if any is accountable."""
    return max(most_apart(ways_apart(w, claim)), 1 if accountable(w, claim) else 0)


def ways_apart(w: World, claim: str) -> list[Pair]:
    """The cautious side and the evidence unit of each origin that counts."""
    voices, units = cautious_sides(w, claim), evidence_units(w, claim)
    return sorted({(min(voices[w.agent_of(a)]), units[a]) for a in eligible(w, claim)})


def most_apart(pairs: list[Pair]) -> int:
    """The size of a maximum matching: each pair is taken or left."""
    if not pairs:
        return 0
    (voice, unit), rest = pairs[0], pairs[1:]
    apart = [pair for pair in rest if pair[0] != voice and pair[1] != unit]
    return max(1 + most_apart(apart), most_apart(rest))


# Evidence units


def evidence_units(w: World, claim: str) -> dict[str, str]:
    """Per origin that counts: its cautious side or the class of its items. "Classes are joined transitively where
    these origins share an item"; those of one joint act are one unit."""
    voices = cautious_sides(w, claim)
    shown = {
        a: items(w, a, claim) if is_known_by_items(w, a) else {"side " + min(voices[w.agent_of(a)])}
        for a in eligible(w, claim)
    }
    together = [*shown.values(), *(in_one_act(act, shown) for act in joint_acts(w, claim))]
    classes = joined((), ((one, other) for units in together for one in units for other in units))
    return {a: min(classes[min(units)]) for a, units in shown.items()}


def in_one_act(act: frozenset[str], shown: Mapping[str, Iterable[str]]) -> frozenset[str]:
    return frozenset(unit for a in act & frozenset(shown) for unit in shown[a])


def is_known_by_items(w: World, a: str) -> bool:
    """Not a witness or an own act, "whatever else it shows", and a document or data basis "only where none of its
    evidence has an item" by its cautious side."""
    if not w.is_first_hand(a):
        return True
    has_item = any(item.present and item.ref is not None for item in w.evidence if item.assertion == a)
    return w.assertions[a].basis in SHOWN and has_item


def items(w: World, a: str, claim: str) -> frozenset[str]:
    """The items shown; "present evidence without an item is one item per kind and claim asked about"."""
    return frozenset(
        f"item {item.ref}" if item.ref is not None else f"some {item.kind} of {claim}"
        for item in w.evidence
        if item.assertion == a and item.present
    )


# Chokepoints


def chokepoints(w: World, claim: str, by: str) -> list[str]:
    """The agents (or sides) without whose assertions no origin is left."""
    if not origins_of(w, claim):
        return []
    voices: dict[str, set[str]] = {}
    for a in w.assertions:
        voice = side(w, w.agent_of(a), claim) if by == "group" else w.agent_of(a)
        voices.setdefault(voice, set()).add(a)
    return sorted(v for v, theirs in voices.items() if not origins_of(supposing_away(w, theirs), claim))


def supposing_away(w: World, assertions: Iterable[str]) -> World:
    return replace(w, without=w.without | frozenset(assertions))
