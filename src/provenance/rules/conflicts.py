"""Conflicts between holders, divergences, and self-contradictions (SEMANTICS.md, Conflicts)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import combinations
from typing import NamedTuple

from provenance.rules.claim_graph import CERTAINTY_WEIGHT, ClaimGraph, ClaimRow
from provenance.values.vocabulary import Stance

DEFINITE, POSSIBLE = 2, 1
STRENGTH_NAMES = {DEFINITE: "definite", POSSIBLE: "possible"}


class ConflictKeys(NamedTuple):
    """Two classes of claims that cannot both be right, how strongly, and one strongest assertion a side (keys)."""

    kind: str
    a: int
    b: int
    strength: int
    a_assertion: int
    b_assertion: int


class SelfContradictionKeys(NamedTuple):
    holder: int
    kind: str
    a: int
    b: int
    when: str
    a_assertion: int
    b_assertion: int


def _certainty_strength(graph: ClaimGraph, a: int, b: int) -> int:
    weight = CERTAINTY_WEIGHT[graph.certainty(a)] + CERTAINTY_WEIGHT[graph.certainty(b)]
    return DEFINITE if weight >= 5 else POSSIBLE if weight == 4 else 0


def _validity(graph: ClaimGraph, assertion: int) -> tuple[float, float]:
    """When the asserted state held: as stated, otherwise the day of saying."""
    row = graph.assertions[assertion]
    structure = graph.structure(graph.claim_of(assertion))
    if structure is None or (structure.valid_lo is None and structure.valid_hi is None):
        return row.day_lo, row.day_hi
    return _ends(structure.valid_lo, structure.valid_hi)


def _ends(lo: int | None, hi: int | None) -> tuple[float, float]:
    return (float("-inf") if lo is None else lo, float("inf") if hi is None else hi)


def _overlap(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _temporal(graph: ClaimGraph, claim: int) -> str | None:
    issue = graph.issue(claim)
    return None if issue is None else graph.attributes[issue[1]].temporal


def _polarity_strength(graph: ClaimGraph, affirming: int, denying: int) -> int:
    if _temporal(graph, graph.claim_of(denying)) == "state" and not _overlap(
        _validity(graph, affirming), _validity(graph, denying)
    ):
        return 0
    return _certainty_strength(graph, affirming, denying)


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


def _cumulative_strength(graph: ClaimGraph, a: int, b: int, left: ClaimRow, right: ClaimRow) -> int:
    """A count may only rise: a was the earlier, b was, or both are of one moment and meet."""
    if not _fits(left, right, _as_of(graph, a, left), _as_of(graph, b, right)):
        return DEFINITE
    first, second = graph.assertions[a], graph.assertions[b]
    if (first.day_lo, first.day_hi) != (second.day_lo, second.day_hi):
        return 0
    day = float(first.day_hi)
    windows = [
        (day, day) if row.as_of_lo is None and row.as_of_hi is None else _ends(row.as_of_lo, row.as_of_hi)
        for row in (left, right)
    ]
    return 0 if _fits(left, right, windows[0], windows[1]) else POSSIBLE


def _as_of(graph: ClaimGraph, assertion: int, structure: ClaimRow) -> tuple[float, float]:
    if structure.as_of_lo is None and structure.as_of_hi is None:
        return float("-inf"), graph.assertions[assertion].said
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


def _value_strength(graph: ClaimGraph, a: int, b: int) -> int:
    """How strongly two affirmed values of one slot exclude each other."""
    claim_a, claim_b = graph.claim_of(a), graph.claim_of(b)
    left, right = graph.structure(claim_a), graph.structure(claim_b)
    issue = graph.issue(claim_a)
    if left is None or right is None or issue is None:
        return 0
    attribute = graph.attributes[issue[1]]
    if attribute.temporal == "state" and not _overlap(_validity(graph, a), _validity(graph, b)):
        return 0
    is_count = attribute.temporal == "cumulative" and attribute.value_type in ("number", "time")
    if not is_count:
        strength = exclusion(graph, claim_a, claim_b)
    elif attribute.cardinality == "single" and _is_number(left) and _is_number(right):
        strength = _cumulative_strength(graph, a, b, left, right)
    else:
        strength = 0
    return min(strength, _certainty_strength(graph, a, b))


def exclusion(graph: ClaimGraph, a: int, b: int) -> int:
    """How strongly two claims' values of one slot exclude each other where time does not count."""
    left, right, issue = graph.structure(a), graph.structure(b), graph.issue(a)
    if left is None or right is None or issue is None:
        return 0
    attribute = graph.attributes[issue[1]]
    if attribute.cardinality != "single":
        return 0
    if attribute.value_type in ("number", "time"):
        if not (_is_number(left) and _is_number(right)):
            return 0
        return max(_later_strength(left, right), _later_strength(right, left))
    if left.entity is None or right.entity is None:
        return 0
    one, other = graph.entity(left.entity), graph.entity(right.entity)
    apart = not graph.lies_within(one, other) and not graph.lies_within(other, one)
    return DEFINITE if apart else 0


Pair = tuple[str, int, int]
"""A kind of conflict and the two claims, among whose assertions it is to be looked for."""


def _conflict_between(graph: ClaimGraph, pair: Pair) -> ConflictKeys | None:
    """The finding for two claims: the surest pair of assertions of different holders, the earliest recorded of such.

    How strongly two assertions exclude each other depends on how they bear on it: those that do so alike are looked at
    together, or a rumour that thousands repeat and hundreds deny would be a matter of hundreds of thousands of pairs.
    """
    kind, a, b = pair
    lefts, rights, strength_of = _SIDES[kind](graph, a, b)
    alike = _alike(graph, rights)
    best: tuple[int, int, int, int] | None = None
    for ones in _alike(graph, lefts):
        for others in alike:
            strength = strength_of(ones[0], others[0])
            apart = _first_apart(graph, ones, others) if strength else None
            if apart is not None:
                weight = (
                    CERTAINTY_WEIGHT[graph.certainty(ones[0])] + CERTAINTY_WEIGHT[graph.certainty(others[0])]
                )
                rank = (strength, weight, -apart[0], -apart[1])
                best = rank if best is None else max(best, rank)
    if best is None:
        return None
    strength, _, left, right = best
    return _named(graph, ConflictKeys(kind, a, b, strength, -left, -right))


def _alike(graph: ClaimGraph, assertions: Iterable[int]) -> list[list[int]]:
    """The assertions by what their strength depends on: the claim they are on, how certain they are and, where the
    attribute changes with time, when they were said and held. Each in the order of recording."""
    found: dict[object, list[int]] = defaultdict(list)
    for one in sorted(assertions):
        row, claim = graph.assertions[one], graph.claim_of(one)
        is_timed = _temporal(graph, claim) in ("state", "cumulative")
        times = (_validity(graph, one), row.said, row.day_lo, row.day_hi) if is_timed else None
        found[claim, graph.certainty(one), times].append(one)
    return list(found.values())


def _first_apart(graph: ClaimGraph, lefts: list[int], rights: list[int]) -> tuple[int, int] | None:
    """The first two of different holders: the first of the left that has a counterpart, with its first one."""
    right = rights[0]
    other = next((one for one in rights if graph.holder(one) != graph.holder(right)), None)
    for left in lefts:
        if graph.holder(left) != graph.holder(right):
            return left, right
        if other is not None:
            return left, other
    return None


def _named(graph: ClaimGraph, conflict: ConflictKeys) -> ConflictKeys:
    """A clash of opinions or forecasts is a divergence; its pair, as most kinds' pairs, stands in id order."""
    if not _is_factual(graph, conflict.a, conflict.b):
        conflict = conflict._replace(kind="divergence")
    if (
        conflict.kind not in ("polarity", "order")
        and graph.claims[conflict.b].id < graph.claims[conflict.a].id
    ):
        conflict = conflict._replace(
            a=conflict.b, b=conflict.a, a_assertion=conflict.b_assertion, b_assertion=conflict.a_assertion
        )
    return conflict


def _is_factual(graph: ClaimGraph, a: int, b: int) -> bool:
    return graph.nature(a) == graph.nature(b) == "factual"


Sides = tuple[Iterable[int], Iterable[int], Callable[[int, int], int]]
"""The assertions of either side, and how strongly one excludes another."""


def _polarity(graph: ClaimGraph, affirmed: int, denied: int) -> Sides:
    denials = graph.positions(denied, Stance.DENY)
    return graph.current(affirmed), denials, partial(_polarity_strength, graph)


def _values(graph: ClaimGraph, a: int, b: int) -> Sides:
    return graph.current(a), graph.current(b), partial(_value_strength, graph)


def _order(graph: ClaimGraph, before: int, after: int) -> Sides:
    earlier, later = graph.structure(before), graph.structure(after)
    strength = 0 if earlier is None or later is None else _later_strength(earlier, later)
    return (
        graph.current(before) if strength else (),
        graph.current(after),
        lambda one, other: min(strength, _certainty_strength(graph, one, other)),
    )


def _explicit(graph: ClaimGraph, a: int, b: int) -> Sides:
    return graph.current(a), graph.current(b), partial(_certainty_strength, graph)


_SIDES = {"polarity": _polarity, "value": _values, "order": _order, "explicit": _explicit}


def _claims_by_issue(graph: ClaimGraph) -> dict[tuple[int, int, str | None], list[int]]:
    claims_by_issue: dict[tuple[int, int, str | None], list[int]] = defaultdict(list)
    for claim in sorted({graph.claim_classes[key] for key in graph.whole}):
        issue = graph.issue(claim)
        if issue is not None:
            claims_by_issue[issue].append(claim)
    return claims_by_issue


def _pairs(graph: ClaimGraph) -> Iterator[Pair]:
    """Every two claims that could be in conflict, kind by kind in the law's order."""
    claims_by_issue = _claims_by_issue(graph)
    yield from _polarity_pairs(graph)
    for claims in claims_by_issue.values():
        for a, b in combinations([claim for claim in claims if graph.current(claim)], 2):
            yield "value", a, b
    yield from _order_pairs(graph, claims_by_issue)
    for a, b in sorted({_ends_of(graph, link) for link in graph.claim_links if link[0] == "contradicts"}):
        if a != b:
            yield "explicit", a, b


def _polarity_pairs(graph: ClaimGraph) -> Iterator[Pair]:
    for denied in sorted({graph.claim_classes[key] for key in graph.whole}):
        if graph.positions(denied, Stance.DENY):
            for affirmed in sorted(graph.specifics(denied)):
                yield "polarity", affirmed, denied


def _order_pairs(
    graph: ClaimGraph, claims_by_issue: dict[tuple[int, int, str | None], list[int]]
) -> Iterator[Pair]:
    for before, after in sorted(graph.attribute_order):
        for (subject, attribute, scope), claims in claims_by_issue.items():
            if attribute == before:
                for a in claims:
                    for b in claims_by_issue.get((subject, after, scope), ()):
                        yield "order", a, b


def _ends_of(graph: ClaimGraph, link: tuple[str, int, int]) -> tuple[int, int]:
    a, b = graph.claim_classes[link[1]], graph.claim_classes[link[2]]
    return min(a, b), max(a, b)


def issue_names(graph: ClaimGraph) -> dict[int, int]:
    """What each class of claims is about: the first recorded of its (subject, attribute, scope), else itself."""
    found = {graph.claim_classes[key]: graph.claim_classes[key] for key in graph.whole}
    for claims in _claims_by_issue(graph).values():
        found.update(dict.fromkeys(claims, claims[0]))
    return found


def issue_of(issue_names: dict[int, int], kind: str, a: int, b: int) -> int:
    """The matter that two claims are in conflict about: what is denied, what has to come first, the first recorded."""
    return issue_names[{"polarity": b, "order": a}.get(kind, min(a, b))]


def conflicts(graph: ClaimGraph) -> dict[int, list[ConflictKeys]]:
    """Every conflict and divergence among the world's claims, each once, by matter in the order of recording."""
    about = issue_names(graph)
    best: _Surest = {}
    for pair in _pairs(graph):
        conflict = _conflict_between(graph, pair)
        if conflict is not None:
            _keep_surest(best, issue_of(about, *pair), conflict)
    return _by_issue(best)


_Surest = dict[tuple[int, str, int, int], ConflictKeys]
"""Of one kind between two claims about one matter the surest."""


def _keep_surest(best: _Surest, issue: int, conflict: ConflictKeys) -> None:
    key = (issue, conflict.kind, conflict.a, conflict.b)
    if key not in best or conflict.strength > best[key].strength:
        best[key] = conflict


def _by_issue(best: _Surest) -> dict[int, list[ConflictKeys]]:
    found: dict[int, list[ConflictKeys]] = {issue: [] for issue in sorted({key[0] for key in best})}
    for key, conflict in best.items():
        found[key[0]].append(conflict)
    for ones in found.values():
        ones.sort(key=order)
    return found


def order(conflict: ConflictKeys) -> tuple[int, int, str, int]:
    """Of what is found about one matter: that of recording."""
    return min(conflict.a, conflict.b), max(conflict.a, conflict.b), conflict.kind, conflict.a


FEW = 32
"""Pairs of claims about one matter, up to which all its conflicts are kept. Their number grows with the square."""


class Contested(NamedTuple):
    """The claims that are a side of a conflict, and by matter the strength of its conflicts and of its divergences;
    and all of these, of matters with few pairs of claims."""

    sides: set[int]
    conflict_strengths: dict[int, int]
    divergence_strengths: dict[int, int]
    conflicts: dict[int, list[ConflictKeys]]


def contested(graph: ClaimGraph) -> Contested:
    """What is in conflict; of many pairs, without those that can tell nothing new."""
    known: Contested | None = graph.derived.get("contested")
    if known is not None:
        return known
    sides: set[int] = set()
    by_nature: dict[bool, dict[int, int]] = {True: {}, False: {}}
    best: _Surest = {}
    looked: dict[int, int] = defaultdict(int)
    about = issue_names(graph)
    for kind, a, b in _pairs(graph):
        issue = issue_of(about, kind, a, b)
        is_fact = _is_factual(graph, a, b)
        strengths = by_nature[is_fact]
        looked[issue] += 1
        is_known = strengths.get(issue) == DEFINITE and (not is_fact or {a, b} <= sides)
        conflict = None if is_known and looked[issue] > FEW else _conflict_between(graph, (kind, a, b))
        if conflict is not None:
            strengths[issue] = max(conflict.strength, strengths.get(issue, 0))
            if looked[issue] <= FEW:
                _keep_surest(best, issue, conflict)
            if is_fact:
                sides.update((a, b))
    few = {key: conflict for key, conflict in best.items() if looked[key[0]] <= FEW}
    found = Contested(sides, by_nature[True], by_nature[False], _by_issue(few))
    graph.derived["contested"] = found
    return found


def self_contradictions(graph: ClaimGraph) -> dict[int, list[SelfContradictionKeys]]:
    """Where one holder's live assertions on facts exclude each other, at one time or one after the other, by matter."""
    about = issue_names(graph)
    found: dict[int, dict[tuple[int, str, int, int, str], SelfContradictionKeys]] = defaultdict(dict)
    for kind, a, b in _own_pairs(graph):
        if _is_factual(graph, a, b):
            for one in _self_contradictions(graph, kind, a, b):
                found[issue_of(about, kind, a, b)].setdefault(one[:5], one)
    return {issue: [found[issue][key] for key in sorted(found[issue])] for issue in sorted(found)}


def _own_pairs(graph: ClaimGraph) -> Iterator[Pair]:
    for denied in sorted({graph.claim_classes[key] for key in graph.whole}):
        if _live(graph, denied, Stance.DENY):
            for affirmed in sorted(graph.specifics(denied)):
                yield "polarity", affirmed, denied
    for claims in _claims_by_issue(graph).values():
        for a, b in combinations(claims, 2):
            yield "value", a, b


def _self_contradictions(graph: ClaimGraph, kind: str, a: int, b: int) -> Iterator[SelfContradictionKeys]:
    strength_of = _polarity_strength if kind == "polarity" else _value_strength
    if kind == "value" and graph.claims[b].id < graph.claims[a].id:
        a, b = b, a
    by_holder: dict[int, list[int]] = defaultdict(list)
    for other in _live(graph, b, Stance.DENY if kind == "polarity" else Stance.AFFIRM):
        by_holder[graph.holder(other)].append(other)
    for one in _live(graph, a, Stance.AFFIRM):
        holder = graph.holder(one)
        for other in by_holder.get(holder, ()):
            if strength_of(graph, one, other):
                is_at_once = graph.assertions[one].said == graph.assertions[other].said
                when = "simultaneous" if is_at_once else "reversal"
                yield SelfContradictionKeys(holder, kind, a, b, when, one, other)


def _live(graph: ClaimGraph, claim: int, stance: Stance) -> list[int]:
    return [
        one
        for one in graph.by_claim.get(claim, ())
        if one in graph.live and graph.assertions[one].stance == stance
    ]
