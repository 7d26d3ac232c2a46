"""The lists that questions about the whole ledger read: which claims stand on which, now.

They are kept while recording. A commit marks the claims it touches as unsettled; settling tells their standing and
conflicts anew and writes on which lists they stand. An answer is always told from the claim's own cone: a list only
says where to look, so it must never lack a claim, and a ledger with unsettled claims, or one seen as of a moment, is
looked through by `candidates` instead.

Conflicts and self-contradictions are listed by matter (`conflicts.matters`), everything else by claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, literal, select

from provenance.index import tables
from provenance.log.chunks import chunked
from provenance.queries import candidates, conflicts
from provenance.queries.changes import changes
from provenance.queries.circular import circles
from provenance.queries.cone import Cone
from provenance.queries.support import UNSUPPORTED_KINDS, is_unsupported, standing
from provenance.queries.world import World

PAGE = 200
"""Claims, with their cones, in memory at a time."""

CONFLICT, POSSIBLE_CONFLICT = "conflict", "possible_conflict"
DIVERGENCE, POSSIBLE_DIVERGENCE = "divergence", "possible_divergence"
SELF_CONTRADICTION = "self_contradiction"
UNSETTLED = "unsettled"


class Row(NamedTuple):
    list: str
    nature: str
    claim: int


def mark(connection: Connection, claims: Iterable[int]) -> None:
    """Notes that the standing of these claims has to be told anew."""
    table = tables.listing
    for chunk in chunked(sorted(claims)):
        marked = set(
            connection.execute(
                select(table.c.claim).where(table.c.list == UNSETTLED, table.c.claim.in_(chunk))
            ).scalars()
        )
        added = [{"list": UNSETTLED, "nature": "", "claim": key} for key in chunk if key not in marked]
        if added:
            connection.execute(table.insert(), added)


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
    world = Cone(connection).world(marked)
    for chunk in chunked(sorted(world.whole.union(marked))):
        connection.execute(delete(table).where(table.c.claim.in_(chunk)))
    rows = [row._asdict() for row in _rows(world)]
    if rows:
        connection.execute(table.insert(), rows)
    return True


def is_settled(connection: Connection) -> bool:
    table = tables.listing
    return connection.execute(select(table.c.claim).where(table.c.list == UNSETTLED).limit(1)).first() is None


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


def page(cone: Cone, name: str, nature: str, *, after: int) -> list[int]:
    """The next claims, in the order of recording, that may stand on a list: read off it, or looked through."""
    if name == candidates.ACCUSATION or cone.is_bounded or not is_settled(cone.connection):
        return candidates.page(cone, name, nature, after=after, limit=PAGE)
    table = tables.listing
    return list(
        cone.connection.execute(
            select(table.c.claim)
            .where(table.c.list == name, table.c.nature == nature, table.c.claim > after)
            .order_by(table.c.claim)
            .limit(PAGE)
        ).scalars()
    )


def count(cone: Cone, name: str, nature: str) -> int | None:
    """How many claims or matters stand on a list; None where the lists cannot tell."""
    if name == candidates.ACCUSATION or cone.is_bounded or not is_settled(cone.connection):
        return None
    table = tables.listing
    return cone.connection.execute(
        select(func.count()).select_from(table).where(table.c.list == name, table.c.nature == nature)
    ).scalar_one()
