"""Who is accused, and where they stand."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from case_graphs import CaseGraph

from provenance.rules.claim_graph import POSITION_ORDER, ClaimGraph
from provenance.rules.facts import RequestRow
from provenance.rules.reply import ReplyKeys, replies


def accusation(*responses: dict[str, Any], **more: Any) -> CaseGraph:
    return CaseGraph(
        {
            "claims": [{"id": "x", "accuses": ["olga"]}],
            "assertions": [{"id": "accusing", "agent": "anna", "claim": "x"}, *responses],
            **more,
        }
    )


def reply_to(case: CaseGraph) -> ReplyKeys:
    claim = next(key for key, row in case.graph.facts.claims.items() if row.id == b"x")
    (reply,) = replies(case.graph, claim)
    return reply


def response(stance: str, **more: Any) -> dict[str, Any]:
    return {"id": stance, "agent": "olga", "claim": "x", "stance": stance, **more}


@pytest.mark.parametrize("stance", POSITION_ORDER[:-1])
def test_the_accused_stands_where_they_say(stance: str) -> None:
    case = accusation(response(stance))

    reply = reply_to(case)

    assert (reply.position, reply.responses) == (stance, (case.assertions[stance],))
    assert case.assertions["accusing"] in reply.accusers


def test_who_says_nothing_holds_no_position() -> None:
    reply = reply_to(accusation())

    assert (reply.position, reply.responses) == ("none", ())


def test_a_relay_answers_nothing() -> None:
    assert reply_to(accusation(response("relay"))).responses == ()


def test_a_denial_is_an_answer_whatever_is_said_later_without_a_position() -> None:
    case = accusation(response("deny", at="2026-02-01"), response("no_comment", at="2026-02-02"))

    reply = reply_to(case)

    assert reply.position == "deny"
    assert reply.responses == (case.assertions["no_comment"], case.assertions["deny"])


def test_a_spokesperson_answers_for_the_accused_and_to_what_the_claim_entails() -> None:
    spoken = {"id": "denied", "agent": "press office", "claim": "wider", "stance": "deny"}
    case = accusation(
        spoken,
        agents=[{"id": "press office", "speaks_for": "olga"}],
        claim_links=[{"a": "x", "b": "wider", "kind": "entails"}],
    )

    assert reply_to(case).position == "deny"


def test_a_claim_that_nobody_makes_accuses_nobody() -> None:
    case = accusation(amendments=[{"target": "accusing"}])
    (claim,) = case.graph.facts.claims

    assert replies(case.graph, claim) == []


def test_requests_come_the_earliest_first_and_to_each_accused_their_own() -> None:
    case = accusation()
    (claim,) = case.graph.facts.claims
    accused = {row.id.decode(): key for key, row in case.graph.facts.agents.items()}
    requests = [
        RequestRow(key, b"", claim, accused[who], None, at, None)
        for key, who, at in ((91, "olga", 2), (92, "olga", 1), (93, "anna", 0))
    ]

    graph = ClaimGraph(evolve(case.graph.facts, requests=requests))

    (reply,) = replies(graph, claim)
    assert [request.key for request in reply.requests] == [92, 91]


def test_an_accused_agent_that_is_not_within_the_bounds_is_left_out() -> None:
    case = accusation()
    facts = case.graph.facts
    agents = {key: row for key, row in facts.agents.items() if row.id != b"olga"}
    (claim,) = facts.claims

    assert replies(ClaimGraph(evolve(facts, agents=agents)), claim) == []
