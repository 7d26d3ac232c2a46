"""Which claims are one claim, what a claim is about, and what it entails.

The rules of docs/semantics.md#rule-mention (merged claims), #record-claim and #rule-entailment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from provenance.rules.classes import Classes, reachable
from provenance.rules.facts import AttributeRow, ClaimRow, Facts, LinkRow


class Issue(NamedTuple):
    """What the values of structured claims compete for. The subject is resolved."""

    subject: int
    attribute: int
    scope: str | None


def entity_classes(entity_links: Iterable[LinkRow]) -> Classes:
    """Merged entities are one."""
    return Classes((link.source, link.target) for link in entity_links if link.kind == "same_entity")


def claim_classes(
    claims: Mapping[int, ClaimRow], claim_links: Iterable[LinkRow], entities: Classes
) -> Classes:
    """Merged claims are one, and so are structured claims that say the same once their entities are resolved.

    A class is named by the claim that its merges point to; the smallest, if several.
    """
    merges = [(link.source, link.target) for link in claim_links if link.kind == "same_claim"]
    targets = {target for _, target in merges}
    return Classes(
        [*merges, *_equal_claims(claims, entities)], lambda key: (key not in targets, claims[key].id)
    )


def _equal_claims(claims: Mapping[int, ClaimRow], entities: Classes) -> Iterator[tuple[int, int]]:
    """Structured claims that say the same. Where no entities are merged, such claims are one record."""
    if not entities.members:
        return
    first: dict[object, int] = {}
    for claim in claims.values():
        if claim.subject is not None:
            value = None if claim.entity is None else entities[claim.entity]
            resolved = claim._replace(key=0, id=b"", text="", subject=entities[claim.subject], entity=value)
            yield claim.key, first.setdefault(resolved, claim.key)


class ResolvedClaims:
    """The claims of some facts, once their links are followed. A claim is given by the key of its class."""

    def __init__(self, facts: Facts) -> None:
        self._rows = facts.claims
        self._links = facts.claim_links
        self._entity_links = facts.entity_links
        self._attributes = facts.attributes
        self._assertions = facts.assertions
        self._whole = facts.whole
        self._issues: dict[int, Issue | None] = {}

    # One claim ----------------------------------------------------------------------------------------------------

    @cached_property
    def classes(self) -> Classes:
        return claim_classes(self._rows, self._links, self._entities)

    def of(self, assertion: int) -> int:
        return self.classes[self._assertions[assertion].claim]

    @cached_property
    def whole(self) -> list[int]:
        """The claims that were loaded with all that is linked to them, in the order of recording."""
        return sorted({self.classes[key] for key in self._whole})

    def nature(self, claim: int) -> str:
        """A class has the nature of its canonical claim."""
        return self._rows[claim].nature

    def structure(self, claim: int) -> ClaimRow | None:
        """The structure of the canonical claim; where that has none, that of the smallest id that has one."""
        if claim not in self.classes.members:
            row = self._rows[claim]
            return None if row.subject is None else row
        structured = [
            row for row in map(self._rows.__getitem__, self.classes.of(claim)) if row.subject is not None
        ]
        return min(structured, key=lambda row: (row.key != claim, row.id), default=None)

    def is_linked(self, claim: int) -> bool:
        """Whether a link leads from the claim, its subject or its value to another claim or entity."""
        row = self._rows[claim]
        return not self._linked.isdisjoint((claim, row.subject, row.entity))

    @cached_property
    def _linked(self) -> set[int | None]:
        return {end for link in (*self._links, *self._entity_links) for end in (link.source, link.target)}

    # What it is about ---------------------------------------------------------------------------------------------

    def issue(self, claim: int) -> Issue | None:
        """None where the claim has no structure."""
        if claim not in self._issues:
            self._issues[claim] = self._issue(self.structure(claim))
        return self._issues[claim]

    def _issue(self, structure: ClaimRow | None) -> Issue | None:
        if structure is None or structure.subject is None or structure.attribute is None:
            return None
        return Issue(self.entity(structure.subject), structure.attribute, structure.scope)

    def attribute(self, claim: int) -> AttributeRow | None:
        issue = self.issue(claim)
        return None if issue is None else self._attributes[issue.attribute]

    @cached_property
    def _entities(self) -> Classes:
        return entity_classes(self._entity_links)

    def entity(self, key: int) -> int:
        return self._entities[key]

    def lies_within(self, part: int, whole: int) -> bool:
        """Whether the one is the other, or a part of it at any depth."""
        return whole in reachable([part], lambda place: self._wholes.get(place, ()))

    @cached_property
    def _wholes(self) -> dict[int, set[int]]:
        wholes: dict[int, set[int]] = defaultdict(set)
        for link in self._entity_links:
            if link.kind == "part_of":
                wholes[self._entities[link.source]].add(self._entities[link.target])
        return wholes

    # What it entails ----------------------------------------------------------------------------------------------

    def generals(self, claim: int) -> set[int]:
        """The claim and all that it entails."""
        return reachable([claim], lambda one: self._entailed.get(one, ()))

    def specifics(self, claim: int) -> set[int]:
        """The claim and all that entail it."""
        return reachable([claim], lambda one: self._entailing.get(one, ()))

    @cached_property
    def _entailed(self) -> dict[int, set[int]]:
        entailed: dict[int, set[int]] = defaultdict(set)
        for link in self._links:
            if link.kind == "entails":
                entailed[self.classes[link.source]].add(self.classes[link.target])
        return entailed

    @cached_property
    def _entailing(self) -> dict[int, set[int]]:
        entailing: dict[int, set[int]] = defaultdict(set)
        for specific, generals in self._entailed.items():
            for general in generals:
                entailing[general].add(specific)
        return entailing
