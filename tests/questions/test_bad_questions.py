"""Bounds that are no moments, and questions about what is not recorded, are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databases import Databases
from refusing import NAIVE, NOWHERE, fill, refused

from provenance import Ledger
from provenance.errors import InvalidValue, NotRecorded


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """As in conftest.py, for the whole module: what every test leaves as it was, all of them can share."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def ledger(backend: str, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """A ledger that holds one sentence, for tests that record no other."""
    made: Databases = request.getfixturevalue(f"{backend}_databases")
    with made.migrated() as database, Ledger.open(database.url) as opened:
        fill(opened)
        yield opened


@pytest.mark.parametrize("naive", [NAIVE, NAIVE.isoformat()], ids=["datetime", "text"])
@pytest.mark.parametrize("bound", ["said", "known"])
def test_a_bound_without_its_zone(ledger: Ledger, bound: str, naive: object) -> None:
    refused(ledger, lambda ledger: ledger.as_of(**{bound: naive}), InvalidValue, f"{bound}: got a", "zone")


@pytest.mark.parametrize("bound", ["said", "known"])
@pytest.mark.parametrize("moment", ["Ivanov", "", 7, b"2026", 1.5], ids=repr)
def test_a_bound_that_is_no_time(ledger: Ledger, bound: str, moment: object) -> None:
    refused(ledger, lambda ledger: ledger.as_of(**{bound: moment}), InvalidValue, f"{bound}: got ")


@pytest.mark.parametrize(
    "question", ["support", "trace", "origins", "chokepoints", "impact", "resting_on", "rests_on"]
)
def test_a_question_about_nothing(ledger: Ledger, question: str) -> None:
    def ask(ledger: Ledger) -> object:
        return list(getattr(ledger, question)(NOWHERE))

    refused(ledger, ask, NotRecorded, "nothing like it is recorded", "find(")
