"""From a world's keys to the values of answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from provenance.answers.values import (
    Accusation,
    AgentSummary,
    AmendmentNote,
    AssertionSummary,
    Chain,
    Change,
    Circle,
    ClaimSummary,
    Conflict,
    DocumentSummary,
    EvidenceNote,
    Request,
    SelfContradiction,
    Support,
    Trace,
    Verdict,
    Version,
)
from provenance.loading.row_queries import AssessmentFound
from provenance.loading.versions import VersionRow
from provenance.rules import changes as change_rules
from provenance.rules import circular as circular_rules
from provenance.rules import conflicts as conflict_rules
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.exclusion import STRENGTH_NAMES
from provenance.rules.facts import AmendmentRow, DocumentRow
from provenance.rules.reply import ReplyKeys
from provenance.rules.self_contradictions import SelfContradictionKeys
from provenance.rules.support import Standing
from provenance.values.ids import RecordId
from provenance.values.times import from_microseconds
from provenance.values.vocabulary import Stance

MAX_CHAINS = 100
"""Chains shown of one claim: their number can double with every relay. All assertions on it stand in some chain, or
can be asked for by `explain`."""


class AnswerBuilder:
    """Tells what was found in one world."""

    def __init__(self, graph: ClaimGraph) -> None:
        self._graph = graph
        self._assertion: dict[int, AssertionSummary] = {}
        self._parties: dict[int, AgentSummary] = {}

    def claim(self, key: int) -> ClaimSummary:
        row = self._graph.facts.claims[key]
        return ClaimSummary(_id(row.id), row.text, row.nature)

    def agent(self, key: int) -> AgentSummary:
        """A class of agents, by the name that a merge pointed to."""
        if key not in self._parties:
            row = self._graph.facts.agents[self._graph.agents.shown_as(key)]
            self._parties[key] = AgentSummary(_id(row.id), row.label, row.kind, row.naming)
        return self._parties[key]

    def _agent_or_none(self, key: int | None) -> AgentSummary | None:
        return (
            self.agent(self._graph.agents.classes[key])
            if key in self._graph.facts.agents and key is not None
            else None
        )

    def assertion(self, key: int) -> AssertionSummary:
        if key not in self._assertion:
            self._assertion[key] = self._build(key)
        return self._assertion[key]

    def _build(self, key: int) -> AssertionSummary:
        graph, row = self._graph, self._graph.facts.assertions[key]
        return AssertionSummary(
            id=_id(row.id),
            agent=self.agent(graph.agents.classes[row.agent]),
            claim=_id(graph.facts.claims[graph.claim_of(key)].id),
            stance=row.stance,
            certainty=graph.certainty(key),
            basis=row.basis,
            said_at=from_microseconds(row.said),
            is_dated=key not in graph.facts.undated,
            evidence=tuple(
                EvidenceNote(
                    _id(note.id),
                    note.kind,
                    note.present,
                    note.item,
                    self._agent_or_none(note.noted_by),
                )
                for note in graph.facts.evidence.get(key, ())
            ),
            amendments=tuple(self._amendment(one) for one in graph.facts.amendments.get(key, ())),
            is_live=key in graph.live,
            terms=row.terms,
        )

    def _amendment(self, row: AmendmentRow) -> AmendmentNote:
        return AmendmentNote(
            _id(row.id),
            row.kind,
            self.agent(self._graph.agents.classes[row.by]),
            from_microseconds(row.at),
            row.note,
            row.replaced_by,
        )

    def conflict(self, issue: int, conflict: conflict_rules.ConflictKeys) -> Conflict:
        return Conflict(
            kind=conflict.kind,
            a=self.claim(conflict.a),
            b=self.claim(conflict.b),
            strength=STRENGTH_NAMES[conflict.strength],
            a_assertion=self.assertion(conflict.a_assertion),
            b_assertion=self.assertion(conflict.b_assertion),
            issue=self.claim(issue).id,
        )

    def self_contradiction(self, found: SelfContradictionKeys) -> SelfContradiction:
        return SelfContradiction(
            holder=self.agent(found.holder),
            kind=found.kind,
            a=self.claim(found.a),
            b=self.claim(found.b),
            when=found.when,
            a_assertion=self.assertion(found.a_assertion),
            b_assertion=self.assertion(found.b_assertion),
        )

    def circle(self, found: circular_rules.CircleKeys) -> Circle:
        return Circle(
            kind=found.kind,
            claim=self.claim(found.claim),
            agent=None if found.agent is None else self.agent(found.agent),
            assertions=tuple(self.assertion(one) for one in found.assertions),
            chains=tuple(chain for one in found.assertions for chain in self._chains_from(one, MAX_CHAINS)),
        )

    def change(self, found: change_rules.ChangeKeys) -> Change:
        return Change(
            found.kind, self.claim(found.claim), self.assertion(found.earlier), self.assertion(found.later)
        )

    def accusation(self, found: ReplyKeys) -> Accusation:
        return Accusation(
            claim=self.claim(found.claim),
            accused=self.agent(found.accused),
            position=found.position,
            accusers=tuple(self.assertion(one) for one in found.accusers),
            responses=tuple(self.assertion(one) for one in found.responses),
            requests=tuple(
                Request(
                    _id(one.id),
                    from_microseconds(one.asked_at),
                    self._agent_or_none(one.asked_by),
                    None if one.deadline is None else from_microseconds(one.deadline),
                )
                for one in found.requests
            ),
        )

    def document(self, row: DocumentRow) -> DocumentSummary:
        outlet = self.agent(self._graph.agents.classes[row.outlet])
        return DocumentSummary(_id(row.id), outlet, row.title, row.url)

    def version(self, found: VersionRow, ids: dict[int, bytes]) -> Version:
        row = found.document
        return Version(
            document=self.document(row),
            supersedes=None if row.supersedes is None else _id(ids[row.supersedes]),
            change=found.change,
            change_note=row.change_note,
            amendments=tuple(
                AmendmentNote(
                    _id(one.id),
                    one.kind,
                    self.agent(self._graph.agents.classes[one.by]),
                    from_microseconds(one.at),
                    one.note,
                    None,
                )
                for one in found.amendments
            ),
            published_at=None if row.published_hi is None else from_microseconds(row.published_hi),
        )

    def verdict(self, row: AssessmentFound) -> Verdict:
        classes = self._graph.claims.classes
        return Verdict(
            id=_id(row.id),
            claim=self.claim(classes[row.claim]),
            words=row.verdict,
            by=self.agent(self._graph.agents.classes[row.by]),
            at=None if row.at is None else from_microseconds(row.at),
            url=row.url,
            against=None if row.against is None else self.claim(classes[row.against]),
        )

    def support(self, claim: int, found: Standing) -> Support:
        return Support(
            claim=self.claim(claim),
            grade=found.grade,
            lo=found.lo,
            hi=found.hi,
            flags=found.flags,
            origins=tuple(self.assertion(one) for one in found.origins),
            independent=tuple(self.assertion(one) for one in found.independent),
            amended=tuple(
                self.assertion(one)
                for one in self._graph.on_claim(claim)
                if one in self._graph.facts.amendments and self._graph.stance(one) == Stance.AFFIRM
            ),
            chains=self.chains(self._graph.on_claim(claim), only_live=True),
        )

    def trace(self, claim: int, assertions: Iterable[int], *, only_live: bool) -> Trace:
        return Trace(self.claim(claim), self.chains(assertions, only_live=only_live))

    def chains(
        self, assertions: Iterable[int], *, only_live: bool, last: int | None = None
    ) -> tuple[Chain, ...]:
        """The ways down from those of the assertions that none of the others rests on; loops are cut. With `last` from
        none recorded after it: there may be more after it, of which nothing is known."""
        graph = self._graph
        ones = [one for one in assertions if not only_live or one in graph.live]
        below = {parent for one in ones for parent in graph.parents(one)}
        tops = [one for one in ones if one not in below and (last is None or one <= last)]
        if not tops and last is None:
            tops = ones[:1]
        found: list[Chain] = []
        for top in tops:
            if len(found) == MAX_CHAINS:
                break
            found.extend(self._chains_from(top, MAX_CHAINS - len(found)))
        return tuple(found)

    def _chains_from(self, top: int, most: int) -> Iterator[Chain]:
        paths: list[tuple[int, ...]] = [(top,)]
        while paths and most > 0:
            path = paths.pop()
            parents = [parent for parent in sorted(self._graph.parents(path[-1])) if parent not in path]
            if parents:
                paths.extend((*path, parent) for parent in reversed(parents))
            else:
                most -= 1
                yield self._chain(path[::-1])

    def _chain(self, path: tuple[int, ...]) -> Chain:
        relays = [
            self._graph.facts.relays[later, earlier, True] for earlier, later in itertools.pairwise(path)
        ]
        return Chain(tuple(self.assertion(one) for one in path), tuple(map(_id, relays)))


def _id(digest: bytes) -> RecordId:
    return RecordId(digest.hex())
