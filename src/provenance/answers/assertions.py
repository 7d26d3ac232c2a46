"""Assertions in answers, with their evidence, where they were found, and what took them back."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.wording import (
    evidence_words,
    first_hand_words,
    ground_rule_words,
    item_words,
    listed,
    moment_words,
    printable,
    quoted_words,
    translation_words,
)
from provenance.values.ids import RecordId
from provenance.values.vocabulary import FIRST_HAND


@frozen
class AmendmentNote:
    """The record that an assertion, the document it was found in, or an item of evidence was taken back or put right.

    - `kind`: retract, correct, supersede, misattributed or debunked
    - `by`: who amended it, and `at`: when
    - `note`: the reason in their words, or None
    - `replaced`: the text of the claim that was amended, or None where a document or an item was
    - `replaced_by`: the text of the claim that replaces it, or None
    """

    id: RecordId
    kind: str
    by: AgentSummary
    at: datetime
    note: str | None
    replaced: str | None
    replaced_by: str | None

    def __str__(self) -> str:
        words = f"{self.by} {AMENDMENT_VERBS[self.kind]}, {moment_words(self.at)}"
        if self.replaced_by is None:
            return words
        before = "" if self.replaced is None else f"not “{printable(self.replaced)}” but "
        return f"{words}: {before}“{printable(self.replaced_by)}”"


AMENDMENT_VERBS = {
    "retract": "retracted it",
    "correct": "corrected it",
    "supersede": "replaced it",
    "misattributed": "established that it was never said",
    "debunked": "debunked it",
}


@frozen
class EvidenceNote:
    """A piece of evidence that was cited for an assertion, or the report that none was cited (`is_present` False).

    `kind` is one of `EvidenceKind`'s words, such as video; `item` tells two pieces of one kind apart. `noted_by` is the
    agent who noted the evidence or its absence. `item` and `noted_by` are None where they were not recorded. `debunked`
    are the records by which the item was debunked: it is no evidence any more.
    """

    id: RecordId
    kind: str
    is_present: bool
    item: str | None
    noted_by: AgentSummary | None
    debunked: tuple[AmendmentNote, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is evidence: something was cited, and nobody debunked it."""
        return self.is_present and not self.debunked

    def __str__(self) -> str:
        if not self.is_present:
            return evidence_words([], [] if self.noted_by is None else [str(self.noted_by)], is_noted=True)[0]
        return "; ".join([f"{item_words(self.kind, self.item)} cited", *map(str, self.debunked)])


@frozen
class MentionNote:
    """Where an assertion was found: the outlet and the id of the document, None where the desk heard it; the quoted
    words, and how closely they quote (`QuoteType`); and the language in which it was said, whether the words are a
    translation, and whose. What was not recorded is None."""

    outlet: AgentSummary | None
    document: RecordId | None
    quote: str | None
    quote_type: str | None
    language: str | None
    translated: bool | None
    translated_by: str | None

    def words(self) -> str:
        """The quotation in quotation marks, and then who translated it; empty where nothing is quoted."""
        if self.quote is None:
            return ""
        return quoted_words(self.quote) + (f" ({self.translation})" if self.translation else "")

    @property
    def translation(self) -> str:
        """ "translated from ru by AFP"; empty where the words are no translation."""
        return translation_words(self.language, translated=self.translated, translated_by=self.translated_by)


@frozen
class AssertionSummary:
    """An assertion in an answer: an agent took a stance on a claim.

    - `stance`: affirm, deny, question, no_comment, silence, disavow or relay
    - `certainty`: certain, probable, possible or unspecified; where a relay states none, that of what it rests on
    - `basis`: witness, own_act, document, data, inference, hearsay or unstated
    - `said_at`: the last moment at which it can have been said. Where neither that nor the time of a publication is
      known, `is_dated` is False and `said_at` is the moment of recording
    - `evidence`: what was noted of its evidence, and `amendments`: what took it back or put it right, wherever its
      agent did so
    - `is_live`: whether it counts: it was not amended, and it is observed, or relayed by an observed assertion
      (docs/semantics.md, Derived sets)
    - `ground_rule`: on which terms it was made, None where that was not recorded; `embargo_until`: the moment from which
      it may be published, None without an embargo
    - `is_publishable`: False of what was said off the record, or is under an embargo at the moment that is asked about.
      It counts in every answer all the same
    - `mentions`: where it was found itself, and `carried_by`: the outlets of the documents in which it, or what rests
      on it, was found
    - `rests_on_amended`: what took back the assertions that it rests on, at any depth
    """

    id: RecordId
    agent: AgentSummary
    claim: RecordId
    stance: str
    certainty: str
    basis: str
    said_at: datetime
    is_dated: bool
    evidence: tuple[EvidenceNote, ...]
    amendments: tuple[AmendmentNote, ...]
    is_live: bool
    ground_rule: str | None = None
    embargo_until: datetime | None = None
    is_publishable: bool = True
    mentions: tuple[MentionNote, ...] = ()
    carried_by: tuple[AgentSummary, ...] = ()
    rests_on_amended: tuple[AmendmentNote, ...] = ()

    @property
    def is_amended(self) -> bool:
        return bool(self.amendments)

    @property
    def is_evidenced(self) -> bool | None:
        """True where evidence was cited that counts, False where only its absence was reported, or all of it was
        debunked; None where nothing was noted."""
        counted = [note.counts for note in self.evidence]
        return True if True in counted else False if counted else None

    @property
    def quotation(self) -> str:
        """The first quotation of it, in quotation marks; empty where it is not quoted."""
        return next(filter(None, (mention.words() for mention in self.mentions)), "")

    @property
    def carried_words(self) -> str:
        """ "CNN and BBC, 2026-02-07": which outlets carried it, and when it was said."""
        outlets = [str(outlet) for outlet in self.carried_by if outlet != self.agent]
        return ", ".join([*([listed(outlets)] if outlets else []), self._said_words()])

    def _said_words(self) -> str:
        return (
            moment_words(self.said_at) if self.is_dated else f"undated, recorded {moment_words(self.said_at)}"
        )

    def __str__(self) -> str:
        quotation = f", {self.quotation}" if self.quotation else ""
        said = f"{self.agent} {STANCE_VERBS[self.stance]}{quotation}, {self._said_words()}"
        below = [f"rests on what was taken back: {note}" for note in self.rests_on_amended]
        return "; ".join([said, *shown_words(self), *map(str, self.amendments), *below])


def shown_words(assertion: AssertionSummary) -> list[str]:
    """How its agent knows, where at first hand; what was cited for it, such as "video (v1) cited", or that nothing was;
    and then the terms on which it was made. Of somebody who only responds nobody expects evidence."""
    return [
        *first_hand_words(str(assertion.agent), assertion.basis),
        *_evidence_words(assertion),
        *ground_rule_words(assertion.ground_rule, assertion.embargo_until),
    ]


def _evidence_words(assertion: AssertionSummary) -> list[str]:
    notes = assertion.evidence
    debunked = [note for note in notes if note.is_present and note.debunked]
    counted = [note for note in notes if note not in debunked]
    expects = assertion.stance in ("affirm", "relay") and assertion.basis not in FIRST_HAND
    return [
        *map(str, debunked),
        *evidence_words(
            [(note.kind, note.item) for note in counted if note.is_present],
            [str(note.noted_by) for note in counted if note.noted_by is not None],
            is_noted=bool(counted),
            is_expected=expects and not debunked,
        ),
    ]


STANCE_VERBS = {
    "affirm": "said so",
    "deny": "denied it",
    "question": "questioned it",
    "no_comment": "declined to comment",
    "silence": "had not commented",
    "disavow": "denied having said so",
    "relay": "relayed it",
}
