"""Windows of time: when a state held, and of which moments a count is (docs/semantics.md#rule-time)."""

from __future__ import annotations

from provenance.rules.facts import AssertionRow, Span, StatedWindow
from provenance.rules.speech_events import DAY

Moments = tuple[float, float]
"""From a moment to a moment, both inclusive; infinite where it is open."""

PAST, FUTURE = float("-inf"), float("inf")


def whole(window: StatedWindow) -> Moments:
    """A validity: from the first moment of its beginning to the last of its end."""
    return (PAST if window.lo is None else window.lo[0]), (FUTURE if window.hi is None else window.hi[1])


def moments(window: StatedWindow) -> Moments:
    """An as-of window: each end counts as its last moment, so that one date is one moment."""
    return (PAST if window.lo is None else window.lo[1]), (FUTURE if window.hi is None else window.hi[1])


def overlap(a: Moments, b: Moments) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def distance(a: Moments, b: Moments) -> float:
    """Microseconds from the last moment of the earlier window to the first of the later; none where they overlap."""
    return max(a[0] - b[1], b[0] - a[1], 0)


def one_date(a: StatedWindow | None, b: StatedWindow | None) -> Span | None:
    """The date that both windows are, from its first moment to its last; None where they are not one and the same
    date."""
    if a is None or a != b or a.lo is None or a.lo != a.hi:
        return None
    return a.lo if a.lo[1] - a.lo[0] == DAY - 1 else None


def day_of_saying(row: AssertionRow) -> Span:
    return row.day_lo, row.day_hi


def has_time_of_day(row: AssertionRow) -> bool:
    return row.said_lo == row.said
