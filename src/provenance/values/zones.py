"""Zones: where the dates of a document are whole days, as an offset from UTC.

The name of a place would not do: its offset depends on the date and on the tables that a machine has of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from provenance.errors import InvalidValue
from provenance.values.fields import MAX_NAME, text

PATTERN = r"^[+-](0[0-9]:[0-5][0-9]|1[0-3]:[0-5][0-9]|14:00)$"
"""An offset; the farthest in use, that of the Line Islands, is +14:00."""

_STATED_OFFSET = re.compile(
    r"[0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)? ?([+-][0-9]{2}):?([0-9]{2})\s*\Z"
)


def optional_zone(field: str) -> Callable[[Any], str | None]:
    """A converter to the text of a zone, such as "+03:00"."""

    def convert(value: object) -> str | None:
        if value is None:
            return None
        words = text(field, value, longest=MAX_NAME)
        if re.match(PATTERN, words) is None:
            raise InvalidValue(field, "no zone", 'an offset from UTC, such as "+03:00"')
        return words

    return convert


def zone_of(words: str) -> timezone:
    """The zone of an offset that `optional_zone` takes."""
    ahead = timedelta(hours=int(words[1:3]), minutes=int(words[4:6]))
    return timezone(-ahead if words[0] == "-" else ahead)


def offset_stated(moment: object) -> str | None:
    """The offset from UTC with which a date-time was stated, such as "+03:00"; None of any other time, and of UTC."""
    if isinstance(moment, datetime):
        offset = moment.utcoffset()
        minutes = 0 if offset is None else int(offset.total_seconds()) // 60
        return _offset(minutes)
    found = _STATED_OFFSET.search(moment) if isinstance(moment, str) else None
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2])
    return _offset(hours * 60 + (-minutes if found[1][0] == "-" else minutes))


def _offset(minutes: int) -> str | None:
    sign = "-" if minutes < 0 else "+"
    words = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return words if minutes and re.match(PATTERN, words) else None
