"""Agents: how a sentence's sources and bare names become the agents of its records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import attrs

from provenance.errors import AmbiguousName, InvalidValue
from provenance.recording.lookup import Lookup
from provenance.recording.sources import AnySource, Source
from provenance.values import fields, model
from provenance.values.ids import RecordId
from provenance.values.names import normal_name
from provenance.values.records import Agent, Link, Record, Reference
from provenance.values.vocabulary import MENTION_NAMINGS, AgentKind, LinkKind

_AGENT_FIELDS = tuple(one.name for one in attrs.fields(Source) if one.name in model.fields_of(Agent))


class Agents:
    """The agents of one commit. Each method gives agents with the links that tie them to their control groups."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._own: dict[str, dict[str, Agent]] = defaultdict(dict)
        """The agents of sentences so far, by the normal form of their name and by their ids: also of the one that is
        being recorded, whose outlet its source may be."""
        self._made: dict[int, tuple[Source, Agent, list[Record]]] = {}
        """Each source with its agent and links, by the `id()` of the source. The reader gives one object for a source
        that comes again, and it is held here, so that no other object gets its `id()`."""

    def expect(self, agent: Agent | RecordId | None) -> None:
        """Lets a bare name mean this agent: the outlet of the sentence that is being recorded."""
        if isinstance(agent, Agent) and isinstance(agent.name, str) and agent.naming not in MENTION_NAMINGS:
            self._own[normal_name(agent.name)][agent.id] = agent

    def forget(self) -> None:
        """Forgets the agents of a sentence that was not recorded."""
        self._own.clear()
        self._made.clear()

    def of(
        self, source: AnySource, name: str, kind: AgentKind, story: Reference | None
    ) -> tuple[Agent | RecordId, list[Record]]:
        """The agent, and the links that tie it to its control group."""
        if isinstance(source, str) and not isinstance(source, RecordId):
            return self._of_name(source, name, kind), []
        if isinstance(source, Agent | RecordId):
            self.expect(source)
            return source, []
        if not isinstance(source, Source):
            raise InvalidValue(name, f"a {type(source).__name__}", "a source such as person(…), or its name")
        made = self._made.get(id(source))
        if made is None:
            agent, links = self._of_source(source, name, story)
            self.expect(agent)
            if source.naming in MENTION_NAMINGS:
                return agent, links
            made = self._made[id(source)] = (source, agent, links)
        return made[1], made[2]

    def of_each(
        self, sources: Iterable[AnySource], name: str, kind: AgentKind, story: Reference | None
    ) -> tuple[list[Agent | RecordId], list[Record]]:
        agents: list[Agent | RecordId] = []
        links: list[Record] = []
        for source in sources:
            agent, ties = self.of(source, name, kind, story)
            agents.append(agent)
            links.extend(ties)
        return agents, links

    def _of_source(self, source: Source, name: str, story: Reference | None) -> tuple[Agent, list[Record]]:
        stated = {name: getattr(source, name) for name in _AGENT_FIELDS}
        links: list[Record] = []
        if source.speaks_for is not None:
            stated["speaks_for"], links = self.of(
                source.speaks_for, f"{name}.speaks_for", AgentKind.ORGANISATION, None
            )
        belongs_to_mention = source.naming in MENTION_NAMINGS
        if belongs_to_mention and story is None and source.mention is None:
            raise InvalidValue(
                name, "an unnamed source without a document", "found_in=, or mention= to tell it apart"
            )
        try:
            agent = Agent(found_in=story if belongs_to_mention else None, **stated)
        except InvalidValue as error:
            raise error.of_field(error.field.replace("agent", name, 1)) from None
        if source.part_of is not None:
            whole, more = self.of(source.part_of, f"{name}.part_of", AgentKind.GROUP, None)
            links = [*links, *more, Link(kind=LinkKind.CONTROL_GROUP, source=agent, target=whole)]
        return agent, links

    def _of_name(self, name: str, field_name: str, kind: AgentKind) -> Agent:
        """The one agent of this name, of whatever kind, in the commit or in the ledger; where there is none, a new
        agent of the kind. Raises `AmbiguousName` where there are several."""
        fields.text(field_name, name, longest=fields.MAX_NAME)
        named = {**self._lookup.agents_named(name), **self._own.get(normal_name(name), {})}
        if len(named) > 1:
            raise AmbiguousName(field_name, tuple(sorted(agent.kind.value for agent in named.values())))
        agent = next(iter(named.values()), None) or Agent(kind=kind, name=name)
        self.expect(agent)
        return agent
