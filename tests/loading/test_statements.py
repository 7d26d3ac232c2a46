"""How many statements load a claim: each costs little, and together they are what a question takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from databases import Database
from sqlalchemy import create_engine
from statements import counted

from provenance import Claim, Ledger, add_hooks, outlet, person

CLAIM = Claim(text="He is awake")
MOST = 13
"""Statements that a question about one claim asks, in a ledger without links, amendments and withdrawals."""


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
