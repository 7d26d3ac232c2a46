"""No claim is missing from the materialized lists: they give what is computed from everything."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from databases import Database
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import random_bounds, random_world
from sqlalchemy import Engine, create_engine, select, true
from worlds import World, bound

from provenance import (
    Assertion,
    Claim,
    Evidence,
    Ledger,
    Link,
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
from provenance.rules import circular, conflicts, support
from provenance.values.records import Record

CNN = outlet("CNN")
DEATHS = attribute("deaths", cardinality="single", temporal="constant", value_type="number")
WORLDS = 10
"""Worlds in a run, each of which gets several commits of links, descriptions and withdrawals."""


def listed(ledger: Ledger) -> dict[str, list[str]]:
    """Everything that questions about the whole ledger answer, in words, and conflicts in full."""
    found: dict[str, list[str]] = {
        kind: [str(one.claim.id) for one in ledger.unsupported(kind)] for kind in support.UNSUPPORTED_KINDS
    }
    for strength in ("definite", "possible"):
        found[f"conflicts {strength}"] = [repr(one) for one in ledger.conflicts(strength=strength)]
        found[f"divergences {strength}"] = [repr(one) for one in ledger.divergences(strength=strength)]
    found["self"] = [str(one) for one in ledger.self_contradictions()]
    found["changes"] = [str(one) for one in ledger.changes()]
    for kind in circular.KINDS:
        found[kind] = [str(one) for one in ledger.circular(kind)]
    found["independence"] = [f"{one.claim} {one.grade} {one.lo} {one.hi}" for one in ledger.independence()]
    return found


def counted(ledger: Ledger) -> dict[str, int]:
    found = {kind: ledger.unsupported(kind).count() for kind in support.UNSUPPORTED_KINDS}
    found["conflicts"] = ledger.conflicts(strength="possible").count()
    found["self"] = ledger.self_contradictions().count()
    found["circular"] = ledger.circular(*circular.KINDS).count()
    return found


def meddle(random: Random, ledger: Ledger, world: World) -> None:
    """Records links, and perhaps a withdrawal: commits that change answers about what was recorded before."""
    agents, claims = list(world.agents.values()), list(world.claims.values())
    assertions, entities = list(world.assertions.values()), list(world.entities.values())
    choices: list[Any] = [
        ("same_agent", agents),
        ("maybe_same_agent", agents),
        ("control_group", agents),
        ("speaks_for", agents),
        ("same_claim", claims),
        ("entails", claims),
        ("contradicts", claims),
        ("same_entity", entities),
        ("part_of", entities),
        ("same_event", assertions),
    ]
    links = []
    for _ in range(random.choice((1, 1, 2))):
        kind, among = random.choice([choice for choice in choices if len({one.id for one in choice[1]}) > 1])
        one, other = random.sample(list({each.id: each for each in among}.values()), 2)
        links.append(Link(kind=kind, source=one, target=other))
    with ledger.begin(by="test") as desk:
        desk.add(*links)
    world.meddled = [*getattr(world, "meddled", []), *links]  # type: ignore[attr-defined]
    withdrawable: list[Record] = [*world.meddled, *assertions, *claims, *agents, *entities]  # type: ignore[attr-defined]
    if random.random() < 0.6:
        with ledger.begin(by="test") as desk:
            desk.withdraw(random.choice(withdrawable))


@pytest.mark.slow
@settings(max_examples=WORLDS)
@given(seed=st.integers(0, 10**9))
def test_the_lists_give_what_a_look_at_everything_gives(migrated_database: Database, seed: int) -> None:
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
            with patch.object(lists, "WAITING", 0):
                by_looking = listed(ledger), counted(ledger)
            ledger.refresh()

            assert overlaid == by_looking, json.dumps(records)
            assert by_list == by_looking, json.dumps(records)
        for one in ledger.independence():
            found = ledger.support(one.claim)
            assert one == (found.claim.id, found.grade, found.lo, found.hi), json.dumps(records)
        transaction.rollback()
    engine.dispose()


@pytest.mark.parametrize("few", [0, 1, 6, conflicts.FEW])
def test_conflicts_are_the_same_however_many_are_kept(few: int, tmp_path: Path) -> None:
    deaths = attribute("deaths", value_type="number")
    with Ledger.open(tmp_path / "ledger.db") as ledger, patch.object(conflicts, "FEW", few):
        with ledger.begin(by="desk") as desk:
            for place, counts in (("Kyiv", range(4)), ("Odesa", range(2))):
                for count in counts:
                    stated = claim(f"{count} died in {place}", subject=place, attribute=deaths, value=count)
                    desk.record(
                        stated,
                        source=person(f"Witness {count}"),
                        found_in={"outlet": CNN, "url": "https://cnn.com/1"},
                    )
        aside = listed(ledger)
        ledger.refresh()
        with ledger._store.read() as connection:
            kept = connection.execute(select(tables.conflict.c.issue)).scalars().all()

        assert listed(ledger) == aside
        assert ledger.conflicts().count() == 2
        assert len(list(ledger.conflicts())) == 7
        assert len(kept) == {0: 0, 1: 1}.get(few, 7)


JOINING = ("amendments", "attribute_order", "claim_links", "part_of", "same_subject")
"""The parts of a case that plain rows do not show. Without them nothing is merged, and nothing taken back."""


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
    """An assertion counts from its own publication, or from an earlier one of what rests on it, on whichever claim."""
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
    """Sentences with evidence, most of which supports no claim."""
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
