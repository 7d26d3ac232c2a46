"""What questions about the whole ledger read: which claims stand on which list now, and what was found of them.

It is kept while recording. A commit marks the claims it touches as unsettled; settling tells their standing and
conflicts anew and writes them down. That costs what a question about these claims costs, and a claim that everybody
repeats is touched over and over: so claims are settled when some have come together, and until then a question tells
them on the side. A list must never lack a claim. A ledger with many unsettled claims, or one seen as of a moment, is
looked through by `candidates` instead.

Conflicts and self-contradictions are listed by matter (`conflicts.matters`), everything else by claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, delete, func, insert, literal, select, type_coerce

from provenance.database import bulk
from provenance.database.chunks import chunked
from provenance.index import tables
from provenance.loading.claim_graphs import Cone
from provenance.loading.statements import AS_IT_IS
from provenance.log import journal
from provenance.materialized import candidates
from provenance.rules import conflicts
from provenance.rules.changes import changes
from provenance.rules.circular import Circle, circles
from provenance.rules.claim_graph import World
from provenance.rules.conflicts import Clash
from provenance.rules.support import UNSUPPORTED_KINDS, Standing, grounds, is_unsupported, standing
from provenance.values.vocabulary import Temporal

PAGE = 200
"""Claims, with their cones, in memory at a time."""

MUCH = 20_000
"""Assertions on the claims of a page, of which each takes some 3 kB while it is told; a claim with more is alone."""

READ = 10_000
"""Rows read of what is kept at a time."""

FEW_CIRCLES, FEW_IN_A_CIRCLE = 32, 64
"""Up to so many circles of a claim are kept, of so many assertions each: a page of answers is made of them at once."""

WAITING = 16
"""Unsettled claims that a commit leaves to later ones. To tell one takes a millisecond, more than to record it."""

CONFLICT, POSSIBLE_CONFLICT = "conflict", "possible_conflict"
DIVERGENCE, POSSIBLE_DIVERGENCE = "divergence", "possible_divergence"
SELF_CONTRADICTION = "self_contradiction"
UNSETTLED = "unsettled"
RECOUNT = "recount"
"""Of a claim all holds by which it is listed and shown (`steady`); not how many origins it has, nor its flags."""

KEPT: dict[Table, Column[int]] = {
    tables.listing: tables.listing.c.claim,
    tables.standing: tables.standing.c.claim,
    tables.finding: tables.finding.c.matter,
    tables.circle: tables.circle.c.claim,
}
"""What settling writes, and by which claim."""


class Row(NamedTuple):
    list: str
    nature: str
    claim: int


class StandingRow(NamedTuple):
    """Of a claim that names its class."""

    claim: int
    grade: int
    lo: int
    hi: int
    flags: str
    plain_assertions: int
    """How many are on it, if it may be `steady`, when it was told; otherwise none."""


class Bounds(NamedTuple):
    """How well a claim is grounded, and its id."""

    id: bytes
    claim: int
    grade: int
    lo: int
    hi: int


class FindingRow(NamedTuple):
    matter: int
    a: int
    b: int
    kind: str
    strength: int
    a_assertion: int
    b_assertion: int


class CircleRow(NamedTuple):
    claim: int
    kind: str
    place: int
    agent: int | None
    assertions: str


class Told(NamedTuple):
    """Claims, and the rows that are to be kept in the place of all that is kept of these."""

    claims: set[int]
    rows: list[Row]
    standings: list[StandingRow]
    findings: list[FindingRow]
    circles: list[CircleRow]

    def on(self, name: str, nature: str) -> list[int]:
        """Those of the claims that stand on a list."""
        return sorted(row.claim for row in self.rows if row[:2] == (name, nature))


class Page(NamedTuple):
    """Claims that may stand on a list, in the order of recording; and what was told of the unsettled among them. None
    where nothing holds that is kept of them."""

    keys: list[int]
    told: Told | None


_State = tuple[bytes, tuple[int, ...]]
"""Of a ledger: the hash of its last commit, and which claims wait."""


class Aside:
    """The unsettled claims, told on the side; once for as long as nothing is recorded or settled."""

    def __init__(self) -> None:
        self._told: tuple[_State, Told] | None = None
        self._recounted: tuple[_State, list[Bounds]] | None = None

    def told(self, cone: Cone) -> Told | None:
        """None where what is kept cannot tell, and everything has to be looked through."""
        if cone.is_bounded:
            return None
        unsettled = _unsettled(cone.connection)
        if len(unsettled) > WAITING:
            return None
        if not unsettled:
            return Told(set(), [], [], [], [])
        now = journal.head(cone.connection).hash, tuple(unsettled)
        if self._told is None or self._told[0] != now:
            self._told = now, _told(cone.connection, unsettled)
        return self._told[1]

    def recounted(self, cone: Cone, told: Told) -> list[Bounds]:
        """The steady claims but for those that were told, counted anew."""
        claims = cone.connection.scalars(_marked(RECOUNT))
        waiting = [claim for claim in claims if claim not in told.claims]
        if not waiting:
            return []
        now = journal.head(cone.connection).hash, tuple(waiting)
        if self._recounted is None or self._recounted[0] != now:
            self._recounted = now, list(_recounted(cone, waiting))
        return self._recounted[1]


def mark(connection: Connection, claims: Iterable[int], *, name: str = UNSETTLED) -> None:
    """Notes that the standing of these claims has to be told anew; or of steady ones, how many origins they have."""
    table = tables.listing
    for chunk in chunked(sorted(claims)):
        marked = set(
            connection.execute(
                select(table.c.claim).where(table.c.list == name, table.c.claim.in_(chunk))
            ).scalars()
        )
        added = [Row(name, "", key)._asdict() for key in chunk if key not in marked]
        bulk.insert(connection, table, added)


def mark_all(connection: Connection) -> None:
    """Notes it for every claim, in an index that was built anew."""
    every = select(literal(UNSETTLED), literal(""), tables.claim.c.key)
    connection.execute(insert(tables.listing).from_select(["list", "nature", "claim"], every))


def settle(connection: Connection, *, names: Sequence[str] = (UNSETTLED,)) -> bool:
    """Tells a page of unsettled claims anew, with all that is linked to them; False where none was left."""
    found = {claim for name in names for claim in connection.scalars(_marked(name).limit(PAGE))}
    marked = sorted(found)[:PAGE]
    if not marked:
        return False
    told = _told(connection, _as_many_as_fit(connection, marked))
    for kept, column in KEPT.items():
        for chunk in chunked(sorted(told.claims)):
            connection.execute(delete(kept).where(column.in_(chunk)))
    written: tuple[Sequence[Any], ...] = (told.rows, told.standings, told.findings, told.circles)
    for kept, rows in zip(KEPT, written, strict=True):
        bulk.insert(connection, kept, [row._asdict() for row in rows])
    return True


def _as_many_as_fit(connection: Connection, claims: Sequence[int]) -> list[int]:
    """The first of the claims, with so many assertions together as are told at a time."""
    assertion = tables.assertion
    counts = select(assertion.c.claim, func.count()).where(assertion.c.claim.in_(claims))
    sizes = dict(map(tuple, connection.execute(counts.group_by(assertion.c.claim))))
    total = accumulate(sizes.get(claim, 0) for claim in claims)
    return [
        claim
        for place, (claim, sum_) in enumerate(zip(claims, total, strict=True))
        if sum_ <= MUCH or not place
    ]


def is_due(connection: Connection) -> bool:
    """Whether more claims are unsettled than are left to later commits."""
    return len(_unsettled(connection)) > WAITING


def _unsettled(connection: Connection) -> list[int]:
    """The first unsettled claims: one more than wait, where there are more."""
    return list(connection.scalars(_marked(UNSETTLED).limit(WAITING + 1)))


def _marked(name: str) -> Select[int]:
    """The claims with a mark."""
    table = tables.listing
    return select(table.c.claim).where(table.c.list == name, table.c.nature == "").order_by(table.c.claim)


def _told(connection: Connection, claims: Sequence[int]) -> Told:
    """These claims, with all that is linked to them, told anew."""
    world = Cone(connection).world(claims)
    told = Told(world.whole.union(claims), [], [], [], [])
    found = conflicts.contested(world)
    told.rows.extend(_matters(found.conflicts, CONFLICT, POSSIBLE_CONFLICT))
    told.rows.extend(_matters(found.divergences, DIVERGENCE, POSSIBLE_DIVERGENCE))
    told.rows.extend(Row(SELF_CONTRADICTION, "", matter) for matter in conflicts.self_contradictions(world))
    linked = {end for _, *ends in (*world.claim_links, *world.entity_links) for end in ends}
    for claim in sorted({world.claim_classes[key] for key in world.whole}):
        stands = standing(world, claim)
        plain = len(world.by_claim[claim]) if _is_plain(world, claim, stands, linked) else 0
        flags = " ".join(stands.flags)
        told.standings.append(StandingRow(claim, stands.grade, stands.lo, stands.hi, flags, plain))
        if world.by_claim.get(claim):
            kinds = [kind for kind in UNSUPPORTED_KINDS if is_unsupported(stands, kind)]
            told.rows.extend(Row(kind, world.nature(claim), claim) for kind in kinds)
            found_round = circles(world, claim, stands)
            told.rows.extend(Row(kind, "", claim) for kind in sorted({one.kind for one in found_round}))
            told.circles.extend(_circle_rows(found_round))
            if changes(world, claim):
                told.rows.append(Row(candidates.CHANGED, "", claim))
    for matter, clashes in found.clashes.items():
        told.findings.extend(
            FindingRow(matter, one.a, one.b, one.kind, one.strength, one.a_assertion, one.b_assertion)
            for one in clashes
        )
    return told


def _circle_rows(found: Sequence[Circle]) -> Iterator[CircleRow]:
    if len(found) <= FEW_CIRCLES and all(len(one.assertions) <= FEW_IN_A_CIRCLE for one in found):
        for place, one in enumerate(found):
            yield CircleRow(one.claim, one.kind, place, one.agent, " ".join(map(str, one.assertions)))


def _is_plain(world: World, claim: int, stands: Standing, linked: set[int]) -> bool:
    """Whether it may be `steady`: corroborated by people who are named in full, tied to no other claim, and of values
    to which time does not matter."""
    row, slot = world.claims[claim], world.slot(claim)
    if stands.grade < 4 or not linked.isdisjoint((claim, row.subject, row.entity)):
        return False
    if world.dated_links:
        sides = {world.possible_sides[world.assertions[one].agent] for one in world.by_claim[claim]}
        ends = {world.possible_sides[end] for link in world.dated_links for end in (link.source, link.target)}
        if not sides.isdisjoint(ends):
            return False
    if slot is not None:
        is_ordered = any(slot[1] in order for order in world.attribute_order)
        if is_ordered or world.attributes[slot[1]].temporal != Temporal.CONSTANT:
            return False
    return all(world.naming(world.agent_of(one)) != "partial" for one in stands.origins)


def _matters(strengths: dict[int, int], definite: str, possible: str) -> Iterator[Row]:
    for matter, strength in strengths.items():
        yield Row(possible, "", matter)
        if strength == conflicts.DEFINITE:
            yield Row(definite, "", matter)


def page(cone: Cone, aside: Aside, name: str, nature: str, *, after: int, limit: int) -> Page:
    """The next claims, in the order of recording, that may stand on a list: read off it, or looked through."""
    told = None if name == candidates.ACCUSATION else aside.told(cone)
    if told is None:
        return Page(candidates.page(cone, name, nature, after=after, limit=limit), None)
    settled: list[int] = []
    last: int | None = after
    while last is not None and len(settled) < limit:
        read = _listed(cone.connection, name, nature, after=last, limit=limit)
        settled.extend(key for key in read if key not in told.claims)
        last = read[-1] if len(read) == limit else None
    beside = [key for key in told.on(name, nature) if key > after]
    return Page(sorted([*settled, *beside])[:limit], told)


def _listed(connection: Connection, name: str, nature: str, *, after: int, limit: int) -> list[int]:
    table = tables.listing
    query = (
        select(table.c.claim)
        .where(table.c.list == name, table.c.nature == nature, table.c.claim > after)
        .order_by(table.c.claim)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def count(cone: Cone, aside: Aside, name: str, nature: str) -> int | None:
    """How many claims or matters stand on a list; None where the lists cannot tell."""
    told = None if name == candidates.ACCUSATION else aside.told(cone)
    if told is None:
        return None
    table = tables.listing
    listed = select(func.count()).select_from(table).where(table.c.list == name, table.c.nature == nature)
    stale = sum(
        cone.connection.execute(listed.where(table.c.claim.in_(chunk))).scalar_one()
        for chunk in chunked(sorted(told.claims))
    )
    return cone.connection.execute(listed).scalar_one() - stale + len(told.on(name, nature))


def clashes(connection: Connection, page: Page) -> dict[int, list[Clash]]:
    """The conflicts and divergences about the matters of a page, as `conflicts.clashes` gives them; without those of
    which there are too many to keep."""
    if page.told is None:
        return {}
    told = page.told
    beside = _by_matter(row for row in told.findings if row.matter in page.keys)
    return findings(connection, [key for key in page.keys if key not in told.claims]) | beside


def findings(connection: Connection, matters: Iterable[int]) -> dict[int, list[Clash]]:
    """What is kept of these matters."""
    table = tables.finding
    rows: list[FindingRow] = []
    for chunk in chunked(sorted(matters)):
        query = select(*(table.c[name] for name in FindingRow._fields)).where(table.c.matter.in_(chunk))
        rows.extend(map(FindingRow._make, connection.execute(query)))
    return _by_matter(rows)


def _by_matter(rows: Iterable[FindingRow]) -> dict[int, list[Clash]]:
    found: dict[int, list[Clash]] = defaultdict(list)
    for row in rows:
        found[row.matter].append(
            Clash(row.kind, row.a, row.b, row.strength, row.a_assertion, row.b_assertion)
        )
    return {matter: sorted(ones, key=conflicts.order) for matter, ones in found.items()}


def circles_of(connection: Connection, page: Page, kind: str) -> dict[int, list[Circle]]:
    """The circles of a kind about the claims of a page, as `circular.circles` gives them; without the claims that have
    too many to keep."""
    if page.told is None:
        return {}
    table, told = tables.circle, page.told
    rows = [row for row in told.circles if row.kind == kind and row.claim in page.keys]
    for chunk in chunked(key for key in page.keys if key not in told.claims):
        query = select(*(table.c[name] for name in CircleRow._fields))
        query = query.where(table.c.claim.in_(chunk), table.c.kind == kind)
        rows.extend(map(CircleRow._make, connection.execute(query)))
    found: dict[int, list[Circle]] = defaultdict(list)
    for row in sorted(rows):
        found[row.claim].append(Circle(kind, row.claim, row.agent, tuple(map(int, row.assertions.split()))))
    return found


def lists_of(connection: Connection, claims: Iterable[int]) -> dict[int, set[str]]:
    """By claim or matter, on which lists it stands."""
    table = tables.listing
    found: dict[int, set[str]] = defaultdict(set)
    for chunk in chunked(sorted(claims)):
        query = select(table.c.claim, table.c.list).where(table.c.claim.in_(chunk))
        for claim, name in connection.execute(query):
            found[claim].add(name)
    return found


def flags(connection: Connection, page: Page) -> dict[int, tuple[str, ...]]:
    """The flags of the claims of a page of the unsupported, on which no claim stands whose flags may be others by now
    (`steady`)."""
    if page.told is None:
        return {}
    table, told = tables.standing, page.told
    found = {row.claim: row.flags for row in told.standings if row.claim in page.keys}
    for chunk in chunked(key for key in page.keys if key not in told.claims):
        query = select(table.c.claim, table.c.flags).where(table.c.claim.in_(chunk))
        found.update(map(tuple, connection.execute(query)))
    return {claim: tuple(stated.split()) for claim, stated in found.items()}


def standings(cone: Cone, aside: Aside, *, after: int) -> tuple[list[Bounds], int | None]:
    """The next claims that name their class, in the order of recording, and the last of the claims looked at; None
    where there are no more."""
    told = aside.told(cone)
    if told is None:
        keys = candidates.claims(cone, after=after, limit=PAGE)
        world = cone.world(keys, rivals=False) if keys else World()
        named = [key for key in keys if key in world.claims and world.claim_classes[key] == key]
        graded = [(key, grounds(world, key)) for key in named]
        found = [Bounds(world.claims[key].id, key, one.grade, one.lo, one.hi) for key, one in graded]
        return found, keys[-1] if keys else None
    rows = _standings(cone.connection, after=after)
    last = rows[-1].claim if len(rows) == READ else None
    ids = cone.ids(row.claim for row in told.standings)
    beside = [Bounds(ids[row.claim], row.claim, row.grade, row.lo, row.hi) for row in told.standings]
    beside.extend(aside.recounted(cone, told))
    beside = [row for row in beside if row.claim > after and (last is None or row.claim <= last)]
    stale = told.claims | {row.claim for row in beside}
    found = [*beside, *(row for row in rows if row.claim not in stale)]
    return sorted(found, key=itemgetter(1)), last


def _recounted(cone: Cone, claims: Sequence[int]) -> Iterator[Bounds]:
    while claims:
        page = _as_many_as_fit(cone.connection, claims[:PAGE])
        claims = claims[len(page) :]
        world = cone.world(page, rivals=False)
        for claim in page:
            found = grounds(world, claim)
            yield Bounds(world.claims[claim].id, claim, found.grade, found.lo, found.hi)


def _standings(connection: Connection, *, after: int) -> list[Bounds]:
    table, record = tables.standing, tables.record
    query = (
        select(type_coerce(record.c.id, AS_IT_IS), table.c.claim, table.c.grade, table.c.lo, table.c.hi)
        .join(record, record.c.key == table.c.claim)
        .where(table.c.claim > after)
        .order_by(table.c.claim)
        .limit(READ)
    )
    return list(map(Bounds._make, connection.execute(query)))
