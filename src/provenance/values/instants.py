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
"""The unit of time: "before 7 p.m." ends one before it."""

MAX_PAD = date.max - date.min
"""The whole calendar: with such a pad, the microseconds of a time still fit into 64 bits."""


def to_microseconds(moment: datetime, *, field: str = "moment") -> int:
    """Microseconds since 1970 UTC, exactly; negative before. `field` is what an error calls it."""
    return (in_utc(field, moment) - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment, in UTC, so many microseconds after the start of 1970."""
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
    # a plain datetime, for a subclass such as pandas' would bring its own rules of comparison
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


_ONE_DATE = re.compile("[?~%]?([0-9]{4})[?~%]?-[?~%]?([0-9]{2})[?~%]?-[?~%]?([0-9]{2})[?~%]?")


def _is_one_date(edtf: str) -> bool:
    dates = [found and found.groups() for found in map(_ONE_DATE.fullmatch, edtf.split("/"))]
    return None not in dates and len(set(dates)) == 1
