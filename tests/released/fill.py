"""Fills a ledger as a release did, and asks it everything; run by that release, and kept with what it gave.

    python tests/released/fill.py FOLDER

writes FOLDER/REVISION.db.gz and FOLDER/REVISION.json, with the library of the release on the path. It only calls what
every release since 0001 has; what later ones can record besides is in `fill_more`.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import evolve

from provenance import (
    REPORTED_ABSENT,
    Agent,
    Document,
    Ledger,
    Relay,
    anonymous,
    attribute,
    claim,
    entity,
    outlet,
    partly_named,
    person,
    quantity,
    role,
    shown,
    unattributed,
    when,
)

DEATHS = attribute("deaths", value_type="number", temporal="cumulative")
PLACE = attribute("place", value_type="place", temporal="state")
HOSTILE = "'; DROP TABLE provenance_claim; --\" \\ \u202e Ünïcödé \U0001f525 %s {0} [bold]\tend"
KNOWN = "2026-03-01T03:30Z"
"""A moment between commits, for looks back."""

CNN, BBC, TASS = outlet("CNN"), outlet("BBC"), outlet("TASS", part_of="Russian state")
SECOND = Document(
    outlet=Agent(kind="outlet", name="CNN"), url="https://example.org/v", text="In Kyiv it burned all night."
)
"""The second version of a story, in releases from 0003."""


def open_ledger(path: Path) -> Ledger:
    """Each commit an hour after the one before it, from midnight of the first of March 2026."""
    hours: Iterator[datetime] = iter(datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(24))
    return Ledger.open(path, clock=lambda: next(hours))


def fill(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(
            CNN,
            url="https://example.org/1",
            published_at="2026-02-07",
            text="It burned. “No one died.” He is awake.",
        )
        desk.record(
            "He is awake", source=anonymous("medical sources"), via=[TASS], found_in=story, cue="citing"
        )
        burned = desk.record(
            "It burned",
            source=person("Anna"),
            found_in=story,
            quote="It burned",
            quote_type="direct",
            basis="witness",
        )
        desk.record(
            "Ukraine did it",
            source=person("Sergey Lavrov", part_of="Russian state"),
            found_in=story,
            evidence=REPORTED_ABSENT,
            accuses=["Ukraine"],
        )
    with ledger.begin(by="desk") as desk:
        paper = desk.document(BBC, url="https://example.org/2", published_at="2026-02-08", title="Fire")
        toll = desk.record(
            claim(
                "At least 3 died",
                subject="The fire",
                attribute=DEATHS,
                value="at least 3",
                as_of="2026-02-07",
            ),
            source=role("a spokesperson", speaks_for="Fire brigade"),
            found_in=paper,
            certainty="probable",
        )
        fewer = desk.record(
            claim("Two died", subject="The fire", attribute=DEATHS, value=2, as_of="2026-02-08"),
            source="Hospital",
            found_in=paper,
            basis="data",
            evidence=[shown("document", "https://example.org/list"), "video"],
        )
        desk.record(
            "Ukraine did it", source="Ukraine", found_in=paper, stance="deny", said_at="2026-02-08T09:15Z"
        )
        desk.record("He is awake", source=partly_named("Alexandra"), found_in=paper, stance="question")
        desk.record("It burned", source=person("Anna"), found_in=paper)
    with ledger.begin(by="desk") as desk:
        desk.request_comment(
            claim("Ukraine did it"), "Ukraine", by=CNN, at="2026-02-07", deadline="2026-02-09"
        )
        desk.assess(
            claim("Ukraine did it"),
            "unproven",
            by="Fact checkers",
            at="2026-02-10",
            url="https://example.org/f",
        )
        desk.record(HOSTILE, source=unattributed("attacks blamed on"), found_in=story)
        desk.record(claim("She will win", nature="prospective"), source="Pollster", found_in=paper)
    with ledger.begin(by="desk") as desk:  # what is known is said anew
        desk.document(BBC, url="https://example.org/2", published_at="2026-02-08", title="Fire kills three")
        desk.add(Agent(kind="outlet", name="CNN", aliases=["Cable News Network"]))
        desk.record(
            "It burned", source=person("Anna"), found_in=story, quote="It burned", certainty="possible"
        )
    with ledger.begin(by="desk") as desk:
        for place in ("Kyiv", "Odesa"):
            desk.record(
                claim(f"The mayor is in {place}", subject="Mayor", attribute=PLACE, value=place),
                source=person(f"Reporter in {place}"),
                found_in=paper,
            )
        moved = desk.add(
            Agent(kind="person", name="S. Lavrov"), Agent(kind="person", name="Sergey Lavrov")
        ).records
        desk.link("same_agent", moved[0], moved[1])
        desk.link("same_claim", claim("There was a fire"), claim("It burned"))
        assert toll.claim is not None
        desk.link("entails", toll.claim, claim("Somebody died"))
        desk.add(Relay(source=fewer.assertion, target=toll.assertion, status="inferred"))
    with ledger.begin(by="desk") as desk:
        desk.retract(toll, at="2026-02-09")
        desk.correct(burned, at=when("2026-02-09"), note="only smoke")
    with ledger.begin(by="desk") as desk:
        wrong = desk.record(
            claim("Nine died", subject="The fire", attribute=DEATHS, value=quantity("about 9")),
            source="Bystander",
        )
        desk.record(
            "Somebody died", source="Fire brigade", via=[outlet("AP"), outlet("AFP")], occasion="briefing"
        )
    with ledger.begin(by="desk") as desk:
        for record in wrong.assertions:
            desk.withdraw(record, reason="misheard")
    fill_corners(ledger)
    with ledger.begin(by="desk") as desk:
        gone = desk.document(BBC, url="https://example.org/gone", text="What had to go.")
    with ledger.begin(by="legal desk") as desk:
        desk.redact(gone, reason="a court's order")
    with ledger.begin(by="legal desk") as desk:
        desk.redact(gone)
    ledger.ingest(
        [
            {
                "claim": "The bridge is closed",
                "source": {"anonymous": "two dock workers", "count": 2},
                "via": ["Reuters"],
                "document": {"outlet": "CNN", "url": "https://example.org/3", "published_at": "2026-02"},
            },
            {
                "claim": "He did it",
                "source": "Ministry",
                "document": {"outlet": "CNN", "url": "https://example.org/1"},
                "cue": "accused",
                "accuses": ["Boris"],
            },
        ],
        by="pipeline",
    )


def fill_corners(ledger: Ledger) -> None:
    """What is seldom said."""
    languages = attribute("languages", cardinality="multi")
    with ledger.begin(by="desk") as desk:
        dispatch = desk.document(TASS, publisher_id="4711", retrieved_at="2026-02-07T10:00Z")
        desk.record(
            claim(
                "She spoke Danish at work until 2025",
                subject=entity("Mayor of Ribe", "wikidata:Q1"),
                attribute=languages,
                value="Danish",
                scope="at work",
                valid=(None, "2025"),
            ),
            source=anonymous("an aide", mention="one of two aides", known_to_desk=True),
            found_in=dispatch,
            distanced=True,
        )
        right = desk.record(
            "Four died", source=person("Coroner", identifier="wikidata:Q2"), found_in=dispatch
        )
        wrong = desk.record(
            "Five died", source=person("Coroner", identifier="wikidata:Q2"), found_in=dispatch
        )
        desk.correct(wrong, replacement=right, at="2026-02-09")
        desk.assess(claim("Four died"), "likely", by="Fact checkers", against=claim("Five died"))
        owned, owner = desk.add(Agent(kind="outlet", name="Echo"), Agent(name="Holding")).records
        desk.link("control_group", owned, owner, valid=("2020", None))
        tie = desk.link("maybe_same_agent", owned, Agent(kind="outlet", name="The Echo"))
    for withdrawn in range(2):
        with ledger.begin(by="desk") as desk:
            undone = desk.withdraw(tie)
        if not withdrawn:
            with ledger.begin(by="desk") as desk:
                desk.withdraw(undone)


def fill_more(ledger: Ledger) -> None:
    """What later releases than the first can record; a field of a new revision is said here."""
    with ledger.begin(by="desk") as desk:
        first = desk.document(CNN, url="https://example.org/v", text="It burned all night.", title="Fire")
        desk.record(
            "It burned all night",
            source=person("Anna"),
            found_in=first,
            quote="all night",
            ground_rule="on_background",
            language="uk",
            translated=True,
            translated_by="desk",
            extensions={"org.example.cms": {"version": 1, "story": 7}},
        )
    with ledger.begin(by="desk") as desk:
        second = desk.document(
            CNN,
            url=SECOND.url,
            text=SECOND.text,
            supersedes=first,
            change_note="adds the place",
        )
        said = desk.record(
            claim("One was hurt", subject="Fire in Kyiv", attribute="hurt", value="one"),
            source=person("Medic"),
            found_in=second,
            evidence="video",
        )
        more: list[Any] = [
            desk.retract(said),
            desk.link("same_entity", entity("Fire in Kyiv"), entity("The Kyiv fire")),
            desk.assess(claim("Four died"), "false", by="Fact checkers"),
            desk.request_comment(claim("Five died"), "Ukraine"),
        ]
        more.extend([desk.withdraw(more[1]), desk.redact(first)])
    by_type: dict[type, Any] = {type(record): record for record in (*said.records, *more)}
    with ledger.begin(by="CMS plug-in") as desk:
        for record in by_type.values():
            desk.add(evolve(record, extensions={"org.example.cms": {"version": 1, "of": record.TYPE}}))


# What it answers ----------------------------------------------------------------------------------------------------


def answers(ledger: Ledger) -> dict[str, Any]:
    """Everything that can be asked of it, in ids and words of the law, which no release may answer otherwise."""
    views: dict[str, Any] = {"now": ledger}
    views["then"] = ledger.as_of(known=KNOWN, said="2026-02-08")
    claims = [one.id for one in _all_claims(ledger)]
    return {name: {ask.__name__: ask(view, claims) for ask in _ASKED} for name, view in views.items()} | {
        "counts": ledger.counts()
    }


def _all_claims(ledger: Ledger) -> list[Any]:
    found = {one.id: one for name in ("CNN", "BBC") for one in ledger.find(outlet=name)}
    found.update((one.id, one) for word in ("died", "burned", "closed") for one in ledger.find(word))
    return [found[key] for key in sorted(found)]


def supports(view: Any, claims: list[Any]) -> Any:
    return {
        one: [
            found.grade, found.lo, found.hi, sorted(found.flags), [_plain(origin) for origin in found.origins],
            [str(each.id) for each in found.independent],
        ]
        for one, found in _each(view.support, claims)
    }  # fmt: skip


def traces(view: Any, claims: list[Any]) -> Any:
    return {
        one: [[_plain(step) for step in chain.steps] + list(chain.relays) for chain in found.chains]
        for one, found in _each(view.trace, claims)
    }


def _each(ask: Callable[[Any], Any], claims: list[Any]) -> Iterator[tuple[str, Any]]:
    from provenance.errors import ProvenanceError

    for one in claims:
        try:
            yield str(one), ask(one)
        except ProvenanceError:  # not known by then
            continue


def _plain(assertion: Any) -> list[Any]:
    notes = [[note.kind, note.is_present, note.item] for note in assertion.evidence]
    said = [
        str(assertion.id),
        str(assertion.agent.id),
        assertion.agent.label,
        assertion.stance,
        assertion.certainty,
        assertion.basis,
    ]
    return [*said, assertion.said_at.isoformat(), assertion.is_live, assertion.is_amended, notes]


def unsupported(view: Any, _: Any) -> Any:
    kinds = "no_evidence none unattributed reported_absent anonymous_only single_origin uncorroborated"
    return {
        f"{kind} {nature}": [str(one.claim.id) for one in view.unsupported(kind, nature=nature)]
        for kind in kinds.split()
        for nature in ("factual", "prospective")
    }


def conflicts(view: Any, _: Any) -> Any:
    found = [*view.conflicts(strength="possible"), *view.divergences(strength="possible")]
    return [
        [
            one.kind,
            one.strength,
            str(one.a.id),
            str(one.b.id),
            _plain(one.a_assertion),
            _plain(one.b_assertion),
        ]
        for one in found
    ]


def self_contradictions(view: Any, _: Any) -> Any:
    return [
        [one.kind, str(one.holder.id), str(one.a.id), str(one.b.id)] for one in view.self_contradictions()
    ]


def circles(view: Any, _: Any) -> Any:
    kinds = "common_origin suspected_common_origin feedback_loop misreported_source ungrounded_loop"
    return [
        [one.kind, str(one.claim.id), [str(said.id) for said in one.assertions]]
        for one in view.circular(*kinds.split())
    ]


def changes(view: Any, _: Any) -> Any:
    return [[one.kind, str(one.claim.id), str(one.earlier.id), str(one.later.id)] for one in view.changes()]


def accusations(view: Any, _: Any) -> Any:
    return [
        [one.status, str(one.claim.id), str(one.accused.id), [str(each.id) for each in one.requests]]
        for one in view.accusations()
    ]


def assessments(view: Any, claims: list[Any]) -> Any:
    if not hasattr(view, "assessments"):  # before 0002
        return None
    return {
        one: [[each.words, each.url, str(each.by.id)] for each in found]
        for one, found in _each(view.assessments, claims)
    }


def agents(view: Any, _: Any) -> Any:
    named = [
        Agent(kind="outlet", name="CNN"),
        Agent(kind="outlet", name="TASS"),
        Agent(kind="person", name="Anna"),
    ]
    return [
        [_ids(view.resting_on(agent)), {way: _ids(found) for way, found in view.rests_on(agent).items()}]
        for agent in named
    ]


def _ids(found: Any) -> list[str]:
    return [str(one.id) for one in found]


def searches(view: Any, _: Any) -> Any:
    return [
        [str(one.id) for one in found]
        for found in (
            view.find("burned"),
            view.find("kyiv"),
            view.find(subject="the fire"),
            view.find(source="Anna"),
        )
    ]


def impacts(view: Any, claims: list[Any]) -> Any:
    """Of the first origin of each."""
    found = {
        one: view.impact(support.origins[0].id)
        for one, support in _each(view.support, claims)
        if support.origins
    }
    names = ("lost", "weakened", "unaffected", "documents")
    return {
        one: [[name, [str(each.id) for each in getattr(impact, name)]] for name in names]
        for one, impact in found.items()
    }


def chokepoints(view: Any, claims: list[Any]) -> Any:
    return {one: _ids(found) for one, found in _each(view.chokepoints, claims)}


def positions(view: Any, claims: list[Any]) -> Any:
    anna = Agent(kind="person", name="Anna")
    return dict(_each(lambda one: view.position(anna, one), claims))


def explanations(view: Any, claims: list[Any]) -> Any:
    """Of the support of each claim: the rule's words may change, what it rests on may not."""
    return {
        one: [_ids(chain.steps) for side in found.sides for chain in side.chains]
        for one, found in _each(lambda one: view.explain(view.support(one)), claims)
    }


def descriptions(view: Any, claims: list[Any]) -> Any:
    if not hasattr(view, "described"):  # before 0003
        return None
    return {one: [found.label, found.nature.value] for one, found in _each(view.described, claims)}


def stories(view: Any, _: Any) -> Any:
    if not hasattr(view, "versions"):  # before 0003
        return None
    versions = [
        [str(one.document.id), one.change, one.change_note, _ids(one.amendments)]
        for _, found in _each(view.versions, [SECOND.id])
        for one in found
    ]
    refound = [
        [str(one.mention), one.kind, [list(place) for place in one.places]]
        for _, found in _each(view.refound, [SECOND.id])
        for one in found
    ]
    return [versions, refound]


_ASKED = (
    *(supports, traces, unsupported, conflicts, self_contradictions, circles, changes, accusations),
    *(assessments, agents, searches, impacts, chokepoints, positions, explanations, descriptions, stories),
)


def log_of(connection: Any) -> list[list[Any]]:
    """The log as it lies, which no migration may touch. The connection is one of sqlite3."""
    commits = "SELECT seq, at, author, hex(previous), hex(root), hex(hash), size, request_key FROM provenance_commit"
    entries = "SELECT seq, commit_seq, hex(digest), CAST(body AS TEXT) FROM provenance_entry"
    texts = "SELECT hex(digest), text FROM provenance_document_text"
    return [
        [list(row) for row in connection.execute(f"{query} ORDER BY 1")]
        for query in (commits, entries, texts)
    ]


def main(folder: str) -> None:
    import sqlite3

    from provenance.database.revisions import REVISION

    manifest = Path(folder) / "manifest.json"
    if manifest.exists() and REVISION in json.loads(manifest.read_text(encoding="utf-8"))["released"]:
        sys.exit(f"{REVISION} is released, and its files stay as they are: make the next revision first")
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "ledger.db"
        with open_ledger(path) as ledger:
            fill(ledger)
            if REVISION >= "0003":
                fill_more(ledger)
            answered = answers(ledger)
        raw = sqlite3.connect(path)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode = DELETE")
        answered["log"] = log_of(raw)
        raw.close()
        content = gzip.compress(path.read_bytes(), mtime=0)
    (Path(folder) / f"{REVISION}.db.gz").write_bytes(content)
    (Path(folder) / f"{REVISION}.json").write_text(
        json.dumps(answered, ensure_ascii=False, sort_keys=True) + "\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
