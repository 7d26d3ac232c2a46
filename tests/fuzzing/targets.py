"""What is fuzzed: whatever takes bytes from outside. Of any bytes only errors of the library may come, and what is
taken has to come back as it went in. Also where the fuzzing starts from, and the words it is made of."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, cast

import attrs

from provenance import (
    Agent,
    Ed25519Signer,
    Ledger,
    Quantity,
    RecordId,
    When,
    attribute,
    claim,
    person,
    quantity,
    sealed,
    verify_receipt,
    when,
    wire,
)
from provenance.errors import ProvenanceError
from provenance.log import journal
from provenance.operations.commitments import Commitments
from provenance.operations.reports import Faults
from provenance.recording import sentence_form
from provenance.recording.desk import Desk
from provenance.values.records import RECORD_TYPES, Record, Redaction

Target = Callable[[bytes], None]

ARTICLE = Path(__file__).parents[2] / "examples" / "article" / "sentences.jsonl"
SENTENCES = 40
"""Sentences of the article that the fuzzing starts from: every field of the short form is in them."""


def lines(ledger: Ledger, _: str) -> Target:
    """A file of sentences, up to the entries that it would become."""

    def take(body: bytes) -> None:
        desk = Desk(ledger._store.read, author="fuzz", keys=None)
        for number, sentence in enumerate(
            sentence_form._parsed(sentence_form._bounded(io.BytesIO(body))), start=1
        ):
            recorded = desk.record_sentence(sentence, number=number)
            assert str(recorded).isprintable()
            _check_entry(wire.encode_entry(recorded.records))

    return take


def entries(_: Ledger, __: str) -> Target:
    """An entry of a log that somebody has tampered with."""

    def take(body: bytes) -> None:
        with closing(sqlite3.connect("")) as side:
            Commitments(side, Faults()).read(1, body)
        _check_entry(wire.encode_entry(wire.decode_entry(body)))

    return take


def _check_entry(body: bytes) -> None:
    assert wire.encode_entry(wire.decode_entry(body)) == body


def receipts(_: Ledger, key: str) -> Target:
    """A receipt, or the checkpoint in it, from who knows whom."""

    def take(body: bytes) -> None:
        verify_receipt(body, key=key)

    return take


def times(_: Ledger, __: str) -> Target:
    """The words for a time."""
    day = date(2026, 2, 7)
    return lambda body: _take(when(body.decode("utf-8", "surrogateescape"), on=day, zone=UTC))


def quantities(_: Ledger, __: str) -> Target:
    """The words for a number."""
    return lambda body: _take(quantity(body.decode("utf-8", "surrogateescape")))


def _take(value: When | Quantity) -> None:
    assert str(value).isprintable()


TARGETS: dict[str, Callable[[Ledger, str], Target]] = {
    each.__name__: each for each in (lines, entries, receipts, times, quantities)
}
"""Makes each target, of a ledger to look up names in and the key of a checkpoint."""


def sparing(target: Target) -> Target:
    """The target, with the library's errors let pass. They have to be tellable."""

    def take(body: bytes) -> None:
        try:
            target(body)
        except ProvenanceError as error:
            str(error)

    return take


# Where it starts from ---------------------------------------------------------------------------------------------


def beginnings(ledger: Ledger, signer: Ed25519Signer) -> dict[str, list[bytes]]:
    """Records a bit of everything; gives what each target takes."""
    with ARTICLE.open("rb") as article:
        said = [*islice(article, SENTENCES), CONFIDENTIAL]
    ledger.ingest(sentence_form._parsed(said[:-1]), by="desk")
    ids = _record_the_rest(ledger)
    with ledger._store.read() as connection:
        bodies = [entry.body for entry in journal.entries(connection)]
    checkpoint = ledger.checkpoint(signer)
    return {
        "lines": said,
        "entries": [*bodies, _sealed_entry()],
        "receipts": [ledger.receipt(id_, checkpoint=checkpoint).encode() for id_ in ids],
        "times": [each.encode() for each in TIMES],
        "quantities": [each.encode() for each in QUANTITIES],
    }


CONFIDENTIAL = (
    b'{"claim": {"text": {"sealed": "He left", "public": "Somebody left"}}, "source": {"anonymous": "a nurse", '
    b'"name": {"sealed": "Anna", "handle": "abababababababababababababababab", "level": "desk"}}, '
    b'"document": {"outlet": "CNN", "text": "He left at dawn."}, "quote": "left"}'
)
TIMES = [
    "2026-02-07",
    "2026-02-07T12:00:00+03:00",
    "2026-02-07T12:00Z",
    "2026-02",
    "1984~",
    "2004-06/2004-07-03",
    "../2026-02-07",
    "by 7 a.m.",
    "around 11.30 UTC",
    "between 11 p.m. and 1 a.m. local time",
]
QUANTITIES = [
    "at least 3",
    "3 to 5",
    "between two and 5",
    "about 1.5 million",
    "dozens",
    "1,200",
    "2bn",
    "no more than half a million",
    "one hundred and five",
]


def _record_the_rest(ledger: Ledger) -> list[RecordId]:
    with ledger.begin(by="desk") as desk:
        three = quantity("at least 3")
        burned = attribute("burned", value_type="number")
        first = desk.record(
            claim("3 burned", subject="Fire", attribute=burned, value=three), source=person("Anna")
        )
        second = desk.record("It burned", source=person("Boris"), basis="witness")
        assert first.claim is not None
        assert second.claim is not None
        rest: list[Record] = [
            desk.retract(first, at="2026-02-07", note="He was wrong"),
            desk.link("same_claim", first.claim, second.claim),
            desk.link("control_group", "CNN", "WBD", valid=("2020", None)),
            desk.request_comment(second.claim, "Anna", by="CNN", at="2026-02-07"),
            desk.assess(second.claim, "likely", by="Checkers"),
            *desk.withdraw(second),
        ]
    return [RecordId(each.id) for each in (first.assertion, *rest)]


def _sealed_entry() -> bytes:
    source = Agent(naming="anonymous", kind="person", name=sealed("Anna"), contact=sealed("+44"), mention="m")
    return wire.encode_entry([source, Redaction(target=source, by="desk", reason="court order")])


@cache
def dictionary() -> list[str]:
    """Words that chance would hardly find: the fields and forms of sentences and entries."""
    fields = {
        each.name
        for kind in RECORD_TYPES.values()
        for each in attrs.fields(cast("type[attrs.AttrsInstance]", kind))
    }
    forms = {f"{name}/{version}" for name in (*RECORD_TYPES, "records", "copied") for version in (1, 2, 77)}
    return sorted(
        fields
        | forms
        | sentence_form.FIELDS
        | {"sealed", "level", "commitment", "public", "handle", "\\ud800"}
    )


def changed(random: Random, body: bytes, others: list[bytes]) -> bytes:
    """The bytes with a few changes: by half of JSON that is still JSON, with another value in one place, so that what
    lies behind the parsing is reached too."""
    for _ in range(random.randint(1, 4)):
        body = (random.random() < 0.5 and _changed_value(random, body)) or _changed_bytes(
            random, body, others
        )
    return body


def _changed_bytes(random: Random, body: bytes, others: list[bytes]) -> bytes:
    start = random.randrange(len(body) + 1)
    end = min(len(body), start + random.choice((0, 1, 1, 4, 30)))
    other = random.choice(others)
    place = random.randrange(len(other) + 1)
    put = random.choice(
        (
            random.randbytes(random.randint(0, 3)),
            body[start:end] * 2,
            random.choice(dictionary()).encode(),
            other[place : place + random.randint(1, 40)],
        )
    )
    return body[:start] + put + body[end:]


ODD: tuple[Any, ...] = (None, True, -1, 2**70, 1e400, "", "\x00", "\ud800", "\x1b[2J", "0" * 64, [], {}, [[]])


def _changed_value(random: Random, body: bytes) -> bytes | None:
    """The JSON with one value changed, left out or moved, or one more; None where it is not JSON."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    nodes = [each for each in _nodes(parsed) if each]
    if not nodes:
        return None
    node = random.choice(nodes)
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key, word = random.choice(keys), random.choice(dictionary())
    value = random.choice((random.choice(ODD), word, random.choice(nodes), random.randint(-2, 9), node[key]))
    if random.random() < 0.2:
        del node[key]
    elif isinstance(node, dict) and random.random() < 0.2:
        node[word] = value
    else:
        node[key] = value
    try:
        return json.dumps(parsed, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):  # something now holds itself
        return None


def _nodes(value: Any) -> Iterator[Any]:
    """The objects and lists in a value."""
    unseen = [value]
    while unseen:
        node = unseen.pop()
        if isinstance(node, dict | list):
            yield node
            unseen.extend(node.values() if isinstance(node, dict) else node)
