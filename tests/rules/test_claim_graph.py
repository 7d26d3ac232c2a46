"""Frozen facts, the graphs over them, and the derived sets."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from case_graphs import CaseGraph

from provenance.rules.claim_graph import ClaimGraph, once_a_graph
from provenance.rules.classes import Classes, reachable
from provenance.rules.facts import AgentRow, AssertionRow, DatedLink, Facts, LinkRow
from provenance.rules.sides import sides_among

CHAIN: dict[str, Any] = {
    "agents": [{"id": "cnn", "kind": "outlet"}, {"id": "tass", "kind": "outlet"}],
    "assertions": [
        {"id": "source", "agent": "anna", "claim": "x"},
        {"id": "relayed", "agent": "tass", "claim": "x", "stance": "relay"},
        {"id": "carried", "agent": "cnn", "claim": "x", "stance": "relay"},
    ],
    "relays": [{"from": "carried", "to": "relayed"}, {"from": "relayed", "to": "source"}],
}


def live(case: CaseGraph, graph: ClaimGraph) -> set[str]:
    return {name for name, key in case.assertions.items() if key in graph.live}


def test_facts_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Facts().whole = {1}  # type: ignore[misc]


def test_a_graph_without_an_assertion_is_another_graph_of_the_same_facts() -> None:
    case = CaseGraph(CHAIN)

    without = case.graph.without([case.assertions["relayed"]])

    assert live(case, without) == {"carried"}
    assert live(case, case.graph) == {"source", "relayed", "carried"}
    assert without.facts is case.graph.facts


def test_what_is_left_out_twice_is_left_out_of_both() -> None:
    case = CaseGraph(CHAIN)

    without = case.graph.without([case.assertions["source"]]).without([case.assertions["carried"]])

    assert live(case, without) == set()


def test_leaving_out_a_denial_gives_back_the_position_before_it() -> None:
    case = CaseGraph(
        {
            "assertions": [
                {"id": "first", "agent": "anna", "claim": "x", "at": "2026-02-01"},
                {"id": "then", "agent": "anna", "claim": "x", "stance": "deny", "at": "2026-02-02"},
            ]
        }
    )
    (holder,) = {case.graph.holder(one) for one in case.assertions.values()}
    (claim,) = case.graph.asserted_claims

    without = case.graph.without([case.assertions["then"]])

    assert case.graph.position(holder, claim) == "deny"
    assert without.position(holder, claim) == "affirm"


def test_a_rule_about_the_whole_graph_is_asked_once_a_graph_and_kept_no_longer_than_it() -> None:
    asked = []

    @once_a_graph
    def rule(graph: ClaimGraph, limit: int = 1) -> list[int]:
        asked.append(limit)
        return [limit]

    graph = ClaimGraph(Facts())
    said = [rule(graph), rule(graph), rule(graph, 2), rule(graph.without([]))]
    released = weakref.ref(graph)
    del graph
    gc.collect()

    assert said == [[1], [1], [2], [1]]
    assert asked == [1, 2, 1]
    assert released() is None


def test_a_graph_is_released_without_a_collection() -> None:
    """Pages of graphs would else stay in memory, some 3 kB an assertion, until the collector runs."""
    case = CaseGraph(CHAIN)
    assert case.answer("support", {"claim": "x"})
    assert case.answer("conflicts", {}) == []
    released = weakref.ref(case.graph)

    gc.disable()
    try:
        del case
        assert released() is None
    finally:
        gc.enable()


# Certainty


def test_a_relay_without_a_certainty_has_that_of_its_surest_parent() -> None:
    case = CaseGraph(CHAIN)
    rows = {
        key: row._replace(certainty="probable" if row.stance == "affirm" else None)
        for key, row in case.graph.facts.assertions.items()
    }

    graph = ClaimGraph(Facts(assertions=rows, stated=case.graph.facts.stated))

    assert {graph.certainty(key) for key in rows} == {"probable"}


def test_relays_that_rest_on_one_another_alone_are_certain() -> None:
    row = AssertionRow(1, b"1", 1, 1, "relay", None, "unstated", 0, 0, 0, 0, has_own_time=True)

    graph = ClaimGraph(Facts(assertions={1: row, 2: row._replace(key=2)}, stated={1: {2}, 2: {1}}))

    assert graph.certainty(1) == graph.certainty(2) == "certain"


# Agents


def agent(key: int, **fields: Any) -> AgentRow:
    return AgentRow(key, str(key).encode(), "person", "named", f"Agent {key}", "", 1, False, None)._replace(
        **fields
    )


def said(key: int, by: int, day: int) -> AssertionRow:
    return AssertionRow(
        key, b"", by, 1, "affirm", "certain", "unstated", day, day, day, day, has_own_time=True
    )


@pytest.mark.parametrize(("day", "is_one_voice"), [(1, False), (2, True), (3, True), (4, False)])
def test_a_control_group_of_a_time_joins_what_was_said_in_it(day: int, *, is_one_voice: bool) -> None:
    graph = ClaimGraph(
        Facts(
            agents={key: agent(key) for key in (1, 2)},
            dated_links=[DatedLink("control_group", 1, 2, 2, 3)],
            assertions={1: said(1, by=1, day=day), 2: said(2, by=2, day=9)},
        )
    )

    sides = sides_among(graph, 1, [1, 2])

    assert (sides[1] == sides[2]) is is_one_voice


def test_a_spokesperson_of_a_time_holds_what_the_other_does_in_it() -> None:
    graph = ClaimGraph(
        Facts(
            agents={key: agent(key) for key in (1, 2)},
            dated_links=[DatedLink("speaks_for", 1, 2, 5, None)],
            assertions={1: said(1, by=1, day=4), 2: said(2, by=1, day=5)},
        )
    )

    assert [graph.holder(1), graph.holder(2)] == [1, 2]
    assert graph.agents.holder_of_agent(1) == 1


def test_a_merged_agent_has_the_best_naming_the_largest_count_and_the_name_it_was_merged_into() -> None:
    rows = {
        1: agent(1, naming="anonymous", people=3),
        2: agent(2, naming="role", kind="outlet"),
        3: agent(3, naming="unattributed"),
    }
    agents = ClaimGraph(
        Facts(agents=rows, agent_links=[LinkRow("same_agent", 1, 3), LinkRow("same_agent", 3, 2)])
    ).agents

    assert agents.classes[3] == 1
    assert (agents.naming(1), agents.people(1), agents.is_outlet(1)) == ("role", 3, True)
    assert agents.shown_as(1) == 2


def test_who_speaks_for_several_holds_for_the_smallest_id() -> None:
    rows = {1: agent(1), 2: agent(2, id=b"b"), 3: agent(3, id=b"a"), 4: agent(4, speaks_for=2)}
    links = [LinkRow("speaks_for", 4, 3), LinkRow("speaks_for", 4, 4)]

    agents = ClaimGraph(Facts(agents=rows, agent_links=links)).agents

    assert agents.holder_of_agent(4) == 3
    assert agents.holder_of_agent(1) == 1


# Walks


def test_a_class_is_named_by_its_smallest_member_under_the_rank() -> None:
    classes = Classes([(1, 2), (3, 2), (5, 6)], rank=lambda member: -member)

    assert [classes[member] for member in range(1, 8)] == [3, 3, 3, 4, 6, 6, 7]
    assert sorted(classes.of(1)) == [1, 2, 3]
    assert classes.of(7) == [7]


def test_a_loop_is_walked_once() -> None:
    steps = {1: [2], 2: [3], 3: [1], 4: [1]}

    assert reachable([1], lambda one: steps[one]) == {1, 2, 3}


def test_a_chain_of_merges_is_shown_by_the_name_that_it_ends_at() -> None:
    rows = {1: agent(1), 2: agent(2), 3: agent(3)}

    agents = ClaimGraph(
        Facts(agents=rows, agent_links=[LinkRow("same_agent", 1, 2), LinkRow("same_agent", 2, 3)])
    ).agents

    assert agents.shown_as(agents.classes[1]) == 3
