"""Sides: which origins are known to be one voice, and which possibly are.

The rules of docs/semantics.md#rule-side, #rule-cautious-side and #rule-joint-act.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import Classes
from provenance.rules.names import namesakes

_SidePair = tuple[int, int]


def sides_among(graph: ClaimGraph, claim: int, assertions: Iterable[int]) -> dict[int, int]:
    """The side of each assertion, asked about a claim. Two are on one side if their agents are known to be one voice:
    merged, of one control group, one speaking for the other (also through a link dated to when they were said), or
    together in a joint act on the claim or on what entails it."""
    found = list(assertions)
    agents = graph.agents
    pairs = [*_dated(graph, found, agents.sides), *_in_joint_acts(graph, claim, agents.sides)]
    return _joined(graph, found, agents.sides, pairs)


def cautious_sides_among(
    graph: ClaimGraph, claim: int, assertions: Iterable[int], considered: Iterable[int]
) -> dict[int, int]:
    """The same, but possibly one voice: also if their agents may be merged, or somebody on their sides bears a name like
    one of the others'. Names are compared between all agents on the sides of the origins `considered`."""
    found = list(assertions)
    agents = graph.agents
    possible = agents.possible_sides
    pairs = [*_dated(graph, found, possible), *_in_joint_acts(graph, claim, possible)]
    voices = _agents_on_sides(graph, claim, list(considered))
    pairs.extend((possible[one], possible[other]) for one, other in namesakes(agents, voices))
    return _joined(graph, found, possible, pairs)


def _joined(
    graph: ClaimGraph, assertions: list[int], sides: Classes, pairs: list[_SidePair]
) -> dict[int, int]:
    own = {one: sides[graph.facts.assertions[one].agent] for one in assertions}
    if not pairs:
        return own
    joined = Classes(pairs, graph.agents.rank)
    return {one: joined[side] for one, side in own.items()}


def _dated(graph: ClaimGraph, assertions: list[int], sides: Classes) -> list[_SidePair]:
    if not graph.facts.dated_links:
        return []
    return [
        (sides[graph.facts.assertions[one].agent], other)
        for one in assertions
        for other in graph.agents.sides_joined_to(one, sides)
    ]


def _in_joint_acts(graph: ClaimGraph, claim: int, sides: Classes) -> list[_SidePair]:
    of = graph.facts.assertions
    return [
        (sides[of[one].agent], sides[of[other].agent])
        for act in graph.joint_acts(claim)
        for one, other in pairwise(act)
    ]


def _agents_on_sides(graph: ClaimGraph, claim: int, origins: list[int]) -> set[int]:
    """Everybody who is known to be one voice with one of these, by class."""
    agents = graph.agents
    on_sides = {side for one in origins for side in agents.sides_joined_to(one, agents.sides)}
    pairs = _in_joint_acts(graph, claim, agents.sides)
    if pairs:
        together = Classes(pairs, agents.rank)
        on_sides = {member for side in on_sides for member in together.of(together[side])}
    return {agents.classes[member] for side in on_sides for member in agents.sides.of(side)}
