"""The materialized lists never lack a claim: they give what a look through the ledger gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from answered import counted, listed, looking_through, meddle
from databases import Database
from hypothesis import given, settings
from hypothesis import strategies as st
from limited import opened_with
from random_worlds import random_bounds, random_world
from sqlalchemy import Engine, create_engine, select, true
from worlds import World, bound

from provenance import (
    Assertion,
    Claim,
    Evidence,
    Ledger,
    Mention,
    Relay,
    Snapshot,
    add_hooks,
    attribute,
    claim,
    outlet,
    person,
    shown,
    unattributed,
)
from provenance.index import tables
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import certain, lists
from provenance.materialized.limits import Limits
from provenance.rules import conflicts

CNN = outlet("CNN")
DEATHS = attribute("deaths", cardinality="single", temporal="constant", value_type="number")
WORLDS = 10
"""How many worlds a run looks at, each after several commits of links, descriptions and withdrawals."""


@pytest.mark.slow
@settings(max_examples=WORLDS)
@given(seed=st.integers(0, 10**9))
def test_the_lists_give_what_a_look_through_the_ledger_gives(migrated_database: Database, seed: int) -> None:
    random = Random(seed)
    records = random_world(random)
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)
        world = World(records)
        world.record(ledger)
        for _ in range(3):
            meddle(random, ledger, world)

            overlaid = listed(ledger), counted(ledger)
            ledger.refresh()
            by_list = listed(ledger), counted(ledger)
            lists.mark_all_stale(connection)
            looking = looking_through(ledger)
            by_looking = listed(looking), counted(looking)
            ledger.refresh()

            assert overlaid == by_looking, json.dumps(records)
            assert by_list == by_looking, json.dumps(records)
        for one in ledger.independence():
            found = ledger.support(one.claim)
            assert one == (found.claim.id, found.grade, found.lo, found.hi), json.dumps(records)
        transaction.rollback()
    engine.dispose()


@pytest.mark.parametrize("few", [0, 1, 6, conflicts.FEW])
def test_conflicts_are_the_same_however_many_are_materialized(few: int, tmp_path: Path) -> None:
    deaths = attribute("deaths", value_type="number")
    with opened_with(Limits(conflict_pairs=few), tmp_path / "ledger.db") as ledger:
        with ledger.begin(by="desk") as desk:
            for place, counts in (("Kyiv", range(4)), ("Odesa", range(2))):
                for count in counts:
                    stated = claim(f"{count} died in {place}", subject=place, attribute=deaths, value=count)
                    desk.record(
                        stated,
                        source=person(f"Witness {count}"),
                        found_in={"outlet": CNN, "url": "https://cnn.com/1"},
                    )
        overlaid = listed(ledger)
        ledger.refresh()
        with ledger._store.read() as connection:
            rows = connection.execute(select(tables.conflict.c.issue)).scalars().all()

        assert listed(ledger) == overlaid
        assert ledger.conflicts().count() == 2
        assert len(list(ledger.conflicts())) == 7
        assert len(rows) == {0: 0, 1: 1}.get(few, 7)


JOINING = ("amendments", "attribute_order", "claim_links", "part_of", "same_subject")
"""What the plain rows of a ledger do not tell; without these a case holds no merges and nothing taken back."""


@settings(max_examples=WORLDS)
@given(seed=st.integers(0, 10**9))
def test_a_count_as_of_a_moment_is_that_of_the_answers(shared_engine: Engine, seed: int) -> None:
    random = Random(seed)
    records = {name: rows for name, rows in random_world(random).items() if name not in JOINING}
    for row in records.get("claims") or []:
        row.pop("same_as", None)
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)
        World(records).record(ledger)

        for bounds in ({}, *(random_bounds(random) for _ in range(4))):
            snapshot = ledger.as_of(**{name: bound(moment) for name, moment in bounds.items()})
            for nature in ("factual", "prospective"):
                unsupported = snapshot.unsupported(nature=nature)

                assert unsupported.count() == len(list(unsupported)), (bounds, json.dumps(records))
            assert snapshot.conflicts().count() == len({one.issue for one in snapshot.conflicts()})
            disputed = _disputed(snapshot)
            with patch.object(certain, "may_be_said", return_value=true()):
                assert disputed == _disputed(snapshot), (bounds, json.dumps(records))
        assert certain.unsupported(ClaimGraphLoader(connection), "no_evidence", "factual") is not None
        transaction.rollback()


def _disputed(snapshot: Snapshot) -> list[list[Any]]:
    return [
        list(snapshot.conflicts(strength="possible")),
        list(snapshot.divergences(strength="possible")),
        list(snapshot.self_contradictions()),
    ]


def test_a_conflict_as_of_a_moment_may_be_older_than_what_it_was_found_in(
    migrated_database: Database,
) -> None:
    """Its day is that of its recording, or of what rests on it, be it on another claim."""
    clock = iter(datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 20))
    awake, said_so = Claim(text="He is awake"), Claim(text="They say that he is awake")
    with Ledger.open(migrated_database.url, clock=lambda: next(clock)) as ledger:
        with ledger.begin(by="desk") as desk:
            later = desk.document(CNN, url="https://cnn.com/1", published_at="2026-02-20")
            desk.record(awake, source=person("Anna Ivanova"), found_in=later)
            desk.record(awake, source=person("Boris Petrov"), stance="deny", found_in=later)
            earlier = desk.document(CNN, url="https://cnn.com/2", published_at="2026-02-10")
            for stance in ("affirm", "deny"):
                above = desk.record(said_so, source=CNN, occasion=stance, found_in=earlier)
                below = desk.record(awake, source=person(f"{stance} him"), stance=stance, found_in=later)
                desk.add(Relay(source=above.assertions[0], target=below.assertions[0]))

        found = {
            day: len(list(ledger.as_of(said=f"2026-02-{day}").conflicts())) for day in ("09", "10", "20")
        }

        assert found == {"09": 0, "10": 1, "20": 1}


def test_a_conflict_as_of_a_moment_may_be_named_by_a_claim_said_later(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url) as ledger, ledger.begin(by="desk") as desk:
        for dead, day in ((3, 20), (4, 9), (5, 10)):
            paper = desk.document(CNN, url=f"https://cnn.com/{dead}", published_at=f"2026-02-{day:02}")
            stated = claim(f"{dead} died", subject="the fire", attribute=DEATHS, value=dead)
            desk.record(stated, source=person(f"Person {dead}"), found_in=paper)

    with Ledger.open(migrated_database.url) as ledger:
        snapshots = [ledger.as_of(said=f"2026-02-{day}").conflicts() for day in ("09", "10", "20")]
        found = [(each.count(), len(list(each))) for each in snapshots]

    assert found == [(0, 0), (1, 1), (1, 3)]


BOUNDS: tuple[dict[str, str], ...] = (
    {"said": "2026-02-03"},
    {"said": "2026-02-06"},
    {"said": "2026-02-07"},
    {"known": "2026-03-04"},
    {"known": "2026-03-08"},
    {},
)


def test_counts_as_of_a_moment_know_what_evidence_does_not_support(migrated_database: Database) -> None:
    clock = iter(datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 20))
    with Ledger.open(migrated_database.url, clock=lambda: next(clock)) as ledger:
        for day, sentence in enumerate(evidenced_in_vain(), start=1):
            with ledger.begin(by="desk") as desk:
                paper = desk.document(CNN, url=f"https://cnn.com/{day}", published_at=f"2026-02-{day:02}")
                desk.record(found_in=paper, **sentence)
        with ledger.begin(by="desk") as desk:
            adopted, unseen = (Claim(text=words) for words in ("Adopted", "Heard of"))
            paper = desk.document(CNN, url="https://cnn.com/9", published_at="2026-02-09")
            first = desk.record(adopted, source=person("Anna Ivanova"), via=[outlet("TASS")], found_in=paper)
            own = Assertion(
                agent=first.assertions[2].agent, claim=adopted, stance="affirm", occasion="an article"
            )
            far = Assertion(
                agent=first.assertions[1].agent, claim=unseen, stance="affirm", occasion="a dispatch"
            )
            for one in (own, far):
                desk.add(one, Mention(assertion=one, document=paper), Evidence(assertion=one, kind="video"))
            desk.add(Relay(source=own, target=first.assertions[0]))

        unsupported = [ledger.as_of(**bounds).unsupported() for bounds in BOUNDS]
        listed = [[str(one.claim) for one in each] for each in unsupported]

        assert listed[-1] == ["Denied", "Blamed", "Adopted", "Heard of"]
        assert [each.count() for each in unsupported] == [len(each) for each in listed]


def evidenced_in_vain() -> list[dict[str, Any]]:
    """Sentences with evidence, most of which supports nothing."""
    anna, letter = person("Anna Ivanova"), {"evidence": shown("document", "a letter")}
    far = [outlet(name) for name in ("TASS", "Interfax", "BBC", "AFP")]
    return [
        {"claim": "Shown", "source": anna, **letter},
        {"claim": "Denied", "source": anna, "stance": "deny", **letter},
        {"claim": "Blamed", "source": unattributed("blamed on rebels"), **letter},
        {"claim": "Came from afar", "source": anna, "via": far, **letter},
        {"claim": "Came from near", "source": anna, "via": far[:1], **letter},
        {"claim": "Shown in the end", "source": anna},
        {"claim": "Shown in the end", "source": anna, "occasion": "a letter", **letter},
    ]
