"""What the words for times stand for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import InvalidValue
from provenance.values.instants import MAX_PAD, When, from_microseconds, to_microseconds
from provenance.values.quantities import MAX_WORDS_LENGTH, Approximations
from provenance.values.times import when

MOSCOW = ZoneInfo("Europe/Moscow")
NEW_YORK = ZoneInfo("America/New_York")
THE_SIXTH = date(2026, 2, 6)

FIRST_MICROSECOND = to_microseconds(datetime.min.replace(tzinfo=UTC))
LAST_MICROSECOND = to_microseconds(datetime.max.replace(tzinfo=UTC))
MOMENTS = st.datetimes(timezones=st.just(UTC))

VOCABULARY = (
    "around about by until before after since between from to and at on in 6 6:30 7 12 a.m. pm noon midnight local "
    "time utc 2026 2026-02 2026-02-07 2026-02-XX 202X ~ ? / .. - \N{EN DASH} 2026-02-06T06:30Z 9999-12-31 0001-01-01"
)
PHRASES = st.lists(st.sampled_from(VOCABULARY.split()), max_size=8).map(" ".join)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("2026-02-07", "2026-02-07", "2026-02-07"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("in 2023", "2023-01-01", "2023-12-31"),
        ("on 2026-02-07", "2026-02-07", "2026-02-07"),
        ("2026-02-XX", "2026-02-01", "2026-02-28"),
        ("2026-02-1X", "2026-02-10", "2026-02-19"),
        ("2026-XX", "2026-01-01", "2026-12-31"),
        ("2026-XX-07", "2026-01-07", "2026-12-07"),
        ("2026-XX-31", "2026-01-31", "2026-12-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("202X-02-29", "2020-02-29", "2028-02-29"),
        ("2026-21", "2026-03-01", "2026-05-31"),
        ("2026-24", "2026-12-01", "2027-02-28"),
        ("2026-30", "2026-12-01", "2027-02-28"),
        ("2026-36", "2026-10-01", "2026-12-31"),
        ("2026-38", "2026-05-01", "2026-08-31"),
        ("9999-41", "9999-07-01", "9999-12-31"),
        ("2026-02-01/2026-02-03", "2026-02-01", "2026-02-03"),
        ("2026-02-01..2026-02-03", "2026-02-01", "2026-02-03"),
        ("2025/2026-02", "2025-01-01", "2026-02-28"),
        ("2026-02-XX/2026-03", "2026-02-01", "2026-03-31"),
        ("between 2026-02-01 and 2026-02-03", "2026-02-01", "2026-02-03"),
        ("from 2016 to 2019-01", "2016-01-01", "2019-01-31"),
        ("2026-02-07?", "2026-02-07", "2026-02-07"),
    ],
)
def test_dates_are_whole_days_in_their_zone(words: str, first: str, last: str) -> None:
    stated = when(words, zone=MOSCOW)

    assert stated.earliest == moscow(f"{first}T00:00")
    assert stated.latest == moscow(f"{last}T23:59:59.999999")
    assert stated.pad == timedelta(0)
    assert stated.words == words


@pytest.mark.parametrize(
    ("words", "earliest", "latest"),
    [
        ("../2026-02-07", None, "2026-02-07T23:59:59.999999"),
        ("..2026-02-07", None, "2026-02-07T23:59:59.999999"),
        ("/2026-02-07", None, "2026-02-07T23:59:59.999999"),
        ("2026-02-07..", "2026-02-07", None),
        ("2026-02-07/..", "2026-02-07", None),
        ("2026-02-06T06:30+03:00/..", "2026-02-06T06:30", None),
        ("by 2026-02", None, "2026-02-28T23:59:59.999999"),
        ("before 2026-02-07", None, "2026-02-06T23:59:59.999999"),
        ("after 2026-02-07", "2026-02-08", None),
        ("since 2016", "2016-01-01", None),
        ("from 2016", "2016-01-01", None),
        ("by 7 a.m.", None, "2026-02-06T07:00"),
        ("no later than 7am", None, "2026-02-06T07:00"),
        ("by midnight", None, "2026-02-07T00:00"),
        ("before 7 p.m.", None, "2026-02-06T18:59:59.999999"),
        ("before midnight", None, "2026-02-06T23:59:59.999999"),
        ("after 6", "2026-02-06T06:00:00.000001", None),
        ("after midnight", "2026-02-06T00:00:00.000001", None),
        ("since 6", "2026-02-06T06:00", None),
        ("no earlier than 6 p.m.", "2026-02-06T18:00", None),
    ],
)
def test_words_that_set_one_bound_leave_the_other_end_open(
    words: str, earliest: str | None, latest: str | None
) -> None:
    stated = when(words, zone=MOSCOW, on=THE_SIXTH)

    assert stated.earliest == (earliest and moscow(earliest))
    assert stated.latest == (latest and moscow(latest))
    assert stated.words == words


@pytest.mark.parametrize(
    ("words", "earliest", "latest"),
    [
        ("6:30", "06:30", "06:30"),
        ("6:30 a.m.", "06:30", "06:30"),
        ("6.30 pm", "18:30", "18:30"),
        ("6:30:15 P.M.", "18:30:15", "18:30:15"),
        ("18:30", "18:30", "18:30"),
        ("at 6", "06:00", "06:00"),
        ("seven o\N{RIGHT SINGLE QUOTATION MARK}clock", "07:00", "07:00"),
        ("7 in the evening", "19:00", "19:00"),
        ("noon", "12:00", "12:00"),
        ("12 p.m.", "12:00", "12:00"),
        ("midnight", "00:00", "00:00"),
        ("12 a.m.", "00:00", "00:00"),
        ("6:30 a.m. local time", "06:30", "06:30"),
        ("local time 6:30 a.m.", "06:30", "06:30"),
        ("3:30 a.m. UTC", "06:30", "06:30"),
        ("between 6 and 7 a.m.", "06:00", "07:00"),
        ("from 6 to 7 p.m.", "18:00", "19:00"),
        ("6 to 7 a.m.", "06:00", "07:00"),
        ("6-7 a.m.", "06:00", "07:00"),
        ("6:30\N{EN DASH}7:15", "06:30", "07:15"),
        ("between 11 and 1 p.m.", "11:00", "13:00"),
        ("between 11 and noon", "11:00", "12:00"),
        ("between 6 p.m. and 7", "18:00", "19:00"),
        ("between 9 and 18", "09:00", "18:00"),
    ],
)
def test_a_time_of_day_is_on_its_date_by_the_clock_of_its_zone(
    words: str, earliest: str, latest: str
) -> None:
    stated = when(words, zone=MOSCOW, on=THE_SIXTH)

    assert stated == When(moscow(f"2026-02-06T{earliest}"), moscow(f"2026-02-06T{latest}"), words=words)


@pytest.mark.parametrize("words", ["between 11 p.m. and 1 a.m.", "between 11 and 1 a.m.", "23:00-01:00"])
def test_an_interval_over_midnight_ends_on_the_next_day(words: str) -> None:
    stated = when(words, zone=MOSCOW, on=THE_SIXTH)

    assert stated == When(moscow("2026-02-06T23:00"), moscow("2026-02-07T01:00"), words=words)


@pytest.mark.parametrize("words", ["around 6:30", "about 6:30 a.m.", "around 6:30 a.m. local time"])
def test_around_a_time_is_that_time_with_a_pad_of_a_quarter_of_an_hour(words: str) -> None:
    stated = when(words, zone=MOSCOW, on=THE_SIXTH)

    assert stated == When(
        moscow("2026-02-06T06:30"), moscow("2026-02-06T06:30"), pad=timedelta(minutes=15), words=words
    )


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("2019~", 365),
        ("around 2019", 365),
        ("2019%", 365),
        ("2020~-01-07", 366),
        ("2019-01~", 31),
        ("2019-02-07~", 1),
        ("2019-~02-07", 28),
        ("~2019-~02-07", 365),
        ("202X~", 3653),
        ("2019-21~", 92),
        ("2019-01~/2019-02-07~", 31),
        ("2019?", 0),
    ],
)
def test_an_approximate_date_has_a_pad_as_long_as_what_is_approximate(words: str, days: int) -> None:
    assert when(words).pad == timedelta(days=days)


@pytest.mark.parametrize(("mark", "minutes"), [("~", 15), ("%", 15), ("?", 0)])
def test_an_approximate_date_time_has_a_pad_of_a_quarter_of_an_hour(mark: str, minutes: int) -> None:
    assert when(f"2026-02-06T06:30Z{mark}").pad == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("words", "microseconds"),
    [
        ("2026-02-06T06:30:00+03:00", 0),
        ("2026-02-06 03:30Z", 0),
        ("2026-02-06t03:30z", 0),
        ("2026-02-06T06:30+0300", 0),
        ("2026-02-06T06:30 +03", 0),
        ("2026-02-06T03:30:00.123456Z", 123_456),
        ("2026-02-06T03:30:00.123456789Z", 123_456),
    ],
)
def test_a_date_time_with_its_offset_is_an_instant_in_utc(words: str, microseconds: int) -> None:
    moment = datetime(2026, 2, 6, 3, 30, 0, microseconds, tzinfo=UTC)

    stated = when(words, zone=NEW_YORK)

    assert (stated.earliest, stated.latest, stated.words) == (moment, moment, words)
    assert stated.earliest is not None
    assert stated.earliest.tzinfo is UTC


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("2026-02-07", "2026-02-07"),
        ("2026-02-xx", "2026-02-XX"),
        (" 2026-02-07? ", "2026-02-07?"),
        ("..2026-02-07", "../2026-02-07"),
        ("2026-02-07..", "2026-02-07/.."),
        ("2026-02-06 06:30+03:00", "2026-02-06T06:30+03:00"),
        ("around 2019", "2019~"),
        ("by 2026-02-07", None),
        ("around 6:30", None),
    ],
)
def test_the_edtf_is_kept_where_there_is_one(words: str, edtf: str | None) -> None:
    assert when(words, on=THE_SIXTH).edtf == edtf


@pytest.mark.parametrize(
    ("value", "is_date"),
    [
        (date(2026, 2, 7), True),
        ("2026-02-07", True),
        ("2026-02-07?", True),
        ("2026-02-07/2026-02-07", True),
        ("2026-02-07/2026-02-08", False),
        ("2026-02", False),
        ("2026-02-XX", False),
        ("../2026-02-07", False),
        ("by 2026-02-07", False),
        ("2026-02-07T06:30Z", False),
        (datetime(2026, 2, 7, tzinfo=UTC), False),
        ("noon", False),
    ],
)
def test_only_what_was_given_as_one_calendar_date_is_a_date(value: str | date, is_date: bool) -> None:
    assert when(value, on=THE_SIXTH).is_date is is_date


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_a_day_on_which_the_clocks_change_is_still_one_date(day: date) -> None:
    assert when(day, zone=NEW_YORK).is_date


def test_an_interval_is_no_date_because_it_is_labelled_as_one() -> None:
    labelled = When(moscow("2026-02-01"), moscow("2026-02-07"), edtf="2026-02-07")

    assert not labelled.is_date


def test_a_date_goes_from_midnight_to_midnight_also_where_the_clocks_change_then() -> None:
    sao_paulo = when("2018-02-17", zone=ZoneInfo("America/Sao_Paulo"))  # 23:00 to 24:00 came twice
    beirut = when("2026-03-29", zone=ZoneInfo("Asia/Beirut"))  # 00:00 was followed by 01:00 at once
    havana = when("2025-11-02", zone=ZoneInfo("America/Havana"))  # 00:00 to 01:00 came twice

    assert sao_paulo.bounds() == ["2018-02-17T02:00:00.000000Z", "2018-02-18T02:59:59.999999Z", "0"]
    assert beirut.bounds() == ["2026-03-28T22:00:00.000000Z", "2026-03-29T20:59:59.999999Z", "0"]
    assert havana.bounds() == ["2025-11-02T04:00:00.000000Z", "2025-11-03T04:59:59.999999Z", "0"]


def test_a_time_of_day_that_came_twice_is_the_interval_between_the_two() -> None:
    stated = when("1:30 a.m.", zone=NEW_YORK, on=date(2026, 11, 1))

    assert stated.bounds() == ["2026-11-01T05:30:00.000000Z", "2026-11-01T06:30:00.000000Z", "0"]


def test_a_date_is_its_day_in_utc_unless_a_zone_is_given() -> None:
    assert when(date(2026, 2, 7)).bounds() == when("2026-02-07", zone=UTC).bounds()
    assert when("2026-02-07").bounds() == ["2026-02-07T00:00:00.000000Z", "2026-02-07T23:59:59.999999Z", "0"]


def test_a_naive_datetime_is_refused_with_the_remedy() -> None:
    naive = datetime(2026, 2, 7)  # noqa: DTZ001  - that it lacks a zone is the point

    with pytest.raises(InvalidValue, match=r"naive.*zone"):
        when(naive)
    with pytest.raises(InvalidValue, match=r"naive.*zone"):
        When(naive, None)
    with pytest.raises(InvalidValue, match=r"naive.*zone"):
        to_microseconds(naive)
    with pytest.raises(InvalidValue, match="without its zone"):
        when("2026-02-07T06:30", zone=MOSCOW)


def test_a_time_of_day_without_its_date_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidValue, match="on=date"):
        when("around 6:30 a.m.", zone=MOSCOW)


def test_a_local_time_without_its_zone_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidValue, match=r"zone=.*ZoneInfo"):
        when("6:30 a.m. local time", on=THE_SIXTH)


@pytest.mark.parametrize(
    "words",
    [
        "yesterday",
        "7",
        "06-07",
        "25:00",
        "13 p.m.",
        "0 a.m.",
        "6:60",
        "24:00",
        "2026-02-07T24:00Z",
        "2026-02-03/04",
        "Y17000",
        "around around 6",
        "between 6",
        "between 6 and 2026",
        "/x",
        "...",
        "2026-02-07~~",
    ],
)
def test_words_that_state_no_time_are_refused(words: str) -> None:
    with pytest.raises(InvalidValue, match="state no time"):
        when(words, on=THE_SIXTH)


@pytest.mark.parametrize(
    "words", ["2026-02-30", "2026-13", "0000", "XXXX-02-30", "2026-02-30T06:30Z", "9999-24"]
)
def test_dates_that_do_not_exist_are_refused(words: str) -> None:
    with pytest.raises(InvalidValue, match="does not exist"):
        when(words)


@pytest.mark.parametrize("words", ["2026-02-07/2026-02-01", "between 8 and 7", "between 2019 and 2016"])
def test_an_interval_upside_down_is_refused(words: str) -> None:
    with pytest.raises(InvalidValue, match="upside down"):
        when(words, on=THE_SIXTH)


@pytest.mark.parametrize(
    ("words", "zone", "on"),
    [
        ("0001-01-01", MOSCOW, None),
        ("9999-12-31", NEW_YORK, None),
        ("before 0001-01-01", UTC, None),
        ("after 9999-12-31", UTC, None),
        ("by midnight", UTC, date.max),
        ("0001-01-01T00:00+03:00", UTC, None),
    ],
)
def test_times_beyond_the_calendar_are_refused(words: str, zone: tzinfo, on: date | None) -> None:
    with pytest.raises(InvalidValue, match="beyond the calendar"):
        when(words, zone=zone, on=on)


@pytest.mark.parametrize("pad", [timedelta(microseconds=-1), MAX_PAD + timedelta(microseconds=1), 900])
def test_a_pad_is_a_span_of_time_within_the_calendar(pad: object) -> None:
    with pytest.raises(InvalidValue, match="pad"):
        When(None, None, pad=pad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments", [{"zone": "Europe/Moscow"}, {"on": "2026-02-06"}, {"on": datetime(2026, 2, 6, tzinfo=UTC)}]
)
def test_a_zone_is_a_tzinfo_and_on_is_a_date(arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        when("noon", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, 1, 1.5, b"2026"])
def test_what_is_neither_text_nor_a_time_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        when(value)  # type: ignore[arg-type]


def test_a_date_is_no_end_of_a_time() -> None:
    with pytest.raises(InvalidValue, match="datetime"):
        When(date(2026, 2, 7), None)  # type: ignore[arg-type]


def test_the_choices_are_the_callers() -> None:
    choices = Approximations(around_a_time=timedelta(minutes=30), around_a_date=2)

    assert when("around 6:30", on=THE_SIXTH, approximations=choices).pad == timedelta(minutes=30)
    assert when("2019-01~", approximations=choices).pad == timedelta(days=62)
    with pytest.raises(InvalidValue):
        when("2019~", approximations=Approximations(around_a_date=10**12))


def test_a_when_is_returned_as_it_is_and_cannot_be_changed() -> None:
    noon = when("noon", on=THE_SIXTH)

    assert when(noon) is noon
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        noon.earliest = None  # type: ignore[misc]


def test_ends_in_any_zone_or_of_any_subclass_are_kept_as_plain_datetimes_in_utc() -> None:
    class Stamp(datetime):
        pass

    stamp = Stamp(2026, 2, 6, 3, 30, tzinfo=UTC)

    assert type(When(stamp, stamp).earliest) is datetime
    assert When(moscow("2026-02-06T06:30"), None) == When(stamp, None)


@given(st.integers(FIRST_MICROSECOND, LAST_MICROSECOND))
def test_microseconds_come_back_from_the_moment_exactly(microseconds: int) -> None:
    assert to_microseconds(from_microseconds(microseconds)) == microseconds


@given(MOMENTS, st.integers(-23, 23))
def test_a_moment_comes_back_from_its_microseconds_whatever_its_zone(moment: datetime, hours: int) -> None:
    offset = timezone(timedelta(hours=hours))
    try:
        elsewhere = moment.astimezone(offset)
    except OverflowError:
        elsewhere = moment

    assert from_microseconds(to_microseconds(elsewhere)) == moment


@given(MOMENTS, MOMENTS)
def test_microseconds_keep_the_order_of_moments(one: datetime, other: datetime) -> None:
    assert (one < other) == (to_microseconds(one) < to_microseconds(other))
    assert (one < other) == (str(When(one, one).bounds()[0]) < str(When(other, other).bounds()[0]))


@pytest.mark.parametrize("microseconds", [FIRST_MICROSECOND - 1, LAST_MICROSECOND + 1, 10**100, True, 1.5])
def test_microseconds_beyond_the_calendar_are_refused(microseconds: int) -> None:
    with pytest.raises(InvalidValue):
        from_microseconds(microseconds)


@given(
    st.one_of(st.text(max_size=MAX_WORDS_LENGTH), PHRASES),
    st.one_of(st.none(), st.dates()),
    st.sampled_from([None, UTC, MOSCOW, NEW_YORK]),
)
def test_any_text_is_either_read_with_its_words_kept_or_an_invalid_value(
    words: str, on: date | None, zone: tzinfo | None
) -> None:
    try:
        stated = when(words, on=on, zone=zone)
    except InvalidValue:
        return

    assert stated.words == words
    assert None in (stated.earliest, stated.latest) or stated.earliest <= stated.latest  # type: ignore[operator]


@given(st.from_regex(r"[?~]?[0-9X]{4}[?~%]?(-[0-9X]{2}(-~?[0-9X]{2})?)?%?", fullmatch=True))
def test_any_date_with_unspecified_digits_is_read_or_an_invalid_value(words: str) -> None:
    try:
        stated = when(words)
    except InvalidValue:
        return

    assert stated.edtf == words


@given(st.dates(), st.dates())
def test_dates_keep_their_order(one: date, other: date) -> None:
    earlier, later = sorted((one, other))

    first, last = when(earlier), when(later.isoformat())

    assert first.edtf is not None
    assert first.earliest is not None
    assert last.latest is not None
    assert first.earliest < last.latest
    assert when(f"{earlier}/{later}").bounds() == [first.bounds()[0], last.bounds()[1], "0"]


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from([UTC, MOSCOW, NEW_YORK]))
def test_a_day_ends_one_microsecond_before_the_next_begins(day: date, zone: tzinfo) -> None:
    today, tomorrow = when(day, zone=zone), when(day + timedelta(days=1), zone=zone)

    assert today.latest is not None
    assert today.latest + timedelta(microseconds=1) == tomorrow.earliest
