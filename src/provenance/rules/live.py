"""Live assertions: what counts of the facts, and what was said there.

The first of the derived sets of docs/semantics.md#semantics-derived-sets; `claim_graph` has those that follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Self

from provenance.rules.agents import ResolvedAgents
from provenance.rules.amendments import Amended
from provenance.rules.claims import ResolvedClaims
from provenance.rules.classes import reachable
from provenance.rules.documents import FoundIn
from provenance.rules.facts import AmendmentRow, EvidenceRow, Facts, RequestRow
from provenance.values.vocabulary import FIRST_HAND, Basis, Certainty, Stance

FIRST_HAND_BASES = frozenset(basis.value for basis in FIRST_HAND)

SHOWN_BASES = frozenset((Basis.DOCUMENT.value, Basis.DATA.value))
"""First-hand bases that are worth what is shown for them: with all of it debunked, they are none."""

CERTAINTY_WEIGHT = {
    Certainty.CERTAIN.value: 3,
    Certainty.PROBABLE.value: 2,
    Certainty.POSSIBLE.value: 1,
    Certainty.UNSPECIFIED.value: 0,
}
"""docs/semantics.md#rule-strength."""

Parents = Callable[[int], Sequence[int]]
"""What an assertion rests on directly."""


class Resolved:
    """What all graphs of the same facts share, whichever assertions are left out."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.agents = ResolvedAgents(facts)
        self.claims = ResolvedClaims(facts)
        self.found_in = FoundIn(facts, self.agents)
        self.amended = Amended(facts, self.agents, self.claims, self.found_in)

    @cached_property
    def parents(self) -> dict[int, list[int]]:
        assertions = self._facts.assertions
        return {
            one: sorted(parent for parent in parents if parent in assertions)
            for one, parents in self._facts.stated.items()
        }

    @cached_property
    def by_claim(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for key in sorted(self._facts.assertions):
            found[self.claims.of(key)].append(key)
        return found

    @cached_property
    def accused(self) -> dict[int, list[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for claim, agent in self._facts.accused:
            if agent in self._facts.agents:
                found[self.claims.classes[claim]].add(self.agents.classes[agent])
        return {claim: sorted(agents) for claim, agents in found.items()}

    @cached_property
    def requests(self) -> dict[tuple[int, int], list[RequestRow]]:
        found: dict[tuple[int, int], list[RequestRow]] = defaultdict(list)
        for row in sorted(self._facts.requests, key=lambda row: (row.asked_at, row.key)):
            found[self.claims.classes[row.claim], self.agents.classes[row.accused]].append(row)
        return found


class LiveAssertions:
    """The assertions of some facts, as if those of `without` were amended.

    Assertions are given by their keys, claims and agents by the keys of their classes. Lists are in the order of
    recording.
    """

    def __init__(
        self, facts: Facts, without: frozenset[int] = frozenset(), *, resolved: Resolved | None = None
    ) -> None:
        self.facts = facts
        self._without = without
        self._resolved = resolved or Resolved(facts)
        self.agents = self._resolved.agents
        self.claims = self._resolved.claims
        self.found_in = self._resolved.found_in

    def without(self, assertions: Iterable[int]) -> Self:
        """Another graph of the same facts, as if these assertions were amended too."""
        return type(self)(self.facts, self._without.union(assertions), resolved=self._resolved)

    # What is live -------------------------------------------------------------------------------------------------

    def is_active(self, assertion: int) -> bool:
        """Within the bounds and not amended (docs/semantics.md#rule-active)."""
        return (
            assertion in self.facts.assertions
            and assertion not in self._resolved.amended.by_assertion
            and assertion not in self._without
        )

    def amended_by(self, assertion: int) -> Sequence[AmendmentRow]:
        """What took the assertion back: also where its agent took it back elsewhere (#rule-reach)."""
        return self._resolved.amended.by_assertion.get(assertion, ())

    def falls_with(self, target: int) -> Sequence[int]:
        """All that a retraction of an assertion by its agent, or of a document by its outlet, takes back."""
        return self._resolved.amended.falls_with(target)

    @cached_property
    def live(self) -> set[int]:
        """Active, and observed or reached from an observed active one through active ones (#rule-live,
        #rule-visible)."""
        seen = [one for one in self.facts.observed if self.is_active(one)]
        return reachable(
            seen, lambda one: (parent for parent in self.stated_parents(one) if self.is_active(parent))
        )

    def stated_parents(self, assertion: int) -> Sequence[int]:
        """The assertions that it rests on by stated relays, within the bounds, whatever has become of them."""
        return self._resolved.parents.get(assertion, ())

    def is_suspected_copy(self, assertion: int) -> bool:
        """Whether an inferred relay leads from it, whatever has become of its parent (#rule-suspected-copy)."""
        return bool(self.facts.inferred.get(assertion))

    # What was said ------------------------------------------------------------------------------------------------

    @property
    def asserted_claims(self) -> Collection[int]:
        """The claims that there is any assertion on, live or not."""
        return self._resolved.by_claim.keys()

    def on_claim(self, claim: int) -> Sequence[int]:
        """The assertions on a claim, live or not."""
        return self._resolved.by_claim.get(claim, ())

    def live_on(self, claim: int, *stances: str) -> list[int]:
        """The live assertions on a claim, of these stances or of any."""
        live, rows = self.live, self.facts.assertions
        found = [one for one in self.on_claim(claim) if one in live]
        return [one for one in found if rows[one].stance in stances] if stances else found

    def stance(self, assertion: int) -> str:
        return self.facts.assertions[assertion].stance

    def said(self, assertion: int) -> int:
        """The moment as which the time of saying counts: its last."""
        return self.facts.assertions[assertion].said

    def agent_of(self, assertion: int) -> int:
        return self.agents.of(assertion)

    def claim_of(self, assertion: int) -> int:
        return self.claims.of(assertion)

    def holder(self, assertion: int) -> int:
        return self.agents.holder(assertion)

    def joint_acts(self, claim: int) -> list[list[int]]:
        """The live assertions on a claim, or on what entails it, that were made in one act (#rule-joint-act)."""
        if not self.facts.joint_acts:
            return []
        specifics = self.claims.specifics(claim)
        acts = [
            [one for one in sorted(act) if one in self.live and self.claim_of(one) in specifics]
            for act in self.facts.joint_acts
        ]
        return [act for act in acts if len(act) > 1]

    # What was shown -----------------------------------------------------------------------------------------------

    def is_first_hand(self, assertion: int) -> bool:
        """Its basis is one of those that need no other evidence; an own act is one, but only for the act
        (#rule-own-act). A document or data basis all of whose items are debunked is none (#rule-debunked)."""
        basis = self.facts.assertions[assertion].basis
        if basis not in SHOWN_BASES or not self.facts.debunked:
            return basis in FIRST_HAND_BASES
        shown = [row for row in self.facts.evidence.get(assertion, ()) if row.present]
        return not shown or any(not self._is_debunked(row) for row in shown)

    def _is_debunked(self, row: EvidenceRow) -> bool:
        return row.present and row.key in self.facts.debunked

    def _evidence(self, assertion: int) -> Sequence[EvidenceRow]:
        """What was noted, without debunked items: they are none (#rule-debunked)."""
        rows = self.facts.evidence.get(assertion, ())
        return [row for row in rows if not self._is_debunked(row)] if self.facts.debunked else rows

    def evidence_shown(self, assertion: int) -> list[EvidenceRow]:
        """The evidence that was cited for it (#record-evidence), without what was debunked."""
        return [row for row in self._evidence(assertion) if row.present]

    def is_evidence_absent(self, assertion: int) -> bool:
        """Whether evidence was explicitly none: only its absence was noted."""
        return bool(self._evidence(assertion)) and not self.evidence_shown(assertion)

    # What carries a claim -----------------------------------------------------------------------------------------

    def is_carrying(self, assertion: int, parents: Parents) -> bool:
        """Whether an assertion carries its claim on (#rule-carried), by what each assertion rests on: it is a live
        relay, or a live affirmation that rests on another. Where its chain reaches assertions on the claim that are no
        relays, one of them affirms it."""
        stance = self.stance(assertion)
        if assertion not in self.live or stance not in (Stance.AFFIRM, Stance.RELAY):
            return False
        below = parents(assertion)
        if stance == Stance.AFFIRM and not (
            any(parent != assertion for parent in below)
            or self.facts.stated.get(assertion, frozenset()) - {assertion}
        ):
            return False
        claim = self.claim_of(assertion)
        stances = {self.stance(other) for other in reachable(below, parents) if self.claim_of(other) == claim}
        return not stances - {Stance.RELAY} or Stance.AFFIRM in stances

    def accused_by(self, claim: int) -> Sequence[int]:
        """The agents that a claim accuses."""
        return self._resolved.accused.get(claim, ())

    def requests_to(self, accused: int, claim: int) -> tuple[RequestRow, ...]:
        """What newsrooms asked an accused agent about a claim, the earliest first."""
        return tuple(self._resolved.requests.get((claim, accused), ()))


def latest(graph: LiveAssertions, assertions: Iterable[int]) -> list[int]:
    """Those said last; what was said at the same time stands side by side."""
    found = list(assertions)
    if len(found) <= 1:
        return found
    last = max(graph.said(one) for one in found)
    return [one for one in found if graph.said(one) == last]
