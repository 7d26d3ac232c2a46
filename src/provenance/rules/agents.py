"""Who is one agent, who is one voice, and who holds what an agent says.

The rules of docs/semantics.md#rule-mention (merged agents), #rule-holder, #rule-side and #rule-identified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from provenance.rules.classes import Classes, reachable
from provenance.rules.facts import AgentRow, DatedLink, Facts
from provenance.values.names import normal_name
from provenance.values.vocabulary import Naming

_NAMING_RANK = {naming.value: rank for rank, naming in enumerate(Naming)}

_AgentPair = tuple[int, int]


def names_of(row: AgentRow) -> list[str]:
    """The names that a record of an agent bears, its aliases among them, in their normal form; none where it is only
    described."""
    if row.naming not in ("named", "partial", "role"):
        return []
    return [normal_name(name) for name in (row.name, *row.aliases) if name is not None]


class ResolvedAgents:
    """The agents of some facts, once their links are followed. An agent is given by the key of its class."""

    def __init__(self, facts: Facts) -> None:
        self._rows = facts.agents
        self._links = facts.agent_links
        self._dated_links = facts.dated_links
        self._assertions = facts.assertions

    def _linked(self, *kinds: str) -> list[_AgentPair]:
        return [(link.source, link.target) for link in self._links if link.kind in kinds]

    @cached_property
    def _spoken_for(self) -> list[_AgentPair]:
        """Who speaks for whom at all times: by a field of the agent, or by a link."""
        fields = [
            (row.key, row.speaks_for)
            for row in self._rows.values()
            if row.speaks_for is not None and row.speaks_for in self._rows
        ]
        return [*fields, *self._linked("speaks_for")]

    def rank(self, key: int) -> bytes:
        return self._rows[key].id

    # One agent ----------------------------------------------------------------------------------------------------

    @cached_property
    def classes(self) -> Classes:
        """Merged agents are one."""
        return Classes(self._linked("same_agent"), self.rank)

    def of(self, assertion: int) -> int:
        return self.classes[self._assertions[assertion].agent]

    def members(self, agent: int) -> list[AgentRow]:
        return [self._rows[member] for member in self.classes.of(agent)]

    def shown_as(self, agent: int) -> int:
        """The member by whose name a class of agents is shown: the one that its merges point to."""
        if not self.classes.members:
            return agent
        merges = [(a, b) for a, b in self._linked("same_agent") if self.classes[a] == agent]
        merged = {a for a, _ in merges}
        return min({b for _, b in merges} - merged, key=self.rank, default=agent)

    def naming(self, agent: int) -> str:
        """A class has the best naming of its members."""
        if agent not in self.classes.members:
            return self._rows[agent].naming
        return min((member.naming for member in self.members(agent)), key=_NAMING_RANK.__getitem__)

    def is_outlet(self, agent: int) -> bool:
        """A class is an outlet if any member is."""
        return any(member.kind == "outlet" for member in self.members(agent))

    def people(self, agent: int) -> int:
        """A class counts as many people as its largest member."""
        return max(member.people for member in self.members(agent))

    def is_identified(self, agent: int) -> bool:
        """Named, partly named or in a role; or anonymous, and known to the desk."""
        naming = self.naming(agent)
        if naming in ("named", "partial", "role"):
            return True
        return naming == "anonymous" and any(member.known_to_desk for member in self.members(agent))

    # Names --------------------------------------------------------------------------------------------------------

    def personal_names(self, agent: int) -> set[str]:
        """The names, in their normal form, of a class's named and partly named members: the name of an office is
        nobody's first name."""
        return {
            name
            for member in self.members(agent)
            if member.naming in ("named", "partial")
            for name in names_of(member)
        }

    def descriptions(self, agent: int) -> set[str]:
        """How a class's anonymous members are described, in the normal form of names."""
        return {
            normal_name(words)
            for member in self.members(agent)
            if member.naming == "anonymous"
            for words in (member.description or member.label, *member.aliases)
        }

    def is_maybe(self, one: int, other: int) -> bool:
        """Whether a link says that these two may be one."""
        return (min(one, other), max(one, other)) in self._maybe_same

    @cached_property
    def _maybe_same(self) -> set[_AgentPair]:
        pairs = [(self.classes[a], self.classes[b]) for a, b in self._linked("maybe_same_agent")]
        return {(min(pair), max(pair)) for pair in pairs}

    def is_among_full_names(self, agent: int) -> bool:
        """Whether nobody who may be one voice with an agent is partly named, or known by an office."""
        side = self.possible_sides.of(self.possible_sides[agent])
        return all(self._rows[member].naming not in ("partial", "role") for member in side)

    def bears_one_name(self, agent: int) -> bool:
        """Whether an agent is one record with one full name, and no link or office ties it to anybody."""
        row = self._rows[agent]
        return (
            row.naming == "named"
            and not row.aliases
            and agent not in self._tied
            and agent not in self.possible_sides.members
        )

    @cached_property
    def _tied(self) -> set[int]:
        sides = self.possible_sides
        tied = {end for members in sides.members.values() for end in members}
        return tied | {end for link in self._dated_links for end in (link.source, link.target)}

    # Whom it speaks for -------------------------------------------------------------------------------------------

    def holder_of_agent(self, agent: int) -> int:
        """Whom the agent speaks for at all times, else the agent itself."""
        resolved = self.classes[agent]
        return self._holders.get(resolved, resolved)

    @cached_property
    def _holders(self) -> dict[int, int]:
        pairs_of: dict[int, list[_AgentPair]] = defaultdict(list)
        for pair in self._spoken_for:
            pairs_of[self.classes[pair[0]]].append(pair)
        return {speaker: self._holder_among(speaker, pairs) for speaker, pairs in pairs_of.items()}

    def _holder_among(self, speaker: int, pairs: Iterable[_AgentPair]) -> int:
        """The smallest id among the other agents that the speaker's members speak for; else the speaker itself."""
        classes = self.classes
        targets = [target for one, target in pairs if classes[one] == speaker != classes[target]]
        return classes[min(targets, key=self.rank, default=speaker)]

    def holder(self, assertion: int) -> int:
        """Whom the assertion's agent spoke for when it said so, else the agent itself."""
        if not self._dated_links:
            return self.holder_of_agent(self._assertions[assertion].agent)
        then = [(link.source, link.target) for link in self._links_at(assertion) if link.kind == "speaks_for"]
        return self._holder_among(self.of(assertion), [*then, *self._spoken_for])

    def _links_at(self, assertion: int) -> list[DatedLink]:
        """The dated links that held when it was said."""
        row = self._assertions[assertion]
        return [
            link
            for link in self._dated_links
            if (link.lo is None or link.lo <= row.said) and (link.hi is None or row.day_lo <= link.hi)
        ]

    # One voice ----------------------------------------------------------------------------------------------------

    @cached_property
    def sides(self) -> Classes:
        """Agents known to be one voice: merged, of one control group, or the one speaking for the other."""
        return Classes(self._linked("same_agent", "control_group") + self._spoken_for, self.rank)

    @cached_property
    def possible_sides(self) -> Classes:
        """The same, and agents that may be merged."""
        pairs = self._linked("same_agent", "control_group", "maybe_same_agent") + self._spoken_for
        return Classes(pairs, self.rank)

    def sides_joined_to(self, assertion: int, sides: Classes) -> set[int]:
        """The side of an assertion, and those that dated links joined to it when it was said."""
        own = sides[self._assertions[assertion].agent]
        if not self._dated_links:
            return {own}
        steps: dict[int, set[int]] = defaultdict(set)
        for link in self._links_at(assertion):
            a, b = sides[link.source], sides[link.target]
            steps[a].add(b)
            steps[b].add(a)
        return reachable([own], lambda side: steps.get(side, ()))

    def speaks_as(self, assertion: int, agent: int, *, by: str) -> bool:
        """Whether the assertion is the agent's own, or with by="group" of one voice with the agent's side."""
        if by == "agent":
            return self.of(assertion) == self.classes[agent]
        return self.sides[agent] in self.sides_joined_to(assertion, self.sides)

    def head_of(self, side: int) -> int:
        """The agent to name a side by: the one at the top of its owners and of those spoken for; without one, the
        smallest id."""
        ties = [*self._linked("control_group"), *self._spoken_for]
        ties += [(link.source, link.target) for link in self._dated_links]
        members = set(self.sides.of(side))
        below = {self.classes[a] for a, _ in ties}
        heads = {self.classes[b] for _, b in ties if b in members} - below
        return min(heads, key=self.rank, default=side)

    @cached_property
    def _grouped(self) -> set[int]:
        return {self.classes[a] for a, _ in self._spoken_for + self._linked("control_group")}

    def has_own_side(self, assertion: int) -> bool:
        """Whether its agent had a control group or a speaks_for of its own when it was said."""
        agent = self.of(assertion)
        return agent in self._grouped or any(
            self.classes[link.source] == agent for link in self._links_at(assertion)
        )

    def is_in_dated_link(self, assertions: Iterable[int]) -> bool:
        """Whether the side of any of these assertions is at an end of a link that holds for a time only."""
        sides = self.possible_sides
        ends = {sides[end] for link in self._dated_links for end in (link.source, link.target)}
        return any(sides[self._assertions[one].agent] in ends for one in assertions)
