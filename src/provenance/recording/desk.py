"""Desk: where one commit is put together. Nothing touches the log before its block ends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from attrs import evolve
from sqlalchemy import Connection

from provenance.errors import AlreadyClosed, InvalidValue, ProvenanceError
from provenance.log import journal
from provenance.recording.agents import Agents
from provenance.recording.drafts import Draft, Recorded
from provenance.recording.editing import EditingDesk
from provenance.recording.keys import Keys
from provenance.recording.lookup import Lookup
from provenance.recording.quoting import quoted
from provenance.recording.sentence import (
    assertions_of,
    check_words,
    evidence_of,
    moment_of,
    relays_of,
    stated_of,
    version_of,
    with_referred,
)
from provenance.recording.sentence_form import Reader, Sentence, Story
from provenance.recording.sources import AnySource
from provenance.recording.sources import claim as claim_of
from provenance.values import fields, model
from provenance.values.ids import RecordId
from provenance.values.instants import When
from provenance.values.records import (
    Agent,
    Assertion,
    Claim,
    Document,
    Mention,
    Record,
    Reference,
)
from provenance.values.sealed import Sealed
from provenance.values.vocabulary import AgentKind, Stance
from provenance.values.zones import offset_stated, optional_zone


class Desk(EditingDesk):
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

    def document(
        self,
        outlet: AnySource,
        *,
        url: str | None = None,
        publisher_id: str | None = None,
        text: str | Sealed | None = None,
        version: str | None = None,
        title: str | None = None,
        published_at: object = None,
        retrieved_at: object = None,
        supersedes: Document | RecordId | dict[str, Any] | None = None,
        change_note: str | None = None,
        zone: str | None = None,
        text_digest: str | None = None,
        extensions: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Document:
        """Records one version of a story.

        - `url`, `publisher_id`, `text`: at least one of them; `title`
        - `version`: the publisher's number of the version, or its time of update, where the text does not tell it apart
        - `published_at`, `retrieved_at`: a publication never moves later: a later time is refused of the same version
        - `supersedes`: the version before it, as a document, its id, or a dict of its fields with its "outlet". A
          document that nothing else tells apart from it gets its own publication as its `version`
        - `change_note`: what the outlet itself says that it changed; `extensions`: data of your own (`Extension`)
        - `zone`: where its dates are whole days, as "+03:00". Left out, it is the offset with which its
          publication was stated, or UTC
        """
        stated = {name: value for name, value in locals().items() if name not in ("self", "outlet")}
        story, links = self._document(outlet, stated)
        self.add(*links, story)
        return story

    def _document(self, outlet: AnySource, stated: dict[str, Any]) -> tuple[Document, list[Record]]:
        if not stated.keys() <= _DOCUMENT_FIELDS:
            raise InvalidValue.unknown_fields("document", stated, _DOCUMENT_FIELDS)
        if stated.get("zone") is None:
            stated["zone"] = offset_stated(stated.get("published_at"))
        zone = optional_zone("document.zone")(stated["zone"])
        for name in model.fields_holding(Document, When):
            stated[name] = moment_of(f"document.{name}", stated.get(name), zone)
        earlier, more = self._story(stated.get("supersedes"), "document.supersedes")
        stated["supersedes"] = None
        agent, links = self._agents.of(outlet, "document.outlet", AgentKind.OUTLET, None)
        story = Document(outlet=agent, **stated)
        if earlier is not None and earlier.id == story.id and story.published_at is not None:
            story = evolve(story, version=version_of(story.published_at))
        return evolve(story, supersedes=earlier), [*more, *links]

    def record(
        self,
        claim: Claim | str,
        *,
        source: AnySource | None = None,
        via: Sequence[AnySource] = (),
        found_in: Document | RecordId | dict[str, Any] | None = None,
        stance: str = Stance.AFFIRM,
        quote: str | Sealed | None = None,
        quote_at: int | None = None,
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
        embargo_until: object = None,
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
        - `stance`: affirm, deny, question, no_comment, silence, or disavow (they deny having said so)
        - `quote`, `cue`, `quote_type`, `distanced`: the words as they stand in the document, and how it puts them.
          Where they stand there in several places, `quote_at` is the start of the one that is meant, in code points
          from 0; left out, all of them are recorded
        - `language`, `translated`, `translated_by`: in which language it was said, whether the words are a translation,
          and whose
        - `evidence`: `REPORTED_ABSENT`, a kind, `shown(kind, item)`, or a list of these. Left out, none was mentioned
        - `certainty`, `basis`, `said_at`, `ground_rule`, `embargo_until`, `extensions`: of the source's own assertion,
          not of those who relay it. A date is its whole day in the document's zone
        - `occasion`: which speech event it was. Left out, the document, the words and the place in the chain tell
        - `accuses`: a list of those whom the claim blames

        The words that stance, evidence and other fields take stand with the sentence form (`recording.sentence_form`).
        """
        stated = locals()  # the keywords by name, of which each record takes its fields
        if self._is_closed:
            raise AlreadyClosed("commit")
        with self._sentence():
            check_words(stance, quote, occasion)
            story, origin = self._story(found_in)
            zone = self._lookup.zone_of(story)
            own = stated_of(Assertion, stated, zone)
            self._agents.expect(self._lookup.publisher_of(story))
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
                **self._quoted(quote, quote_at, story),
                **stated_of(Mention, stated, zone),
            )
            shown = evidence_of(evidence, assertions[0], publisher)
            every = (*origin, *ties, *blamed, *assertions, *relays_of(assertions), mention, *shown)
            return self._keep(Recorded(said, tuple(assertions), with_referred(every), record=assertions[0]))

    def _quoted(
        self, quote: str | Sealed | None, quote_at: int | None, story: Document | RecordId | None
    ) -> dict[str, Any]:
        """Where the quotation of a mention stands, as the fields of the mention."""
        if quote is None:
            if quote_at is not None:
                raise InvalidValue("quote_at", "a place of no quotation", "it beside quote=")
            return {}
        found = quoted(quote, self._lookup.text_of(story), at=quote_at)
        return {
            "anchor": found.anchors[0],
            "parts": found.anchors if found.is_in_parts else None,
            "places": found.places if found.is_ambiguous else None,
        }

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

    # One sentence at a time -------------------------------------------------------------------------------------

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
            self._agents.forget()
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
_DOCUMENT_FIELDS = frozenset(model.fields_of(Document)) - {"outlet"}
