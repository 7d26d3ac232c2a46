"""The slow model of the law is right on every case, and the library equals it on random worlds, on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import model
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from random_worlds import EXAMPLES, random_bounds, random_world, some_queries
from sqlalchemy import Engine
from worlds import World, difference

from provenance import Ledger

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.json"))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{file.stem}-{case['id']}")
        for file in CASES
        for case in json.loads(file.read_text(encoding="utf-8"))
    ],
)
def test_the_model_answers_a_case_rightly(case: dict[str, Any]) -> None:
    differences = [difference(query, model.answer(case["records"], query)) for query in case["queries"]]

    found = [each for each in differences if each is not None]
    assert not found, f"{case['title']}: {case['why']}\n" + "\n".join(found)


def relayed(source: dict[str, Any], agency: dict[str, Any]) -> dict[str, Any]:
    """An agency relays a source and notes that no evidence was given; a paper adopts what the agency has."""
    return {
        "assertions": [
            {"id": "source", "agent": "s", "claim": "C", **source},
            {"id": "agency", "agent": "a", "claim": "C", "stance": "relay", **agency},
            {"id": "paper", "agent": "p", "claim": "C"},
        ],
        "relays": [{"from": "agency", "to": "source"}, {"from": "paper", "to": "agency"}],
        "evidence": [{"assertion": "source", "present": False, "noted_by": "a"}],
    }


def changes_of(records: dict[str, Any], child: str) -> list[str]:
    return [kind for kind, *pair in model.answer(records, {"q": "changes"}) if pair[0] == child]  # type: ignore[attr-defined]


def test_the_model_tells_what_changes_on_the_way() -> None:
    source = {"certainty": "possible", "quote_type": "direct", "words": "We may well lose the war"}

    same = relayed(source, {"quote_type": "direct", "words": "We may well  lose the war"})
    surer = relayed(source, {"certainty": "certain", "quote_type": "mixed", "words": "will lose"})

    assert changes_of(same, "agency") == []
    assert changes_of(same, "paper") == ["adopted", "caveat_lost"]
    assert changes_of(surer, "agency") == ["certainty_rose", "quote_loosened", "words_changed"]


def test_in_the_model_other_words_of_a_translation_are_no_change() -> None:
    source = {"quote_type": "direct", "words": "Wir gewinnen", "language": "de"}

    assert changes_of(relayed(source, {"words": "We win", "language": "en"}), "agency") == []
    assert (
        changes_of(relayed(source, {"words": "We win", "language": "de", "translated": True}), "agency") == []
    )
    assert changes_of(relayed(source, {"words": "Wir siegen", "language": "de"}), "agency") == [
        "words_changed"
    ]


@settings(max_examples=2 * EXAMPLES)
@given(random=st.randoms(use_true_random=False))
def test_every_answer_of_the_library_equals_the_models(shared_engine: Engine, random: Random) -> None:
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
