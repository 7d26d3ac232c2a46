"""Desk: where one commit is put together. Nothing touches the log before its block ends."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, overload

import attrs
from attrs import evolve
from sqlalchemy import Connection, Table, func, or_, select

from provenance import wire
from provenance.errors import AlreadyClosed, AmbiguousName, InvalidValue, ProvenanceError, UnknownReference
from provenance.index import projection, tables
from provenance.log import beside, journal
from provenance.recording.drafts import Draft, Recorded
from provenance.recording.keys import Keys
from provenance.recording.sentences import Reader, Sentence, Story
from provenance.recording.sources import REPORTED_ABSENT, AnySource, Shown, Source, window
from provenance.recording.sources import claim as claim_of
from provenance.values import fields, model
from provenance.values.folding import fold_name
from provenance.values.ids import RecordId
from provenance.values.model import Role
from provenance.values.records import (
    Agent,
    Amendment,
    Anchor,
    Assertion,
    Assessment,
    Attribute,
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
from provenance.values.references import LINKED_TYPES, referred_records
from provenance.values.sealed import Sealed
from provenance.values.times import When, when_of
from provenance.values.vocabulary import (
    MENTION_NAMINGS,
    AgentKind,
    AmendmentKind,
    EvidenceKind,
    LinkKind,
    Stance,
)

MAX_QUOTE = fields.MAX_TEXT - 1_000
"""Characters of a quotation: with the document's id, it makes the default occasion of its assertions."""

CONTEXT = 32
"""Characters kept before and after a quotation, by which it can be found again in a changed text."""


class Desk:
    """One commit in the making. Every method returns what it will record; the block's end records all, or nothing."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        *,
        author: str,
        keys: Keys | None,
        key: str | None = None,
    ) -> None:
        self._reading = reading
        if author:
            fields.text("by", author, longest=fields.MAX_NAME)
        first = None
        if key is not None:
            fields.text("key", key, longest=fields.MAX_NAME)
            with reading() as connection:
                first = journal.keyed_commit(connection, key)
        self._draft = Draft(author=author, keys=keys, key=key, first=first)
        self._sentences = 0
        self._number: int | None = None  # of the sentence that is being recorded
        self._reader = Reader()
        self._agents: dict[tuple[str, AgentKind], Agent] = {}
        self._agents_made: dict[int, tuple[Source, Agent, list[Record]]] = {}
        """By the identity of their source, which is kept beside them: the reader gives the same one again."""
        self._documents_made: dict[int, tuple[dict[str, Any], Document, list[Record]]] = {}
        """Likewise, by the identity of their fields where the reader gave them."""
        self._attributes: dict[str, Attribute] = {}
        self._is_closed = False

    def finish(self) -> Draft:
        """Takes no more, and gives what is to be stored."""
        self._is_closed = True
        return self._draft

    # What is recorded -------------------------------------------------------------------------------------------

    def add(self, *records: Record) -> Recorded:
        """Records values as they are, in one entry. What they refer to by value is recorded with them."""
        if self._is_closed:
            raise AlreadyClosed("commit")
        ordered: dict[str, Record] = {}
        for record in records:
            if not isinstance(record, Record):
                raise InvalidValue("records", f"a {type(record).__name__}", "records, such as a Relay(…)")
            _with_referred(record, ordered)
        assertions = tuple(record for record in records if isinstance(record, Assertion))
        return self._keep(Recorded(None, assertions, tuple(ordered.values())))

    def document(self, outlet: AnySource, **stated: Any) -> Document:
        """A version of a story: `url`, `publisher_id` or `text`, `title`, `published_at`, `retrieved_at`; `supersedes`
        (the version before it: a document, its id or its fields), `change_note`, `extensions`."""
        story, links = self._document(outlet, stated)
        self.add(*links, story)
        return story

    def _document(self, outlet: AnySource, stated: dict[str, Any]) -> tuple[Document, list[Record]]:
        if not stated.keys() <= _DOCUMENT_FIELDS:
            raise InvalidValue.unknown_fields("document", stated, _DOCUMENT_FIELDS)
        for name in model.fields_holding(Document, When):
            stated[name] = _moment(f"document.{name}", stated.get(name))
        stated["supersedes"], more = self._story(stated.get("supersedes"), "document.supersedes")
        agent, links = self._agent(outlet, "document.outlet", AgentKind.OUTLET, None)
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
        """One sentence: who said it, through whom it came, where it was found, what was shown for it.

        `via` runs from the source outwards; the document's outlet is the last relay by itself. Without a source the
        outlet speaks in its own voice; without a document the desk heard it itself. Certainty, basis, time, terms and
        extensions are those of the source's own assertion. `sentences` has every field.
        """
        stated = locals()  # the keywords by name, from which what they state of a record is taken
        if self._is_closed:
            raise AlreadyClosed("commit")
        with self._sentence():
            _check_words(stance, quote, occasion)
            own = _stated_of(Assertion, stated)
            story, origin = self._story(found_in)
            said, blamed = self._said(claim, accuses, story)
            publisher = self._publisher(story)
            chain, ties = self._chain(source, via, story, publisher)
            place = "desk" if story is None else str(story.id)
            words = quote.handle if isinstance(quote, Sealed) else quote or ""
            assertions = []
            for step, agent in enumerate(chain):
                is_source = step == 0
                assertions.append(
                    Assertion(
                        agent=agent,
                        claim=said,
                        stance=stance if is_source else Stance.RELAY,
                        occasion=occasion
                        if occasion and is_source
                        else f"{place} {words} {len(chain) - step}",
                        **(own if is_source else {}),
                    )
                )
            relays = [
                Relay(source=later, target=earlier) for earlier, later in itertools.pairwise(assertions)
            ]
            mention = Mention(
                assertion=assertions[-1],
                document=story,
                anchor=None if quote is None else self._anchor(quote, story),
                **_stated_of(Mention, stated),
            )
            shown = [self._evidence(one, assertions[0], publisher) for one in _listed(evidence)]
            ordered: dict[str, Record] = {}
            for record in (*origin, *ties, *blamed, *assertions, *relays, mention, *shown):
                _with_referred(record, ordered)
            return self._keep(Recorded(said, tuple(assertions), tuple(ordered.values())))

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
        accused, links = self._agents_of(
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
        chain, links = self._agents_of(sources, "source", AgentKind.ORGANISATION, story)
        relaying, more = self._agents_of(via, "via", AgentKind.OUTLET, story)
        chain.extend(relaying)
        if publisher is not None and (not chain or chain[-1].id != publisher.id):
            chain.append(publisher)
        return chain, [*links, *more]

    def record_sentence(self, sentence: Sentence, *, number: int | None = None) -> Recorded:
        """One sentence in the short form of `sentences`. `number` is its place in the source, for errors."""
        with self._sentence(number):
            return self.record(**self._reader.arguments(sentence, self._attribute_known_as))

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
        """Takes back or puts right an assertion, or all that is found in a document (an agency's kill).

        `by` is the holder or a publisher, by default the holder (of a document: its outlet). Anybody can establish a
        misattribution.
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
        agent: Reference = owner if by is None else self._agent(by, "amendment.by", AgentKind.OUTLET, None)[0]  # type: ignore[assignment]
        new = replacement.assertion if isinstance(replacement, Recorded) else replacement
        moment = _moment("amendment.at", at)
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
        """Its holder takes an assertion back, or a publisher (`by`) does; of a sentence, what its source said.

        A publisher takes back its own words with the last of `recorded.assertions`, a whole story with the document.
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
        """Its holder, or a publisher, puts an assertion right; `replacement` is what they say instead."""
        return self.amend(AmendmentKind.CORRECT, target, by=by, replacement=replacement, at=at, note=note)

    @overload
    def withdraw(self, target: Record | RecordId, *, reason: str | None = None) -> Withdrawal: ...

    @overload
    def withdraw(self, target: Recorded, *, reason: str | None = None) -> tuple[Withdrawal, ...]: ...

    def withdraw(
        self, target: Record | RecordId | Recorded, *, reason: str | None = None
    ) -> Withdrawal | tuple[Withdrawal, ...]:
        """A record that the desk made in error: a merge, a relay, evidence, another withdrawal. Of a sentence, all that
        only it said: what others rest on too stays.

        From now on it counts as if never recorded; earlier `known` bounds still see it.
        """
        if isinstance(target, Recorded):
            return tuple(self.withdraw(one, reason=reason) for one in self._only_of(target))
        if not isinstance(target, Record | RecordId):
            raise InvalidValue(
                "withdrawal.target",
                f"a {type(target).__name__}",
                "a record or its RecordId, or what recording a sentence gave",
            )
        earlier = sum(
            isinstance(record, Withdrawal) and record.target.id == target.id
            for record in self._draft.records()
        )
        earlier += self._count_of(tables.withdrawal, target)
        withdrawal = Withdrawal(
            target=target, round=earlier + 1, by=self._draft.author or None, reason=reason
        )
        self.add(withdrawal)
        return withdrawal

    def _only_of(self, recorded: Recorded) -> list[Record]:
        """The records of a sentence that no other one shares: its relays, evidence and, without these, its assertions
        with their mention."""
        relays = [one for one in recorded.records if isinstance(one, Relay)]
        alone: list[Record] = [*relays, *(one for one in recorded.records if isinstance(one, Evidence))]
        shared = self._relayed_elsewhere(recorded, relays)
        own = [one for one in recorded.assertions if one.id not in shared]
        mentions = [
            one for one in recorded.records if isinstance(one, Mention) and one.assertion.id not in shared
        ]
        return [*alone, *mentions, *own]

    def _relayed_elsewhere(self, recorded: Recorded, relays: list[Relay]) -> set[str]:
        """The assertions of the sentence that a relay of another one starts from or ends at."""
        table = tables.relay
        with self._reading() as connection:
            keys = projection.keys_of(connection, [one.id for one in (*recorded.assertions, *relays)])
            own = {keys.get(relay.id) for relay in relays}
            found = set()
            for one in recorded.assertions:
                key = keys.get(one.id)
                query = select(table.c.key).where(
                    or_(table.c.source == key, table.c.target == key), self._draft.held(table)
                )
                if set(connection.execute(query).scalars()) - own:
                    found.add(str(one.id))
        return found

    def redact(self, target: Record | RecordId, *, reason: str | None = None) -> Redaction:
        """Destroys what an agent, a claim, a mention or a document holds sealed, and a document's text; for good.

        The record stays, with its public words, and so does every answer: origins count as before.
        """
        if not isinstance(target, Record | RecordId):
            raise InvalidValue("redaction.target", f"a {type(target).__name__}", "a record or its RecordId")
        earlier = self._count_of(tables.redaction, target) + sum(
            isinstance(record, Redaction) and record.target.id == target.id
            for record in self._draft.records()
        )
        known = RecordId(target.id)
        redaction = Redaction(target=known, round=earlier + 1, by=self._draft.author or None, reason=reason)
        self.add(redaction)
        return redaction

    def _count_of(self, table: Table, target: Record | RecordId) -> int:
        """How many records of the table are about the target."""
        with self._reading() as connection:
            key = projection.keys_of(connection, [target.id]).get(target.id)
            query = (
                select(func.count()).select_from(table).where(table.c.target == key, self._draft.held(table))
            )
            return 0 if key is None else connection.execute(query).scalar_one()

    def link(
        self, kind: str, source: Reference | AnySource, target: Reference | AnySource, *, valid: object = None
    ) -> Link:
        """Ties two records together; undone by withdrawing the link. Of agents a name or a source will do.

        Kinds: same_agent, same_entity, same_claim and same_event merge the source into the target, whose name is then
        used; maybe_same_agent; control_group (the source is owned by, or part of, the target); speaks_for; part_of;
        not_later_than (of attributes); entails; contradicts. `valid`, of a control group or a spokesperson, is a pair
        of dates of which one may be None.
        """
        ends: list[Any] = []
        more: list[Record] = []
        for name, end in (("link.source", source), ("link.target", target)):
            if not isinstance(end, Record | RecordId) and kind in _AGENT_LINKS:
                agent, ties = self._agent(end, name, AgentKind.ORGANISATION, None)
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
        """The newsroom asked the accused for comment."""
        request = CommentRequest(
            accused=self._agent(accused, "accused", AgentKind.ORGANISATION, None)[0],
            claim=claim,
            asked_by=None if by is None else self._agent(by, "asked_by", AgentKind.OUTLET, None)[0],
            asked_at=_moment("comment_request.at", at),
            deadline=_moment("comment_request.deadline", deadline),
        )
        self.add(request)
        return request

    def assess(self, claim: Reference, verdict: str, *, by: AnySource, **stated: Any) -> Assessment:
        """A fact-checker's verdict in their words. It never enters a grade or a conflict."""
        agent = self._agent(by, "assessment.by", AgentKind.ORGANISATION, None)[0]
        stated["at"] = _moment("assessment.at", stated.get("at"))
        assessment = Assessment(claim=claim, verdict=verdict, by=agent, **stated)
        self.add(assessment)
        return assessment

    # How names become agents ------------------------------------------------------------------------------------

    def _agent(
        self, source: AnySource, name: str, kind: AgentKind, story: Reference | None
    ) -> tuple[Agent | RecordId, list[Record]]:
        """The agent, and the links that tie it to its control group."""
        if isinstance(source, str) and not isinstance(source, RecordId):
            return self._agent_named(source, name, kind), []
        if isinstance(source, Agent | RecordId):
            return source, []
        if not isinstance(source, Source):
            raise InvalidValue(name, f"a {type(source).__name__}", "a source such as person(…), or its name")
        made = self._agents_made.get(id(source))
        if made is None:
            agent, links = self._agent_made_of(source, name, story)
            if source.naming in MENTION_NAMINGS:
                return agent, links
            made = self._agents_made[id(source)] = (source, agent, links)
        return made[1], made[2]

    def _agent_made_of(
        self, source: Source, name: str, story: Reference | None
    ) -> tuple[Agent, list[Record]]:
        stated = {name: getattr(source, name) for name in _AGENT_FIELDS}
        links: list[Record] = []
        if source.speaks_for is not None:
            stated["speaks_for"], links = self._agent(
                source.speaks_for, f"{name}.speaks_for", AgentKind.ORGANISATION, None
            )
        belongs_to_mention = source.naming in MENTION_NAMINGS
        if belongs_to_mention and story is None and source.mention is None:
            raise InvalidValue(
                name, "an unnamed source without a document", "found_in=, or mention= to tell it apart"
            )
        try:
            agent = Agent(found_in=story if belongs_to_mention else None, **stated)
        except InvalidValue as error:
            raise error.of_field(error.field.replace("agent", name, 1)) from None
        if source.part_of is not None:
            whole, more = self._agent(source.part_of, f"{name}.part_of", AgentKind.GROUP, None)
            links = [*links, *more, Link(kind=LinkKind.CONTROL_GROUP, source=agent, target=whole)]
        return agent, links

    def _agents_of(
        self, sources: Iterable[AnySource], name: str, kind: AgentKind, story: Reference | None
    ) -> tuple[list[Agent | RecordId], list[Record]]:
        agents: list[Agent | RecordId] = []
        links: list[Record] = []
        for source in sources:
            agent, ties = self._agent(source, name, kind, story)
            agents.append(agent)
            links.extend(ties)
        return agents, links

    def _agent_named(self, name: str, field_name: str, kind: AgentKind) -> Agent:
        """The one agent that goes by a bare name, in this commit or in the ledger; otherwise a new one of the kind."""
        fields.text(field_name, name, longest=fields.MAX_NAME)
        known = self._agents.get((fold_name(name), kind))
        if known is None:
            known = self._agents[fold_name(name), kind] = self._find_agent(name, field_name, kind)
        return known

    def _find_agent(self, name: str, field_name: str, kind: AgentKind) -> Agent:
        found = self._draft.agents_named(name)
        table = tables.agent
        with self._reading() as connection:
            keys = (
                connection.execute(
                    select(table.c.key).where(table.c.name_folded == fold_name(name), self._draft.held(table))
                )
                .scalars()
                .all()
            )
            for stated in self._draft.described(connection, keys).values():
                record = wire.from_json(stated)
                found[record.id] = record  # type: ignore[assignment]
        named = [agent for agent in found.values() if agent.naming not in MENTION_NAMINGS]
        fitting = [agent for agent in named if agent.kind is kind] or named
        if len(fitting) > 1:
            raise AmbiguousName(field_name, tuple(sorted(agent.kind.value for agent in fitting)))
        return fitting[0] if fitting else Agent(kind=kind, name=name)

    def _attribute_known_as(self, name: str) -> Attribute:
        """The attribute of this name as the ledger or this commit describes it."""
        described = self._draft.attribute_named(name)
        if described is not None:
            return described
        if name not in self._attributes:
            fresh = Attribute(name=name)
            with self._reading() as connection:
                keys = list(self._draft.keys_of(connection, [fresh.id]).values())
                for stated in self._draft.described(connection, keys).values():
                    fresh = wire.from_json(stated)  # type: ignore[assignment]
            self._attributes[name] = fresh
        return self._attributes[name]

    def _publisher(self, story: Document | RecordId | None) -> Agent | RecordId | None:
        if story is None:
            return None
        if isinstance(story, Document):
            return story.outlet  # type: ignore[return-value]
        document, agent = tables.document, tables.record
        with self._reading() as connection:
            key = projection.keys_of(connection, [story]).get(story)
            outlet_id = connection.execute(
                select(agent.c.id)
                .join(document, document.c.outlet == agent.c.key)
                .where(document.c.key == key)
            ).scalar()
        if outlet_id is None:
            raise UnknownReference("found_in", story)
        return RecordId(bytes(outlet_id).hex())

    def _anchor(self, quote: str | Sealed, story: Document | RecordId | None) -> Anchor:
        text = self._text_of(story)
        words = quote.value if isinstance(quote, Sealed) else quote
        if text is None or words is None:
            return Anchor(exact=quote)
        start = text.find(fields.text("quote", words))
        if start < 0:
            raise InvalidValue(
                "quote", "words that the document's text does not hold", "them exactly as they stand there"
            )
        if isinstance(quote, Sealed):
            return Anchor(exact=quote)  # its place in a text that others may read would tell it
        end = start + len(quote)
        before, behind = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        return Anchor(
            exact=quote,
            prefix=before if before.strip() else None,
            suffix=behind if behind.strip() else None,
            start=start,
            end=end,
        )

    def _text_of(self, story: Document | RecordId | None) -> str | None:
        if story is None or isinstance(story, Document):
            text = None if story is None else story.text
            return text.value if isinstance(text, Sealed) else text
        document = tables.document
        with self._reading() as connection:
            key = projection.keys_of(connection, [story]).get(story)
            query = select(document.c.text_digest).where(document.c.key == key)
            digest = connection.execute(query).scalar()
            return None if digest is None else beside.text_of(connection, digest)

    def _evidence(self, cited: object, assertion: Assertion, noted_by: Reference | None) -> Evidence:
        if cited == REPORTED_ABSENT:
            return Evidence(assertion=assertion, present=False, noted_by=noted_by)
        if isinstance(cited, str):
            if cited not in _EVIDENCE_KINDS:
                raise InvalidValue.unknown_word("evidence", cited, (REPORTED_ABSENT, *_EVIDENCE_KINDS))
            return Evidence(assertion=assertion, kind=cited)
        if not isinstance(cited, Shown):
            raise InvalidValue(
                "evidence", f"a {type(cited).__name__}", "REPORTED_ABSENT, a kind, or shown(kind, item)"
            )
        return Evidence(assertion=assertion, kind=cited.kind, item=cited.item)

    def _keep(self, recorded: Recorded) -> Recorded:
        return self._draft.keep(recorded, self._number)

    @contextmanager
    def _sentence(self, number: int | None = None) -> Iterator[None]:
        """One sentence of this commit, by default the next: an error points at it, and nothing of it is kept."""
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
_AGENT_FIELDS = tuple(one.name for one in attrs.fields(Source) if one.name in model.fields_of(Agent))
_EVIDENCE_KINDS = tuple(kind.value for kind in EvidenceKind)
_STANCES = tuple(stance.value for stance in Stance if stance is not Stance.RELAY)


def _beside_identity(record_type: type[Record]) -> list[str]:
    declared = model.fields_of(record_type)
    return [name for name, each in declared.items() if each.role is not Role.IDENTITY]


_STATED = {
    Assertion: _beside_identity(Assertion),
    Mention: [name for name in _beside_identity(Mention) if name not in _beside_identity(Assertion)],
}
"""What a sentence states of its source's assertion and of its mention. A name that both have is the assertion's."""


def _stated_of(record_type: type[Assertion | Mention], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """What the keywords of `Desk.record` state of the assertion or of its mention."""
    stated = {name: keywords[name] for name in _STATED[record_type]}
    for name in model.fields_holding(record_type, When):
        stated[name] = _moment(name, stated[name])
    return stated


def _check_words(stance: object, quote: object, occasion: object) -> None:
    if stance == Stance.RELAY:
        raise InvalidValue("stance", "relay", "the stance of the source itself, and who relayed it in via=")
    if stance not in _STANCES:
        raise InvalidValue.unknown_word("stance", stance, _STANCES)
    if not isinstance(quote, Sealed):
        fields.optional_text("quote", MAX_QUOTE)(quote)
    fields.optional_text("occasion")(occasion)


def _moment(field_name: str, stated: object) -> When | None:
    return None if stated is None else when_of(field_name, stated)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _with_referred(record: Record, ordered: dict[str, Record]) -> None:
    """Puts the record behind all records that it refers to by value."""
    id_ = record.id
    if id_ not in ordered:
        for referred in referred_records(record):
            _with_referred(referred, ordered)
        ordered[id_] = record
