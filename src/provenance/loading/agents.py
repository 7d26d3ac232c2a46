"""Loading agents with everybody who may be one voice with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from provenance.loading import row_queries
from provenance.loading.reader import AGENT_LINKS, IndexReader
from provenance.loading.row_queries import AgentFound
from provenance.rules.facts import AgentRow, DatedLink, LinkRow


class LoadedAgents(NamedTuple):
    agents: dict[int, AgentRow]
    links: list[LinkRow]
    dated_links: list[DatedLink]


def load_agents(reader: IndexReader, wanted: Iterable[int]) -> LoadedAgents:
    """These agents and all that are tied to them: over links, and as spokespersons."""
    agents: dict[int, AgentRow] = {}
    links: dict[DatedLink, None] = {}
    seen: set[int] = set()
    frontier = set(wanted)
    while frontier:
        found = reader.dated_links(frontier, AGENT_LINKS)
        links.update(dict.fromkeys(found))
        reached = (frontier | {end for link in found for end in (link.source, link.target)}) - seen
        seen |= reached
        rows = reader.rows(row_queries.AGENTS, "key", reached)
        speakers = _speakers_for(reader, reached)
        agents.update((row.key, _agent(row)) for row in (*rows, *speakers))
        spoken_for = {row.speaks_for for row in rows if row.speaks_for is not None}
        frontier = (spoken_for | {row.key for row in speakers}) - seen
    between = [link for link in links if link.source in agents and link.target in agents]
    return LoadedAgents(
        agents,
        [
            LinkRow(kind, source, target)
            for kind, source, target, lo, hi in between
            if lo is None and hi is None
        ],
        [link for link in between if link.lo is not None or link.hi is not None],
    )


def _agent(row: AgentFound) -> AgentRow:
    return AgentRow(*row[:9], tuple(json.loads(row.aliases or "[]")), row.description)


def _speakers_for(reader: IndexReader, agents: set[int]) -> list[AgentFound]:
    return reader.rows(row_queries.AGENTS, "speaks_for", agents) if reader.holds.spokespersons else []
