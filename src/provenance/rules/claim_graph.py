"""The claim graph: assertions on claims, joined by relays and echoes, with the derived sets of the law.

The rules of docs/semantics.md#semantics-derived-sets, each under its own name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from provenance.rules.classes import reachable
from provenance.rules.echo import echoes
from provenance.rules.live import CERTAINTY_WEIGHT, LiveAssertions, latest
from provenance.values.vocabulary import Cardinality, Certainty, Stance, Temporal

POSITION_ORDER = ("deny", "affirm", "disavow", "no_comment", "silence", "question", "none")
"""Of several positions the one that is given first. Only deny and affirm hold one; none is the lack of any."""

_TAKING, _QUIET, _NO_POSITION = POSITION_ORDER[:2], POSITION_ORDER[2:-1], POSITION_ORDER[-1]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ClaimGraph(LiveAssertions):
    """The claim graph over some facts, as if the assertions of `without` were amended."""

    # What it rests on ---------------------------------------------------------------------------------------------

    @cached_property
    def echoes(self) -> dict[int, int]:
        """By echo the assertion that it rests on (#rule-echo)."""
        return echoes(self)

    def parents(self, assertion: int) -> Sequence[int]:
        """The assertions that it rests on, by stated relays or as an echo, within the bounds, whatever has become of
        them (#rule-origin-of-retracted-parents)."""
        stated = self.stated_parents(assertion)
        return [*stated, self.echoes[assertion]] if assertion in self.echoes else stated

    def rests_on_another(self, assertion: int) -> bool:
        """Whether it is an echo, or a stated relay leads from it, also to what is outside of the bounds or was
        amended."""
        return bool(self.facts.stated.get(assertion)) or assertion in self.echoes

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

    # What a claim rests on ----------------------------------------------------------------------------------------

    def is_origin(self, assertion: int) -> bool:
        """Live, affirming, not recanted, and first-hand or resting on no other (#rule-origin)."""
        row = self.facts.assertions[assertion]
        if row.stance != Stance.AFFIRM or assertion not in self.live or assertion in self.recanted:
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

    @cached_property
    def recanted(self) -> set[int]:
        """Live affirmations of a holder who has since denied the claim, or what entails it (#rule-recanted)."""
        denials = [one for claim in self.asserted_claims for one in self.live_on(claim, Stance.DENY)]
        denied: dict[tuple[int, int], int] = {}
        for one in denials:
            for general in self.claims.generals(self.claim_of(one)):
                key = self.holder(one), general
                denied[key] = max(self.said(one), denied.get(key, self.said(one)))
        affirmed: dict[tuple[int, int], list[int]] = defaultdict(list)
        for claim in {claim for _, claim in denied}:
            for one in self.live_on(claim, Stance.AFFIRM):
                affirmed[self.holder(one), claim].append(one)
        return {
            one
            for key, assertions in affirmed.items()
            if key in denied and denied[key] > max(map(self.said, assertions))
            for one in assertions
        }

    def carried(self, claim: int) -> list[int]:
        """The assertions that carry a claim on (#rule-carried)."""
        return [one for one in self.live_on(claim) if self.is_carrying(one, self.parents)]

    # Who stands where ---------------------------------------------------------------------------------------------

    @cached_property
    def _held(self) -> dict[int, dict[int, list[int]]]:
        """By claim and holder, the latest live affirmations and denials; at equal times all (#rule-position)."""
        found: dict[int, dict[int, list[int]]] = {}
        for claim in self.asserted_claims:
            by_holder: dict[int, list[int]] = defaultdict(list)
            for one in self.live_on(claim, *_TAKING):
                by_holder[self.holder(one)].append(one)
            found[claim] = {holder: latest(self, assertions) for holder, assertions in by_holder.items()}
        return found

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
            held = latest(self, (one for one in self.live_on(claim, *_QUIET) if self.holder(one) == holder))
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
            one for assertions in held.values() for one in set(assertions) - set(latest(self, assertions))
        }

    @cached_property
    def disavowed(self) -> set[tuple[int, int]]:
        """Holders, each with a claim that they deny having made (#rule-flags)."""
        return {
            (self.holder(one), claim)
            for claim in self.asserted_claims
            for one in self.live_on(claim, Stance.DISAVOW)
        }


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
