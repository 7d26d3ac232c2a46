"""Loading a world: from some claims or assertions to everything that the answer about them depends on."""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, FromClause, Select, select

from provenance import wire
from provenance.database import transactions
from provenance.database.chunks import chunked
from provenance.index import projection, tables
from provenance.index.rows import WITHDRAWN_WITH, RowContext, row_of
from provenance.loading import row_queries
from provenance.loading.row_queries import (
    AssertionFound,
    ClaimFound,
    DocumentFound,
    MentionFound,
    Presence,
    RelayFound,
)
from provenance.loading.statements import Row, RowQuery, column_of
from provenance.log import journal
from provenance.rules.claim_graph import (
    DAY,
    FIRST_HAND_BASES,
    AgentRow,
    AmendmentRow,
    AssertionRow,
    ClaimGraph,
    ClaimRow,
    Classes,
    DatedLink,
    MentionRow,
    RequestRow,
    Terms,
)
from provenance.values.references import references_of
from provenance.values.vocabulary import GroundRule

FEW = 20
"""Claims or assertions up to which a world is read by small statements."""

AGENT_LINKS = ("same_agent", "maybe_same_agent", "control_group", "speaks_for")
CLAIM_LINKS = ("same_claim", "entails", "contradicts")
ENTITY_LINKS = ("same_entity", "part_of")

Tie = tuple[str, int, int]
"""A link: kind, source, target."""
Span = tuple[int, int]
"""The first and the last moment of a time."""


class ClaimGraphLoader:
    """What a connection holds within the bounds: `known` and `said` are inclusive, in microseconds; None is open."""

    def __init__(self, connection: Connection, *, said: int | None = None, known: int | None = None) -> None:
        self.connection = connection
        self.said = said
        self.last_commit = None if known is None else journal.last_commit_by(connection, known)
        self.holds = Presence(*connection.execute(row_queries.PRESENCE).one())
        self._checked: set[int] = set()
        self._withdrawn: set[int] = set()

    def withdrawn(self, keys: Iterable[int | None]) -> set[int]:
        """Those of the records that are withdrawn, by a withdrawal that is not itself withdrawn."""
        if not self.holds.withdrawals:
            return set()
        asked = {key for key in keys if key is not None}
        unknown = asked - self._checked
        self._checked |= unknown
        found = list(row_queries.WITHDRAWALS.answers(self.connection, unknown, self.last_commit))
        if found:
            undone = self.withdrawn(key for key, _ in found)
            self._withdrawn |= {target for key, target in found if key not in undone}
        return asked & self._withdrawn

    @property
    def is_bounded(self) -> bool:
        return self.said is not None or self.last_commit is not None

    def known(self, query: Select[Any], table: FromClause) -> Select[Any]:
        """The query, of rows recorded within the bound only."""
        return query if self.last_commit is None else query.where(table.c.commit_seq <= self.last_commit)

    def rows(self, shape: RowQuery[Row], by: str, keys: Iterable[int]) -> list[Row]:
        """The rows whose column `by` holds one of the keys: known, not withdrawn, and as they were described by then.
        In the order of recording."""
        return self._standing(shape, shape.found(self.connection, by, keys, self.last_commit))

    def _standing(self, shape: RowQuery[Row], rows: list[Row]) -> list[Row]:
        """Those that are not withdrawn, nor what they are about."""
        if self.holds.withdrawals:
            names = ("key", *WITHDRAWN_WITH.get(shape.table, ()))
            gone = self.withdrawn(getattr(row, name) for row in rows for name in names)
            rows = [row for row in rows if not any(getattr(row, name) in gone for name in names)]
        if self.last_commit is not None and self.holds.descriptions and "described" in shape.table.c:
            rows = self._as_described(rows, self.last_commit)
        return rows

    def _as_described(self, rows: list[Row], last_commit: int) -> list[Row]:
        asked = row_queries.DESCRIBED.answers(self.connection, (row[0] for row in rows))
        anew = {key for key, commit_seq in asked if commit_seq > last_commit}
        return [self._as_it_was(row) if row[0] in anew else row for row in rows]

    def _as_it_was(self, row: Row) -> Row:
        body = self._description(row[0])
        if body is None:
            return row
        record = wire.from_json(body)
        named = projection.keys_of(self.connection, references_of(record))
        then = row_of(record, RowContext(row[0], 0, 0, named.__getitem__))
        return row._replace(
            **{name: then[column_of(name)] for name in row._fields if column_of(name) in then}
        )

    def _description(self, key: int) -> dict[str, Any] | None:
        """What was said of the record by then; None where nothing has been said anew since."""
        held = tables.description
        body = self.connection.execute(
            select(held.c.body)
            .where(held.c.record == key, held.c.commit_seq <= self.last_commit)
            .order_by(held.c.commit_seq.desc())
            .limit(1)
        ).scalar()
        return None if body is None else wire.in_newest_form(json.loads(body))

    def ids(self, keys: Iterable[int]) -> dict[int, bytes]:
        return dict(map(tuple, row_queries.IDS.answers(self.connection, keys)))

    def links(self, keys: Iterable[int], kinds: tuple[str, ...]) -> list[Tie]:
        """All undated links of these kinds that can be reached from the keys over links of these kinds."""
        return [
            (kind, a, b) for kind, a, b, lo, hi in self.dated_links(keys, kinds) if lo is None and hi is None
        ]

    def dated_links(
        self, keys: Iterable[int], kinds: tuple[str, ...], *, depth: int | None = None
    ) -> list[DatedLink]:
        """All links of these kinds that can be reached from the keys; with `depth` in so many steps."""
        if not self.holds.links:
            return []
        found: dict[int, DatedLink] = {}
        seen = set(keys)
        frontier = set(seen)
        while frontier and depth != 0:
            depth = None if depth is None else depth - 1
            rows = list(row_queries.links_of(kinds).answers(self.connection, frontier, self.last_commit))
            gone = self.withdrawn(row[0] for row in rows)
            following: set[int] = set()
            for key, *tie in rows:
                if key not in gone:
                    found[key] = DatedLink(*tie)
                    following.update((tie[1], tie[2]))
            frontier = following - seen
            seen |= frontier
        return [found[key] for key in sorted(found)]

    # The world --------------------------------------------------------------------------------------------------

    def graph(
        self, claims: Iterable[int], *, whole_chain: bool = False, competing: bool = True
    ) -> ClaimGraph:
        """The world in which the standing and the conflicts of these claims can be told.

        With `whole_chain` also the claims at any depth of the chains, for a retraction's impact. Without `rivals`,
        the claims of the same slots, nothing can be told of conflicts.
        """
        graph = ClaimGraph()
        wanted = set(claims)
        self._expect(len(wanted))
        while wanted:
            self._add_claims(graph, wanted, competing=competing)
            rows = self.rows(row_queries.ASSERTIONS, "claim", graph.claims)
            reached = self._add_assertions(graph, {row.key: row for row in rows})
            wanted = (reached if whole_chain else set()) - graph.claims.keys()
        return self._completed(graph)

    def _expect(self, asked: int) -> None:
        if asked > FEW:
            transactions.expect_much(self.connection)

    def graph_of_first(self, claim: int, most: int) -> tuple[ClaimGraph, int | None]:
        """The world of the first so many assertions on a claim with their chains, and the last of these assertions;
        None where there are no more on the claim."""
        graph = ClaimGraph()
        self._add_claims(graph, {claim}, competing=False)
        members = graph.claim_classes_now().of(claim)
        found = row_queries.FIRST_ASSERTIONS.answers(self.connection, members, self.last_commit, most=most)
        rows = sorted(row_queries.ASSERTIONS.rows(found))[:most]
        last = rows[-1].key if len(rows) == most else None
        standing = self._standing(row_queries.ASSERTIONS, rows)
        self._add_assertions(graph, {row.key: row for row in standing})
        return self._completed(graph), last

    def graph_showing(
        self,
        claims: Iterable[int],
        assertions: Iterable[int],
        *,
        competing: bool = False,
        whole_chain: bool = False,
    ) -> ClaimGraph:
        """The world in which these claims, and these assertions on them, can be told of; not what else is said. With
        the `rivals` of the claims also what these say; with `whole_chain` also what the assertions rest on can be told
        of: its time may come from others that carry it."""
        graph = ClaimGraph()
        self._add_claims(graph, set(claims), competing=competing)
        rows = {row.key: row for row in self.rows(row_queries.ASSERTIONS, "key", assertions)}
        reached: set[int] = set()
        while whole_chain and rows.keys() - reached:
            reached = set(rows)
            self._add_chains(rows, is_whole=True)
        self._add_assertions(graph, rows)
        return self._completed(graph)

    def world_around(self, assertions: Iterable[int]) -> ClaimGraph:
        """The world of these assertions with all that rests on them, in which is known which are live, and on what
        claims."""
        graph = ClaimGraph()
        asked = set(assertions)
        self._expect(len(asked))
        rows = {row.key: row for row in self.rows(row_queries.ASSERTIONS, "key", asked)}
        self._add_claims(graph, {row.claim for row in rows.values()}, competing=False)
        self._add_assertions(graph, rows, is_told=False)
        graph.whole = set(graph.claims)
        self._add_other_claims(graph)
        return graph

    def _completed(self, graph: ClaimGraph) -> ClaimGraph:
        graph.whole = set(graph.claims)
        self._add_other_claims(graph)
        self.add_agents(graph)
        return graph

    def _add_claims(self, graph: ClaimGraph, wanted: set[int], *, competing: bool) -> None:
        """Claims, those linked to them at any depth, and those of the same slots or of slots ordered with them; without
        `rivals` of these only what may be the same claim."""
        links: dict[Tie, None] = dict.fromkeys(graph.claim_links)
        entity_links: dict[Tie, None] = dict.fromkeys(graph.entity_links)
        claims_by_issue: set[tuple[int, int]] = set()
        frontier, mates = set(wanted), list[ClaimFound]()
        while frontier:
            found = self.links(frontier, CLAIM_LINKS)
            links.update(dict.fromkeys(found))
            frontier |= {end for _, a, b in found for end in (a, b)}
            missing = frontier - graph.claims.keys() - {row.key for row in mates}
            rows = [*mates, *self.rows(row_queries.CLAIMS, "key", missing)]
            self._keep_claims(graph, rows)
            named = {key for row in rows for key in (row.subject, row.entity) if key is not None}
            entity_links.update(dict.fromkeys(self.links(named, ENTITY_LINKS)))
            graph.entity_links = list(entity_links)
            if competing or any(kind == "same_entity" for kind, _, _ in entity_links):
                mates = [
                    row
                    for row in self._claims_of_the_issue(graph, rows, claims_by_issue)
                    if row.key not in graph.claims
                ]
            frontier = {row.key for row in mates}
        graph.claim_links = [link for link in links if link[1] in graph.claims and link[2] in graph.claims]

    def _claims_of_the_issue(
        self, graph: ClaimGraph, rows: list[ClaimFound], claims_by_issue: set[tuple[int, int]]
    ) -> list[ClaimFound]:
        """The claims of the same slots, and of those that are merged or ordered with them; each slot is asked once."""
        first: dict[tuple[int, int], int] = {}
        for row in rows:
            if row.subject is not None and row.attribute is not None:
                first.setdefault((row.subject, row.attribute), row.key)
        attributes = {attribute for _, attribute in first}
        order = self.dated_links(attributes, ("not_later_than",), depth=1)
        graph.attribute_order.update((link.source, link.target) for link in order)
        attributes |= {end for link in order for end in (link.source, link.target)}
        self._keep_attributes(graph, attributes)
        found = row_queries.CLAIMS_OF_ISSUES.answers(
            self.connection,
            (key for issue, key in first.items() if issue not in claims_by_issue),
            self.last_commit,
        )
        mates = {row.key: row for row in row_queries.CLAIMS.rows(found)}
        claims_by_issue |= first.keys()
        if self.holds.links:
            same = Classes((a, b) for kind, a, b in graph.entity_links if kind == "same_entity")
            beside = defaultdict(set)
            for link in order:
                beside[link.source].add(link.target)
                beside[link.target].add(link.source)
            others = {
                (member, other)
                for subject, attribute in first
                for member in same.of(subject)
                for other in (attribute, *beside[attribute])
            } - claims_by_issue
            claims_by_issue |= others
            mates.update((row.key, row) for row in self._claims_of_issues(others))
        return self._standing(row_queries.CLAIMS, [mates[key] for key in sorted(mates)])

    def _claims_of_issues(self, claims_by_issue: set[tuple[int, int]]) -> list[ClaimFound]:
        attributes = defaultdict(set)
        for subject, attribute in claims_by_issue:
            attributes[attribute].add(subject)
        return [
            row
            for attribute, subjects in attributes.items()
            for row in row_queries.CLAIMS.found(self.connection, "subject", subjects, self.last_commit)
            if row.attribute == attribute
        ]

    def _keep_claims(self, graph: ClaimGraph, rows: list[ClaimFound]) -> None:
        for row in rows:
            lo, hi = (None if end is None else Decimal(end) for end in (row.lo, row.hi))
            graph.claims[row.key] = ClaimRow(*row[:8], lo, hi, Decimal(row.pad or 0), *row[11:])

    def _add_assertions(
        self, graph: ClaimGraph, rows: dict[int, AssertionFound], *, is_told: bool = True
    ) -> set[int]:
        """These assertions and their chains, both ways; gives the claims that the chains touch. What is not to be told
        needs no evidence, and nothing that it rests on."""
        relays = self._add_chains(rows, is_whole=is_told)
        one = self._speech_events(graph, rows)
        mentions = self.rows(row_queries.MENTIONS, "assertion", rows)
        papers = {row.document for row in mentions if row.document is not None}
        documents = {row.key: row for row in self.rows(row_queries.DOCUMENTS, "key", papers)}
        mentions = [row for row in mentions if row.document is None or row.document in documents]
        self._keep_assertions(graph, rows, one, self._times(rows, relays, mentions, documents))
        self._keep_relays(graph, relays, one)
        self._keep_mentions(graph, rows, one, mentions, documents)
        if is_told:
            self._keep_evidence(graph, rows, one)
        self._keep_amendments(graph, rows, one, mentions)
        return {row.claim for row in rows.values()}

    def _add_chains(self, rows: dict[int, AssertionFound], *, is_whole: bool) -> list[RelayFound]:
        """Adds to the assertions all that rest on them and, where the chains are to be whole, then all that these rest
        on, and other records of their speech events; gives the relays between them."""
        start = self._with_events(set(rows))
        found = self._relays_at(start) if is_whole else self.rows(row_queries.RELAYS, "target", start)
        relays = {row.key: row for row in found}
        self._add_along(rows, relays, start, "target", {row.source for row in found} - start)
        if is_whole:
            below = (rows.keys() | {row.target for row in relays.values()}) - start
            self._add_along(rows, relays, start, "source", below)
        return [relays[key] for key in sorted(relays)]

    def _add_along(
        self,
        rows: dict[int, AssertionFound],
        relays: dict[int, RelayFound],
        seen: set[int],
        here: str,
        frontier: set[int],
    ) -> None:
        """Adds what can be reached from the frontier over relays, and these, from their end `here`."""
        there = "source" if here == "target" else "target"
        while frontier:
            frontier = self._with_events(frontier)
            found = self.rows(row_queries.RELAYS, here, frontier)
            relays.update((row.key, row) for row in found)
            seen = seen | frontier
            frontier = {getattr(row, there) for row in found} - seen
        self._add_missing(rows, seen)

    def _with_events(self, assertions: set[int]) -> set[int]:
        return assertions | {end for _, a, b in self.links(assertions, ("same_event",)) for end in (a, b)}

    def _relays_at(self, assertions: set[int]) -> list[RelayFound]:
        """The relays from and to these."""
        found = row_queries.RELAYS_AT.answers(self.connection, assertions, self.last_commit)
        rows = {row.key: row for row in row_queries.RELAYS.rows(found)}
        return self._standing(row_queries.RELAYS, [rows[key] for key in sorted(rows)])

    def _add_missing(self, rows: dict[int, AssertionFound], assertions: set[int]) -> None:
        missing = assertions - rows.keys()
        rows.update((row.key, row) for row in self.rows(row_queries.ASSERTIONS, "key", missing))

    def _speech_events(self, graph: ClaimGraph, rows: dict[int, AssertionFound]) -> Classes:
        """Which assertions on one claim record one speech event; the first recorded stands for it."""
        found = [(a, b) for _, a, b in self.links(rows, ("same_event",)) if a in rows and b in rows]
        if not found:
            return Classes(())
        claim = graph.claim_classes_now()
        return Classes((a, b) for a, b in found if claim[rows[a].claim] == claim[rows[b].claim])

    def _times(
        self,
        rows: dict[int, AssertionFound],
        relays: list[RelayFound],
        mentions: list[MentionFound],
        documents: dict[int, DocumentFound],
    ) -> dict[int, Span]:
        """When each was said. Unstated, it is the publication's that it was first found in, be it through those who
        relayed it; without one, the day of its recording."""
        stated = {
            key: _span(row.said_lo, row.said_hi) for key, row in rows.items() if row.said_hi is not None
        }
        waiting = [(hi, lo, key) for key, (lo, hi) in stated.items()]
        for row in mentions:
            paper = None if row.document is None else documents[row.document]
            if paper is not None and paper.published_hi is not None and row.assertion not in stated:
                lo, hi = _span(paper.published_lo, paper.published_hi)
                waiting.append((hi, lo, row.assertion))
        below = defaultdict(list)
        for relay in relays:
            if relay.stated and relay.source in rows and relay.target in rows and relay.target not in stated:
                below[relay.source].append(relay.target)
        found = _earliest(waiting, below)
        self._undated = rows.keys() - found.keys()
        if self._undated:
            commits = journal.times_of(self.connection, (rows[key].commit_seq for key in self._undated))
            found.update((key, (commits.get(rows[key].commit_seq, 0),) * 2) for key in self._undated)
        return found

    def _keep_assertions(
        self, graph: ClaimGraph, rows: dict[int, AssertionFound], one: Classes, times: dict[int, Span]
    ) -> None:
        graph.assertions.clear()
        for key in sorted(rows):
            if one[key] == key:
                self._keep_assertion(graph, [rows[member] for member in sorted(one.of(key))], times)

    def _keep_assertion(
        self, graph: ClaimGraph, members: list[AssertionFound], times: dict[int, Span]
    ) -> None:
        """The records of one speech event, the first recorded one first."""
        row, basis = members[0], members[0].basis
        lo, said = times[row.key]
        if len(members) > 1:
            lo, said = min((times[member.key] for member in members), key=itemgetter(1))
            basis = next((member.basis for member in members if member.basis in FIRST_HAND_BASES), basis)
        if self.said is not None and said > self.said:
            return
        begin = lo if said - lo == DAY - 1 else said // DAY * DAY
        if row.key in self._undated and all(member.key in self._undated for member in members):
            graph.undated.add(row.key)
        graph.assertions[row.key] = AssertionRow(
            row.key,
            row.id,
            row.agent,
            row.claim,
            row.stance,
            row.certainty,
            basis,
            said,
            begin,
            begin + DAY - 1,
            _terms(members),
        )

    def _keep_relays(self, graph: ClaimGraph, relays: list[RelayFound], one: Classes) -> None:
        for row in relays:
            source, target = one[row.source], one[row.target]
            if source != target or row.source == row.target:  # one inside a merged event says nothing
                (graph.stated if row.stated else graph.inferred)[source].add(target)
                graph.relays.setdefault((source, target, row.stated), row.id)

    def _keep_mentions(
        self,
        graph: ClaimGraph,
        rows: dict[int, AssertionFound],
        one: Classes,
        mentions: list[MentionFound],
        documents: dict[int, DocumentFound],
    ) -> None:
        """Where the assertions were found, and which are observed: in a document of their own agent, or by the desk."""
        graph.mentions.clear()
        agents = {row.agent for row in rows.values()} | {paper.outlet for paper in documents.values()}
        same = Classes((a, b) for _, a, b in self.links(agents, ("same_agent",)))
        for row in mentions:
            key = one[row.assertion]
            if key not in graph.assertions:
                continue
            if (
                row.document is None
                or same[documents[row.document].outlet] == same[rows[row.assertion].agent]
            ):
                graph.observed.add(key)
            graph.mentions[key].append(MentionRow(*row[2:]))

    def _keep_evidence(self, graph: ClaimGraph, rows: dict[int, AssertionFound], one: Classes) -> None:
        graph.evidence.clear()
        for row in self.rows(row_queries.EVIDENCE, "assertion", rows):
            key = one[row.assertion]
            graph.evidence[key].append(row if key == row.assertion else row._replace(assertion=key))

    def _keep_amendments(
        self,
        graph: ClaimGraph,
        rows: dict[int, AssertionFound],
        one: Classes,
        mentions: list[MentionFound],
    ) -> None:
        """What was taken back: assertions, and all that is found in a document that was."""
        graph.amendments.clear()
        if not self.holds.amendments:
            return
        found_in: dict[int, set[int]] = defaultdict(set)
        for mention in mentions:
            if mention.document is not None:
                found_in[mention.document].add(one[mention.assertion])
        found = [
            row
            for row in self.rows(row_queries.AMENDMENTS, "target", {*rows, *found_in})
            if self.said is None or row.at <= self.said
        ]
        words = self._words_of({row.replacement for row in found if row.replacement is not None})
        for row in found:
            for key in found_in[row.target] if row.target in found_in else {one[row.target]}:
                replaced_by = None if row.replacement is None else words.get(row.replacement)
                graph.amendments[key].append(
                    AmendmentRow(row.key, row.id, row.kind, row.by, row.at, row.note, replaced_by)
                )

    def _words_of(self, assertions: set[int]) -> dict[int, str]:
        """The claims' words of these assertions."""
        assertion, claim = tables.assertion, tables.claim
        found: dict[int, str] = {}
        for chunk in chunked(sorted(assertions)):
            query = select(assertion.c.key, claim.c.text).join(claim, claim.c.key == assertion.c.claim)
            found.update(
                (row.key, row.text)
                for row in self.connection.execute(query.where(assertion.c.key.in_(chunk)))
            )
        return found

    def _add_other_claims(self, graph: ClaimGraph) -> None:
        """Claims that only the chains touch: known by name, without what is linked to them."""
        missing = {row.claim for row in graph.assertions.values()} - graph.claims.keys()
        if not missing:
            return
        rows = self.rows(row_queries.CLAIMS, "key", missing)
        self._keep_claims(graph, rows)
        self._keep_attributes(graph, {row.attribute for row in rows if row.attribute is not None})
        for key in [key for key, row in graph.assertions.items() if row.claim not in graph.claims]:
            del graph.assertions[key]

    def _keep_attributes(self, graph: ClaimGraph, attributes: set[int]) -> None:
        for row in self.rows(row_queries.ATTRIBUTES, "key", attributes - graph.attributes.keys()):
            graph.attributes[row.key] = row

    def add_agents(self, graph: ClaimGraph, more: Iterable[int] = ()) -> None:
        """The agents of the world's assertions, these, and everybody tied to them; before anything is derived."""
        seen: set[int] = set()
        frontier = {row.agent for row in graph.assertions.values()} | set(more)
        frontier |= {row.by for rows in graph.amendments.values() for row in rows}
        frontier |= {
            row.noted_by for rows in graph.evidence.values() for row in rows if row.noted_by is not None
        }
        links: dict[DatedLink, None] = {}
        while frontier:
            found = self.dated_links(frontier, AGENT_LINKS)
            links.update(dict.fromkeys(found))
            reached = (frontier | {end for link in found for end in (link.source, link.target)}) - seen
            seen |= reached
            rows = self.rows(row_queries.AGENTS, "key", reached)
            speakers = self._speakers(reached)
            graph.agents.update((row.key, row) for row in (*rows, *speakers))
            spoken_for = {row.speaks_for for row in rows if row.speaks_for is not None}
            frontier = (spoken_for | {row.key for row in speakers}) - seen
        materialized = [link for link in links if link.source in graph.agents and link.target in graph.agents]
        graph.agent_links = [(kind, a, b) for kind, a, b, lo, hi in materialized if lo is None and hi is None]
        graph.dated_links = [link for link in materialized if link.lo is not None or link.hi is not None]

    def _speakers(self, agents: set[int]) -> list[AgentRow]:
        return self.rows(row_queries.AGENTS, "speaks_for", agents) if self.holds.spokespersons else []

    def add_accused(self, graph: ClaimGraph) -> None:
        """Whom the world's claims accuse, and what newsrooms asked them."""
        accused = self._accused(graph)
        requests = self.rows(row_queries.REQUESTS, "claim", graph.claims)
        named = {row.accused for row in requests}
        named |= {row.asked_by for row in requests if row.asked_by is not None}
        self.add_agents(graph, {agent for _, agent in accused} | named)
        for claim, agent in accused:
            if agent in graph.agents:
                graph.accused[graph.claim_classes[claim]].add(graph.agent_classes[agent])
        for row in requests:
            asked = (graph.claim_classes[row.claim], graph.agent_classes[row.accused])
            if self.said is None or row.asked_at <= self.said:
                graph.requests[asked].append(
                    RequestRow(row.key, row.id, row.asked_by, row.asked_at, row.deadline)
                )

    def _accused(self, graph: ClaimGraph) -> list[tuple[int, int]]:
        """Claims and whom they accuse, as they were described by then."""
        accusation, claim = tables.accusation, tables.claim
        found: list[tuple[int, int]] = []
        for chunk in chunked(sorted(graph.claims)):
            query = select(accusation.c.claim, accusation.c.agent).where(accusation.c.claim.in_(chunk))
            if self.last_commit is not None:
                query = query.join(claim, claim.c.key == accusation.c.claim)
                query = query.where(claim.c.described <= self.last_commit)
                found.extend(self._accused_before(chunk))
            found.extend((row.claim, row.agent) for row in self.connection.execute(query))
        return found

    def _accused_before(self, claims: list[int]) -> list[tuple[int, int]]:
        """Of the claims that were described anew since, whom they accused by then."""
        claim = tables.claim
        later = self.connection.execute(
            select(claim.c.key).where(claim.c.key.in_(claims), claim.c.described > self.last_commit)
        ).scalars()
        found: dict[int, list[str]] = {}
        for key in later.all():
            body = self._description(key)
            found[key] = [] if body is None else list(body.get("accuses", ()))
        keys = projection.keys_of(self.connection, {one for accused in found.values() for one in accused})
        return [(key, keys[one]) for key, accused in found.items() for one in accused]


def graph_of_assertions(connection: Connection, target: int) -> tuple[ClaimGraph, set[int]]:
    """The agents around an assertion or document, and those who are answerable for it: its agent and publishers."""
    loader = ClaimGraphLoader(connection)
    publishers: set[int] = set()
    reached = {target}
    frontier = {target}
    while frontier:
        above = {row.source for row in loader.rows(row_queries.RELAYS, "target", frontier) if row.stated}
        frontier = above - reached
        reached |= frontier
    publishers.update(row.agent for row in loader.rows(row_queries.ASSERTIONS, "key", reached))
    mentions = loader.rows(row_queries.MENTIONS, "assertion", reached)
    papers = {row.document for row in mentions if row.document is not None}
    publishers.update(row.outlet for row in loader.rows(row_queries.DOCUMENTS, "key", papers | {target}))
    amenders = connection.execute(
        select(tables.amendment.c.by).where(tables.amendment.c.target == target)
    ).scalars()
    graph = ClaimGraph()
    loader.add_agents(graph, publishers | set(amenders))
    return graph, publishers


def _span(lo: int | None, hi: int) -> Span:
    return (hi if lo is None else lo), hi


def _earliest(waiting: list[tuple[int, int, int]], below: dict[int, list[int]]) -> dict[int, Span]:
    """By key the earliest time (its end, its begin, the key), of its own or of one that leads down to it."""
    heapq.heapify(waiting)
    found: dict[int, Span] = {}
    while waiting:
        hi, lo, key = heapq.heappop(waiting)
        if key not in found:
            found[key] = (lo, hi)
            for target in below.get(key, ()):
                if target not in found:
                    heapq.heappush(waiting, (hi, lo, target))
    return found


def _terms(members: list[AssertionFound]) -> Terms:
    """Of the records of one speech event: the strictest ground rule, and the language of the first that states one."""
    first = members[0]
    if len(members) == 1:
        return Terms(first.ground_rule, first.language, first.translated, first.translated_by)
    rules = [GroundRule(row.ground_rule) for row in members if row.ground_rule is not None]
    told = next((row for row in members if row.language or row.translated), first)
    return Terms(
        max(rules, key=list(GroundRule).index).value if rules else None,
        told.language,
        told.translated,
        told.translated_by,
    )
