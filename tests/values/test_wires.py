"""Times of wires, mail headers and Wikidata are read as what they are, or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import InvalidValue
from provenance.values.times import when

SATURDAY = date(2026, 2, 7)
MINUTES = st.integers(600_000, 68_000_000).map(lambda minute: datetime.fromtimestamp(60 * minute, UTC))
"""From 1971 to 2099."""


@given(
    at=MINUTES, form=st.sampled_from(["%H%M GMT", "%H%MGMT", "%H%MZ", "%H:%M UTC", "%H%M utc", "at %H%M GMT"])
)
def test_a_wire_time_is_that_moment_of_its_date(at: datetime, form: str) -> None:
    read = when(at.strftime(form), on=at.date())

    assert read.earliest == read.latest == at


@pytest.mark.parametrize("words", ["1830 GMT", "0337GMT", "2359Z", "by 1830 GMT", "2460 GMT", "2400GMT"])
def test_a_wire_time_without_a_date_is_no_year(words: str) -> None:
    with pytest.raises(InvalidValue, match="time of day"):
        when(words)


def test_a_wire_time_takes_the_words_before_it() -> None:
    assert when("by 1830 GMT", on=SATURDAY).latest == datetime(2026, 2, 7, 18, 30, tzinfo=UTC)
    assert when("by 1830 GMT", on=SATURDAY).earliest is None


@given(at=MINUTES, hours=st.integers(-12, 14), is_day_named=st.booleans())
def test_a_date_time_of_rfc_2822_is_that_moment(at: datetime, hours: int, is_day_named: bool) -> None:
    moment = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    words = format_datetime(moment)

    assert when(words if is_day_named else words.partition(", ")[2]).latest == moment


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2026-02-07 10:00:00 UTC", datetime(2026, 2, 7, 10, tzinfo=UTC)),
        ("2026-02-07 10:00 GMT", datetime(2026, 2, 7, 10, tzinfo=UTC)),
        ("2026-02-07T10:00:00.5 UTC", datetime(2026, 2, 7, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("Sat, 7 Feb 2026 10:00:00 EST", datetime(2026, 2, 7, 15, tzinfo=UTC)),
    ],
)
def test_a_zone_may_be_named(words: str, moment: datetime) -> None:
    assert when(words).earliest == when(words).latest == moment


@pytest.mark.parametrize(
    "words",
    [
        "Fri, 7 Feb 2026 10:00:00 +0000",
        "Sat, 30 Feb 2026 10:00:00 +0000",
        "Sat, 7 Feb 2026 10:00:00 -0000",
        "Sat, 7 Feb 2026 10:00:00 IST",
        "2026-02-07 10:00:00 EST",
    ],
)
def test_what_stays_ambiguous_is_refused(words: str) -> None:
    with pytest.raises(InvalidValue):
        when(words)


@pytest.mark.parametrize(
    ("words", "same_as"),
    [
        ("+2014-01-03T00:00:00Z", "2014-01-03"),
        ("+2014-01-00T00:00:00Z", "2014-01"),
        ("+2014-00-00T00:00:00Z", "2014"),
    ],
)
def test_a_time_of_wikidata_is_a_date(words: str, same_as: str) -> None:
    assert when(words).bounds() == when(same_as).bounds()
