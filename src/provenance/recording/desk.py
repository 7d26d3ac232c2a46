"""Desk: where one commit is put together. Nothing touches the log before its block ends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, overload

from attrs import evolve
from sqlalchemy import Connection, Table

from provenance.errors import AlreadyClosed, InvalidValue, ProvenanceError
from provenance.index import tables
from provenance.log import journal
from provenance.recording.agents import Agents
from provenance.recording.drafts import Draft, Recorded
from provenance.recording.keys import Keys
from provenance.recording.lookup import Lookup
from provenance.recording.quoting import anchor_in_text
from provenance.recording.sentence import (
    assertions_of,
    check_words,
    evidence_of,
    moment_of,
    relays_of,
    stated_of,
    with_referred,
)
from provenance.recording.sentence_form import Reader, Sentence, Story
from provenance.recording.sources import AnySource, window
from provenance.recording.sources import claim as claim_of
from provenance.values import fields, model
from provenance.values.ids import RecordId
from provenance.values.instants import When
from provenance.values.records import (
    Agent,
    Amendment,
    Assertion,
    Assessment,
    Claim,
    CommentRequest,
    Document,
    Evidence,
    Link,
    Mention,
    Record,
    Redaction,
    Reference,
    Relay,
    Withdrawal,
)
from provenance.values.references import LINKED_TYPES
from provenance.values.sealed import Sealed
from provenance.values.vocabulary import AgentKind, AmendmentKind, Stance


class Desk:
    """One commit in the making, as `Ledger.begin` gives it. Every method returns what it will record; the end of the
    block records all of it, or nothing.

    A source or an agent is given as `person(…)` and its like, as an `Agent` or its `RecordId`, or as a bare name: that
    of the one agent who has it, otherwise of a new one. A time is whatever `when` reads, a date its whole day in UTC.

    Every method raises `InvalidValue` for what a field cannot hold, `AmbiguousName` for a bare name that several agents
    have, and `AlreadyClosed` after the block. `UnknownReference`, where nothing is recorded under an id, may come only
    at the end of the block.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        *,
        author: str,
        keys: Keys | None,
        key: str | None = None,
    ) -> None:
        if author:
            fields.text("by", author, longest=fields.MAX_NAME)
        first = None
        if key is not None:
            fields.text("key", key, longest=fields.MAX_NAME)
            with reading() as connection:
                first = journal.keyed_commit(connection, key)
        self._draft = Draft(author=author, keys=keys, key=key, first=first)
        self._sentences = 0
        self._number: int | None = None  # the number of the sentence that is being recorded
        self._reader = Reader()
        self._lookup = Lookup(reading, self._draft)
        self._agents = Agents(self._lookup)
        self._documents_made: dict[int, tuple[dict[str, Any], Document, list[Record]]] = {}
        """Each story with its document and links, by the `id()` of the story. The reader gives one object for a story
        that comes again, and it is held here, so that no other object gets its `id()`."""
        self._is_closed = False

    def finish(self) -> Draft:
        """Closes the desk, and gives the draft of the commit."""
        self._is_closed = True
        return self._draft

    # What is recorded -------------------------------------------------------------------------------------------

    def add(self, *records: Record) -> Recorded:
        """Records these records as they are, in one entry, and with them every record that they refer to by value."""
        if self._is_closed:
            raise AlreadyClosed("commit")
        for record in records:
            if not isinstance(record, Record):
                raise InvalidValue("records", f"a {type(record).__name__}", "records, such as a Relay(…)")
        assertions = tuple(record for record in records if isinstance(record, Assertion))
        return self._keep(Recorded(None, assertions, with_referred(records)))

    def document(self, outlet: AnySource, **stated: Any) -> Document:
        """Records one version of a story.

        - `url`, `publisher_id`, `text`: at least one of them; `title`, `published_at`, `retrieved_at`
        - `supersedes`: the version before it, as a document, its id, or a dict of its fields with its "outlet"
        - `change_note`: what the outlet itself says that it changed; `extensions`: data of your own (`Extension`)
        """
        story, links = self._document(outlet, stated)
        self.add(*links, story)
        return story

    def _document(self, outlet: AnySource, stated: dict[str, Any]) -> tuple[Document, list[Record]]:
        if not stated.keys() <= _DOCUMENT_FIELDS:
            raise InvalidValue.unknown_fields("document", stated, _DOCUMENT_FIELDS)
        for name in model.fields_holding(Document, When):
            stated[name] = moment_of(f"document.{name}", stated.get(name))
        stated["supersedes"], more = self._story(stated.get("supersedes"), "document.supersedes")
        agent, links = self._agents.of(outlet, "document.outlet", AgentKind.OUTLET, None)
        return Document(outlet=agent, **stated), [*more, *links]

    def record(
        self,
        claim: Claim | str,
        *,
        source: AnySource | None = None,
        via: Sequence[AnySource] = (),
        found_in: Document | RecordId | dict[str, Any] | None = None,
        stance: str = Stance.AFFIRM,
        quote: str | Sealed | None = None,
        cue: str | None = None,
        quote_type: str | None = None,
        distanced: bool | None = None,
        evidence: object = None,
        certainty: str | None = None,
        basis: str | None = None,
        said_at: object = None,
        occasion: str | None = None,
        accuses: Iterable[AnySource] | None = None,
        ground_rule: str | None = None,
        language: str | None = None,
        translated: bool | None = None,
        translated_by: str | None = None,
        extensions: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Recorded:
        """Records one sentence: who said it, through whom it came, where it was found, what was shown for it.

        - `claim`: what was said, in positive form (`docs/semantics.md`, Records): a text, or what `claim(…)` gives
        - `source`: who said it. Left out, the document's outlet says it in its own voice
        - `via`: who relayed it, a list in order from the source outwards. The document's outlet is added at its end
        - `found_in`: a document, its id, or a dict of its fields with its "outlet". Left out, the desk heard it itself
        - `stance`: affirm, deny, question, no_comment or silence
        - `quote`, `cue`, `quote_type`, `distanced`: the words as they stand in the document, and how it puts them
        - `evidence`: `REPORTED_ABSENT`, a kind, `shown(kind, item)`, or a list of these. Left out, none was mentioned
        - `certainty`, `basis`, `said_at`, `ground_rule`, `language`, `translated`, `translated_by`, `extensions`: of
          the source's own assertion, not of those who relay it
        - `occasion`: which speech event it was. Left out, the document, the words and the place in the chain tell
        - `accuses`: a list of those whom the claim blames

        The words that stance, evidence and other fields take stand with the sentence form (`recording.sentence_form`).
        """
        stated = locals()  # the keywords by name, of which each record takes its fields
        if self._is_closed:
            raise AlreadyClosed("commit")
        with self._sentence():
            check_words(stance, quote, occasion)
            own = stated_of(Assertion, stated)
            story, origin = self._story(found_in)
            said, blamed = self._said(claim, accuses, story)
            publisher = self._lookup.publisher_of(story)
            chain, ties = self._chain(source, via, story, publisher)
            assertions = assertions_of(
                chain,
                said,
                stance=stance,
                occasion=occasion,
                words=quote.handle if isinstance(quote, Sealed) else quote or "",
                found_in=story,
                own=own,
            )
            mention = Mention(
                assertion=assertions[-1],
                document=story,
                anchor=None if quote is None else anchor_in_text(quote, self._lookup.text_of(story)),
                **stated_of(Mention, stated),
            )
            shown = evidence_of(evidence, assertions[0], publisher)
            every = (*origin, *ties, *blamed, *assertions, *relays_of(assertions), mention, *shown)
            return self._keep(Recorded(said, tuple(assertions), with_referred(every)))

    def _story(
        self, found_in: Document | RecordId | dict[str, Any] | None, name: str = "found_in"
    ) -> tuple[Document | RecordId | None, list[Record]]:
        """The document, and the links that tie its outlet to its control group."""
        if found_in is None or isinstance(found_in, Document | RecordId):
            return found_in, []
        if not isinstance(found_in, dict):
            raise InvalidValue(
                name,
                f"a {type(found_in).__name__}",
                'a document, its RecordId, or its fields as {"outlet": …, "url": …}',
            )
        if "outlet" not in found_in:
            raise InvalidValue(f"{name}.outlet", "nothing", "the outlet that published it")
        made = self._documents_made.get(id(found_in))
        if made is None:
            stated = dict(found_in)
            made = (found_in, *self._document(stated.pop("outlet"), stated))
            if isinstance(found_in, Story):
                self._documents_made[id(found_in)] = made
        return made[1], made[2]

    def _said(
        self, claim: Claim | str, accuses: Iterable[AnySource] | None, story: Reference | None
    ) -> tuple[Claim, list[Record]]:
        """The claim, and the links that tie those it accuses to their control groups."""
        if isinstance(claim, RecordId):
            raise InvalidValue("claim", "an id", "the Claim itself, or its words")
        said = claim if isinstance(claim, Claim) else claim_of(claim)
        if accuses is None:
            return said, []
        accused, links = self._agents.of_each(
            fields.listed("accuses", accuses, of="those it accuses"), "accuses", AgentKind.ORGANISATION, story
        )
        return evolve(said, accuses=(*(said.accuses or ()), *accused)), links

    def _chain(
        self,
        source: AnySource | None,
        via: Sequence[AnySource],
        story: Document | RecordId | None,
        publisher: Agent | RecordId | None,
    ) -> tuple[list[Agent | RecordId], list[Record]]:
        """Who said it and through whom it came, the publisher last; and the links to their control groups."""
        if not isinstance(via, list | tuple):
            raise InvalidValue(
                "via", f"a {type(via).__name__}", "a list, in order from the source outwards: via=[…]"
            )
        if source is None and publisher is None:
            raise InvalidValue("source", "nothing", "who said it, or found_in= for an outlet's own voice")
        sources = [] if source is None else [source]
        chain, links = self._agents.of_each(sources, "source", AgentKind.ORGANISATION, story)
        relaying, more = self._agents.of_each(via, "via", AgentKind.OUTLET, story)
        chain.extend(relaying)
        if publisher is not None and (not chain or chain[-1].id != publisher.id):
            chain.append(publisher)
        return chain, [*links, *more]

    def record_sentence(self, sentence: Sentence, *, number: int | None = None) -> Recorded:
        """Records one sentence in the short form of JSON lines. Errors give its `number`, by default the desk's own."""
        with self._sentence(number):
            return self.record(**self._reader.arguments(sentence, self._lookup.attribute_named))

    def amend(
        self,
        kind: str,
        target: Assertion | Document | RecordId | Recorded,
        *,
        by: AnySource | None = None,
        replacement: Assertion | Recorded | RecordId | None = None,
        at: object = None,
        note: str | None = None,
    ) -> Amendment:
        """Takes back or puts right an assertion, or every assertion found in a document (an agency's kill).

        - `kind`: retract, correct, supersede or misattributed
        - `target`: an assertion, a document, or a recorded sentence, which stands for what its source said
        - `by`: the holder or a publisher, by default the holder, or the outlet of a document. It has to be given beside
          an id. Anybody can establish a misattribution (`docs/semantics.md`, Records)
        - `replacement`: what is said instead
        - `at`: when it was amended. `note`: why, in their words

        At its end the block raises `NotEntitled` where `by` is neither the holder nor a publisher.
        """
        aimed = target.assertion if isinstance(target, Recorded) else target
        owner = (
            aimed.agent
            if isinstance(aimed, Assertion)
            else aimed.outlet
            if isinstance(aimed, Document)
            else None
        )
        if by is None and owner is None:
            raise InvalidValue("amendment.by", "nothing", "who amends it")
        agent = owner
        if by is not None:
            agent, _ = self._agents.of(by, "amendment.by", AgentKind.OUTLET, None)
        new = replacement.assertion if isinstance(replacement, Recorded) else replacement
        moment = moment_of("amendment.at", at)
        amendment = Amendment(target=aimed, kind=kind, by=agent, replacement=new, at=moment, note=note)
        self.add(amendment)
        return amendment

    def retract(
        self,
        target: Assertion | Document | RecordId | Recorded,
        *,
        by: AnySource | None = None,
        at: object = None,
        note: str | None = None,
    ) -> Amendment:
        """Records that its holder, or a publisher (`by`), takes an assertion back; of a sentence, what its source said.

        To take back a publisher's own words, give the last of `recorded.assertions`; to take back a whole story, give
        the document. Arguments and errors are those of `amend`.
        """
        return self.amend(AmendmentKind.RETRACT, target, by=by, at=at, note=note)

    def correct(
        self,
        target: Assertion | Document | RecordId | Recorded,
        *,
        by: AnySource | None = None,
        replacement: Assertion | Recorded | RecordId | None = None,
        at: object = None,
        note: str | None = None,
    ) -> Amendment:
        """Records that its holder, or a publisher (`by`), puts an assertion right: `amend` says how."""
        return self.amend(AmendmentKind.CORRECT, target, by=by, replacement=replacement, at=at, note=note)

    @overload
    def withdraw(self, target: Record | RecordId, *, reason: str | None = None) -> Withdrawal: ...

    @overload
    def withdraw(self, target: Recorded, *, reason: str | None = None) -> tuple[Withdrawal, ...]: ...

    def withdraw(
        self, target: Record | RecordId | Recorded, *, reason: str | None = None
    ) -> Withdrawal | tuple[Withdrawal, ...]:
        """Withdraws a record that the desk made in error: a merge, a relay, evidence, another withdrawal.

        Of a sentence it withdraws what no other sentence shares, in this order: its relays, its evidence, and those of
        its mentions and assertions that no relay of another sentence starts from or leads to.

        From this commit on the record counts as if it had never been recorded; questions with an earlier `known` still
        see it (`docs/semantics.md`, Records). `reason` says why.
        """
        if isinstance(target, Recorded):
            return tuple(self.withdraw(one, reason=reason) for one in self._only_of(target))
        if not isinstance(target, Record | RecordId):
            raise InvalidValue(
                "withdrawal.target",
                f"a {type(target).__name__}",
                "a record or its RecordId, or what recording a sentence gave",
            )
        round_ = self._next_round(Withdrawal, tables.withdrawal, target)
        withdrawal = Withdrawal(target=target, round=round_, by=self._draft.author or None, reason=reason)
        self.add(withdrawal)
        return withdrawal

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

    def redact(self, target: Record | RecordId, *, reason: str | None = None) -> Redaction:
        """Destroys for good what an agent, a claim, a mention or a document holds sealed, and the text of a document.

        It takes effect once the commit is stored. The record stays, with its public words, and so does every answer:
        origins count as before. `reason` says why.
        """
        if not isinstance(target, Record | RecordId):
            raise InvalidValue("redaction.target", f"a {type(target).__name__}", "a record or its RecordId")
        known, round_ = RecordId(target.id), self._next_round(Redaction, tables.redaction, target)
        redaction = Redaction(target=known, round=round_, by=self._draft.author or None, reason=reason)
        self.add(redaction)
        return redaction

    def _next_round(
        self, record_type: type[Withdrawal | Redaction], table: Table, target: Record | RecordId
    ) -> int:
        """How often, with this time, the target was withdrawn or redacted, here and in the ledger."""
        here = sum(
            isinstance(record, record_type) and record.target.id == target.id
            for record in self._draft.records()
        )
        return 1 + here + self._lookup.count_about(table, target)

    def link(
        self, kind: str, source: Reference | AnySource, target: Reference | AnySource, *, valid: object = None
    ) -> Link:
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

        `valid` limits a control group or a spokesperson to what was said within it: a date, or a pair of dates of which
        one may be None.
        """
        ends: list[Any] = []
        more: list[Record] = []
        for name, end in (("link.source", source), ("link.target", target)):
            if not isinstance(end, Record | RecordId) and kind in _AGENT_LINKS:
                agent, ties = self._agents.of(end, name, AgentKind.ORGANISATION, None)
                ends.append(agent)
                more.extend(ties)
            else:
                ends.append(end)
        tie = Link(kind=kind, source=ends[0], target=ends[1], valid=window("link.valid", valid))
        self.add(*more, tie)
        return tie

    def request_comment(
        self,
        claim: Reference,
        accused: AnySource,
        *,
        by: AnySource | None = None,
        at: object = None,
        deadline: object = None,
    ) -> CommentRequest:
        """Records that a newsroom (`by`) asked the accused for comment on a claim, when (`at`) and with which
        `deadline`. Without this record the accused counts as not asked (`docs/semantics.md`, Right of reply)."""
        request = CommentRequest(
            accused=self._agents.of(accused, "accused", AgentKind.ORGANISATION, None)[0],
            claim=claim,
            asked_by=None if by is None else self._agents.of(by, "asked_by", AgentKind.OUTLET, None)[0],
            asked_at=moment_of("comment_request.at", at),
            deadline=moment_of("comment_request.deadline", deadline),
        )
        self.add(request)
        return request

    def assess(self, claim: Reference, verdict: str, *, by: AnySource, **stated: Any) -> Assessment:
        """Records a fact-checker's verdict on a claim, in their words. It never enters a grade or a conflict.

        `against` is the other claim of a conflict that it is on, `at` when it was given, and `url` where it stands.
        """
        agent = self._agents.of(by, "assessment.by", AgentKind.ORGANISATION, None)[0]
        stated["at"] = moment_of("assessment.at", stated.get("at"))
        assessment = Assessment(claim=claim, verdict=verdict, by=agent, **stated)
        self.add(assessment)
        return assessment

    # One sentence at a time -------------------------------------------------------------------------------------

    def _keep(self, recorded: Recorded) -> Recorded:
        return self._draft.keep(recorded, self._number)

    @contextmanager
    def _sentence(self, number: int | None = None) -> Iterator[None]:
        """A block that records one sentence. If it fails, the error names the sentence's number, by default the next,
        and the draft keeps nothing of the sentence."""
        if self._number is not None:
            yield
            return
        self._sentences += 1
        self._number = self._sentences if number is None else number
        kept = len(self._draft.bundles)
        try:
            yield
        except BaseException as error:
            self._draft.drop_after(kept)
            if isinstance(error, RecursionError):
                endless = InvalidValue(
                    "source", "parts nested without an end", "a part_of or speaks_for that ends"
                )
                raise endless.at_record(self._number) from None
            if isinstance(error, ProvenanceError):
                error.at_record(self._number)
            raise
        finally:
            self._number = None


def check_fields(fields: Mapping[str, object]) -> None:
    """Refuses keywords that `Desk.record` does not have."""
    if not fields.keys() <= _SENTENCE_FIELDS:
        raise InvalidValue.unknown_fields("sentence", fields, _SENTENCE_FIELDS)


_SENTENCE_FIELDS = inspect.signature(Desk.record).parameters.keys() - {"self", "claim"}
_AGENT_LINKS = frozenset(kind for kind, linked in LINKED_TYPES.items() if linked == Agent.TYPE)
_DOCUMENT_FIELDS = frozenset(model.fields_of(Document)) - {"outlet"}
