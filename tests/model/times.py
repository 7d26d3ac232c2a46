"""Time: "Instants are UTC with microseconds. A date is its whole day"."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from math import inf
from typing import NamedTuple

Moment = int | float
"""Microseconds since 1970 UTC; infinite where a window is open."""
Window = tuple[Moment, Moment]

DAY = 86_400_000_000
OPEN_START, OPEN_END = -inf, inf


class Span(NamedTuple):
    """A stated time, from its first microsecond to its last: of an instant they are one."""

    first: int
    last: int


Stated = tuple[Span | None, Span | None]
"""A stated window: where an end is None it is open."""


def microseconds(instant: datetime) -> int:
    since = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def first_of(year: int, month: int, day: int) -> int:
    return microseconds(datetime.fromisoformat(date(year, month, day).isoformat()))


def span(text: str) -> Span:
    """Of a year, of a month, of a date (its whole day), or the instant itself."""
    if len(text) > len("2026-02-01"):
        return Span(*(microseconds(datetime.fromisoformat(text)),) * 2)
    year, *rest = (int(part) for part in text.split("-"))
    month, day = (rest[0] if rest else None), (rest[1] if rest[1:] else None)
    last_month = month or 12
    last_day = day or monthrange(year, last_month)[1]
    return Span(first_of(year, month or 1, day or 1), first_of(year, last_month, last_day) + DAY - 1)


BEFORE_EVERYTHING = span("0001-01-02")
"""A missing time: "a day earlier than everything"."""


def time(text: str | None) -> Span:
    return span(text) if text else BEFORE_EVERYTHING


def moment(text: str | None, missing: Moment = BEFORE_EVERYTHING.last) -> Moment:
    """The moment that a time counts as: its last."""
    return span(text).last if text else missing


def day(said: Span) -> Span:
    """The day of saying: the day in UTC of the moment that the time counts as."""
    first = said.last - said.last % DAY
    return Span(first, first + DAY - 1)


def is_date(said: Span) -> bool:
    return said == day(said)


def has_time_of_day(said: Span) -> bool:
    return said.first == said.last


def stated(lo: str | None, hi: str | None) -> Stated | None:
    """The window that these ends state; None where neither is stated."""
    return (span(lo) if lo else None, span(hi) if hi else None) if lo or hi else None


def moments(window: Stated) -> Window:
    """An as-of window: "an as-of window whose ends are one date is one moment (its last)"."""
    lo, hi = window
    return (lo.last if lo else OPEN_START), (hi.last if hi else OPEN_END)


def whole(window: Stated) -> Window:
    """A validity: from the first moment of its beginning to the last of its end."""
    lo, hi = window
    return (lo.first if lo else OPEN_START), (hi.last if hi else OPEN_END)


def do_overlap(a: Window, b: Window) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def apart(a: Window, b: Window) -> Moment:
    """How long after the one window the other begins; none where they overlap."""
    return max(a[0] - b[1], b[0] - a[1], 0)
