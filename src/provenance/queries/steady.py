"""Which claims stay on the lists they stand on, whatever a commit adds to them: told without all that is said of them.

A claim that everybody repeats would else be told anew, with its thousands of assertions, for every sentence about it.
Most such sentences change no list: it is corroborated already, and who contradicts whom is found already. What follows
from the law, of a claim that is `plain` and a commit that only adds assertions with relays and evidence of their own:

- a grade of 4 stays, for no two origins become one voice: that takes a link, a partly named source, or one that shows
  two pieces of evidence
- a finding stays while neither side's holder says anything new about its matter, and where nobody says what excludes
  what they said before, none takes its place that is as strong as its claims allow, between assertions that are certain
- a new finding takes a pair of claims that exclude each other, and has none yet
- what changes on the way and what comes back to itself lies within the new chains

Whatever is not covered is told anew, as ever; and so is what a claim is told with that is not settled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, and_, exists, literal_column, or_, select

from provenance.index import tables
from provenance.index.projection import Projected
from provenance.index.rows import TIED_TO_ASSERTIONS
from provenance.log.chunks import chunked
from provenance.queries import candidates, conflicts, listing
from provenance.queries.changes import changes
from provenance.queries.circular import feedback_loops
from provenance.queries.cone import Cone
from provenance.queries.conflicts import Clash
from provenance.queries.support import UNSUPPORTED_KINDS
from provenance.queries.world import World
from provenance.values.vocabulary import Certainty, Stance

MANY = 200
"""Assertions from which on it costs less to look whether a claim stays where it stands than to tell it anew."""

_ADDED = frozenset(
    ("agent", "document", "entity", "attribute", "claim", "assertion", "mention", "relay", "evidence")
)
_POSITIONS = frozenset((Stance.AFFIRM.value, Stance.DENY.value))
_CLASHES = frozenset(
    (listing.CONFLICT, listing.POSSIBLE_CONFLICT, listing.DIVERGENCE, listing.POSSIBLE_DIVERGENCE)
)


def steady_claims(connection: Connection, recorded: Projected, touched: set[int]) -> set[int]:
    """Those of the touched claims for which all holds on by which they are listed and shown: not how many origins they
    have, nor their flags."""
    if not _only_adds(recorded):
        return set()
    claims = _plain_claims(connection, touched)
    if not claims:
        return set()
    cone = Cone(connection)
    about = conflicts.matters(cone.world_telling(claims, (), rivals=True))
    lists = listing.lists_of(connection, about)
    unsettled = {about[claim] for claim in about if listing.UNSETTLED in lists[claim]}
    claims = {claim for claim in claims if claim in about and about[claim] not in unsettled}
    new = {row["key"] for row in recorded.rows.get(tables.assertion, ()) if row["claim"] in claims}
    findings = listing.findings(connection, {about[claim] for claim in claims})
    shown = {one for clashes in findings.values() for clash in clashes for one in clash[-2:]}
    world = cone.world_telling(claims, {*new, *shown}, rivals=True)
    if world.claim_links or world.entity_links or world.attribute_order or world.dated_links:
        return set()
    look = _Look(connection, world, about=about, lists=lists, findings=findings, new=new)
    return {claim for claim in claims if look.is_steady(claim)}


def _only_adds(recorded: Projected) -> bool:
    """Whether nothing that was there before is told anew, or spoken of but by new assertions."""
    first, rows = recorded.first_key, recorded.rows
    ends = (
        row[name]
        for table, names in TIED_TO_ASSERTIONS.items()
        for row in rows.get(table, ())
        for name in names
    )
    return (
        recorded.keys.keys() <= _ADDED
        and all(key >= first for keys in recorded.keys.values() for key in keys)
        and all(key >= first for key in ends)
        and all(row["speaks_for"] is None for row in rows.get(tables.agent, ()))
    )


def _plain_claims(connection: Connection, claims: Iterable[int]) -> set[int]:
    """Those of the claims that were plain when they were last told, of many assertions."""
    found: set[int] = set()
    for chunk in chunked(sorted(claims)):
        table = tables.standing
        query = select(table.c.claim).where(table.c.claim.in_(chunk), table.c.plain_assertions >= MANY)
        found.update(connection.execute(query).scalars())
    return found


class _Look:
    """At the claims with the new assertions on them, and with those that are shown for what was found."""

    def __init__(
        self,
        connection: Connection,
        world: World,
        *,
        about: dict[int, int],
        lists: dict[int, set[str]],
        findings: dict[int, list[Clash]],
        new: set[int],
    ) -> None:
        self._connection = connection
        self._world = world
        self._about = about
        self._lists = lists
        self._findings = findings
        self._new: dict[int, list[int]] = defaultdict(list)
        for one in sorted(new & world.live):
            self._new[world.claim_of(one)].append(one)
        self._mates: dict[int, list[int]] = defaultdict(list)
        for claim, matter in sorted(about.items()):
            self._mates[matter].append(claim)

    def is_steady(self, claim: int) -> bool:
        matter, lists = self._about[claim], self._lists[claim]
        return (
            all(self._world.nature(mate) == "factual" for mate in self._mates[matter])
            and lists.isdisjoint(UNSUPPORTED_KINDS)
            and self._keeps_its_grade(claim)
            and self._keeps_its_findings(claim, matter)
            and (candidates.CHANGED in lists or not changes(self._world, claim))
            and not self._has_a_new_loop(claim)
        )

    def _keeps_its_grade(self, claim: int) -> bool:
        world = self._world
        return not any(
            world.naming(world.agent_of(one)) == "partial"
            or sum(row.present for row in world.evidence.get(one, ())) > 1
            for one in self._new[claim]
        )

    def _keeps_its_findings(self, claim: int, matter: int) -> bool:
        world, lists, found = self._world, self._lists[matter], self._findings.get(matter, [])
        taking = [one for one in self._new[claim] if world.assertions[one].stance in _POSITIONS]
        if not taking:
            return True
        if lists & _CLASHES and not found:
            return False  # there are too many to be kept
        holders = {world.holder(one) for one in taking}
        if any(world.holder(one) in holders for clash in found for one in clash[-2:]):
            return False
        rivals = self._rivals(claim, taking)
        if not rivals:
            return True
        best = {(clash.kind, frozenset((clash.a, clash.b))): clash for clash in found}
        return (
            listing.SELF_CONTRADICTION not in lists
            and all(self._is_best(best.get(key), strength) for key, strength in rivals.items())
            and not self._may_contradict_themselves(
                claim, taking, {one for _, pair in rivals for one in pair}
            )
        )

    def _is_best(self, clash: Clash | None, strength: int) -> bool:
        """Whether what was found is as strong as it can be, so that nothing recorded later takes its place."""
        if clash is None or clash.strength != strength:
            return False
        return all(self._world.certainty(one) == Certainty.CERTAIN for one in clash[-2:])

    def _has_a_new_loop(self, claim: int) -> bool:
        new = self._new[claim]
        return any(one in new for loop in feedback_loops(self._world, claim) for one in loop.assertions)

    def _rivals(self, claim: int, taking: list[int]) -> dict[tuple[str, frozenset[int]], int]:
        """What excludes the claim, as strongly as assertions can make it: itself, where anybody denies it, and other
        values of its slot."""
        world, found = self._world, {}
        if any(world.assertions[one].stance == Stance.DENY for one in taking) or self._is_denied(claim):
            found["polarity", frozenset((claim,))] = conflicts.DEFINITE
        for mate in self._mates[self._about[claim]]:
            strength = 0 if mate == claim else conflicts.exclusion(world, claim, mate)
            if strength:
                found["value", frozenset((claim, mate))] = strength
        return found

    def _is_denied(self, claim: int) -> bool:
        """`deny` stands in the statement itself: only so is the index of denials found."""
        assertion = tables.assertion
        denied = exists().where(assertion.c.claim == claim, assertion.c.stance == literal_column("'deny'"))
        return bool(self._connection.execute(select(denied)).scalar())

    def _may_contradict_themselves(self, claim: int, taking: list[int], rivals: set[int]) -> bool:
        """Whether those who take a position said anything of what excludes it, before or in this commit."""
        world, assertion = self._world, tables.assertion
        stances = {world.assertions[one].stance for one in taking}
        if len(stances) > 1:
            return True
        holders = {world.holder(one) for one in taking}
        agents = sorted(agent for agent in world.agents if world.holder_of_agent(agent) in holders)
        otherwise = or_(
            assertion.c.claim.in_(rivals - {claim}),
            and_(assertion.c.claim == claim, assertion.c.stance.in_(_POSITIONS - stances)),
        )
        return any(
            self._connection.execute(select(exists().where(assertion.c.agent.in_(chunk), otherwise))).scalar()
            for chunk in chunked(agents)
        )
