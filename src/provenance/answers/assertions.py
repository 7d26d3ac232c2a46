"""Assertions in answers, with their evidence, their amendments and the terms on which they were made."""

from __future__ import annotations

from datetime import datetime

from attrs import asdict, frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.wording import evidence_words, moment_words, printable, terms_words
from provenance.rules.facts import Terms
from provenance.values.ids import RecordId


@frozen
class EvidenceNote:
    """A piece of evidence that was cited for an assertion, or the report that none was cited (`is_present` False).

    `kind` is one of `EvidenceKind`'s words, such as video; `item` tells two pieces of one kind apart. `noted_by` is the
    agent who noted the evidence or its absence. `item` and `noted_by` are None where they were not recorded.
    """

    id: RecordId
    kind: str
    is_present: bool
    item: str | None
    noted_by: AgentSummary | None


@frozen
class AmendmentNote:
    """The record that an assertion, or the document it was found in, was taken back or put right.

    - `kind`: retract, correct, supersede or misattributed
    - `by`: the holder or the publisher, who amended it, and `at`: when
    - `note`: the reason in their words, or None
    - `replaced_by`: the text of the claim that replaces it, or None
    """

    id: RecordId
    kind: str
    by: AgentSummary
    at: datetime
    note: str | None
    replaced_by: str | None

    def __str__(self) -> str:
        verb = AMENDMENT_VERBS[self.kind]
        to = f" to: {printable(self.replaced_by)}" if self.replaced_by is not None else ""
        return f"{self.by} {verb}{to}, {moment_words(self.at)}"


AMENDMENT_VERBS = {
    "retract": "retracted it",
    "correct": "corrected it",
    "supersede": "replaced it",
    "misattributed": "established that it was never said",
}


@frozen
class AssertionSummary:
    """An assertion in an answer: an agent took a stance on a claim.

    - `stance`: affirm, deny, question, no_comment, silence or relay
    - `certainty`: certain, probable, possible or unspecified; where a relay states none, that of what it rests on
    - `basis`: witness, own_act, document, data, inference, hearsay or unstated
    - `said_at`: the last moment at which it can have been said. Where neither that nor the time of a publication is
      known, `is_dated` is False and `said_at` is the moment of recording
    - `evidence`: what was noted of its evidence, and `amendments`: what took it back or put it right
    - `is_live`: whether it counts: it was not amended, and it is observed, or relayed by an observed assertion
      (docs/semantics.md, Derived sets)
    - `terms`: on which ground rule and in which language it was made; None where nothing was recorded of that
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
    terms: Terms | None = None

    @property
    def is_publishable(self) -> bool:
        """False of an assertion that was made off the record, which readers must not be told. It counts in every answer
        all the same."""
        return self.terms is None or self.terms.ground_rule != "off_the_record"

    @property
    def is_amended(self) -> bool:
        return bool(self.amendments)

    @property
    def is_evidenced(self) -> bool | None:
        """True where evidence was cited, False where only its absence was reported, None where nothing was noted."""
        shown = [note.is_present for note in self.evidence]
        return True if True in shown else False if shown else None

    def __str__(self) -> str:
        when = (
            moment_words(self.said_at) if self.is_dated else f"undated, recorded {moment_words(self.said_at)}"
        )
        said = f"{self.agent} {STANCE_VERBS[self.stance]}, {when}"
        return "; ".join([said, *shown_words(self), *map(str, self.amendments)])


def shown_words(assertion: AssertionSummary) -> list[str]:
    """What was cited for it, such as "video (v1) cited", or that nothing was, and then the terms on which it was made.
    Of somebody who only responds nobody expects evidence."""
    return [
        *_evidence_words(assertion),
        *([] if assertion.terms is None else terms_words(**asdict(assertion.terms))),
    ]


def _evidence_words(assertion: AssertionSummary) -> list[str]:
    notes = assertion.evidence
    return evidence_words(
        [(note.kind, note.item) for note in notes if note.is_present],
        [str(note.noted_by) for note in notes if note.noted_by is not None],
        is_noted=bool(notes),
        is_expected=assertion.stance not in ("no_comment", "silence", "question"),
    )


STANCE_VERBS = {
    "affirm": "said so",
    "deny": "denied it",
    "question": "questioned it",
    "no_comment": "declined to comment",
    "silence": "had not commented",
    "relay": "relayed it",
}
