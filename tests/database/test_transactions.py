"""What other writers, lost connections and failed commits do to a commit: nothing by half, and nothing twice."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from databases import Database
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from provenance import Ledger, add_hooks, outlet, person
from provenance.database.store import Store
from provenance.database.transactions import Patience
from provenance.errors import (
    AmbiguousName,
    ConcurrentCommit,
    DamagedLog,
    DatabaseFailed,
    KeyReused,
    LedgerBusy,
    NotEntitled,
    OutcomeUnknown,
)
from provenance.log import guards, journal, tables

ANNA, BORIS = person("Anna"), person("Boris")


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


@pytest.fixture
def engine(migrated_database: Database) -> Iterator[Engine]:
    made = add_hooks(create_engine(migrated_database.url))
    yield made
    made.dispose()


def commits(ledger: Ledger) -> int:
    with ledger._store.read() as connection:
        return journal.head(connection).seq


class Failing:
    """Makes the database fail once, at a moment, as it does when another transaction has its way."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.is_left = True

    def __call__(self, *_: object, **__: object) -> None:
        if self.is_left:
            self.is_left = False
            raise failure(self.code)


def failure(code: str) -> OperationalError:
    cause = Exception("told by the driver")
    cause.sqlstate = code  # type: ignore[attr-defined]
    return OperationalError("INSERT INTO secrets", {}, cause)


# A key -----------------------------------------------------------------------------------------------------------


def test_a_commit_repeated_under_its_key_is_stored_once(ledger: Ledger) -> None:
    first = ledger.record("It burned", source=ANNA, by="desk", key="story 1")

    again = ledger.record("It burned", source=ANNA, by="desk", key="story 1")

    assert (first.is_new, again.is_new) == (True, False)
    assert again.records == first.records
    assert commits(ledger) == 1


def test_another_content_under_a_used_key_is_refused(ledger: Ledger) -> None:
    ledger.record("It burned", source=ANNA, by="desk", key="story 1")

    for claim, by in (("It rained", "desk"), ("It burned", "another desk")):
        with pytest.raises(KeyReused, match="commit 1"):
            ledger.record(claim, source=ANNA, by=by, key="story 1")

    assert commits(ledger) == 1


def test_a_repeated_commit_means_what_it_meant_before_the_first_one(ledger: Ledger) -> None:
    """Rounds of withdrawal are counted, and bare names looked up, in what the ledger held then."""
    merge = recorded_merge(ledger)

    def withdraw() -> object:
        with ledger.begin(by="desk", key="undo") as desk:
            undone = desk.withdraw(merge)
            desk.record("It burned", source="Ministry", found_in={"outlet": "CNN", "url": "u"})
        return undone.records

    first = withdraw()
    ledger.record("It rained", source=outlet("Ministry"), by="desk")  # another agent of that name

    assert withdraw() == first
    assert ledger.counts()["withdrawal"] == 1


def test_a_repeated_commit_finds_a_name_that_has_become_ambiguous(ledger: Ledger) -> None:
    ledger.record("It snowed", source=person("Ministry"), by="desk")

    def record() -> Any:
        return ledger.record("It burned", source="Ministry", key="story 1", by="desk")

    first = record()
    ledger.record("It rained", source=outlet("Ministry"), by="desk")
    with pytest.raises(AmbiguousName):
        ledger.record("It burned", source="Ministry", by="desk")
    again = record()

    assert (first.is_new, again.is_new) == (True, False)
    assert again.assertion == first.assertion


def test_a_repeated_withdrawal_takes_what_only_the_sentence_said_then(ledger: Ledger) -> None:
    def record(relay: str) -> Any:
        return ledger.record("It burned", source=ANNA, via=[outlet(relay)], occasion="briefing", by="desk")

    sentence = record("TASS")

    def withdraw() -> object:
        with ledger.begin(by="desk", key="undo") as desk:
            return desk.withdraw(sentence).records

    first = withdraw()
    record("CNN")  # rests on what Anna said, too

    assert withdraw() == first


def recorded_merge(ledger: Ledger) -> Any:
    with ledger.begin(by="desk") as desk:
        first = desk.record("It burned", source=ANNA, basis="witness")
        second = desk.record("It burned", source=BORIS, basis="witness")
        return desk.link("same_agent", second.assertion.agent, first.assertion.agent)


def test_a_repeated_description_is_compared_with_what_was_known_then(ledger: Ledger) -> None:
    def describe(certainty: str, key: str | None = None) -> bool | None:
        fields = {"source": ANNA, "certainty": certainty, "occasion": "briefing"}
        return ledger.record("It burned", by="desk", key=key, **fields).is_new

    describe("possible")
    first = describe("certain", "k")
    again = describe("certain", "k")
    describe("possible")

    assert (first, again, describe("certain", "k")) == (True, False, False)
    assert commits(ledger) == 3


def test_a_key_holds_in_a_callers_transaction_too(engine: Engine) -> None:
    with engine.begin() as connection:
        joined = Ledger.open(connection)
        joined.record("It burned", source=ANNA, key="story 1", by="desk")
        again = joined.record("It burned", source=ANNA, key="story 1", by="desk")
        with pytest.raises(KeyReused):
            joined.record("It rained", source=ANNA, key="story 1", by="desk")
        joined.record("It rained", source=ANNA, by="desk")

    assert again.is_new is False
    assert commits(Ledger.open(engine)) == 2


# A commit that fails ---------------------------------------------------------------------------------------------


def test_a_commit_that_fails_may_have_been_stored_and_can_be_repeated(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_commit = RootTransaction.commit

    def commit_and_lose_the_answer(transaction: RootTransaction) -> None:
        really_commit(transaction)
        raise failure("08006")

    with monkeypatch.context() as patched:
        patched.setattr(RootTransaction, "commit", commit_and_lose_the_answer)
        with pytest.raises(OutcomeUnknown, match="may be stored") as unknown:
            ledger.record("It burned", source=ANNA, key="story 1", by="desk")
    again = ledger.record("It burned", source=ANNA, key="story 1", by="desk")

    assert "secrets" not in f"{unknown.value!r}{unknown.value}"
    assert again.is_new is False
    assert commits(ledger) == 1


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "SQLITE_BUSY_SNAPSHOT"])
def test_what_another_transaction_overtook_is_repeated(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    real, fail = journal.append, Failing(code)

    def append(*arguments: Any, **named: Any) -> object:
        header = real(*arguments, **named)
        fail()
        return header

    monkeypatch.setattr(journal, "append", append)
    recorded = ledger.record("It burned", source=ANNA, by="desk")

    assert not fail.is_left
    assert recorded.is_new
    assert commits(ledger) == 1


def test_in_a_callers_transaction_nothing_is_repeated(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.connect() as connection:
        joined = Ledger.open(connection)
        monkeypatch.setattr(journal, "append", Failing("40P01"))

        with pytest.raises(ConcurrentCommit, match="all of your transaction"):
            joined.record("It burned", source=ANNA, by="desk")


def test_repeating_has_an_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    hasty = Patience(attempts=5, longest_pause=0.001)

    def append(*_: object, **__: object) -> None:
        attempts.append(1)
        raise failure("40001")

    monkeypatch.setattr(journal, "append", append)
    with pytest.raises(ConcurrentCommit, match="repeat the whole commit"):
        Ledger(Store(engine, patience=hasty)).record("It burned", source=ANNA, by="desk")

    assert len(attempts) == hasty.attempts


def test_no_error_of_the_database_is_repeated_but_those(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail = Failing("53100")  # the disk is full
    monkeypatch.setattr(journal, "append", fail)

    with pytest.raises(DatabaseFailed, match="53100"):
        ledger.record("It burned", source=ANNA, by="desk")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_pooled_connection_that_the_server_has_closed_is_replaced(ledger: Ledger, engine: Engine) -> None:
    ledger.record("It burned", source=ANNA, by="desk")
    with ledger._store.read() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    assert ledger.record("It rained", source=ANNA, by="desk").is_new


def test_what_the_database_changed_on_the_way_is_not_acknowledged(ledger: Ledger, engine: Engine) -> None:
    def garble(connection: Connection, _: object, statement: str, *__: object) -> None:
        if statement.startswith(f"INSERT INTO {tables.entry.name} "):
            guards.take_down(connection)
            connection.execute(update(tables.entry).values(body=b"{}"))

    event.listen(ledger._store.engine, "after_cursor_execute", garble)
    with pytest.raises(DamagedLog, match="commit 1"):
        ledger.record("It burned", source=ANNA, by="desk")
    event.remove(ledger._store.engine, "after_cursor_execute", garble)

    assert commits(ledger) == 0


# Other writers ---------------------------------------------------------------------------------------------------


IMPATIENT = Patience(for_a_lock=200, altogether=0.2)


@pytest.fixture
def impatient(engine: Engine) -> Ledger:
    """A ledger that waits for others as long as `IMPATIENT` says, as everybody does who uses this engine."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def wait_no_longer(connection: sqlite3.Connection, _: object) -> None:
            connection.execute(f"PRAGMA busy_timeout = {IMPATIENT.for_a_lock}")

    return Ledger(Store(engine, patience=IMPATIENT))


def test_waiting_for_another_writer_ends(engine: Engine, impatient: Ledger) -> None:
    with impatient as ledger, engine.connect() as connection:
        Ledger.open(connection).record("It burned", source=ANNA, by="desk")

        with pytest.raises(LedgerBusy, match="repeat the whole commit"):
            ledger.record("It rained", source=ANNA, by="desk")
        read = ledger.counts()
        connection.commit()

        assert read == {}
        assert ledger.record("It rained", source=ANNA, by="desk").is_new


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_commit_that_readers_were_in_the_way_of_leaves_no_lock(
    migrated_database: Database, engine: Engine, impatient: Ledger
) -> None:
    path = migrated_database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = DELETE")  # in which a COMMIT waits until nobody reads
        with impatient as ledger, Session(engine) as session:
            for begin in ("BEGIN", "SELECT * FROM provenance_commit"):
                reader.execute(begin)
            with pytest.raises(LedgerBusy):
                ledger.record("It burned", source=ANNA, by="desk")
            Ledger.open(session).record("It rained", source=ANNA, by="desk")
            with pytest.raises(OperationalError, match="locked"):
                session.commit()
            session.close()
            reader.execute("ROLLBACK")

            assert ledger.record("It burned", source=ANNA, by="desk").is_new
            assert Ledger.open(session).record("It rained", source=ANNA, by="desk").is_new


def test_a_callers_stale_snapshot_has_to_repeat_all(migrated_database: Database, engine: Engine) -> None:
    if migrated_database.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Ledger.open(migrated_database.url) as ledger, engine.connect() as connection:
        joined = Ledger.open(connection)
        joined.counts()
        ledger.record("It burned", source=ANNA, by="desk")

        with pytest.raises(ConcurrentCommit, match="repeat all of your transaction"):
            joined.record("It rained", source=ANNA, by="desk")
        connection.rollback()
        joined.record("It rained", source=ANNA, by="desk")
        connection.commit()

        assert commits(ledger) == 2


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("level", ["AUTOCOMMIT", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_ledger_keeps_whole_commits_at_the_engines_isolation_level(
    migrated_database: Database, level: str
) -> None:
    engine = create_engine(migrated_database.url, isolation_level=level)
    ledger = Ledger.open(engine)
    writers = [threading.Thread(target=record_many, args=(ledger, name)) for name in ("Anna", "Boris")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with pytest.raises(NotEntitled), ledger.begin(by="desk") as desk:  # found out when its rows are written
        desk.retract(desk.record("It rained", source=ANNA), by=BORIS)
    counts = ledger.counts()
    engine.dispose()

    assert counts["assertion"] == 2 * MANY


MANY = 15


def record_many(ledger: Ledger, name: str) -> None:
    for number in range(MANY):
        ledger.record(f"It burned {number} times", source=person(name), by="desk")


def test_all_statements_of_a_question_see_the_same_commits(ledger: Ledger) -> None:
    ledger.record("It burned", source=ANNA, by="desk")

    with ledger._store.read() as connection:
        before = journal.head(connection)
        ledger.record("It rained", source=ANNA, by="desk")
        after = journal.head(connection)

    assert after == before
    assert commits(ledger) == 2
