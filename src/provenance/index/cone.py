"""Loading a world: from some claims or assertions to everything that the answer about them depends on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, or_, select

from provenance import wire
from provenance.index import projection, tables
from provenance.index.chunks import chunked
from provenance.index.rows import Place, row_of
from provenance.queries.world import (
    DAY,
    AgentRow,
    AssertionRow,
    AttributeRow,
    ClaimRow,
    Classes,
    EvidenceRow,
    World,
)

_AGENT_LINKS = ("same_agent", "maybe_same_agent", "control_group", "speaks_for")
_CLAIM_LINKS = ("same_claim", "entails", "contradicts")
_ENTITY_LINKS = ("same_entity", "part_of")


class Cone:
    """What a connection holds within the bounds: `known` and `said` are inclusive, in microseconds; None is open."""

    def __init__(self, connection: Connection, *, said: int | None = None, known: int | None = None) -> None:
        self.connection = connection
        self.said = said
        self.last_commit = None if known is None else self._last_commit(known)
        self.withdrawn = self._withdrawn()

    def _last_commit(self, known: int) -> int:
        commits = tables.commit
        found = self.connection.execute(
            select(commits.c.seq).where(commits.c.at <= known).order_by(commits.c.seq.desc()).limit(1)
        ).scalar()
        return found or 0

    def _withdrawn(self) -> set[int]:
        """The keys of records withdrawn by then; the youngest speak first, being younger than what they withdraw."""
        table = tables.withdrawal
        query = self._known(select(table.c.key, table.c.target).order_by(table.c.key.desc()), table)
        gone: set[int] = set()
        for key, target in self.connection.execute(query):
            if key not in gone:
                gone.add(target)
        return gone

    def _known(self, query: Select[Any], table: Table) -> Select[Any]:
        return query if self.last_commit is None else query.where(table.c.commit_seq <= self.last_commit)

    def rows(self, table: Table, column: ColumnElement[Any], keys: Iterable[int]) -> list[dict[str, Any]]:
        """The rows whose column holds one of the keys: known, not withdrawn, and as they were described by then."""
        found: list[dict[str, Any]] = []
        for chunk in chunked(sorted(set(keys))):
            query = self._known(select(table).where(column.in_(chunk)).order_by(table.c.key), table)
            found.extend(dict(row) for row in self.connection.execute(query).mappings())
        found = [row for row in found if row["key"] not in self.withdrawn]
        if self.last_commit is not None and "described" in table.c:
            found = [self._as_described(row) for row in found]
        return found

    def _as_described(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.last_commit is None or row["described"] <= self.last_commit:
            return row
        held = tables.description
        body = self.connection.execute(
            select(held.c.body)
            .where(held.c.record == row["key"], held.c.commit_seq <= self.last_commit)
            .order_by(held.c.commit_seq.desc())
            .limit(1)
        ).scalar()
        if body is None:
            return row
        record = wire.from_json(json.loads(body))
        named = projection.keys_of(self.connection, wire.references_of(record))
        return {**row, **row_of(record, Place(row["key"], row["commit_seq"], 0, named.__getitem__))}

    def ids(self, keys: Iterable[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for chunk in chunked(sorted(set(keys))):
            rows = self.connection.execute(
                select(tables.record.c.key, tables.record.c.id).where(tables.record.c.key.in_(chunk))
            )
            found.update((row.key, bytes(row.id).hex()) for row in rows)
        return found

    def links(
        self, keys: Iterable[int], kinds: tuple[str, ...], follow: Callable[[str], bool]
    ) -> list[tuple[str, int, int]]:
        """All links of these kinds that can be reached from the keys, over the kinds that are to be followed."""
        found: dict[int, tuple[str, int, int]] = {}
        seen = set(keys)
        frontier = set(seen)
        link = tables.link
        while frontier:
            following: set[int] = set()
            for chunk in chunked(sorted(frontier), 1_000):
                query = self._known(
                    select(link.c.key, link.c.kind, link.c.source, link.c.target).where(
                        or_(link.c.source.in_(chunk), link.c.target.in_(chunk)), link.c.kind.in_(kinds)
                    ),
                    link,
                )
                for key, kind, source, target in self.connection.execute(query):
                    if key not in self.withdrawn:
                        found[key] = (kind, source, target)
                        if follow(kind):
                            following.update((source, target))
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
            found = self.links(frontier, _CLAIM_LINKS, lambda _: True)
            links.update(dict.fromkeys(found))
            frontier |= {end for _, a, b in found for end in (a, b)}
            rows = self.rows(claim, claim.c.key, frontier - world.claims.keys())
            self._keep_claims(world, rows)
            named = {row[name] for row in rows for name in ("subject", "entity") if row[name] is not None}
            entity_links.update(dict.fromkeys(self.links(named, _ENTITY_LINKS, lambda _: True)))
            world.entity_links = list(entity_links)
            frontier = self._slot_mates(world, rows) - world.claims.keys()
        world.claim_links = [link for link in links if link[1] in world.claims and link[2] in world.claims]

    def _slot_mates(self, world: World, rows: list[dict[str, Any]]) -> set[int]:
        slotted = [row for row in rows if row["subject"] is not None and row["attribute"] is not None]
        if not slotted:
            return set()
        attributes = {row["attribute"] for row in slotted}
        order = self.links(attributes, ("not_later_than",), lambda _: False)
        world.attribute_order.update((a, b) for _, a, b in order)
        attributes |= {end for _, a, b in order for end in (a, b)}
        self._keep_attributes(world, attributes)
        same = Classes((a, b) for kind, a, b in world.entity_links if kind == "same_entity")
        subjects = {member for row in slotted for member in same.of(row["subject"])}
        found: set[int] = set()
        claim = tables.claim
        for chunk in chunked(sorted(subjects)):
            query = select(claim.c.key).where(
                claim.c.subject.in_(chunk), claim.c.attribute.in_(sorted(attributes))
            )
            found.update(self.connection.execute(self._known(query, claim)).scalars())
        return found - self.withdrawn

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
        assertion, relay = tables.assertion, tables.relay
        rows = {row["key"]: row for row in self.rows(assertion, assertion.c.claim, claims)}
        relays: dict[int, dict[str, Any]] = {}
        for column, other in ((relay.c.target, "source"), (relay.c.source, "target")):
            frontier = set(rows)
            seen = set(frontier)
            while frontier:
                found = self.rows(relay, column, frontier)
                relays.update((row["key"], row) for row in found)
                frontier = {row[other] for row in found} - seen
                seen |= frontier
            missing = seen - rows.keys()
            rows.update((row["key"], row) for row in self.rows(assertion, assertion.c.key, missing))
        relays.update((row["key"], row) for row in self.rows(relay, relay.c.source, rows))
        one = self._speech_events(rows)
        self._keep_assertions(world, rows, one)
        for row in relays.values():
            source, target = one[row["source"]], one[row["target"]]
            if source != target or row["source"] == row["target"]:  # one inside a merged event says nothing
                (world.stated if row["stated"] else world.inferred)[source].add(target)
        self._add_marks(world, rows, one)
        return {row["claim"] for row in rows.values()}

    def _speech_events(self, rows: dict[int, dict[str, Any]]) -> Classes:
        """Which assertions record one speech event; the first recorded stands for it."""
        found = self.links(rows, ("same_event",), lambda _: True)
        missing = {end for _, a, b in found for end in (a, b)} - rows.keys()
        assertion = tables.assertion
        rows.update((row["key"], row) for row in self.rows(assertion, assertion.c.key, missing))
        return Classes((a, b) for _, a, b in found)

    def _keep_assertions(self, world: World, rows: dict[int, dict[str, Any]], one: Classes) -> None:
        ids = self.ids(rows)
        times = self._commit_times(row["commit_seq"] for row in rows.values() if row["said_hi"] is None)
        for key in sorted(rows):
            row = rows[key]
            if one[key] != key:
                continue
            said = row["said_hi"] if row["said_hi"] is not None else times[row["commit_seq"]]
            if self.said is not None and said > self.said:
                continue
            lo = row["said_lo"]
            day = (
                (lo, said)
                if lo is not None and said - lo == DAY - 1
                else (said // DAY * DAY, said // DAY * DAY + DAY - 1)
            )
            bases = [rows[member]["basis"] for member in one.of(key) if member in rows]
            basis = next(
                (basis for basis in bases if basis in ("witness", "own_act", "document", "data")), bases[0]
            )
            world.assertions[key] = AssertionRow(
                key, ids[key], row["agent"], row["claim"], row["stance"], row["certainty"], basis, said, *day
            )

    def _commit_times(self, commits: Iterable[int]) -> dict[int, int]:
        table = tables.commit
        found: dict[int, int] = {}
        for chunk in chunked(sorted(set(commits))):
            found.update(
                (row.seq, row.at)
                for row in self.connection.execute(
                    select(table.c.seq, table.c.at).where(table.c.seq.in_(chunk))
                )
            )
        return found

    def _add_marks(self, world: World, rows: dict[int, dict[str, Any]], one: Classes) -> None:
        """What is noted on assertions: where they were found, evidence, amendments."""
        mention, document, evidence, amendment = (
            tables.mention,
            tables.document,
            tables.evidence,
            tables.amendment,
        )
        mentions = self.rows(mention, mention.c.assertion, rows)
        papers = {row["document"] for row in mentions if row["document"] is not None}
        outlets = {row["key"]: row["outlet"] for row in self.rows(document, document.c.key, papers)}
        same = Classes(
            (a, b)
            for _, a, b in self.links(
                {row["agent"] for row in rows.values()} | set(outlets.values()),
                ("same_agent",),
                lambda _: True,
            )
        )
        found_in: dict[int, set[int]] = {}
        for row in mentions:
            key = row["assertion"]
            outlet = outlets.get(row["document"])
            if row["document"] is None or (outlet is not None and same[outlet] == same[rows[key]["agent"]]):
                world.observed.add(one[key])
            if row["document"] is not None:
                found_in.setdefault(row["document"], set()).add(one[key])
        world.observed &= world.assertions.keys()
        for row in self.rows(evidence, evidence.c.assertion, rows):
            key = one[row["assertion"]]
            world.evidence[key].append(
                EvidenceRow(key, row["kind"], row["present"], row["item"], row["noted_by"])
            )
        for row in self.rows(amendment, amendment.c.target, {*rows, *papers}):
            if self.said is None or row["at"] <= self.said:
                target = row["target"]
                world.amended |= found_in.get(target, set()) if target in papers else {one[target]}

    def _add_other_claims(self, world: World) -> None:
        """Claims that only the chains touch: known by name, without what is linked to them."""
        claim = tables.claim
        missing = {row.claim for row in world.assertions.values()} - world.claims.keys()
        rows = self.rows(claim, claim.c.key, missing)
        self._keep_claims(world, rows)
        self._keep_attributes(world, {row["attribute"] for row in rows if row["attribute"] is not None})

    def _keep_attributes(self, world: World, attributes: set[int]) -> None:
        table = tables.attribute
        for row in self.rows(table, table.c.key, attributes - world.attributes.keys()):
            world.attributes[row["key"]] = AttributeRow(*(row[name] for name in AttributeRow._fields))

    def add_agents(self, world: World, more: Iterable[int] = ()) -> None:
        """The agents of the world's assertions, these, and everybody tied to them; before anything is derived."""
        agent = tables.agent
        seen: set[int] = set()
        frontier = {row.agent for row in world.assertions.values()} | set(more)
        links: dict[tuple[str, int, int], None] = {}
        while frontier:
            found = self.links(frontier, _AGENT_LINKS, lambda _: True)
            links.update(dict.fromkeys(found))
            reached = (frontier | {end for _, a, b in found for end in (a, b)}) - seen
            seen |= reached
            rows = self.rows(agent, agent.c.key, reached)
            speakers = self.rows(agent, agent.c.speaks_for, reached)
            ids = self.ids({row["key"] for row in (*rows, *speakers)})
            for row in (*rows, *speakers):
                row["id"] = ids[row["key"]]
                world.agents[row["key"]] = _agent_row(row)
            spoken_for = {row["speaks_for"] for row in rows if row["speaks_for"] is not None}
            frontier = (spoken_for | {row["key"] for row in speakers}) - seen
        world.agent_links = [link for link in links if link[1] in world.agents and link[2] in world.agents]

    def add_accused(self, world: World) -> None:
        """Whom the world's claims accuse, and when newsrooms asked them for comment."""
        accusation, request = tables.accusation, tables.comment_request
        accused: list[tuple[int, int]] = []
        for chunk in chunked(sorted(world.claims)):
            rows = self.connection.execute(
                select(accusation.c.claim, accusation.c.agent).where(accusation.c.claim.in_(chunk))
            )
            accused.extend((row.claim, row.agent) for row in rows)
        requests = self.rows(request, request.c.claim, world.claims)
        self.add_agents(world, {agent for _, agent in accused} | {row["accused"] for row in requests})
        for claim, agent in accused:
            if agent in world.agents:
                world.accused[world.claim_classes[claim]].add(world.agent_classes[agent])
        for row in requests:
            asked = (world.claim_classes[row["claim"]], world.agent_classes[row["accused"]])
            if self.said is None or row["asked_at"] <= self.said:
                world.asked[asked] = min(row["asked_at"], world.asked.get(asked, row["asked_at"]))


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
    world = World()
    agent = tables.agent
    everyone = set(
        connection.execute(select(tables.amendment.c.by).where(tables.amendment.c.target == target)).scalars()
    )
    wanted = publishers | everyone
    seen: set[int] = set()
    while wanted - seen:
        links = cone.links(wanted, _AGENT_LINKS, lambda kind: kind in ("same_agent", "speaks_for"))
        world.agent_links = links
        seen |= wanted
        wanted = seen | {end for _, a, b in links for end in (a, b)}
        rows = cone.rows(agent, agent.c.key, wanted)
        wanted |= {row["speaks_for"] for row in rows if row["speaks_for"] is not None}
        ids = cone.ids(row["key"] for row in rows)
        for row in rows:
            row["id"] = ids[row["key"]]
            world.agents[row["key"]] = _agent_row(row)
    return world, publishers


def _agent_row(row: dict[str, Any]) -> AgentRow:
    return AgentRow(*(row["count" if name == "people" else name] for name in AgentRow._fields))
