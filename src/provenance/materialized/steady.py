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

from provenance.database.chunks import chunked
from provenance.index import tables
from provenance.index.projection import Projected
from provenance.index.rows import TIED_TO_ASSERTIONS
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import candidates, lists
from provenance.rules import conflicts
from provenance.rules.changes import changes
from provenance.rules.circular import feedback_loops
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.conflicts import ConflictKeys
from provenance.rules.support import UNSUPPORTED_KINDS
from provenance.values.vocabulary import Certainty, Stance

MANY = 200
"""Assertions from which on it costs less to look whether a claim stays where it stands than to tell it anew."""

_ADDED = frozenset(
    ("agent", "document", "entity", "attribute", "claim", "assertion", "mention", "relay", "evidence")
)
_POSITIONS = frozenset((Stance.AFFIRM.value, Stance.DENY.value))
_CONFLICT_LISTS = frozenset(
    (lists.CONFLICT, lists.POSSIBLE_CONFLICT, lists.DIVERGENCE, lists.POSSIBLE_DIVERGENCE)
)


def steady_claims(connection: Connection, recorded: Projected, affected: set[int]) -> set[int]:
    """Those of the touched claims for which all holds on by which they are listed and shown: not how many origins they
    have, nor their flags."""
    if not _only_adds(recorded):
        return set()
    claims = _plain_claims(connection, affected)
    if not claims:
        return set()
    loader = ClaimGraphLoader(connection)
    about = conflicts.issue_names(loader.graph_showing(claims, (), competing=True))
    listed_on = lists.lists_of(connection, about)
    stale = {about[claim] for claim in about if lists.STALE in listed_on[claim]}
    claims = {claim for claim in claims if claim in about and about[claim] not in stale}
    new = {row["key"] for row in recorded.rows.get(tables.assertion, ()) if row["claim"] in claims}
    conflicts_about = lists.conflicts_about(connection, {about[claim] for claim in claims})
    shown = {one for clashes in conflicts_about.values() for conflict in clashes for one in conflict[-2:]}
    graph = loader.graph_showing(claims, {*new, *shown}, competing=True)
    if graph.claim_links or graph.entity_links or graph.attribute_order or graph.dated_links:
        return set()
    look = _Look(
        connection, graph, about=about, listed_on=listed_on, conflicts_about=conflicts_about, new=new
    )
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
        graph: ClaimGraph,
        *,
        about: dict[int, int],
        listed_on: dict[int, set[str]],
        conflicts_about: dict[int, list[ConflictKeys]],
        new: set[int],
    ) -> None:
        self._connection = connection
        self._graph = graph
        self._about = about
        self._listed_on = listed_on
        self._conflicts = conflicts_about
        self._new: dict[int, list[int]] = defaultdict(list)
        for one in sorted(new & graph.live):
            self._new[graph.claim_of(one)].append(one)
        self._mates: dict[int, list[int]] = defaultdict(list)
        for claim, issue in sorted(about.items()):
            self._mates[issue].append(claim)

    def is_steady(self, claim: int) -> bool:
        issue, listed_on = self._about[claim], self._listed_on[claim]
        return (
            all(self._graph.nature(mate) == "factual" for mate in self._mates[issue])
            and listed_on.isdisjoint(UNSUPPORTED_KINDS)
            and self._keeps_its_grade(claim)
            and self._keeps_its_conflicts(claim, issue)
            and (candidates.CHANGED in listed_on or not changes(self._graph, claim))
            and not self._has_a_new_loop(claim)
        )

    def _keeps_its_grade(self, claim: int) -> bool:
        graph = self._graph
        return not any(
            graph.naming(graph.agent_of(one)) == "partial"
            or sum(row.present for row in graph.evidence.get(one, ())) > 1
            for one in self._new[claim]
        )

    def _keeps_its_conflicts(self, claim: int, issue: int) -> bool:
        graph, listed_on = self._graph, self._listed_on[issue]
        found = self._conflicts.get(issue, [])
        taking = [one for one in self._new[claim] if graph.assertions[one].stance in _POSITIONS]
        if not taking:
            return True
        if listed_on & _CONFLICT_LISTS and not found:
            return False  # there are too many to be kept
        holders = {graph.holder(one) for one in taking}
        if any(graph.holder(one) in holders for conflict in found for one in conflict[-2:]):
            return False
        competing = self._competing(claim, taking)
        if not competing:
            return True
        best = {(conflict.kind, frozenset((conflict.a, conflict.b))): conflict for conflict in found}
        return (
            lists.SELF_CONTRADICTION not in listed_on
            and all(self._is_best(best.get(key), strength) for key, strength in competing.items())
            and not self._may_contradict_themselves(
                claim, taking, {one for _, pair in competing for one in pair}
            )
        )

    def _is_best(self, conflict: ConflictKeys | None, strength: int) -> bool:
        """Whether what was found is as strong as it can be, so that nothing recorded later takes its place."""
        if conflict is None or conflict.strength != strength:
            return False
        return all(self._graph.certainty(one) == Certainty.CERTAIN for one in conflict[-2:])

    def _has_a_new_loop(self, claim: int) -> bool:
        new = self._new[claim]
        return any(one in new for loop in feedback_loops(self._graph, claim) for one in loop.assertions)

    def _competing(self, claim: int, taking: list[int]) -> dict[tuple[str, frozenset[int]], int]:
        """What excludes the claim, as strongly as assertions can make it: itself, where anybody denies it, and other
        values of its slot."""
        graph, found = self._graph, {}
        if any(graph.assertions[one].stance == Stance.DENY for one in taking) or self._is_denied(claim):
            found["polarity", frozenset((claim,))] = conflicts.DEFINITE
        for mate in self._mates[self._about[claim]]:
            strength = 0 if mate == claim else conflicts.exclusion(graph, claim, mate)
            if strength:
                found["value", frozenset((claim, mate))] = strength
        return found

    def _is_denied(self, claim: int) -> bool:
        """`deny` stands in the statement itself: only so is the index of denials found."""
        assertion = tables.assertion
        denied = exists().where(assertion.c.claim == claim, assertion.c.stance == literal_column("'deny'"))
        return bool(self._connection.execute(select(denied)).scalar())

    def _may_contradict_themselves(self, claim: int, taking: list[int], competing: set[int]) -> bool:
        """Whether those who take a position said anything of what excludes it, before or in this commit."""
        graph, assertion = self._graph, tables.assertion
        stances = {graph.assertions[one].stance for one in taking}
        if len(stances) > 1:
            return True
        holders = {graph.holder(one) for one in taking}
        agents = sorted(agent for agent in graph.agents if graph.holder_of_agent(agent) in holders)
        otherwise = or_(
            assertion.c.claim.in_(competing - {claim}),
            and_(assertion.c.claim == claim, assertion.c.stance.in_(_POSITIONS - stances)),
        )
        return any(
            self._connection.execute(select(exists().where(assertion.c.agent.in_(chunk), otherwise))).scalar()
            for chunk in chunked(agents)
        )
