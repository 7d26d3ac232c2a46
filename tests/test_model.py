"""The library against the slow model of the law, on random worlds and both databases."""

from __future__ import annotations

from random import Random

import model
import pytest
from databases import Database
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import DATES, every_query, random_world
from sqlalchemy import create_engine
from worlds import World

from provenance import Ledger, add_hooks

WORLDS = 12
"""How many worlds a run looks at: each is asked everything, some eighty questions."""


@settings(max_examples=WORLDS)
@given(seed=st.integers(0, 10**9))
def test_every_answer_equals_the_models(migrated_database: Database, seed: int) -> None:
    random = Random(seed)
    records = random_world(random)
    bounds = {name: random.choice(DATES[1:]) for name in ("said", "known") if random.random() < 0.4}
    engine = add_hooks(create_engine(migrated_database.url))

    with engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)
        world = World(records)
        world.record(ledger)
        queries = every_query(records, bounds)
        answers = [world.answer(ledger, query) for query in queries]
        transaction.rollback()
    engine.dispose()

    for query, answer in zip(queries, answers, strict=True):
        assert answer == model.answer(records, query), f"{query} of {records}"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@settings(max_examples=WORLDS)
@given(seed=st.integers(0, 10**9))
def test_a_rebuilt_index_gives_the_same_answers(migrated_database: Database, seed: int) -> None:
    records = random_world(Random(seed))
    engine = add_hooks(create_engine(migrated_database.url))

    with engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)
        world = World(records)
        world.record(ledger)
        queries = every_query(records, {})
        before = [world.answer(ledger, query) for query in queries]
        ledger.rebuild()
        after = [world.answer(ledger, query) for query in queries]
        transaction.rollback()
    engine.dispose()

    assert after == before
