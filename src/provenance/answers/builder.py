"""From a world's keys to the values of answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from provenance.answers.values import (
    Accusation,
    AmendmentNote,
    Carrier,
    Chain,
    Change,
    Circle,
    EvidenceNote,
    Finding,
    Party,
    Request,
    SelfContradiction,
    Stated,
    Support,
    Terms,
    Told,
    Trace,
    Verdict,
    Version,
)
from provenance.loading.row_queries import AssessmentFound, DocumentFound
from provenance.loading.versions import VersionRow
from provenance.rules import changes as change_rules
from provenance.rules import circular as circular_rules
from provenance.rules import conflicts as conflict_rules
from provenance.rules.claim_graph import AmendmentRow, World
from provenance.rules.reply import Reply
from provenance.rules.support import Standing
from provenance.values.ids import RecordId
from provenance.values.times import from_microseconds
from provenance.values.vocabulary import Stance

MAX_CHAINS = 100
"""Chains shown of one claim: their number can double with every relay. All assertions on it stand in some chain, or
can be asked for by `explain`."""


class Teller:
    """Tells what was found in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._told: dict[int, Told] = {}
        self._parties: dict[int, Party] = {}

    def claim(self, key: int) -> Stated:
        row = self._world.claims[key]
        return Stated(_id(row.id), row.text, row.nature)

    def party(self, key: int) -> Party:
        """A class of agents, by the name that a merge pointed to."""
        if key not in self._parties:
            row = self._world.agents[self._world.face_of(key)]
            self._parties[key] = Party(_id(row.id), row.label, row.kind, row.naming)
        return self._parties[key]

    def _party_or_none(self, key: int | None) -> Party | None:
        return (
            self.party(self._world.agent_classes[key])
            if key in self._world.agents and key is not None
            else None
        )

    def told(self, key: int) -> Told:
        if key not in self._told:
            self._told[key] = self._tell(key)
        return self._told[key]

    def _tell(self, key: int) -> Told:
        world, row = self._world, self._world.assertions[key]
        return Told(
            id=_id(row.id),
            agent=self.party(world.agent_classes[row.agent]),
            claim=_id(world.claims[world.claim_of(key)].id),
            stance=row.stance,
            certainty=world.certainty(key),
            basis=row.basis,
            said_at=from_microseconds(row.said),
            is_dated=key not in world.undated,
            evidence=tuple(
                EvidenceNote(
                    _id(note.id),
                    note.kind,
                    note.present,
                    note.item,
                    self._party_or_none(note.noted_by),
                )
                for note in world.evidence.get(key, ())
            ),
            amendments=tuple(self._amendment(one) for one in world.amendments.get(key, ())),
            is_live=key in world.live,
            terms=None if row.terms is None else Terms(*row.terms),
        )

    def _amendment(self, row: AmendmentRow) -> AmendmentNote:
        return AmendmentNote(
            _id(row.id),
            row.kind,
            self.party(self._world.agent_classes[row.by]),
            from_microseconds(row.at),
            row.note,
            row.replaced_by,
        )

    def finding(self, matter: int, clash: conflict_rules.Clash) -> Finding:
        return Finding(
            kind=clash.kind,
            a=self.claim(clash.a),
            b=self.claim(clash.b),
            strength=conflict_rules.STRENGTH_NAMES[clash.strength],
            a_told=self.told(clash.a_assertion),
            b_told=self.told(clash.b_assertion),
            matter=self.claim(matter).id,
        )

    def self_contradiction(self, found: conflict_rules.SelfContradiction) -> SelfContradiction:
        return SelfContradiction(
            holder=self.party(found.holder),
            kind=found.kind,
            a=self.claim(found.a),
            b=self.claim(found.b),
            when=found.when,
            a_told=self.told(found.a_assertion),
            b_told=self.told(found.b_assertion),
        )

    def circle(self, found: circular_rules.Circle) -> Circle:
        return Circle(
            kind=found.kind,
            claim=self.claim(found.claim),
            agent=None if found.agent is None else self.party(found.agent),
            told=tuple(self.told(one) for one in found.assertions),
            chains=tuple(chain for one in found.assertions for chain in self._chains_from(one, MAX_CHAINS)),
        )

    def change(self, found: change_rules.Change) -> Change:
        return Change(found.kind, self.claim(found.claim), self.told(found.earlier), self.told(found.later))

    def accusation(self, found: Reply) -> Accusation:
        return Accusation(
            claim=self.claim(found.claim),
            accused=self.party(found.accused),
            position=found.position,
            accusers=tuple(self.told(one) for one in found.accusers),
            responses=tuple(self.told(one) for one in found.responses),
            requests=tuple(
                Request(
                    _id(one.id),
                    from_microseconds(one.asked_at),
                    self._party_or_none(one.asked_by),
                    None if one.deadline is None else from_microseconds(one.deadline),
                )
                for one in found.requests
            ),
        )

    def carrier(self, row: DocumentFound) -> Carrier:
        outlet = self.party(self._world.agent_classes[row.outlet])
        return Carrier(_id(row.id), outlet, row.title, row.url)

    def version(self, found: VersionRow, ids: dict[int, bytes]) -> Version:
        row = found.document
        return Version(
            document=self.carrier(row),
            supersedes=None if row.supersedes is None else _id(ids[row.supersedes]),
            change=found.change,
            change_note=row.change_note,
            amendments=tuple(
                AmendmentNote(
                    _id(one.id),
                    one.kind,
                    self.party(self._world.agent_classes[one.by]),
                    from_microseconds(one.at),
                    one.note,
                    None,
                )
                for one in found.amendments
            ),
            published_at=None if row.published_hi is None else from_microseconds(row.published_hi),
        )

    def verdict(self, row: AssessmentFound) -> Verdict:
        classes = self._world.claim_classes
        return Verdict(
            id=_id(row.id),
            claim=self.claim(classes[row.claim]),
            words=row.verdict,
            by=self.party(self._world.agent_classes[row.by]),
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
            origins=tuple(self.told(one) for one in found.origins),
            independent=tuple(self.told(one) for one in found.independent),
            amended=tuple(
                self.told(one)
                for one in self._world.by_claim.get(claim, ())
                if one in self._world.amendments and self._world.assertions[one].stance == Stance.AFFIRM
            ),
            chains=self.chains(self._world.by_claim.get(claim, ()), only_live=True),
        )

    def trace(self, claim: int, assertions: Iterable[int], *, only_live: bool) -> Trace:
        return Trace(self.claim(claim), self.chains(assertions, only_live=only_live))

    def chains(
        self, assertions: Iterable[int], *, only_live: bool, last: int | None = None
    ) -> tuple[Chain, ...]:
        """The ways down from those of the assertions that none of the others rests on; loops are cut. With `last` from
        none recorded after it: there may be more after it, of which nothing is known."""
        world = self._world
        ones = [one for one in assertions if not only_live or one in world.live]
        below = {parent for one in ones for parent in world.parents(one)}
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
            parents = [parent for parent in sorted(self._world.parents(path[-1])) if parent not in path]
            if parents:
                paths.extend((*path, parent) for parent in reversed(parents))
            else:
                most -= 1
                yield self._chain(path[::-1])

    def _chain(self, path: tuple[int, ...]) -> Chain:
        relays = [self._world.relays[later, earlier, True] for earlier, later in itertools.pairwise(path)]
        return Chain(tuple(self.told(one) for one in path), tuple(map(_id, relays)))


def _id(digest: bytes) -> RecordId:
    return RecordId(digest.hex())
