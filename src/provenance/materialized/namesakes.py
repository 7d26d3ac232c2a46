"""Namesakes: whether other agents may be one voice with some because of a name (docs/semantics.md#rule-names)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from provenance.database.chunks import chunked
from provenance.index import tables
from provenance.values.names import normal_name, words_of_name

_NAMED, _PARTIAL, _ROLE = "named", "partial", "role"
"""The namings of agents whose names are compared; what others are called is a description."""


class _Borne(NamedTuple):
    key: int
    naming: str
    name: str | None
    aliases: str | None

    def names(self) -> Iterator[str]:
        """The names that the agent bears, in their normal form."""
        if self.naming in (_NAMED, _PARTIAL, _ROLE):
            for name in (self.name, *json.loads(self.aliases or "[]")):
                if name is not None:
                    yield normal_name(name)


_AGENTS = select(*(tables.agent.c[name] for name in _Borne._fields))


def are_there(connection: Connection, agents: set[int]) -> bool:
    """Whether any other agent has a name like one of these agents', or a partial name whose words are words of one.

    Two roles are not compared: they are of one voice, or speak for different agents. Where one of these agents is
    partly named itself, it says so without a look.
    """
    roles, people = set[str](), set[str]()
    for chunk in chunked(sorted(agents)):
        for row in connection.execute(_AGENTS.where(tables.agent.c.key.in_(chunk))):
            borne = _Borne(*row)
            if borne.naming == _PARTIAL:
                return True
            (roles if borne.naming == _ROLE else people).update(borne.names())
    names = roles | people
    if not names:
        return False
    words = {word for name in names for word in words_of_name(name)}
    return any(
        other.key not in agents
        and (
            not (people if other.naming == _ROLE else names).isdisjoint(other.names())
            or (other.naming == _PARTIAL and any(words_of_name(name) <= words for name in other.names()))
        )
        for other in _others(connection, names)
    )


def _others(connection: Connection, names: set[str]) -> Iterator[_Borne]:
    """The agents that may be namesakes: of one of the names, with aliases, or partly named."""
    agent = tables.agent
    for chunk in chunked(sorted(names)):
        for row in connection.execute(_AGENTS.where(agent.c.name_folded.in_(chunk))):
            yield _Borne(*row)
    for row in connection.execute(
        _AGENTS.where(or_(agent.c.aliases.is_not(None), agent.c.naming == _PARTIAL))
    ):
        yield _Borne(*row)
