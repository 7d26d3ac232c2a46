"""The questions, of everything recorded so far or as of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection, func, select, text

from provenance.answers import (
    Accusation,
    Chain,
    CircleFinding,
    Finding,
    Impact,
    Party,
    SelfContradictionFinding,
    Stated,
    Support,
    Told,
    Trace,
    Unsupported,
)
from provenance.errors import InvalidValue, UnknownReference
from provenance.index import projection, tables
from provenance.index.cone import Cone
from provenance.index.folding import word_list
from provenance.queries import circular as circular_rules
from provenance.queries import conflicts as conflict_rules
from provenance.queries import impact as impact_rules
from provenance.queries import support as support_rules
from provenance.queries.support import Standing
from provenance.queries.world import World
from provenance.values.ids import RecordId
from provenance.values.records import Record

PAGE = 200
"""Claims evaluated at a time by questions about the whole ledger."""

MAX_CHAINS = 100
"""Chains shown of one claim in a support answer; `trace` gives all assertions."""

Asked = Record | RecordId


class Questions:
    """Every question. Lists are lazy, hold no transaction between pages, and come in the order of recording."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _said: int | None = None
    _known: int | None = None

    def _cone(self, connection: Connection) -> Cone:
        return Cone(connection, said=self._said, known=self._known)

    # About one claim --------------------------------------------------------------------------------------------

    def support(self, claim: Asked) -> Support:
        """Grade, flags, independence and origins of a claim."""
        with self._reading() as connection:
            world, key = self._world_of(connection, claim, "claim")
            return _Teller(world).support(key, support_rules.standing(world, key))

    def trace(self, claim: Asked) -> Trace:
        """All assertions on a claim with their chains, origin first."""
        with self._reading() as connection:
            world, key = self._world_of(connection, claim, "claim")
            teller = _Teller(world)
            return Trace(teller.claim(key), teller.chains(world.by_claim.get(key, ()), only_live=False))

    def origins(self, claim: Asked) -> tuple[Told, ...]:
        """The assertions that a claim rests on in the end."""
        return self.support(claim).origins

    def position(self, holder: Asked, claim: Asked) -> str:
        """Where an agent, or whoever it speaks for, stands: affirm, deny, no_comment, silence, question or none."""
        with self._reading() as connection:
            world, key = self._world_of(connection, claim, "claim")
            agent = self._key(connection, holder, "agent")
            self._cone(connection).add_agents(world, [agent])
            return world.position(world.holder_of_agent(agent), key)

    def chokepoints(self, claim: Asked, *, by: str = "agent") -> tuple[Party, ...]:
        """The agents, or with by="group" the sides, without whose assertions no origin of the claim is left."""
        if by not in ("agent", "group"):
            raise InvalidValue("by", "an unknown word", "agent or group")
        with self._reading() as connection:
            world, key = self._world_of(connection, claim, "claim")
            teller = _Teller(world)
            return tuple(teller.party(one) for one in support_rules.chokepoints(world, key, by=by))

    def impact(self, assertion: Asked) -> Impact:
        """What retracting an assertion would do to the claims that its chain touches. Nothing is written."""
        with self._reading() as connection:
            key = self._key(connection, assertion, "assertion")
            claim = connection.execute(
                select(tables.assertion.c.claim).where(tables.assertion.c.key == key)
            ).scalar_one()
            world = self._cone(connection).world([claim], whole_chain=True)
            if key not in world.assertions:
                return Impact((), (), ())
            teller = _Teller(world)
            found = impact_rules.impact(world, key)
            return Impact(
                **{name: tuple(teller.claim(one) for one in claims) for name, claims in found.items()}
            )

    # About the ledger -------------------------------------------------------------------------------------------

    def unsupported(self, kind: str = "no_evidence", *, nature: str = "factual") -> Iterator[Unsupported]:
        """The claims that lack support in one of seven ways: no_evidence (grade 2 or less), none, unattributed,
        reported_absent, anonymous_only, single_origin, uncorroborated."""
        if kind not in support_rules.UNSUPPORTED_KINDS:
            raise InvalidValue(
                "kind", "an unknown word", "one of " + ", ".join(support_rules.UNSUPPORTED_KINDS)
            )
        return self._unsupported(kind, nature)

    def _unsupported(self, kind: str, nature: str) -> Iterator[Unsupported]:
        for world, page in self._pages():
            teller = _Teller(world)
            for claim in page:
                if world.nature(claim) == nature and world.by_claim.get(claim):
                    found = support_rules.standing(world, claim)
                    if support_rules.is_unsupported(found, kind):
                        yield Unsupported(kind, teller.support(claim, found))

    def conflicts(self, *, strength: str = "definite") -> Iterator[Finding]:
        """Conflicts of polarity, value, order and explicit links between different holders: the definite ones, or with
        strength="possible" the possible ones too."""
        return (finding for finding in self._clashes(strength) if finding.kind != "divergence")

    def divergences(self, *, strength: str = "definite") -> Iterator[Finding]:
        """Opinions and forecasts that differ: never a conflict."""
        return (finding for finding in self._clashes(strength) if finding.kind == "divergence")

    def _clashes(self, strength: str) -> Iterator[Finding]:
        if strength not in ("definite", "possible"):
            raise InvalidValue("strength", "an unknown word", "definite or possible")
        for world, page in self._pages():
            teller, here = _Teller(world), set(page)
            for clash in conflict_rules.clashes(world):
                if min(clash.a, clash.b) in here and (
                    strength == "possible" or clash.strength == conflict_rules.DEFINITE
                ):
                    yield teller.finding(clash)

    def self_contradictions(self) -> Iterator[SelfContradictionFinding]:
        """Holders whose own live assertions on facts exclude each other."""
        for world, page in self._pages():
            teller, here = _Teller(world), set(page)
            for one in conflict_rules.self_contradictions(world):
                if min(one.a, one.b) in here:
                    yield SelfContradictionFinding(
                        teller.party(one.holder),
                        one.kind,
                        teller.claim(one.a),
                        teller.claim(one.b),
                        one.when,
                        teller.told(one.a_assertion),
                        teller.told(one.b_assertion),
                    )

    def circular(self, *kinds: str) -> Iterator[CircleFinding]:
        """Circular reporting: by default loops and misreported sources; common origins are asked for by kind."""
        wanted = kinds or circular_rules.DEFAULT_KINDS
        if not set(wanted) <= set(circular_rules.KINDS):
            raise InvalidValue("kinds", "an unknown word", "some of " + ", ".join(circular_rules.KINDS))
        return self._circular(frozenset(wanted))

    def _circular(self, kinds: frozenset[str]) -> Iterator[CircleFinding]:
        for world, page in self._pages():
            teller = _Teller(world)
            for claim in page:
                for one in circular_rules.circles(world, claim, support_rules.standing(world, claim)):
                    if one.kind in kinds:
                        agent = None if one.agent is None else teller.party(one.agent)
                        told = tuple(teller.told(assertion) for assertion in one.assertions)
                        yield CircleFinding(one.kind, teller.claim(claim), agent, told)

    def resting_on(self, agent: Asked) -> Iterator[Stated]:
        """The claims that a live assertion of the agent carries or, at any depth, is rested on by."""
        with self._reading() as connection:
            key = self._key(connection, agent, "agent")
            cone = self._cone(connection)
            same = {key} | {
                end for _, a, b in cone.links([key], ("same_agent",), lambda _: True) for end in (a, b)
            }
            assertion, relay = tables.assertion, tables.relay
            said = {row["key"]: row["claim"] for row in cone.rows(assertion, assertion.c.agent, same)}
            frontier = set(said)
            while frontier:
                above = {row["source"] for row in cone.rows(relay, relay.c.target, frontier) if row["stated"]}
                frontier = above - said.keys()
                said.update(
                    (row["key"], row["claim"]) for row in cone.rows(assertion, assertion.c.key, frontier)
                )
        claims = sorted(set(said.values()))
        for start in range(0, len(claims), PAGE):
            with self._reading() as connection:
                world = self._cone(connection).world(claims[start : start + PAGE])
            teller = _Teller(world)
            live = {world.claim_of(one) for one in said if one in world.live}
            for claim in sorted(live & set(claims[start : start + PAGE])):
                yield teller.claim(claim)

    def rests_on(self, agent: Asked) -> dict[str, tuple[Stated, ...]]:
        """The claims of which every origin is the agent's or its side's ("origin"), and those for which it is a
        chokepoint ("chokepoint")."""
        found: dict[str, list[Stated]] = {"origin": [], "chokepoint": []}
        with self._reading() as connection:
            key = self._key(connection, agent, "agent")
        for world, page in self._pages():
            if key not in world.agents:
                continue
            teller, side = _Teller(world), world.sides[key]
            for claim in page:
                origins = world.origins(claim)
                if origins and all(world.sides[world.assertions[one].agent] == side for one in origins):
                    found["origin"].append(teller.claim(claim))
                if side in support_rules.chokepoints(world, claim, by="group"):
                    found["chokepoint"].append(teller.claim(claim))
        return {name: tuple(claims) for name, claims in found.items()}

    def accusations(self) -> Iterator[Accusation]:
        """Every claim that somebody makes against an agent, and where the accused stands."""
        for world, page in self._pages(with_accused=True):
            teller = _Teller(world)
            for claim in page:
                if not any(one in world.live for one in world.by_claim.get(claim, ())):
                    continue
                for accused in sorted(world.accused.get(claim, ())):
                    holder = world.holder_of_agent(accused)
                    positions = [world.position(holder, general) for general in sorted(world.generals(claim))]
                    order = ("deny", "affirm", "no_comment", "silence", "question", "none")
                    asked = world.asked.get((claim, world.agent_classes[accused]))
                    yield Accusation(
                        teller.claim(claim), teller.party(accused), min(positions, key=order.index), asked
                    )

    def unanswered(self) -> Iterator[Accusation]:
        """Accusations on which the accused, or who speaks for them, holds no position."""
        return (accusation for accusation in self.accusations() if not accusation.is_answered)

    def find(self, words: str, *, limit: int = 50) -> tuple[Stated | Party, ...]:
        """Claims and agents in whose text or names all the words stand, by the database's full-text search."""
        wanted = word_list(words)
        if not wanted:
            raise InvalidValue("words", "no words", "what to look for")
        with self._reading() as connection:
            if connection.dialect.name == "postgresql":
                query = text(
                    "SELECT key, type FROM provenance_words WHERE to_tsvector('simple', text) @@ "
                    "plainto_tsquery('simple', :words) ORDER BY key LIMIT :limit"
                )
                rows = connection.execute(query, {"words": " ".join(wanted), "limit": limit}).all()
            else:
                query = text(
                    "SELECT w.key, w.type FROM provenance_words_search s JOIN provenance_words w ON w.key = s.rowid "
                    "WHERE provenance_words_search MATCH :words ORDER BY w.key LIMIT :limit"
                )
                phrase = " ".join(f'"{word}"' for word in wanted)
                rows = connection.execute(query, {"words": phrase, "limit": limit}).all()
            cone = self._cone(connection)
            claims = [row.key for row in rows if row.type == "claim"]
            world = cone.world(claims)
            cone.add_agents(world, [row.key for row in rows if row.type == "agent"])
        teller = _Teller(world)
        return tuple(
            teller.claim(row.key) if row.type == "claim" else teller.party(row.key)
            for row in rows
            if row.key in (world.claims if row.type == "claim" else world.agents)
        )

    def counts(self) -> dict[str, int]:
        """How many records of each type the index holds."""
        with self._reading() as connection:
            rows = connection.execute(
                select(tables.record.c.type, func.count()).group_by(tables.record.c.type)
            ).all()
        return {row[0]: row[1] for row in sorted(rows)}

    # How it is done ---------------------------------------------------------------------------------------------

    def _key(self, connection: Connection, asked: Asked, record_type: str) -> int:
        key = projection.keys_of(connection, [asked.id]).get(asked.id)
        if key is None:
            raise UnknownReference(record_type, asked.id)
        if projection.types_of(connection, [key])[key] != record_type:
            raise InvalidValue(
                record_type, "the id of another type of record", f"the id of a record of type {record_type}"
            )
        return key

    def _world_of(self, connection: Connection, asked: Asked, record_type: str) -> tuple[World, int]:
        key = self._key(connection, asked, record_type)
        world = self._cone(connection).world([key])
        if key not in world.claims:
            raise UnknownReference(record_type, asked.id)
        return world, world.claim_classes[key]

    def _pages(self, *, with_accused: bool = False) -> Iterator[tuple[World, list[int]]]:
        """Worlds around the canonical claims of the ledger, a page at a time."""
        last = 0
        while True:
            with self._reading() as connection:
                claim = tables.claim
                keys = list(
                    connection.execute(
                        select(claim.c.key).where(claim.c.key > last).order_by(claim.c.key).limit(PAGE)
                    ).scalars()
                )
                if not keys:
                    return
                cone = self._cone(connection)
                world = cone.world(keys)
                if with_accused:
                    cone.add_accused(world)
            last = keys[-1]
            yield world, [key for key in keys if key in world.claims and world.claim_classes[key] == key]


class Snapshot(Questions):
    """The questions as of a moment: nothing said after `said` or recorded after `known` takes part."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        *,
        said: int | None,
        known: int | None,
    ) -> None:
        self._reading = reading
        self._said = said
        self._known = known


class _Teller:
    """Turns a world's keys into the values of answers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def claim(self, key: int) -> Stated:
        row = self._world.claims[key]
        return Stated(RecordId(row.id), row.text, row.nature)

    def party(self, key: int) -> Party:
        row = self._world.agents[key]
        return Party(RecordId(row.id), row.label, row.kind, row.naming)

    def told(self, key: int) -> Told:
        world, row = self._world, self._world.assertions[key]
        shown = [one.present for one in world.evidence.get(key, ())]
        return Told(
            RecordId(row.id),
            self.party(world.agent_classes[row.agent]),
            RecordId(world.claims[world.claim_of(key)].id),
            row.stance,
            row.certainty,
            row.basis,
            row.said,
            True if True in shown else False if shown else None,
            key in world.live,
            key in world.amended,
        )

    def finding(self, clash: conflict_rules.Clash) -> Finding:
        return Finding(
            clash.kind,
            self.claim(clash.a),
            self.claim(clash.b),
            conflict_rules.STRENGTH_NAMES[clash.strength],
            self.told(clash.a_assertion),
            self.told(clash.b_assertion),
        )

    def support(self, claim: int, found: Standing) -> Support:
        return Support(
            self.claim(claim),
            found.grade,
            found.lo,
            found.hi,
            found.flags,
            tuple(self.told(one) for one in found.origins),
            tuple(self.told(one) for one in found.independent),
            self.chains(self._world.by_claim.get(claim, ()), only_live=True),
        )

    def chains(self, assertions: Iterable[int], *, only_live: bool) -> tuple[Chain, ...]:
        """The ways down from those of the assertions that none of the others rests on; loops are cut."""
        world = self._world
        ones = [one for one in assertions if not only_live or one in world.live]
        below = {parent for one in ones for parent in world.parents(one)}
        tops = [one for one in ones if one not in below] or ones[:1]
        found: list[tuple[int, ...]] = []
        for top in tops:
            paths: list[tuple[int, ...]] = [(top,)]
            while paths and len(found) < MAX_CHAINS:
                path = paths.pop()
                parents = [parent for parent in sorted(world.parents(path[-1])) if parent not in path]
                if parents:
                    paths.extend((*path, parent) for parent in reversed(parents))
                else:
                    found.append(path)
        return tuple(Chain(tuple(self.told(one) for one in reversed(path))) for path in found)
