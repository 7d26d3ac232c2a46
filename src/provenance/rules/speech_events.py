"""What is true of a speech event that several records describe, and when it was said.

The rules of docs/semantics.md#record-same-event and #rule-time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from provenance.rules.claim_graph import FIRST_HAND_BASES
from provenance.rules.facts import Terms
from provenance.values.vocabulary import GroundRule

DAY = 86_400_000_000
"""Microseconds of a day."""

Span = tuple[int, int]
"""The first and the last moment of a time."""


def times_said(
    stated: Mapping[int, Span],
    published: Iterable[tuple[int, Span]],
    rested_on: Mapping[int, Iterable[int]],
) -> dict[int, Span]:
    """By assertion when it was said: at its stated time, else at the earliest publication that it was found in, be it
    through those who rest on it. Assertions without either are left out.

    `published` gives assertions with the publications that they were found in, `rested_on` the assertions that one
    rests on over stated relays. A time counts from its end.
    """
    waiting = [(hi, lo, key) for key, (lo, hi) in stated.items()]
    waiting.extend((hi, lo, key) for key, (lo, hi) in published if key not in stated)
    heapq.heapify(waiting)
    found: dict[int, Span] = {}
    while waiting:
        hi, lo, key = heapq.heappop(waiting)
        if key not in found:
            found[key] = (lo, hi)
            for target in rested_on.get(key, ()):
                if target not in found and target not in stated:
                    heapq.heappush(waiting, (hi, lo, target))
    return found


def earliest(times: Sequence[Span]) -> Span:
    """When an event was said that each of its records dates."""
    return times[0] if len(times) == 1 else min(times, key=itemgetter(1))


def day_of(said: Span) -> Span:
    """The day of saying, as its first and last moment: the stated one in its zone, else that of the last moment."""
    lo, hi = said
    begin = lo if hi - lo == DAY - 1 else hi // DAY * DAY
    return begin, begin + DAY - 1


def basis_of(bases: Sequence[str]) -> str:
    """The first basis that is first-hand, else that of the first record."""
    return next((basis for basis in bases if basis in FIRST_HAND_BASES), bases[0])


def terms_of(terms: Sequence[Terms]) -> Terms:
    """The strictest ground rule, and the language and translation of the first record that states any."""
    rules = [GroundRule(each.ground_rule) for each in terms if each.ground_rule is not None]
    stating = next((each for each in terms if each.language or each.translated), terms[0])
    return Terms(
        max(rules, key=list(GroundRule).index).value if rules else None,
        stating.language,
        stating.translated,
        stating.translated_by,
    )
