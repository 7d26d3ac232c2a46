"""Steady claims: left on the lists that they stand on, they stand where a look through the ledger puts them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from answered import listed, looking_through
from databases import Database
from hypothesis import given, settings
from hypothesis import strategies as st
from limited import opened_with
from sqlalchemy import Connection, create_engine, func, select

from provenance import (
    Assertion,
    Ledger,
    Mention,
    Relay,
    add_hooks,
    anonymous,
    attribute,
    claim,
    outlet,
    partly_named,
    person,
    shown,
)
from provenance.index import tables
from provenance.materialized import lists
from provenance.materialized.limits import Limits

DEATHS = attribute("deaths", value_type="number")
CLAIMS = [
    claim("It burned"),
    claim("It will burn", nature="prospective"),
    claim("Two died", subject="Kyiv", attribute=DEATHS, value=2),
    claim("Three died", subject="Kyiv", attribute=DEATHS, value=3),
    claim("Several died", subject="Kyiv", attribute=DEATHS, value="2 to 9"),
    claim("Ten died", subject="Odesa", attribute=DEATHS, value=10),
]
FIRST, LAST = (
    ("Anna", "Borys", "Clara", "Dmytro", "Ewa", "Fedir"),
    ("Bila", "Day", "Kit", "Lev", "Nowak", "Zub"),
)
OUTLETS = [outlet("CNN"), outlet("TASS", part_of="Russian state"), outlet("Sputnik", part_of="Russian state")]
COMMITS = 30
LOOKS = 5
"""Commits between two looks through the ledger."""


def sentence(random: Random, number: int) -> dict[str, Any]:
    chance = random.random()
    source = (
        anonymous("officials")
        if chance < 0.1
        else partly_named(random.choice(["Anna", "Olena"]))
        if chance < 0.13
        else random.choice(OUTLETS)
        if chance < 0.25
        else person(f"{random.choice(FIRST)} {random.choice(LAST)}")
    )
    shows = [shown("document", f"item {random.randrange(8)}") for _ in range(random.choice((0, 0, 1, 1, 2)))]
    return {
        "claim": random.choices(CLAIMS, weights=(6, 1, 4, 1, 2, 4))[0],
        "source": source,
        "via": random.choices(OUTLETS, k=random.choice((0, 0, 0, 1, 2))),
        "stance": random.choices(("affirm", "deny", "question"), weights=(40, 2, 1))[0],
        "certainty": random.choices((None, "certain", "probable", "possible"), weights=(20, 6, 1, 1))[0],
        "basis": random.choices((None, "witness"), weights=(5, 1))[0],
        "evidence": shows or random.choice((None, "absent")),
        "found_in": {
            "outlet": random.choice(OUTLETS),
            "url": f"https://example.org/{number // 2}",
            "published_at": f"2026-02-{1 + number // 2 % 8:02}",
        },
        "quote": random.choice((None, f"so it is, {number}")),
        "quote_type": random.choice((None, "direct", "indirect")),
    }


EVERY_CLAIM_MAY_BE_STEADY = Limits(assertions_of_a_steady_claim=1)


def steadied(connection: Connection) -> int:
    marked = select(func.count()).where(tables.listing.c.list == lists.ORIGINS_STALE)
    return connection.execute(marked).scalar_one()


def live(ledger: Ledger, connection: Connection, random: Random) -> int:
    """Records sentences, and compares the lists with a look through the ledger; gives how many claims were steady."""
    found = 0
    for number in range(COMMITS):
        with ledger.begin(by="desk") as desk:
            for line in range(random.choice((1, 1, 1, 3))):
                desk.record(**sentence(random, 10 * number + line))
        found += steadied(connection)
        if random.random() < 0.8:
            while lists.refresh(connection, limits=EVERY_CLAIM_MAY_BE_STEADY):
                pass
        if random.random() < 0.05:
            ledger.refresh()
            assert steadied(connection) == 0
        if number % LOOKS == LOOKS - 1:
            by_list = listed(ledger)
            assert by_list == listed(looking_through(ledger)), number
    assert ledger.verify(index=True).ok
    return found


@pytest.mark.slow
@settings(max_examples=8)
@given(seed=st.integers(0, 10**9))
def test_steady_claims_stand_where_a_look_through_the_ledger_puts_them(
    migrated_database: Database, seed: int
) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        transaction = connection.begin()
        live(opened_with(EVERY_CLAIM_MAY_BE_STEADY, connection), connection, Random(seed))
        transaction.rollback()
    engine.dispose()


def test_most_sentences_on_corroborated_claims_leave_them_steady(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    engine = add_hooks(create_engine(f"sqlite:///{path}"))
    with engine.connect() as connection, connection.begin():
        assert live(opened_with(EVERY_CLAIM_MAY_BE_STEADY, connection), connection, Random(7)) > COMMITS / 2
    engine.dispose()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened_with(EVERY_CLAIM_MAY_BE_STEADY, tmp_path / "ledger.db") as opened:
        yield opened


def corroborated(ledger: Ledger, *names: str) -> None:
    with ledger.begin(by="desk") as desk:
        for name in names:
            desk.record("It burned", source=person(name), evidence=shown("image", f"by {name}"))
    ledger.refresh()


@pytest.mark.parametrize(
    "more",
    [
        {"source": partly_named("Anna"), "occasion": "a street", "evidence": shown("image", "by her")},
        {"source": person("Dora"), "evidence": [shown("image", "by Anna"), shown("image", "by Boris")]},
        {"source": person("Dora"), "stance": "deny"},
    ],
    ids=["a first name", "two pieces of evidence", "a denial"],
)
def test_a_claim_whose_lists_may_change_is_refreshed(ledger: Ledger, more: dict[str, Any]) -> None:
    corroborated(ledger, "Anna", "Boris")
    with ledger.begin(by="desk") as desk:
        paper = desk.document(outlet("CNN"), url="https://cnn.com/1", published_at="2026-02-07")
        desk.record("It burned", found_in=paper, **more)

    with ledger._store.read() as connection:
        assert steadied(connection) == 0


def test_a_claim_with_a_change_on_the_way_is_refreshed(ledger: Ledger) -> None:
    corroborated(ledger, "Anna", "Boris")
    with ledger.begin(by="desk") as desk:
        paper = desk.document(outlet("CNN"), url="https://cnn.com/1", published_at="2026-02-07")
        said = desk.record("It burned", source=person("Dora"), found_in=paper).assertions
        own = Assertion(agent=said[1].agent, claim=said[0].claim, stance="affirm", occasion="a comment")
        desk.add(own, Mention(assertion=own, document=paper), Relay(source=own, target=said[0]))

    with ledger._store.read() as connection:
        assert steadied(connection) == 0
    assert [one.kind for one in ledger.changes()] == ["adopted"]


def test_a_sentence_of_somebody_else_leaves_a_corroborated_claim_steady(ledger: Ledger) -> None:
    corroborated(ledger, "Anna", "Boris")
    corroborated_by = list(ledger.independence())
    with ledger.begin(by="desk") as desk:
        desk.record("It burned", source=person("Clara"), evidence=shown("image", "by Clara"))

    with ledger._store.read() as connection:
        assert steadied(connection) == 1
    assert [(one.lo, one.hi) for one in corroborated_by] == [(2, 2)]
    assert [(one.lo, one.hi) for one in ledger.independence()] == [(3, 3)]
