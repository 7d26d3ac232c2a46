"""Times as wires, mail headers and Wikidata write them, in the words that `values.times` reads."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_tz

from provenance.errors import InvalidValue

_NAMED_ZONE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?) ?(?:utc|gmt)"
)
_WIRE = re.compile(r"((?:[a-z' ]+ )?)([0-9]{2}):?([0-9]{2}) ?(?:gmt|utc|z)")
_MAIL = re.compile(
    r"(?:([a-z]{3}), ?)?[0-9]{1,2} [a-z]{3} [0-9]{4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? ([+-][0-9]{4}|[a-z]{2,3})"
)
_WIKIDATA = re.compile(r"\+([0-9]{4})-([0-9]{2})-([0-9]{2})t00:00:00z")

_MAIL_ZONES = frozenset(["ut", "utc", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt"])
"""The zones that RFC 2822 (4.3) gives an offset."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def in_plain_words(words: str) -> str:
    """The words, given in small letters, as `values.times` reads them:

    - "1830 gmt", "0337gmt", "1830z": a time of day in UTC, "18:30 gmt", also behind "by", "since" and their like
    - "2026-02-07 10:00:00 utc": "2026-02-07 10:00:00z"
    - "sat, 7 feb 2026 10:00:00 +0300" of RFC 2822, with its zones: "2026-02-07t10:00:00+03:00"
    - "+2014-01-03t00:00:00z" of Wikidata, whose times are dates: "2014-01-03", or the month or year of "-00"

    Anything else is given back as it is. Raises `InvalidValue` for a time of day or a weekday that does not exist.
    """
    if found := _NAMED_ZONE.fullmatch(words):
        return f"{found[1]}z"
    if found := _WIRE.fullmatch(words):
        if int(found[2]) > 23 or int(found[3]) > 59:
            raise InvalidValue("when", "a time of day that does not exist", "one from 0000 to 2359")
        return f"{found[1]}{found[2]}:{found[3]} gmt"
    if found := _WIKIDATA.fullmatch(words):
        return "-".join([found[1], *(part for part in found.groups()[1:] if part != "00")])
    if found := _MAIL.fullmatch(words):
        return _of_mail(words, found[1], found[2])
    return words


def _of_mail(words: str, weekday: str | None, zone: str) -> str:
    """A date-time of RFC 2822; "-0000" says that the zone is unknown, and so do names that the RFC does not list."""
    parsed = parsedate_tz(words)
    is_unknown = zone == "-0000" or (zone.isalpha() and zone not in _MAIL_ZONES)
    if parsed is None or parsed[9] is None or is_unknown:
        raise InvalidValue(
            "when", "a date-time whose zone is not known", "its offset from UTC, such as +0300"
        )
    year, month, day, hour, minute, second = parsed[:6]
    try:
        is_that_day = weekday is None or _WEEKDAYS[date(year, month, day).weekday()] == weekday
    except ValueError:
        is_that_day = False
    if not is_that_day:
        raise InvalidValue("when", "a date that does not exist", "one of the calendar, on its own weekday")
    sign, minutes = ("-" if parsed[9] < 0 else "+"), abs(parsed[9]) // 60
    offset = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{year:04}-{month:02}-{day:02}t{hour:02}:{minute:02}:{second:02}{offset}"
