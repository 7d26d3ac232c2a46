"""Conflicts between holders, and divergences (docs/semantics.md#semantics-conflicts).

Two claims conflict about an issue. An issue is named by the first claim recorded about it. Claims are given by the
keys of their classes, assertions by their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph, once_a_graph
from provenance.rules.claims import Issue
from provenance.rules.exclusion import polarity_strength, value_strength
from provenance.rules.facts import LinkRow
from provenance.rules.intervals import is_known, later_strength
from provenance.rules.one_holder import is_doubtful
from provenance.rules.strengths import DEFINITE, POSSIBLE, certainty_strength, weight_of
from provenance.values.vocabulary import Nature, Stance, Temporal

FEW = 32
"""Pairs of claims about one issue, up to which `contested` gives all its conflicts. Their number grows with the square
of the claims."""


class ConflictKeys(NamedTuple):
    """Two claims that cannot both be right, how strongly, and one strongest assertion on either."""

    kind: str
    a: int
    b: int
    strength: int
    a_assertion: int
    b_assertion: int


class Contested(NamedTuple):
    """What is in conflict.

    - `claims_in_conflict`: those of any conflict
    - `conflict_strengths`, `divergence_strengths`: the strongest of each, by issue
    - `conflicts`: all of them, for issues with few pairs
    """

    claims_in_conflict: set[int]
    conflict_strengths: dict[int, int]
    divergence_strengths: dict[int, int]
    conflicts: dict[int, list[ConflictKeys]]


@once_a_graph
def conflicts(graph: ClaimGraph) -> dict[int, list[ConflictKeys]]:
    """Every conflict and divergence among the graph's claims, each once, by issue in the order of recording."""
    names = issue_names(graph)
    surest: _Surest = {}
    for pair in _pairs(graph):
        conflict = _conflict_between(graph, pair)
        if conflict is not None:
            _keep_surest(surest, issue_of(names, *pair), pair[0], conflict)
    return _by_issue(surest)


@once_a_graph
def contested(graph: ClaimGraph, few: int = FEW) -> Contested:
    """What is in conflict. Beyond `few` pairs of an issue, a pair is skipped if it can neither add a claim in conflict
    nor strengthen the issue."""
    claims_in_conflict: set[int] = set()
    strengths_of: dict[bool, dict[int, int]] = {True: {}, False: {}}
    surest: _Surest = {}
    pairs_of: dict[int, int] = defaultdict(int)
    names = issue_names(graph)
    for kind, a, b in _pairs(graph):
        issue = issue_of(names, kind, a, b)
        is_fact = is_factual(graph, a, b)
        strengths = strengths_of[is_fact]
        pairs_of[issue] += 1
        is_known = strengths.get(issue) == DEFINITE and (not is_fact or {a, b} <= claims_in_conflict)
        conflict = None if is_known and pairs_of[issue] > few else _conflict_between(graph, (kind, a, b))
        if conflict is not None:
            strengths[issue] = max(conflict.strength, strengths.get(issue, 0))
            if pairs_of[issue] <= few:
                _keep_surest(surest, issue, kind, conflict)
            if is_fact:
                claims_in_conflict.update((a, b))
    of_few = {key: found for key, found in surest.items() if pairs_of[key[0]] <= few}
    return Contested(claims_in_conflict, strengths_of[True], strengths_of[False], _by_issue(of_few))


_Surest = dict[tuple[int, str, int, int], tuple[str, ConflictKeys]]
"""By issue, kind and both claims, the surest conflict between them, with its kind before it became a divergence."""


def _keep_surest(surest: _Surest, issue: int, kind: str, conflict: ConflictKeys) -> None:
    """A divergence is kept once a pair, by the first kind that applies: the pairs come kind by kind in the law's
    order."""
    key = (issue, conflict.kind, conflict.a, conflict.b)
    if key not in surest or (kind == surest[key][0] and conflict.strength > surest[key][1].strength):
        surest[key] = kind, conflict


def _by_issue(surest: _Surest) -> dict[int, list[ConflictKeys]]:
    found: dict[int, list[ConflictKeys]] = {issue: [] for issue in sorted({key[0] for key in surest})}
    for key, (_, conflict) in surest.items():
        found[key[0]].append(conflict)
    for about_one_issue in found.values():
        about_one_issue.sort(key=order)
    return found


def is_listed(strength: int, least: int) -> bool:
    """Whether an issue with conflicts of this strength (0 where it has none) is on the list of those of at least
    another."""
    return strength >= least


def order(conflict: ConflictKeys) -> tuple[int, int, str, int]:
    """By what the conflicts about one issue are sorted: the order in which their claims were recorded."""
    return min(conflict.a, conflict.b), max(conflict.a, conflict.b), conflict.kind, conflict.a


# Issues


def claims_by_issue(graph: ClaimGraph) -> dict[Issue, list[int]]:
    """The structured claims, each list in the order of recording."""
    found: dict[Issue, list[int]] = defaultdict(list)
    for claim in graph.claims.whole:
        issue = graph.claims.issue(claim)
        if issue is not None:
            found[issue].append(claim)
    return found


def issue_names(graph: ClaimGraph) -> dict[int, int]:
    """By claim, the claim that names its issue: the first recorded one about it, else the claim itself."""
    names = {claim: claim for claim in graph.claims.whole}
    for claims in claims_by_issue(graph).values():
        names.update(dict.fromkeys(claims, claims[0]))
    return names


def issue_of(names: dict[int, int], kind: str, a: int, b: int) -> int:
    """The issue under which a conflict is listed: of polarity that of the denied claim, of order that of the claim that
    must come first, otherwise that of the claim recorded first."""
    return names[{"polarity": b, "order": a}.get(kind, min(a, b))]


def is_factual(graph: ClaimGraph, a: int, b: int) -> bool:
    return graph.claims.nature(a) == graph.claims.nature(b) == Nature.FACTUAL


# Which claims may be in conflict

ConflictPair = tuple[str, int, int]
"""A kind of conflict, and the two claims whose assertions decide it."""


def _pairs(graph: ClaimGraph) -> Iterator[ConflictPair]:
    """Every two claims that could be in conflict, kind by kind in the law's order. No others are
    (#rule-not-conflicts)."""
    yield from polarity_pairs(graph, lambda claim: graph.positions(claim, Stance.DENY))
    yield from value_pairs(graph, graph.current)
    yield from _order_pairs(graph, claims_by_issue(graph))
    links = (link for link in graph.facts.claim_links if link.kind == "contradicts")
    for a, b in sorted({_ends_of(graph, link) for link in links}):
        if a != b:
            yield "explicit", a, b


def polarity_pairs(graph: ClaimGraph, denials: Callable[[int], Sequence[int]]) -> Iterator[ConflictPair]:
    """Every claim that has denials, with each that is or entails it."""
    for denied in graph.claims.whole:
        if denials(denied):
            for affirmed in sorted(graph.claims.specifics(denied)):
                yield "polarity", affirmed, denied


def value_pairs(graph: ClaimGraph, affirmations: Callable[[int], Sequence[int]]) -> Iterator[ConflictPair]:
    """Every two affirmed claims that have values of one issue, themselves or by what they entail; each pair once."""
    affirmed: dict[Issue, list[int]] = defaultdict(list)
    for claim in graph.claims.whole:
        if affirmations(claim):
            issues = (graph.claims.issue(general) for general in graph.claims.generals(claim))
            for issue in {issue for issue in issues if issue is not None}:
                affirmed[issue].append(claim)
    entailing = {claim for claim in graph.claims.whole if len(graph.claims.generals(claim)) > 1}
    seen: set[tuple[int, int]] = set()
    for claims in affirmed.values():
        for a, b in combinations(claims, 2):
            if a in entailing or b in entailing:
                if (a, b) in seen:
                    continue
                seen.add((a, b))
            yield "value", a, b


def _order_pairs(graph: ClaimGraph, by_issue: dict[Issue, list[int]]) -> Iterator[ConflictPair]:
    for before, after in sorted(graph.facts.attribute_order):
        for issue, claims in by_issue.items():
            if issue.attribute == before:
                for a in claims:
                    for b in by_issue.get(issue._replace(attribute=after), ()):
                        yield "order", a, b


def _ends_of(graph: ClaimGraph, link: LinkRow) -> tuple[int, int]:
    a, b = graph.claims.classes[link.source], graph.claims.classes[link.target]
    return min(a, b), max(a, b)


# Which assertions are


def _conflict_between(graph: ClaimGraph, pair: ConflictPair) -> ConflictKeys | None:
    """The conflict of two claims: the surest pair of assertions of different holders, the earliest recorded of such.

    Assertions with equal claim, certainty and times are compared once. Else a rumour that thousands repeat and hundreds
    deny would take hundreds of thousands of comparisons. Where all of their holders may be one, the conflict is at most
    possible (#rule-one-holder).
    """
    kind, a, b = pair
    lefts, rights, strength_of = _OPPOSED[kind](graph, a, b)
    alike = _alike(graph, rights)
    best: tuple[int, int, int, int] | None = None
    for left in _alike(graph, lefts):
        for right in alike:
            strength = strength_of(left[0], right[0])
            if not strength or (best is not None and strength < best[0]):
                continue
            weight = weight_of(graph, left[0], right[0])
            for apart, most in _of_two_holders(graph, left, right, is_definite=strength == DEFINITE):
                rank = (min(strength, most), weight, -apart[0], -apart[1])
                best = rank if best is None else max(best, rank)
    if best is None:
        return None
    strength, _, a_assertion, b_assertion = best
    return _as_divergence(graph, ConflictKeys(kind, a, b, strength, -a_assertion, -b_assertion))


def _alike(graph: ClaimGraph, assertions: Iterable[int]) -> list[list[int]]:
    """The assertions by what their strength depends on: the claim they are on, how certain they are and, where the
    attribute changes with time, when they were said and held. Each list in the order of recording."""
    found: dict[object, list[int]] = defaultdict(list)
    timed: dict[int, bool] = {}
    for one in sorted(assertions):
        row, claim = graph.facts.assertions[one], graph.claim_of(one)
        if claim not in timed:
            timed[claim] = any(_is_timed(graph, general) for general in graph.claims.generals(claim))
        times = (row.said_lo, row.said, row.day_lo, row.day_hi) if timed[claim] else None
        found[claim, graph.certainty(one), times].append(one)
    return list(found.values())


def _is_timed(graph: ClaimGraph, claim: int) -> bool:
    attribute = graph.claims.attribute(claim)
    return attribute is not None and attribute.temporal != Temporal.CONSTANT


def _of_two_holders(
    graph: ClaimGraph, lefts: list[int], rights: list[int], *, is_definite: bool
) -> Iterator[tuple[tuple[int, int], int]]:
    """The first assertion of the left with a counterpart of another holder, and the first such counterpart, each with
    what a conflict of them is at most; where that is doubtful, also the first two of which it is not."""
    of_left, of_right = _first_by_holder(graph, lefts), _first_by_holder(graph, rights)
    pairs = (
        (one, other)
        for holder, one in of_left.items()
        for another, other in of_right.items()
        if holder != another
    )
    is_first = True
    for pair in pairs:
        is_sure = not (is_definite and is_doubtful(graph, *pair))
        if is_first or is_sure:
            yield pair, DEFINITE if is_sure else POSSIBLE
        if is_sure:
            return
        is_first = False


def _first_by_holder(graph: ClaimGraph, assertions: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in assertions:
        found.setdefault(graph.holder(one), one)
    return found


def _as_divergence(graph: ClaimGraph, conflict: ConflictKeys) -> ConflictKeys:
    """A conflict of opinions or forecasts is a divergence (#rule-divergence); its claims, as those of most kinds, stand
    in id order."""
    if not is_factual(graph, conflict.a, conflict.b):
        conflict = conflict._replace(kind="divergence")
    ids = graph.facts.claims
    if conflict.kind not in ("polarity", "order") and ids[conflict.b].id < ids[conflict.a].id:
        conflict = conflict._replace(
            a=conflict.b, b=conflict.a, a_assertion=conflict.b_assertion, b_assertion=conflict.a_assertion
        )
    return conflict


Opposed = tuple[Iterable[int], Iterable[int], Callable[[int, int], int]]
"""The assertions of either side, and how strongly one excludes another."""


def _polarity(graph: ClaimGraph, affirmed: int, denied: int) -> Opposed:
    """Affirmed and denied (#rule-polarity)."""
    return (
        graph.current(affirmed),
        graph.positions(denied, Stance.DENY),
        partial(polarity_strength, graph),
    )


def _values(graph: ClaimGraph, a: int, b: int) -> Opposed:
    """Two values of one issue (#rule-value)."""
    return graph.current(a), graph.current(b), partial(value_strength, graph)


def _order(graph: ClaimGraph, before: int, after: int) -> Opposed:
    """Values in the wrong order (#rule-order)."""
    earlier, later = graph.claims.structure(before), graph.claims.structure(after)
    strength = 0
    if earlier is not None and later is not None and is_known(earlier) and is_known(later):
        strength = later_strength(earlier, later)
    return (
        graph.current(before) if strength else (),
        graph.current(after),
        lambda one, other: min(strength, certainty_strength(graph, one, other)),
    )


def _explicit(graph: ClaimGraph, a: int, b: int) -> Opposed:
    """Claims that a link says contradict each other (#rule-explicit)."""
    return graph.current(a), graph.current(b), partial(certainty_strength, graph)


_OPPOSED = {"polarity": _polarity, "value": _values, "order": _order, "explicit": _explicit}
