"""Which claims a commit affects: those whose standing or conflicts may change by it.

A claim depends on the assertions on it and on its chains, and on the claims linked to it. So the search starts from
every record that was added or withdrawn, and follows references, relays and links to claims, also through withdrawn
rows. What is linked to an affected claim is found when that is refreshed.

Whatever refers to a new record is new too. So the commit itself tells what it adds, and the database is asked about
older records only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, or_, select

from provenance.database import bulk
from provenance.database.chunks import chunked
from provenance.index import projection, tables
from provenance.index.projection import Projected
from provenance.index.rows import TABLE_OF_TYPE, TIED_TO_ASSERTIONS
from provenance.loading.reader import AGENT_LINKS, ENTITY_LINKS, IndexReader
from provenance.materialized import namesakes
from provenance.rules.classes import Classes
from provenance.values.references import LINKED_TYPES
from provenance.values.vocabulary import LinkKind

KeysByType = dict[str, set[int]]
"""The keys of records, by the type of record."""


def affected_claims(connection: Connection, recorded: Projected) -> set[int]:
    """The keys of the claims that these records affect. A withdrawal affects what the record that it withdraws does."""
    return _Search(connection, recorded).claims()


class _Search:
    """The way from the records of a commit to the claims that they affect."""

    def __init__(self, connection: Connection, recorded: Projected) -> None:
        self._connection = connection
        self._reader = IndexReader(connection)
        self._recorded = recorded
        self._keys: KeysByType = defaultdict(set)
        for record_type, keys in recorded.keys.items():
            self._keys[record_type] |= keys
        self._gone: KeysByType = defaultdict(set)

    def _old(self, keys: Iterable[int]) -> set[int]:
        """Those of the keys that were there before the commit."""
        return {key for key in keys if key < self._recorded.first_key}

    def _new_rows(self, table: Table) -> Sequence[Mapping[str, Any]]:
        return self._recorded.rows.get(table, ())

    def claims(self) -> set[int]:
        self._follow_withdrawals()
        for record_type, table in TABLE_OF_TYPE.items():
            ends = TIED_TO_ASSERTIONS.get(table, ())
            if ends:
                for row in (*self._new_rows(table), *self._rows(table, self._old(self._keys[record_type]))):
                    self._keys["assertion"].update(row[name] for name in ends)
        self._follow_amendments()
        self._follow_redefinitions()
        self._follow_links()
        self._follow_documents()
        self._follow_agents()
        gone = self._gone_claims()
        found = self._claims_of_assertions() | self._keys["claim"] | gone
        return found | self._claims_of_values() | self._neighbours(gone)

    def _rows(self, table: Table, keys: Iterable[int], column: str = "key") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for chunk in chunked(sorted(keys)):
            rows = self._connection.execute(select(table).where(table.c[column].in_(chunk)))
            found.extend(dict(row) for row in rows.mappings())
        return found

    def _values(self, wanted: Column[Any], column: Column[Any], keys: Iterable[int]) -> set[int]:
        rows = bulk.matching(self._connection, (wanted,), column, sorted(keys))
        return {value for (value,) in rows if value is not None}

    def _follow_withdrawals(self) -> None:
        waiting = self._keys["withdrawal"]
        while waiting:
            targets = {row["target"] for row in self._rows(tables.withdrawal, waiting)}
            waiting = set()
            for key, record_type in projection.types_of(self._connection, targets).items():
                self._keys[record_type].add(key)
                self._gone[record_type].add(key)
                if record_type == "withdrawal":
                    waiting.add(key)

    def _follow_amendments(self) -> None:
        self._keys["amendment"] |= self._values(
            tables.amendment.c.key, tables.amendment.c.by, self._gone["agent"]
        )
        targets = {row["target"] for row in self._rows(tables.amendment, self._keys["amendment"])}
        for key, record_type in projection.types_of(self._connection, targets).items():
            self._keys[record_type].add(key)
        self._follow_evidence(targets)

    def _follow_evidence(self, debunked: set[int]) -> None:
        """A debunked item is no evidence of anybody who shows it."""
        evidence = tables.evidence
        rows = self._rows(evidence, debunked)
        items = {row["item"] for row in rows if row["item"] is not None}
        self._keys["assertion"].update(row["assertion"] for row in rows)
        for chunk in chunked(sorted(items)):
            query = select(evidence.c.assertion).where(evidence.c.item.in_(chunk))
            self._keys["assertion"].update(self._connection.execute(query).scalars())

    def _follow_redefinitions(self) -> None:
        rows = self._rows(tables.redefinition, self._keys["redefinition"])
        self._keys["attribute"].update(row["attribute"] for row in rows)

    def _follow_links(self) -> None:
        ties = [
            (row["key"], row["speaks_for"])
            for row in self._new_rows(tables.agent)
            if row["speaks_for"] is not None
        ]
        for row in self._rows(tables.link, self._keys["link"]):
            if row["kind"] in AGENT_LINKS:
                ties.append((row["source"], row["target"]))
                if row["kind"] == "same_agent":
                    self._keys["agent"].add(row["target"])
            else:
                self._keys[LINKED_TYPES[LinkKind(row["kind"])]].update((row["source"], row["target"]))
        self._keys["agent"] |= self._joined(ties)

    def _joined(self, ties: list[tuple[int, int]]) -> set[int]:
        """The agents whose claims may change by these new links between agents.

        A group of n joined sides needs only n − 1 of them searched: a claim changes only where two of them speak, or
        one of them and a namesake of another (in which case all sides are searched). The
        side that no link starts from, often an owner with many outlets, is left out.
        """
        sources = {source for source, _ in ties}
        side_of: dict[int, int] = {}
        for end in sorted({end for tie in ties for end in tie}):
            if end not in side_of:
                side_of.update(dict.fromkeys(self._voices({end}), end))
        together = Classes((side_of[source], side_of[target]) for source, target in ties)
        begun = {side_of[source] for source in sources}
        left_out = {together[side]: side for side in set(side_of.values()) - begun}
        joined = {agent for agent, side in side_of.items() if left_out.get(together[side]) != side}
        return set(side_of) if namesakes.are_there(self._connection, joined) else joined

    def _voices(self, agents: set[int]) -> set[int]:
        """All agents linked to these, but for the links of this commit, and for whom its new agents speak."""
        link, agent = tables.link, tables.agent
        seen, frontier = set(agents), set(agents)
        while frontier:
            following: set[int] = set()
            for chunk in chunked(sorted(frontier), 1_000):
                rows = self._connection.execute(
                    select(link.c.key, link.c.source, link.c.target).where(
                        or_(link.c.source.in_(chunk), link.c.target.in_(chunk)), link.c.kind.in_(AGENT_LINKS)
                    )
                )
                for key, source, target in rows:
                    if key not in self._keys["link"]:
                        following.update((source, target))
            following |= self._old(self._values(agent.c.key, agent.c.speaks_for, frontier))
            following |= self._values(agent.c.speaks_for, agent.c.key, self._old(frontier))
            frontier = following - seen
            seen |= frontier
        return seen

    def _follow_documents(self) -> None:
        mention, document = tables.mention, tables.document
        self._keys["document"] |= self._values(document.c.key, document.c.outlet, self._gone["agent"])
        self._keys["assertion"] |= self._values(
            mention.c.assertion, mention.c.document, self._old(self._keys["document"])
        )

    def _follow_agents(self) -> None:
        changed = self._old(self._keys["agent"]) | self._once_linked_to(self._gone["agent"])
        redescribed = self._old(self._recorded.keys.get("agent", ()))
        agents = self._reader.linked(changed, "same_agent") | self._voices(redescribed)
        assertion, agent = tables.assertion, tables.agent
        agents |= self._values(agent.c.key, agent.c.speaks_for, self._gone["agent"])
        self._keys["assertion"] |= self._values(assertion.c.key, assertion.c.agent, agents)

    def _once_linked_to(self, agents: set[int]) -> set[int]:
        """The agents that withdrawn agents were linked to, and all that are linked to those."""
        link = tables.link
        ends = {
            *self._values(link.c.source, link.c.target, agents),
            *self._values(link.c.target, link.c.source, agents),
        }
        return self._voices(ends - agents) if ends else set()

    def _gone_claims(self) -> set[int]:
        """The withdrawn claims, and those about withdrawn entities and attributes. Their assertions are withdrawn with
        them."""
        claim, assertion = tables.claim, tables.assertion
        entities = self._gone["entity"]
        found = (
            self._gone["claim"]
            | self._values(claim.c.key, claim.c.subject, entities)
            | self._values(claim.c.key, claim.c.entity, entities)
            | self._values(claim.c.key, claim.c.attribute, self._gone["attribute"])
        )
        self._keys["assertion"] |= self._values(assertion.c.key, assertion.c.claim, found)
        return found

    def _claims_of_assertions(self) -> set[int]:
        """The claims of the assertions and of their chains, up and then down, as `ChainLoad` walks them."""
        relay = tables.relay
        self._keys["assertion"] |= self._own_statements(self._keys["assertion"])
        seen = set(self._keys["assertion"])
        for here, there in ((relay.c.target, relay.c.source), (relay.c.source, relay.c.target)):
            new: dict[int, list[int]] = defaultdict(list)
            for row in self._new_rows(relay):
                new[row[here.name]].append(row[there.name])
            frontier = set(seen)
            while frontier:
                old = self._old(frontier)
                following = self._values(there, here, old) | self._same_events(frontier)
                following.update(key for one in frontier if one in new for key in new[one])
                frontier = following - seen
                seen |= frontier
        assertion = tables.assertion
        new_claims = {row["claim"] for row in self._new_rows(assertion)}
        return new_claims | self._values(assertion.c.claim, assertion.c.key, self._old(seen))

    def _own_statements(self, assertions: set[int]) -> set[int]:
        """What the agents of these assertions say of their claims elsewhere: an amendment reaches all of it."""
        if not self._reader.holds.amendments:
            return set()
        rows = self._rows(tables.assertion, assertions)
        agents = self._reader.linked({row["agent"] for row in rows}, "same_agent")
        claims = self._reader.linked({row["claim"] for row in rows}, "same_claim")
        table = tables.assertion
        found: set[int] = set()
        for chunk in chunked(sorted(agents), 1_000):
            for of_claims in chunked(sorted(claims), 1_000):
                query = select(table.c.key).where(table.c.agent.in_(chunk), table.c.claim.in_(of_claims))
                found.update(self._connection.execute(query).scalars())
        return found

    def _same_events(self, assertions: set[int]) -> set[int]:
        if not self._reader.holds.links:
            return set()
        link = tables.link
        asked = assertions if self._new_rows(link) else self._old(assertions)
        found: set[int] = set()
        for chunk in chunked(sorted(asked), 1_000):
            ends = self._connection.execute(
                select(link.c.source, link.c.target).where(
                    or_(link.c.source.in_(chunk), link.c.target.in_(chunk)), link.c.kind == "same_event"
                )
            )
            found.update(end for row in ends for end in row)
        return found

    def _claims_of_values(self) -> set[int]:
        """The claims about these entities and attributes, and those that name the entities as a value."""
        claim = tables.claim
        named = self._old(self._keys["entity"])
        links = self._reader.links(named, ENTITY_LINKS)
        named |= {end for link in links for end in (link.source, link.target)}
        return (
            self._values(claim.c.key, claim.c.subject, named)
            | self._values(claim.c.key, claim.c.entity, named)
            | self._values(claim.c.key, claim.c.attribute, self._old(self._keys["attribute"]))
        )

    def _neighbours(self, claims: set[int]) -> set[int]:
        """The claims that withdrawn claims were linked to, and those about the same subjects."""
        claim, link = tables.claim, tables.link
        subjects = {row["subject"] for row in self._rows(claim, claims) if row["subject"] is not None}
        return (
            self._values(link.c.target, link.c.source, claims)
            | self._values(link.c.source, link.c.target, claims)
            | self._values(claim.c.key, claim.c.subject, subjects)
        )
