"""Amendments: what each takes back, wherever it was repeated (docs/semantics.md#record-amendment, #rule-reach)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from provenance.rules.agents import ResolvedAgents
from provenance.rules.claims import ResolvedClaims
from provenance.rules.documents import FoundIn
from provenance.rules.facts import AmendmentRow, Facts
from provenance.values.vocabulary import AmendmentKind, Stance

_BY_WHO_SAID_IT = (AmendmentKind.RETRACT, AmendmentKind.CORRECT, AmendmentKind.SUPERSEDE)
"""The kinds by which somebody takes back what they said themselves. Only these reach further than their target."""

_AMENDING = (*_BY_WHO_SAID_IT, AmendmentKind.MISATTRIBUTED)


class Amended:
    """Which assertions of some facts are taken back, and by what."""

    def __init__(
        self, facts: Facts, agents: ResolvedAgents, claims: ResolvedClaims, found_in: FoundIn
    ) -> None:
        self._facts = facts
        self._agents = agents
        self._claims = claims
        self._found_in = found_in

    @cached_property
    def by_assertion(self) -> Mapping[int, list[AmendmentRow]]:
        """By assertion what took it back: what amends it itself, or the document that it was found in, or anything that
        reaches it; in the order of recording."""
        found: dict[int, dict[int, AmendmentRow]] = defaultdict(dict)
        for row in self._facts.amendments:
            if row.kind in _AMENDING:
                targets = self._targets(row)
                for one in {*targets, *self._reached(row, targets)}:
                    found[one][row.key] = row
        return {one: [rows[key] for key in sorted(rows)] for one, rows in found.items()}

    def _targets(self, row: AmendmentRow) -> list[int]:
        """The assertion; of a document every assertion found in it and in no document of another outlet, and its
        outlet's own."""
        if row.target in self._facts.assertions:
            return [row.target]
        outlet, standing = self._found_in.outlet(row.target), self._standing(row)
        return [
            one
            for one in self._found_in.assertions_in(row.target)
            if one not in standing
            and (self._agents.of(one) == outlet or not self._is_elsewhere(one, row.target, outlet))
        ]

    def _is_elsewhere(self, assertion: int, document: int, outlet: int | None) -> bool:
        others = self._found_in.documents_of(assertion) - {document}
        return any(self._found_in.outlet(other) != outlet for other in others)

    def _standing(self, row: AmendmentRow) -> set[int]:
        """The replacement of what is amended, or all that is found in the document which replaces it."""
        if row.replacement is None or row.replacement == row.target:
            return set()
        return {row.replacement, *self._found_in.assertions_in(row.replacement)}

    def _reached(self, row: AmendmentRow, targets: Iterable[int]) -> set[int]:
        """All that its agent says again of what it takes back (#rule-reach): said no later than the amendment, or known
        only through others without a time of its own."""
        own = self._agents.classes[row.by]
        is_own = row.target in self._facts.assertions or self._found_in.outlet(row.target) == own
        if row.kind not in _BY_WHO_SAID_IT or not is_own:
            return set()
        theirs = [one for one in targets if self._agents.of(one) == own]
        again = {other for one in theirs for other in self.said_again(one)}
        return {one for one in again if self._is_said_by(one, row.at)} - self._standing(row)

    def _is_said_by(self, assertion: int, moment: int) -> bool:
        row = self._facts.assertions[assertion]
        is_known_through_others = assertion not in self._facts.observed and not row.has_own_time
        return row.said <= moment or is_known_through_others

    def falls_with(self, target: int) -> list[int]:
        """All that a retraction takes back, whenever it was said: of an assertion by its agent, of a document by its
        outlet; amended already or not."""
        retraction = AmendmentRow(0, b"", target, AmendmentKind.RETRACT, 0, 0, None, None, None)
        targets = self._targets(retraction)
        outlet = None if target in self._facts.assertions else self._found_in.outlet(target)
        own = targets if outlet is None else [one for one in targets if self._agents.of(one) == outlet]
        return sorted({*targets, *(again for one in own for again in self.said_again(one))})

    def said_again(self, assertion: int) -> list[int]:
        """Every assertion of its agent on its claim with its stance, itself among them; an affirmation and a relay are
        one here."""
        return self._said[self._what(assertion)]

    def _what(self, assertion: int) -> tuple[int, int, str]:
        stance = self._facts.assertions[assertion].stance
        said = Stance.AFFIRM.value if stance == Stance.RELAY else stance
        return self._agents.of(assertion), self._claims.of(assertion), said

    @cached_property
    def _said(self) -> dict[tuple[int, int, str], list[int]]:
        found: dict[tuple[int, int, str], list[int]] = defaultdict(list)
        for one in sorted(self._facts.assertions):
            found[self._what(one)].append(one)
        return found
