"""Which claims stay on their lists after a commit, decided without loading all their assertions.

A claim that everybody repeats would else be refreshed, with its thousands of assertions, for every sentence about it.
Most such sentences change no list: the claim is corroborated already, and who contradicts whom is known. The law says
so of a claim that is plain (`plain`) and of a commit that only adds assertions with relays and evidence of their own:

- A grade of 4 stays. For two origins to become one voice takes a link, a source of several names or a partial one, or one
  that shows two pieces of evidence. For an origin to be none any more takes something new that its own agent says.
- A stored conflict is not replaced if it is as strong as its claims allow, its assertions are certain, and no holder
  on its sides says anything new about the issue, or anything that excludes what they said before.
- A new conflict takes a pair of claims that exclude each other and have none yet.
- A change on the way, or a loop, lies within the new chains.

Every other claim is refreshed, and so is one that shares its issue with a stale claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, literal_column, or_, select

from provenance.database.chunks import chunked
from provenance.index import tables
from provenance.index.projection import Projected
from provenance.index.rows import TIED_TO_ASSERTIONS
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import candidates, lists
from provenance.materialized.limits import Limits
from provenance.rules import conflicts
from provenance.rules.changes import changes
from provenance.rules.circular import feedback_loops
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.conflicts import ConflictKeys
from provenance.rules.exclusion import exclusion
from provenance.rules.strengths import DEFINITE
from provenance.rules.support import UNSUPPORTED_KINDS
from provenance.values.vocabulary import Certainty, Stance

_ADDED = frozenset(
    ("agent", "document", "entity", "attribute", "claim", "assertion", "mention", "relay", "evidence")
)
_POSITIONS = frozenset((Stance.AFFIRM.value, Stance.DENY.value))
_CONFLICT_LISTS = frozenset(
    (lists.CONFLICT, lists.POSSIBLE_CONFLICT, lists.DIVERGENCE, lists.POSSIBLE_DIVERGENCE)
)


def steady_claims(
    connection: Connection, recorded: Projected, affected: set[int], limits: Limits
) -> set[int]:
    """Those of the affected claims that stay on their lists, with the conflicts and circles that are materialized of
    them. How many origins they have may change, and so may their flags."""
    if not _only_adds(recorded):
        return set()
    claims = _plain_claims(connection, affected, least=limits.assertions_of_a_steady_claim)
    if not claims:
        return set()
    loader = ClaimGraphLoader(connection)
    names = conflicts.issue_names(loader.graph_of_assertions_among_competing_claims(claims, ()))
    listed_on = lists.lists_of(connection, names)
    stale = {issue for claim, issue in names.items() if lists.STALE in listed_on[claim]}
    claims = {claim for claim in claims if claim in names and names[claim] not in stale}
    new = {row["key"] for row in recorded.rows.get(tables.assertion, ()) if row["claim"] in claims}
    conflicts_about = lists.conflicts_about(connection, {names[claim] for claim in claims})
    shown = {one for found in conflicts_about.values() for conflict in found for one in conflict[-2:]}
    graph = loader.graph_of_assertions_among_competing_claims(claims, {*new, *shown})
    facts = graph.facts
    if facts.claim_links or facts.entity_links or facts.attribute_order or facts.dated_links:
        return set()
    check = _SteadyCheck(
        connection, graph, issue_names=names, listed_on=listed_on, conflicts_about=conflicts_about, new=new
    )
    return {claim for claim in claims if check.is_steady(claim)}


def _only_adds(recorded: Projected) -> bool:
    """Whether the commit describes nothing anew, and refers to what was there before by new assertions alone."""
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


def _plain_claims(connection: Connection, claims: Iterable[int], *, least: int) -> set[int]:
    """Those of the claims that were plain when they were last refreshed, with so many assertions at least."""
    found: set[int] = set()
    for chunk in chunked(sorted(claims)):
        table = tables.standing
        query = select(table.c.claim).where(table.c.claim.in_(chunk), table.c.plain_assertions >= least)
        found.update(connection.execute(query).scalars())
    return found


class _SteadyCheck:
    """Whether claims are steady, by the new assertions on them and those of the conflicts about their issues."""

    def __init__(
        self,
        connection: Connection,
        graph: ClaimGraph,
        *,
        issue_names: dict[int, int],
        listed_on: dict[int, set[str]],
        conflicts_about: dict[int, list[ConflictKeys]],
        new: set[int],
    ) -> None:
        self._connection = connection
        self._graph = graph
        self._issue_names = issue_names
        self._listed_on = listed_on
        self._conflicts = conflicts_about
        self._first_new = min(new, default=0)
        self._new: dict[int, list[int]] = defaultdict(list)
        for one in sorted(new & graph.live):
            self._new[graph.claim_of(one)].append(one)
        self._claims_about: dict[int, list[int]] = defaultdict(list)
        for claim, issue in sorted(issue_names.items()):
            self._claims_about[issue].append(claim)

    def is_steady(self, claim: int) -> bool:
        issue, listed_on = self._issue_names[claim], self._listed_on[claim]
        return (
            all(self._graph.claims.nature(other) == "factual" for other in self._claims_about[issue])
            and listed_on.isdisjoint(UNSUPPORTED_KINDS)
            and self._keeps_its_grade(claim)
            and self._keeps_its_conflicts(claim, issue)
            and (candidates.CHANGED in listed_on or not changes(self._graph, claim))
            and not self._has_a_new_loop(claim)
        )

    def _keeps_its_grade(self, claim: int) -> bool:
        graph, new = self._graph, self._new[claim]
        grounded = [one for one in new if graph.evidence_shown(one) or graph.is_first_hand(one)]
        return all(
            graph.agents.bears_one_name(graph.agent_of(one)) and len(graph.evidence_shown(one)) <= 1
            for one in grounded
        ) and not self._takes_back(claim, new)

    def _takes_back(self, claim: int, new: list[int]) -> bool:
        """Whether an older affirmation may be no origin any more: its agent denies the claim now; or it was only known
        through others, and its agent's own words are observed now."""
        graph, assertion = self._graph, tables.assertion
        mention, document = tables.mention, tables.document
        observed = (
            exists()
            .where(mention.c.assertion == assertion.c.key)
            .where(or_(mention.c.document.is_(None), self._is_own(mention, document)))
        )
        affirmed = and_(
            assertion.c.claim == claim, assertion.c.key < self._first_new, assertion.c.stance == "affirm"
        )
        denying = {graph.facts.assertions[one].agent for one in new if graph.stance(one) == Stance.DENY}
        own = {graph.facts.assertions[one].agent for one in new if one in graph.facts.observed}
        query = select(
            or_(
                exists().where(affirmed, assertion.c.agent.in_(denying)),
                exists().where(affirmed, assertion.c.agent.in_(own), ~observed),
            )
        )
        return bool(self._connection.execute(query).scalar())

    @staticmethod
    def _is_own(mention: Table, document: Table) -> ColumnElement[bool]:
        """Whether a mention is in a document of the assertion's own agent."""
        return exists().where(
            document.c.key == mention.c.document, document.c.outlet == tables.assertion.c.agent
        )

    def _keeps_its_conflicts(self, claim: int, issue: int) -> bool:
        graph, listed_on = self._graph, self._listed_on[issue]
        found = self._conflicts.get(issue, [])
        taking = [one for one in self._new[claim] if graph.stance(one) in _POSITIONS]
        if not taking:
            return True
        if listed_on & _CONFLICT_LISTS and not found:
            return False  # there are too many to be materialized
        holders = {graph.holder(one) for one in taking}
        if any(graph.holder(one) in holders for conflict in found for one in conflict[-2:]):
            return False
        excluding = self._excluding(claim, taking)
        if not excluding:
            return True
        best = {(conflict.kind, frozenset((conflict.a, conflict.b))): conflict for conflict in found}
        return (
            lists.SELF_CONTRADICTION not in listed_on
            and all(self._is_best(best.get(key), strength) for key, strength in excluding.items())
            and not self._may_contradict_themselves(
                claim, taking, {one for _, pair in excluding for one in pair}
            )
        )

    def _is_best(self, conflict: ConflictKeys | None, strength: int) -> bool:
        """Whether a conflict is as strong as it can be, so that no assertion recorded later takes its place."""
        if conflict is None or conflict.strength != strength:
            return False
        return all(self._graph.certainty(one) == Certainty.CERTAIN for one in conflict[-2:])

    def _has_a_new_loop(self, claim: int) -> bool:
        new = self._new[claim]
        return any(one in new for loop in feedback_loops(self._graph, claim) for one in loop.assertions)

    def _excluding(self, claim: int, taking: list[int]) -> dict[tuple[str, frozenset[int]], int]:
        """What excludes the claim, and how strongly at most: the claim itself, where anybody denies it, and other
        values of its issue."""
        graph, found = self._graph, {}
        if any(graph.stance(one) == Stance.DENY for one in taking) or self._is_denied(claim):
            found["polarity", frozenset((claim,))] = DEFINITE
        for other in self._claims_about[self._issue_names[claim]]:
            strength = 0 if other == claim else exclusion(graph, claim, other)
            if strength:
                found["value", frozenset((claim, other))] = strength
        return found

    def _is_denied(self, claim: int) -> bool:
        """`deny` stands in the statement itself: else the database does not use the index of denials."""
        assertion = tables.assertion
        denied = exists().where(assertion.c.claim == claim, assertion.c.stance == literal_column("'deny'"))
        return bool(self._connection.execute(select(denied)).scalar())

    def _may_contradict_themselves(self, claim: int, taking: list[int], excluding: set[int]) -> bool:
        """Whether anybody who takes a new position said something that excludes it, before or in this commit."""
        graph, assertion = self._graph, tables.assertion
        stances = {graph.stance(one) for one in taking}
        if len(stances) > 1:
            return True
        holders = {graph.holder(one) for one in taking}
        agents = sorted(
            agent for agent in graph.facts.agents if graph.agents.holder_of_agent(agent) in holders
        )
        otherwise = or_(
            assertion.c.claim.in_(excluding - {claim}),
            and_(assertion.c.claim == claim, assertion.c.stance.in_(_POSITIONS - stances)),
        )
        return any(
            self._connection.execute(select(exists().where(assertion.c.agent.in_(chunk), otherwise))).scalar()
            for chunk in chunked(agents)
        )
