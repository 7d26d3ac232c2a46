"""Times as newsrooms state them: an instant or an interval, a pad around it, and the words that were used.

Instants are UTC with microseconds. A date is its whole day in a zone. The dates of EDTF (ISO 8601-2:
"2026-02-XX", "2019-01~", "../2026-02-07") are read here: a package for it would bring its own dependencies.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

import attrs

from provenance.errors import InvalidValue
from provenance.values.fields import text
from provenance.values.quantities import DEFAULT_APPROXIMATIONS, MAX_WORDS_LENGTH, Approximations

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MICROSECOND = timedelta(microseconds=1)
"""The unit of time: "before 7 p.m." ends one before it."""

MAX_PAD = date.max - date.min
"""The whole calendar: with such a pad, the microseconds of a time still fit into 64 bits."""


def to_microseconds(moment: datetime, *, field: str = "moment") -> int:
    """Microseconds since 1970 UTC, exactly; negative before. `field` is what an error calls it."""
    return (_in_utc(field, moment) - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment, in UTC, so many microseconds after the start of 1970."""
    if isinstance(microseconds, bool) or not isinstance(microseconds, int):
        raise InvalidValue("microseconds", f"a {type(microseconds).__name__}", "an int")
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise _beyond_the_calendar("microseconds") from None


def _in_utc(field: str, moment: object) -> datetime:
    if not isinstance(moment, datetime):
        raise InvalidValue(
            field, f"a {type(moment).__name__}", "a datetime with a zone; for a date use when(…)"
        )
    if moment.utcoffset() is None:
        raise InvalidValue(field, "a naive datetime", "one with its zone, such as moment.replace(tzinfo=…)")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        raise _beyond_the_calendar(field) from None
    # a plain datetime, for a subclass such as pandas' would bring its own rules of comparison
    return datetime.combine(utc.date(), utc.time(), UTC)


def _beyond_the_calendar(field: str) -> InvalidValue:
    return InvalidValue(field, "a time beyond the calendar", "one within the years 1 to 9999 in UTC")


def _end(moment: datetime | None) -> datetime | None:
    return None if moment is None else _in_utc("end of a time", moment)


def _span_of_the_calendar(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, timedelta) or not timedelta(0) <= value <= MAX_PAD:
        raise InvalidValue(attribute.name, "something else", "a timedelta from zero to 9,998 years")


def _words(words: str | None) -> str | None:
    return None if words is None else text("words", words, longest=MAX_WORDS_LENGTH)


def _edtf(edtf: str | None) -> str | None:
    return None if edtf is None else text("edtf", edtf, longest=MAX_WORDS_LENGTH)


@attrs.frozen
class When:
    """An instant or an interval of time in UTC, both ends included; an end of None is open.

    `pad` is by how much either end may be off where the time is approximate ("around 6:30"). `words` are
    the source's own. `edtf` is the date in EDTF (or the date-time in ISO 8601) where it was stated as one.
    """

    earliest: datetime | None = attrs.field(converter=_end)
    latest: datetime | None = attrs.field(converter=_end)
    pad: timedelta = attrs.field(default=timedelta(0), validator=_span_of_the_calendar)
    words: str | None = attrs.field(default=None, converter=_words)
    edtf: str | None = attrs.field(default=None, converter=_edtf)

    def __attrs_post_init__(self) -> None:
        if self.earliest is not None and self.latest is not None and self.earliest > self.latest:
            raise InvalidValue("when", "an interval upside down", "the earlier end first")

    @property
    def is_date(self) -> bool:
        """Whether it was given as one calendar date, so that a window from it to it is one moment."""
        if self.edtf is None or self.earliest is None or self.latest is None:
            return False
        return self.latest - self.earliest < _TWO_DAYS and _is_one_date(self.edtf)

    def bounds(self) -> list[str | None]:
        """[earliest, latest, pad], None for an open end: the same for all words of the same meaning.

        Moments are ISO 8601 in UTC, always with six decimals; the pad is in microseconds.
        """
        return [_iso(self.earliest), _iso(self.latest), str(self.pad // MICROSECOND)]


_TWO_DAYS = timedelta(days=2)  # a day on which the clocks change is longer than 24 hours


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def when(
    value: str | date | datetime | When,
    *,
    zone: tzinfo | None = None,
    on: date | None = None,
    approximations: Approximations = DEFAULT_APPROXIMATIONS,
) -> When:
    """The interval that a time, or the words for one, stand for.

    Dates, each its whole day in `zone`, which is UTC unless given:

    - `date(2026, 2, 7)`, "2026-02-07": that day, from 00:00 to 23:59:59.999999
    - "2026-02", "2023", "2026-02-XX", "202X": the whole month, year, decade
    - "2026-XX-07", "XXXX-02-29": from the first such day to the last
    - "2026-21" (spring) to "2026-24" (winter): northern seasons, three months from March, June, September or
      December on; 25 to 28 are the same, 29 to 32 southern, 33 to 36 quarters, 37 to 39 thirds, 40, 41 halves
    - "2026-02-01/2026-02-03", "2026-02-01..2026-02-03"; with an open end "../2026-02-07", "..2026-02-07",
      "2026-02-07.."; an end that is unknown, "/2026-02-07", is open too
    - "2019~", approximate: with a pad of a year; "2019-01~", and "2019-~01-07", of a month
    - "2019?", uncertain: without, for the source may be wrong, but it is not vague; "2019%" is both

    Instants:

    - an aware `datetime`, "2026-02-06T06:30:00+03:00", "2026-02-06 03:30Z"; past six, decimals are cut off

    Times of day, on the date `on` and by the clock of `zone`; without a.m. or p.m. on the 24-hour clock:

    - "6:30 a.m.", "18:30", "7 in the evening", "noon", "midnight" (with which `on` begins)
    - an hour that the clocks go through twice: from the first to the second time

    Before a time of day or a date (not an interval):

    - "at", "on", "in": that time
    - "around", "about" 6:30: that time with a pad of 15 minutes; "around 2019" is "2019~"
    - "by 7 a.m.", "until", "no later than": (-∞, 7:00]; "by midnight" is the midnight with which `on` ends
    - "before 7 p.m.": (-∞, 18:59:59.999999], to the microsecond before
    - "after 6": [6:00:00.000001, ∞), from the microsecond after; "after 2026-02-07": from the next day on
    - "since 6", "from 6", "no earlier than 6": [6:00, ∞)
    - "between 6 and 7 a.m.", "from 6 to 7 a.m.", "6-7 a.m.": both ends included; a.m. or p.m. holds for
      both where it can, and "between 11 p.m. and 1 a.m." ends on the day after `on`

    "local time" at the start or end is tolerated where `zone` is given; "UTC" or "GMT" at the end is a zone.
    What is a choice in these is in `Approximations`. The words are kept as given. A `When` is returned as it
    is. Raises InvalidValue for all else: naive date-times, a time of day without `on`, "yesterday".
    """
    if isinstance(value, When):
        return value
    if isinstance(value, datetime):
        return When(value, value)
    setting = _Setting(zone, on, approximations)
    if isinstance(value, date):
        return _whole_days(value, value, setting, edtf=value.isoformat()).as_when()
    words = text("when", value, longest=MAX_WORDS_LENGTH)
    stated = _read(*_without_zone(_plain(words), setting))
    if stated is None:
        raise InvalidValue(
            "when",
            "words that state no time",
            'a date ("2026-02-07", "2026-02", "../2026-02-07"), a date-time, or words such as "by 7 a.m."',
        )
    return attrs.evolve(stated, words=words)


def when_of(field: str, value: object) -> When:
    """`when(value)`; an error names the field that it was given for."""
    try:
        return _read_once(value) if type(value) is str else when(value)  # type: ignore[arg-type]
    except InvalidValue as error:
        raise error.of_field(field) from None


_read_once = lru_cache(maxsize=10_000)(when)
"""A pipeline reads the same dates over and over: those of thirty years."""


def _zone(zone: tzinfo | None) -> tzinfo | None:
    if zone is not None and not isinstance(zone, tzinfo):
        raise InvalidValue("zone", f"a {type(zone).__name__}", 'a tzinfo, such as ZoneInfo("Europe/Moscow")')
    return zone


def _on(on: date | None) -> date | None:
    if on is not None and (isinstance(on, datetime) or not isinstance(on, date)):
        raise InvalidValue("on", f"a {type(on).__name__}", "a date, such as date(2026, 2, 6)")
    return on


@attrs.frozen
class _Setting:
    """What the words leave unsaid."""

    stated_zone: tzinfo | None = attrs.field(converter=_zone)
    on: date | None = attrs.field(converter=_on)
    choices: Approximations

    @property
    def zone(self) -> tzinfo:
        return self.stated_zone or UTC

    def on_the_next_day(self) -> _Setting:
        return self if self.on is None else attrs.evolve(self, on=_next_day(self.on))


def _next_day(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise _beyond_the_calendar("on") from None


@attrs.frozen
class _Stated:
    """A time with both ends."""

    earliest: datetime
    latest: datetime
    pad: timedelta = timedelta(0)
    edtf: str | None = None

    def as_when(self) -> When:
        return When(self.earliest, self.latest, pad=self.pad, edtf=self.edtf)


# Phrases


def _list(phrases: str) -> tuple[str, ...]:
    return tuple(phrases.split(", "))


_ZONE_TEXT = _list("local time, (local time)")
_UTC_TEXT = _list("utc, gmt")
_MIDNIGHT = _list("midnight, 12 midnight")


def _plain(words: str) -> str:
    return " ".join(words.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def _without_zone(words: str, setting: _Setting) -> tuple[str, _Setting]:
    for zone_text in _UTC_TEXT:
        if words.endswith(" " + zone_text):
            return words.removesuffix(" " + zone_text), attrs.evolve(setting, stated_zone=UTC)
    for zone_text in _ZONE_TEXT:
        rest = words.removesuffix(" " + zone_text).removeprefix(zone_text + " ")
        if rest != words:
            return rest, _local(setting)
    return words, setting


def _local(setting: _Setting) -> _Setting:
    if setting.stated_zone is None:
        raise InvalidValue("zone", "no zone of a local time", 'when(…, zone=ZoneInfo("Europe/Moscow"))')
    return setting


def _read(words: str, setting: _Setting) -> When | None:
    for openings, meaning in _QUALIFIERS:
        for opening in openings:
            if words.startswith(opening + " "):
                return meaning(words[len(opening) + 1 :], setting)
    return _interval(words, setting) or _clock_to_clock(words, setting) or _unqualified(words, setting)


def _unqualified(words: str, setting: _Setting) -> When | None:
    clock = _clock(words)
    if clock and clock.is_bare:  # a lone "7" may be anything
        return None
    return _at(words, setting)


def _at(words: str, setting: _Setting) -> When | None:
    stated = _moment(words, setting)
    return None if stated is None else stated.as_when()


def _on_a_date(words: str, setting: _Setting) -> When | None:
    stated = _calendar(words, setting)
    return None if stated is None else stated.as_when()


def _around(words: str, setting: _Setting) -> When | None:
    clock = _clock(words)
    if clock:
        return attrs.evolve(_on_the_day(clock, setting).as_when(), pad=setting.choices.around_a_time)
    return _on_a_date(words + "~", setting)


def _by(words: str, setting: _Setting) -> When | None:
    stated = _moment(words, setting.on_the_next_day() if words in _MIDNIGHT else setting)
    return None if stated is None else When(None, stated.latest, pad=stated.pad)


def _before(words: str, setting: _Setting) -> When | None:
    stated = _moment(words, setting.on_the_next_day() if words in _MIDNIGHT else setting)
    return None if stated is None else When(None, _moved(stated.earliest, -MICROSECOND), pad=stated.pad)


def _after(words: str, setting: _Setting) -> When | None:
    stated = _moment(words, setting)
    return None if stated is None else When(_moved(stated.latest, MICROSECOND), None, pad=stated.pad)


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        raise _beyond_the_calendar("when") from None


def _since(words: str, setting: _Setting) -> When | None:
    stated = _moment(words, setting)
    return None if stated is None else When(stated.earliest, None, pad=stated.pad)


def _between(words: str, setting: _Setting) -> When | None:
    return _from_to(*words.partition(" and "), setting)


def _from(words: str, setting: _Setting) -> When | None:
    for separator in (" to ", " until "):
        if separator in words:
            return _from_to(*words.partition(separator), setting)
    return _since(words, setting)


_Meaning = Callable[[str, _Setting], When | None]
_QUALIFIERS: tuple[tuple[tuple[str, ...], _Meaning], ...] = (
    (_list("around, about, at around, at about, approximately, roughly, circa, nearly, almost"), _around),
    (_list("by, until, till, up to, no later than, not later than"), _by),
    (_list("before, earlier than, prior to"), _before),
    (_list("after, later than"), _after),
    (_list("since, no earlier than, not earlier than"), _since),
    (_list("between"), _between),
    (_list("from"), _from),
    (_list("at"), _at),
    (_list("on, in"), _on_a_date),
)


# Intervals

_OPEN = ("", "..")
_DASH = re.compile(" ?[-\u2013\u2014] ?")


def _interval(words: str, setting: _Setting) -> When | None:
    """An interval of EDTF, or one with two dots for the stroke."""
    if "/" not in words:
        words = "/".join(end or ".." for end in words.split("..", 1)) if ".." in words else words
    start, stroke, stop = words.partition("/")
    if not stroke:
        return None
    first = None if start in _OPEN else _calendar(start, setting)
    last = None if stop in _OPEN else _calendar(stop, setting)
    if (first is None and start not in _OPEN) or (last is None and stop not in _OPEN):
        return None
    return _joined(first, last, edtf=words.upper())


def _joined(first: _Stated | None, last: _Stated | None, *, edtf: str | None) -> When:
    pads = [stated.pad for stated in (first, last) if stated]
    earliest = None if first is None else first.earliest
    latest = None if last is None else last.latest
    return When(earliest, latest, pad=max(pads, default=timedelta(0)), edtf=edtf)


def _clock_to_clock(words: str, setting: _Setting) -> When | None:
    """The interval of "6-7 a.m." and "6 to 7 a.m."; none for "06-07", which may be a day."""
    if " to " in words:
        return _from_to(*words.partition(" to "), setting)
    low, dash, high = _DASH.sub("-", words).partition("-")
    clocks = _clock(low), _clock(high)
    if None in clocks or all(clock is None or clock.is_bare for clock in clocks):
        return None
    return _from_to(low, dash, high, setting)


def _from_to(low: str, _: str, high: str, setting: _Setting) -> When | None:
    start, stop = _clock(low), _clock(high)
    if start and stop:
        return _between_clocks(start, stop, setting)
    first, last = _calendar(low, setting), _calendar(high, setting)
    if first is None or last is None:
        return None
    return _joined(first, last, edtf=f"{first.edtf}/{last.edtf}")


def _between_clocks(start: _Clock, stop: _Clock, setting: _Setting) -> When:
    for begins in start.readings_beside(stop):
        for ends in stop.readings_beside(start):
            if begins.time_of_day <= ends.time_of_day:
                return _joined(_on_the_day(begins, setting), _on_the_day(ends, setting), edtf=None)
            if begins.time_of_day >= _NOON > ends.time_of_day:
                next_day = setting.on_the_next_day()
                return _joined(_on_the_day(begins, setting), _on_the_day(ends, next_day), edtf=None)
    raise InvalidValue("when", "an interval upside down", "the earlier time first")


# Times of day

_NOON = time(12)
_DAY_HOURS = range(24)
_TWELVE_HOURS = range(1, 13)
_HOURS = {
    word: hour
    for hour, word in enumerate(
        _list("one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve"), start=1
    )
}
_HALF_OF = {"morning": "am", "afternoon": "pm", "evening": "pm"}
_CLOCK = re.compile(
    rf"(?P<hour>[0-9]{{1,2}}|{'|'.join(_HOURS)})(?:[:.](?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?)?"
    r"(?P<oclock> o'clock)? ?(?:(?P<half>[ap])\.?m\.?|in the (?P<part>morning|afternoon|evening))?"
)


@attrs.frozen
class _Clock:
    """A time of day as stated; `half` is "am", "pm", or empty on the 24-hour clock."""

    hour: int
    minute: int = 0
    second: int = 0
    half: str = ""
    is_bare: bool = False

    @property
    def exists(self) -> bool:
        return self.hour in (_TWELVE_HOURS if self.half else _DAY_HOURS)

    @property
    def time_of_day(self) -> time:
        hours = {"": self.hour, "am": self.hour % 12, "pm": self.hour % 12 + 12}
        return time(hours[self.half], self.minute, self.second)

    def readings_beside(self, other: _Clock) -> list[_Clock]:
        """What it can mean beside the other end of an interval, the likeliest first."""
        if self.half or not other.half or self.hour not in _TWELVE_HOURS:
            return [self]
        opposite = "pm" if other.half == "am" else "am"
        return [attrs.evolve(self, half=half) for half in (other.half, opposite)]


def _clock(words: str) -> _Clock | None:
    if words.removeprefix("12 ") in ("noon", "midday"):
        return _Clock(12, half="pm")
    if words in _MIDNIGHT:
        return _Clock(12, half="am")
    found = _CLOCK.fullmatch(words)
    clock = found and _clock_of(found)
    return clock if clock and clock.exists else None


def _clock_of(found: re.Match[str]) -> _Clock:
    hour, minute, second = found["hour"], found["minute"], found["second"]
    half = f"{found['half']}m" if found["half"] else _HALF_OF.get(found["part"], "")
    return _Clock(
        hour=_HOURS.get(hour) or int(hour),
        minute=int(minute or 0),
        second=int(second or 0),
        half=half,
        is_bare=not half and minute is None and found["oclock"] is None,
    )


def _moment(words: str, setting: _Setting) -> _Stated | None:
    clock = _clock(words)
    return _on_the_day(clock, setting) if clock else _calendar(words, setting)


def _on_the_day(clock: _Clock, setting: _Setting) -> _Stated:
    if setting.on is None:
        raise InvalidValue("when", "a time of day without its date", "the date too, as when(…, on=date(…))")
    first = datetime.combine(setting.on, clock.time_of_day, setting.zone)
    ends = _in_utc("when", first), _in_utc("when", first.replace(fold=1))
    return _Stated(min(ends), max(ends))  # the other way round in an hour that the clocks leave out


# Dates

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
"""EDTF's codes for parts of a year: the first month, and how many. From December on they reach into the next."""


def _calendar(words: str, setting: _Setting) -> _Stated | None:
    return _date_time(words, setting) or _division(words, setting) or _date(words, setting)


def _date_time(words: str, setting: _Setting) -> _Stated | None:
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
    utc = _in_utc("when", moment)
    return _Stated(utc, utc, pad, words.upper().replace(" ", "T", 1).replace(" ", ""))


def _no_such_date() -> InvalidValue:
    return InvalidValue(
        "when", "a date that does not exist", "one of the calendar, in the years 0001 to 9999"
    )


def _division(words: str, setting: _Setting) -> _Stated | None:
    found = _DIVISION.fullmatch(words)
    if found is None or int(found[2]) not in _DIVISIONS:
        return None
    month, months = _DIVISIONS[int(found[2])]
    years, last_month = divmod(month + months - 2, 12)
    first, _ = _first_and_last(found[1], f"{month:02}")
    _, last = _first_and_last(f"{int(found[1]) + years:04}", f"{last_month + 1:02}")
    pad = _pad_of(first, last, setting) if found[3] in _APPROXIMATE else timedelta(0)
    return _whole_days(first, last, setting, pad=pad, edtf=words.upper())


def _date(words: str, setting: _Setting) -> _Stated | None:
    found = _DATE.fullmatch(words)
    if found is None:
        return None
    parts = [part for part in found.group(2, 5, 8) if part]
    marks = zip(found.group(1, 4, 7), found.group(3, 6, 9), strict=True)
    approximate = [count for count, pair in enumerate(marks, start=1) if set(pair).intersection(_APPROXIMATE)]
    pads = [_pad_of(*_first_and_last(*parts[:count]), setting) for count in approximate]
    first, last = _first_and_last(*parts)
    return _whole_days(first, last, setting, pad=max(pads, default=timedelta(0)), edtf=words.upper())


def _pad_of(first: date, last: date, setting: _Setting) -> timedelta:
    """The pad of an approximate day, month or year: its own length, so many times as chosen."""
    try:
        return (last - first + timedelta(days=1)) * setting.choices.around_a_date
    except OverflowError:
        raise _beyond_the_calendar("pad") from None


def _whole_days(
    first: date, last: date, setting: _Setting, *, pad: timedelta = timedelta(0), edtf: str
) -> _Stated:
    """From the beginning of the first day to the end of the last.

    Where the clocks are set at midnight, fold picks the first of two midnights and the last of two ends;
    where an hour is left out, the moment of the change.
    """
    begins = datetime.combine(first, time.min, setting.zone)
    ends = datetime.combine(last, time.max, setting.zone).replace(fold=1)
    return _Stated(_in_utc("when", begins), _in_utc("when", ends), pad, edtf)


def _first_and_last(year: str, month: str = "xx", day: str = "xx") -> tuple[date, date]:
    """The first and the last date that fit, where each x is any digit."""
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


_ONE_DATE = re.compile("[?~%]?([0-9]{4})[?~%]?-[?~%]?([0-9]{2})[?~%]?-[?~%]?([0-9]{2})[?~%]?")


def _is_one_date(edtf: str) -> bool:
    dates = [found and found.groups() for found in map(_ONE_DATE.fullmatch, edtf.split("/"))]
    return None not in dates and len(set(dates)) == 1
