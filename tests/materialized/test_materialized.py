"""What is materialized of claims, after commits of the kinds that change answers far from what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answered import counted, listed, looking_through
from limited import opened_with
from sqlalchemy import func, select

from provenance import (
    Agent,
    AgentSummary,
    Claim,
    Ledger,
    Link,
    Mention,
    Recorded,
    RecordId,
    Window,
    attribute,
    claim,
    organisation,
    outlet,
    person,
    shown,
    when,
)
from provenance.index import tables
from provenance.materialized import lists
from provenance.materialized.limits import Limits

DEATHS = attribute("deaths", value_type="number")
ZERO, TWO, THREE, FOUR, SIX = (
    claim(f"{words} died", subject="Kyiv", attribute=DEATHS, value=value)
    for words, value in (("Up to nine", "0 to 9"), ("Two", 2), ("Three", 3), ("Four", 4), ("Six", 6))
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened_with(Limits(assertions_of_a_steady_claim=1), tmp_path / "ledger.db") as opened:
        yield opened


def say(ledger: Ledger, name: str, said: Claim | str = "It burned", **more: Any) -> Recorded:
    item = shown("image", f"{name} {more.get('stance')} {said}")
    with ledger.begin(by="desk") as desk:
        return desk.record(said, source=person(name), evidence=item, **more)


def agent_of(recorded: Recorded) -> RecordId:
    return RecordId(recorded.assertions[0].agent.id)


def check(ledger: Ledger) -> None:
    """That the lists give what a look through the ledger does, and so when they are refreshed."""
    by_list = listed(ledger), counted(ledger)
    looking = looking_through(ledger)
    assert by_list == (listed(looking), counted(looking))
    ledger.refresh()
    assert by_list == (listed(ledger), counted(ledger))
    assert ledger.verify(index=True).findings == ()


def steadied(ledger: Ledger) -> int:
    marked = select(func.count()).where(tables.listing.c.list == lists.ORIGINS_STALE)
    with ledger._store.read() as connection:
        return connection.execute(marked).scalar_one()


def test_a_denial_may_be_the_first_counterpart_of_an_earlier_affirmation(ledger: Ledger) -> None:
    day = {"said_at": "2026-02-01"}
    say(ledger, "Anna Bila", **day)
    say(ledger, "Anna Bila", stance="deny", **day)
    for name in ("Borys Kit", "Clara Day"):
        say(ledger, name, **day)
    ledger.refresh()

    say(ledger, "Dora Lev", stance="deny", **day)

    check(ledger)


def test_a_value_that_is_denied_gives_back_the_one_that_it_displaced(ledger: Ledger) -> None:
    say(ledger, "Hugo Ost", THREE, said_at="2026-02-01")
    for name in ("Anna Bila", "Borys Kit"):
        say(ledger, name, TWO, said_at="2026-02-01")
    say(ledger, "Hugo Ost", TWO, said_at="2026-02-02")
    say(ledger, "Clara Day", THREE, said_at="2026-02-01")
    say(ledger, "Dora Lev", TWO, stance="deny", said_at="2026-02-01")
    ledger.refresh()

    say(ledger, "Hugo Ost", TWO, stance="deny", said_at="2026-02-03")

    check(ledger)


def test_a_conflict_that_was_displaced_comes_back(ledger: Ledger) -> None:
    say(ledger, "Xenia Orl", ZERO, said_at="2026-02-01")
    for name in ("Anna Bila", "Borys Kit"):
        say(ledger, name, TWO, said_at="2026-02-01")
    say(ledger, "Dora Lev", TWO, stance="deny", said_at="2026-02-01")
    for name, said, day in (
        ("Gina Pol", FOUR, 1),
        ("Gina Pol", SIX, 1),
        ("Hugo Ost", FOUR, 1),
        ("Hugo Ost", TWO, 2),
    ):
        say(ledger, name, said, said_at=f"2026-02-0{day}")
    ledger.refresh()

    say(ledger, "Hugo Ost", TWO, stance="deny", said_at="2026-02-03")

    check(ledger)


@pytest.mark.parametrize("change", ["merged", "withdrawn", "its finding withdrawn"])
def test_a_stale_claim_is_never_steady(ledger: Ledger, change: str) -> None:
    said = [say(ledger, name) for name in ("Anna Bila", "Borys Kit", "Clara Day")]
    recorded = said[0].claim
    denied, other = say(ledger, "Dora Lev", stance="deny"), say(ledger, "Anna Bila", "There was a fire")
    ledger.refresh()
    assert recorded is not None
    assert other.claim is not None
    with ledger.begin(by="desk") as desk:
        if change == "merged":
            desk.link("same_claim", recorded, other.claim)
        else:
            desk.withdraw(recorded if change == "withdrawn" else denied.assertion)

    say(ledger, "Ewa Nowak")

    assert steadied(ledger) == 0
    check(ledger)


@pytest.mark.parametrize("kind", ["control_group", "maybe_same_agent", "speaks_for"])
@pytest.mark.parametrize("is_undone", [False, True])
def test_ties_of_one_commit_join_whom_they_lead_to(ledger: Ledger, kind: str, *, is_undone: bool) -> None:
    said = [say(ledger, name) for name in ("Anna Bila", "Borys Kit")]
    holding = Agent(kind="organisation", naming="named", name="Holding")
    ties = [Link(kind=kind, source=holding, target=agent_of(one)) for one in said]
    ledger.refresh()

    with ledger.begin(by="desk") as desk:
        desk.add(*ties)
    check(ledger)
    if is_undone:
        with ledger.begin(by="desk") as desk:
            for tie in ties:
                desk.withdraw(tie)
        check(ledger)


def test_who_was_of_one_side_by_a_withdrawn_agent_comes_apart(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        for name in ("TASS", "Sputnik"):
            desk.record(
                "It burned", source=outlet(name, part_of="Russian state"), evidence=shown("image", name)
            )
    ledger.refresh()
    (state,) = (found for found in ledger.find("Russian state") if isinstance(found, AgentSummary))

    with ledger.begin(by="desk") as desk:
        desk.withdraw(state.id)

    check(ledger)
    assert [(one.lo, one.hi) for one in ledger.independence()] == [(2, 2)]


def test_what_a_withdrawn_agent_took_back_stands_again(ledger: Ledger) -> None:
    said = say(ledger, "Anna Bila")
    with ledger.begin(by="desk") as desk:
        amendment = desk.amend("misattributed", said, by=person("Tom Tal"))
    ledger.refresh()

    with ledger.begin(by="desk") as desk:
        desk.withdraw(amendment.record.by)

    check(ledger)
    assert [one.grade for one in ledger.independence()] == [3]


def test_a_withdrawn_outlet_dates_nothing(ledger: Ledger) -> None:
    say(ledger, "Anna Bila", THREE, said_at="2026-02-03")
    say(ledger, "Borys Kit", TWO, said_at="2026-02-04")
    undated = say(ledger, "Borys Kit", THREE)
    with ledger.begin(by="desk") as desk:
        paper = desk.document(outlet("AFP"), url="https://afp.example/1", published_at="2026-02-01")
        desk.add(Mention(assertion=undated.assertion, document=paper))
    ledger.refresh()

    with ledger.begin(by="desk") as desk:
        desk.withdraw(RecordId(paper.outlet.id))

    check(ledger)


def test_whether_a_claim_is_plain_does_not_hang_on_what_is_refreshed_with_it(ledger: Ledger) -> None:
    other = say(ledger, "Zed Zub", "Something else")
    with ledger.begin(by="desk") as desk:
        body = desk.record("A third thing", source=organisation("Ministry"))
        since = Window(when("2020-01-01"), None)
        desk.add(Link(kind="speaks_for", source=agent_of(other), target=agent_of(body), valid=since))
    ledger.refresh()
    for name in ("Anna Bila", "Borys Kit"):
        say(ledger, name)

    check(ledger)


def test_a_step_of_a_circle_has_the_time_of_whoever_carried_it_first(ledger: Ledger) -> None:
    for number, (name, day) in enumerate((("AFP", 1), ("CNN", 5), ("BBC", 6))):
        with ledger.begin(by="desk") as desk:
            story = {
                "outlet": outlet(name),
                "url": f"https://{name}.example",
                "published_at": f"2026-02-0{day}",
            }
            carried = desk.record("It burned", source=person("Olga Ost"), occasion="a speech", found_in=story)
            if number == 0:
                desk.retract(carried.assertions[-1], by=outlet(name))
    ledger.refresh()

    (found,) = ledger.circular("common_origin")

    times = {
        str(step.said_at.date())
        for chain in found.chains
        for step in chain.steps
        if str(step.agent) == "Olga Ost"
    }
    assert times == {"2026-02-01"}
