"""The materialized lists: which claims stand on which list of a question now, and what was found of them.

A commit marks the claims that it affects as stale. A refresh derives the standing and the conflicts of stale claims
anew and writes them down. It costs what a question about these claims costs, and a claim that everybody repeats is
affected over and over: so claims are refreshed once some are stale, and until then each question derives theirs in an
overlay. A list never lacks a claim. Where many claims are stale, or a moment is asked about, `candidates` looks through
the ledger instead.

Conflicts and self-contradictions are listed by issue (`conflicts.issue_names`), everything else by claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, delete, func, insert, literal, select, type_coerce

from provenance.database import bulk
from provenance.database.chunks import chunked
from provenance.index import tables
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.statements import AS_IT_IS
from provenance.log import journal
from provenance.materialized import candidates
from provenance.materialized.limits import Limits
from provenance.materialized.plain import is_plain
from provenance.rules import conflicts
from provenance.rules.changes import changes
from provenance.rules.circular import CircleKeys, circles
from provenance.rules.conflicts import ConflictKeys
from provenance.rules.self_contradictions import self_contradictions
from provenance.rules.strengths import DEFINITE, POSSIBLE
from provenance.rules.support import (
    Standing,
    kinds_of,
    standing,
    standing_without_flags,
)

CONFLICT, POSSIBLE_CONFLICT = "conflict", "possible_conflict"
DIVERGENCE, POSSIBLE_DIVERGENCE = "divergence", "possible_divergence"
SELF_CONTRADICTION = "self_contradiction"
STALE = "unsettled"
ORIGINS_STALE = "recount"
"""A mark of a steady claim: where it is listed still holds, but not how many origins it has, nor its flags."""

MATERIALIZED: dict[Table, Column[int]] = {
    tables.listing: tables.listing.c.claim,
    tables.standing: tables.standing.c.claim,
    tables.conflict: tables.conflict.c.issue,
    tables.circle: tables.circle.c.claim,
}
"""The tables that a refresh writes, and by which claim."""


class ListRow(NamedTuple):
    list: str
    nature: str
    claim: int


class Refreshed(NamedTuple):
    """Claims, and the rows that replace everything materialized about them. `standings` are by canonical claim."""

    claims: set[int]
    rows: list[ListRow]
    standings: dict[int, Standing]
    plain_assertions: dict[int, int]
    """By claim that may be steady, how many assertions are on it."""
    conflicts: dict[int, list[ConflictKeys]]
    """By issue, of issues with few pairs of claims."""
    circles: dict[int, list[CircleKeys]]
    """By claim, of claims with few and short ones."""

    @classmethod
    def nothing(cls) -> Refreshed:
        return cls(set(), [], {}, {}, {}, {})

    def on(self, name: str, nature: str) -> list[int]:
        """Those of the claims that stand on a list."""
        return sorted(row.claim for row in self.rows if row[:2] == (name, nature))

    def values(self) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
        """The rows to write, by table."""
        yield tables.listing, [row._asdict() for row in self.rows]
        yield (
            tables.standing,
            [
                {
                    "claim": claim,
                    "grade": standing.grade,
                    "lo": standing.lo,
                    "hi": standing.hi,
                    "flags": " ".join(standing.flags),
                    "plain_assertions": self.plain_assertions.get(claim, 0),
                }
                for claim, standing in self.standings.items()
            ],
        )
        yield (
            tables.conflict,
            [
                {"issue": issue} | one._asdict()
                for issue, of_issue in self.conflicts.items()
                for one in of_issue
            ],
        )
        yield (
            tables.circle,
            [
                one._asdict() | {"place": place, "assertions": " ".join(map(str, one.assertions))}
                for of_claim in self.circles.values()
                for place, one in enumerate(of_claim)
            ],
        )


class Page(NamedTuple):
    """A page of claims that may be on a list, in the order of recording. `refreshed`: the stale claims as computed;
    None where the ledger was searched instead."""

    keys: list[int]
    refreshed: Refreshed | None


_State = tuple[bytes, tuple[int, ...]]
"""The hash of a ledger's last commit, and which of its claims are stale."""


class KeyedStanding(NamedTuple):
    """A claim's standing, of which the flags and the origins were not looked up."""

    id: bytes
    claim: int
    standing: Standing


class Overlay:
    """The stale claims as a refresh would leave them; derived once for as long as nothing is recorded or refreshed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._refreshed: tuple[_State, Refreshed] | None = None
        self._recounted: tuple[_State, list[KeyedStanding]] | None = None

    def refreshed(self, loader: ClaimGraphLoader) -> Refreshed | None:
        """None where the lists do not hold: a moment is asked about, or too many claims are stale."""
        if loader.is_bounded:
            return None
        stale = _stale(loader.connection, self.limits)
        if len(stale) > self.limits.stale_claims:
            return None
        if not stale:
            return Refreshed.nothing()
        now = journal.head(loader.connection).hash, tuple(stale)
        if self._refreshed is None or self._refreshed[0] != now:
            self._refreshed = now, _refreshed(loader.connection, stale, self.limits)
        return self._refreshed[1]

    def recounted(self, loader: ClaimGraphLoader, refreshed: Refreshed) -> list[KeyedStanding]:
        """Steady claims whose origins must be counted again, without those just refreshed."""
        claims = loader.connection.scalars(_marked(ORIGINS_STALE))
        waiting = [claim for claim in claims if claim not in refreshed.claims]
        if not waiting:
            return []
        now = journal.head(loader.connection).hash, tuple(waiting)
        if self._recounted is None or self._recounted[0] != now:
            self._recounted = now, list(_recounted(loader, waiting, self.limits))
        return self._recounted[1]


def mark_stale(connection: Connection, claims: Iterable[int], *, name: str = STALE) -> None:
    """Marks claims whose standing and conflicts may have changed; with ORIGINS_STALE steady ones, of which only the
    number of origins may."""
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
    """Marks every claim, in an index that was built anew."""
    every = select(literal(STALE), literal(""), tables.claim.c.key)
    connection.execute(insert(tables.listing).from_select(["list", "nature", "claim"], every))


def refresh(connection: Connection, *, names: Sequence[str] = (STALE,), limits: Limits) -> bool:
    """Refreshes a page of the claims with one of these marks, and all that is linked to them; False where none was
    left."""
    found = {claim for name in names for claim in connection.scalars(_marked(name).limit(limits.claims))}
    marked = sorted(found)[: limits.claims]
    if not marked:
        return False
    refreshed = _refreshed(connection, _as_many_as_fit(connection, marked, limits), limits)
    for materialized, column in MATERIALIZED.items():
        for chunk in chunked(sorted(refreshed.claims)):
            connection.execute(delete(materialized).where(column.in_(chunk)))
    for materialized, rows in refreshed.values():
        bulk.insert(connection, materialized, rows)
    return True


def _as_many_as_fit(connection: Connection, claims: Sequence[int], limits: Limits) -> list[int]:
    """The first of the claims that together have as many assertions as may be in memory at a time; at least one."""
    assertion = tables.assertion
    counts = select(assertion.c.claim, func.count()).where(assertion.c.claim.in_(claims))
    sizes = dict(map(tuple, connection.execute(counts.group_by(assertion.c.claim))))
    total = accumulate(sizes.get(claim, 0) for claim in claims)
    return [
        claim
        for place, (claim, sum_) in enumerate(zip(claims, total, strict=True))
        if sum_ <= limits.assertions or not place
    ]


def is_due(connection: Connection, *, limits: Limits) -> bool:
    """Whether more than `stale_claims` claims are stale."""
    return len(_stale(connection, limits)) > limits.stale_claims


def _stale(connection: Connection, limits: Limits) -> list[int]:
    """The first stale claims, at most one more than `stale_claims`."""
    return list(connection.scalars(_marked(STALE).limit(limits.stale_claims + 1)))


def _marked(name: str) -> Select[int]:
    """The claims with a mark."""
    table = tables.listing
    return select(table.c.claim).where(table.c.list == name, table.c.nature == "").order_by(table.c.claim)


def _refreshed(connection: Connection, claims: Sequence[int], limits: Limits) -> Refreshed:
    """These claims, and all that is linked to them, by the rules."""
    graph = ClaimGraphLoader(connection).graph_with_competing_claims(claims)
    refreshed = Refreshed.nothing()
    refreshed.claims.update(graph.facts.whole, claims)
    found = conflicts.contested(graph, limits.conflict_pairs)
    refreshed.rows.extend(_issues(found.conflict_strengths, CONFLICT, POSSIBLE_CONFLICT))
    refreshed.rows.extend(_issues(found.divergence_strengths, DIVERGENCE, POSSIBLE_DIVERGENCE))
    refreshed.rows.extend(ListRow(SELF_CONTRADICTION, "", issue) for issue in self_contradictions(graph))
    for claim in graph.claims.whole:
        stands = standing(graph, claim, found.claims_in_conflict)
        refreshed.standings[claim] = stands._replace(origins=(), independent=())
        if is_plain(graph, claim, stands):
            refreshed.plain_assertions[claim] = len(graph.on_claim(claim))
        if graph.on_claim(claim):
            kinds = kinds_of(graph, claim, stands)
            refreshed.rows.extend(ListRow(kind, graph.claims.nature(claim), claim) for kind in kinds)
            found_round = circles(graph, claim, stands)
            refreshed.rows.extend(
                ListRow(kind, "", claim) for kind in sorted({circle.kind for circle in found_round})
            )
            if _are_materialized(found_round, limits):
                refreshed.circles[claim] = found_round
            if changes(graph, claim):
                refreshed.rows.append(ListRow(candidates.CHANGED, "", claim))
    refreshed.conflicts.update(found.conflicts)
    return refreshed


def _are_materialized(found: Sequence[CircleKeys], limits: Limits) -> bool:
    return len(found) <= limits.circles and all(
        len(circle.assertions) <= limits.assertions_in_a_circle for circle in found
    )


def _issues(strengths: dict[int, int], definite: str, possible: str) -> Iterator[ListRow]:
    for issue, strength in strengths.items():
        for name, least in ((possible, POSSIBLE), (definite, DEFINITE)):
            if conflicts.is_listed(strength, least):
                yield ListRow(name, "", issue)


def page(
    loader: ClaimGraphLoader, overlay: Overlay, name: str, nature: str, *, after: int, limit: int
) -> Page:
    """The next claims, in the order of recording, that may stand on a list: read off the list, or looked for in the
    ledger where it does not hold."""
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
    """How many claims or issues stand on a list; None where the list does not hold."""
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
    """By issue of a page its conflicts and divergences, as `conflicts.conflicts` gives them. Issues with too many to be
    materialized are left out."""
    if page.refreshed is None:
        return {}
    claims, of_stale = page.refreshed.claims, page.refreshed.conflicts
    fresh = conflicts_about(connection, [key for key in page.keys if key not in claims])
    return fresh | {key: of_stale[key] for key in page.keys if key in of_stale}


def conflicts_about(connection: Connection, issues: Iterable[int]) -> dict[int, list[ConflictKeys]]:
    """The materialized conflicts and divergences about these issues."""
    table = tables.conflict
    found: dict[int, list[ConflictKeys]] = defaultdict(list)
    for chunk in chunked(sorted(issues)):
        columns = (table.c[name] for name in ("issue", *ConflictKeys._fields))
        for issue, *conflict in connection.execute(select(*columns).where(table.c.issue.in_(chunk))):
            found[issue].append(ConflictKeys._make(conflict))
    return {issue: sorted(of_issue, key=conflicts.order) for issue, of_issue in found.items()}


def circles_of(connection: Connection, page: Page, kind: str) -> dict[int, list[CircleKeys]]:
    """By claim of a page its circles of a kind, as `circular.circles` gives them. Claims with too many to be
    materialized are left out."""
    if page.refreshed is None:
        return {}
    table, refreshed = tables.circle, page.refreshed
    found: dict[int, list[CircleKeys]] = defaultdict(list)
    for key in page.keys:
        of_kind = [circle for circle in refreshed.circles.get(key, ()) if circle.kind == kind]
        if of_kind:
            found[key] = of_kind
    for chunk in chunked(key for key in page.keys if key not in refreshed.claims):
        query = select(table.c.claim, table.c.agent, table.c.assertions).where(
            table.c.claim.in_(chunk), table.c.kind == kind
        )
        for claim, agent, assertions in connection.execute(query.order_by(table.c.claim, table.c.place)):
            found[claim].append(CircleKeys(kind, claim, agent, tuple(map(int, assertions.split()))))
    return dict(found)


def lists_of(connection: Connection, claims: Iterable[int]) -> dict[int, set[str]]:
    """By claim or issue the lists that it stands on, its marks included."""
    table = tables.listing
    found: dict[int, set[str]] = defaultdict(set)
    for chunk in chunked(sorted(claims)):
        query = select(table.c.claim, table.c.list).where(table.c.claim.in_(chunk))
        for claim, name in connection.execute(query):
            found[claim].add(name)
    return found


def flags(connection: Connection, page: Page) -> dict[int, tuple[str, ...]]:
    """By claim of a page its flags. For lists of unsupported claims only: a steady claim, whose flags may have changed
    since, stands on none of them."""
    if page.refreshed is None:
        return {}
    table, refreshed = tables.standing, page.refreshed
    found = {key: refreshed.standings[key].flags for key in page.keys if key in refreshed.standings}
    for chunk in chunked(key for key in page.keys if key not in refreshed.claims):
        query = select(table.c.claim, table.c.flags).where(table.c.claim.in_(chunk))
        found.update((claim, tuple(stated.split())) for claim, stated in connection.execute(query))
    return found


def standings(
    loader: ClaimGraphLoader, overlay: Overlay, *, after: int
) -> tuple[list[KeyedStanding], int | None]:
    """The next canonical claims with their standings, in the order of recording, and the last key read; None at the
    end."""
    refreshed, limits = overlay.refreshed(loader), overlay.limits
    if refreshed is None:
        keys = candidates.claims(loader, after=after, limit=limits.claims)
        return list(_counted(loader, keys)), keys[-1] if keys else None
    rows = _standings(loader.connection, after=after, limit=limits.rows)
    last = rows[-1].claim if len(rows) == limits.rows else None
    ids = loader.ids(refreshed.standings)
    overlaid = [KeyedStanding(ids[claim], claim, found) for claim, found in refreshed.standings.items()]
    overlaid.extend(overlay.recounted(loader, refreshed))
    overlaid = [row for row in overlaid if row.claim > after and (last is None or row.claim <= last)]
    stale = refreshed.claims | {row.claim for row in overlaid}
    found = [*overlaid, *(row for row in rows if row.claim not in stale)]
    return sorted(found, key=attrgetter("claim")), last


def _counted(loader: ClaimGraphLoader, claims: Sequence[int]) -> Iterator[KeyedStanding]:
    """Those of the claims that name their class, with their standing by the rules."""
    graph = loader.graph_about(claims)
    for claim in claims:
        if claim in graph.facts.claims and graph.claims.classes[claim] == claim:
            yield KeyedStanding(graph.facts.claims[claim].id, claim, standing_without_flags(graph, claim))


def _recounted(loader: ClaimGraphLoader, claims: Sequence[int], limits: Limits) -> Iterator[KeyedStanding]:
    while claims:
        page = _as_many_as_fit(loader.connection, claims[: limits.claims], limits)
        claims = claims[len(page) :]
        yield from _counted(loader, page)


def _standings(connection: Connection, *, after: int, limit: int) -> list[KeyedStanding]:
    table, record = tables.standing, tables.record
    query = (
        select(type_coerce(record.c.id, AS_IT_IS), table.c.claim, table.c.grade, table.c.lo, table.c.hi)
        .join(record, record.c.key == table.c.claim)
        .where(table.c.claim > after)
        .order_by(table.c.claim)
        .limit(limit)
    )
    return [
        KeyedStanding(id_, claim, Standing(grade, lo, hi))
        for id_, claim, grade, lo, hi in connection.execute(query)
    ]
