"""The index is derived anew beside the one that answers: in pages, resumed where it broke off, switched at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import pytest
from databases import Database
from limited import opened_with
from sqlalchemy import Connection, create_engine, inspect, select

from provenance import Entry, Ledger, add_hooks, anonymous, outlet, person
from provenance.database.transactions import reading, writing
from provenance.index import shadow, tables
from provenance.materialized import lists
from provenance.materialized.applying import apply
from provenance.materialized.limits import Limits
from provenance.operations import rebuilding
from provenance.values.records import Record

_T = TypeVar("_T")
PAGE = 3
"""Entries in a page here, and claims refreshed at a time, so that a small ledger has several."""

LIMITS = Limits(claims=PAGE)


class BrokenOff(Exception):
    pass


@pytest.fixture
def ledger(migrated_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    with opened_with(LIMITS, migrated_database.url) as opened:
        fill(opened)
        yield opened


def rebuild(ledger: Ledger) -> int:
    """As `Ledger.rebuild`, in small pages."""
    return rebuilding.rebuild(ledger._store, made_by="this test", page=PAGE, limits=LIMITS)


derive = partial(rebuilding.derive, made_by="this test", page=PAGE, limits=LIMITS)
put_in_place = partial(rebuilding.put_in_place, made_by="this test", page=PAGE)


def fill(ledger: Ledger) -> None:
    for number in range(7):
        with ledger.begin(by="desk") as desk:
            story = desk.document(outlet("CNN"), url=f"https://example.org/{number // 2}")
            said = desk.record(
                f"It burned on day {number % 5}",
                source=anonymous("a neighbour"),
                via=[outlet("TASS")],
                found_in=story,
                certainty=None if number % 3 else "probable",
            )
            if number == 5:
                desk.retract(said)
            if number == 6:
                desk.withdraw(said)
    ledger.refresh()


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for table in tables.INDEX_TABLES
    }


def index_of(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    with ledger._store.read() as connection:
        return rows(connection)


def is_whole(ledger: Ledger) -> bool:
    """The index is the log's, search and names included, and nothing of the rebuild is left."""
    with ledger._store.read() as connection:
        names = inspect(connection).get_table_names()
    return ledger.verify(index=True).ok and not [name for name in names if name.startswith(shadow.NEXT)]


def test_an_index_derived_anew_is_the_one_that_was_there(ledger: Ledger) -> None:
    before = index_of(ledger)

    count = ledger.rebuild()

    assert count == len(list(ledger.entries()))
    assert index_of(ledger) == before
    assert is_whole(ledger)


def test_a_damaged_index_is_whole_again(ledger: Ledger, migrated_database: Database) -> None:
    before = index_of(ledger)
    engine = add_hooks(create_engine(migrated_database.url))
    with writing(engine) as connection:
        connection.execute(tables.claim.update().values(text="It rained"))
        connection.execute(tables.words.delete())
    engine.dispose()
    assert not ledger.verify(index=True).ok

    ledger.rebuild()

    assert index_of(ledger) == before
    assert [str(one) for one in ledger.find("burned")] == [f"It burned on day {day}" for day in range(5)]
    assert is_whole(ledger)


@pytest.mark.parametrize("kept", [1, 3, 7, 12])
def test_a_rebuild_that_broke_off_anywhere_is_resumed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    before, entries, count = index_of(ledger), len(list(ledger.entries())), 0
    written = ledger._store.write

    def breaking(work: Callable[[Connection], _T]) -> _T:
        nonlocal count
        if count == kept:
            raise BrokenOff
        count += 1
        return written(work)

    with monkeypatch.context() as patched:
        patched.setattr(ledger._store, "write", breaking)
        with pytest.raises(BrokenOff):
            rebuild(ledger)
    assert index_of(ledger) == before
    assert ledger.counts()["claim"] == 5
    starts = starts_of_pages(monkeypatch)
    rebuild(ledger)

    steps_before_the_first = 2  # may tables be made, and making them
    assert starts == list(range(0, entries, PAGE))[max(0, kept - steps_before_the_first) :]
    assert index_of(ledger) == before
    assert is_whole(ledger)


def starts_of_pages(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notes behind which entry every page begins that a rebuild applies."""
    found: list[int] = []

    def noted(connection: Connection, page: list[Entry], decoded: list[list[Record]]) -> None:
        found.append(page[0].seq - 1)
        apply(connection, page, decoded)

    monkeypatch.setattr(rebuilding, "apply", noted)
    return found


def test_another_releases_rebuild_is_begun_anew(ledger: Ledger) -> None:
    written = ledger._store.write
    written(lambda connection: rebuilding._begin(connection, "an older release"))
    written(partial(rebuilding._apply_page, page=PAGE))

    rebuild(ledger)

    assert is_whole(ledger)


def test_another_releases_tables_are_never_put_in_place(ledger: Ledger) -> None:
    rebuilding.derive(ledger._store, made_by="an older release", page=PAGE, limits=LIMITS)
    before = index_of(ledger)

    count = ledger._store.write(put_in_place)

    assert count is None
    assert index_of(ledger) == before


def test_a_rebuild_that_is_resumed_catches_up_before_the_switch(
    ledger: Ledger, migrated_database: Database
) -> None:
    derive(ledger._store)
    with Ledger.open(migrated_database.url) as other:
        fill(other)
        other.record("It burned on day 1", source=person("Anna"), stance="deny", by="desk")
        other.refresh()
    before = index_of(ledger)

    derive(ledger._store)

    with ledger._store.read() as connection:
        done = connection.execute(select(shadow.progress.c.done)).scalar_one()
    assert done == len(list(ledger.entries()))
    assert ledger._store.write(put_in_place) == done
    assert index_of(ledger) == before
    assert is_whole(ledger)


@pytest.mark.parametrize("at", range(2, 12))
def test_two_rebuilds_at_once_share_their_work(
    ledger: Ledger, migrated_database: Database, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    before, written, count = index_of(ledger), ledger._store.write, 0

    def interrupted(work: Callable[[Connection], _T]) -> _T:
        nonlocal count
        count += 1
        if count == at:
            with Ledger.open(migrated_database.url) as other:
                rebuild(other)
        return written(work)

    monkeypatch.setattr(ledger._store, "write", interrupted)
    rebuild(ledger)

    assert count >= at
    assert index_of(ledger) == before
    assert is_whole(ledger)


def test_what_is_recorded_meanwhile_is_in_it(ledger: Ledger, migrated_database: Database) -> None:
    derive(ledger._store)
    with Ledger.open(migrated_database.url) as other:
        fill(other)  # says some of it anew, and that one more time
        with other.begin(by="desk") as desk:
            said = desk.record("It burned on day 1", source=person("Anna"))
            desk.retract(said)
            for day in range(2 * PAGE):
                desk.record(f"It rained on day {day}", source=person("Anna"))
        other.refresh()
    before = index_of(ledger)

    ledger._store.write(put_in_place)
    while ledger._store.write(partial(lists.refresh, limits=LIMITS)):
        pass

    assert index_of(ledger) == before
    assert is_whole(ledger)


def test_readers_never_wait_for_a_rebuild_and_see_no_half_of_it(
    ledger: Ledger, migrated_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader looks while every step of it holds its transaction open, the switch included."""
    engine = add_hooks(create_engine(migrated_database.url))
    before, written, looks = index_of(ledger), ledger._store.write, 0

    def looked(work: Callable[[Connection], _T]) -> _T:
        def and_look(connection: Connection) -> _T:
            nonlocal looks
            done = work(connection)
            with reading(engine) as other:
                assert rows(other) == before
            looks += 1
            return done

        return written(and_look)

    monkeypatch.setattr(ledger._store, "write", looked)
    watched = threading.Thread(target=rebuild, args=(ledger,))
    watched.start()
    watched.join(timeout=60)
    engine.dispose()

    assert not watched.is_alive()
    assert looks > 8
    assert is_whole(ledger)


def test_in_a_callers_transaction_it_is_undone_with_the_rest(
    ledger: Ledger, migrated_database: Database
) -> None:
    before = index_of(ledger)
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(tables.claim.update().values(text="It rained"))
        Ledger.open(connection).rebuild()
        within = rows(connection)
        transaction.rollback()
    engine.dispose()

    assert within == before == index_of(ledger)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_rebuild_stays_in_the_ledgers_schema(database: Database) -> None:
    engine = create_engine(database.url)
    with Ledger.install(engine, schema="desk") as ledger:
        fill(ledger)
        before = index_of(ledger)
        ledger._store.write(lambda connection: rebuilding._begin(connection, "this test"))
        names = inspect(engine).get_table_names(schema="desk")

        ledger.rebuild()

        assert index_of(ledger) == before
        assert shadow.progress.name in names
        assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_shadow_tables_have_no_name_of_the_others(ledger: Ledger) -> None:
    ledger._store.write(shadow.create)
    with ledger._store.read() as connection:
        found = inspect(connection)
        names = [name for name in found.get_table_names() if name.startswith(shadow.NEXT)]
        used = {each["name"] for name in names for each in found.get_indexes(name)}
        used |= {found.get_pk_constraint(name)["name"] for name in names}

    assert len(names) == len(tables.INDEX_TABLES) + 1
    assert all(name is None or f"_{shadow.NEXT}" in name for name in used)
    ledger._store.write(shadow.drop)
    assert is_whole(ledger)


def test_a_rebuild_says_how_far_it_came(ledger: Ledger) -> None:
    ledger._store.write(lambda connection: rebuilding._begin(connection, "this test"))
    ledger._store.write(partial(rebuilding._apply_page, page=PAGE))

    with ledger._store.read() as connection:
        row = connection.execute(select(shadow.progress)).one()

    assert tuple(row) == ("this test", len(list(ledger.entries())), PAGE)
