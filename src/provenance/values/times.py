"""Times as newsrooms state them: an instant or an interval, a pad around it, and the words that were used.

Instants are UTC with microseconds. A date is its whole day in a zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import attrs

from provenance.errors import InvalidValue
from provenance.values.dates import Setting, Stated, calendar_date, whole_days
from provenance.values.fields import text
from provenance.values.instants import MICROSECOND, When, beyond_the_calendar, in_utc
from provenance.values.quantities import DEFAULT_APPROXIMATIONS, MAX_WORDS_LENGTH, Approximations
from provenance.values.wires import in_plain_words


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

    As wires, mail headers and Wikidata write them (`values.wires`): "1830 GMT" on the date `on`, "2026-02-07 10:00
    UTC", "Sat, 7 Feb 2026 10:00:00 +0300", "+2014-01-03T00:00:00Z" (a date).

    "local time" at the start or end is tolerated where `zone` is given; "UTC" or "GMT" at the end is a zone.
    Pass other `Approximations` where the pads should be others. The `When` keeps the words as given. A `When` is
    returned as it is. Raises `InvalidValue` for everything else: naive date-times, a time of day without `on`,
    "yesterday".
    """
    if isinstance(value, When):
        return value
    if isinstance(value, datetime):
        return When(value, value)
    setting = Setting(zone, on, approximations)
    if isinstance(value, date):
        return whole_days(value, value, setting, edtf=value.isoformat()).as_when()
    words = text("when", value, longest=MAX_WORDS_LENGTH)
    stated = _read(*_without_zone(in_plain_words(_plain(words)), setting))
    if stated is None:
        raise InvalidValue(
            "when",
            "words that state no time",
            'a date ("2026-02-07", "2026-02", "../2026-02-07"), a date-time, or words such as "by 7 a.m."',
        )
    return attrs.evolve(stated, words=words)


def when_of(field: str, value: object) -> When:
    """`when(value)`, whose error names the field that the value was given for."""
    try:
        return _read_once(value) if type(value) is str else when(value)  # type: ignore[arg-type]
    except InvalidValue as error:
        raise error.of_field(field) from None


_read_once = lru_cache(maxsize=10_000)(when)
"""Remembers what it read last: a pipeline reads the same dates over and over. 10,000 are the days of 27 years."""


# Phrases


def _list(phrases: str) -> tuple[str, ...]:
    return tuple(phrases.split(", "))


_ZONE_TEXT = _list("local time, (local time)")
_UTC_TEXT = _list("utc, gmt")
_MIDNIGHT = _list("midnight, 12 midnight")


def _plain(words: str) -> str:
    return " ".join(words.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def _without_zone(words: str, setting: Setting) -> tuple[str, Setting]:
    for zone_text in _UTC_TEXT:
        if words.endswith(" " + zone_text):
            return words.removesuffix(" " + zone_text), attrs.evolve(setting, stated_zone=UTC)
    for zone_text in _ZONE_TEXT:
        rest = words.removesuffix(" " + zone_text).removeprefix(zone_text + " ")
        if rest != words:
            return rest, _local(setting)
    return words, setting


def _local(setting: Setting) -> Setting:
    if setting.stated_zone is None:
        raise InvalidValue("zone", "no zone of a local time", 'when(…, zone=ZoneInfo("Europe/Moscow"))')
    return setting


def _read(words: str, setting: Setting) -> When | None:
    for openings, meaning in _QUALIFIERS:
        for opening in openings:
            if words.startswith(opening + " "):
                return meaning(words[len(opening) + 1 :], setting)
    return _interval(words, setting) or _clock_to_clock(words, setting) or _unqualified(words, setting)


def _unqualified(words: str, setting: Setting) -> When | None:
    clock = _clock(words)
    if clock and clock.is_bare:  # a lone "7" may be anything
        return None
    return _at(words, setting)


def _at(words: str, setting: Setting) -> When | None:
    stated = _moment(words, setting)
    return None if stated is None else stated.as_when()


def _on_a_date(words: str, setting: Setting) -> When | None:
    stated = calendar_date(words, setting)
    return None if stated is None else stated.as_when()


def _around(words: str, setting: Setting) -> When | None:
    clock = _clock(words)
    if clock:
        return attrs.evolve(_on_the_day(clock, setting).as_when(), pad=setting.choices.around_a_time)
    return _on_a_date(words + "~", setting)


def _by(words: str, setting: Setting) -> When | None:
    stated = _moment(words, setting.on_the_next_day() if words in _MIDNIGHT else setting)
    return None if stated is None else When(None, stated.latest, pad=stated.pad)


def _before(words: str, setting: Setting) -> When | None:
    stated = _moment(words, setting.on_the_next_day() if words in _MIDNIGHT else setting)
    return None if stated is None else When(None, _moved(stated.earliest, -MICROSECOND), pad=stated.pad)


def _after(words: str, setting: Setting) -> When | None:
    stated = _moment(words, setting)
    return None if stated is None else When(_moved(stated.latest, MICROSECOND), None, pad=stated.pad)


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        raise beyond_the_calendar("when") from None


def _since(words: str, setting: Setting) -> When | None:
    stated = _moment(words, setting)
    return None if stated is None else When(stated.earliest, None, pad=stated.pad)


def _between(words: str, setting: Setting) -> When | None:
    return _from_to(*words.partition(" and "), setting)


def _from(words: str, setting: Setting) -> When | None:
    for separator in (" to ", " until "):
        if separator in words:
            return _from_to(*words.partition(separator), setting)
    return _since(words, setting)


_TimeMeant = Callable[[str, Setting], When | None]
_QUALIFIERS: tuple[tuple[tuple[str, ...], _TimeMeant], ...] = (
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


def _interval(words: str, setting: Setting) -> When | None:
    """An interval of EDTF, or one with two dots in the place of the stroke."""
    if "/" not in words:
        words = "/".join(end or ".." for end in words.split("..", 1)) if ".." in words else words
    start, stroke, stop = words.partition("/")
    if not stroke:
        return None
    first = None if start in _OPEN else calendar_date(start, setting)
    last = None if stop in _OPEN else calendar_date(stop, setting)
    if (first is None and start not in _OPEN) or (last is None and stop not in _OPEN):
        return None
    return _joined(first, last, edtf=words.upper())


def _joined(first: Stated | None, last: Stated | None, *, edtf: str | None) -> When:
    pads = [stated.pad for stated in (first, last) if stated]
    earliest = None if first is None else first.earliest
    latest = None if last is None else last.latest
    return When(earliest, latest, pad=max(pads, default=timedelta(0)), edtf=edtf)


def _clock_to_clock(words: str, setting: Setting) -> When | None:
    """The interval of "6-7 a.m." and "6 to 7 a.m."; None for "06-07", which may be a date."""
    if " to " in words:
        return _from_to(*words.partition(" to "), setting)
    low, dash, high = _DASH.sub("-", words).partition("-")
    clocks = _clock(low), _clock(high)
    if None in clocks or all(clock is None or clock.is_bare for clock in clocks):
        return None
    return _from_to(low, dash, high, setting)


def _from_to(low: str, _: str, high: str, setting: Setting) -> When | None:
    start, stop = _clock(low), _clock(high)
    if start and stop:
        return _between_clocks(start, stop, setting)
    first, last = calendar_date(low, setting), calendar_date(high, setting)
    if first is None or last is None:
        return None
    return _joined(first, last, edtf=f"{first.edtf}/{last.edtf}")


def _between_clocks(start: _Clock, stop: _Clock, setting: Setting) -> When:
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
        """The times of day that it can mean beside the other end of an interval, the likeliest first."""
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


def _moment(words: str, setting: Setting) -> Stated | None:
    clock = _clock(words)
    return _on_the_day(clock, setting) if clock else calendar_date(words, setting)


def _on_the_day(clock: _Clock, setting: Setting) -> Stated:
    if setting.on is None:
        raise InvalidValue("when", "a time of day without its date", "the date too, as when(…, on=date(…))")
    first = datetime.combine(setting.on, clock.time_of_day, setting.zone)
    ends = in_utc("when", first), in_utc("when", first.replace(fold=1))
    return Stated(min(ends), max(ends))  # in an hour that clocks leave out, fold=1 is the earlier
