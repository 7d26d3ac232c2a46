"""How many statements a question asks: what each costs is little, and what they cost together is the answer's time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from databases import Database
from sqlalchemy import Engine, create_engine, event

from provenance import Claim, Ledger, add_hooks, outlet, person

CLAIM = Claim(text="He is awake")
MOST = 13
"""Statements that a question about one claim asks, in a ledger without links, amendments and withdrawals."""


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("sentences", [1, 5, 100])
@pytest.mark.parametrize("question", [Ledger.support, Ledger.trace])
def test_a_question_about_a_claim_asks_few_statements(
    migrated_database: Database, question: Callable[[Ledger, Claim], object], sentences: int
) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    ledger = Ledger.open(engine)
    with ledger.begin(by="desk") as desk:
        for number in range(sentences):
            paper = desk.document(outlet("CNN"), url=f"https://cnn.com/{number}")
            desk.record(CLAIM, source=person(f"Person {number}"), via=[outlet("TASS")], found_in=paper)

    with counted(engine) as asked:
        question(ledger, CLAIM)

    assert 0 < len([one for one in asked if one.startswith("SELECT")]) <= MOST
    engine.dispose()
