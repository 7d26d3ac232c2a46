"""Loading a world: from some claims or assertions to everything that the answer about them depends on."""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, or_, select

from provenance import wire
from provenance.index import projection, tables
from provenance.index.rows import Place, row_of
from provenance.log import journal
from provenance.log.chunks import chunked
from provenance.queries.world import (
    DAY,
    AgentRow,
    AmendmentRow,
    AssertionRow,
    AttributeRow,
    ClaimRow,
    Classes,
    DatedLink,
    EvidenceRow,
    MentionRow,
    RequestRow,
    Terms,
    World,
)
from provenance.values.vocabulary import FIRST_HAND, GroundRule

AGENT_LINKS = ("same_agent", "maybe_same_agent", "control_group", "speaks_for")
CLAIM_LINKS = ("same_claim", "entails", "contradicts")
ENTITY_LINKS = ("same_entity", "part_of")

_ABOUT = {
    tables.claim.name: ("subject", "attribute", "entity"),
    tables.assertion.name: ("agent", "claim"),
    tables.mention.name: ("document",),
    tables.document.name: ("outlet",),
}
"""What a record is about: where that was never recorded, as a withdrawal has it, neither was the record."""

Tie = tuple[str, int, int]
"""A link: kind, source, target."""
Span = tuple[int, int]
"""The first and the last moment of a time."""


class Cone:
    """What a connection holds within the bounds: `known` and `said` are inclusive, in microseconds; None is open."""

    def __init__(self, connection: Connection, *, said: int | None = None, known: int | None = None) -> None:
        self.connection = connection
        self.said = said
        self.last_commit = None if known is None else journal.last_commit_by(connection, known)
        self._has_withdrawals = self._any_withdrawals()
        self._checked: set[int] = set()
        self._withdrawn: set[int] = set()

    def _any_withdrawals(self) -> bool:
        table = tables.withdrawal
        return self.connection.execute(self.known(select(table.c.key).limit(1), table)).first() is not None

    def withdrawn(self, keys: Iterable[int | None]) -> set[int]:
        """Those of the records that are withdrawn, by a withdrawal that is not itself withdrawn."""
        if not self._has_withdrawals:
            return set()
        asked = {key for key in keys if key is not None}
        unknown = asked - self._checked
        self._checked |= unknown
        table = tables.withdrawal
        found: list[tuple[int, int]] = []
        for chunk in chunked(sorted(unknown)):
            query = self.known(select(table.c.key, table.c.target).where(table.c.target.in_(chunk)), table)
            found.extend((row.key, row.target) for row in self.connection.execute(query))
        if found:
            undone = self.withdrawn(key for key, _ in found)
            self._withdrawn |= {target for key, target in found if key not in undone}
        return asked & self._withdrawn

    @property
    def is_bounded(self) -> bool:
        return self.said is not None or self.last_commit is not None

    def known(self, query: Select[Any], table: Table) -> Select[Any]:
        """The query, of rows recorded within the bound only."""
        return query if self.last_commit is None else query.where(table.c.commit_seq <= self.last_commit)

    def rows(self, table: Table, column: ColumnElement[Any], keys: Iterable[int]) -> list[dict[str, Any]]:
        """The rows whose column holds one of the keys: known, not withdrawn, and as they were described by then."""
        found: list[dict[str, Any]] = []
        for chunk in chunked(sorted(set(keys))):
            query = self.known(select(table).where(column.in_(chunk)).order_by(table.c.key), table)
            found.extend(dict(row) for row in self.connection.execute(query).mappings())
        if self._has_withdrawals:
            found = self._standing(table, found)
        if self.last_commit is not None and "described" in table.c:
            found = [self._as_described(row) for row in found]
        return found

    def _standing(self, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those that are not withdrawn, nor what they are about."""
        names = ("key", *_ABOUT.get(table.name, ()))
        gone = self.withdrawn(row[name] for row in rows for name in names)
        return [row for row in rows if not any(row[name] in gone for name in names)]

    def _as_described(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.last_commit is None or row["described"] <= self.last_commit:
            return row
        body = self._description(row["key"])
        if body is None:
            return row
        record = wire.from_json(body)
        named = projection.keys_of(self.connection, wire.references_of(record))
        return {**row, **row_of(record, Place(row["key"], row["commit_seq"], 0, named.__getitem__))}

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

    def ids(self, keys: Iterable[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for chunk in chunked(sorted(set(keys))):
            rows = self.connection.execute(
                select(tables.record.c.key, tables.record.c.id).where(tables.record.c.key.in_(chunk))
            )
            found.update((row.key, bytes(row.id).hex()) for row in rows)
        return found

    def links(self, keys: Iterable[int], kinds: tuple[str, ...]) -> list[Tie]:
        """All undated links of these kinds that can be reached from the keys over links of these kinds."""
        return [
            (kind, a, b) for kind, a, b, lo, hi in self.dated_links(keys, kinds) if lo is None and hi is None
        ]

    def dated_links(
        self, keys: Iterable[int], kinds: tuple[str, ...], *, depth: int | None = None
    ) -> list[DatedLink]:
        """All links of these kinds that can be reached from the keys; with `depth` in so many steps."""
        found: dict[int, DatedLink] = {}
        seen = set(keys)
        frontier = set(seen)
        link = tables.link
        while frontier and depth != 0:
            depth = None if depth is None else depth - 1
            rows: list[Any] = []
            for chunk in chunked(sorted(frontier), 1_000):
                query = self.known(
                    select(
                        link.c.key,
                        link.c.kind,
                        link.c.source,
                        link.c.target,
                        link.c.valid_lo,
                        link.c.valid_hi,
                    ).where(or_(link.c.source.in_(chunk), link.c.target.in_(chunk)), link.c.kind.in_(kinds)),
                    link,
                )
                rows.extend(self.connection.execute(query).all())
            gone = self.withdrawn(row.key for row in rows)
            following: set[int] = set()
            for key, *tie in rows:
                if key not in gone:
                    found[key] = DatedLink(*tie)
                    following.update((tie[1], tie[2]))
            frontier = following - seen
            seen |= frontier
        return [found[key] for key in sorted(found)]

    # The world --------------------------------------------------------------------------------------------------

    def world(self, claims: Iterable[int], *, whole_chain: bool = False) -> World:
        """The world in which the standing and the conflicts of these claims can be told.

        With `whole_chain` also the claims at any depth of the chains, for a retraction's impact.
        """
        world = World()
        wanted = set(claims)
        while wanted:
            self._add_claims(world, wanted)
            reached = self._add_assertions(world, list(world.claims))
            wanted = (reached if whole_chain else set()) - world.claims.keys()
        world.whole = set(world.claims)
        self._add_other_claims(world)
        self.add_agents(world)
        return world

    def _add_claims(self, world: World, wanted: set[int]) -> None:
        """Claims, those linked to them at any depth, and those of the same slots or of slots ordered with them."""
        links: dict[tuple[str, int, int], None] = dict.fromkeys(world.claim_links)
        entity_links: dict[tuple[str, int, int], None] = dict.fromkeys(world.entity_links)
        frontier = set(wanted)
        claim = tables.claim
        while frontier:
            found = self.links(frontier, CLAIM_LINKS)
            links.update(dict.fromkeys(found))
            frontier |= {end for _, a, b in found for end in (a, b)}
            rows = self.rows(claim, claim.c.key, frontier - world.claims.keys())
            self._keep_claims(world, rows)
            named = {row[name] for row in rows for name in ("subject", "entity") if row[name] is not None}
            entity_links.update(dict.fromkeys(self.links(named, ENTITY_LINKS)))
            world.entity_links = list(entity_links)
            frontier = self._slot_mates(world, rows) - world.claims.keys()
        world.claim_links = [link for link in links if link[1] in world.claims and link[2] in world.claims]

    def _slot_mates(self, world: World, rows: list[dict[str, Any]]) -> set[int]:
        slotted = [row for row in rows if row["subject"] is not None and row["attribute"] is not None]
        if not slotted:
            return set()
        attributes = {row["attribute"] for row in slotted}
        order = self.dated_links(attributes, ("not_later_than",), depth=1)
        world.attribute_order.update((link.source, link.target) for link in order)
        attributes |= {end for link in order for end in (link.source, link.target)}
        self._keep_attributes(world, attributes)
        same = Classes((a, b) for kind, a, b in world.entity_links if kind == "same_entity")
        subjects = {member for row in slotted for member in same.of(row["subject"])}
        found: set[int] = set()
        claim = tables.claim
        for chunk in chunked(sorted(subjects)):
            query = select(claim.c.key).where(
                claim.c.subject.in_(chunk), claim.c.attribute.in_(sorted(attributes))
            )
            found.update(self.connection.execute(self.known(query, claim)).scalars())
        return found - self.withdrawn(found)

    def _keep_claims(self, world: World, rows: list[dict[str, Any]]) -> None:
        ids = self.ids(row["key"] for row in rows)
        for row in rows:
            row["id"] = ids[row["key"]]
            row["lo"] = None if row["lo"] is None else Decimal(row["lo"])
            row["hi"] = None if row["hi"] is None else Decimal(row["hi"])
            row["pad"] = Decimal(row["pad"] or 0)
            world.claims[row["key"]] = ClaimRow(*(row[name] for name in ClaimRow._fields))

    def _add_assertions(self, world: World, claims: list[int]) -> set[int]:
        """The assertions on the claims and their chains, both ways; gives the claims that the chains touch."""
        assertion = tables.assertion
        rows = {row["key"]: row for row in self.rows(assertion, assertion.c.claim, claims)}
        relays = self._add_chains(rows)
        one = self._speech_events(world, rows)
        mention, document = tables.mention, tables.document
        mentions = [row for row in self.rows(mention, mention.c.assertion, rows) if row["assertion"] in rows]
        papers = {row["document"] for row in mentions if row["document"] is not None}
        documents = {row["key"]: row for row in self.rows(document, document.c.key, papers)}
        mentions = [row for row in mentions if row["document"] is None or row["document"] in documents]
        self._keep_assertions(world, rows, one, self._times(rows, relays, mentions, documents))
        self._keep_relays(world, relays, one)
        self._keep_mentions(world, rows, one, mentions, documents)
        self._keep_evidence(world, rows, one)
        self._keep_amendments(world, rows, one, mentions)
        return {row["claim"] for row in rows.values()}

    def _add_chains(self, rows: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        """Adds to the assertions all that rest on them and then all that these rest on, and other records of their
        speech events; gives the relays between them."""
        assertion, relay = tables.assertion, tables.relay
        relays: dict[int, dict[str, Any]] = {}
        for column, other in ((relay.c.target, "source"), (relay.c.source, "target")):
            frontier = seen = set(rows)
            while frontier:
                events = {end for _, a, b in self.links(frontier, ("same_event",)) for end in (a, b)}
                found = self.rows(relay, column, frontier | events)
                relays.update((row["key"], row) for row in found)
                frontier = (events | {row[other] for row in found}) - seen
                seen = seen | frontier
            missing = seen - rows.keys()
            rows.update((row["key"], row) for row in self.rows(assertion, assertion.c.key, missing))
        relays.update((row["key"], row) for row in self.rows(relay, relay.c.source, rows))
        return [relays[key] for key in sorted(relays)]

    def _speech_events(self, world: World, rows: dict[int, dict[str, Any]]) -> Classes:
        """Which assertions on one claim record one speech event; the first recorded stands for it."""
        found = [(a, b) for _, a, b in self.links(rows, ("same_event",)) if a in rows and b in rows]
        claim = world.claim_classes_now()
        return Classes((a, b) for a, b in found if claim[rows[a]["claim"]] == claim[rows[b]["claim"]])

    def _times(
        self,
        rows: dict[int, dict[str, Any]],
        relays: list[dict[str, Any]],
        mentions: list[dict[str, Any]],
        documents: dict[int, dict[str, Any]],
    ) -> dict[int, Span]:
        """When each was said. Unstated, it is the publication's that it was first found in, be it through those who
        relayed it; without one, the day of its recording."""
        stated = {
            key: (row["said_hi"] if row["said_lo"] is None else row["said_lo"], row["said_hi"])
            for key, row in rows.items()
            if row["said_hi"] is not None
        }
        waiting = [(hi, lo, key) for key, (lo, hi) in stated.items()]
        for row in mentions:
            paper = documents.get(row["document"])
            if paper is not None and paper["published_hi"] is not None and row["assertion"] not in stated:
                waiting.append(
                    (paper["published_hi"], paper["published_lo"] or paper["published_hi"], row["assertion"])
                )
        below = defaultdict(list)
        for row in relays:
            if row["stated"] and row["source"] in rows and row["target"] in rows:
                below[row["source"]].append(row["target"])
        heapq.heapify(waiting)
        found: dict[int, Span] = {}
        while waiting:
            hi, lo, key = heapq.heappop(waiting)
            if key not in found:
                found[key] = stated.get(key, (lo, hi))
                for target in below[key]:
                    if target not in found and target not in stated:
                        heapq.heappush(waiting, (hi, lo, target))
        self._undated = rows.keys() - found.keys()
        commits = journal.times_of(
            self.connection, (row["commit_seq"] for key, row in rows.items() if key not in found)
        )
        for key, row in rows.items():
            found.setdefault(key, (commits.get(row["commit_seq"], 0),) * 2)
        return found

    def _keep_assertions(
        self, world: World, rows: dict[int, dict[str, Any]], one: Classes, times: dict[int, Span]
    ) -> None:
        world.assertions.clear()
        ids = self.ids(rows)
        for key in sorted(rows):
            if one[key] != key:
                continue
            row, members = rows[key], [rows[member] for member in sorted(one.of(key))]
            lo, said = min((times[member["key"]] for member in members), key=lambda span: span[1])
            if self.said is not None and said > self.said:
                continue
            day = (lo, said) if said - lo == DAY - 1 else (said // DAY * DAY, said // DAY * DAY + DAY - 1)
            bases = [member["basis"] for member in members]
            basis = next((basis for basis in bases if basis in FIRST_HAND), bases[0])
            if all(member["key"] in self._undated for member in members):
                world.undated.add(key)
            world.assertions[key] = AssertionRow(
                key,
                ids[key],
                row["agent"],
                row["claim"],
                row["stance"],
                row["certainty"],
                basis,
                said,
                *day,
                _terms(members),
            )

    def _keep_relays(self, world: World, relays: list[dict[str, Any]], one: Classes) -> None:
        world.ids.update(self.ids(row["key"] for row in relays))
        for row in relays:
            source, target = one[row["source"]], one[row["target"]]
            if source != target or row["source"] == row["target"]:  # one inside a merged event says nothing
                (world.stated if row["stated"] else world.inferred)[source].add(target)
                world.relay_keys.setdefault((source, target, row["stated"]), row["key"])

    def _keep_mentions(
        self,
        world: World,
        rows: dict[int, dict[str, Any]],
        one: Classes,
        mentions: list[dict[str, Any]],
        documents: dict[int, dict[str, Any]],
    ) -> None:
        """Where the assertions were found, and which are observed: in a document of their own agent, or by the desk."""
        world.mentions.clear()
        agents = {row["agent"] for row in rows.values()} | {paper["outlet"] for paper in documents.values()}
        same = Classes((a, b) for _, a, b in self.links(agents, ("same_agent",)))
        for row in mentions:
            key, paper = one[row["assertion"]], documents.get(row["document"])
            if key not in world.assertions:
                continue
            if paper is None or same[paper["outlet"]] == same[rows[row["assertion"]]["agent"]]:
                world.observed.add(key)
            world.mentions[key].append(
                MentionRow(row["document"], row["quote"], row["quote_type"], row["cue"], row["distanced"])
            )

    def _keep_evidence(self, world: World, rows: dict[int, dict[str, Any]], one: Classes) -> None:
        evidence = tables.evidence
        noted = self.rows(evidence, evidence.c.assertion, rows)
        world.ids.update(self.ids(row["key"] for row in noted))
        world.evidence.clear()
        for row in noted:
            key = one[row["assertion"]]
            world.evidence[key].append(
                EvidenceRow(row["key"], key, row["kind"], row["present"], row["item"], row["noted_by"])
            )

    def _keep_amendments(
        self, world: World, rows: dict[int, dict[str, Any]], one: Classes, mentions: list[dict[str, Any]]
    ) -> None:
        """What was taken back: assertions, and all that is found in a document that was."""
        found_in: dict[int, set[int]] = defaultdict(set)
        for row in mentions:
            if row["document"] is not None:
                found_in[row["document"]].add(one[row["assertion"]])
        amendment = tables.amendment
        found = [
            row
            for row in self.rows(amendment, amendment.c.target, {*rows, *found_in})
            if self.said is None or row["at"] <= self.said
        ]
        world.ids.update(self.ids(row["key"] for row in found))
        words = self._words_of({row["replacement"] for row in found if row["replacement"] is not None})
        world.amendments.clear()
        for row in found:
            target = row["target"]
            hit = found_in[target] if target in found_in else {one[target]}
            for key in hit:
                world.amendments[key].append(
                    AmendmentRow(
                        row["key"],
                        row["kind"],
                        row["by"],
                        row["at"],
                        row["note"],
                        words.get(row["replacement"]),
                    )
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

    def _add_other_claims(self, world: World) -> None:
        """Claims that only the chains touch: known by name, without what is linked to them."""
        claim = tables.claim
        missing = {row.claim for row in world.assertions.values()} - world.claims.keys()
        rows = self.rows(claim, claim.c.key, missing)
        self._keep_claims(world, rows)
        self._keep_attributes(world, {row["attribute"] for row in rows if row["attribute"] is not None})
        for key in [key for key, row in world.assertions.items() if row.claim not in world.claims]:
            del world.assertions[key]

    def _keep_attributes(self, world: World, attributes: set[int]) -> None:
        table = tables.attribute
        for row in self.rows(table, table.c.key, attributes - world.attributes.keys()):
            world.attributes[row["key"]] = AttributeRow(*(row[name] for name in AttributeRow._fields))

    def add_agents(self, world: World, more: Iterable[int] = ()) -> None:
        """The agents of the world's assertions, these, and everybody tied to them; before anything is derived."""
        agent = tables.agent
        seen: set[int] = set()
        frontier = {row.agent for row in world.assertions.values()} | set(more)
        frontier |= {row.by for rows in world.amendments.values() for row in rows}
        frontier |= {
            row.noted_by for rows in world.evidence.values() for row in rows if row.noted_by is not None
        }
        links: dict[DatedLink, None] = {}
        while frontier:
            found = self.dated_links(frontier, AGENT_LINKS)
            links.update(dict.fromkeys(found))
            reached = (frontier | {end for link in found for end in (link.source, link.target)}) - seen
            seen |= reached
            rows = self.rows(agent, agent.c.key, reached)
            speakers = self.rows(agent, agent.c.speaks_for, reached)
            ids = self.ids({row["key"] for row in (*rows, *speakers)})
            for row in (*rows, *speakers):
                row["id"] = ids[row["key"]]
                world.agents[row["key"]] = _agent_row(row)
            spoken_for = {row["speaks_for"] for row in rows if row["speaks_for"] is not None}
            frontier = (spoken_for | {row["key"] for row in speakers}) - seen
        kept = [link for link in links if link.source in world.agents and link.target in world.agents]
        world.agent_links = [(kind, a, b) for kind, a, b, lo, hi in kept if lo is None and hi is None]
        world.dated_links = [link for link in kept if link.lo is not None or link.hi is not None]

    def add_accused(self, world: World) -> None:
        """Whom the world's claims accuse, and what newsrooms asked them."""
        request = tables.comment_request
        accused = self._accused(world)
        requests = self.rows(request, request.c.claim, world.claims)
        named = {row[name] for row in requests for name in ("accused", "asked_by") if row[name] is not None}
        self.add_agents(world, {agent for _, agent in accused} | named)
        for claim, agent in accused:
            if agent in world.agents:
                world.accused[world.claim_classes[claim]].add(world.agent_classes[agent])
        world.ids.update(self.ids(row["key"] for row in requests))
        for row in requests:
            asked = (world.claim_classes[row["claim"]], world.agent_classes[row["accused"]])
            if self.said is None or row["asked_at"] <= self.said:
                world.requests[asked].append(
                    RequestRow(row["key"], row["asked_by"], row["asked_at"], row["deadline"])
                )

    def _accused(self, world: World) -> list[tuple[int, int]]:
        """Claims and whom they accuse, as they were described by then."""
        accusation, claim = tables.accusation, tables.claim
        found: list[tuple[int, int]] = []
        for chunk in chunked(sorted(world.claims)):
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


def world_of_assertions(connection: Connection, target: int) -> tuple[World, set[int]]:
    """The agents around an assertion or document, and those who are answerable for it: its agent and publishers."""
    cone = Cone(connection)
    assertion, document, mention, relay = tables.assertion, tables.document, tables.mention, tables.relay
    publishers: set[int] = set()
    reached = {target}
    frontier = {target}
    while frontier:
        above = {row["source"] for row in cone.rows(relay, relay.c.target, frontier) if row["stated"]}
        frontier = above - reached
        reached |= frontier
    publishers.update(row["agent"] for row in cone.rows(assertion, assertion.c.key, reached))
    papers = {row["document"] for row in cone.rows(mention, mention.c.assertion, reached) if row["document"]}
    publishers.update(row["outlet"] for row in cone.rows(document, document.c.key, papers | {target}))
    amenders = connection.execute(
        select(tables.amendment.c.by).where(tables.amendment.c.target == target)
    ).scalars()
    world = World()
    cone.add_agents(world, publishers | set(amenders))
    return world, publishers


def _terms(members: list[dict[str, Any]]) -> Terms:
    """Of the records of one speech event: the strictest ground rule, and the language of the first that states one."""
    rules = [GroundRule(row["ground_rule"]) for row in members if row["ground_rule"] is not None]
    told = next((row for row in members if row["language"] or row["translated"]), members[0])
    return Terms(
        max(rules, key=list(GroundRule).index).value if rules else None,
        told["language"],
        told["translated"],
        told["translated_by"],
    )


def _agent_row(row: dict[str, Any]) -> AgentRow:
    return AgentRow(*(row["count" if name == "people" else name] for name in AgentRow._fields))
