"""Checks what has to follow from fields that were added to the records.

`test_adding_a_field.py` runs it in the copy of the library that has these fields. It prints a JSON object: by the name
of each check, what went wrong, or null.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, find, settings

from provenance import Ledger, anonymous, claim, outlet, person, sealed, when, wire
from provenance.errors import InvalidValue
from provenance.recording.keys import KeyFolder
from provenance.schemas import generation
from provenance.testing import agents, claims, records, sentences
from provenance.values import records as of
from provenance.values.references import misfit, references_of

agent: Any = of.Agent
assertion: Any = of.Assertion
claim_: Any = of.Claim
document: Any = of.Document

ANNA = agent(name="Anna")
STORY = {"outlet": "CNN", "url": "https://example.org/1", "checked_at": "2026-02-07"}
LINE = {"claim": {"text": "It burned", "tone": "calm"}, "source": "Anna", "document": STORY, "mood": "grim"}


def grim() -> Any:
    return assertion(agent=ANNA, claim=claim_(text="It burned"), occasion="briefing", mood="grim")


def the_form_in_the_log() -> None:
    said = grim()
    body = wire.encode_entry([ANNA, said.claim, said])
    (*_, stated) = json.loads(body)["records"]

    assert (stated["record"], stated["mood"]) == (wire.VERSIONS["assertion"].form, "grim")
    assert wire.encode_entry(wire.decode_entry(body)) == body


def older_forms() -> None:
    first = grim()
    stated = {name: value for name, value in wire.to_json(first).items() if name != "mood"}
    older = f"assertion/{wire.VERSIONS['assertion'].newest - 1}"
    said: Any = wire.from_json({**stated, "record": older})

    assert (said.id, said.mood) == (first.id, None)
    refused(lambda: wire.from_json({**stated, "mood": "grim", "record": older}), "of a later version")


def the_walk_over_references() -> None:
    asking = claim_(text="Who knew?", addressed_to=[ANNA, agent(name="Boris")])
    first, second, stated = json.loads(wire.encode_entry([*asking.addressed_to, asking]))["records"]
    held = dict.fromkeys(references_of(asking), "agent")
    wrong = misfit(asking, {**held, ANNA.id: "document"})

    assert references_of(asking) == [one.id for one in asking.addressed_to]
    assert (first["name"], second["name"], stated["addressed_to"]) == ("Anna", "Boris", [0, 1])
    assert misfit(asking, held) is None
    assert wrong == ("claim.addressed_to", ANNA.id, "document", ("agent",))


def what_is_said_again() -> None:
    with Ledger.open(folder() / "ledger.db", clock=ticking()) as ledger:
        first = ledger.record("It burned", source="Anna", mood="grim", by="desk")
        again = ledger.record("It burned", source="Anna", mood="hopeful", by="desk")
        same = ledger.record("It burned", source="Anna", mood="hopeful", by="desk")
        now: Any = ledger.described(first.assertion)
        then: Any = ledger.as_of(known="2026-03-01T00:30Z").described(first.assertion)

        assert (again.is_new, same.is_new, first.assertion.id) == (True, False, again.assertion.id)
        assert (then.mood, now.mood) == ("grim", "hopeful")
        assert ledger.verify(index=True).ok


def what_is_sealed() -> None:
    place = folder()
    with Ledger.open(place / "ledger.db", keys=KeyFolder(place / "keys")) as ledger:
        source = anonymous("a neighbour", mention="a neighbour", home=sealed("12 Elm Street"))
        recorded = ledger.record("It burned", source=source, by="desk")
        held = recorded.assertion.agent

        assert ledger.reveal(held) == {"home": "12 Elm Street"}
        with ledger.begin(by="desk") as desk:
            desk.redact(held)
        assert ledger.verify(index=True).ok
    assert b"Elm Street" not in (place / "ledger.db").read_bytes()


def the_schemas() -> None:
    sentence = generation.generate("sentence")
    name, sealed_here, time = {"$ref": "#/$defs/name"}, {"$ref": "#/$defs/sealed_here"}, {"type": "string"}
    (as_object,) = (one for one in sentence["properties"]["claim"]["anyOf"] if "properties" in one)

    assert generation.generate("assertion")["properties"]["mood"] == name
    assert generation.generate("agent")["properties"]["home"]["anyOf"][1] == {"$ref": "#/$defs/sealed"}
    assert generation.generate("claim")["properties"]["addressed_to"]["items"] == {
        "$ref": "#/$defs/reference"
    }
    assert sentence["properties"]["mood"] == or_null(name)
    assert as_object["properties"]["tone"] == or_null({"anyOf": [name, sealed_here]})
    assert sentence["$defs"]["document_here"]["properties"]["checked_at"] == or_null(time)
    assert sentence["$defs"]["source"]["anyOf"][1]["properties"]["home"] == or_null(
        {"anyOf": [name, sealed_here]}
    )


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def the_sentence_form() -> None:
    source = {"anonymous": "a neighbour", "home": {"sealed": "12 Elm Street"}}
    place = folder()
    with Ledger.open(place / "ledger.db", keys=KeyFolder(place / "keys")) as ledger:
        ledger.ingest([LINE, {**LINE, "source": source}], by="pipeline")
        (found,) = ledger.find("burned")
        said = [one for chain in ledger.trace(found.id).chains for one in chain.steps]
        moods = [getattr(ledger.described(one.id), "mood", None) for one in said]
        tone: Any = ledger.described(found.id)
        homes = [ledger.reveal(one.agent.id) for one in said if one.agent.label == "a neighbour"]
        with ledger.begin(by="desk") as desk:
            recorded = desk.record_sentence(LINE)
            secret = desk.record_sentence(
                {**LINE, "claim": {"text": "It rained", "tone": {"sealed": "calm"}}}
            )
        tones = ledger.reveal(secret.assertion.claim)

    assert sorted(moods, key=str) == [None, None, "grim", "grim"]
    assert tone.tone == "calm"
    assert (homes, tones) == ([{"home": "12 Elm Street"}], {"tone": "calm"})
    (story,) = (one for one in recorded.records if isinstance(one, of.Document))
    assert story.checked_at == when("2026-02-07")  # type: ignore[attr-defined]


def what_the_desk_takes() -> None:
    with Ledger.open(folder() / "ledger.db") as ledger, ledger.begin(by="desk") as desk:
        story: Any = desk.document(outlet("CNN"), url="https://example.org/1", checked_at="2026-02-07")
        said: Any = claim("It burned", tone="calm")  # type: ignore[call-arg]
        recorded: Any = desk.record(said, source=person("Anna", home="Kyiv"), found_in=story, mood="grim")  # type: ignore[call-arg]

    assert (recorded.claim.tone, recorded.assertion.mood) == ("calm", "grim")
    assert recorded.assertion.agent.home == "Kyiv"
    assert (recorded.assertions[-1].mood, story.checked_at) == (None, when("2026-02-07"))
    refused(lambda: assertion(agent=ANNA, claim=said, occasion="o", mood=""), "an empty text")


def the_strategies() -> None:
    drawn(records(), lambda one: getattr(one, "mood", None))
    drawn(records(), lambda one: getattr(one, "checked_at", None))
    drawn(agents(), lambda one: one.home)
    drawn(claims(), lambda one: one.tone)
    drawn(claims(), lambda one: one.addressed_to)
    drawn(sentences(), lambda line: "mood" in line)
    drawn(sentences(), lambda line: "checked_at" in (line.get("document") or {}))
    drawn(sentences(), lambda line: isinstance(line["source"], dict) and "home" in line["source"])
    drawn(sentences(), lambda line: isinstance(line["claim"], dict) and "tone" in line["claim"])


CHECKS = {
    check.__name__: check
    for check in (
        *(the_form_in_the_log, older_forms, the_walk_over_references, what_is_said_again, what_is_sealed),
        *(the_schemas, the_sentence_form, what_the_desk_takes, the_strategies),
    )
}


# How they are checked ---------------------------------------------------------------------------------------------


MAX_FAULT = 4_000
"""Characters of a traceback that are printed: Hypothesis writes very long ones about a strategy that failed."""


def folder() -> Path:
    return Path(tempfile.mkdtemp(dir=sys.argv[1]))


def ticking() -> Callable[[], datetime]:
    hours = iter(datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(24))
    return lambda: next(hours)


def refused(record: Callable[[], object], words: str) -> None:
    with pytest.raises(InvalidValue) as error:
        record()
    assert words in error.value.got


def drawn(strategy: Any, wanted: Callable[[Any], object]) -> None:
    look = settings(max_examples=2_000, phases=[Phase.generate], database=None)
    find(strategy, lambda value: bool(wanted(value)), settings=look)


def fault_of(check: Callable[[], None]) -> str | None:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it
        return traceback.format_exc()[:MAX_FAULT]
    return None


if __name__ == "__main__":
    json.dump({name: fault_of(check) for name, check in CHECKS.items()}, sys.stdout)
