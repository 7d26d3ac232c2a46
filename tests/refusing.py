"""What the tests of bad input share.

A refusal is a typed error that names the field and says what to do. The ledger stays as it was, and the error repeats
neither what was said nor who said it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from provenance import Ledger, RecordId, outlet, person
from provenance.errors import ProvenanceError
from provenance.log import tables

SAID = "The mole sits in the ministry"
NAME = "Ivanov"
QUOTE = "the mole"
CONFIDENTIAL = ("mole", "ministry", "Ivanov")

CNN = outlet("CNN")
STORY = {"outlet": "CNN", "url": "https://example.org/1"}
NOWHERE = RecordId("0" * 64)
NAIVE = datetime(2026, 2, 7, 10, 30)  # noqa: DTZ001 - that it lacks a zone is the point

Act = Callable[[Ledger], object]
E = TypeVar("E", bound=ProvenanceError)


def fill(ledger: Ledger) -> None:
    ledger.record("It burned", source=person("Anna"), via=[outlet("TASS")], found_in=STORY, by="desk")


def contents(ledger: Ledger) -> tuple[object, ...]:
    """All that a write would change: what the index counts, and every byte of the log."""
    with ledger._store.read() as connection:
        log = [connection.execute(select(table).order_by(table.c.seq)).all() for table in LOG]
    return ledger.counts(), *log


LOG = (tables.commit, tables.entry)


def refused(ledger: Ledger, act: Act, kind: type[E], *words: str) -> E:
    """The error that the act raises; it holds these words, a remedy, nothing confidential, and left no trace."""
    before = contents(ledger)
    with pytest.raises(ProvenanceError) as raised:
        act(ledger)
    error = raised.value
    assert type(error) is kind
    for word in words:
        assert word in str(error)
    assert any(
        remedy in str(error)
        for remedy in ("; give ", "; record it first", "; pass the agent itself", "; look it up")
    )
    logged = "".join(traceback.format_exception(error)) + repr(error)
    assert not any(word in logged for word in CONFIDENTIAL)
    assert contents(ledger) == before
    return error


def in_a_block(act: Callable[[Any], object]) -> Act:
    def acting(ledger: Ledger) -> None:
        with ledger.begin(by="desk") as desk:
            desk.record("It rained", source=person("Boris"))
            act(desk)

    return acting
