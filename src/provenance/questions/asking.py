"""What every question starts from: a store, the bounds, and the keys of the records that it is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection

from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary
from provenance.answers.claims import ClaimSummary
from provenance.answers.documents import DocumentSummary
from provenance.database.store import Store
from provenance.errors import AmbiguousName, InvalidValue, NotRecorded, UnknownName, UnknownReference
from provenance.loading import records, row_queries, search
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized.limits import Limits
from provenance.materialized.lists import Overlay
from provenance.questions.bounds import Bounds
from provenance.rules.claim_graph import ClaimGraph
from provenance.values.ids import RecordId
from provenance.values.records import Record


class Recording(Protocol):
    """What a desk gives for what it recorded (`recording.drafts.Recorded`)."""

    def named(self, record_type: str | None) -> Record | None:
        """The record of a type that it stands for."""


Asked = Record | RecordId | ClaimSummary | AgentSummary | AssertionSummary | DocumentSummary | Recording
"""What a question can be asked about: a record, its id, a claim, agent, assertion or document out of an answer, or what
recording a sentence gave."""


class Asker:
    """A store, the bounds within which it is asked, and how much is in memory at a time.

    `overlay` holds what was worked out of stale claims, for as long as nothing is recorded.
    """

    def __init__(self, store: Store, bounds: Bounds, limits: Limits, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        self.bounds = bounds
        self.limits = limits
        self.overlay = Overlay(limits)

    @contextmanager
    def reading(self) -> Iterator[ClaimGraphLoader]:
        """A loader of claim graphs, all of whose statements see the same commits."""
        with self._store.read() as connection:
            yield ClaimGraphLoader(connection, said=self.bounds.said, known=self.bounds.known, now=self._now)


def key_of(connection: Connection, asked: Asked, *record_types: str) -> int:
    """The key of a record of one of these types. Raises `InvalidValue` for a record of another type, and
    `NotRecorded`."""
    key, found = _key_and_type(connection, asked, record_types[0])
    if found not in record_types:
        types = " or ".join(record_types)
        raise InvalidValue(record_types[0], f"the id of a record of type {found}", f"one of type {types}")
    return key


def any_key_of(connection: Connection, asked: Asked) -> int:
    """The key of a record of whichever type. Raises `NotRecorded`."""
    return _key_and_type(connection, asked, "record")[0]


def agent_key(loader: ClaimGraphLoader, asked: Asked | str) -> int:
    """The key of an agent, which can also be given by its name. Raises `UnknownName` where nobody has it within the
    bounds, and `AmbiguousName` where several do that are not merged."""
    if not isinstance(asked, str) or isinstance(asked, RecordId):
        return key_of(loader.connection, asked, "agent")
    named = {row.key for row in loader.rows(row_queries.AGENTS, "key", search.agents_named(loader, asked))}
    if not named:
        raise UnknownName("agent")
    agents = loader.graph_of_agents(named).agents
    found = {agents.classes[key] for key in named}
    if len(found) > 1:
        raise AmbiguousName("agent", tuple(sorted(agents.members(key)[0].kind for key in found)))
    return found.pop()


def id_of(asked: Asked, expected: str) -> RecordId:
    """The id of what a question is asked about. Raises `InvalidValue` for anything else."""
    named = getattr(asked, "named", None)
    found = named(expected) if named is not None else asked
    id_ = found if isinstance(found, RecordId) else getattr(found, "id", None)
    if not isinstance(id_, RecordId):
        raise InvalidValue(expected, f"a {type(asked).__name__}", f"a {expected} or its RecordId")
    return id_


def _key_and_type(connection: Connection, asked: Asked, expected: str) -> tuple[int, str]:
    id_ = id_of(asked, expected)
    found = records.key_and_type(connection, id_)
    if found is None:
        raise NotRecorded(expected, id_)
    return found


def graph_and_canonical(loader: ClaimGraphLoader, claim: Asked) -> tuple[ClaimGraph, int]:
    """All that is said of one claim, and the key of the canonical claim of its class."""
    key = key_of(loader.connection, claim, "claim")
    graph = loader.graph_about([key])
    return graph, canonical(graph, key, claim)


def canonical(graph: ClaimGraph, key: int, asked: Asked) -> int:
    """The key of the claim that stands for all that were merged with this one.

    Raises `UnknownReference` where the claim was recorded after the bounds, or was withdrawn.
    """
    if key not in graph.facts.claims:
        raise UnknownReference("claim", id_of(asked, "claim"))
    return graph.claims.classes[key]


def check_word(name: str, word: object, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        raise InvalidValue.unknown_word(name, word, allowed)
