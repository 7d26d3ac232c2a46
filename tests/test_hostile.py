"""Hostile input: one typed error within bounded time and memory, or recorded exactly and shown escaped."""

from __future__ import annotations

import io
import json
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import Agent, Assertion, Claim, Ledger, Relay, attribute, claim, person
from provenance.errors import InvalidValue, ProvenanceError, UnknownReference
from provenance.recording import sentence_form
from provenance.recording.drafts import MAX_RECORDS
from provenance.recording.sentence_form import MAX_LINE
from provenance.values.ids import RecordId

FUZZED = 300
"""Inputs in a run; with `--full` there are `FUZZED_FULL`."""
FUZZED_FULL = 100_000


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


def refused(ledger: Ledger, tmp_path: Path, line: str | bytes) -> ProvenanceError:
    """The error with which a line is refused. Nothing of the line is left in the ledger."""
    file = tmp_path / "lines.jsonl"
    file.write_bytes(line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass"))
    with pytest.raises(ProvenanceError) as caught:
        ledger.ingest(file, by="pipeline")
    assert ledger.counts() == {}
    assert caught.value.record_number == 1
    return caught.value


LINES: list[str | bytes] = [
    '{"claim": "a", "claim": "b"}',
    '{"claim": NaN}',
    '{"claim": {"text": "a", "subject": "s", "attribute": "n", "value": -Infinity}}',
    '{"claim": "\\ud800"}',
    '{"claim": "a\\u0000b"}',
    b'{"claim": "\xed\xa0\x80"}',
    '{"claim": ' + "[" * 10_000 + "]" * 10_000 + "}",
    '{"claim": "a", "source": ' + '{"person": "p", "part_of": ' * 10_000 + '"x"' + "}" * 10_001,
    '{"claim": "a", "source": {"anonymous": "x", "count": ' + "9" * 4_000 + "}}",
    '{"claim": "a", "source": {"anonymous": "x", "count": ' + "9" * 5_000 + "}}",
    '{"claim": "a", "source": "S", "distanced": "false"}',
    '{"claim": "a", "source": {"anonymous": "x", "known_to_desk": "true", "mention": "m"}}',
    '{"claim": "a", "source": {"anonymous": "x", "count": true, "mention": "m"}}',
    '{"claim": "a", "source": {"anonymous": "x", "count": 1.0, "mention": "m"}}',
    '{"claim": 1}',
    '{"claim": {"text": "a", "subject": "s", "attribute": 7, "value": "v"}}',
    "[]",
    "null",
    "true",
    '"claim"',
    "{",
    '{"claim": "a", "source": "S", "said_at": 20260207}',
    '{"claim": "a", "source": "S", "said_at": "2026-02-30"}',
]


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_hostile_line_is_one_typed_error(ledger: Ledger, tmp_path: Path, line: str | bytes) -> None:
    error = refused(ledger, tmp_path, line)

    assert isinstance(error, InvalidValue)
    assert len(str(error)) < 1_000


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_gigabyte_on_one_line_is_not_read(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    with file.open("wb") as lines:
        lines.write(b'{"claim": "')
        lines.seek(2**30)
        lines.write(b'"}\n')  # a sparse file: NUL bytes in between
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(InvalidValue, match="line"):
        ledger.ingest(file, by="pipeline")

    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert added < 12 * MAX_LINE


def test_numbers_beyond_all_measure_are_refused(ledger: Ledger) -> None:
    for value in (float("inf"), float("nan"), 10**4_000, "9" * 4_000, 1e400):
        with pytest.raises(InvalidValue, match="claim"):
            ledger.record(claim_of(value), source="S", by="desk")

    assert ledger.counts() == {}


def claim_of(value: object) -> Claim:
    return claim("a", subject="s", attribute=attribute("n", value_type="number"), value=value)


def test_references_forward_and_to_nowhere_are_refused(ledger: Ledger) -> None:
    later = Claim(text="later")
    agent = Agent(name="A")
    forward = Assertion(agent=agent, claim=later.id, occasion="o")

    with pytest.raises(UnknownReference, match=r"assertion\.claim"), ledger.begin(by="desk") as desk:
        desk.add(forward, later)

    assert ledger.counts() == {}


def test_too_many_records_for_one_commit_are_refused_before_they_are_written(ledger: Ledger) -> None:
    relays = [Relay(source=RecordId(f"{number:064x}"), target=RecordId("0" * 64)) for number in range(1_000)]

    def flood() -> None:
        with ledger.begin(by="desk") as desk:
            for _ in range(MAX_RECORDS // 1_000 + 1):
                desk.add(*relays)

    with pytest.raises(InvalidValue, match="several commits"):
        flood()

    assert ledger.counts() == {}


NASTY = [
    "Robert'); DROP TABLE provenance_entry;--",
    "\x1b[2J\x1b]0;owned\x07 red",
    "[bold]no evidence[/bold]",
    "\u202egnp.exe",
    "СNN",  # Cyrillic С
    "CNN\u200b",
    "e\u0301 and é",
    "%s %(name)s {0} \\ \" '",
    "= 1 + 1",
]


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_names_are_recorded_exactly_and_shown_escaped(ledger: Ledger, text: str) -> None:
    recorded = ledger.record(text, source=person(text), by="desk")

    (found,) = ledger.unsupported()
    assert found.claim.text == text
    assert found.support.origins[0].agent.label == text
    assert str(recorded).isprintable()
    assert all(line.isprintable() for line in str(found).splitlines())
    assert ledger.rebuild() == 1
    assert [one.claim.text for one in ledger.unsupported()] == [text]


def test_look_alikes_stay_two(ledger: Ledger) -> None:
    for name in ("CNN", "СNN", "CNN\u200b"):
        ledger.record("It burned", source=person(name), by="desk")

    assert len(ledger.origins(Claim(text="It burned"))) == 3


# Fuzzing --------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *sorted(sentence_form.FIELDS),
        *(
            "text",
            "nature",
            "subject",
            "attribute",
            "scope",
            "value",
            "as_of",
            "valid",
            "temporal",
            "value_type",
        ),
        *("person", "outlet", "anonymous", "role", "speaks_for", "part_of", "count", "known_to_desk", "name"),
        *("url", "published_at", "kind", "item", "sealed"),
        *(
            "affirm",
            "deny",
            "relay",
            "absent",
            "video",
            "number",
            "time",
            "state",
            "2026-02-07",
            "at least 3",
            "",
        ),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | WORDS
    | st.sampled_from(NASTY)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)
FITTING = st.fixed_dictionaries(
    {
        "claim": st.text("ab ", min_size=1, max_size=9),
        "source": st.sampled_from(["Anna", {"person": "Boris"}]),
    },
    optional={"evidence": st.sampled_from(["video", "absent"]), "said_at": st.just("2026-02-07")},
)
SENTENCES = (
    VALUES
    | FITTING
    | st.fixed_dictionaries(
        {"claim": st.text(min_size=1, max_size=20) | VALUES},
        optional={
            "source": VALUES | st.fixed_dictionaries({"person": st.text(min_size=1, max_size=9) | VALUES}),
            "via": VALUES,
            "document": VALUES
            | st.fixed_dictionaries({"outlet": st.just("CNN"), "url": st.text(max_size=9)}),
            "stance": VALUES,
            "quote": VALUES,
            "evidence": VALUES,
            "said_at": VALUES,
            "accuses": VALUES,
            "certainty": VALUES,
            "distanced": VALUES,
        },
    )
)


class _Enough(Exception):
    """Ends a block without a commit, which takes a thousand times as long: only every tenth sentence is committed."""


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_fuzzed_sentences_raise_only_the_librarys_errors(
    migrated_database: Database, request: pytest.FixtureRequest
) -> None:
    most = FUZZED_FULL if request.config.getoption("--full") else FUZZED
    taken: list[Any] = []
    with Ledger.open(migrated_database.url) as ledger:

        @settings(max_examples=most)
        @given(sentence=SENTENCES)
        def fuzz(sentence: Any) -> None:
            try:
                with ledger.begin(by="fuzz") as desk:
                    desk.record_sentence(sentence)
                    taken.append(sentence)
                    if len(taken) % 10:
                        raise _Enough  # noqa: TRY301 - it ends the block without a commit
            except ProvenanceError as error:
                assert str(error)  # noqa: PT017 - that the error has a text is the point
            except _Enough:
                pass

        fuzz()
        assert taken
        assert ledger.verify().ok


@settings(max_examples=FUZZED)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps({"claim": text}).encode()))
def test_fuzzed_bytes_are_parsed_or_refused(body: bytes) -> None:
    try:
        parsed = list(sentence_form._parsed(sentence_form._bounded(io.BytesIO(body))))
    except ProvenanceError as error:
        parsed = []
        assert error.record_number is not None  # noqa: PT017 - most bytes are fine, some are not
    assert all(isinstance(one, dict) for one in parsed)
