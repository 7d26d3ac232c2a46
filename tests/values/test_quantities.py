"""What the words for amounts stand for."""

from __future__ import annotations

from decimal import Decimal, localcontext

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provenance.errors import InvalidValue
from provenance.values.quantities import (
    MAX_DIGITS,
    MAX_EXPONENT,
    MAX_WORDS_LENGTH,
    Approximations,
    Quantity,
    decimal_text,
    quantity,
)

NUMBERS = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1),
    # so that the largest stays below 10^31 and the smallest above 10^-30
    st.integers(-MAX_EXPONENT, MAX_EXPONENT - MAX_DIGITS + 1),
)

VOCABULARY = (
    "a and at least most more than up to fewer between 3 5 1.5 1,200 - \N{EN DASH} about some few several couple of "
    "dozens dozen score hundred hundreds thousand million k bn half minus no none zero two twenty + ~ >= or so"
)
PHRASES = st.lists(st.sampled_from(VOCABULARY.split()), max_size=15).map(" ".join)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("3", 3),
        ("-3", -3),
        ("\N{MINUS SIGN}3", -3),
        ("minus three", -3),
        ("1,200", 1200),
        ("1\N{NO-BREAK SPACE}200", 1200),
        ("12 345 678", 12_345_678),
        (".5", Decimal("0.5")),
        ("1e5", 100_000),
        ("1.5 million", 1_500_000),
        ("2bn", 2_000_000_000),
        ("3k", 3000),
        ("two", 2),
        ("Nineteen", 19),
        ("twenty-five", 25),
        ("ninety nine", 99),
        ("a hundred", 100),
        ("one hundred and five", 105),
        ("nineteen hundred", 1900),
        ("a hundred thousand", 100_000),
        ("one million two hundred thousand three hundred and forty-five", 1_200_345),
        ("two and a half million", 2_500_000),
        ("half a million", 500_000),
        ("three billion", 3_000_000_000),
        ("a dozen", 12),
        ("half a dozen", 6),
        ("two dozen", 24),
        ("three score and ten", 70),
        ("a couple", 2),
        ("exactly 3", 3),
        ("zero", 0),
        ("no", 0),
        ("none", 0),
    ],
)
def test_a_plain_number_in_words_is_that_number(words: str, number: int | Decimal) -> None:
    stated = quantity(words)

    assert stated == Quantity(number, number, words=words)


@pytest.mark.parametrize(
    ("words", "lo", "hi"),
    [
        ("at least 3", 3, None),
        ("At least three", 3, None),
        ("no fewer than 3", 3, None),
        ("3 or more", 3, None),
        ("3+", 3, None),
        (">= 3", 3, None),
        ("at least a dozen", 12, None),
        ("at least several hundred", 300, None),
        ("more than 3", 4, None),
        ("over 3", 4, None),
        ("more than a few", 2, None),
        ("over 1.5", Decimal("1.5"), None),
        ("up to 5", None, 5),
        ("at most 5", None, 5),
        ("no more than 5", None, 5),
        ("5 or fewer", None, 5),
        ("fewer than 5", None, 4),
        ("less than five", None, 4),
        ("under 1.5", None, Decimal("1.5")),
        ("several", 3, None),
        ("several hundred", 300, None),
        ("a few", 2, None),
        ("a few thousand", 2000, None),
        ("a handful of", 2, None),
        ("dozens", 24, None),
        ("scores", 40, None),
        ("hundreds", 200, None),
        ("tens of thousands", 20_000, None),
        ("hundreds of thousands", 200_000, None),
        ("between 3 and 5", 3, 5),
        ("between one hundred and five and two hundred", 105, 200),
        ("3-5", 3, 5),
        ("3 - 5", 3, 5),
        ("3\N{EN DASH}5", 3, 5),
        ("-5 to -3", -5, -3),
        ("3 to 5", 3, 5),
        ("from three to five", 3, 5),
        ("three or four", 3, 4),
        ("3 to 5 million", 3_000_000, 5_000_000),
        ("two to three hundred", 200, 300),
        ("900 to 1.5 million", 900, 1_500_000),
        ("one to one hundred", 1, 100),
        ("1 dozen to 20 hundred", 12, 2000),
    ],
)
def test_words_that_leave_room_are_an_interval(
    words: str, lo: int | Decimal | None, hi: int | Decimal | None
) -> None:
    stated = quantity(words)

    assert stated == Quantity(lo, hi, words=words)


@pytest.mark.parametrize(
    ("words", "lo", "hi", "pad"),
    [
        *((f"{word} 300", 300, 300, 30) for word in ("about", "around", "some", "nearly", "almost", "~")),
        ("300 or so", 300, 300, 30),
        ("a dozen or so", 12, 12, Decimal("1.2")),
        ("some 200 to 300", 200, 300, 30),
        ("about 1,234", 1234, 1234, 120),
        ("a couple of hundred", 200, 200, 20),
    ],
)
def test_an_approximate_number_has_a_pad_of_a_tenth_in_two_digits(
    words: str, lo: int, hi: int, pad: int | Decimal
) -> None:
    stated = quantity(words)

    assert stated == Quantity(lo, hi, pad=pad, words=words)


@pytest.mark.parametrize(
    "words",
    [
        "many",
        "hundred",
        "a",
        "five five",
        "twenty zero",
        "three shots",
        "$5",
        "5%",
        "5m",
        "1,5",
        "1,2000",
        "2026-02-07",
        "around dozens",
        "up to several",
        "\N{ARABIC-INDIC DIGIT THREE}",
        "+",
        "-",
        "NaN",
        "infinity",
        "1_000",
    ],
)
def test_words_that_state_no_number_are_refused(words: str) -> None:
    with pytest.raises(InvalidValue, match="state no number"):
        quantity(words)


@pytest.mark.parametrize("value", [1.5, True])
def test_floats_and_bools_are_refused_with_what_to_pass_instead(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"a str, an int or a Decimal"):
        quantity(value)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"an int or a Decimal"):
        Quantity(value, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, b"3", [3]])
def test_what_is_neither_text_nor_a_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        quantity(value)  # type: ignore[arg-type]


def test_a_refusal_does_not_repeat_the_words() -> None:
    with pytest.raises(InvalidValue) as refusal:
        quantity("confidential words")

    assert "confidential" not in str(refusal.value)


def test_an_interval_upside_down_is_refused() -> None:
    with pytest.raises(InvalidValue, match="upside down"):
        quantity("between 5 and 3")


def test_a_negative_pad_is_refused() -> None:
    with pytest.raises(InvalidValue, match="pad"):
        Quantity(1, 1, pad=-1)


@pytest.mark.parametrize(
    "number", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity")]
)
def test_a_number_is_finite(number: Decimal) -> None:
    with pytest.raises(InvalidValue, match="finite"):
        quantity(number)


@pytest.mark.parametrize(
    "number",
    [
        Decimal("1234567890.123456"),
        10**MAX_DIGITS + 1,
        10 ** (MAX_EXPONENT + 1),
        10**4000,
        Decimal(1).scaleb(-MAX_EXPONENT - 1),
        Decimal("1e999999"),
    ],
)
def test_a_number_of_too_many_digits_or_too_extreme_is_refused(number: int | Decimal) -> None:
    with pytest.raises(InvalidValue):
        quantity(number)


def test_a_pad_whose_digits_do_not_fit_beside_those_of_the_number_is_refused() -> None:
    with pytest.raises(InvalidValue, match="with its pad"):
        Quantity(10**MAX_DIGITS - 1, None, pad=Decimal("0.1"))


def test_words_longer_than_any_amount_are_refused() -> None:
    assert quantity("3" + " " * (MAX_WORDS_LENGTH - 1)).lo == 3

    with pytest.raises(InvalidValue, match="200"):
        quantity("3" + " " * MAX_WORDS_LENGTH)


def test_the_choices_are_the_callers() -> None:
    choices = Approximations(several=4, few=5, couple=3, plural=3, beyond=0, about=Decimal("0.25"))

    intervals = {
        words: quantity(words, approximations=choices).bounds()
        for words in ("several", "a few", "a couple", "dozens", "more than 3", "fewer than 3", "about 300")
    }

    assert intervals == {
        "several": ["4", None, "0"],
        "a few": ["5", None, "0"],
        "a couple": ["3", "3", "0"],
        "dozens": ["36", None, "0"],
        "more than 3": ["3", None, "0"],
        "fewer than 3": [None, "3", "0"],
        "about 300": ["300", "300", "75"],
    }


@pytest.mark.parametrize(
    "choices",
    [
        {"several": -1},
        {"few": True},
        {"plural": 1.5},
        {"about": Decimal(1)},
        {"beyond": -1},
        {"around_a_time": 15},
    ],
)
def test_impossible_choices_are_refused(choices: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        Approximations(**choices)  # type: ignore[arg-type]


def test_a_quantity_is_returned_as_it_is() -> None:
    several = quantity("several")

    assert quantity(several) is several


def test_a_quantity_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        quantity("several").lo = Decimal(1)  # type: ignore[misc]


def test_equal_numbers_have_equal_bounds_however_they_were_written() -> None:
    ways = (quantity("1,200"), quantity("twelve hundred"), quantity(Decimal("1.200E+3")), quantity(1200))

    assert {tuple(way.bounds()) for way in ways} == {("1200", "1200", "0")}
    assert quantity(Decimal("-0.00")).bounds() == ["0", "0", "0"]


def test_the_pad_widens_both_ends() -> None:
    about = quantity("about 300")

    assert (about.least, about.most) == (Decimal(270), Decimal(330))
    assert (quantity("at least 3").most, quantity("up to 5").least) == (None, None)


def test_the_callers_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 2

        stated = quantity("about 123,456,789")

    assert stated.bounds() == ["123456789", "123456789", "12000000"]
    assert stated.least == 111_456_789


@given(NUMBERS)
def test_a_number_comes_back_from_its_text_exactly(number: Decimal) -> None:
    assume(number.adjusted() >= -MAX_EXPONENT)

    stated = quantity(number)

    assert stated.lo == number
    assert quantity(decimal_text(number)).lo == number
    assert quantity(str(number)).bounds() == stated.bounds()


@given(NUMBERS, NUMBERS)
def test_numbers_keep_their_order_as_floats(one: Decimal, other: Decimal) -> None:
    """This is what MAX_DIGITS is for: a database may compare numbers as doubles."""
    assert (one < other) == (float(one) < float(other))


@given(st.one_of(st.text(max_size=MAX_WORDS_LENGTH), PHRASES))
def test_any_text_is_either_read_with_its_words_kept_or_an_invalid_value(words: str) -> None:
    try:
        stated = quantity(words)
    except InvalidValue:
        return

    assert stated.words == words
    assert None in (stated.lo, stated.hi) or stated.lo <= stated.hi  # type: ignore[operator]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_every_spelling_of_a_range_is_the_same_interval(one: int, other: int) -> None:
    lo, hi = sorted((one, other))

    ways = {
        tuple(quantity(words).bounds())
        for words in (f"between {lo} and {hi}", f"{lo} to {hi}", f"{lo}-{hi}", f"from {lo:,} to {hi:,}")
    }

    assert ways == {(str(lo), str(hi), "0")}
