"""Speech events: which records describe one, what is true of it, and when it was said.

The rules of docs/semantics.md#record-same-event and #rule-time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from provenance.rules.classes import Classes
from provenance.rules.facts import Span
from provenance.values.vocabulary import FIRST_HAND

DAY = 86_400_000_000
"""Microseconds of a day."""

_FIRST_HAND = frozenset(basis.value for basis in FIRST_HAND)


def events(links: Iterable[tuple[int, int]], claim_of: Mapping[int, int]) -> Classes:
    """Which assertions record one speech event: those that a link joins and that are on one claim. The first recorded
    one stands for the event.

    `claim_of` gives the claim of every assertion that is there; a link to any other joins nothing.
    """
    return Classes((a, b) for a, b in links if a in claim_of and b in claim_of and claim_of[a] == claim_of[b])


def times_said(
    stated: Mapping[int, Span],
    published: Iterable[tuple[int, Span]],
    rested_on: Mapping[int, Iterable[int]],
) -> dict[int, Span]:
    """When each assertion was said: its stated time, else the earliest publication of it or of an assertion that rests
    on it. Assertions without either are left out.

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


def when_recorded(moment: int) -> Span:
    """When an assertion of unknown time counts as said: at the moment of its commit."""
    return moment, moment


def is_within(said: Span, bound: int | None) -> bool:
    """Whether what was said at this time counts by the bound: its last moment does. None is no bound."""
    return bound is None or said[1] <= bound


def observed(mentions: Iterable[tuple[int, int, int | None]], same_agent: Classes) -> set[int]:
    """The assertions that were found in a document of their own agent, or by the desk.

    `mentions` gives assertions, each with its agent and the outlet of the document that it was found in; None where the
    desk found it itself.
    """
    return {
        assertion
        for assertion, agent, outlet in mentions
        if outlet is None or same_agent[outlet] == same_agent[agent]
    }


def day_of(said: Span) -> Span:
    """The day of saying, as its first and last moment: the stated one in its zone, else that of the last moment."""
    lo, hi = said
    begin = lo if hi - lo == DAY - 1 else hi // DAY * DAY
    return begin, begin + DAY - 1


def basis_of(bases: Sequence[str]) -> str:
    """The first basis that is first-hand, else that of the first record."""
    return next((basis for basis in bases if basis in _FIRST_HAND), bases[0])
