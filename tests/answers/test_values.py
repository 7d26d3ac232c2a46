"""The values of answers, made by hand: what they print, and what follows from their fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import provenance
from provenance import (
    Accusation,
    AgentSummary,
    Answers,
    AssertionSummary,
    Chain,
    Circle,
    ClaimSummary,
    DocumentSummary,
    Refound,
    Request,
    Support,
    Version,
)
from provenance.rules.catalogue import RULES
from provenance.rules.reply import STATUSES
from provenance.values.ids import RecordId

ID, OTHER = RecordId("0" * 64), RecordId("1" * 64)
NOON = datetime(2026, 2, 7, 12, tzinfo=UTC)
CLAIM = ClaimSummary(ID, "It burned", "factual")


def agent(label: str, *, kind: str = "outlet") -> AgentSummary:
    return AgentSummary(ID, label, kind, "named")


def said_by(label: str, **fields: Any) -> AssertionSummary:
    stated: dict[str, Any] = {
        "id": RecordId(label.encode().hex().ljust(64, "0")[:64]),
        "agent": agent(label),
        "claim": ID,
        "stance": "affirm",
        "certainty": "certain",
        "basis": "unstated",
        "said_at": NOON,
        "is_dated": True,
        "evidence": (),
        "amendments": (),
        "is_live": True,
    }
    return AssertionSummary(**stated | fields)


# Lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_asked_anew_by_each_iteration_and_builds_nothing_to_count() -> None:
    asked = []

    def build() -> Iterator[str]:
        asked.append("page")
        yield from ("a", "b")

    found = Answers(build, lambda: 2)

    assert (found.count(), asked) == (2, [])
    assert bool(found)
    assert (list(found), list(found), len(asked)) == (["a", "b"], ["a", "b"], 3)
    assert not Answers(lambda: iter(()), lambda: 0)


# Support ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"grade": 2, "lo": 1, "hi": 1, "flags": ("single_origin",)}, "one origin; bare (grade 2)"),
        (
            {"grade": 2, "lo": 1, "hi": 3, "flags": ("contested",)},
            "1 to 3 origins; bare (grade 2); contested",
        ),
        ({"grade": 1, "lo": 0, "hi": 0}, "no accountable origin; unattributed (grade 1)"),
        ({"origins": (), "flags": ("denied_only",)}, "nobody says so; no origin (grade 0); denied only"),
        ({"origins": ()}, "nobody says so; no origin (grade 0)"),
        (
            {"origins": (), "amended": (said_by("Anna"),)},
            "nobody stands by it any more; no origin (grade 0)",
        ),
    ],
)
def test_support_says_what_the_chains_come_to(fields: dict[str, Any], summary: str) -> None:
    stated: dict[str, Any] = {
        "claim": CLAIM,
        "grade": 0,
        "lo": 0,
        "hi": 0,
        "flags": (),
        "origins": (said_by("Anna"),),
        "independent": (),
        "amended": (),
        "chains": (),
    }

    assert Support(**stated | fields).lines()[-1] == summary


# Chains and circles -----------------------------------------------------------------------------------------------


def test_a_chain_whose_origin_denies_ends_in_the_denial() -> None:
    chain = Chain((said_by("Anna", stance="deny"), said_by("CNN", stance="relay")), (ID,))

    assert str(chain) == "CNN, citing Anna: denied"
    assert chain.origin.agent.label == "Anna"


@pytest.mark.parametrize("kind", ["feedback_loop", "misreported_source", "ungrounded_loop"])
def test_a_circle_says_of_which_kind_it_is(kind: str) -> None:
    circle = Circle(kind, CLAIM, None, (said_by("CNN"), said_by("BBC")), ())

    printed = str(circle)

    assert (
        printed
        == {
            "feedback_loop": "It burned: CNN, which cites BBC, goes round",
            "misreported_source": "It burned: CNN and BBC; what it cites says something else",
            "ungrounded_loop": "It burned: CNN and BBC; nothing but a loop below",
        }[kind]
    )
    assert circle.rule == RULES[kind]


def test_what_was_said_off_the_record_is_not_publishable() -> None:
    assert said_by("Anna").is_publishable
    assert not said_by("Anna", is_publishable=False).is_publishable


# Accusations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [*STATUSES, "none"])
def test_an_accusation_has_a_status_and_an_answer_or_none(position: str) -> None:
    request = Request(ID, NOON, agent("CNN"), None)
    accusation = Accusation(CLAIM, agent("Anna"), position, (), (), (request,))

    assert accusation.status == STATUSES.get(position, "asked_and_silent")
    assert accusation.is_answered == (position in ("deny", "affirm"))
    assert str(accusation).endswith("; asked by CNN 2026-02-07 12:00 UTC")


def test_who_was_not_asked_has_not_been_silent() -> None:
    assert Accusation(CLAIM, agent("Anna"), "none", (), (), ()).status == "not_asked"


# Documents --------------------------------------------------------------------------------------------------------


def test_a_document_is_known_by_its_title_or_its_url() -> None:
    titles = [
        str(DocumentSummary(ID, agent("CNN"), title, url))
        for title, url in (("Fire", "u"), (None, "u"), (None, None))
    ]

    assert titles == ["CNN, Fire", "CNN, u", "CNN"]


def test_a_version_says_what_its_outlet_says_of_it() -> None:
    document = DocumentSummary(ID, agent("CNN"), "Fire", None)

    assert str(Version(document, None, "first", None, (), NOON)) == (
        "CNN, Fire, 2026-02-07 12:00 UTC: the first version"
    )
    assert str(Version(document, OTHER, "announced", "Names added", (), None)) == (
        "CNN, Fire: changed, and says so; Names added"
    )


def test_only_what_was_placed_has_a_place() -> None:
    places = ((3, 7),)

    found = {kind: Refound(ID, OTHER, kind, places).place for kind in ("exact", "moved", "ambiguous")}

    assert found == {"exact": (3, 7), "moved": (3, 7), "ambiguous": None}
    assert str(Refound(ID, OTHER, "lost", ())) == "lost"
    assert str(Refound(ID, OTHER, "exact", places)) == "exact: 3 to 7"


# Names ------------------------------------------------------------------------------------------------------------


def test_every_answer_is_imported_from_the_top() -> None:
    from provenance.answers import accusations, assertions, chains, conflicts, documents, lists, support

    for module in (accusations, assertions, chains, conflicts, documents, lists, support):
        public = {
            name for name, one in vars(module).items() if getattr(one, "__module__", "") == module.__name__
        }
        classes = {name for name in public if name[0].isupper() and isinstance(vars(module)[name], type)}
        assert classes <= {*provenance.__all__, "AmendmentNote"}
