"""Confidential sources: sealed values never lie in plain anywhere, open with a key, and are gone after a redaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve
from databases import Database
from migrating import append
from sqlalchemy import RootTransaction, create_engine, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from provenance import (
    Agent,
    AgentSummary,
    Anchor,
    KeyFolder,
    Ledger,
    Mention,
    Recorded,
    Sealed,
    add_hooks,
    anonymous,
    claim,
    outlet,
    sealed,
    wire,
)
from provenance.errors import InvalidValue, KeyMissing, OutcomeUnknown, Redacted, Unsealable
from provenance.log import guards, tables

NAME, CONTACT, WORDS = "Zebedee Quux", "+44 7700 900123", "The zebra left through the quay"
QUOTE, STORY = "left through the quay at dawn", "All of it: the zebra left through the quay at dawn, unseen."
EVERYTHING = (NAME, CONTACT, WORDS, QUOTE, STORY)
NURSE = "a hospital employee"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


@pytest.fixture
def ledger(migrated_database: Database, keys: KeyFolder) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url, keys=keys) as opened:
        yield opened


def confide(ledger: Ledger) -> Recorded:
    """A sentence of which the source, the claim, the quotation and the document's text are sealed."""
    with ledger.begin(by="desk") as desk:
        story = desk.document(outlet("CNN"), url="https://example.org/1", text=sealed(STORY))
        return desk.record(
            claim(sealed(WORDS, public="A patient was moved")),
            source=anonymous(NURSE, name=sealed(NAME), contact=sealed(CONTACT)),
            found_in=story,
            quote=sealed(QUOTE),
        )


def stored(url: str) -> bytes:
    """Every byte that the database holds: of SQLite its files, of PostgreSQL every value of every table."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))
    engine = create_engine(url)
    with engine.connect() as connection:
        found = b"".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for name in inspect(connection).get_table_names()
            for row in connection.execute(text(f"SELECT * FROM {name}"))
            for value in row
        )
    engine.dispose()
    return found


def everything_said_by(ledger: Ledger) -> str:
    """Whatever answers show, printed and as values."""
    answers: list[object] = [*ledger.unsupported(), *ledger.changes(), *ledger.resting_on(agent_of(ledger))]
    answers += [ledger.trace(one.claim) for one in ledger.unsupported()]
    answers += [ledger.explain(one) for one in ledger.unsupported()]
    return "\n".join(f"{one}\n{one!r}" for one in answers)


def agent_of(ledger: Ledger) -> AgentSummary:
    return next(one for one in ledger.find("hospital employee") if isinstance(one, AgentSummary))


def test_nothing_sealed_lies_in_plain_anywhere(
    migrated_database: Database, keys: KeyFolder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    with Ledger.open(migrated_database.url, keys=keys) as ledger:
        recorded = confide(ledger)
        shown = "\n".join(
            [everything_said_by(ledger), str(recorded), repr(recorded), repr(recorded.records), caplog.text]
        )
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
        held = stored(migrated_database.url)

    for value in EVERYTHING:
        assert value not in shown
        assert value.encode() not in held
    assert NURSE in shown
    assert "A patient was moved" in shown


def test_whoever_has_the_key_reads_it(ledger: Ledger) -> None:
    recorded = confide(ledger)
    mention = next(one for one in recorded.records if isinstance(one, Mention))
    document = mention.document

    assert document is not None
    assert ledger.reveal(recorded.assertion.agent.id) == {"name": NAME, "contact": CONTACT}
    assert ledger.reveal(recorded.assertion.claim.id) == {"text": WORDS}
    assert ledger.reveal(mention) == {"quote": QUOTE}
    assert ledger.reveal(document.id) == {"text": STORY}


def test_without_the_key_it_stays_shut(migrated_database: Database, ledger: Ledger, tmp_path: Path) -> None:
    source = confide(ledger).assertion.agent.id
    with Ledger.open(migrated_database.url) as public, pytest.raises(KeyMissing, match="keys="):
        public.reveal(source)
    with (
        Ledger.open(migrated_database.url, keys=KeyFolder(tmp_path / "others")) as stranger,
        pytest.raises(KeyMissing, match="desk"),
    ):
        stranger.reveal(source)


def test_levels_have_keys_of_their_own(migrated_database: Database, ledger: Ledger, tmp_path: Path) -> None:
    source = anonymous(NURSE, name=sealed(NAME, level="editor in chief"), contact=sealed(CONTACT))
    recorded = ledger.record("It burned", source=source, found_in={"outlet": "CNN", "url": "u"}, by="desk")
    for file in (tmp_path / "keys" / b"editor in chief".hex()).iterdir():
        file.unlink()

    with pytest.raises(KeyMissing, match="editor in chief"):
        ledger.reveal(recorded.assertion.agent.id)


def test_a_ciphertext_put_in_anothers_place_is_refused(migrated_database: Database, ledger: Ledger) -> None:
    first, second = (confide(ledger).assertion.agent.id for _ in range(2))
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.begin() as connection:
        rows = connection.execute(select(tables.sealed).order_by(tables.sealed.c.handle)).mappings().all()
        connection.execute(tables.sealed.delete())
        texts = [row["ciphertext"] for row in rows]
        moved = [
            {**row, "ciphertext": other} for row, other in zip(rows, [*texts[1:], texts[0]], strict=True)
        ]
        connection.execute(tables.sealed.insert(), moved)
    engine.dispose()

    assert first != second
    with pytest.raises(Unsealable):
        ledger.reveal(first)


def test_origins_count_as_if_nothing_were_sealed(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(outlet("CNN"), url="u")
        for name in ("Anna", "Boris"):
            source = anonymous(NURSE, name=sealed(name))
            desk.record("It burned", source=source, found_in=story, basis="witness")

    support = ledger.support(claim("It burned"))

    assert (support.lo, support.hi, support.grade) == (2, 2, 4)
    assert "anonymous_only" in support.flags


def test_the_same_sealed_source_stays_one(ledger: Ledger) -> None:
    source = anonymous(NURSE, name=sealed(NAME))
    with ledger.begin(by="desk") as desk:
        for url in ("1", "2"):
            story = desk.document(outlet("CNN"), url=url)
            desk.record("It burned", source=source, found_in=story, basis="witness")
    (known,) = {one.agent for one in ledger.origins(claim("It burned"))}
    ledger.record("It burned", source=known.id, basis="witness", occasion="a call", by="desk")

    assert ledger.support(claim("It burned")).hi == 1
    assert len(ledger.origins(claim("It burned"))) == 3


def test_a_value_recorded_again_under_its_handle_says_nothing_new_and_still_opens(ledger: Ledger) -> None:
    """Every call of `sealed` commits with another salt; what counts is the one that lies there."""

    def record(**more: object) -> Recorded:
        source = anonymous(NURSE, name=sealed(NAME, handle="cd" * 16), **more)
        said = claim(sealed(WORDS, handle="ab" * 16))
        quote = sealed(WORDS, handle="ab" * 16)
        return ledger.record(
            said, source=source, found_in={"outlet": "CNN", "url": "u"}, quote=quote, by="desk", key="k"
        )

    first, again = record(), record()

    assert (first.is_new, again.is_new) == (True, False)
    assert ledger.reveal(first.assertion.claim.id) == {"text": WORDS}
    assert ledger.reveal(first.assertion.agent.id) == {"name": NAME}
    assert ledger.reveal(next(one for one in first.records if isinstance(one, Mention))) == {"quote": WORDS}


def test_a_source_described_further_keeps_what_was_sealed_of_it(ledger: Ledger) -> None:
    for count in (2, 3):
        source = anonymous(NURSE, name=sealed(NAME, handle="cd" * 16), count=count)
        recorded = ledger.record(
            "It burned", source=source, found_in={"outlet": "CNN", "url": "u"}, by="desk"
        )

        assert recorded.is_new
        assert ledger.reveal(recorded.assertion.agent.id) == {"name": NAME}
    assert ledger.verify(index=True).sealed == 1


@pytest.mark.parametrize("other", [{"value": "Zachary"}, {"level": "editor in chief"}], ids=str)
@pytest.mark.parametrize("is_one_commit", [True, False])
def test_a_handle_stands_for_one_value_at_one_level(
    ledger: Ledger, other: dict[str, str], is_one_commit: bool
) -> None:
    first = {"value": NAME, "handle": "cd" * 16}
    seals = [sealed(**each) for each in (first, first | other)]
    claims = [claim(f"It burned {number} times") for number in range(2)]
    if not is_one_commit:
        ledger.record(claims[0], source=anonymous(NURSE, name=seals[0], mention="1"), by="desk")

    def record_both() -> None:
        with ledger.begin(by="desk") as desk:
            for said, seal in zip(claims, seals, strict=True):
                desk.record(said, source=anonymous(NURSE, name=seal, mention="1"))

    with pytest.raises(InvalidValue, match="handle") as refused:
        record_both()

    assert NAME not in str(refused.value)
    assert ledger.counts().get("claim", 0) == (0 if is_one_commit else 1)


def test_a_commitment_without_its_value_is_refused(ledger: Ledger) -> None:
    seal = evolve(sealed(WORDS), value=None, salt=None)

    with pytest.raises(InvalidValue, match=r"claim\.text"):
        ledger.record(claim(seal), source="Somebody", by="desk")

    assert ledger.counts() == {}


def test_a_redacted_source_is_described_further_without_its_name(ledger: Ledger) -> None:
    recorded = confide(ledger)
    redact_all(ledger, recorded)
    agent = recorded.assertion.agent
    assert isinstance(agent, Agent)
    assert isinstance(agent.name, Sealed)
    shut = {"name": evolve(agent.name, value=None, salt=None), "contact": None}
    with ledger.begin(by="desk") as desk:
        desk.add(evolve(agent, count=2, **shut))

    report = ledger.verify(index=True)

    assert (report.ok, report.sealed, report.redacted) == (True, 0, 5)


def test_ids_and_commitments_tell_nothing_of_the_value() -> None:
    agents = [Agent(naming="anonymous", kind="group", name=sealed(NAME), mention="m") for _ in range(2)]

    assert len({agent.id for agent in agents}) == 2
    assert len({agent.name.commitment for agent in agents if isinstance(agent.name, Sealed)}) == 2


def test_sealing_without_keys_is_refused_and_leaves_nothing(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        with pytest.raises(KeyMissing) as refused:
            confide(ledger)

        assert ledger.counts() == {}
    assert NAME not in str(refused.value)


def test_the_index_is_rebuilt_without_a_key(migrated_database: Database, ledger: Ledger) -> None:
    confide(ledger)
    before = everything_said_by(ledger)
    with Ledger.open(migrated_database.url) as public:
        public.rebuild()

    assert everything_said_by(ledger) == before


# Redaction ------------------------------------------------------------------------------------------------------


def redact_all(ledger: Ledger, recorded: Recorded) -> None:
    mention = next(one for one in recorded.records if isinstance(one, Mention))
    assert mention.document is not None
    with ledger.begin(by="legal desk") as desk:
        for target in (recorded.assertion.agent, recorded.assertion.claim, mention, mention.document):
            desk.redact(target, reason="court order")


def test_a_redaction_destroys_the_value_and_changes_no_answer(
    migrated_database: Database, ledger: Ledger, tmp_path: Path
) -> None:
    recorded = confide(ledger)
    before = everything_said_by(ledger)

    redact_all(ledger, recorded)

    for target in (recorded.assertion.agent.id, recorded.assertion.claim.id):
        with pytest.raises(Redacted):
            ledger.reveal(target)
    assert everything_said_by(ledger) == before
    assert list((tmp_path / "keys").rglob("*.key")) == []
    assert ledger.counts()["redaction"] == 4


def test_after_a_redaction_not_even_the_ciphertext_is_left(
    migrated_database: Database, ledger: Ledger
) -> None:
    recorded = confide(ledger)
    engine = create_engine(migrated_database.url)
    with engine.connect() as connection:
        ciphertexts = [bytes(one) for one in connection.execute(select(tables.sealed.c.ciphertext)).scalars()]
    engine.dispose()
    assert len(ciphertexts) == 5
    assert all(one in stored(migrated_database.url) for one in ciphertexts)

    redact_all(ledger, recorded)

    held = stored(migrated_database.url)
    assert not any(one[:16] in held for one in ciphertexts)


def test_a_redacted_documents_plain_text_is_gone_from_the_files(
    migrated_database: Database, ledger: Ledger
) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(outlet("CNN"), url="u", text=STORY)
        desk.record("It burned", source="Somebody", found_in=story)
    assert STORY.encode() in stored(migrated_database.url)

    with ledger.begin(by="legal desk") as desk:
        desk.redact(story)

    assert STORY.encode() not in stored(migrated_database.url)
    assert ledger.rebuild() == 3


def test_keys_are_destroyed_by_purging_once_the_callers_transaction_is_committed(
    migrated_database: Database,
    keys: KeyFolder,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = confide(ledger).assertion.agent.id
    engine = add_hooks(create_engine(migrated_database.url))
    with Session(engine) as session:
        with Ledger.open(session, keys=keys).begin(by="legal desk") as desk:
            desk.redact(source)
        session.rollback()
    assert ledger.reveal(source)["name"] == NAME

    with Session(engine) as session:
        with Ledger.open(session, keys=keys).begin(by="legal desk") as desk:
            desk.redact(source)
        with monkeypatch.context() as patched:
            full = failing_with(engine.dialect.loaded_dbapi.OperationalError)
            patched.setattr(engine.dialect, "do_commit", full)
            with pytest.raises(OperationalError):
                session.commit()
    assert ledger.reveal(source)["name"] == NAME

    with Session(engine) as session:
        with Ledger.open(session, keys=keys).begin(by="legal desk") as desk:
            desk.redact(source)
        session.commit()
    engine.dispose()
    with pytest.raises(Redacted):
        ledger.reveal(source)
    ledger.purge()

    assert len(list((tmp_path / "keys").rglob("*.key"))) == 3


def failing_with(error: type[Exception]) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error("the disk is full")

    return fail


def test_repeating_a_redaction_of_unknown_outcome_destroys_its_keys(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = confide(ledger).assertion.agent.id
    really_commit = RootTransaction.commit

    def commit_and_lose_the_answer(transaction: RootTransaction) -> None:
        really_commit(transaction)
        raise OperationalError("COMMIT", {}, Exception("the line is dead"))

    def redact() -> None:
        with ledger.begin(by="legal desk", key="court order") as desk:
            desk.redact(source)

    with monkeypatch.context() as patched:
        patched.setattr(RootTransaction, "commit", commit_and_lose_the_answer)
        with pytest.raises(OutcomeUnknown):
            redact()
    assert len(list((tmp_path / "keys").rglob("*.key"))) == 5
    redact()

    assert len(list((tmp_path / "keys").rglob("*.key"))) == 3
    assert ledger.counts()["redaction"] == 1


def test_purging_ends_what_a_redaction_began(ledger: Ledger, keys: KeyFolder, tmp_path: Path) -> None:
    """A process that ends between the COMMIT and the keys leaves these; so does a key service that does not answer."""
    recorded = confide(ledger)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keys, "destroy", failing_with(OSError))
        with pytest.raises(OSError, match="full"):
            redact_all(ledger, recorded)
    assert len(list((tmp_path / "keys").rglob("*.key"))) == 5

    ledger.purge()
    ledger.purge()

    assert list((tmp_path / "keys").rglob("*.key")) == []


def test_purging_leaves_alone_what_was_not_redacted_or_was_sealed_again(ledger: Ledger) -> None:
    said = claim(sealed(WORDS))
    recorded = confide(ledger)
    ledger.record(said, source="Somebody", by="desk")
    with ledger.begin(by="legal desk") as desk:
        desk.redact(said)
    ledger.record(evolve(said, text=sealed(WORDS, handle=said.text.handle)), source="Somebody", by="desk")  # type: ignore[union-attr]

    ledger.purge()

    assert ledger.reveal(said.id) == {"text": WORDS}
    assert ledger.reveal(recorded.assertion.agent.id) == {"name": NAME, "contact": CONTACT}


def test_what_lies_in_plain_cannot_be_redacted(ledger: Ledger) -> None:
    recorded = ledger.record("It burned", source="Somebody", by="desk")

    with pytest.raises(InvalidValue, match=r"redaction\.target"), ledger.begin(by="desk") as desk:
        desk.redact(recorded.assertion.claim)

    assert "redaction" not in ledger.counts()


def test_a_redaction_rolled_back_keeps_its_key_whatever_is_committed_next(
    migrated_database: Database, keys: KeyFolder, ledger: Ledger
) -> None:
    source = confide(ledger).assertion.agent.id
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        joined = Ledger.open(connection, keys=keys)
        with joined.begin(by="legal desk") as desk:
            desk.redact(source)
        connection.rollback()
        joined.record("It burned", source="Somebody", by="desk")
        connection.commit()
    engine.dispose()

    assert ledger.reveal(source)["name"] == NAME


class Drawer:
    """Keys of a newsroom's own: nothing but what the protocol asks for."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}

    def seal(self, handle: str, level: str, plaintext: bytes) -> bytes:
        self.held[handle, level] = secrets.token_bytes(len(plaintext))
        return bytes(a ^ b for a, b in zip(plaintext, self.held[handle, level], strict=True))

    def open(self, handle: str, level: str, ciphertext: bytes) -> bytes:
        if (handle, level) not in self.held:
            raise KeyMissing(level)
        return bytes(a ^ b for a, b in zip(ciphertext, self.held[handle, level], strict=True))

    def destroy(self, handle: str, level: str) -> None:
        self.held.pop((handle, level), None)


def test_a_newsroom_can_bring_keys_of_its_own(migrated_database: Database) -> None:
    drawer = Drawer()
    with Ledger.open(migrated_database.url, keys=drawer) as ledger:
        recorded = confide(ledger)
        opened = ledger.reveal(recorded.assertion.agent.id)
        with ledger.begin(by="legal desk") as desk:
            desk.redact(recorded.assertion.agent)

    assert opened == {"name": NAME, "contact": CONTACT}
    assert len(drawer.held) == 3


# Verification ---------------------------------------------------------------------------------------------------


def tamper(migrated: Database, statement: str) -> None:
    engine = create_engine(migrated.url)
    with engine.begin() as connection:
        guards.take_down(connection)
        assert connection.exec_driver_sql(statement).rowcount > 0
        guards.put_up(connection)
    engine.dispose()


def found(ledger: Ledger) -> list[str]:
    return [str(fault) for fault in ledger.verify(index=True).findings]


def test_verification_counts_what_is_sealed_and_what_was_redacted(ledger: Ledger) -> None:
    recorded = confide(ledger)
    before = ledger.verify(index=True)
    with ledger.begin(by="legal desk") as desk:
        desk.redact(recorded.assertion.agent)
    after = ledger.verify(index=True)

    assert (before.ok, before.sealed, before.redacted) == (True, 5, 0)
    assert (after.ok, after.sealed, after.redacted) == (True, 3, 2)


def handle_of(recorded: Recorded) -> str:
    name = recorded.assertion.agent.name  # type: ignore[union-attr]
    assert isinstance(name, Sealed)
    return name.handle


ANOTHER = (
    "INSERT INTO provenance_sealed SELECT '{other}', level, ciphertext FROM provenance_sealed"
    " WHERE handle = '{handle}'"
)
TAMPERED = {
    "deleted": (
        "DELETE FROM provenance_sealed WHERE handle = '{handle}'",
        "entry 2, sealed value {handle}: missing, and it was not redacted",
    ),
    "added": (ANOTHER, "sealed value {other}: no entry commits to it"),
    "of another level": (
        "UPDATE provenance_sealed SET level = 'everybody' WHERE handle = '{handle}'",
        "sealed value {handle}: it is sealed for another level than its entry says",
    ),
}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_sealed_value_that_was_tampered_with_is_found(
    migrated_database: Database, ledger: Ledger, change: str
) -> None:
    names = {"handle": handle_of(confide(ledger)), "other": "0" * 32}
    statement, expected = (words.format(**names) for words in TAMPERED[change])
    tamper(migrated_database, statement)

    assert found(ledger) == [expected]


def test_a_sealed_value_under_no_handle_is_found(migrated_database: Database, ledger: Ledger) -> None:
    tamper(migrated_database, ANOTHER.format(handle=handle_of(confide(ledger)), other="Anna"))

    (found_wrong,) = found(ledger)

    assert "Anna" not in found_wrong
    assert found_wrong.endswith(": no entry commits to it")


def test_a_redacted_value_that_was_put_back_is_found(migrated_database: Database, ledger: Ledger) -> None:
    recorded = confide(ledger)
    engine = create_engine(migrated_database.url)
    with engine.connect() as connection:
        rows = connection.execute(select(tables.sealed)).mappings().all()
    with ledger.begin(by="legal desk") as desk:
        desk.redact(recorded.assertion.agent)
    with engine.begin() as connection:
        connection.execute(tables.sealed.delete())
        connection.execute(tables.sealed.insert(), [dict(row) for row in rows])
    engine.dispose()

    found_wrong = found(ledger)

    assert f"sealed value {handle_of(recorded)}: it was redacted, and is there again" in found_wrong
    assert len(found_wrong) == 2


def test_what_is_sealed_again_after_its_redaction_verifies(ledger: Ledger) -> None:
    said = claim(sealed(WORDS, handle="ab" * 16))
    ledger.record(said, source="Somebody", by="desk")
    with ledger.begin(by="legal desk") as desk:
        desk.redact(said)
    gone = ledger.verify(index=True)

    again = ledger.record(claim(sealed(WORDS, handle="ab" * 16)), source="Somebody", by="desk")
    back = ledger.verify(index=True)

    assert (gone.ok, gone.sealed, gone.redacted) == (True, 0, 1)
    assert (again.is_new, back.ok, back.sealed, back.redacted) == (True, True, 1, 0)
    assert ledger.reveal(said.id) == {"text": WORDS}


def test_one_value_in_two_records_is_gone_from_both_and_verifies(ledger: Ledger) -> None:
    words = sealed(WORDS)
    with ledger.begin(by="desk") as desk:
        recorded = desk.record(
            claim(words), source="Somebody", found_in={"outlet": "CNN", "url": "u"}, quote=words
        )
    with ledger.begin(by="legal desk") as desk:
        desk.redact(recorded.assertion.claim)

    report = ledger.verify()

    assert (report.ok, report.sealed, report.redacted) == (True, 0, 1)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_entry_about_sealed_values_that_cannot_be_read_is_a_finding(
    migrated_database: Database, ledger: Ledger
) -> None:
    confide(ledger)
    tamper(
        migrated_database,
        "UPDATE provenance_entry SET body = CAST(replace(body, 'agent/', 'agent/0') AS BLOB) WHERE seq = 2",
    )

    assert "entry 2: it seals or redacts something, and cannot be decoded" in found(ledger)


def test_what_a_newer_release_seals_or_redacts_is_no_finding(
    migrated_database: Database, ledger: Ledger
) -> None:
    recorded = confide(ledger)
    seal = {"sealed": "0" * 32, "level": "desk", "commitment": "0" * 64}
    tip = {"record": "tip/1", "words": seal}
    redaction = {"record": "redaction/77", "targets": [recorded.assertion.agent.id]}
    append(migrated_database, *({"entry": "records/1", "records": [each]} for each in (tip, redaction)))
    statements = (
        ANOTHER.format(handle=handle_of(recorded), other=seal["sealed"]),
        f"DELETE FROM provenance_sealed WHERE handle = '{handle_of(recorded)}'",
    )

    for statement in statements:
        tamper(migrated_database, statement)

        assert found(ledger) == []


# Bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Agent(naming="anonymous", description="x", contact="+44"), "agent.contact"),
        (lambda: Agent(name=sealed("Anna")), "agent.name"),
        (lambda: Anchor(exact=sealed("words"), start=0, end=5), "anchor.start"),
        (lambda: Anchor(exact=sealed("words"), prefix="before"), "anchor.prefix"),
        (lambda: sealed(""), "sealed"),
        (lambda: sealed("x", handle="no"), "handle"),
        (lambda: sealed("x", level=""), "level"),
        (lambda: sealed("x", public=7), "public"),  # type: ignore[arg-type]
        (lambda: evolve(sealed("x"), handle="zz" * 16), "handle: got"),
        (lambda: evolve(sealed("x"), commitment="0" * 63), "commitment: got something"),
        (lambda: evolve(sealed("x"), commitment="0" * 64), "commitment: got that"),
        (lambda: evolve(sealed("x"), salt="s" * 32), "salt"),
        (lambda: sealed(7), "int"),  # type: ignore[arg-type]
    ],
)
def test_what_would_tell_is_refused(make: object, field: str) -> None:
    with pytest.raises(InvalidValue, match=field):
        make()  # type: ignore[operator]


def test_a_sealed_quotation_must_stand_in_the_text(ledger: Ledger) -> None:
    story = {"outlet": "CNN", "text": sealed(STORY)}

    with pytest.raises(InvalidValue, match="quote") as refused:
        ledger.record("It burned", source="Somebody", found_in=story, quote=sealed("never said"), by="desk")

    assert "never said" not in str(refused.value)


def test_lines_of_json_can_be_sealed(migrated_database: Database, ledger: Ledger) -> None:
    ledger.ingest(
        [
            {
                "claim": {"text": {"sealed": WORDS, "public": "A patient was moved"}},
                "source": {"anonymous": NURSE, "name": {"sealed": NAME}, "contact": {"sealed": CONTACT}},
                "document": {"outlet": "CNN", "url": "u"},
                "quote": {"sealed": QUOTE},
            }
        ],
        by="pipeline",
    )

    assert [str(one.claim) for one in ledger.unsupported()] == ["A patient was moved"]
    assert not any(value.encode() in stored(migrated_database.url) for value in EVERYTHING)


def test_entries_with_sealed_values_come_back(ledger: Ledger) -> None:
    records = confide(ledger).records

    decoded = wire.decode_entry(wire.encode_entry(records))

    assert [record.id for record in decoded] == [record.id for record in records]
    assert all(seal.value is None for record in decoded for seal in wire.seals_of(record))
