"""Every case of every case file gives the right answers, on both databases."""

from __future__ import annotations

from typing import Any

from case_files import parametrize_cases
from sqlalchemy import Engine
from worlds import World, difference

from provenance import Ledger

pytest_generate_tests = parametrize_cases


def test_a_case_gives_the_right_answers(case: dict[str, Any], shared_engine: Engine) -> None:
    world = World(case["records"])
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)

        world.record(ledger)
        answers = [world.answer(ledger, query) for query in case["queries"]]

        transaction.rollback()
    differences = [difference(query, got) for query, got in zip(case["queries"], answers, strict=True)]
    found = [each for each in differences if each is not None]
    assert not found, f"{case['title']}: {case['why']}\n" + "\n".join(found)
