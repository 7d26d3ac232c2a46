"""Lines of JSON that are no sentences are refused with the number of the line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from refusing import NAME, SAID, STORY, refused

from provenance import Ledger
from provenance.errors import InvalidValue

BAD_LINES: dict[str, tuple[object, str]] = {
    "no object": ("Ivanov", "sentence: got a str"),
    "a list": ([SAID], "sentence: got a list"),
    "no claim": ({"source": NAME}, "claim: got nothing"),
    "an unknown field": (
        {"claim": SAID, "sorce": NAME},
        "sentence: got an unknown field 'sorce'; give only ",
    ),
    "a name as a field": ({"claim": SAID, "Ivanov": 1}, "sentence: got an unknown field; give only "),
    "several unknown fields": (
        {"claim": SAID, "Ivanov": 1, "sorce": 1, "publishedAt": 1},
        "sentence: got unknown fields 'publishedAt', 'sorce', 1 more; give only ",
    ),
    "a relay": ({"claim": SAID, "source": NAME, "stance": "relay"}, "stance: got relay"),
    "half a structure": ({"claim": {"text": SAID, "subject": NAME}}, "claim.attribute: got nothing"),
    "a claim without words": ({"claim": {"subject": NAME, "attribute": "post"}}, "claim.text: got nothing"),
    "an unknown claim field": ({"claim": {"text": SAID, "Ivanov": 1}}, "claim: got an unknown field"),
    "a list as nature": ({"claim": {"text": SAID, "nature": []}}, "claim.nature"),
    "an attribute without a name": (
        {"claim": {"text": SAID, "subject": NAME, "attribute": {"temporal": "state"}}},
        "claim.attribute.name: got nothing",
    ),
    "a window upside down": (
        {"claim": {"text": SAID, "subject": NAME, "attribute": "post", "valid": ["2026", "2025"]}},
        "claim.valid: got an end before its beginning",
    ),
    "an interval upside down": (
        {"claim": SAID, "source": NAME, "said_at": "2026-02-07/2026-02-01"},
        "said_at: got an interval upside down",
    ),
    "a time without its zone": (
        {"claim": SAID, "document": {**STORY, "published_at": "2026-02-07T10:30"}},
        "document.published_at: got a date-time without its zone",
    ),
    "a bare document": ({"claim": SAID, "document": "https://example.org/1"}, "document: got a str"),
    "a document of nobody": ({"claim": SAID, "document": {"url": "u"}}, "document.outlet: got nothing"),
    "an unknown document field": (
        {"claim": SAID, "document": {**STORY, "Ivanov": 1}},
        "document: got an unknown field",
    ),
    "a bare chain": ({"claim": SAID, "source": NAME, "via": "TASS"}, "via: got a str"),
    "a bare accused": ({"claim": SAID, "source": NAME, "accuses": "Ivanov"}, "accuses: got a str"),
    "a source of no kind": (
        {"claim": SAID, "source": {"Ivanov": "person"}},
        "source: got an object without a name",
    ),
    "a source that is a number": ({"claim": SAID, "source": 7}, "source: got an int"),
    "a source with more": (
        {"claim": SAID, "source": {"person": NAME, "Ivanov": 1}},
        "source: got an unknown field",
    ),
    "a name that is no text": (
        {"claim": SAID, "source": {"person": {"Ivanov": 1}}},
        "source.name: got a dict",
    ),
    "bare aliases": ({"claim": SAID, "source": {"person": NAME, "aliases": "Ivanov"}}, "aliases: got a str"),
    "a role of nobody": ({"claim": SAID, "source": {"role": NAME}}, "source.speaks_for: got nothing"),
    "unknown evidence": (
        {"claim": SAID, "source": NAME, "evidence": "Ivanov"},
        "evidence.kind: got an unknown word",
    ),
    "evidence of a number": ({"claim": SAID, "source": NAME, "evidence": 7}, "evidence: got an int"),
    "groups without an end": ({"claim": SAID, "source": {}}, "source: got an object without a name"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line(ledger: Ledger, case: str) -> None:
    line, words = BAD_LINES[case]
    good = {"claim": "It rained", "source": "Boris"}

    error = refused(
        ledger,
        lambda ledger: ledger.ingest([good, line], by="pipeline"),  # type: ignore[list-item]
        InvalidValue,
        f"record 2: {words}",
    )

    assert error.record_number == 2


def test_groups_within_groups_without_an_end(ledger: Ledger) -> None:
    group: dict[str, Any] = {"group": NAME}
    group["part_of"] = group

    refused(
        ledger,
        lambda ledger: ledger.ingest([{"claim": SAID, "source": group}], by="pipeline"),
        InvalidValue,
        "record 1: ",
        "nested",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{Ivanov", "line: got text that is not JSON"),
        (b'["Ivanov"]', "line: got a list"),
        (b'{"claim": "Ivanov", "claim": "Ivanov"}', "line: got a field twice"),
        (b'{"claim": NaN}', "line: got NaN or Infinity"),
        (b'{"claim": "Ivanov \xff"}', "line: got bytes that are not UTF-8"),
        (b'{"claim": "Ivanov \\ud800"}', "claim: got a lone surrogate"),
        (b'{"claim": "Ivanov \\u0000"}', "claim: got a NUL character"),
        (b"[" * 100_000, "line: got text that is not JSON"),
    ],
    ids=["no JSON", "list", "twice", "NaN", "no UTF-8", "surrogate", "NUL", "deep"],
)
def test_a_line_that_is_no_sentence(ledger: Ledger, tmp_path: Path, line: bytes, words: str) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b'{"claim": "It rained", "source": "Boris"}\n\n' * 20 + line)

    error = refused(
        ledger, lambda ledger: ledger.ingest(file, by="pipeline"), InvalidValue, f"record 21: {words}"
    )

    assert error.record_number == 21


@pytest.mark.parametrize("size", [0, -1])
def test_commits_of_no_size(ledger: Ledger, size: int) -> None:
    lines = [{"claim": SAID, "source": NAME}]

    refused(
        ledger,
        lambda ledger: ledger.ingest(lines, by="pipeline", commit_every=size),
        InvalidValue,
        "commit_every: got less than one",
    )
