"""The library against the slow model of the law, on random worlds and both databases."""

from __future__ import annotations

import json
from random import Random

import model
from hypothesis import given, note, settings
from hypothesis import strategies as st
from random_worlds import EXAMPLES, random_bounds, random_world, some_queries
from sqlalchemy import Engine
from worlds import World

from provenance import Ledger


@settings(max_examples=2 * EXAMPLES)
@given(random=st.randoms(use_true_random=False))
def test_every_answer_equals_the_models(shared_engine: Engine, random: Random) -> None:
    records = random_world(random)
    note(json.dumps(records))
    queries = some_queries(random, records, random_bounds(random))

    with shared_engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)
        world = World(records)
        world.record(ledger)
        answers = [world.answer(ledger, query) for query in queries]
        transaction.rollback()

    for query, answer in zip(queries, answers, strict=True):
        assert answer == model.answer(records, query), query
