"""Which claims are contested, whatever is left out for being too many."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from case_graphs import CaseGraph
from hypothesis import given, note, settings
from hypothesis import strategies as st
from random_worlds import EXAMPLES, random_world

from provenance.rules.conflicts import FEW, conflicts, contested
from provenance.rules.exclusion import value_strength
from provenance.rules.intervals import later_strength
from provenance.rules.strengths import DEFINITE, POSSIBLE


@settings(max_examples=5 * EXAMPLES)
@given(random=st.randoms(use_true_random=False), few=st.sampled_from([0, 1, 3, FEW]))
def test_what_is_contested_does_not_hang_on_how_many_conflicts_are_given(random: Random, few: int) -> None:
    records = random_world(random)
    note(json.dumps(records))
    graph = CaseGraph(records).graph
    every = conflicts(graph)

    found = contested(graph, few)

    facts = {
        issue: [one for one in of_issue if one.kind != "divergence"] for issue, of_issue in every.items()
    }
    assert found.claims_in_conflict == {
        claim for of_issue in facts.values() for one in of_issue for claim in (one.a, one.b)
    }
    assert found.conflict_strengths == {
        issue: max(one.strength for one in of_issue) for issue, of_issue in facts.items() if of_issue
    }
    assert found.conflicts.keys() <= every.keys()
    assert all(found.conflicts[issue] == every[issue] for issue in found.conflicts)


def graph_of_counts(*counts: tuple[str, Any], temporal: str = "constant", **of_attribute: str) -> CaseGraph:
    """Each claim with its value, affirmed by an agent of the same name."""
    return CaseGraph(
        {
            "attributes": [{"id": "deaths", "value_type": "number", "temporal": temporal, **of_attribute}],
            "claims": [
                {"id": one, "subject": "Kyiv", "attribute": "deaths", **value} for one, value in counts
            ],
            "assertions": [
                {"id": one, "agent": one, "claim": one, "at": f"2026-02-0{day}"}
                for day, (one, _) in enumerate(counts, start=1)
            ],
        }
    )


@pytest.mark.parametrize(
    ("a", "b", "strength"),
    [
        ({"value": 2}, {"value": 3}, DEFINITE),
        ({"value": 2, "pad": 1}, {"value": 3}, POSSIBLE),
        ({"value": 2}, {"lo": 2}, 0),
        ({"value": 2}, {"lo": 3}, DEFINITE),
        ({"hi": 2}, {"lo": 3}, DEFINITE),
        ({"value": 2}, {"unknown": True}, 0),
    ],
)
def test_values_exclude_each_other_as_surely_as_their_pads_allow(a: Any, b: Any, strength: int) -> None:
    case = graph_of_counts(("a", a), ("b", b))

    one, other = case.assertions.values()

    assert value_strength(case.graph, one, other) == value_strength(case.graph, other, one) == strength


def test_a_count_that_rises_excludes_nothing_and_one_that_falls_does() -> None:
    rising = graph_of_counts(("a", {"value": 2}), ("b", {"value": 3}), temporal="cumulative")
    falling = graph_of_counts(
        ("a", {"value": 3, "as_of": "2026-02-01"}),
        ("b", {"value": 2, "as_of": "2026-02-02"}),
        temporal="cumulative",
    )

    assert rising.answer("conflicts", {}) == []
    assert falling.answer("conflicts", {}) == [["value", "a", "b", "definite"]]


def test_values_of_an_attribute_with_many_values_exclude_nothing() -> None:
    case = graph_of_counts(("a", {"value": 2}), ("b", {"value": 3}), cardinality="multi")

    assert case.answer("conflicts", {}) == []


def test_an_open_end_is_never_passed() -> None:
    graph = graph_of_counts(("a", {"lo": 3}), ("b", {"value": 2})).graph
    open_above, two = sorted(graph.facts.claims.values(), key=lambda row: row.id)

    assert later_strength(open_above, two) == DEFINITE
    assert later_strength(two, open_above) == 0


def test_the_issue_of_a_denial_is_that_of_what_is_denied() -> None:
    case = CaseGraph(
        {
            "claim_links": [{"a": "narrow", "b": "wide", "kind": "entails"}],
            "assertions": [
                {"id": "1", "agent": "anna", "claim": "narrow"},
                {"id": "2", "agent": "borys", "claim": "wide", "stance": "deny"},
            ],
        }
    )

    ((issue, (conflict,)),) = conflicts(case.graph).items()

    assert case.graph.facts.claims[issue].id == b"wide"
    assert (conflict.a_assertion, conflict.b_assertion) == tuple(case.assertions.values())


def test_of_an_issue_with_many_pairs_every_side_is_contested_and_no_conflict_given() -> None:
    """Four values make six pairs; after the first, every pair adds a side, but for the last ones."""
    graph = graph_of_counts(*((name, {"value": value}) for value, name in enumerate("abcd"))).graph

    found = {few: contested(graph, few) for few in (0, 5, 6)}

    assert {few: len(each.claims_in_conflict) for few, each in found.items()} == {0: 4, 5: 4, 6: 4}
    assert {few: sum(map(len, each.conflicts.values())) for few, each in found.items()} == {0: 0, 5: 0, 6: 6}


@pytest.mark.parametrize(("a", "b", "strength"), [(2, 3, "possible"), (3, 2, "definite")])
def test_counts_of_one_date_have_to_meet_or_may_have_risen_that_day(a: int, b: int, strength: str) -> None:
    """At one moment neither is the earlier count; but the lower may have been said earlier that day."""
    case = graph_of_counts(
        ("a", {"value": a, "as_of": "2026-02-01"}),
        ("b", {"value": b, "as_of": "2026-02-01"}),
        temporal="cumulative",
    )

    assert case.answer("conflicts", {}) == [["value", "a", "b", strength]]


def test_a_state_that_one_holder_gives_another_value_is_no_update() -> None:
    """Each value held at its own time: neither displaces the other."""
    case = CaseGraph(
        {
            "attributes": [{"id": "ruler", "temporal": "state"}],
            "claims": [
                {"id": one, "subject": "Kyiv", "attribute": "ruler", "value": one} for one in ("one", "other")
            ],
            "assertions": [
                {"id": "1", "agent": "anna", "claim": "one", "at": "2026-02-01"},
                {"id": "2", "agent": "anna", "claim": "other", "at": "2026-02-02"},
            ],
        }
    )

    current = {one for claim in case.graph.asserted_claims for one in case.graph.current(claim)}

    assert current == set(case.assertions.values())
