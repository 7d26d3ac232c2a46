"""Conflicts between holders, divergences, and self-contradictions (SEMANTICS.md, Conflicts)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from provenance.queries.world import CERTAINTY_WEIGHT, ClaimRow, World
from provenance.values.vocabulary import Stance

DEFINITE, POSSIBLE = 2, 1
STRENGTH_NAMES = {DEFINITE: "definite", POSSIBLE: "possible"}


class Clash(NamedTuple):
    """Two classes of claims that cannot both be right, how strongly, and one strongest assertion a side (keys)."""

    kind: str
    a: int
    b: int
    strength: int
    a_assertion: int
    b_assertion: int


class SelfContradiction(NamedTuple):
    holder: int
    kind: str
    a: int
    b: int
    when: str
    a_assertion: int
    b_assertion: int


def _certainty_strength(world: World, a: int, b: int) -> int:
    weight = CERTAINTY_WEIGHT[world.assertions[a].certainty] + CERTAINTY_WEIGHT[world.assertions[b].certainty]
    return DEFINITE if weight >= 5 else POSSIBLE if weight == 4 else 0


def _validity(world: World, assertion: int) -> tuple[float, float]:
    """When the asserted state held: as stated, otherwise the day of saying."""
    row = world.assertions[assertion]
    structure = world.structure(world.claim_of(assertion))
    if structure is None or (structure.valid_lo is None and structure.valid_hi is None):
        return row.day_lo, row.day_hi
    return _ends(structure.valid_lo, structure.valid_hi)


def _ends(lo: int | None, hi: int | None) -> tuple[float, float]:
    return (float("-inf") if lo is None else lo, float("inf") if hi is None else hi)


def _overlap(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _temporal(world: World, claim: int) -> str | None:
    slot = world.slot(claim)
    return None if slot is None else world.attributes[slot[1]].temporal


def _polarity_strength(world: World, affirming: int, denying: int) -> int:
    if _temporal(world, world.claim_of(denying)) == "state" and not _overlap(
        _validity(world, affirming), _validity(world, denying)
    ):
        return 0
    return _certainty_strength(world, affirming, denying)


def _is_number(structure: ClaimRow) -> bool:
    return structure.lo is not None or structure.hi is not None


def _exceeds(lo: Decimal | None, hi: Decimal | None) -> bool:
    """A lower end above an upper end; an open end is never passed."""
    return lo is not None and hi is not None and lo > hi


def _minus(value: Decimal | None, pad: Decimal) -> Decimal | None:
    return None if value is None else value - pad


def _plus(value: Decimal | None, pad: Decimal) -> Decimal | None:
    return None if value is None else value + pad


def _later_strength(lower: ClaimRow, upper: ClaimRow) -> int:
    """How surely the first lies wholly above the second."""
    if _exceeds(_minus(lower.lo, lower.pad), _plus(upper.hi, upper.pad)):
        return DEFINITE
    return POSSIBLE if _exceeds(lower.lo, upper.hi) else 0


def _cumulative_strength(world: World, a: int, b: int, left: ClaimRow, right: ClaimRow) -> int:
    """A count may only rise: a was the earlier, b was, or both are of one moment and meet."""
    if not _fits(left, right, _as_of(world, a, left), _as_of(world, b, right)):
        return DEFINITE
    first, second = world.assertions[a], world.assertions[b]
    if (first.day_lo, first.day_hi) != (second.day_lo, second.day_hi):
        return 0
    day = float(first.day_hi)
    windows = [
        (day, day) if row.as_of_lo is None and row.as_of_hi is None else _ends(row.as_of_lo, row.as_of_hi)
        for row in (left, right)
    ]
    return 0 if _fits(left, right, windows[0], windows[1]) else POSSIBLE


def _as_of(world: World, assertion: int, structure: ClaimRow) -> tuple[float, float]:
    if structure.as_of_lo is None and structure.as_of_hi is None:
        return float("-inf"), world.assertions[assertion].said
    return _ends(structure.as_of_lo, structure.as_of_hi)


def _fits(a: ClaimRow, b: ClaimRow, a_as_of: tuple[float, float], b_as_of: tuple[float, float]) -> bool:
    a_lo, a_hi = _minus(a.lo, a.pad), _plus(a.hi, a.pad)
    b_lo, b_hi = _minus(b.lo, b.pad), _plus(b.hi, b.pad)
    a_below, b_below = not _exceeds(a_lo, b_hi), not _exceeds(b_lo, a_hi)
    return (
        (a_as_of[0] < b_as_of[1] and a_below)
        or (b_as_of[0] < a_as_of[1] and b_below)
        or (_overlap(a_as_of, b_as_of) and a_below and b_below)
    )


def _value_strength(world: World, a: int, b: int) -> int:
    """How strongly two affirmed values of one slot exclude each other."""
    claim_a, claim_b = world.claim_of(a), world.claim_of(b)
    left, right = world.structure(claim_a), world.structure(claim_b)
    slot = world.slot(claim_a)
    if left is None or right is None or slot is None:
        return 0
    attribute = world.attributes[slot[1]]
    if attribute.cardinality != "single":
        return 0
    if attribute.temporal == "state" and not _overlap(_validity(world, a), _validity(world, b)):
        return 0
    if attribute.value_type in ("number", "time"):
        if not (_is_number(left) and _is_number(right)):
            return 0
        if attribute.temporal == "cumulative":
            strength = _cumulative_strength(world, a, b, left, right)
        else:
            strength = max(_later_strength(left, right), _later_strength(right, left))
    else:
        if left.entity is None or right.entity is None:
            return 0
        one, other = world.entity(left.entity), world.entity(right.entity)
        apart = not world.lies_within(one, other) and not world.lies_within(other, one)
        strength = DEFINITE if apart else 0
    return min(strength, _certainty_strength(world, a, b))


def _strongest(
    world: World, kind: str, a: int, b: int, pairs: Iterable[tuple[int, int, int]]
) -> Iterator[Clash]:
    """The finding for two claims, if any pair of assertions of different holders makes one."""
    best: tuple[int, int, int, int] | None = None
    for left, right, strength in pairs:
        if strength and world.holder(left) != world.holder(right):
            weight = CERTAINTY_WEIGHT[world.assertions[left].certainty]
            weight += CERTAINTY_WEIGHT[world.assertions[right].certainty]
            rank = (strength, weight, -left, -right)
            best = rank if best is None else max(best, rank)
    if best is not None:
        strength, _, left, right = best
        yield _named(world, Clash(kind, a, b, strength, -left, -right))


def _named(world: World, clash: Clash) -> Clash:
    """A clash of opinions or forecasts is a divergence; its pair, as most kinds' pairs, stands in id order."""
    is_fact = world.nature(clash.a) == world.nature(clash.b) == "factual"
    if not is_fact:
        clash = clash._replace(kind="divergence")
    if clash.kind not in ("polarity", "order") and world.claims[clash.b].id < world.claims[clash.a].id:
        clash = clash._replace(
            a=clash.b, b=clash.a, a_assertion=clash.b_assertion, b_assertion=clash.a_assertion
        )
    return clash


def _polarity(world: World, denied: int) -> Iterator[Clash]:
    denials = world.positions(denied, Stance.DENY)
    if not denials:
        return
    for affirmed in sorted(world.specifics(denied)):
        pairs = (
            (one, other, _polarity_strength(world, one, other))
            for one in world.current(affirmed)
            for other in denials
        )
        yield from _strongest(world, "polarity", affirmed, denied, pairs)


def _values(world: World, a: int, b: int) -> Iterator[Clash]:
    pairs = (
        (one, other, _value_strength(world, one, other))
        for one in world.current(a)
        for other in world.current(b)
    )
    yield from _strongest(world, "value", a, b, pairs)


def _order(world: World, before: int, after: int) -> Iterator[Clash]:
    earlier, later = world.structure(before), world.structure(after)
    if earlier is None or later is None:
        return
    strength = _later_strength(earlier, later)
    pairs = (
        (one, other, min(strength, _certainty_strength(world, one, other)))
        for one in world.current(before)
        for other in world.current(after)
    )
    yield from _strongest(world, "order", before, after, pairs)


def _explicit(world: World, a: int, b: int) -> Iterator[Clash]:
    pairs = ((x, y, _certainty_strength(world, x, y)) for x in world.current(a) for y in world.current(b))
    yield from _strongest(world, "explicit", a, b, pairs)


def _slots(world: World) -> dict[tuple[int, int, str | None], list[int]]:
    slots: dict[tuple[int, int, str | None], list[int]] = defaultdict(list)
    for claim in sorted({world.claim_classes[key] for key in world.claims}):
        slot = world.slot(claim)
        if slot is not None:
            slots[slot].append(claim)
    return slots


def clashes(world: World) -> list[Clash]:  # noqa: C901 - one block a kind, in the law's order
    """Every conflict and divergence among the world's claims, each once, in the order of its claims' recording."""
    found: list[Clash] = []
    classes = sorted({world.claim_classes[key] for key in world.claims})
    for claim in classes:
        found.extend(_polarity(world, claim))
    slots = _slots(world)
    for claims in slots.values():
        for a, b in combinations(claims, 2):
            found.extend(_values(world, a, b))
    for (subject, attribute, scope), claims in slots.items():
        for before, after in world.attribute_order:
            if before == attribute:
                for a in claims:
                    for b in slots.get((subject, after, scope), ()):
                        found.extend(_order(world, a, b))
    for a, b in sorted({_pair(world, link) for link in world.claim_links if link[0] == "contradicts"}):
        if a != b:
            found.extend(_explicit(world, a, b))
    best: dict[tuple[str, int, int], Clash] = {}
    for clash in found:
        key = (clash.kind, clash.a, clash.b)
        if key not in best or clash.strength > best[key].strength:
            best[key] = clash
    return sorted(best.values(), key=lambda clash: (min(clash.a, clash.b), max(clash.a, clash.b), clash.kind))


def _pair(world: World, link: tuple[str, int, int]) -> tuple[int, int]:
    a, b = world.claim_classes[link[1]], world.claim_classes[link[2]]
    return min(a, b), max(a, b)


def is_side_of_conflict(world: World, claim: int) -> bool:
    """A side of a conflict, definite or possible; divergences do not count."""
    return claim in sides_of_conflicts(world)


def sides_of_conflicts(world: World) -> set[int]:
    known: set[int] | None = world.__dict__.get("_sides_of_conflicts")
    if known is None:
        known = {
            side for clash in clashes(world) if clash.kind != "divergence" for side in (clash.a, clash.b)
        }
        world.__dict__["_sides_of_conflicts"] = known
    return known


def self_contradictions(world: World) -> list[SelfContradiction]:  # noqa: C901 - the same two kinds again
    """Where one holder's live assertions on facts exclude each other, at one time or one after the other."""
    found: dict[tuple[int, str, int, int, str], SelfContradiction] = {}

    def add(kind: str, a: int, b: int, strength: int) -> None:
        if not strength or world.holder(a) != world.holder(b):
            return
        claim_a, claim_b = world.claim_of(a), world.claim_of(b)
        if world.nature(claim_a) != "factual" or world.nature(claim_b) != "factual":
            return
        if kind == "value" and world.claims[claim_b].id < world.claims[claim_a].id:
            a, b, claim_a, claim_b = b, a, claim_b, claim_a
        at_once = world.assertions[a].said == world.assertions[b].said
        when = "simultaneous" if at_once else "reversal"
        one = SelfContradiction(world.holder(a), kind, claim_a, claim_b, when, a, b)
        found.setdefault(one[:5], one)

    for denied in sorted(world.by_claim):
        denials = _live(world, denied, Stance.DENY)
        for affirmed in sorted(world.specifics(denied)) if denials else ():
            for a in _live(world, affirmed, Stance.AFFIRM):
                for b in denials:
                    add("polarity", a, b, _polarity_strength(world, a, b))
    for claims in _slots(world).values():
        for left, right in combinations(claims, 2):
            for a in _live(world, left, Stance.AFFIRM):
                for b in _live(world, right, Stance.AFFIRM):
                    if world.holder(a) == world.holder(b):
                        add("value", a, b, _value_strength(world, a, b))
    return [found[key] for key in sorted(found)]


def _live(world: World, claim: int, stance: Stance) -> list[int]:
    return [
        one
        for one in world.by_claim.get(claim, ())
        if one in world.live and world.assertions[one].stance == stance
    ]
