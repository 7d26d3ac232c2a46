"""From the rows of assertions and their chains to facts: one assertion a speech event, said within the bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import select

from provenance.database.chunks import chunked
from provenance.index import tables
from provenance.loading import row_queries
from provenance.loading.chains import ChainLoad
from provenance.loading.reader import IndexReader
from provenance.loading.row_queries import AmendmentFound, AssertionFound
from provenance.log import journal
from provenance.rules import ground_rules, speech_events
from provenance.rules.classes import Classes
from provenance.rules.facts import AmendmentRow, AssertionRow, DocumentRow, EvidenceRow, MentionRow, Span


class LoadedRelays(NamedTuple):
    stated: dict[int, set[int]]
    inferred: dict[int, set[int]]
    ids: dict[tuple[int, int, bool], bytes]


class AssertionLoad:
    """The assertions of a graph, once all their rows are there. `claims` tells which claims are one."""

    def __init__(self, reader: IndexReader, chains: ChainLoad, claims: Classes) -> None:
        self._reader = reader
        self._rows = chains.assertions
        self._relays = chains.relays
        self._links = reader.links(self._rows, ("same_event", "joint_act"))
        self._events = self._speech_events(claims)
        mentions = reader.rows(row_queries.MENTIONS, "assertion", self._rows)
        named = {row.document for row in mentions if row.document is not None}
        self._documents = {row.key: row for row in reader.rows(row_queries.DOCUMENTS, "key", named)}
        self._mentions = [row for row in mentions if row.document is None or row.document in self._documents]
        self.undated: set[int] = set()
        self.assertions = dict(self._said_within_bounds())

    def _speech_events(self, claims: Classes) -> Classes:
        """Which assertions on one claim record one speech event; the first recorded one stands for it."""
        rows, links = self._rows, self._links
        pairs = [(link.source, link.target) for link in links if link.kind == "same_event"]
        ends = {end for pair in pairs for end in pair}
        return speech_events.events(pairs, {key: claims[rows[key].claim] for key in ends & rows.keys()})

    # When they were said ------------------------------------------------------------------------------------------

    def _said_within_bounds(self) -> Iterator[tuple[int, AssertionRow]]:
        rows, bound = self._rows, self._reader.said
        times, own, undated = self._times()
        for key in sorted(rows):
            if self._events[key] == key:
                members = sorted(self._events.of(key))
                said = speech_events.earliest([times[member] for member in members])
                if speech_events.is_within(said, bound):
                    if key in undated and undated.issuperset(members):
                        self.undated.add(key)
                    records = [rows[member] for member in members]
                    yield key, _speech_event(records, said, has_own_time=not own.isdisjoint(members))

    def _times(self) -> tuple[dict[int, Span], set[int], set[int]]:
        """By assertion when it was said; those with a time of their own; and those of which no time is known: they
        count as said when recorded."""
        rows, documents = self._rows, self._documents
        stated = {
            key: _span(row.said_lo, row.said_hi) for key, row in rows.items() if row.said_hi is not None
        }
        published = [
            (row.assertion, _span(document.published_lo, document.published_hi))
            for row in self._mentions
            if row.document is not None
            for document in (documents[row.document],)
            if document.published_hi is not None
        ]
        rested_on: dict[int, list[int]] = defaultdict(list)
        for relay in self._relays:
            if relay.stated and relay.source in rows and relay.target in rows:
                rested_on[relay.source].append(relay.target)
        times = speech_events.times_said(stated, published, rested_on)
        undated = rows.keys() - times.keys()
        if undated:
            commits = journal.times_of(self._reader.connection, (rows[key].commit_seq for key in undated))
            times.update(
                (key, speech_events.when_recorded(commits.get(rows[key].commit_seq, 0))) for key in undated
            )
        return times, {*stated, *(key for key, _ in published)}, undated

    # What belongs to them -----------------------------------------------------------------------------------------

    def relays(self) -> LoadedRelays:
        """A relay inside one speech event says nothing, but for one from a record to itself."""
        stated: defaultdict[int, set[int]] = defaultdict(set)
        inferred: defaultdict[int, set[int]] = defaultdict(set)
        ids: dict[tuple[int, int, bool], bytes] = {}
        for row in self._relays:
            source, target = self._events[row.source], self._events[row.target]
            if source != target or row.source == row.target:
                (stated if row.stated else inferred)[source].add(target)
                ids.setdefault((source, target, row.stated), row.id)
        return LoadedRelays(dict(stated), dict(inferred), ids)

    def observed(self) -> set[int]:
        """The speech events of which any record was found in a document of its own agent, or by the desk."""
        outlet_of: dict[int | None, int] = {key: row.outlet for key, row in self._documents.items()}
        agents = {row.agent for row in self._rows.values()}.union(outlet_of.values())
        links = self._reader.links(agents, ("same_agent",))
        found = speech_events.observed(
            (
                (row.assertion, self._rows[row.assertion].agent, outlet_of.get(row.document))
                for row in self._mentions
            ),
            Classes((link.source, link.target) for link in links),
        )
        return {self._events[one] for one in found} & self.assertions.keys()

    def mentions(self) -> dict[int, list[MentionRow]]:
        found: dict[int, list[MentionRow]] = defaultdict(list)
        for row in self._mentions:
            key = self._events[row.assertion]
            if key in self.assertions:
                found[key].append(_in_its_language(row, self._rows[row.assertion]))
        return dict(found)

    def outlets(self) -> dict[int, int]:
        """By document the agent that published it."""
        return {key: row.outlet for key, row in self._documents.items()}

    def documents(self) -> dict[int, bytes]:
        """By document its id."""
        return {key: row.id for key, row in self._documents.items()}

    def evidence(self) -> dict[int, list[EvidenceRow]]:
        found: dict[int, list[EvidenceRow]] = defaultdict(list)
        for row in self._reader.rows(row_queries.EVIDENCE, "assertion", self._rows):
            key = self._events[row.assertion]
            found[key].append(row if key == row.assertion else row._replace(assertion=key))
        return dict(found)

    def debunked(self) -> dict[int, list[AmendmentRow]]:
        """By evidence what debunked it, or evidence of the same item."""
        if not self._reader.holds.debunked:
            return {}
        reader = self._reader
        shown = [row.key for row in reader.rows(row_queries.EVIDENCE, "assertion", self._rows)]
        pairs = [
            tuple(row) for row in row_queries.DEBUNKED.answers(reader.connection, shown, reader.last_commit)
        ]
        rows = reader.rows(row_queries.AMENDMENTS, "key", {amendment for _, amendment in pairs})
        within = {row.key: row for row in rows if reader.is_said(row.at)}
        found: dict[int, list[AmendmentRow]] = defaultdict(list)
        for evidence, amendment in sorted(set(pairs)):
            if amendment in within:
                found[evidence].append(_amendment_row(within[amendment], {}, self._events))
        return dict(found)

    def joint_acts(self) -> list[frozenset[int]]:
        """The assertions that were made in one act, as far as they are here."""
        pairs = [
            (self._events[link.source], self._events[link.target])
            for link in self._links
            if link.kind == "joint_act"
        ]
        acts = Classes(pairs)
        here = [frozenset(acts.of(act)) & self.assertions.keys() for act in {acts[a] for a, _ in pairs}]
        return sorted((act for act in here if len(act) > 1), key=sorted)

    def amendments(self) -> list[AmendmentRow]:
        """The amendments of these assertions, and of the documents that they were found in."""
        if not self._reader.holds.amendments:
            return []
        targets = {*self._rows, *self._documents}
        rows = [
            row
            for row in self._reader.rows(row_queries.AMENDMENTS, "target", targets)
            if self._reader.is_said(row.at)
        ]
        words = claim_texts(self._reader, {row.replacement for row in rows if row.replacement is not None})
        return [_amendment_row(row, words, self._events) for row in rows]


def _speech_event(records: list[AssertionFound], said: Span, *, has_own_time: bool) -> AssertionRow:
    """What the records of one speech event say, the first recorded one first."""
    first = records[0]
    is_one = len(records) == 1
    return AssertionRow(
        first.key,
        first.id,
        first.agent,
        first.claim,
        first.stance,
        first.certainty,
        first.basis if is_one else speech_events.basis_of([record.basis for record in records]),
        said[1],
        *speech_events.day_of(said),
        said[0],
        has_own_time,
        ground_rules.strictest([record.ground_rule for record in records]),
        max((record.embargo_until for record in records if record.embargo_until is not None), default=None),
    )


def _in_its_language(mention: MentionRow, assertion: AssertionFound) -> MentionRow:
    """The mention with the language that release 0.1.0 recorded with its assertion, where it states none itself."""
    if mention.language is None and mention.translated is None:
        stated = assertion.language, assertion.translated, assertion.translated_by
        if stated != (None, None, None):
            return mention._replace(language=stated[0], translated=stated[1], translated_by=stated[2])
    return mention


def _amendment_row(row: AmendmentFound, words: dict[int, str], events: Classes) -> AmendmentRow:
    """`words` are those of the claims of replacing assertions."""
    new = row.replacement
    return AmendmentRow(
        row.key,
        row.id,
        events[row.target],
        row.kind,
        row.by,
        row.at,
        None if new is None else events[new],
        row.note,
        None if new is None else words.get(new),
    )


def _span(lo: int | None, hi: int) -> Span:
    return (hi if lo is None else lo), hi


def claim_texts(reader: IndexReader, assertions: Iterable[int]) -> dict[int, str]:
    """By assertion the words of its claim."""
    assertion, claim = tables.assertion, tables.claim
    found: dict[int, str] = {}
    for chunk in chunked(sorted(assertions)):
        query = select(assertion.c.key, claim.c.text).join(claim, claim.c.key == assertion.c.claim)
        rows = reader.connection.execute(query.where(assertion.c.key.in_(chunk)))
        found.update((row.key, row.text) for row in rows)
    return found


def documents_found_in(reader: IndexReader, assertions: Iterable[int]) -> list[DocumentRow]:
    """The documents in which these assertions were found."""
    mentions = reader.rows(row_queries.MENTIONS, "assertion", assertions)
    named = {row.document for row in mentions if row.document is not None}
    return reader.rows(row_queries.DOCUMENTS, "key", named)
