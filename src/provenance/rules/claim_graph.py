"""The claim graph: assertions on claims, joined by relays, with the derived sets of the law.

The rules of docs/semantics.md#semantics-derived-sets, each under its own name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from provenance.rules.agents import ResolvedAgents
from provenance.rules.claims import ResolvedClaims
from provenance.rules.classes import reachable
from provenance.rules.facts import EvidenceRow, Facts, RequestRow
from provenance.values.vocabulary import FIRST_HAND, Cardinality, Certainty, Stance, Temporal

FIRST_HAND_BASES = frozenset(basis.value for basis in FIRST_HAND)

CERTAINTY_WEIGHT = {
    Certainty.CERTAIN.value: 3,
    Certainty.PROBABLE.value: 2,
    Certainty.POSSIBLE.value: 1,
    Certainty.UNSPECIFIED.value: 0,
}
"""docs/semantics.md#rule-strength."""

POSITION_ORDER = ("deny", "affirm", "no_comment", "silence", "question", "none")
"""Of several positions the one that is given first. Only deny and affirm hold one; none is the lack of any."""

_TAKING, _QUIET, _NO_POSITION = POSITION_ORDER[:2], POSITION_ORDER[2:-1], POSITION_ORDER[-1]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ClaimGraph:
    """The claim graph over some facts, as if the assertions of `without` were amended.

    Assertions are given by their keys, claims and agents by the keys of their classes. Lists are in the order of
    recording.
    """

    def __init__(
        self, facts: Facts, without: frozenset[int] = frozenset(), *, resolved: _Resolved | None = None
    ) -> None:
        self.facts = facts
        self._without = without
        self._resolved = resolved or _Resolved(facts)
        self.agents = self._resolved.agents
        self.claims = self._resolved.claims

    def without(self, assertions: Iterable[int]) -> ClaimGraph:
        """Another graph of the same facts, as if these assertions were amended too."""
        return ClaimGraph(self.facts, self._without.union(assertions), resolved=self._resolved)

    # What is live -------------------------------------------------------------------------------------------------

    def is_active(self, assertion: int) -> bool:
        """Within the bounds and not amended (docs/semantics.md#rule-active)."""
        facts = self.facts
        return (
            assertion in facts.assertions
            and assertion not in facts.amendments
            and assertion not in self._without
        )

    @cached_property
    def live(self) -> set[int]:
        """Active, and observed or reached from an observed active one through active ones (#rule-live,
        #rule-visible)."""
        seen = [one for one in self.facts.observed if self.is_active(one)]
        return reachable(seen, lambda one: (parent for parent in self.parents(one) if self.is_active(parent)))

    def parents(self, assertion: int) -> Sequence[int]:
        """The assertions that it rests on by stated relays, within the bounds, whatever has become of them
        (#rule-origin-of-retracted-parents)."""
        return self._resolved.parents.get(assertion, ())

    def rests_on_another(self, assertion: int) -> bool:
        """Whether a stated relay leads from it, also to what is outside of the bounds or was amended."""
        return bool(self.facts.stated.get(assertion))

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

    def agent_of(self, assertion: int) -> int:
        return self.agents.of(assertion)

    def claim_of(self, assertion: int) -> int:
        return self.claims.of(assertion)

    def holder(self, assertion: int) -> int:
        return self.agents.holder(assertion)

    def certainty(self, assertion: int) -> str:
        """Its own; of a relay that does not state one, that of the surest assertion which it rests on."""
        rows = self.facts.assertions
        own = rows[assertion].certainty
        if own is not None:
            return own

        def unstated_from(one: int) -> Sequence[int]:
            return self.parents(one) if rows[one].certainty is None else ()

        found = [rows[one].certainty for one in reachable([assertion], unstated_from)]
        stated = [certainty for certainty in found if certainty is not None]
        return max(stated, key=CERTAINTY_WEIGHT.__getitem__, default=Certainty.CERTAIN.value)

    def is_first_hand(self, assertion: int) -> bool:
        """Its basis is one of those that need no other evidence; an own act is one, but only for the act
        (#rule-own-act)."""
        return self.facts.assertions[assertion].basis in FIRST_HAND_BASES

    def evidence_shown(self, assertion: int) -> list[EvidenceRow]:
        """The evidence that was cited for it (#record-evidence)."""
        return [row for row in self.facts.evidence.get(assertion, ()) if row.present]

    def is_evidence_absent(self, assertion: int) -> bool:
        """Whether evidence was explicitly none: only its absence was noted."""
        return bool(self.facts.evidence.get(assertion)) and not self.evidence_shown(assertion)

    # What carries a claim -----------------------------------------------------------------------------------------

    def is_origin(self, assertion: int) -> bool:
        """Live, affirming, and first-hand or resting on no other (#rule-origin)."""
        row = self.facts.assertions[assertion]
        if row.stance != Stance.AFFIRM or assertion not in self.live:
            return False
        return self.is_first_hand(assertion) or not self.rests_on_another(assertion)

    @cached_property
    def _own_origins(self) -> dict[int, list[int]]:
        return {
            claim: [one for one in assertions if self.is_origin(one)]
            for claim, assertions in self._resolved.by_claim.items()
        }

    def origins(self, claim: int) -> list[int]:
        """The origins of a claim and of all that entail it (#rule-entailment)."""
        specifics = self.claims.specifics(claim)
        return sorted(one for specific in specifics for one in self._own_origins.get(specific, ()))

    def carried(self, claim: int) -> list[int]:
        """The assertions that carry a claim on (#rule-carried): live relays, and live affirmations that rest on
        another assertion. It leaves out an assertion whose chain reaches assertions on the claim, none of which affirms
        it."""
        return [
            one
            for one in self.live_on(claim, Stance.RELAY, Stance.AFFIRM)
            if (self.stance(one) == Stance.RELAY or self.facts.stated.get(one, set()) - {one})
            and self._may_lead_to_an_affirmation(one, claim)
        ]

    def _may_lead_to_an_affirmation(self, assertion: int, claim: int) -> bool:
        stances = {
            self.stance(other)
            for other in reachable(self.parents(assertion), self.parents)
            if self.claim_of(other) == claim
        }
        return not stances - {Stance.RELAY} or Stance.AFFIRM in stances

    def accused_by(self, claim: int) -> Sequence[int]:
        """The agents that a claim accuses."""
        return self._resolved.accused.get(claim, ())

    def requests_to(self, accused: int, claim: int) -> tuple[RequestRow, ...]:
        """What newsrooms asked an accused agent about a claim, the earliest first."""
        return tuple(self._resolved.requests.get((claim, accused), ()))

    # Who stands where ---------------------------------------------------------------------------------------------

    @cached_property
    def _held(self) -> dict[int, dict[int, list[int]]]:
        """By claim and holder, the latest live affirmations and denials; at equal times all (#rule-position)."""
        found: dict[int, dict[int, list[int]]] = {}
        for claim in self.asserted_claims:
            by_holder: dict[int, list[int]] = defaultdict(list)
            for one in self.live_on(claim, *_TAKING):
                by_holder[self.holder(one)].append(one)
            found[claim] = {holder: self._latest(assertions) for holder, assertions in by_holder.items()}
        return found

    def _latest(self, assertions: list[int]) -> list[int]:
        if len(assertions) == 1:
            return assertions
        rows = self.facts.assertions
        latest = max(rows[one].said for one in assertions)
        return [one for one in assertions if rows[one].said == latest]

    @cached_property
    def _taken(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for claim, by_holder in self._held.items():
            for assertions in by_holder.values():
                for one in assertions:
                    found[claim, self.stance(one)].append(one)
        return found

    def positions(self, claim: int, stance: str) -> Sequence[int]:
        """Every holder's position on the claim that takes this stance."""
        return self._taken.get((claim, stance), ())

    def position(self, holder: int, claim: int) -> str:
        """One word for where a holder stands. Without a position it is the latest of what else they said of the claim,
        or none."""
        held = self._held.get(claim, {}).get(holder)
        if not held:
            quiet = [one for one in self.live_on(claim, *_QUIET) if self.holder(one) == holder]
            held = self._latest(quiet) if quiet else []
        return min(map(self.stance, held), key=POSITION_ORDER.index, default=_NO_POSITION)

    def current(self, claim: int) -> list[int]:
        """The affirmed positions on a claim that conflicts use (#rule-current)."""
        return [one for one in self.positions(claim, Stance.AFFIRM) if one not in self._displaced]

    @cached_property
    def _displaced(self) -> set[int]:
        """Affirmed positions on a single-valued constant or cumulative issue that the holder's later one replaces."""
        held: dict[object, list[int]] = defaultdict(list)
        for claim in self._held:
            attribute = self.claims.attribute(claim)
            if (
                attribute is not None
                and attribute.cardinality == Cardinality.SINGLE
                and attribute.temporal != Temporal.STATE
            ):
                for one in self.positions(claim, Stance.AFFIRM):
                    held[self.claims.nature(claim), self.claims.issue(claim), self.holder(one)].append(one)
        return {
            one for assertions in held.values() for one in set(assertions) - set(self._latest(assertions))
        }


class _Resolved:
    """What all graphs of the same facts share, whichever assertions are left out."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.agents = ResolvedAgents(facts)
        self.claims = ResolvedClaims(facts)

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


def once_a_graph(
    rule: Callable[Concatenate[ClaimGraph, _P], _T],
) -> Callable[Concatenate[ClaimGraph, _P], _T]:
    """Caches what a rule gives for a graph, for as long as the graph lives."""
    said: WeakKeyDictionary[ClaimGraph, dict[object, _T]] = WeakKeyDictionary()

    @wraps(rule)
    def asked(graph: ClaimGraph, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        of_graph = said.setdefault(graph, {})
        arguments = (args, tuple(sorted(kwargs.items())))
        if arguments not in of_graph:
            of_graph[arguments] = rule(graph, *args, **kwargs)
        return of_graph[arguments]

    return asked
