"""What becomes of a claim on its way: changes, circles, and what a retraction would take along."""

from __future__ import annotations

from typing import Any

import pytest
from case_graphs import CaseGraph

from provenance.rules.changes import changes
from provenance.rules.circular import circles, feedback_loops
from provenance.rules.facts import MentionRow
from provenance.rules.impact import claims_in_reach, impact
from provenance.rules.support import standing_without_flags

RELAY = [{"from": "later", "to": "earlier"}]


def kinds(earlier: dict[str, Any], later: dict[str, Any], **more: Any) -> list[str]:
    """The changes from the one to the other, which rests on it."""
    assertions = [
        {"id": "earlier", "agent": "anna", "claim": "x", **earlier},
        {"id": "later", "agent": "tass", "claim": "x", "stance": "relay", **later},
    ]
    graph = CaseGraph({"assertions": assertions, "relays": RELAY, **more}).graph
    (claim,) = graph.asserted_claims
    return [change.kind for change in changes(graph, claim)]


@pytest.mark.parametrize(
    ("before", "after", "is_change"),
    [
        ("possible", "probable", True),
        ("probable", "probable", False),
        ("certain", "possible", False),
        ("unspecified", "certain", False),
        ("probable", "unspecified", False),
    ],
)
def test_a_certainty_rises_from_what_is_less_sure(before: str, after: str, *, is_change: bool) -> None:
    found = kinds({"certainty": before}, {"certainty": after})

    assert ("certainty_rose" in found) is is_change


def test_a_denial_is_not_surer_of_what_it_denies() -> None:
    assert kinds({"certainty": "possible"}, {"stance": "deny"}) == []


@pytest.mark.parametrize(
    ("before", "after", "is_change"),
    [("direct", "mixed", True), ("mixed", "direct", False), ("direct", None, False), (None, "none", False)],
)
def test_a_quote_loosens(before: str | None, after: str | None, *, is_change: bool) -> None:
    assert (kinds({"quote_type": before}, {"quote_type": after}) == ["quote_loosened"]) is is_change


@pytest.mark.parametrize(
    ("words", "is_change"),
    [("he is AWAKE", False), ("awake", False), ("awak", True), ("he was awake", True)],
)
def test_a_quote_is_changed_where_its_words_are_not_those_of_the_earlier_one(
    words: str, *, is_change: bool
) -> None:
    case = CaseGraph(
        {
            "assertions": [
                {"id": "earlier", "agent": "anna", "claim": "x"},
                {"id": "later", "agent": "tass", "claim": "x", "stance": "relay"},
            ],
            "relays": RELAY,
        }
    )
    mentions = case.graph.facts.mentions
    for name, quote in (("earlier", "He is awake."), ("later", words)):
        mentions[case.assertions[name]][:] = [MentionRow(0, 0, None, quote, "direct", None, None)]  # type: ignore[index]
    (claim,) = case.graph.asserted_claims

    assert [one.kind for one in changes(case.graph, claim)] == ["quote_changed"] * is_change


def test_a_caveat_is_lost_on_the_way_of_who_noted_it() -> None:
    noted = {"assertion": "source", "present": False, "noted_by": "anna"}
    source = {"id": "source", "agent": "olga", "claim": "x"}
    both = [{"from": "earlier", "to": "source"}, *RELAY]
    assertions = [
        source,
        {"id": "earlier", "agent": "anna", "claim": "x", "stance": "relay"},
        {"id": "later", "agent": "tass", "claim": "x", "stance": "relay"},
    ]

    def found(*evidence: dict[str, Any]) -> list[str]:
        graph = CaseGraph({"assertions": assertions, "relays": both, "evidence": list(evidence)}).graph
        (claim,) = graph.asserted_claims
        return [change.kind for change in changes(graph, claim)]

    assert found(noted) == ["caveat_lost"]
    assert found(noted, {**noted, "noted_by": "tass"}) == []


def test_an_outlet_adopts_what_it_affirms_in_its_own_voice() -> None:
    assert kinds({}, {"stance": "affirm"}) == ["adopted"]


def test_a_loop_is_given_as_a_shortest_way_back() -> None:
    case = CaseGraph(
        {
            "assertions": [
                {"id": one, "agent": agent, "claim": "x", "stance": "relay"}
                for one, agent in (("a", "afp"), ("b", "bbc"), ("c", "cnn"), ("d", "afp"))
            ],
            "relays": [
                {"from": "a", "to": "b"},
                {"from": "b", "to": "c"},
                {"from": "c", "to": "d"},
                {"from": "b", "to": "d"},
            ],
        }
    )
    (claim,) = case.graph.asserted_claims

    (loop,) = feedback_loops(case.graph, claim)

    assert loop.assertions == tuple(case.assertions[one] for one in "abd")


def test_a_retraction_reaches_over_suspicions_and_to_what_is_entailed() -> None:
    case = CaseGraph(
        {
            "claim_links": [{"a": "x", "b": "wider", "kind": "entails"}],
            "assertions": [
                {"id": "first", "agent": "anna", "claim": "x"},
                {"id": "copy", "agent": "tass", "claim": "y"},
                {"id": "apart", "agent": "olga", "claim": "z"},
            ],
            "relays": [{"from": "copy", "to": "first", "status": "inferred"}],
        }
    )

    reached = claims_in_reach(case.graph, [case.assertions["copy"]])

    assert sorted(case.graph.facts.claims[key].id for key in reached) == [b"wider", b"x", b"y"]


def test_a_retraction_weakens_what_others_still_say() -> None:
    case = CaseGraph(
        {
            "assertions": [
                {"id": one, "agent": one, "claim": "x", "basis": "witness"} for one in ("anna", "borys")
            ]
        }
    )

    found = impact(case.graph, case.assertions["anna"])

    assert {name: len(claims) for name, claims in found._asdict().items()} == {
        "lost": 0,
        "weakened": 1,
        "unaffected": 0,
    }


def test_an_outlet_that_leads_to_no_origin_shares_none() -> None:
    """Two outlets carry Anna's assertion, a third carries a denial of hers: it is no carrier of the common origin."""
    relays = {"afp": "said", "bbc": "said", "cnn": "denied"}
    case = CaseGraph(
        {
            "agents": [{"id": outlet, "kind": "outlet"} for outlet in relays],
            "assertions": [
                {"id": "said", "agent": "anna", "claim": "x"},
                {"id": "denied", "agent": "borys", "claim": "x", "stance": "deny"},
                *({"id": one, "agent": one, "claim": "x", "stance": "relay"} for one in relays),
            ],
            "relays": [{"from": outlet, "to": source} for outlet, source in relays.items()],
        }
    )
    (claim,) = case.graph.asserted_claims

    (found,) = circles(case.graph, claim, standing_without_flags(case.graph, claim))

    assert found.kind == "common_origin"
    assert found.assertions == (case.assertions["afp"], case.assertions["bbc"])
