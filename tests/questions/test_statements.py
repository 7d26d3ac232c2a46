"""How many statements a question asks, and a recording: each costs little, and together they are what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from databases import Database
from sqlalchemy import Engine, create_engine, event

from provenance import Claim, Ledger, add_hooks, claim, outlet, person

CLAIM = Claim(text="He is awake")
MOST = 13
"""Statements that a question about one claim asks, in a ledger without links, amendments and withdrawals."""

MOST_RECORDED = {"new": 24, "again": 22}
"""Statements by which a new claim is recorded in a commit of its own, BEGIN and the lock included; and one that is
known, as its document and its source are. Those of a refresh come on top where it is due."""


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
