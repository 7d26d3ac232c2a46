"""Zones: where the dates of a document are whole days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from provenance.errors import InvalidValue
from provenance.values.fields import MAX_NAME, text

_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_STATED_OFFSET = re.compile(r"[0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)? ?([+-][0-9]{2}:?[0-9]{2})")
_MOST_HOURS = 14
"""The farthest offset in use, that of the Line Islands, is +14:00."""


def optional_zone(field: str) -> Callable[[Any], str | None]:
    """A converter to the text of a zone, as `zone_of` reads it."""

    def convert(value: object) -> str | None:
        if value is None:
            return None
        words = text(field, value, longest=MAX_NAME)
        try:
            zone_of(words)
        except InvalidValue as error:
            raise error.of_field(field) from None
        return words

    return convert


@lru_cache(maxsize=1_000)
def zone_of(words: str) -> tzinfo:
    """The zone of an offset, such as "+03:00", or of an IANA name, such as "Europe/Kyiv".

    Raises `InvalidValue` for anything else.
    """
    offset = _OFFSET.fullmatch(words)
    if offset is not None:
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3])
        ahead = timedelta(hours=hours, minutes=minutes)
        if minutes < 60 and ahead <= timedelta(hours=_MOST_HOURS):
            return timezone(-ahead if sign == "-" else ahead)
    elif words == "UTC":
        return UTC
    else:
        try:
            return ZoneInfo(words)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise InvalidValue(
        "zone", "no zone", 'an offset from UTC ("+03:00") or the name of a zone ("Europe/Kyiv")'
    )


def offset_stated(moment: object) -> str | None:
    """The offset from UTC with which a date-time was stated, such as "+03:00"; None of any other time, and of UTC."""
    if isinstance(moment, datetime):
        offset = moment.utcoffset()
        minutes = 0 if offset is None else int(offset.total_seconds()) // 60
        return (
            f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
            if minutes
            else None
        )
    found = _STATED_OFFSET.search(moment) if isinstance(moment, str) else None
    if found is None or found.end() != len(str(moment).rstrip()):
        return None
    offset_text = found[1] if ":" in found[1] else f"{found[1][:3]}:{found[1][3:]}"
    return None if offset_text[1:] == "00:00" else offset_text
