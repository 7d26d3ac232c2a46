"""How many statements record a sentence: each costs little, and together they are what a commit takes."""

from __future__ import annotations

import pytest
from databases import Database
from sqlalchemy import create_engine
from statements import counted

from provenance import Ledger, add_hooks, claim, outlet, person

MOST_RECORDED = {"new": 24, "again": 22}
"""Statements by which a new claim is recorded in a commit of its own, BEGIN and the lock included; and one that is
known, as its document and its source are. Those of a refresh come on top where it is due."""


@pytest.mark.parametrize("sentences", [1, 100])
def test_a_sentence_is_recorded_by_few_statements(migrated_database: Database, sentences: int) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    ledger = Ledger.open(engine)

    def record(number: int, speech: int) -> int:
        paper = {"outlet": outlet("CNN"), "url": f"https://cnn.com/{number}", "published_at": "2026-02-07"}
        said = claim(
            f"It cost {number}", subject=f"Work {number}", attribute="cost", value=f"{number} dollars"
        )
        with counted(engine) as asked:
            ledger.record(
                said,
                source=person(f"Person {number}"),
                via=[outlet("TASS")],
                found_in=paper,
                quote=f"speech {speech}",
                by="desk",
            )
        return len(asked)

    for number in range(sentences):
        record(number, 0)
    ledger.refresh()

    numbers = {"new": record(sentences, 0), "again": record(0, 1)}

    assert all(count <= MOST_RECORDED[which] for which, count in numbers.items()), numbers
    engine.dispose()
