"""How well claims are supported, and by whom."""

from __future__ import annotations

from typing import Any

import pytest
from case_graphs import CaseGraph

from provenance.rules.support import (
    Standing,
    rests_on,
    standing,
    standing_without_flags,
    ways_unsupported,
)


def standing_of(records: dict[str, Any]) -> Standing:
    graph = CaseGraph(records).graph
    (claim,) = graph.asserted_claims
    return standing(graph, claim)


def said(*agents: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"id": f"by {agent}", "agent": agent, "claim": "x", **fields} for agent in agents]


def test_a_claim_without_an_origin_is_of_grade_0() -> None:
    found = standing_of({"assertions": said("anna", stance="deny")})

    assert (found.grade, found.lo, found.hi, found.flags) == (0, 0, 0, ("denied_only",))


def test_one_piece_of_evidence_that_two_show_is_one_unit() -> None:
    shared = [{"assertion": f"by {agent}", "ref": "video"} for agent in ("anna", "borys")]
    own = [{"assertion": f"by {agent}", "ref": f"video of {agent}"} for agent in ("anna", "borys")]

    found = [standing_of({"assertions": said("anna", "borys"), "evidence": each}) for each in (shared, own)]

    assert [(one.grade, one.lo, one.hi) for one in found] == [(3, 1, 2), (4, 2, 2)]


def test_witnesses_are_evidence_units_of_their_own() -> None:
    found = standing_of({"assertions": said("anna", "borys", basis="witness")})

    assert (found.grade, found.lo, len(found.independent)) == (4, 2, 2)


def test_a_suspected_copy_corroborates_nothing() -> None:
    records = {
        "assertions": said("anna", "borys", basis="witness"),
        "relays": [{"from": "by borys", "to": "by anna", "status": "inferred"}],
    }

    assert (standing_of(records).lo, standing_of(records).hi) == (1, 2)


@pytest.mark.parametrize(("name", "lo"), [("Alexandra", 1), ("ALEXANDRA", 1), ("Alex", 2)])
def test_a_partial_name_may_be_whoever_bears_it(name: str, lo: int) -> None:
    agents = [{"id": "one", "name": "Alexandra Petrova"}, {"id": "two", "name": name, "naming": "partial"}]

    assert standing_of({"agents": agents, "assertions": said("one", "two", basis="witness")}).lo == lo


def test_an_unnamed_crowd_counts_for_the_most_and_never_for_the_least() -> None:
    agents = [{"id": "officials", "naming": "anonymous", "count": 3}]

    found = standing_of({"agents": agents, "assertions": said("officials", basis="witness")})

    assert (found.lo, found.hi) == (1, 3)
    assert "anonymous_only" in found.flags


def test_a_standing_without_flags_is_the_same_but_for_these() -> None:
    graph = CaseGraph({"assertions": said("anna", "borys")}).graph
    (claim,) = graph.asserted_claims

    assert standing_without_flags(graph, claim) == standing(graph, claim)._replace(flags=())


UNSUPPORTED = {
    "nobody": (0, 0, 0, (), {"no_evidence", "none", "uncorroborated"}),
    "a rumour": (1, 0, 0, ("unattributed_only",), {"no_evidence", "unattributed", "uncorroborated"}),
    "one voice": (
        2,
        1,
        1,
        ("anonymous_only", "evidence_reported_absent", "single_origin"),
        {"no_evidence", "reported_absent", "anonymous_only", "single_origin", "uncorroborated"},
    ),
    "evidence": (3, 1, 2, ("possibly_single_origin",), {"uncorroborated"}),
    "two voices": (4, 2, 2, (), set()),
}


@pytest.mark.parametrize("who", UNSUPPORTED)
def test_a_claim_lacks_support_in_each_way_that_its_standing_shows(who: str) -> None:
    grade, lo, hi, flags, kinds = UNSUPPORTED[who]

    found = set(ways_unsupported(Standing(grade, lo, hi, flags)))

    assert found == kinds


def test_a_claim_rests_on_who_stands_on_its_only_way() -> None:
    records = {
        "assertions": [*said("anna"), *said("tass", "cnn", stance="relay")],
        "relays": [{"from": "by cnn", "to": "by tass"}, {"from": "by tass", "to": "by anna"}],
    }
    graph = CaseGraph(records).graph
    (claim,) = graph.asserted_claims
    agents = {row.id.decode(): key for key, row in graph.facts.agents.items()}

    assert rests_on(graph, claim, agents["anna"]) == {"origin", "chokepoint"}
    assert rests_on(graph, claim, agents["tass"], by="group") == {"chokepoint"}
