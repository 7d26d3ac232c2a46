"""What a desk records about records: amendments, withdrawals, redactions, links, redefinitions, requests, assessments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Table

from provenance.errors import AlreadyClosed, InvalidValue
from provenance.index import tables
from provenance.recording.agents import Agents
from provenance.recording.drafts import Draft, Recorded
from provenance.recording.lookup import Lookup
from provenance.recording.sentence import moment_of, with_referred
from provenance.recording.sources import AnySource, window
from provenance.values.ids import RecordId
from provenance.values.records import (
    Agent,
    Amendment,
    Assertion,
    Assessment,
    Attribute,
    CommentRequest,
    Document,
    Evidence,
    Link,
    Mention,
    Record,
    Redaction,
    Redefinition,
    Reference,
    Relay,
    Withdrawal,
)
from provenance.values.references import LINKED_TYPES
from provenance.values.vocabulary import AgentKind, AmendmentKind, LinkKind

AnyRecord = Reference | Recorded
"""A record, its id, or what recording it gave: of a sentence that is its source's assertion."""

_AGENT_LINKS = frozenset(kind for kind, linked in LINKED_TYPES.items() if linked == Agent.TYPE)


class EditingDesk:
    """The part of a desk that records what becomes of records. Every method gives a `Recorded`, which says after the
    commit whether it was new, and which of its records are withdrawn: recording these again restores none."""

    _draft: Draft
    _lookup: Lookup
    _agents: Agents
    _number: int | None
    _is_closed: bool

    def add(self, *records: Record) -> Recorded:
        """Records these records as they are, in one entry, and with them every record that they refer to by value."""
        if self._is_closed:
            raise AlreadyClosed("commit")
        for record in records:
            if not isinstance(record, Record):
                raise InvalidValue("records", f"a {type(record).__name__}", "records, such as a Relay(…)")
        assertions = tuple(record for record in records if isinstance(record, Assertion))
        return self._keep(Recorded(None, assertions, with_referred(records), record=records[-1]))

    def _keep(self, recorded: Recorded) -> Recorded:
        return self._draft.keep(recorded, self._number)

    # Taking back and putting right --------------------------------------------------------------------------------

    def amend(
        self,
        kind: str,
        target: AnyRecord,
        *,
        by: AnySource | None = None,
        replacement: AnyRecord | None = None,
        at: object = None,
        note: str | None = None,
    ) -> Recorded:
        """Takes back or puts right an assertion, or every assertion found in a document (an agency's kill); or says that
        an item of evidence was debunked.

        - `kind`: retract, correct, supersede, misattributed; of evidence debunked
        - `target`: an assertion, a document, evidence, or a recorded sentence, which stands for what its source said
        - `by`: the holder or a publisher, by default the holder, or the outlet of a document. It has to be given beside
          an id. Anybody can establish a misattribution, or debunk an item (`docs/semantics.md`, Records)
        - `replacement`: what is said instead: an assertion, a sentence or a document
        - `at`: when it was amended. `note`: why, in their words

        What an agent takes back falls wherever that agent said it. At its end the block raises `NotEntitled` where `by`
        is neither the holder nor a publisher.
        """
        aimed = referred(target)
        owner = _owner_of(aimed)
        if by is None and owner is None:
            raise InvalidValue("amendment.by", "nothing", "who amends it")
        agent = owner
        if by is not None:
            agent, _ = self._agents.of(by, "amendment.by", AgentKind.OUTLET, None)
        new = None if replacement is None else referred(replacement)
        moment = moment_of("amendment.at", at)
        return self.add(Amendment(target=aimed, kind=kind, by=agent, replacement=new, at=moment, note=note))

    def retract(
        self, target: AnyRecord, *, by: AnySource | None = None, at: object = None, note: str | None = None
    ) -> Recorded:
        """Records that its holder, or a publisher (`by`), takes an assertion back; of a sentence, what its source said.

        To take back a publisher's own words, give the last of `recorded.assertions`; to take back a whole story, give
        the document. Arguments and errors are those of `amend`.
        """
        return self.amend(AmendmentKind.RETRACT, target, by=by, at=at, note=note)

    def correct(
        self,
        target: AnyRecord,
        *,
        by: AnySource | None = None,
        replacement: AnyRecord | None = None,
        at: object = None,
        note: str | None = None,
    ) -> Recorded:
        """Records that its holder, or a publisher (`by`), puts an assertion right: `amend` says how."""
        return self.amend(AmendmentKind.CORRECT, target, by=by, replacement=replacement, at=at, note=note)

    def debunk(
        self, target: AnyRecord, *, by: AnySource, at: object = None, note: str | None = None
    ) -> Recorded:
        """Records that somebody (`by`) established that an item is no evidence: it counts nowhere any more, and every
        answer shows who debunked it.

        `target` is an `Evidence`, its id, or a sentence that shows evidence: then it is the first piece of it that has
        an item, or else the first.
        """
        aimed = _shown_by(target) if isinstance(target, Recorded) else target
        return self.amend(AmendmentKind.DEBUNKED, aimed, by=by, at=at, note=note)

    def redefine(
        self,
        attribute: Attribute | str,
        *,
        cardinality: str | None = None,
        temporal: str | None = None,
        value_type: str | None = None,
        reason: str | None = None,
    ) -> Recorded:
        """Defines a recorded attribute anew, from this commit on, for all claims on it. A sentence cannot: what was
        stated of an attribute first stands.

        The record says who did so (the commit's author), why (`reason`), and how many claims were on the attribute.
        Withdraw it to undo it.
        """
        known = attribute if isinstance(attribute, Attribute) else Attribute(name=attribute)
        round_ = self._next_round(Redefinition, tables.redefinition, known, column="attribute")
        return self.add(
            Redefinition(
                attribute=RecordId(known.id),
                round=round_,
                cardinality=cardinality,
                temporal=temporal,
                value_type=value_type,
                claims=self._lookup.claims_on(known),
                by=self._draft.author,
                reason=reason,
            )
        )

    # Recorded in error --------------------------------------------------------------------------------------------

    def withdraw(self, target: AnyRecord, *, reason: str | None = None) -> Recorded:
        """Withdraws a record that the desk made in error: a merge, a relay, evidence, another withdrawal.

        Of a sentence it withdraws what no other sentence shares, in this order: its relays, its evidence, and those of
        its mentions and assertions that no relay of another sentence starts from or leads to.

        From this commit on the record counts as if it had never been recorded; questions with an earlier `known` still
        see it (`docs/semantics.md`, Records). `reason` says why.
        """
        if isinstance(target, Recorded) and target.claim is not None:
            return self.add(*(self._withdrawal(one, reason) for one in self._only_of(target)))
        return self.add(self._withdrawal(_checked("withdrawal.target", target), reason))

    def _withdrawal(self, target: Reference, reason: str | None) -> Withdrawal:
        round_ = self._next_round(Withdrawal, tables.withdrawal, target)
        return Withdrawal(target=target, round=round_, by=self._draft.author, reason=reason)

    def _only_of(self, recorded: Recorded) -> list[Record]:
        """The records of a sentence that no other sentence shares: its relays, its evidence, and its mentions and
        assertions unless a relay of another sentence starts or ends there."""
        relays = [one for one in recorded.records if isinstance(one, Relay)]
        alone: list[Record] = [*relays, *(one for one in recorded.records if isinstance(one, Evidence))]
        shared = self._lookup.relayed_elsewhere(recorded, relays)
        own = [one for one in recorded.assertions if one.id not in shared]
        mentions = [
            one for one in recorded.records if isinstance(one, Mention) and one.assertion.id not in shared
        ]
        return [*alone, *mentions, *own]

    def redact(self, target: AnyRecord, *, reason: str | None = None) -> Recorded:
        """Destroys for good what an agent, a claim, a mention or a document holds sealed, and the text of a document.

        It takes effect once the commit is stored. The record stays, with its public words, and so does every answer:
        origins count as before. `reason` says why.
        """
        known = RecordId(_checked("redaction.target", target).id)
        round_ = self._next_round(Redaction, tables.redaction, known)
        return self.add(Redaction(target=known, round=round_, by=self._draft.author, reason=reason))

    def _next_round(
        self,
        record_type: type[Withdrawal | Redaction | Redefinition],
        table: Table,
        target: Reference,
        *,
        column: str = "target",
    ) -> int:
        """How often, with this time, the target was withdrawn, redacted or redefined, here and in the ledger."""
        here: int = sum(
            isinstance(record, record_type) and getattr(record, column).id == target.id
            for record in self._draft.records()
        )
        return 1 + here + self._lookup.count_about(table.c[column], target)

    # Ties between records -----------------------------------------------------------------------------------------

    def link(
        self, kind: str, source: AnyRecord | AnySource, target: AnyRecord | AnySource, *, valid: object = None
    ) -> Recorded:
        """Ties two records of one type together, until the link is withdrawn. A source or a name stands for an agent.

        Kinds (`docs/semantics.md`, Records):

        - same_agent, same_entity, same_claim, same_event: the source is merged into the target, whose name is then used
        - maybe_same_agent: the two may be one
        - control_group: the source is owned by, or part of, the target
        - speaks_for: the source is the voice of the target
        - part_of: the source, a place or an organisation, lies within the target
        - not_later_than: the value of the source attribute is never later than that of the target
        - entails: whoever affirms the source says the target too
        - contradicts: the two claims exclude each other
        - joint_act: two assertions of different agents made in one act (`joint_act` ties any number)

        `valid` limits a control group or a spokesperson to what was said within it: a date, or a pair of dates of which
        one may be None.
        """
        ends: list[Any] = []
        more: list[Record] = []
        for name, end in (("link.source", source), ("link.target", target)):
            if isinstance(end, Recorded):
                ends.append(_of_type(end, LINKED_TYPES.get(kind)))  # type: ignore[call-overload]
            elif not isinstance(end, Record | RecordId) and kind in _AGENT_LINKS:
                agent, ties = self._agents.of(end, name, AgentKind.ORGANISATION, None)
                ends.append(agent)
                more.extend(ties)
            else:
                ends.append(end)
        return self.add(
            *more, Link(kind=kind, source=ends[0], target=ends[1], valid=window("link.valid", valid))
        )

    def joint_act(self, assertions: Iterable[AnyRecord]) -> Recorded:
        """Says that assertions of several agents were made in one act, such as a joint statement: each holds its
        position, and on that claim they are one side and one evidence unit."""
        made: Sequence[Reference] = [referred(one) for one in assertions]
        if len(made) < 2:
            raise InvalidValue("joint_act", f"{len(made)} assertions", "two or more, of different agents")
        ties = [Link(kind=LinkKind.JOINT_ACT, source=one, target=other) for one, other in pairwise(made)]
        return self.add(*ties)

    # Requests and verdicts ----------------------------------------------------------------------------------------

    def request_comment(
        self,
        claim: AnyRecord,
        accused: AnySource,
        *,
        by: AnySource | None = None,
        at: object = None,
        deadline: object = None,
    ) -> Recorded:
        """Records that a newsroom (`by`) asked the accused for comment on a claim, when (`at`) and with which
        `deadline`. Without this record the accused counts as not asked (`docs/semantics.md`, Right of reply)."""
        return self.add(
            CommentRequest(
                accused=self._agents.of(accused, "accused", AgentKind.ORGANISATION, None)[0],
                claim=_of_type(claim, "claim"),
                asked_by=None if by is None else self._agents.of(by, "asked_by", AgentKind.OUTLET, None)[0],
                asked_at=moment_of("comment_request.at", at),
                deadline=moment_of("comment_request.deadline", deadline),
            )
        )

    def assess(
        self,
        claim: AnyRecord,
        verdict: str,
        *,
        by: AnySource,
        against: AnyRecord | None = None,
        at: object = None,
        url: str | None = None,
    ) -> Recorded:
        """Records a fact-checker's verdict on a claim, in their words. It never enters a grade or a conflict.

        `against` is the other claim of a conflict that it is on, `at` when it was given, and `url` where it stands.
        """
        return self.add(
            Assessment(
                claim=_of_type(claim, "claim"),
                verdict=verdict,
                by=self._agents.of(by, "assessment.by", AgentKind.ORGANISATION, None)[0],
                against=None if against is None else _of_type(against, "claim"),
                at=moment_of("assessment.at", at),
                url=url,
            )
        )


def referred(target: AnyRecord) -> Reference:
    """The record that is meant: of a sentence its source's assertion."""
    if isinstance(target, Recorded):
        return target.assertion if target.assertions else target.record
    return target


def _of_type(target: AnyRecord, record_type: str | None) -> Reference:
    """The record of this type that is meant."""
    return (target.named(record_type) or target.record) if isinstance(target, Recorded) else target


def _checked(name: str, target: AnyRecord) -> Reference:
    found = target.record if isinstance(target, Recorded) else target
    if not isinstance(found, Record | RecordId):
        raise InvalidValue(
            name, f"a {type(target).__name__}", "a record or its RecordId, or what recording it gave"
        )
    return found


def _owner_of(target: Reference) -> Reference | None:
    """Who amends a record by default; None where the record itself does not say."""
    if isinstance(target, Assertion):
        return target.agent
    return target.outlet if isinstance(target, Document) else None


def _shown_by(recorded: Recorded) -> Evidence:
    """The evidence that a sentence shows."""
    shown = [one for one in recorded.records if isinstance(one, Evidence) and one.present]
    if not shown:
        raise InvalidValue("amendment.target", "a sentence without evidence", "one that shows an item")
    return next((one for one in shown if one.item is not None), shown[0])
