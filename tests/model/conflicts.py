"""Conflicts: polarity, value (state, cumulative), order, explicit, divergence, self-contradiction; their strength."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from .agents import descriptions, do_names_tie, is_outlet, naming
from .derived import World, current, leads_to
from .names import normal
from .rows import Structure, rows
from .times import (
    DAY,
    OPEN_START,
    Span,
    Stated,
    Window,
    apart,
    day,
    do_overlap,
    has_time_of_day,
    is_date,
    moments,
    whole,
)

Row = tuple[str, ...]

CERTAINTY = {"certain": 3, "probable": 2, "possible": 1}
KINDS = ("polarity", "value", "order", "explicit")
"""In the order of the table."""
NEARBY = 2 * DAY
"""How far apart two states may lie and still be a possible conflict."""


def surest(found: Iterable[str | None]) -> str | None:
    kept = set(found)
    return next((how for how in ("definite", "possible") if how in kept), None)


# Polarity


def polarity_clash(w: World, a: str, b: str, *, own: bool = False) -> str | None:
    """One affirms x, another denies y, and x is or entails y; of a state, the validities overlap too."""
    x, y = w.claim_of(a), w.claim_of(b)
    if (w.stance(a), w.stance(b)) != ("affirm", "deny") or not w.entails(x, y):
        return None
    attribute = w.attribute_of(y)
    is_state = attribute is not None and attribute.temporal == "state"
    return how_states_meet(w, (a, x), (b, y), own=own) if is_state else "definite"


# State


def how_states_meet(w: World, a: tuple[str, str], b: tuple[str, str], *, own: bool) -> str | None:
    """Each is an assertion, and the claim whose validity counts. "Possible, where one is unstated and they do not
    overlap but lie at most two days apart"; of one holder's own, "the two days do not apply"."""
    one, another = validity(w, *a), validity(w, *b)
    if do_overlap(one, another):
        return "definite"
    is_unstated = not (is_validity_stated(w, a[1]) and is_validity_stated(w, b[1]))
    return "possible" if is_unstated and apart(one, another) <= NEARBY and not own else None


def is_validity_stated(w: World, claim: str) -> bool:
    structure = w.structure(claim)
    return structure is not None and structure.valid is not None


def validity(w: World, a: str, claim: str) -> Window:
    """The claim's; "an unstated validity is the moment of saying (of a date: its day)"."""
    structure = w.structure(claim)
    return whole(structure.valid) if structure and structure.valid else w.assertions[a].said


# Value


def value_clash(w: World, a: str, b: str, *, own: bool = False) -> str | None:
    """They affirm values, "themselves or by what they affirm entails (the pair is the two affirmed claims, never one
    with itself)"."""
    if {w.stance(a), w.stance(b)} != {"affirm"} or w.claim_of(a) == w.claim_of(b):
        return None
    entailed = product(w.entailed_by(w.claim_of(a)), w.entailed_by(w.claim_of(b)))
    return surest(clash_of_values(w, (a, x), (b, y), own=own) for x, y in entailed)


def clash_of_values(w: World, a: tuple[str, str], b: tuple[str, str], *, own: bool) -> str | None:
    """Of one single-valued (subject, attribute, scope), the values that cannot both hold."""
    x, y = w.structure(a[1]), w.structure(b[1])
    if x is None or y is None or x.unknown or y.unknown:
        return None
    attribute = w.attribute(x.attribute)
    is_one_key = (x.subject, x.attribute, x.scope) == (y.subject, y.attribute, y.scope)
    if not is_one_key or attribute.cardinality != "single":
        return None
    if attribute.value_type not in ("number", "time"):
        clash = name_clash(w, x, y)
    elif attribute.temporal == "cumulative":
        return count_clash(w, (a[0], x), (b[0], y), own=own)
    else:
        clash = interval_clash(x, y)
    if attribute.temporal == "state":
        return at_most(clash, how_states_meet(w, a, b, own=own))
    return clash


def at_most(clash: str | None, limit: str | None) -> str | None:
    if clash is None or limit is None:
        return None
    return "possible" if "possible" in (clash, limit) else "definite"


def name_clash(w: World, x: Structure, y: Structure) -> str | None:
    """The values differ and neither contains the other."""
    if x.value is None or y.value is None or x.value == y.value:
        return None
    return None if x.value in w.wholes(y.value) or y.value in w.wholes(x.value) else "definite"


def is_after(x: Structure, y: Structure, *, padded: bool) -> bool:
    return x.lo - x.pad * padded > y.hi + y.pad * padded


def interval_clash(x: Structure, y: Structure) -> str | None:
    if is_after(x, y, padded=True) or is_after(y, x, padded=True):
        return "definite"
    return "possible" if is_after(x, y, padded=False) or is_after(y, x, padded=False) else None


# Cumulative

Count = tuple[str, Structure]
"""Who said it (the assertion), and the count."""


def count_clash(w: World, a: Count, b: Count, *, own: bool) -> str | None:
    """Definite where "none of these can hold", whatever an unstated as-of window is; possible where none holds with
    the windows read as the day of saying, or of one holder's own counts, as the moment."""
    if not can_both_count(w, a, b, until_said):
        is_rise = is_rise_as_of_one_date(w, a, b, own=own)
        return ("possible" if not own else None) if is_rise else "definite"
    if own and is_said_on_one_date(w, a[0], b[0]):
        return None
    return None if can_both_count(w, a, b, when_said if own else on_the_day_said) else "possible"


def until_said(said: Span) -> Window:
    return OPEN_START, said.last


def when_said(said: Span) -> Window:
    return said.last, said.last


def on_the_day_said(said: Span) -> Window:
    return day(said).last, day(said).last


def can_both_count(w: World, a: Count, b: Count, unstated: Callable[[Span], Window]) -> bool:
    """Whether the one was the earlier count, or the other was, or they are of one moment and the values meet."""
    (x_as_of, x), (y_as_of, y) = (
        (moments(count.as_of) if count.as_of else unstated(w.assertions[who].said), count)
        for who, count in (a, b)
    )
    may_rise_to_y, may_rise_to_x = not is_after(x, y, padded=True), not is_after(y, x, padded=True)
    x_was_earlier = x_as_of[0] < y_as_of[1] and may_rise_to_y
    y_was_earlier = y_as_of[0] < x_as_of[1] and may_rise_to_x
    return (
        x_was_earlier or y_was_earlier or (do_overlap(x_as_of, y_as_of) and may_rise_to_x and may_rise_to_y)
    )


def is_rise_as_of_one_date(w: World, a: Count, b: Count, *, own: bool) -> bool:
    """Two windows that are one and the same date, "where the lower count was said earlier that day"; of one's own,
    "whose lower was said earlier"."""
    date = one_date(a[1].as_of, b[1].as_of)
    lower, higher = (b[0], a[0]) if is_after(a[1], b[1], padded=True) else (a[0], b[0])
    if date is None or w.said_at(lower) >= w.said_at(higher):
        return False
    return own or day(w.assertions[lower].said) == date


def one_date(*windows: Stated | None) -> Span | None:
    ends = {end for window in windows for end in window or (None,)}
    date = ends.pop()
    return date if not ends and date is not None and is_date(date) else None


def is_said_on_one_date(w: World, a: str, b: str) -> bool:
    """ "Two of one date, one of them without a time"."""
    said = [w.assertions[x].said for x in (a, b)]
    return day(said[0]) == day(said[1]) and not all(has_time_of_day(each) for each in said)


# Order, explicit


def order_clash(w: World, a: str, b: str) -> str | None:
    """definite or possible where a's attribute must not be later than b's, and is."""
    x, y = w.structure(w.claim_of(a)), w.structure(w.claim_of(b))
    if {w.stance(a), w.stance(b)} != {"affirm"} or x is None or y is None or x.unknown or y.unknown:
        return None
    is_ordered = [x.attribute, y.attribute] in [list(pair) for pair in rows(w.rows, "attribute_order")]
    if x.attribute == y.attribute or not is_ordered or (x.subject, x.scope) != (y.subject, y.scope):
        return None
    if is_after(x, y, padded=True):
        return "definite"
    return "possible" if is_after(x, y, padded=False) else None


def explicit_clash(w: World, a: str, b: str) -> str | None:
    x, y = w.claim_of(a), w.claim_of(b)
    is_linked = (x, y) in w.links("contradicts") or (y, x) in w.links("contradicts")
    is_so = {w.stance(a), w.stance(b)} == {"affirm"} and x != y and is_linked
    return "definite" if is_so else None


def clashes(w: World, a: str, b: str) -> Iterator[tuple[str, str]]:
    """Each kind in which a, taken first, clashes with b, and the most that it can be."""
    found = {
        "polarity": polarity_clash(w, a, b),
        "value": value_clash(w, a, b),
        "order": order_clash(w, a, b),
        "explicit": explicit_clash(w, a, b),
    }
    return ((kind, how) for kind, how in found.items() if how)


# Strength


def strength(w: World, a: str, b: str, limit: str | None) -> str | None:
    """ "Certain 3, probable 2, possible 1; an unspecified side weighs as much as the other (both unspecified: 3) and
    makes the conflict at most possible": the sum 5 and more definite, 4 possible, below that nothing."""
    weights = [CERTAINTY.get(w.assertions[x].certainty) for x in (a, b)]
    other = next((weight for weight in weights if weight), 3)
    total = sum(weight or other for weight in weights)
    if total < 4:
        return None
    return at_most("definite" if total >= 5 and None not in weights else "possible", limit)


def doubt(w: World, a: str, b: str) -> str:
    """ "At most possible too, where the two holders may be one, and where one side has unattributed holders only"."""
    is_unattributed = "unattributed" in {naming(w, w.holder_of(x)) for x in (a, b)}
    return "possible" if is_unattributed or may_be_one(w, a, b) else "definite"


def may_be_one(w: World, a: str, b: str) -> bool:
    """Tied by maybe_same or by their own names; or unnamed, of one description, and carried by one outlet."""
    one, another = w.holder_of(a), w.holder_of(b)
    return (
        is_maybe_same(w, one, another)
        or is_maybe_same(w, another, one)
        or do_names_tie(w, one, another)
        or (is_described_alike(w, one, another) and bool(carrying_outlets(w, a) & carrying_outlets(w, b)))
    )


def is_maybe_same(w: World, one: str, another: str) -> bool:
    return any(m.maybe_same and w.resolved(m.maybe_same) == another for m in w.members(one))


def is_described_alike(w: World, one: str, another: str) -> bool:
    if {naming(w, one), naming(w, another)} != {"anonymous"}:
        return False
    described = [{normal(text) for text in descriptions(w, who)} for who in (one, another)]
    return bool(described[0] & described[1])


def carrying_outlets(w: World, a: str) -> frozenset[str]:
    """Of whom a live assertion leads to it over stated relays."""
    return frozenset(w.agent_of(b) for b in w.live if is_outlet(w, w.agent_of(b)) and a in leads_to(w, b))


# The lists


def pair_of(w: World, kind: str, a: str, b: str) -> tuple[str, str]:
    """In id order, except for polarity (affirmed claim first) and order (earlier attribute first)."""
    x, y = w.claim_of(a), w.claim_of(b)
    return (x, y) if kind in ("polarity", "order") else (min(x, y), max(x, y))


def are_facts(w: World, a: str, b: str) -> bool:
    return {w.nature(w.claim_of(a)), w.nature(w.claim_of(b))} == {"factual"}


def conflicts(w: World) -> list[Row]:
    """ "A pair is listed once a kind, with its surest strength, a divergence once a pair (by the first kind above that
    applies)"."""
    found: dict[Row, dict[str, set[str]]] = {}
    for a, b in product(current(w), repeat=2):
        if w.holder_of(a) == w.holder_of(b):
            continue
        for clash, limit in clashes(w, a, b):
            kind = clash if are_facts(w, a, b) else "divergence"
            if how := strength(w, a, b, at_most(limit, doubt(w, a, b))):
                by_kind = found.setdefault((kind, *pair_of(w, kind, a, b)), {})
                by_kind.setdefault(clash, set()).add(how)
    return sorted(
        (*row, str(surest(by_kind[min(by_kind, key=KINDS.index)]))) for row, by_kind in found.items()
    )


def self_contradictions(w: World) -> list[Row]:
    """ "One holder, all its live assertions, factual claims, polarity or value"."""
    found = set()
    for a, b in product(w.live, repeat=2):
        if w.holder_of(a) != w.holder_of(b) or not are_facts(w, a, b):
            continue
        when = "simultaneous" if w.said_at(a) == w.said_at(b) else "reversal"
        clashing = {"polarity": polarity_clash(w, a, b, own=True), "value": value_clash(w, a, b, own=True)}
        for kind, limit in clashing.items():
            if strength(w, a, b, limit):
                found.add((w.holder_of(a), kind, *pair_of(w, kind, a, b), when))
    return sorted(found)
