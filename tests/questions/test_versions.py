"""Versions of one story: what was changed, whether the outlet said so, and where quotations stand now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import Database

from provenance import Agent, Document, KeyFolder, Ledger, outlet, person, sealed
from provenance.errors import InvalidValue, NotRecorded
from provenance.values.ids import RecordId

CNN = outlet("CNN")
FIRST = "A fire broke out at the port. No one was hurt, the mayor said."
SECOND = "A large fire broke out at the port. No one was hurt, the mayor said."
THIRD = "A large fire broke out at the port. One man was hurt, the mayor said."


@pytest.fixture
def ledger(migrated_database: Database, tmp_path: Path) -> Iterator[Ledger]:
    hours = iter(range(24))
    with Ledger.open(
        migrated_database.url,
        keys=KeyFolder(tmp_path),
        clock=lambda: datetime(2026, 2, 9, next(hours), tzinfo=UTC),
    ) as opened:
        yield opened


def published(ledger: Ledger, text: str | None, day: int, **stated: object) -> Document:
    with ledger.begin(by="desk") as desk:
        return desk.document(
            CNN, url="https://example.org/fire", text=text, published_at=f"2026-02-0{day}", **stated
        )


def test_a_stealth_edit_and_a_correction_are_distinguished(ledger: Ledger) -> None:
    first = published(ledger, FIRST, 1, title="Fire")
    second = published(ledger, SECOND, 2, supersedes=first, title="Fire")
    third = published(ledger, THIRD, 3, supersedes=second.id, change_note="CORRECTION: one man was hurt")

    answered = ledger.versions(second.id)

    assert ledger.versions(first) == ledger.versions(third) == answered
    assert [one.document.id for one in answered] == [first.id, second.id, third.id]
    assert [one.change for one in answered] == ["first", "stealth", "announced"]
    assert [one.supersedes for one in answered] == [None, first.id, second.id]
    assert str(answered[1]) == "CNN, Fire, 2026-02-02: changed, and does not say so"
    assert "CORRECTION: one man was hurt" in str(answered[2])


def test_an_amendment_by_the_outlet_announces_a_change_and_one_by_a_source_does_not(ledger: Ledger) -> None:
    first = published(ledger, FIRST, 1)
    with ledger.begin(by="desk") as desk:
        said = desk.record("No one was hurt", source=person("Mayor"), found_in=first)
    second = published(ledger, SECOND, 2, supersedes=first)

    with ledger.begin(by="desk") as desk:
        desk.correct(said, at="2026-02-02")
    by_source = ledger.versions(first)[1]
    with ledger.begin(by="desk") as desk:
        desk.correct(said.assertions[-1], at="2026-02-03")
    by_outlet = ledger.versions(second)[1]

    assert (by_source.change, by_source.amendments) == ("stealth", ())
    assert by_outlet.change == "announced"
    assert "CNN corrected it, 2026-02-03" in str(by_outlet)
    assert ledger.as_of(said="2026-02-02").versions(first)[1].change == "stealth"


@pytest.mark.parametrize(
    ("texts", "titles", "change"),
    [
        ((FIRST, FIRST), ("Fire", "Big fire"), "stealth"),
        ((FIRST, None), ("Fire", "Fire"), "unknown"),
        ((FIRST, None), ("Fire", "Big fire"), "stealth"),
        ((None, None), (None, None), "unknown"),
        ((FIRST, SECOND), (None, None), "stealth"),
        ((FIRST, FIRST), (None, "Fire"), "unchanged"),
    ],
)
def test_what_is_not_known_is_not_called_a_change(
    ledger: Ledger, texts: tuple[str | None, ...], titles: tuple[str | None, ...], change: str
) -> None:
    with ledger.begin(by="desk") as desk:
        first = desk.document(CNN, url="https://example.org/1", text=texts[0], title=titles[0])
        desk.document(CNN, url="https://example.org/2", text=texts[1], title=titles[1], supersedes=first)

    assert [one.change for one in ledger.versions(first)] == ["first", change]


def test_a_version_can_be_said_later_to_supersede_another(ledger: Ledger) -> None:
    first, second = published(ledger, FIRST, 1), published(ledger, SECOND, 2)
    before = datetime(2026, 2, 9, 1, tzinfo=UTC)

    published(ledger, SECOND, 2, supersedes=first)

    assert [one.document.id for one in ledger.versions(second)] == [first.id, second.id]
    assert [one.document.id for one in ledger.as_of(known=before).versions(second)] == [second.id]
    assert [one.document.id for one in ledger.as_of(said="2026-02-01").versions(first)] == [first.id]


def test_what_a_version_superseded_before_is_remembered(ledger: Ledger) -> None:
    first, second = published(ledger, FIRST, 1), published(ledger, SECOND, 2)
    third = published(ledger, THIRD, 3, supersedes=first)
    before = datetime(2026, 2, 9, 2, tzinfo=UTC)
    published(ledger, THIRD, 3, supersedes=second)

    assert [one.document.id for one in ledger.versions(third)] == [second.id, third.id]
    assert [one.document.id for one in ledger.as_of(known=before).versions(first)] == [first.id, third.id]
    assert [one.document.id for one in ledger.as_of(known=before).versions(second)] == [second.id]


def test_a_story_may_branch(ledger: Ledger) -> None:
    first = published(ledger, FIRST, 1)
    third = published(ledger, THIRD, 3, supersedes=first)
    second = published(ledger, SECOND, 2, supersedes=first)

    assert [one.document.id for one in ledger.versions(third)] == [first.id, second.id, third.id]


def test_no_document_is_a_version_before_itself(ledger: Ledger) -> None:
    first = published(ledger, FIRST, 1)
    second = published(ledger, SECOND, 2, supersedes=first)

    with pytest.raises(InvalidValue, match="supersedes"):
        published(ledger, FIRST, 1, supersedes=second)
    same = published(ledger, FIRST, 1, supersedes=RecordId(first.id))

    assert same.version == "2026-02-01T23:59:59.999999Z"  # nothing else tells it apart from the one before it
    assert len(ledger.versions(first)) == 3


def test_quotations_are_found_again_in_the_next_version(ledger: Ledger) -> None:
    first = published(ledger, FIRST, 1)
    with ledger.begin(by="desk") as desk:
        desk.record("No one was hurt", source=person("Mayor"), found_in=first, quote="No one was hurt")
        desk.record("It burned", source=person("Mayor"), found_in=first, quote="fire broke out")
        desk.record("The mayor knows", found_in=first)
    second = published(ledger, SECOND, 2, supersedes=first)
    third = published(ledger, THIRD, 3, supersedes=second)

    hurt, fire = ledger.refound(second)

    assert (hurt.kind, fire.kind) == ("moved", "moved")
    assert hurt.place is not None
    assert SECOND[slice(*hurt.place)] == "No one was hurt"
    assert str(fire) == "moved: 8 to 22"
    (lost,) = ledger.refound(third, hurt.mention)
    assert (lost.kind, lost.place, str(lost)) == ("lost", None, "lost")
    assert ledger.refound(first) == ()


def test_a_text_that_is_not_held_cannot_be_searched(ledger: Ledger) -> None:
    first = published(ledger, None, 1)

    with pytest.raises(InvalidValue, match="text"):
        ledger.refound(first)
    with pytest.raises(NotRecorded):
        ledger.versions(Document(outlet=RecordId("0" * 64), url="https://example.org"))


def test_a_story_is_followed_through_json_lines(ledger: Ledger) -> None:
    earlier = {"outlet": "CNN", "url": "https://example.org/fire", "text": FIRST}
    later = {**earlier, "text": SECOND, "supersedes": earlier, "change_note": "Updated"}

    ledger.ingest([{"claim": "It burned", "source": "Mayor", "document": later}], by="pipeline")
    ledger.ingest(
        [{"claim": "It burned", "document": {**later, "text": THIRD, "supersedes": document_id(SECOND)}}],
        by="pipeline",
    )

    assert [one.change for one in ledger.versions(document_id(FIRST))] == ["first", "announced", "announced"]


def document_id(text: str) -> RecordId:
    return Document(outlet=Agent(kind="outlet", name="CNN"), url="https://example.org/fire", text=text).id


# The terms ----------------------------------------------------------------------------------------------------------


def test_the_terms_and_the_language_are_recorded_with_the_source(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        recorded = desk.record(
            "It burned",
            source=person("Anna"),
            found_in={"outlet": "CNN", "url": "https://example.org"},
            ground_rule="off_the_record",
            language="RU-latn",
            translated=True,
            translated_by="AFP",
        )

    (chain,) = ledger.trace(recorded.claim).chains  # type: ignore[arg-type]

    terms = "off the record, not for publication; translated from ru-Latn by AFP"
    assert str(recorded) == f"CNN, citing Anna: It burned; no evidence was mentioned; {terms}"
    assert str(chain) == f"CNN, citing Anna; no evidence was mentioned; {terms}"
    assert (chain.origin.is_publishable, chain.steps[1].is_publishable) == (False, True)
    assert "off the record, not for publication" in str(chain.origin)
    assert ledger.support(recorded.claim).grade == 2  # type: ignore[arg-type]


def test_terms_that_become_known_later_are_added_and_change_no_identity(ledger: Ledger) -> None:
    sentence = {"claim": "It burned", "source": "Anna", "document": {"outlet": "CNN", "url": "https://a.org"}}
    first = ledger.ingest([sentence], by="desk")
    before = ledger.counts()

    added = ledger.ingest([{**sentence, "ground_rule": "on_background", "language": "uk"}], by="desk")
    again = ledger.ingest([{**sentence, "ground_rule": "on_background"}], by="desk")

    (claim,) = ledger.find("burned")
    support = ledger.support(claim.id)
    origin, mention = support.origins[0], support.chains[0].steps[-1].mentions[0]
    assert (first, added, again) == (1, 1, 0)
    assert ledger.counts() == before
    assert (origin.ground_rule, mention.language) == ("on_background", "uk")
    assert ledger.verify(index=True).ok


def test_of_one_speech_event_the_strictest_terms_count(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        both = [
            desk.record("It burned", source=person("Anna"), occasion=f"o{rule}", ground_rule=rule)
            for rule in ("off_the_record", "on_the_record")
        ]
        desk.link("same_event", both[0].assertion, both[1].assertion)

    (origin,) = ledger.support(both[0].claim).origins  # type: ignore[arg-type]

    assert origin.ground_rule == "off_the_record"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        *(("RU", "ru"), ("sr-latn-rs", "sr-Latn-RS"), ("ZH-YUE", "zh-yue"), ("de-1996", "de-1996")),
        *(("es-419", "es-419"), ("en-a-BBB-CC-x-A-US", "en-a-bbb-cc-x-a-us")),
    ],
)
def test_a_language_is_kept_in_the_letter_case_of_its_standard(ledger: Ledger, given: str, kept: str) -> None:
    recorded = ledger.record("It burned", source=person("Anna"), language=given, by="desk")

    assert recorded.named("mention").language == kept  # type: ignore[union-attr]


@pytest.mark.parametrize("tag", ["Russian language", "r", "ru-", "ru--RU", "ru_RU", "ру", "en-a", "", 7])
def test_what_is_no_language_tag_is_refused(ledger: Ledger, tag: object) -> None:
    with pytest.raises(InvalidValue, match="language"):
        ledger.record("It burned", source=person("Anna"), language=tag, by="desk")
    with pytest.raises(InvalidValue, match="translated_by"):
        ledger.record("It burned", source=person("Anna"), translated_by="AFP", by="desk")


def test_a_sealed_quotation_is_left_out_of_what_is_found_again(ledger: Ledger) -> None:
    first = published(ledger, FIRST, 1)
    second = published(ledger, SECOND, 2, supersedes=first)

    with ledger.begin(by="desk") as desk:
        desk.record("Hurt", source=person("Mayor"), found_in=first, quote=sealed("No one was hurt"))

    assert ledger.refound(second) == ()
