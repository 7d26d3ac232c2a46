"""Namesakes: which agents are possibly one voice, because of their names (docs/semantics.md#rule-names)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from provenance.rules.agents import ResolvedAgents, names_of
from provenance.values.names import words_of_name


class _Bearer(NamedTuple):
    """An agent that bears a name; of a role, the class of whom it speaks for, which is None where nobody says."""

    agent: int
    is_role: bool
    spoken_for: int | None

    def is_alike(self, other: _Bearer) -> bool:
        """Two roles that speak for different agents are never alike."""
        if not (self.is_role and other.is_role) or None in (self.spoken_for, other.spoken_for):
            return True
        return self.spoken_for == other.spoken_for


def are_namesakes(agents: ResolvedAgents, one: int, other: int) -> bool:
    """Whether two agents have names that are alike, or one has a partial name all of whose words are the other's."""
    return next(namesakes(agents, (one, other)), None) is not None


def namesakes(agents: ResolvedAgents, among: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Pairs of these agents by which all that are possibly one voice by their names are joined; of many that bear one
    name not every pair."""
    asked = sorted(set(among))
    for bearers in _by_name(agents, asked).values():
        yield from _joining(bearers)
    yield from _partly_named(agents, asked)


def _by_name(agents: ResolvedAgents, among: list[int]) -> dict[str, list[_Bearer]]:
    found: dict[str, list[_Bearer]] = defaultdict(list)
    for agent in among:
        for member in agents.members(agent):
            is_role = member.naming == "role"
            spoken_for = None if member.speaks_for is None else agents.classes[member.speaks_for]
            for name in names_of(member):
                found[name].append(_Bearer(agent, is_role, spoken_for))
    return found


def _joining(bearers: list[_Bearer]) -> Iterator[tuple[int, int]]:
    """Each bearer of one name with one that it is alike to: with the first that is no role, or else with the first role
    of whom it speaks for."""
    anybody = next((one for one in bearers if not one.is_role or one.spoken_for is None), None)
    first: dict[int | None, _Bearer] = {}
    for bearer in bearers:
        other = anybody or first.setdefault(bearer.spoken_for, bearer)
        if other.agent != bearer.agent and other.is_alike(bearer):
            yield other.agent, bearer.agent


def _partly_named(agents: ResolvedAgents, among: list[int]) -> Iterator[tuple[int, int]]:
    namings = {agent: agents.naming(agent) for agent in among}
    partial = [agent for agent, naming in namings.items() if naming == "partial"]
    if not partial:
        return
    bearing: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for agent, naming in namings.items():
        if naming in ("named", "partial"):
            for name in agents.personal_names(agent):
                words = words_of_name(name)
                for word in words:
                    bearing[word].append((agent, words))
    for agent in partial:
        for name in agents.personal_names(agent):
            words = words_of_name(name)
            for other, others in bearing.get(min(words, default=""), ()):
                if other != agent and words <= others:
                    yield agent, other
