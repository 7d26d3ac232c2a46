"""Dates of the calendar, exact, approximate or in part unknown: those of EDTF (ISO 8601-2).

"2026-02-XX", "2019-01~", "2026-21". They are read here, because a package for EDTF would bring its own dependencies.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import attrs

from provenance.errors import InvalidValue
from provenance.values.instants import When, beyond_the_calendar, in_utc
from provenance.values.quantities import Approximations


def _zone(zone: tzinfo | None) -> tzinfo | None:
    if zone is not None and not isinstance(zone, tzinfo):
        raise InvalidValue("zone", f"a {type(zone).__name__}", 'a tzinfo, such as ZoneInfo("Europe/Moscow")')
    return zone


def _on(on: date | None) -> date | None:
    if on is not None and (isinstance(on, datetime) or not isinstance(on, date)):
        raise InvalidValue("on", f"a {type(on).__name__}", "a date, such as date(2026, 2, 6)")
    return on


@attrs.frozen
class Setting:
    """What a time in words leaves unsaid: its zone, its date, and what approximate words stand for."""

    stated_zone: tzinfo | None = attrs.field(converter=_zone)
    on: date | None = attrs.field(converter=_on)
    choices: Approximations

    @property
    def zone(self) -> tzinfo:
        return self.stated_zone or UTC

    def on_the_next_day(self) -> Setting:
        return self if self.on is None else attrs.evolve(self, on=_next_day(self.on))


def _next_day(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise beyond_the_calendar("on") from None


@attrs.frozen
class Stated:
    """A time that was read from words: both ends of an interval in UTC, equal for an instant."""

    earliest: datetime
    latest: datetime
    pad: timedelta = timedelta(0)
    edtf: str | None = None

    def as_when(self) -> When:
        return When(self.earliest, self.latest, pad=self.pad, edtf=self.edtf)


_DATE_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[t ]"
    r"(?P<time>(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?)"
    r" ?(?P<zone>z|[-+][0-9]{2}(?::?[0-9]{2})?)?(?P<mark>[?~%]?)"
)
_YEAR, _PART = (f"([?~%]?)([0-9x]{{{digits}}})([?~%]?)" for digits in (4, 2))
_DATE = re.compile(f"{_YEAR}(?:-{_PART}(?:-{_PART})?)?")
_DIVISION = re.compile("([0-9]{4})-([0-9]{2})([?~%]?)")
_APPROXIMATE = ("~", "%")

_NORTHERN_SEASONS = [(3, 3), (6, 3), (9, 3), (12, 3)]
_SOUTHERN_SEASONS = [(9, 3), (12, 3), (3, 3), (6, 3)]
_QUARTERS = [(1, 3), (4, 3), (7, 3), (10, 3)]
_THIRDS = [(1, 4), (5, 4), (9, 4)]
_HALF_YEARS = [(1, 6), (7, 6)]
_DIVISIONS = dict(
    enumerate(
        _NORTHERN_SEASONS + _NORTHERN_SEASONS + _SOUTHERN_SEASONS + _QUARTERS + _THIRDS + _HALF_YEARS,
        start=21,
    )
)
"""EDTF's codes for parts of a year: the first month, and how many months. A part that begins in December ends in the
next year."""


def calendar_date(words: str, setting: Setting) -> Stated | None:
    return _date_time(words, setting) or _division(words, setting) or _date(words, setting)


def _date_time(words: str, setting: Setting) -> Stated | None:
    found = _DATE_TIME.fullmatch(words)
    if found is None:
        return None
    if found["zone"] is None:
        raise InvalidValue(
            "when", "a date-time without its zone", "one that ends in Z or in an offset such as +03:00"
        )
    try:
        moment = datetime.fromisoformat(f"{found['date']}T{found['time']}{found['zone'].upper()}")
    except ValueError:
        raise _no_such_date() from None
    pad = setting.choices.around_a_time if found["mark"] in _APPROXIMATE else timedelta(0)
    utc = in_utc("when", moment)
    return Stated(utc, utc, pad, words.upper().replace(" ", "T", 1).replace(" ", ""))


def _no_such_date() -> InvalidValue:
    return InvalidValue(
        "when", "a date that does not exist", "one of the calendar, in the years 0001 to 9999"
    )


def _division(words: str, setting: Setting) -> Stated | None:
    found = _DIVISION.fullmatch(words)
    if found is None or int(found[2]) not in _DIVISIONS:
        return None
    month, months = _DIVISIONS[int(found[2])]
    years, last_month = divmod(month + months - 2, 12)
    first, _ = _first_and_last(found[1], f"{month:02}")
    _, last = _first_and_last(f"{int(found[1]) + years:04}", f"{last_month + 1:02}")
    pad = _pad_of(first, last, setting) if found[3] in _APPROXIMATE else timedelta(0)
    return whole_days(first, last, setting, pad=pad, edtf=words.upper())


def _date(words: str, setting: Setting) -> Stated | None:
    found = _DATE.fullmatch(words)
    if found is None:
        return None
    parts = [part for part in found.group(2, 5, 8) if part]
    marks = zip(found.group(1, 4, 7), found.group(3, 6, 9), strict=True)
    approximate = [count for count, pair in enumerate(marks, start=1) if set(pair).intersection(_APPROXIMATE)]
    pads = [_pad_of(*_first_and_last(*parts[:count]), setting) for count in approximate]
    first, last = _first_and_last(*parts)
    return whole_days(first, last, setting, pad=max(pads, default=timedelta(0)), edtf=words.upper())


def _pad_of(first: date, last: date, setting: Setting) -> timedelta:
    """The pad of an approximate day, month or year: its own length, times `Approximations.around_a_date`."""
    try:
        return (last - first + timedelta(days=1)) * setting.choices.around_a_date
    except OverflowError:
        raise beyond_the_calendar("pad") from None


def whole_days(
    first: date, last: date, setting: Setting, *, pad: timedelta = timedelta(0), edtf: str
) -> Stated:
    """The time from the beginning of the first day to the end of the last, by the clock of the setting's zone.

    Clocks that are set back at midnight show a midnight twice: the time begins at the first one, and ends at the last
    (`fold`). Clocks that are set forward there leave midnight out: the time begins, or ends, at the change.
    """
    begins = datetime.combine(first, time.min, setting.zone)
    ends = datetime.combine(last, time.max, setting.zone).replace(fold=1)
    return Stated(in_utc("when", begins), in_utc("when", ends), pad, edtf)


def _first_and_last(year: str, month: str = "xx", day: str = "xx") -> tuple[date, date]:
    """The first and the last date of the calendar that fit, where each "x" stands for any digit."""
    first = next(_dates(year, month, day, iter), None)
    last = next(_dates(year, month, day, reversed), None)
    if first is None or last is None:
        raise _no_such_date()
    return first, last


def _dates(year: str, month: str, day: str, ordered: Callable[[list[int]], Iterable[int]]) -> Iterator[date]:
    for y in ordered(_numbers(year, 1, 9999)):
        for m in ordered(_numbers(month, 1, 12)):
            for d in ordered(_numbers(day, 1, calendar.monthrange(y, m)[1])):
                yield date(y, m, d)


def _numbers(mask: str, lowest: int, highest: int) -> list[int]:
    least, most = int(mask.replace("x", "0")), int(mask.replace("x", "9"))
    candidates = range(max(least, lowest), min(most, highest) + 1)
    if "x" not in mask or mask.strip("x") == "":
        return list(candidates)
    return [number for number in candidates if _fits(mask, f"{number:0{len(mask)}}")]


def _fits(mask: str, digits: str) -> bool:
    return all(stated in ("x", digit) for stated, digit in zip(mask, digits, strict=True))
