"""Instants and intervals: a time as it is recorded, with both its ends and a pad around it.

Instants are UTC with microseconds. `values.times` reads them from words.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from provenance.errors import InvalidValue
from provenance.values.fields import text
from provenance.values.quantities import MAX_WORDS_LENGTH

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MICROSECOND = timedelta(microseconds=1)
"""The unit of time: "before 7 p.m." ends one microsecond before 7 p.m."""

MAX_PAD = date.max - date.min
"""The longest pad is as long as the calendar: the microseconds of a time with its pad then still fit into 64 bits."""


def to_microseconds(moment: datetime, *, field: str = "moment") -> int:
    """The moment in microseconds since the start of 1970 in UTC, negative before. An error calls it `field`."""
    return (in_utc(field, moment) - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment in UTC that lies so many microseconds after the start of 1970."""
    if isinstance(microseconds, bool) or not isinstance(microseconds, int):
        raise InvalidValue("microseconds", f"a {type(microseconds).__name__}", "an int")
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise beyond_the_calendar("microseconds") from None


def in_utc(field: str, moment: object) -> datetime:
    if not isinstance(moment, datetime):
        raise InvalidValue(
            field, f"a {type(moment).__name__}", "a datetime with a zone; for a date use when(…)"
        )
    if moment.utcoffset() is None:
        raise InvalidValue(field, "a naive datetime", "one with its zone, such as moment.replace(tzinfo=…)")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        raise beyond_the_calendar(field) from None
    # a plain datetime, because a subclass such as that of pandas brings its own rules of comparison
    return datetime.combine(utc.date(), utc.time(), UTC)


def beyond_the_calendar(field: str) -> InvalidValue:
    return InvalidValue(field, "a time beyond the calendar", "one within the years 1 to 9999 in UTC")


def _end(moment: datetime | None) -> datetime | None:
    return None if moment is None else in_utc("end of a time", moment)


def _span_of_the_calendar(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, timedelta) or not timedelta(0) <= value <= MAX_PAD:
        raise InvalidValue(attribute.name, "something else", "a timedelta from zero to 9,998 years")


def _words(words: str | None) -> str | None:
    return None if words is None else text("words", words, longest=MAX_WORDS_LENGTH)


def _edtf(edtf: str | None) -> str | None:
    return None if edtf is None else text("edtf", edtf, longest=MAX_WORDS_LENGTH)


@attrs.frozen
class When:
    """An instant or an interval of time, both ends included; an end that is None is open. `when` reads one from words.

    `earliest` and `latest` are aware datetimes, with microseconds, which are converted to UTC; of an instant they are
    equal. `pad` is how far either end may be off where the time is approximate ("around 6:30"). `words` are the
    source's own words. `edtf` is the date in EDTF, or the date-time in ISO 8601, where it was stated as one.

    Raises `InvalidValue` for a naive datetime, for a latest end before the earliest, and for a negative pad.
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
        """Whether it was stated as one calendar date. An as-of window from such a date to itself is one moment
        (`docs/semantics.md`, Records: Time)."""
        if self.edtf is None or self.earliest is None or self.latest is None:
            return False
        return self.latest - self.earliest < _TWO_DAYS and _is_one_date(self.edtf)

    def bounds(self) -> list[str | None]:
        """The time without its words, as [earliest, latest, pad]: equal for all words of one meaning.

        The ends are ISO 8601 in UTC, always with six decimals, or None where open. The pad is in microseconds.
        """
        return [_iso(self.earliest), _iso(self.latest), str(self.pad // MICROSECOND)]


_TWO_DAYS = timedelta(days=2)  # a day on which the clocks change is longer than 24 hours


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


_ONE_DATE = re.compile("[?~%]?([0-9]{4})[?~%]?-[?~%]?([0-9]{2})[?~%]?-[?~%]?([0-9]{2})[?~%]?")


def _is_one_date(edtf: str) -> bool:
    dates = [found and found.groups() for found in map(_ONE_DATE.fullmatch, edtf.split("/"))]
    return None not in dates and len(set(dates)) == 1
