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
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.statements import AS_IT_IS
from provenance.log import journal
from provenance.materialized import candidates
from provenance.rules import conflicts
from provenance.rules.changes import changes
from provenance.rules.circular import CircleKeys, circles
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.conflicts import ConflictKeys
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
STALE = "unsettled"
ORIGINS_STALE = "recount"
"""Of a claim all holds by which it is listed and shown (`steady`); not how many origins it has, nor its flags."""

MATERIALIZED: dict[Table, Column[int]] = {
    tables.listing: tables.listing.c.claim,
    tables.standing: tables.standing.c.claim,
    tables.conflict: tables.conflict.c.issue,
    tables.circle: tables.circle.c.claim,
}
"""What settling writes, and by which claim."""


class ListRow(NamedTuple):
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


class ConflictRow(NamedTuple):
    issue: int
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


class Refreshed(NamedTuple):
    """Claims, and the rows that are to be kept in the place of all that is kept of these."""

    claims: set[int]
    rows: list[ListRow]
    standings: list[StandingRow]
    conflicts_about: list[ConflictRow]
    circles: list[CircleRow]

    def on(self, name: str, nature: str) -> list[int]:
        """Those of the claims that stand on a list."""
        return sorted(row.claim for row in self.rows if row[:2] == (name, nature))


class Page(NamedTuple):
    """Claims that may stand on a list, in the order of recording; and what was told of the unsettled among them. None
    where nothing holds that is kept of them."""

    keys: list[int]
    refreshed: Refreshed | None


_State = tuple[bytes, tuple[int, ...]]
"""Of a ledger: the hash of its last commit, and which claims wait."""


class Overlay:
    """The unsettled claims, told on the side; once for as long as nothing is recorded or settled."""

    def __init__(self) -> None:
        self._refreshed: tuple[_State, Refreshed] | None = None
        self._recounted: tuple[_State, list[Bounds]] | None = None

    def refreshed(self, loader: ClaimGraphLoader) -> Refreshed | None:
        """None where what is kept cannot tell, and everything has to be looked through."""
        if loader.is_bounded:
            return None
        stale = _stale(loader.connection)
        if len(stale) > WAITING:
            return None
        if not stale:
            return Refreshed(set(), [], [], [], [])
        now = journal.head(loader.connection).hash, tuple(stale)
        if self._refreshed is None or self._refreshed[0] != now:
            self._refreshed = now, _refreshed(loader.connection, stale)
        return self._refreshed[1]

    def recounted(self, loader: ClaimGraphLoader, refreshed: Refreshed) -> list[Bounds]:
        """The steady claims but for those that were told, counted anew."""
        claims = loader.connection.scalars(_marked(ORIGINS_STALE))
        waiting = [claim for claim in claims if claim not in refreshed.claims]
        if not waiting:
            return []
        now = journal.head(loader.connection).hash, tuple(waiting)
        if self._recounted is None or self._recounted[0] != now:
            self._recounted = now, list(_recounted(loader, waiting))
        return self._recounted[1]


def mark(connection: Connection, claims: Iterable[int], *, name: str = STALE) -> None:
    """Notes that the standing of these claims has to be told anew; or of steady ones, how many origins they have."""
    table = tables.listing
    for chunk in chunked(sorted(claims)):
        marked = set(
            connection.execute(
                select(table.c.claim).where(table.c.list == name, table.c.claim.in_(chunk))
            ).scalars()
        )
        added = [ListRow(name, "", key)._asdict() for key in chunk if key not in marked]
        bulk.insert(connection, table, added)


def mark_all_stale(connection: Connection) -> None:
    """Notes it for every claim, in an index that was built anew."""
    every = select(literal(STALE), literal(""), tables.claim.c.key)
    connection.execute(insert(tables.listing).from_select(["list", "nature", "claim"], every))


def refresh(connection: Connection, *, names: Sequence[str] = (STALE,)) -> bool:
    """Tells a page of unsettled claims anew, with all that is linked to them; False where none was left."""
    found = {claim for name in names for claim in connection.scalars(_marked(name).limit(PAGE))}
    marked = sorted(found)[:PAGE]
    if not marked:
        return False
    refreshed = _refreshed(connection, _as_many_as_fit(connection, marked))
    for materialized, column in MATERIALIZED.items():
        for chunk in chunked(sorted(refreshed.claims)):
            connection.execute(delete(materialized).where(column.in_(chunk)))
    written: tuple[Sequence[Any], ...] = (
        refreshed.rows,
        refreshed.standings,
        refreshed.conflicts_about,
        refreshed.circles,
    )
    for materialized, rows in zip(MATERIALIZED, written, strict=True):
        bulk.insert(connection, materialized, [row._asdict() for row in rows])
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
    return len(_stale(connection)) > WAITING


def _stale(connection: Connection) -> list[int]:
    """The first unsettled claims: one more than wait, where there are more."""
    return list(connection.scalars(_marked(STALE).limit(WAITING + 1)))


def _marked(name: str) -> Select[int]:
    """The claims with a mark."""
    table = tables.listing
    return select(table.c.claim).where(table.c.list == name, table.c.nature == "").order_by(table.c.claim)


def _refreshed(connection: Connection, claims: Sequence[int]) -> Refreshed:
    """These claims, with all that is linked to them, told anew."""
    graph = ClaimGraphLoader(connection).graph(claims)
    refreshed = Refreshed(graph.whole.union(claims), [], [], [], [])
    found = conflicts.contested(graph)
    refreshed.rows.extend(_issues(found.conflict_strengths, CONFLICT, POSSIBLE_CONFLICT))
    refreshed.rows.extend(_issues(found.divergence_strengths, DIVERGENCE, POSSIBLE_DIVERGENCE))
    refreshed.rows.extend(
        ListRow(SELF_CONTRADICTION, "", issue) for issue in conflicts.self_contradictions(graph)
    )
    linked = {end for _, *ends in (*graph.claim_links, *graph.entity_links) for end in ends}
    for claim in sorted({graph.claim_classes[key] for key in graph.whole}):
        stands = standing(graph, claim)
        plain = len(graph.by_claim[claim]) if _is_plain(graph, claim, stands, linked) else 0
        flags = " ".join(stands.flags)
        refreshed.standings.append(StandingRow(claim, stands.grade, stands.lo, stands.hi, flags, plain))
        if graph.by_claim.get(claim):
            kinds = [kind for kind in UNSUPPORTED_KINDS if is_unsupported(stands, kind)]
            refreshed.rows.extend(ListRow(kind, graph.nature(claim), claim) for kind in kinds)
            found_round = circles(graph, claim, stands)
            refreshed.rows.extend(
                ListRow(kind, "", claim) for kind in sorted({one.kind for one in found_round})
            )
            refreshed.circles.extend(_circle_rows(found_round))
            if changes(graph, claim):
                refreshed.rows.append(ListRow(candidates.CHANGED, "", claim))
    for issue, conflicts_of in found.conflicts.items():
        refreshed.conflicts_about.extend(
            ConflictRow(issue, one.a, one.b, one.kind, one.strength, one.a_assertion, one.b_assertion)
            for one in conflicts_of
        )
    return refreshed


def _circle_rows(found: Sequence[CircleKeys]) -> Iterator[CircleRow]:
    if len(found) <= FEW_CIRCLES and all(len(one.assertions) <= FEW_IN_A_CIRCLE for one in found):
        for place, one in enumerate(found):
            yield CircleRow(one.claim, one.kind, place, one.agent, " ".join(map(str, one.assertions)))


def _is_plain(graph: ClaimGraph, claim: int, stands: Standing, linked: set[int]) -> bool:
    """Whether it may be `steady`: corroborated by people who are named in full, tied to no other claim, and of values
    to which time does not matter."""
    row, issue = graph.claims[claim], graph.issue(claim)
    if stands.grade < 4 or not linked.isdisjoint((claim, row.subject, row.entity)):
        return False
    if graph.dated_links:
        sides = {graph.possible_sides[graph.assertions[one].agent] for one in graph.by_claim[claim]}
        ends = {graph.possible_sides[end] for link in graph.dated_links for end in (link.source, link.target)}
        if not sides.isdisjoint(ends):
            return False
    if issue is not None:
        is_ordered = any(issue[1] in order for order in graph.attribute_order)
        if is_ordered or graph.attributes[issue[1]].temporal != Temporal.CONSTANT:
            return False
    return all(graph.naming(graph.agent_of(one)) != "partial" for one in stands.origins)


def _issues(strengths: dict[int, int], definite: str, possible: str) -> Iterator[ListRow]:
    for issue, strength in strengths.items():
        yield ListRow(possible, "", issue)
        if strength == conflicts.DEFINITE:
            yield ListRow(definite, "", issue)


def page(
    loader: ClaimGraphLoader, overlay: Overlay, name: str, nature: str, *, after: int, limit: int
) -> Page:
    """The next claims, in the order of recording, that may stand on a list: read off it, or looked through."""
    refreshed = None if name == candidates.ACCUSATION else overlay.refreshed(loader)
    if refreshed is None:
        return Page(candidates.page(loader, name, nature, after=after, limit=limit), None)
    fresh: list[int] = []
    last: int | None = after
    while last is not None and len(fresh) < limit:
        read = _listed(loader.connection, name, nature, after=last, limit=limit)
        fresh.extend(key for key in read if key not in refreshed.claims)
        last = read[-1] if len(read) == limit else None
    beside = [key for key in refreshed.on(name, nature) if key > after]
    return Page(sorted([*fresh, *beside])[:limit], refreshed)


def _listed(connection: Connection, name: str, nature: str, *, after: int, limit: int) -> list[int]:
    table = tables.listing
    query = (
        select(table.c.claim)
        .where(table.c.list == name, table.c.nature == nature, table.c.claim > after)
        .order_by(table.c.claim)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def count(loader: ClaimGraphLoader, overlay: Overlay, name: str, nature: str) -> int | None:
    """How many claims or matters stand on a list; None where the lists cannot tell."""
    refreshed = None if name == candidates.ACCUSATION else overlay.refreshed(loader)
    if refreshed is None:
        return None
    table = tables.listing
    listed = select(func.count()).select_from(table).where(table.c.list == name, table.c.nature == nature)
    stale = sum(
        loader.connection.execute(listed.where(table.c.claim.in_(chunk))).scalar_one()
        for chunk in chunked(sorted(refreshed.claims))
    )
    return loader.connection.execute(listed).scalar_one() - stale + len(refreshed.on(name, nature))


def conflicts_of(connection: Connection, page: Page) -> dict[int, list[ConflictKeys]]:
    """The conflicts and divergences about the matters of a page, as `conflicts.clashes` gives them; without those of
    which there are too many to keep."""
    if page.refreshed is None:
        return {}
    refreshed = page.refreshed
    beside = _by_issue(row for row in refreshed.conflicts_about if row.issue in page.keys)
    return conflicts_about(connection, [key for key in page.keys if key not in refreshed.claims]) | beside


def conflicts_about(connection: Connection, issue_names: Iterable[int]) -> dict[int, list[ConflictKeys]]:
    """What is kept of these matters."""
    table = tables.conflict
    rows: list[ConflictRow] = []
    for chunk in chunked(sorted(issue_names)):
        query = select(*(table.c[name] for name in ConflictRow._fields)).where(table.c.issue.in_(chunk))
        rows.extend(map(ConflictRow._make, connection.execute(query)))
    return _by_issue(rows)


def _by_issue(rows: Iterable[ConflictRow]) -> dict[int, list[ConflictKeys]]:
    found: dict[int, list[ConflictKeys]] = defaultdict(list)
    for row in rows:
        found[row.issue].append(
            ConflictKeys(row.kind, row.a, row.b, row.strength, row.a_assertion, row.b_assertion)
        )
    return {issue: sorted(ones, key=conflicts.order) for issue, ones in found.items()}


def circles_of(connection: Connection, page: Page, kind: str) -> dict[int, list[CircleKeys]]:
    """The circles of a kind about the claims of a page, as `circular.circles` gives them; without the claims that have
    too many to keep."""
    if page.refreshed is None:
        return {}
    table, refreshed = tables.circle, page.refreshed
    rows = [row for row in refreshed.circles if row.kind == kind and row.claim in page.keys]
    for chunk in chunked(key for key in page.keys if key not in refreshed.claims):
        query = select(*(table.c[name] for name in CircleRow._fields))
        query = query.where(table.c.claim.in_(chunk), table.c.kind == kind)
        rows.extend(map(CircleRow._make, connection.execute(query)))
    found: dict[int, list[CircleKeys]] = defaultdict(list)
    for row in sorted(rows):
        found[row.claim].append(
            CircleKeys(kind, row.claim, row.agent, tuple(map(int, row.assertions.split())))
        )
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
    if page.refreshed is None:
        return {}
    table, refreshed = tables.standing, page.refreshed
    found = {row.claim: row.flags for row in refreshed.standings if row.claim in page.keys}
    for chunk in chunked(key for key in page.keys if key not in refreshed.claims):
        query = select(table.c.claim, table.c.flags).where(table.c.claim.in_(chunk))
        found.update(map(tuple, connection.execute(query)))
    return {claim: tuple(stated.split()) for claim, stated in found.items()}


def standings(loader: ClaimGraphLoader, overlay: Overlay, *, after: int) -> tuple[list[Bounds], int | None]:
    """The next claims that name their class, in the order of recording, and the last of the claims looked at; None
    where there are no more."""
    refreshed = overlay.refreshed(loader)
    if refreshed is None:
        keys = candidates.claims(loader, after=after, limit=PAGE)
        graph = loader.graph(keys, competing=False) if keys else ClaimGraph()
        named = [key for key in keys if key in graph.claims and graph.claim_classes[key] == key]
        graded = [(key, grounds(graph, key)) for key in named]
        found = [Bounds(graph.claims[key].id, key, one.grade, one.lo, one.hi) for key, one in graded]
        return found, keys[-1] if keys else None
    rows = _standings(loader.connection, after=after)
    last = rows[-1].claim if len(rows) == READ else None
    ids = loader.ids(row.claim for row in refreshed.standings)
    beside = [Bounds(ids[row.claim], row.claim, row.grade, row.lo, row.hi) for row in refreshed.standings]
    beside.extend(overlay.recounted(loader, refreshed))
    beside = [row for row in beside if row.claim > after and (last is None or row.claim <= last)]
    stale = refreshed.claims | {row.claim for row in beside}
    found = [*beside, *(row for row in rows if row.claim not in stale)]
    return sorted(found, key=itemgetter(1)), last


def _recounted(loader: ClaimGraphLoader, claims: Sequence[int]) -> Iterator[Bounds]:
    while claims:
        page = _as_many_as_fit(loader.connection, claims[:PAGE])
        claims = claims[len(page) :]
        graph = loader.graph(page, competing=False)
        for claim in page:
            found = grounds(graph, claim)
            yield Bounds(graph.claims[claim].id, claim, found.grade, found.lo, found.hi)


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
