"""A time without a zone, a reference to nothing, or one bad record among thousands: the whole commit is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from refusing import CNN, NAIVE, NAME, NOWHERE, SAID, STORY, contents, in_a_block, refused

from provenance import Ledger, Relay, claim, person, role
from provenance.errors import InvalidValue, ProvenanceError, UnknownReference

# Times without a zone ---------------------------------------------------------------------------------------------

NAIVE_TIMES: dict[str, tuple[str, Callable[[Any, Any], object]]] = {
    "said_at": ("said_at", lambda desk, at: desk.record(SAID, source=NAME, said_at=at)),
    "found_in": (
        "document.published_at",
        lambda desk, at: desk.record(SAID, found_in={**STORY, "published_at": at}),
    ),
    "published_at": (
        "document.published_at",
        lambda desk, at: desk.document(CNN, url="https://example.org/2", published_at=at),
    ),
    "retrieved_at": (
        "document.retrieved_at",
        lambda desk, at: desk.document(CNN, url="https://example.org/2", retrieved_at=at),
    ),
    "request_comment at": (
        "comment_request.at",
        lambda desk, at: desk.request_comment(claim(SAID), NAME, at=at),
    ),
    "request_comment deadline": (
        "comment_request.deadline",
        lambda desk, at: desk.request_comment(claim(SAID), NAME, deadline=at),
    ),
    "amend": (
        "amendment.at",
        lambda desk, at: desk.amend("retract", desk.record(SAID, source=NAME), at=at),
    ),
    "retract": ("amendment.at", lambda desk, at: desk.retract(desk.record(SAID, source=NAME), at=at)),
    "correct": ("amendment.at", lambda desk, at: desk.correct(desk.record(SAID, source=NAME), at=at)),
    "assess": ("assessment.at", lambda desk, at: desk.assess(claim(SAID), "False", by=NAME, at=at)),
}


@pytest.mark.parametrize("naive", [NAIVE, NAIVE.isoformat()], ids=["datetime", "text"])
@pytest.mark.parametrize("case", NAIVE_TIMES)
def test_a_time_without_its_zone(ledger: Ledger, case: str, naive: object) -> None:
    field, act = NAIVE_TIMES[case]

    refused(ledger, in_a_block(lambda desk: act(desk, naive)), InvalidValue, f"{field}: got a", "zone")


@pytest.mark.parametrize("case", NAIVE_TIMES)
def test_the_same_time_with_its_zone_is_taken(fresh: Ledger, case: str) -> None:
    _, act = NAIVE_TIMES[case]
    before = contents(fresh)

    in_a_block(lambda desk: act(desk, NAIVE.replace(tzinfo=UTC)))(fresh)

    assert contents(fresh) != before


@pytest.mark.parametrize("at", [NAIVE, "2026-02-07T10:30Z", 7], ids=type)
def test_a_commit_at_a_time_without_its_zone(ledger: Ledger, at: Any) -> None:
    ran = []

    def act(ledger: Ledger) -> None:
        with ledger.begin(by="desk", at=at) as desk:
            ran.append(desk.record(SAID, source=NAME))

    refused(ledger, act, InvalidValue, "at: got a", "zone")
    assert ran == []  # before the work of the block, not after it


def test_a_clock_without_a_zone(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url, clock=lambda: NAIVE) as ledger:
        refused(
            ledger,
            lambda ledger: ledger.record(SAID, source=NAME, by="desk"),
            InvalidValue,
            "clock: got a naive",
        )


# References -------------------------------------------------------------------------------------------------------

UNKNOWN: dict[str, tuple[str, Callable[[Any], object]]] = {
    "source": ("assertion.agent", lambda desk: desk.record(SAID, source=NOWHERE)),
    "via": ("assertion.agent", lambda desk: desk.record(SAID, source=NAME, via=[NOWHERE])),
    "found_in": ("found_in", lambda desk: desk.record(SAID, source=NAME, found_in=NOWHERE)),
    "accuses": ("claim.accuses", lambda desk: desk.record(SAID, source=NAME, accuses=[NOWHERE])),
    "part_of": ("link.target", lambda desk: desk.record(SAID, source=person(NAME, part_of=NOWHERE))),
    "speaks_for": ("agent.speaks_for", lambda desk: desk.record(SAID, source=role(NAME, speaks_for=NOWHERE))),
    "outlet": ("document.outlet", lambda desk: desk.document(NOWHERE, url="https://example.org/2")),
    "relay": ("relay.source", lambda desk: desk.add(Relay(source=NOWHERE, target=NOWHERE))),
    "link": ("link.source", lambda desk: desk.link("same_claim", NOWHERE, claim(SAID))),
    "withdrawal": ("withdrawal.target", lambda desk: desk.withdraw(NOWHERE)),
    "amendment": ("amendment.target", lambda desk: desk.retract(NOWHERE, by=NAME)),
    "replacement": (
        "amendment.replacement",
        lambda desk: desk.correct(desk.record(SAID, source=NAME), replacement=NOWHERE),
    ),
    "comment request": ("comment_request.claim", lambda desk: desk.request_comment(NOWHERE, NAME)),
    "assessment": ("assessment.claim", lambda desk: desk.assess(NOWHERE, "False", by=NAME)),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_reference(ledger: Ledger, case: str) -> None:
    field, act = UNKNOWN[case]

    error = refused(ledger, in_a_block(act), UnknownReference, f"{field}: no record {NOWHERE}")

    assert error.reference == NOWHERE
    assert error.record_number == (2 if "desk.record" in case or case in RECORDED else None)


RECORDED = {"source", "via", "found_in", "accuses", "part_of", "speaks_for"}

NO_REFERENCE: dict[str, tuple[str, Callable[[Any], object]]] = {
    "withdraw a text": ("withdrawal.target", lambda desk: desk.withdraw("0" * 64)),
    "link of a text": ("link.source", lambda desk: desk.link("same_claim", "0" * 64, claim(SAID))),
    "amend a text": ("amendment.target", lambda desk: desk.retract("0" * 64, by=NAME)),
    "amend by nobody": ("amendment.by", lambda desk: desk.retract(NOWHERE)),
    "add a text": ("records", lambda desk: desk.add(SAID)),
    "assess a text": ("assessment.claim", lambda desk: desk.assess(SAID, "False", by=NAME)),
    "comment on a text": ("comment_request.claim", lambda desk: desk.request_comment(SAID, NAME)),
    "a claim relayed": (
        "relay.source",
        lambda desk: desk.add(Relay(source=claim(SAID), target=claim("Other"))),
    ),
}


@pytest.mark.parametrize("case", NO_REFERENCE)
def test_something_that_is_no_reference(ledger: Ledger, case: str) -> None:
    field, act = NO_REFERENCE[case]

    refused(ledger, in_a_block(act), InvalidValue, f"{field}: got ")


# Batches ----------------------------------------------------------------------------------------------------------

BATCH, BAD = 10_000, 7_777


def test_one_bad_record_of_ten_thousand_stops_the_block_where_it_is(ledger: Ledger) -> None:
    recorded = 0

    def act(ledger: Ledger) -> None:
        nonlocal recorded
        with ledger.begin(by="pipeline") as desk:
            story = desk.document(CNN, url="https://example.org/2")
            for number in range(1, BATCH + 1):
                stance = "relay" if number == BAD else "affirm"
                desk.record(f"{SAID} {number}", source=person(NAME), found_in=story, stance=stance)
                recorded += 1

    error = refused(ledger, act, InvalidValue, f"record {BAD}: stance: got relay")

    assert (error.record_number, recorded) == (BAD, BAD - 1)


def test_one_unknown_reference_of_ten_thousand_is_found_at_the_blocks_end(ledger: Ledger) -> None:
    recorded = 0

    def act(ledger: Ledger) -> None:
        nonlocal recorded
        with ledger.begin(by="pipeline") as desk:
            story = desk.document(CNN, url="https://example.org/2")
            for number in range(1, BATCH + 1):
                source = NOWHERE if number == BAD else person(NAME)
                desk.record(f"{SAID} {number}", source=source, found_in=story)
                recorded += 1

    error = refused(ledger, act, UnknownReference, f"record {BAD}: assertion.agent: no record")

    assert (error.record_number, recorded) == (BAD, BATCH)


@pytest.mark.parametrize("form", ["dictionaries", "file"])
def test_one_bad_line_of_ten_thousand_writes_nothing(ledger: Ledger, tmp_path: Path, form: str) -> None:
    lines: list[dict[str, object]] = [
        {"claim": f"{SAID} {number}", "source": NAME} for number in range(1, BATCH + 1)
    ]
    lines[BAD - 1]["said_at"] = NAIVE.isoformat()
    file = tmp_path / "lines.jsonl"
    file.write_text("\n\n".join(map(json.dumps, lines)))

    error = refused(
        ledger,
        lambda ledger: ledger.ingest(file if form == "file" else lines, by="pipeline", commit_every=BATCH),
        InvalidValue,
        f"record {BAD}: said_at: got a date-time without its zone",
    )

    assert error.record_number == BAD


def test_documents_and_links_between_the_records_are_not_counted(ledger: Ledger) -> None:
    def act(desk: Any) -> None:
        desk.document(CNN, url="https://example.org/2")
        desk.record(SAID, source=NAME, found_in={"outlet": "CNN", "url": "https://example.org/3"})
        desk.link("entails", claim(SAID), claim("There is a mole"))
        desk.record(SAID, source=NAME, stance="relay")

    assert refused(ledger, in_a_block(act), InvalidValue).record_number == 3


def test_a_single_record_has_no_number(ledger: Ledger) -> None:
    for bad in ({"stance": "relay"}, {"source": NOWHERE}):
        with pytest.raises(ProvenanceError) as raised:
            ledger.record(SAID, **{"source": NAME, **bad}, by="desk")
        assert raised.value.record_number is None
        assert not str(raised.value).startswith("record")


def test_of_a_refused_record_nothing_is_kept_when_the_block_goes_on(fresh: Ledger) -> None:
    with fresh.begin(by="desk") as desk:
        with pytest.raises(InvalidValue):
            desk.record(SAID, source=NAME, found_in={"outlet": "BBC", "url": "https://bbc.example"}, cue="")
        desk.record("It rained", source=person("Boris"))

    assert fresh.find("BBC") == ()
    assert [str(one) for one in fresh.find("Boris")] == ["Boris"]
