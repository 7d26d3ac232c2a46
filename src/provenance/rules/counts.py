"""Counts that may only rise: when two of them cannot both have been right (docs/semantics.md#rule-value-cumulative)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from provenance.rules.facts import AssertionRow, ClaimRow
from provenance.rules.intervals import is_after
from provenance.rules.strengths import DEFINITE, POSSIBLE
from provenance.rules.windows import (
    PAST,
    Moments,
    day_of_saying,
    has_time_of_day,
    moments,
    one_date,
    overlap,
)


class Count(NamedTuple):
    """A count, and the assertion that gives it."""

    said: AssertionRow
    value: ClaimRow


def count_strength(a: Count, b: Count, *, own: bool) -> int:
    """Definite where both cannot have been right, of whichever earlier moment an unstated as-of window may be;
    possible where they cannot as of the days of saying (of one holder's own counts: as of the moments)."""
    if not _can_both_count(a, b, _until_said):
        if _is_rise_on_one_date(a, b, own=own):
            return 0 if own else POSSIBLE
        return DEFINITE
    if own and _are_of_one_day(a.said, b.said):
        return 0
    return 0 if _can_both_count(a, b, _when_said if own else _on_the_day_said) else POSSIBLE


def _until_said(row: AssertionRow) -> Moments:
    return PAST, row.said


def _when_said(row: AssertionRow) -> Moments:
    return row.said, row.said


def _on_the_day_said(row: AssertionRow) -> Moments:
    return row.day_hi, row.day_hi


def _can_both_count(a: Count, b: Count, unstated: Callable[[AssertionRow], Moments]) -> bool:
    """Whether a was the earlier count, or b was, or both are of one moment and meet."""
    a_as_of, b_as_of = (
        unstated(each.said) if each.value.as_of is None else moments(each.value.as_of) for each in (a, b)
    )
    a_below, b_below = not is_after(a.value, b.value), not is_after(b.value, a.value)
    return (
        (a_as_of[0] < b_as_of[1] and a_below)
        or (b_as_of[0] < a_as_of[1] and b_below)
        or (overlap(a_as_of, b_as_of) and a_below and b_below)
    )


def _is_rise_on_one_date(a: Count, b: Count, *, own: bool) -> bool:
    """Whether both are as of one and the same date, and the lower was said earlier: that day, or of one's own whenever
    it was."""
    date = one_date(a.value.as_of, b.value.as_of)
    lower, higher = (b, a) if is_after(a.value, b.value) else (a, b)
    if date is None or lower.said.said >= higher.said.said:
        return False
    return own or day_of_saying(lower.said) == date


def _are_of_one_day(a: AssertionRow, b: AssertionRow) -> bool:
    """Whether both were said on one day, at least one of them at an unknown time of it."""
    return day_of_saying(a) == day_of_saying(b) and not (has_time_of_day(a) and has_time_of_day(b))
