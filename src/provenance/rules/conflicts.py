"""Conflicts between holders, divergences, and self-contradictions (SEMANTICS.md, Conflicts)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import combinations
from typing import NamedTuple

from provenance.rules.claim_graph import CERTAINTY_WEIGHT, ClaimRow, World
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
    weight = CERTAINTY_WEIGHT[world.certainty(a)] + CERTAINTY_WEIGHT[world.certainty(b)]
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
    if attribute.temporal == "state" and not _overlap(_validity(world, a), _validity(world, b)):
        return 0
    is_count = attribute.temporal == "cumulative" and attribute.value_type in ("number", "time")
    if not is_count:
        strength = exclusion(world, claim_a, claim_b)
    elif attribute.cardinality == "single" and _is_number(left) and _is_number(right):
        strength = _cumulative_strength(world, a, b, left, right)
    else:
        strength = 0
    return min(strength, _certainty_strength(world, a, b))


def exclusion(world: World, a: int, b: int) -> int:
    """How strongly two claims' values of one slot exclude each other where time does not count."""
    left, right, slot = world.structure(a), world.structure(b), world.slot(a)
    if left is None or right is None or slot is None:
        return 0
    attribute = world.attributes[slot[1]]
    if attribute.cardinality != "single":
        return 0
    if attribute.value_type in ("number", "time"):
        if not (_is_number(left) and _is_number(right)):
            return 0
        return max(_later_strength(left, right), _later_strength(right, left))
    if left.entity is None or right.entity is None:
        return 0
    one, other = world.entity(left.entity), world.entity(right.entity)
    apart = not world.lies_within(one, other) and not world.lies_within(other, one)
    return DEFINITE if apart else 0


Pair = tuple[str, int, int]
"""A kind of conflict and the two claims, among whose assertions it is to be looked for."""


def _clash(world: World, pair: Pair) -> Clash | None:
    """The finding for two claims: the surest pair of assertions of different holders, the earliest recorded of such.

    How strongly two assertions exclude each other depends on how they bear on it: those that do so alike are looked at
    together, or a rumour that thousands repeat and hundreds deny would be a matter of hundreds of thousands of pairs.
    """
    kind, a, b = pair
    lefts, rights, strength_of = _SIDES[kind](world, a, b)
    alike = _alike(world, rights)
    best: tuple[int, int, int, int] | None = None
    for ones in _alike(world, lefts):
        for others in alike:
            strength = strength_of(ones[0], others[0])
            apart = _first_apart(world, ones, others) if strength else None
            if apart is not None:
                weight = (
                    CERTAINTY_WEIGHT[world.certainty(ones[0])] + CERTAINTY_WEIGHT[world.certainty(others[0])]
                )
                rank = (strength, weight, -apart[0], -apart[1])
                best = rank if best is None else max(best, rank)
    if best is None:
        return None
    strength, _, left, right = best
    return _named(world, Clash(kind, a, b, strength, -left, -right))


def _alike(world: World, assertions: Iterable[int]) -> list[list[int]]:
    """The assertions by what their strength depends on: the claim they are on, how certain they are and, where the
    attribute changes with time, when they were said and held. Each in the order of recording."""
    found: dict[object, list[int]] = defaultdict(list)
    for one in sorted(assertions):
        row, claim = world.assertions[one], world.claim_of(one)
        is_timed = _temporal(world, claim) in ("state", "cumulative")
        times = (_validity(world, one), row.said, row.day_lo, row.day_hi) if is_timed else None
        found[claim, world.certainty(one), times].append(one)
    return list(found.values())


def _first_apart(world: World, lefts: list[int], rights: list[int]) -> tuple[int, int] | None:
    """The first two of different holders: the first of the left that has a counterpart, with its first one."""
    right = rights[0]
    other = next((one for one in rights if world.holder(one) != world.holder(right)), None)
    for left in lefts:
        if world.holder(left) != world.holder(right):
            return left, right
        if other is not None:
            return left, other
    return None


def _named(world: World, clash: Clash) -> Clash:
    """A clash of opinions or forecasts is a divergence; its pair, as most kinds' pairs, stands in id order."""
    if not _is_factual(world, clash.a, clash.b):
        clash = clash._replace(kind="divergence")
    if clash.kind not in ("polarity", "order") and world.claims[clash.b].id < world.claims[clash.a].id:
        clash = clash._replace(
            a=clash.b, b=clash.a, a_assertion=clash.b_assertion, b_assertion=clash.a_assertion
        )
    return clash


def _is_factual(world: World, a: int, b: int) -> bool:
    return world.nature(a) == world.nature(b) == "factual"


Sides = tuple[Iterable[int], Iterable[int], Callable[[int, int], int]]
"""The assertions of either side, and how strongly one excludes another."""


def _polarity(world: World, affirmed: int, denied: int) -> Sides:
    denials = world.positions(denied, Stance.DENY)
    return world.current(affirmed), denials, partial(_polarity_strength, world)


def _values(world: World, a: int, b: int) -> Sides:
    return world.current(a), world.current(b), partial(_value_strength, world)


def _order(world: World, before: int, after: int) -> Sides:
    earlier, later = world.structure(before), world.structure(after)
    strength = 0 if earlier is None or later is None else _later_strength(earlier, later)
    return (
        world.current(before) if strength else (),
        world.current(after),
        lambda one, other: min(strength, _certainty_strength(world, one, other)),
    )


def _explicit(world: World, a: int, b: int) -> Sides:
    return world.current(a), world.current(b), partial(_certainty_strength, world)


_SIDES = {"polarity": _polarity, "value": _values, "order": _order, "explicit": _explicit}


def _slots(world: World) -> dict[tuple[int, int, str | None], list[int]]:
    slots: dict[tuple[int, int, str | None], list[int]] = defaultdict(list)
    for claim in sorted({world.claim_classes[key] for key in world.whole}):
        slot = world.slot(claim)
        if slot is not None:
            slots[slot].append(claim)
    return slots


def _pairs(world: World) -> Iterator[Pair]:
    """Every two claims that could be in conflict, kind by kind in the law's order."""
    slots = _slots(world)
    yield from _polarity_pairs(world)
    for claims in slots.values():
        for a, b in combinations([claim for claim in claims if world.current(claim)], 2):
            yield "value", a, b
    yield from _order_pairs(world, slots)
    for a, b in sorted({_ends_of(world, link) for link in world.claim_links if link[0] == "contradicts"}):
        if a != b:
            yield "explicit", a, b


def _polarity_pairs(world: World) -> Iterator[Pair]:
    for denied in sorted({world.claim_classes[key] for key in world.whole}):
        if world.positions(denied, Stance.DENY):
            for affirmed in sorted(world.specifics(denied)):
                yield "polarity", affirmed, denied


def _order_pairs(world: World, slots: dict[tuple[int, int, str | None], list[int]]) -> Iterator[Pair]:
    for before, after in sorted(world.attribute_order):
        for (subject, attribute, scope), claims in slots.items():
            if attribute == before:
                for a in claims:
                    for b in slots.get((subject, after, scope), ()):
                        yield "order", a, b


def _ends_of(world: World, link: tuple[str, int, int]) -> tuple[int, int]:
    a, b = world.claim_classes[link[1]], world.claim_classes[link[2]]
    return min(a, b), max(a, b)


def matters(world: World) -> dict[int, int]:
    """What each class of claims is about: the first recorded of its (subject, attribute, scope), else itself."""
    found = {world.claim_classes[key]: world.claim_classes[key] for key in world.whole}
    for claims in _slots(world).values():
        found.update(dict.fromkeys(claims, claims[0]))
    return found


def matter_of(matters: dict[int, int], kind: str, a: int, b: int) -> int:
    """The matter that two claims are in conflict about: what is denied, what has to come first, the first recorded."""
    return matters[{"polarity": b, "order": a}.get(kind, min(a, b))]


def clashes(world: World) -> dict[int, list[Clash]]:
    """Every conflict and divergence among the world's claims, each once, by matter in the order of recording."""
    about = matters(world)
    best: _Surest = {}
    for pair in _pairs(world):
        clash = _clash(world, pair)
        if clash is not None:
            _keep_surest(best, matter_of(about, *pair), clash)
    return _by_matter(best)


_Surest = dict[tuple[int, str, int, int], Clash]
"""Of one kind between two claims about one matter the surest."""


def _keep_surest(best: _Surest, matter: int, clash: Clash) -> None:
    key = (matter, clash.kind, clash.a, clash.b)
    if key not in best or clash.strength > best[key].strength:
        best[key] = clash


def _by_matter(best: _Surest) -> dict[int, list[Clash]]:
    found: dict[int, list[Clash]] = {matter: [] for matter in sorted({key[0] for key in best})}
    for key, clash in best.items():
        found[key[0]].append(clash)
    for ones in found.values():
        ones.sort(key=order)
    return found


def order(clash: Clash) -> tuple[int, int, str, int]:
    """Of what is found about one matter: that of recording."""
    return min(clash.a, clash.b), max(clash.a, clash.b), clash.kind, clash.a


FEW = 32
"""Pairs of claims about one matter, up to which all its conflicts are kept. Their number grows with the square."""


class Contested(NamedTuple):
    """The claims that are a side of a conflict, and by matter the strength of its conflicts and of its divergences;
    and all of these, of matters with few pairs of claims."""

    sides: set[int]
    conflicts: dict[int, int]
    divergences: dict[int, int]
    clashes: dict[int, list[Clash]]


def contested(world: World) -> Contested:
    """What is in conflict; of many pairs, without those that can tell nothing new."""
    known: Contested | None = world.derived.get("contested")
    if known is not None:
        return known
    sides: set[int] = set()
    by_nature: dict[bool, dict[int, int]] = {True: {}, False: {}}
    best: _Surest = {}
    looked: dict[int, int] = defaultdict(int)
    about = matters(world)
    for kind, a, b in _pairs(world):
        matter = matter_of(about, kind, a, b)
        is_fact = _is_factual(world, a, b)
        strengths = by_nature[is_fact]
        looked[matter] += 1
        is_known = strengths.get(matter) == DEFINITE and (not is_fact or {a, b} <= sides)
        clash = None if is_known and looked[matter] > FEW else _clash(world, (kind, a, b))
        if clash is not None:
            strengths[matter] = max(clash.strength, strengths.get(matter, 0))
            if looked[matter] <= FEW:
                _keep_surest(best, matter, clash)
            if is_fact:
                sides.update((a, b))
    few = {key: clash for key, clash in best.items() if looked[key[0]] <= FEW}
    found = Contested(sides, by_nature[True], by_nature[False], _by_matter(few))
    world.derived["contested"] = found
    return found


def self_contradictions(world: World) -> dict[int, list[SelfContradiction]]:
    """Where one holder's live assertions on facts exclude each other, at one time or one after the other, by matter."""
    about = matters(world)
    found: dict[int, dict[tuple[int, str, int, int, str], SelfContradiction]] = defaultdict(dict)
    for kind, a, b in _own_pairs(world):
        if _is_factual(world, a, b):
            for one in _self_contradictions(world, kind, a, b):
                found[matter_of(about, kind, a, b)].setdefault(one[:5], one)
    return {matter: [found[matter][key] for key in sorted(found[matter])] for matter in sorted(found)}


def _own_pairs(world: World) -> Iterator[Pair]:
    for denied in sorted({world.claim_classes[key] for key in world.whole}):
        if _live(world, denied, Stance.DENY):
            for affirmed in sorted(world.specifics(denied)):
                yield "polarity", affirmed, denied
    for claims in _slots(world).values():
        for a, b in combinations(claims, 2):
            yield "value", a, b


def _self_contradictions(world: World, kind: str, a: int, b: int) -> Iterator[SelfContradiction]:
    strength_of = _polarity_strength if kind == "polarity" else _value_strength
    if kind == "value" and world.claims[b].id < world.claims[a].id:
        a, b = b, a
    by_holder: dict[int, list[int]] = defaultdict(list)
    for other in _live(world, b, Stance.DENY if kind == "polarity" else Stance.AFFIRM):
        by_holder[world.holder(other)].append(other)
    for one in _live(world, a, Stance.AFFIRM):
        holder = world.holder(one)
        for other in by_holder.get(holder, ()):
            if strength_of(world, one, other):
                is_at_once = world.assertions[one].said == world.assertions[other].said
                when = "simultaneous" if is_at_once else "reversal"
                yield SelfContradiction(holder, kind, a, b, when, one, other)


def _live(world: World, claim: int, stance: Stance) -> list[int]:
    return [
        one
        for one in world.by_claim.get(claim, ())
        if one in world.live and world.assertions[one].stance == stance
    ]
