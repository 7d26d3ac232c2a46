"""The questions, one by one, on small stories; the rules themselves are held by the cases and the model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from attrs import evolve
from databases import Database

from provenance import (
    REPORTED_ABSENT,
    Agent,
    Anchor,
    Assertion,
    Claim,
    Evidence,
    Ledger,
    Link,
    Mention,
    Recorded,
    Relay,
    Window,
    anonymous,
    attribute,
    claim,
    entity,
    organisation,
    outlet,
    person,
    when,
)
from provenance.errors import InvalidValue, UnknownReference

CNN, BBC, TASS, REUTERS = outlet("CNN"), outlet("BBC"), outlet("TASS"), outlet("Reuters")
AWAKE = "He is awake"
KILLED = attribute("killed", value_type="number")


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    clock = iter(datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(24))
    with Ledger.open(migrated_database.url, clock=lambda: next(clock)) as opened:
        yield opened


def claim_of(recorded: Recorded) -> Claim:
    assert recorded.claim is not None
    return recorded.claim


def two_outlets(ledger: Ledger) -> Recorded:
    """CNN and BBC, the latter in its own voice, on TASS, on medical sources."""
    with ledger.begin(by="desk") as desk:
        cnn, bbc = (
            desk.document(name, url=f"https://example.org/{name.name}", published_at="2026-02-07")
            for name in (CNN, BBC)
        )
        sources = desk.record(AWAKE, source=anonymous("medical sources"), via=[TASS], found_in=cnn)
        carried = desk.record(AWAKE, found_in=bbc)
        desk.add(Relay(source=carried.assertion, target=sources.assertions[1]))
    return sources


def test_two_outlets_of_one_origin_print_as_an_editor_would_say_it(ledger: Ledger) -> None:
    two_outlets(ledger)

    found = list(ledger.circular("common_origin"))

    assert [str(one) for one in found] == [
        "He is awake: Two outlets, one origin: CNN and BBC both cite TASS, citing medical sources"
    ]


def test_an_explanation_has_every_assertion_relay_and_evidence(ledger: Ledger) -> None:
    recorded = two_outlets(ledger)
    with ledger.begin(by="desk") as desk:
        desk.add(Evidence(assertion=recorded.assertion, kind="video", item="v1"))
        desk.record(AWAKE, source=person("Anna"), stance="deny")
    (finding,) = ledger.conflicts()

    explained = ledger.explain(finding)

    assert {assertion.agent.label for assertion in explained.assertions} == {
        "medical sources",
        "TASS",
        "CNN",
        "BBC",
        "Anna",
    }
    assert len(explained.relays) == 3
    assert [note.item for note in explained.evidence] == ["v1"]
    assert "one holder affirms a claim and another denies it" in str(explained)
    assert "Anna: denied" in str(explained)


@pytest.mark.parametrize(
    "question", ["unsupported", "circular", "changes", "accusations", "self_contradictions"]
)
def test_every_kind_of_answer_can_be_explained(ledger: Ledger, question: str) -> None:
    recorded = two_outlets(ledger)
    with ledger.begin(by="desk") as desk:
        desk.record(AWAKE, source=person("Anna"), accuses=["Boris"])
        desk.record("It burned", source=person("Anna"))
        desk.record("It burned", source=person("Anna"), stance="deny", said_at="2026-02-08")
        desk.add(Relay(source=recorded.assertion, target=recorded.assertions[1]))  # and a loop
    lists = {
        "unsupported": ledger.unsupported(),
        "circular": ledger.circular("common_origin", "ungrounded_loop", "feedback_loop"),
        "changes": ledger.changes(),
        "accusations": ledger.accusations(),
        "self_contradictions": ledger.self_contradictions(),
    }

    answers = list(lists[question])  # type: ignore[call-overload]

    assert answers
    for answer in answers:
        explained = ledger.explain(answer)
        assert explained.rule
        assert explained.assertions
        assert str(explained).startswith(str(answer))


def test_conflicts_are_counted_by_issue_not_by_pairs(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        for number, name in enumerate(("Anna", "Boris", "Clara")):
            desk.record(claim_with_value(number + 10), source=person(name))

    found = ledger.conflicts()

    assert found.count() == 1
    assert len(list(found)) == 3
    assert len({one.issue for one in found}) == 1


def claim_with_value(value: int) -> Claim:
    return claim(
        f"{value} died", subject="fire", attribute=attribute("deaths", value_type="number"), value=value
    )


def test_a_retraction_shows_which_documents_carry_what_would_be_lost(ledger: Ledger) -> None:
    recorded = two_outlets(ledger)

    found = ledger.impact(recorded.assertion)

    assert [str(one) for one in found.lost] == [AWAKE]
    assert [str(one) for one in found.documents] == [
        "CNN, https://example.org/CNN",
        "BBC, https://example.org/BBC",
    ]
    assert ledger.support(claim_of(recorded)).grade == 2


# Right of reply -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stance", "status", "answered"),
    [
        (None, "asked_and_silent", False),
        ("silence", "reported_silent", False),
        ("no_comment", "declined", False),
        ("question", "questioned", False),
        ("deny", "denied", True),
        ("affirm", "confirmed", True),
    ],
)
def test_what_the_accused_said_or_left_unsaid_is_distinguished(
    ledger: Ledger, stance: str | None, status: str, answered: bool
) -> None:
    with ledger.begin(by="desk") as desk:
        accused = desk.record("Boris stole it", source=person("Anna"), accuses=[person("Boris")])
        desk.request_comment(
            claim_of(accused), person("Boris"), by=CNN, at="2026-02-06T12:00Z", deadline="2026-02-07"
        )
        if stance is not None:
            desk.record("Boris stole it", source=person("Boris"), stance=stance, said_at="2026-02-08")

    (found,) = ledger.accusations()

    assert (found.status, found.is_answered) == (status, answered)
    assert [one.asked_at for one in found.requests] == [datetime(2026, 2, 6, 12, tzinfo=UTC)]
    assert [str(one.asked_by) for one in found.requests] == ["CNN"]
    assert [assertion.said_at.date().isoformat() for assertion in found.responses] == (
        ["2026-02-08"] if stance else []
    )
    assert bool(list(ledger.unanswered())) is not answered


def test_who_was_never_asked_is_said_so(ledger: Ledger) -> None:
    ledger.record("Boris stole it", source=person("Anna"), accuses=["Boris"], by="desk")

    (found,) = ledger.unanswered()

    assert found.status == "not_asked"
    assert "no request for comment is recorded" in str(found)


def test_a_spokesperson_answers_for_the_accused(ledger: Ledger) -> None:
    committee = organisation("Committee")
    with ledger.begin(by="desk") as desk:
        desk.record("The committee hid it", source=person("Anna"), accuses=[committee])
        desk.record("The committee hid it", source=person("Clara", speaks_for=committee), stance="deny")

    assert [one.status for one in ledger.accusations()] == ["denied"]


# What changes on the way ----------------------------------------------------------------------------------------


def chain_of(ledger: Ledger, **later: str) -> tuple[Recorded, Assertion]:
    """Anna said it, was quoted by Reuters, and CNN rests on Reuters."""
    with ledger.begin(by="desk") as desk:
        wire = desk.document(REUTERS, url="https://example.org/wire", published_at="2026-02-06")
        first = desk.record(
            AWAKE, source=person("Anna"), found_in=wire, certainty="possible", evidence=REPORTED_ABSENT
        )
        reuters = first.assertions[1]
        story = desk.document(CNN, url="https://example.org/cnn", published_at="2026-02-07")
        on_top = Assertion(
            agent=story.outlet,
            claim=claim_of(first),
            stance=later.get("stance", "relay"),
            occasion="cnn",
            certainty=later.get("certainty"),
        )
        desk.add(on_top, Relay(source=on_top, target=reuters), Mention(assertion=on_top, document=story))
    return first, on_top


def kinds(ledger: Ledger) -> list[tuple[str, str]]:
    return [(one.kind, one.later.agent.label) for one in ledger.changes()]


def test_a_relay_has_its_parents_certainty_unless_it_says_otherwise(ledger: Ledger) -> None:
    first, _ = chain_of(ledger)

    assert {step.certainty for chain in ledger.trace(claim_of(first)).chains for step in chain.steps} == {
        "possible"
    }
    assert ("certainty_rose", "CNN") not in kinds(ledger)


def test_a_dropped_hedge_is_reported_with_both_assertions(ledger: Ledger) -> None:
    chain_of(ledger, certainty="certain")

    (found,) = [one for one in ledger.changes() if one.kind == "certainty_rose"]

    assert (found.earlier.agent.label, found.later.agent.label) == ("Reuters", "CNN")
    assert str(found) == "He is awake: CNN has as certain what was possible with Reuters"


def test_a_lost_caveat_and_adoption_are_reported(ledger: Ledger) -> None:
    chain_of(ledger, stance="affirm")

    assert {("caveat_lost", "CNN"), ("adopted", "CNN")} <= set(kinds(ledger))


def test_who_notes_the_absence_too_lost_no_caveat(ledger: Ledger) -> None:
    first, on_top = chain_of(ledger)
    with ledger.begin(by="desk") as desk:
        desk.add(Evidence(assertion=first.assertion, present=False, noted_by=on_top.agent))

    assert ("caveat_lost", "CNN") not in kinds(ledger)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("direct", "He is awake and talks"), ("mixed", "awake and talks"), {"quote_loosened"}),
        (("direct", "He is awake and talks"), ("direct", "He is awake, and TALKS."), set()),
        (("direct", "He is awake and talks"), ("direct", "He is well awake"), {"quote_changed"}),
        (("mixed", "awake"), ("indirect", None), {"quote_loosened"}),
        (("indirect", None), ("direct", "He is awake"), set()),
    ],
)
def test_quotation_marks_loosened_and_words_changed_inside_them(
    ledger: Ledger, before: tuple[str, str | None], after: tuple[str, str | None], expected: set[str]
) -> None:
    first, on_top = chain_of(ledger)
    with ledger.begin(by="desk") as desk:
        for assertion, (quote_type, words) in ((first.assertions[1], before), (on_top, after)):
            anchor = None if words is None else Anchor(exact=words)
            desk.add(Mention(assertion=assertion, quote_type=quote_type, anchor=anchor))

    found = {one.kind for one in ledger.changes(claim_of(first)) if one.kind.startswith("quote")}

    assert found == expected


# Identity -------------------------------------------------------------------------------------------------------


def test_a_control_group_counts_for_what_was_said_in_its_time(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        early = desk.record("It burned", source=person("Anna"), said_at="2020-06-01", basis="witness")
        desk.record("It burned", source=person("Boris"), said_at="2020-06-02", basis="witness")
        late = desk.record("It rained", source=person("Anna"), said_at="2023-06-01", basis="witness")
        desk.record("It rained", source=person("Boris"), said_at="2023-06-02", basis="witness")
        group = organisation("Holding")
        owner = desk.document(outlet("Gazette", part_of=group), url="u").outlet
        for name in ("Anna", "Boris"):
            desk.link(
                "control_group", Agent(kind="person", name=name), owner, valid=("2020-01-01", "2021-12-31")
            )

    burned, rained = (ledger.support(claim_of(one)) for one in (early, late))

    assert (burned.lo, burned.hi) == (1, 1)
    assert (rained.lo, rained.hi) == (2, 2)


def test_a_spokespersons_dates_say_whose_position_it_was(ledger: Ledger) -> None:
    clara, ministry = Agent(kind="person", name="Clara"), Agent(name="Ministry")
    with ledger.begin(by="desk") as desk:
        then = desk.record("Taxes rise", source=clara, said_at="2020-06-01")
        now = desk.record("Taxes fall", source=clara, said_at="2025-06-01")
        desk.link("speaks_for", clara, ministry, valid=(None, "2021-12-31"))

    assert ledger.position(ministry, claim_of(then)) == "affirm"
    assert ledger.position(ministry, claim_of(now)) == "none"
    assert ledger.position(clara, claim_of(now)) == "affirm"


def test_a_merge_has_no_dates() -> None:
    with pytest.raises(InvalidValue, match=r"link\.valid"):
        Link(
            kind="same_agent",
            source=Agent(name="A"),
            target=Agent(name="B"),
            valid=Window(when("2020-01-01"), None),
        )


def test_links_tie_records_of_their_kind_only(ledger: Ledger) -> None:
    recorded = ledger.record("It burned", source=person("Anna"), by="desk")

    with pytest.raises(InvalidValue, match=r"link\.target"), ledger.begin(by="desk") as desk:
        desk.link("same_agent", recorded.assertion.agent, claim_of(recorded))

    assert "link" not in ledger.counts()


def test_two_records_of_one_speech_event_are_one_assertion_until_undone(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="https://example.org/1", published_at="2026-02-07")
        relayed = desk.record(AWAKE, source=TASS, found_in=story)
        dispatch = desk.document(TASS, url="https://example.org/dispatch", published_at="2026-02-06")
        own = desk.record(AWAKE, source=TASS, found_in=dispatch, evidence="video")
        desk.record(
            AWAKE, source=TASS, found_in=story, evidence="document", occasion=relayed.assertion.occasion
        )
    apart = ledger.support(claim_of(own))
    with ledger.begin(by="desk") as desk:
        tie = desk.link("same_event", relayed.assertion, own.assertion)

    together = ledger.support(claim_of(own))
    with ledger.begin(by="desk") as desk:
        desk.withdraw(tie)

    assert (len(apart.origins), len(together.origins)) == (2, 1)
    assert together.origins[0].is_evidenced is True
    assert together.origins[0].said_at.date().isoformat() == "2026-02-06"
    assert ledger.support(claim_of(own)) == apart


def test_what_a_withdrawn_agent_said_counts_as_never_recorded(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        recorded = desk.record("It burned", source=person("Anna"), basis="witness")
        desk.record("It burned", source=person("Boris"))
    with ledger.begin(by="desk") as desk:
        desk.withdraw(recorded.assertion.agent, reason="there is no such person")

    assert [str(one.agent) for one in ledger.origins(claim_of(recorded))] == ["Boris"]
    assert [
        str(one.agent) for one in ledger.as_of(known="2026-03-01T00:30Z").origins(claim_of(recorded))
    ] == [
        "Anna",
        "Boris",
    ]


def test_what_a_withdrawn_agent_took_back_or_judged_counts_as_never_recorded(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        recorded = desk.record("It burned", source=person("Anna"))
        amendment = desk.amend("misattributed", recorded, by=person("Boris"))
        assessment = desk.assess(claim_of(recorded), "true", by=organisation("Checkers"))
    before = ledger.support(claim_of(recorded)), len(ledger.assessments(claim_of(recorded)))
    with ledger.begin(by="desk") as desk:
        desk.withdraw(amendment.record.by)
        desk.withdraw(assessment.record.by)

    assert (before[0].grade, before[1]) == (0, 1)
    assert ledger.support(claim_of(recorded)).grade == 2
    assert ledger.assessments(claim_of(recorded)) == ()


def test_a_translator_goes_with_the_translation(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        recorded = desk.record("It burned", source=person("Anna"), translated=True, translated_by="Olena")
        mention = recorded.named("mention")
        assert isinstance(mention, Mention)
    with ledger.begin(by="desk") as desk:
        desk.add(evolve(mention, translated=False, translated_by=None))

    known = ledger.described(mention)
    assert isinstance(known, Mention)
    assert (known.translated, known.translated_by) == (False, None)
    earlier = ledger.as_of(known="2026-03-01T00:30Z").described(mention)
    assert isinstance(earlier, Mention)
    assert (earlier.translated, earlier.translated_by) == (True, "Olena")


def test_a_merged_agent_is_shown_by_the_name_that_the_merge_points_to(ledger: Ledger) -> None:
    shown = []
    for number, (source, target) in enumerate((("AAA", "ZZZ"), ("MMM", "BBB"))):
        with ledger.begin(by="desk") as desk:
            recorded = desk.record(f"It burned {number}", source=person(source), basis="witness")
            desk.record(f"It burned {number}", source=person(target), basis="witness")
            desk.link("same_agent", person(source), person(target))
        shown.append({str(one.agent) for one in ledger.origins(claim_of(recorded))})

    assert shown == [{"ZZZ"}, {"BBB"}]


def test_a_withdrawn_sentence_leaves_nothing_of_itself_behind(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="u")
        kept = desk.record(AWAKE, source=person("Anna"), found_in=story)
        wrong = desk.record(AWAKE, source=person("Boris"), found_in=story, evidence="video")
        alone = desk.record("It burned", source=person("Boris"), via=[TASS], found_in=story)
    with ledger.begin(by="desk") as desk:
        desk.withdraw(wrong, reason="misread")
        desk.withdraw(alone, reason="misread")

    assert str(ledger.trace(claim_of(kept))) == "He is awake\n  CNN, citing Anna; no evidence was mentioned"
    assert ledger.trace(claim_of(alone)).chains == ()
    assert [str(one.claim) for one in ledger.unsupported()] == [AWAKE]


# Corrections ----------------------------------------------------------------------------------------------------


def test_what_was_taken_back_is_said_so_wherever_it_is_shown(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="u", published_at="2026-02-07")
        said = desk.record("Three are missing", source=person("Anna"), found_in=story)
        better = desk.record("Four are missing", source=person("Anna"), found_in=story)
        desk.correct(said, replacement=better, at="2026-02-08", note="miscounted")
    with ledger.begin(by="desk") as desk:
        desk.retract(better, by=CNN, at="2026-02-09")

    corrected, retracted = (ledger.trace(claim_of(one)) for one in (said, better))
    (note,) = corrected.chains[0].origin.amendments

    assert "Anna corrected it, 2026-02-08: not “Three are missing” but “Four are missing”" in str(corrected)
    assert (note.kind, note.note, note.replaced_by) == ("correct", "miscounted", "Four are missing")
    assert "CNN retracted it, 2026-02-09" in str(retracted)
    assert "nobody stands by it any more; no origin (grade 0)" in str(ledger.support(claim_of(said)))
    assert "retracted" not in str(ledger.as_of(said="2026-02-08").trace(claim_of(better)))


def test_an_agencys_kill_takes_back_all_that_is_found_in_a_document(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        wire = desk.document(REUTERS, url="w", published_at="2026-02-07")
        recorded = [desk.record(text, found_in=wire) for text in ("It burned", "It rained")]
        desk.retract(wire, at="2026-02-08", note="kill")

    assert [ledger.support(claim_of(one)).grade for one in recorded] == [0, 0]
    assert [ledger.as_of(said="2026-02-07").support(claim_of(one)).grade for one in recorded] == [2, 2]


def test_an_assessment_is_given_back_and_changes_no_answer(ledger: Ledger) -> None:
    recorded = ledger.record("It burned", source=person("Anna"), by="desk")
    before = ledger.support(claim_of(recorded))
    with ledger.begin(by="desk") as desk:
        desk.assess(claim_of(recorded), "Mostly false", by="Fact desk", at=when("2026-02-08"))

    (found,) = ledger.assessments(claim_of(recorded))

    assert str(found) == "It burned: Mostly false (Fact desk, 2026-02-08)"
    assert ledger.support(claim_of(recorded)) == before
    assert ledger.assessments(claim("It burned")) == (found,)


def test_a_list_is_true_where_there_is_any(ledger: Ledger) -> None:
    empty = bool(ledger.unsupported())
    ledger.record("It burned", source=person("Anna"), by="desk")

    assert (empty, bool(ledger.unsupported()), bool(ledger.conflicts())) == (False, True, False)


def test_only_one_answer_can_be_explained(ledger: Ledger) -> None:
    with pytest.raises(InvalidValue, match="one answer"):
        ledger.explain(ledger.unsupported())  # type: ignore[arg-type]


def test_two_sources_of_one_sentence_make_no_outlet_surer(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="u")
        desk.record("It was arson", source=person("Anna"), found_in=story, certainty="possible")
        desk.record("It was arson", source=person("Boris"), found_in=story)

    assert list(ledger.changes()) == []


# Time -----------------------------------------------------------------------------------------------------------


def test_an_unstated_time_is_the_publications(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="https://example.org/1", published_at="2026-02-07")
        recorded = desk.record(AWAKE, source=person("Anna"), via=[TASS], found_in=story)
        heard = desk.record("It burned", source=person("Boris"))

    steps = ledger.trace(claim_of(recorded)).chains[0].steps

    assert {step.said_at.date().isoformat() for step in steps} == {"2026-02-07"}
    assert list(ledger.as_of(said="2026-02-06").unsupported()) == []
    assert [str(one.claim) for one in ledger.as_of(said="2026-02-07").unsupported()] == [AWAKE]
    assert ledger.origins(claim_of(heard))[0].said_at == datetime(2026, 3, 1, 0, tzinfo=UTC)


def test_whom_a_claim_accused_before_it_was_described_anew_is_still_seen_then(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        desk.record("Somebody stole it", source=person("Anna"), accuses=["Boris"])
    with ledger.begin(by="desk") as desk:
        desk.record("Somebody stole it", source=person("Anna"), accuses=["Clara"])

    then = ledger.as_of(known="2026-03-01T00:30Z")

    assert [str(one.accused) for one in then.accusations()] == ["Boris"]
    assert [str(one.accused) for one in ledger.accusations()] == ["Clara"]


# Finding --------------------------------------------------------------------------------------------------------


def test_claims_are_found_by_subject_outlet_and_source(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        cnn = desk.document(CNN, url="https://example.org/1")
        bbc = desk.document(BBC, url="https://example.org/2")
        desk.record(claim_with_value(10), source=person("Anna"), found_in=cnn)
        desk.record("The fire is out", source=person("Boris"), via=[TASS], found_in=bbc)
        desk.record("The fire is out", source=person("Anna"), found_in=bbc)

    def found(words: str | None = None, **wanted: str) -> list[str]:
        return [str(one) for one in ledger.find(words, **wanted)]  # type: ignore[arg-type]

    assert found(subject="FIRE") == ["10 died"]
    assert found(outlet="cnn") == ["10 died"]
    assert found(outlet="BBC") == ["The fire is out"]
    assert found(source="Anna") == ["10 died", "The fire is out"]
    assert found(source="TASS") == []
    assert found("fire", source="Anna", outlet="BBC") == ["The fire is out"]
    assert found(source="nobody") == []


def test_find_asks_for_something_to_look_for(ledger: Ledger) -> None:
    with pytest.raises(InvalidValue, match="words"):
        ledger.find()
    with pytest.raises(InvalidValue, match="words"):
        ledger.find(" … ")


def test_questions_about_what_is_not_there_say_so(ledger: Ledger) -> None:
    with pytest.raises(UnknownReference, match="claim"):
        ledger.support(claim("never said"))
    with pytest.raises(InvalidValue, match="RecordId"):
        ledger.support("never said")  # type: ignore[arg-type]


def test_an_accusation_is_found_under_the_claim_that_it_was_merged_into(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        blamed = desk.record("Boris set the fire", source=person("Anna"), accuses=[person("Boris")])
        known = desk.record("Boris lit it", source=person("Clara"))
        desk.link("same_claim", claim_of(blamed), claim_of(known))
        place, same = entity("Kyiv"), entity("Kiev")
        for name, about in (("Dora", same), ("Anna", place)):
            said = claim(f"3 were killed in {about.name}", subject=about, attribute=KILLED, value=3)
            desk.record(said, source=person(name), accuses=[person("Boris")] if about is same else None)
        desk.link("same_entity", place, same)

    for view in (ledger, ledger.as_of(known="2026-03-09")):
        assert len(list(view.accusations())) == 2
