"""What every question starts from: a store, the bounds, and the keys of the records that it is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary
from provenance.answers.claims import ClaimSummary
from provenance.database.store import Store
from provenance.errors import InvalidValue, NotRecorded, UnknownReference
from provenance.loading import records
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized.limits import Limits
from provenance.materialized.lists import Overlay
from provenance.questions.bounds import Bounds
from provenance.rules.claim_graph import ClaimGraph
from provenance.values.ids import RecordId
from provenance.values.records import Record

Asked = Record | RecordId | ClaimSummary | AgentSummary | AssertionSummary
"""What a question can be asked about: a record, its id, or a claim, agent or assertion out of an answer."""


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
            yield ClaimGraphLoader(
                connection, said=self.bounds.said, known=self.bounds.known, now=self._now()
            )


def key_of(connection: Connection, asked: Asked, record_type: str) -> int:
    """The key of a record of this type. Raises `InvalidValue` for a record of another type, and `NotRecorded`."""
    key, found = _key_and_type(connection, asked, record_type)
    if found != record_type:
        raise InvalidValue(record_type, f"the id of a record of type {found}", f"one of type {record_type}")
    return key


def any_key_of(connection: Connection, asked: Asked) -> int:
    """The key of a record of whichever type. Raises `NotRecorded`."""
    return _key_and_type(connection, asked, "record")[0]


def _key_and_type(connection: Connection, asked: Asked, expected: str) -> tuple[int, str]:
    id_ = asked if isinstance(asked, RecordId) else getattr(asked, "id", None)
    if id_ is None:
        raise InvalidValue(expected, f"a {type(asked).__name__}", f"a {expected} or its RecordId")
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
        raise UnknownReference("claim", asked.id)
    return graph.claims.classes[key]


def check_word(name: str, word: object, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        raise InvalidValue.unknown_word(name, word, allowed)
