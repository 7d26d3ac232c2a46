"""AnswerBuilder: makes the values of answers from a claim graph, whose rows are known by their keys in the index."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from provenance.answers.accusations import Accusation, Request
from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AmendmentNote, AssertionSummary, EvidenceNote, MentionNote
from provenance.answers.assessments import Verdict
from provenance.answers.chains import Chain, Trace
from provenance.answers.changes import Change
from provenance.answers.circular import Circle
from provenance.answers.claims import ClaimSummary
from provenance.answers.conflicts import Conflict, SelfContradiction
from provenance.answers.documents import DocumentSummary, Version
from provenance.answers.support import Impact, Support
from provenance.loading.row_queries import AmendmentFound, AssessmentFound
from provenance.loading.versions import VersionKeys
from provenance.rules import changes as change_rules
from provenance.rules import circular as circular_rules
from provenance.rules import conflicts as conflict_rules
from provenance.rules import ground_rules
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import reachable
from provenance.rules.facts import AmendmentRow, DocumentRow, EvidenceRow, MentionRow, RequestRow
from provenance.rules.impact import ImpactKeys
from provenance.rules.reply import ReplyKeys
from provenance.rules.self_contradictions import SelfContradictionKeys
from provenance.rules.strengths import STRENGTH_NAMES
from provenance.rules.support import Standing
from provenance.values.ids import RecordId
from provenance.values.instants import from_microseconds
from provenance.values.vocabulary import Stance

MAX_CHAINS = 100
"""Chains of one claim in an answer. There can be twice as many with every relay that an assertion has more, so that all
of them would fill the memory."""


class AnswerBuilder:
    """Builds answers from one claim graph. Each agent and each assertion is built once, and shared by the answers."""

    def __init__(self, graph: ClaimGraph) -> None:
        self._graph = graph
        self._assertions: dict[int, AssertionSummary] = {}
        self._agents: dict[int, AgentSummary] = {}

    # Claims, agents, assertions and documents -------------------------------------------------------------------

    def claim(self, key: int) -> ClaimSummary:
        row = self._graph.facts.claims[key]
        return ClaimSummary(_id(row.id), row.text, row.nature)

    def agent(self, key: int) -> AgentSummary:
        """A class of merged agents, as the one that the merge points to; `key` is that of the class."""
        if key not in self._agents:
            row = self._graph.facts.agents[self._graph.agents.shown_as(key)]
            self._agents[key] = AgentSummary(_id(row.id), row.label, row.kind, row.naming)
        return self._agents[key]

    def _class_of(self, agent: int) -> AgentSummary:
        """The class that an agent belongs to."""
        return self.agent(self._graph.agents.classes[agent])

    def _class_or_none(self, agent: int | None) -> AgentSummary | None:
        """None where no agent was recorded, or the agent was withdrawn."""
        return None if agent is None or agent not in self._graph.facts.agents else self._class_of(agent)

    def assertion(self, key: int) -> AssertionSummary:
        if key not in self._assertions:
            self._assertions[key] = self._built(key)
        return self._assertions[key]

    def _built(self, key: int) -> AssertionSummary:
        row = self._graph.facts.assertions[key]
        return AssertionSummary(
            id=_id(row.id),
            agent=self._class_of(row.agent),
            claim=_id(self._graph.facts.claims[self._graph.claim_of(key)].id),
            stance=row.stance,
            certainty=self._graph.certainty(key),
            basis=row.basis,
            said_at=from_microseconds(row.said),
            is_dated=key not in self._graph.facts.undated,
            evidence=tuple(map(self._evidence, self._graph.facts.evidence.get(key, ()))),
            amendments=self._amendments_of(key),
            is_live=key in self._graph.live,
            ground_rule=row.ground_rule,
            embargo_until=None if row.embargo_until is None else from_microseconds(row.embargo_until),
            is_publishable=ground_rules.is_publishable(row, self._graph.facts.asked_at),
            mentions=tuple(map(self._mention, self._graph.facts.mentions.get(key, ()))),
            carried_by=tuple(map(self.agent, self._carriers(key))),
            rests_on_amended=tuple(note for below in self._below(key) for note in self._amendments_of(below)),
        )

    def _amendments_of(self, assertion: int) -> tuple[AmendmentNote, ...]:
        """What took the assertion back, or another that it falls with."""
        facts = self._graph.facts
        claim = facts.claims[facts.assertions[assertion].claim]
        return tuple(
            self._amendment(one, claim.text, one.replaced_by) for one in self._graph.amended_by(assertion)
        )

    def _evidence(self, row: EvidenceRow) -> EvidenceNote:
        noted_by = self._class_or_none(row.noted_by)
        debunked = tuple(
            self._amendment(one, None, None) for one in self._graph.facts.debunked.get(row.key, ())
        )
        return EvidenceNote(_id(row.id), row.kind, row.present, row.item, noted_by, debunked)

    def _mention(self, row: MentionRow) -> MentionNote:
        facts = self._graph.facts
        outlet = None if row.document is None else self._class_or_none(facts.outlets.get(row.document))
        document = None if row.document is None else _id(facts.documents[row.document])
        return MentionNote(
            outlet,
            document,
            row.quote,
            row.quote_type,
            row.language,
            row.translated,
            row.translated_by,
        )

    def _amendment(
        self, row: AmendmentRow | AmendmentFound, replaced: str | None, replaced_by: str | None
    ) -> AmendmentNote:
        at, by = from_microseconds(row.at), self._class_of(row.by)
        return AmendmentNote(_id(row.id), row.kind, by, at, row.note, replaced, replaced_by)

    def _carriers(self, assertion: int) -> list[int]:
        """The outlets of the documents in which it, or what rests on it, was found, in the order of recording."""
        facts, classes = self._graph.facts, self._graph.agents.classes
        found = {
            (row.key, classes[facts.outlets[row.document]])
            for one in reachable([assertion], lambda key: self._resting.get(key, ()))
            for row in facts.mentions.get(one, ())
            if row.document is not None and facts.outlets.get(row.document) in facts.agents
        }
        return list(dict.fromkeys(outlet for _, outlet in sorted(found)))

    @cached_property
    def _resting(self) -> dict[int, list[int]]:
        """By assertion those that rest on it."""
        found: dict[int, list[int]] = defaultdict(list)
        for later in self._graph.facts.assertions:
            for earlier in self._graph.parents(later):
                found[earlier].append(later)
        return found

    def _below(self, assertion: int) -> list[int]:
        """All that it rests on, in the order of recording."""
        parents = self._graph.parents(assertion)
        return sorted(reachable(parents, self._graph.parents) - {assertion}) if parents else []

    def document(self, row: DocumentRow) -> DocumentSummary:
        return DocumentSummary(_id(row.id), self._class_of(row.outlet), row.title, row.url)

    def version(self, found: VersionKeys, ids: dict[int, bytes]) -> Version:
        """`ids` holds the id of the version before it, by its key."""
        row = found.document
        return Version(
            document=self.document(row),
            supersedes=None if row.supersedes is None else _id(ids[row.supersedes]),
            change=found.change,
            change_note=row.change_note,
            amendments=tuple(
                self._amendment(one, *found.words.get(one.key, (None, None))) for one in found.amendments
            ),
            published_at=None if row.published_hi is None else from_microseconds(row.published_hi),
        )

    # What the rules found ---------------------------------------------------------------------------------------

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
            requests=tuple(map(self._request, found.requests)),
        )

    def _request(self, row: RequestRow) -> Request:
        deadline = None if row.deadline is None else from_microseconds(row.deadline)
        return Request(
            _id(row.id), from_microseconds(row.asked_at), self._class_or_none(row.asked_by), deadline
        )

    def verdict(self, row: AssessmentFound) -> Verdict:
        classes = self._graph.claims.classes
        return Verdict(
            id=_id(row.id),
            claim=self.claim(classes[row.claim]),
            words=row.verdict,
            by=self._class_of(row.by),
            at=None if row.at is None else from_microseconds(row.at),
            url=row.url,
            against=None if row.against is None else self.claim(classes[row.against]),
        )

    def impact(self, found: ImpactKeys, documents: tuple[DocumentSummary, ...]) -> Impact:
        lost, weakened, unaffected = (tuple(map(self.claim, keys)) for keys in found)
        return Impact(lost, weakened, unaffected, documents)

    def support(self, claim: int, found: Standing) -> Support:
        on_claim = self._graph.on_claim(claim)
        return Support(
            claim=self.claim(claim),
            grade=found.grade,
            lo=found.lo,
            hi=found.hi,
            flags=found.flags,
            origins=tuple(self.assertion(one) for one in found.origins),
            independent=tuple(self.assertion(one) for one in found.independent),
            amended=tuple(self.assertion(one) for one in on_claim if self._is_amended_affirmation(one)),
            chains=self.chains(on_claim, only_live=True),
        )

    def _is_amended_affirmation(self, assertion: int) -> bool:
        row = self._graph.facts.assertions[assertion]
        return row.stance == Stance.AFFIRM and bool(self._graph.amended_by(assertion))

    # Chains -----------------------------------------------------------------------------------------------------

    def trace(self, claim: int, assertions: Iterable[int], *, only_live: bool) -> Trace:
        return Trace(self.claim(claim), self.chains(assertions, only_live=only_live))

    def chains(
        self, assertions: Iterable[int], *, only_live: bool, last: int | None = None
    ) -> tuple[Chain, ...]:
        """The chains from each given assertion that no other given assertion rests on. A loop is cut where it closes.

        With `last` no chain begins at an assertion that was recorded after it: the graph does not hold everything that
        was, and so it may lack what rests on such an assertion.
        """
        shown = [one for one in assertions if not only_live or one in self._graph.live]
        below = {parent for one in shown for parent in self._graph.parents(one)}
        tops = [one for one in shown if one not in below and (last is None or one <= last)]
        if not tops and last is None:
            tops = shown[:1]  # they all rest on one another in a loop
        found: list[Chain] = []
        for top in tops:
            if len(found) == MAX_CHAINS:
                break
            found.extend(self._chains_from(top, MAX_CHAINS - len(found)))
        return tuple(found)

    def _chains_from(self, top: int, most: int) -> Iterator[Chain]:
        """Up to so many chains from an assertion down, in the order of recording at every fork."""
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
        steps = ((later, earlier, True) for earlier, later in itertools.pairwise(path))
        known = self._graph.facts.relays
        relays = [known[step] for step in steps if step in known]  # an echo rests on its own without a relay
        return Chain(tuple(self.assertion(one) for one in path), tuple(map(_id, relays)))


def _id(digest: bytes) -> RecordId:
    return RecordId(digest.hex())
