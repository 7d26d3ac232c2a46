"""Agents, resolved: what is known of a merged class, and which names it has."""

from __future__ import annotations

from itertools import product

from .names import are_alike, is_part_of
from .records import Records
from .rows import Agent

NAMINGS = ("named", "partial", "role", "anonymous", "unattributed")
"""From the best to the least."""


def naming(w: Records, agent: str) -> str:
    """The best naming of the class."""
    return min((m.naming for m in w.members(agent)), key=NAMINGS.index)


def is_outlet(w: Records, agent: str) -> bool:
    return any(m.kind == "outlet" for m in w.members(agent))


def count(w: Records, agent: str) -> int:
    return max(m.count for m in w.members(agent))


def is_known_to_desk(w: Records, agent: str) -> bool:
    """Of anonymous and partly named agents only: it belongs to no other."""
    return any(m.known_to_desk for m in w.members(agent) if m.naming in ("anonymous", "partial"))


def is_identified(w: Records, agent: str) -> bool:
    """Named, partial or role, or known to the desk."""
    if naming(w, agent) == "unattributed":
        return False
    return naming(w, agent) in ("named", "partial", "role") or is_known_to_desk(w, agent)


def descriptions(w: Records, agent: str) -> frozenset[str]:
    return frozenset(name for m in w.members(agent) if m.naming == "anonymous" for name in m.names)


# Names


def do_names_tie(w: Records, one: str, another: str) -> bool:
    """Whether two agents have alike names, or one a partial name all of whose words the other's name has."""
    pairs = list(product(w.members(one), w.members(another)))
    return (
        any(has_alike_name(w, m, n) for m, n in pairs)
        or is_partly_named_as(w, one, another)
        or is_partly_named_as(w, another, one)
    )


def has_alike_name(w: Records, m: Agent, n: Agent) -> bool:
    """ "Aliases count. Two roles that speak for different agents are never alike"."""
    if not {m.naming, n.naming} <= {"named", "partial", "role"}:
        return False
    if m.naming == n.naming == "role" and do_speak_for_different_agents(w, m, n):
        return False
    return any(are_alike(x, y) for x, y in product(m.names, n.names))


def do_speak_for_different_agents(w: Records, m: Agent, n: Agent) -> bool:
    if m.speaks_for is None or n.speaks_for is None:
        return False
    return w.resolved(m.speaks_for) != w.resolved(n.speaks_for)


def is_partly_named_as(w: Records, one: str, another: str) -> bool:
    """A partly named agent's name, and the name of another named or partly named agent."""
    if naming(w, one) != "partial" or naming(w, another) not in ("named", "partial"):
        return False
    return any(is_part_of(x, y) for x, y in product(personal_names(w, one), personal_names(w, another)))


def personal_names(w: Records, agent: str) -> frozenset[str]:
    """The names of the class's named and partly named members: the name of an office is nobody's first name."""
    return frozenset(name for m in w.members(agent) if m.naming in ("named", "partial") for name in m.names)
