"""The rules alone, without a database, give the cases' right answers, and those of the model on random worlds."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import model
from case_files import parametrize_cases
from case_graphs import CaseGraph
from hypothesis import given, note, settings
from hypothesis import strategies as st
from random_worlds import EXAMPLES, random_bounds, random_world, some_queries
from worlds import difference

pytest_generate_tests = parametrize_cases


def answers(records: dict[str, Any], queries: list[dict[str, Any]]) -> list[object]:
    """What the rules answer, of one graph for each pair of bounds."""
    graphs: dict[tuple[str | None, str | None], CaseGraph] = {}
    found = []
    for query in queries:
        args = query.get("args") or {}
        bounds = args.get("said"), args.get("known")
        if bounds not in graphs:
            graphs[bounds] = CaseGraph(records, said=bounds[0], known=bounds[1])
        found.append(graphs[bounds].answer(query["q"], args))
    return found


def test_the_rules_give_a_cases_right_answers(case: dict[str, Any]) -> None:
    queries = case["queries"]

    found = answers(case["records"], queries)

    differences = [difference(query, got) for query, got in zip(queries, found, strict=True)]
    assert not any(differences), f"{case['title']}: {case['why']}\n" + "\n".join(filter(None, differences))


@settings(max_examples=10 * EXAMPLES)
@given(random=st.randoms(use_true_random=False))
def test_the_rules_answer_as_the_model_does(random: Random) -> None:
    records = random_world(random)
    note(json.dumps(records))
    queries = some_queries(random, records, random_bounds(random))

    found = answers(records, queries)

    for query, got in zip(queries, found, strict=True):
        assert got == model.answer(records, query), query
