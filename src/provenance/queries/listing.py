"""The lists that questions about the whole ledger read: which claims stand on which, now.

They are kept while recording. A commit marks the claims it touches as unsettled; settling tells their standing and
conflicts anew and writes on which lists they stand. That costs what a question about these claims costs, and a claim
that everybody repeats is touched over and over: so claims are settled when some have come together, and until then a
question tells them on the side. An answer is always told from the claim's own cone: a list only says where to look, so
it must never lack a claim. A ledger with many unsettled claims, or one seen as of a moment, is looked through by
`candidates` instead.

Conflicts and self-contradictions are listed by matter (`conflicts.matters`), everything else by claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, literal, select

from provenance.index import tables
from provenance.log import bulk
from provenance.log.chunks import chunked
from provenance.queries import candidates, conflicts
from provenance.queries.changes import changes
from provenance.queries.circular import circles
from provenance.queries.cone import Cone
from provenance.queries.support import UNSUPPORTED_KINDS, is_unsupported, standing
from provenance.queries.world import World

PAGE = 200
"""Claims, with their cones, in memory at a time."""

WAITING = 16
"""Unsettled claims that a commit leaves to later ones. To tell one takes a millisecond, more than to record it."""

CONFLICT, POSSIBLE_CONFLICT = "conflict", "possible_conflict"
DIVERGENCE, POSSIBLE_DIVERGENCE = "divergence", "possible_divergence"
SELF_CONTRADICTION = "self_contradiction"
UNSETTLED = "unsettled"


class Row(NamedTuple):
    list: str
    nature: str
    claim: int


class Told(NamedTuple):
    """Claims, and the rows that are to stand on the lists in the place of all that these have there."""

    claims: set[int]
    rows: list[Row]

    def on(self, name: str, nature: str) -> list[int]:
        """Those of the claims that stand on a list."""
        return sorted(row.claim for row in self.rows if row[:2] == (name, nature))


def mark(connection: Connection, claims: Iterable[int]) -> None:
    """Notes that the standing of these claims has to be told anew."""
    table = tables.listing
    for chunk in chunked(sorted(claims)):
        marked = set(
            connection.execute(
                select(table.c.claim).where(table.c.list == UNSETTLED, table.c.claim.in_(chunk))
            ).scalars()
        )
        added = [Row(UNSETTLED, "", key)._asdict() for key in chunk if key not in marked]
        bulk.insert(connection, table, added)


def mark_all(connection: Connection) -> None:
    """Notes it for every claim, in an index that was built anew."""
    every = select(literal(UNSETTLED), literal(""), tables.claim.c.key)
    connection.execute(insert(tables.listing).from_select(["list", "nature", "claim"], every))


def settle(connection: Connection) -> bool:
    """Tells a page of unsettled claims anew, with all that is linked to them; False where none was left."""
    table = tables.listing
    unsettled = select(table.c.claim).where(table.c.list == UNSETTLED).order_by(table.c.claim).limit(PAGE)
    marked = connection.execute(unsettled).scalars().all()
    if not marked:
        return False
    told = _told(connection, marked)
    for chunk in chunked(sorted(told.claims)):
        connection.execute(delete(table).where(table.c.claim.in_(chunk)))
    bulk.insert(connection, table, [row._asdict() for row in told.rows])
    return True


def is_due(connection: Connection) -> bool:
    """Whether more claims are unsettled than are left to later commits."""
    return len(_unsettled(connection)) > WAITING


def _unsettled(connection: Connection) -> list[int]:
    """The first unsettled claims: one more than wait, where there are more."""
    table = tables.listing
    query = select(table.c.claim).where(table.c.list == UNSETTLED).order_by(table.c.claim)
    return list(connection.execute(query.limit(WAITING + 1)).scalars())


def _told(connection: Connection, claims: Sequence[int]) -> Told:
    """These claims, with all that is linked to them, told anew."""
    if not claims:
        return Told(set(), [])
    world = Cone(connection).world(claims)
    return Told(world.whole.union(claims), list(_rows(world)))


def _rows(world: World) -> Iterator[Row]:
    found = conflicts.contested(world)
    yield from _matters(found.conflicts, CONFLICT, POSSIBLE_CONFLICT)
    yield from _matters(found.divergences, DIVERGENCE, POSSIBLE_DIVERGENCE)
    for matter in conflicts.self_contradictions(world):
        yield Row(SELF_CONTRADICTION, "", matter)
    for claim in sorted({world.claim_classes[key] for key in world.whole}):
        if world.by_claim.get(claim):
            yield from _claim_rows(world, claim)


def _matters(strengths: dict[int, int], definite: str, possible: str) -> Iterator[Row]:
    for matter, strength in strengths.items():
        yield Row(possible, "", matter)
        if strength == conflicts.DEFINITE:
            yield Row(definite, "", matter)


def _claim_rows(world: World, claim: int) -> Iterator[Row]:
    stands = standing(world, claim)
    for kind in UNSUPPORTED_KINDS:
        if is_unsupported(stands, kind):
            yield Row(kind, world.nature(claim), claim)
    for kind in sorted({circle.kind for circle in circles(world, claim, stands)}):
        yield Row(kind, "", claim)
    if changes(world, claim):
        yield Row(candidates.CHANGED, "", claim)


def _told_aside(cone: Cone, name: str) -> Told | None:
    """The unsettled claims; None where the lists cannot tell, and everything has to be looked through."""
    if name == candidates.ACCUSATION or cone.is_bounded:
        return None
    unsettled = _unsettled(cone.connection)
    return None if len(unsettled) > WAITING else _told(cone.connection, unsettled)


def page(cone: Cone, name: str, nature: str, *, after: int) -> list[int]:
    """The next claims, in the order of recording, that may stand on a list: read off it, or looked through."""
    aside = _told_aside(cone, name)
    if aside is None:
        return candidates.page(cone, name, nature, after=after, limit=PAGE)
    settled: list[int] = []
    last: int | None = after
    while last is not None and len(settled) < PAGE:
        read = _listed(cone.connection, name, nature, after=last)
        settled.extend(key for key in read if key not in aside.claims)
        last = read[-1] if len(read) == PAGE else None
    return sorted([*settled, *(key for key in aside.on(name, nature) if key > after)])[:PAGE]


def _listed(connection: Connection, name: str, nature: str, *, after: int) -> list[int]:
    table = tables.listing
    query = (
        select(table.c.claim)
        .where(table.c.list == name, table.c.nature == nature, table.c.claim > after)
        .order_by(table.c.claim)
        .limit(PAGE)
    )
    return list(connection.execute(query).scalars())


def count(cone: Cone, name: str, nature: str) -> int | None:
    """How many claims or matters stand on a list; None where the lists cannot tell."""
    aside = _told_aside(cone, name)
    if aside is None:
        return None
    table = tables.listing
    listed = select(func.count()).select_from(table).where(table.c.list == name, table.c.nature == nature)
    stale = sum(
        cone.connection.execute(listed.where(table.c.claim.in_(chunk))).scalar_one()
        for chunk in chunked(sorted(aside.claims))
    )
    return cone.connection.execute(listed).scalar_one() - stale + len(aside.on(name, nature))
