"""Numbers as newsrooms state them: an interval, a pad around it, and the words that were used.

The rules of docs/semantics.md#rule-approximation.

Decimals only: what was written as 0.1 stays 0.1. Units are not read here, they belong to a claim's scope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import attrs

from provenance.errors import InvalidValue
from provenance.values.fields import text

MAX_DIGITS = 15
"""Significant digits of a number. With at most 15 (C's DBL_DIG), different numbers stay different and in order as IEEE
doubles: a database may compare them as such."""

MAX_EXPONENT = 30
"""Numbers lie between 10^-30 and 10^31: news states none beyond, and each takes at most 46 digits to write out."""

MAX_WORDS_LENGTH = 200
"""Characters of an amount or a time in words: more than any real one has, and so few that even hostile text is read at
next to no cost."""

_ZERO = Decimal(0)

_PAD_DIGITS = 2
"""Significant digits of the pad of "about 300". The pad is a guess, and more digits would hide that."""

_EXACT = Context(prec=100, traps=[])
"""The context of all arithmetic here: exact within MAX_DIGITS and MAX_EXPONENT, whatever context the caller has set."""


_ROUGH = Context(prec=_PAD_DIGITS, rounding=ROUND_HALF_EVEN, traps=[])


def exact(field: str, number: object) -> Decimal:
    """The int or Decimal in its one normal form: no trailing zeros, no positive exponent, no -0."""
    if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
        raise InvalidValue(field, f"a {type(number).__name__}", 'an int or a Decimal, such as Decimal("1.5")')
    if isinstance(number, Decimal) and not number.is_finite():
        raise InvalidValue(field, "no finite number", "a finite number; an open end is None")
    if isinstance(number, int) and abs(number) >= 10 ** (MAX_EXPONENT + 1):
        raise InvalidValue(field, "too large a number", f"one below 10^{MAX_EXPONENT + 1}")
    return _without_trailing_zeros(field, Decimal(number))


def _without_trailing_zeros(field: str, number: Decimal) -> Decimal:
    if not number:
        return _ZERO
    if not -MAX_EXPONENT <= number.adjusted() <= MAX_EXPONENT:
        raise InvalidValue(
            field,
            "too large or too small a number",
            f"one between 10^-{MAX_EXPONENT} and 10^{MAX_EXPONENT + 1}",
        )
    sign, digits, _ = number.as_tuple()
    significant = "".join(map(str, digits)).lstrip("0").rstrip("0")
    if len(significant) > MAX_DIGITS:
        raise InvalidValue(field, f"{len(significant)} significant digits", f"at most {MAX_DIGITS}")
    trailing = number.adjusted() + 1 - len(significant)
    written_out = significant + "0" * max(trailing, 0)
    return Decimal((sign, tuple(map(int, written_out)), min(trailing, 0)))


def decimal_text(number: Decimal) -> str:
    """The number written out without an exponent: one text for each number that `exact` returns."""
    return format(number, "f")


def _end(number: int | Decimal | None) -> Decimal | None:
    return None if number is None else exact("end of a quantity", number)


def _pad(number: int | Decimal) -> Decimal:
    pad = exact("pad", number)
    if pad < 0:
        raise InvalidValue("pad", "a negative number", "zero or more")
    return pad


def _words(words: str | None) -> str | None:
    return None if words is None else text("words", words, longest=MAX_WORDS_LENGTH)


@attrs.frozen
class Quantity:
    """A number or an interval of numbers, both ends included; an end that is None is open.

    `quantity` reads one from words. `lo` and `hi` are int or Decimal, never float; of one number they are equal. `pad`
    is how far either end may be off where the words are approximate ("about 300"). `words` are the source's own words.
    A unit belongs to the claim's scope.

    Raises `InvalidValue` for `hi` below `lo`, for a negative pad, for more than 15 significant digits, and for numbers
    of 10^31 or more, or below 10^-30.
    """

    lo: Decimal | None = attrs.field(converter=_end)
    hi: Decimal | None = attrs.field(converter=_end)
    pad: Decimal = attrs.field(default=_ZERO, converter=_pad)
    words: str | None = attrs.field(default=None, converter=_words)

    def __attrs_post_init__(self) -> None:
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise InvalidValue("quantity", "an interval upside down", "the smaller end first")
        for end in (self.least, self.most):
            if end is not None:
                exact("quantity with its pad", end)

    @property
    def least(self) -> Decimal | None:
        """The lower end less the pad; None where that end is open."""
        return None if self.lo is None else _EXACT.subtract(self.lo, self.pad)

    @property
    def most(self) -> Decimal | None:
        """The upper end plus the pad; None where that end is open."""
        return None if self.hi is None else _EXACT.add(self.hi, self.pad)

    def bounds(self) -> list[str | None]:
        """The number without its words, as [lo, hi, pad]: equal for all words of one meaning.

        Numbers are decimal text, an open end is None.
        """
        return [None if end is None else decimal_text(end) for end in (self.lo, self.hi, self.pad)]


def _whole(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidValue(attribute.name, "something else", "a whole number of zero or more")


def _not_negative(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if exact(attribute.name, value) < 0:
        raise InvalidValue(attribute.name, "a negative number", "zero or more")


def _fraction(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not 0 <= exact(attribute.name, value) < 1:
        raise InvalidValue(attribute.name, "something else", "a fraction from 0 to below 1")


def _span_of_time(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, timedelta) or value < timedelta(0):
        raise InvalidValue(attribute.name, "something else", "a timedelta of zero or more")


@attrs.frozen(kw_only=True)
class Approximations:
    """What approximate words stand for. These are choices, not facts: pass others to `quantity` and `when`.

    They apply once, when the words are read. To change them later changes nothing that was recorded
    (`docs/semantics.md`, Records: Approximation).
    """

    several: int = attrs.field(default=3, validator=_whole)
    """The least that "several" can be: more than two."""

    few: int = attrs.field(default=2, validator=_whole)
    """The least that "a few" and "a handful" can be: more than one."""

    couple: int = attrs.field(default=2, validator=_whole)
    """The exact number of "a couple"; "a couple of hundred" is about that many hundreds."""

    plural: int = attrs.field(default=2, validator=_whole)
    """The least number of dozens in "dozens", of hundreds in "hundreds"."""

    beyond: int | Decimal = attrs.field(default=1, validator=_not_negative)
    """How far "more than 3" begins above 3: by one, since people and shots come in ones. For measures, pass 0."""

    about: Decimal = attrs.field(default=Decimal("0.1"), validator=_fraction)
    """The pad of "about 300", as a fraction of the number: 0.1 makes it 30."""

    around_a_time: timedelta = attrs.field(default=timedelta(minutes=15), validator=_span_of_time)
    """The pad of "around 6:30"."""

    around_a_date: int = attrs.field(default=1, validator=_whole)
    """The pad of an approximate date, as a multiple of the day, month or year that is marked approximate."""


DEFAULT_APPROXIMATIONS = Approximations()


def quantity(
    text_or_number: str | int | Decimal | Quantity, *, approximations: Approximations = DEFAULT_APPROXIMATIONS
) -> Quantity:
    """The interval that a number, or the words for one, stand for.

    - `3`, `Decimal("1.5")`, "3", "1,200", "1 200", "1.5 million", "2bn": that number
    - "two", "twenty-five", "a dozen", "half a million", "one hundred and five": that number
    - "no", "none", "zero": 0
    - "at least 3", "no fewer than 3", "3 or more", "3+": [3, ∞)
    - "more than 3", "over 3": [4, ∞), a whole number is exceeded by one; "more than 1.5": [1.5, ∞)
    - "up to 5", "at most 5", "as many as 5", "5 or fewer": (-∞, 5]
    - "fewer than 5", "less than 5", "under 5": (-∞, 4]; "fewer than 1.5": (-∞, 1.5]
    - "between 3 and 5", "3 to 5", "3-5", "three or four": both ends included; "3 to 5 million" is in millions
    - "about", "around", "some", "nearly", "almost", "roughly" 300, "300 or so": 300, give or take a pad of 30
    - "several": [3, ∞); "a few", "a handful": [2, ∞); "a couple": 2
    - "dozens": [24, ∞); "scores", "hundreds", "tens of thousands", "several hundred" in the same way

    Pass other `Approximations` where the numbers behind "several" or "about" should be others. The decimal sign is a
    point. The `Quantity` keeps the words as given. A `Quantity` is returned as it is. Raises `InvalidValue` for
    everything else, floats and units included.
    """
    if isinstance(text_or_number, Quantity):
        return text_or_number
    if isinstance(text_or_number, (bool, float)):
        given = type(text_or_number).__name__
        raise InvalidValue(
            "quantity", f"a {given}", 'a str, an int or a Decimal, such as "1.5", as it was written'
        )
    if isinstance(text_or_number, (int, Decimal)):
        return Quantity(text_or_number, text_or_number)
    words = text("quantity", text_or_number, longest=MAX_WORDS_LENGTH)
    stated = _read(_plain(words), approximations)
    if stated is None:
        raise InvalidValue(
            "quantity",
            "words that state no number",
            'a number or words such as "at least 3", "3 to 5", "about 300" or "several", without a unit',
        )
    return attrs.evolve(stated, words=words)


# Phrases


def _list(phrases: str) -> tuple[str, ...]:
    return tuple(phrases.split(", "))


_AT_LEAST = _list("at least, no fewer than, no less than, not fewer than, not less than, a minimum of, >=, ≥")
_MORE_THAN = _list("more than, over, above, upwards of, in excess of, exceeding, well over, just over, >")
_AT_MOST = _list("up to, at most, no more than, not more than, as many as, as much as, a maximum of, <=, ≤")
_FEWER_THAN = _list("fewer than, less than, under, below, well under, just under, <")
_ABOUT = _list(
    "about, around, some, nearly, almost, roughly, approximately, close to, circa, an estimated, ~"
)
_EXACTLY = _list("exactly, precisely")

_OR_MORE = _list("or more, and more, +")
_OR_FEWER = _list("or fewer, or less")
_OR_SO = _list("or so")

_NOTHING = _list("no, none, nobody, no one")

_TEENS = "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen"
_ONES = dict(zip(_list(_TEENS + ", fifteen, sixteen, seventeen, eighteen, nineteen"), range(20), strict=True))
_TENS = dict(
    zip(
        _list("twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety"), range(20, 100, 10), strict=True
    )
)
_SIZES = {
    "trillion": Decimal(10**12),
    "billion": Decimal(10**9),
    "million": Decimal(10**6),
    "thousand": Decimal(1000),
    "hundred": Decimal(100),
    "score": Decimal(20),
    "dozen": Decimal(12),
}
_SCALES = tuple(_SIZES.items())
"""The scales from the largest down, the order in which a number in words is taken apart."""

_PLURAL_SIZES = {f"{name}s": size for name, size in _SCALES} | {"tens": Decimal(10)}
_ABBREVIATIONS = {"k": "thousand", "mn": "million", "bn": "billion"}  # not "m": it may be metres

_HYPHEN_IN_WORD = re.compile(r"(?<=[a-z])-(?=[a-z])")
_SYMBOL_AT_START = re.compile(r"([<>]=|[<>≤≥~]) ?")
_SPACED_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")
_ABBREVIATED = re.compile(r"(?<=[0-9]) ?(k|mn|bn)\b")
_NUMERAL = re.compile(
    r"[-+]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?:e[-+]?[0-9]{1,3})?"
)
_DASH = re.compile(r" ?[\u2013\u2014] ?|(?<=[0-9]) ?- ?(?=[0-9])|(?<=[a-z])(?:-| - )(?=[0-9])")


def _plain(words: str) -> str:
    """The words in lower case, single-spaced, with one spelling for what can be written in several ways."""
    plain = " ".join(words.lower().replace("\N{MINUS SIGN}", "-").split())
    plain = _HYPHEN_IN_WORD.sub(" ", plain)
    plain = _SYMBOL_AT_START.sub(r"\1 ", plain, count=1) if plain[:1] in "<>≤≥~" else plain
    plain = _SPACED_THOUSANDS.sub(lambda found: found[0].replace(" ", ""), plain)
    return _ABBREVIATED.sub(lambda found: " " + _ABBREVIATIONS[found[1]], plain)


def _read(words: str, choices: Approximations) -> Quantity | None:
    for openings, closings, meaning in _QUALIFIERS:
        rest = _after(openings, words) or _before(closings, words)
        if rest is not None:
            return meaning(rest, choices)
    return _stated(words, choices) or _range(words)


def _after(openings: tuple[str, ...], words: str) -> str | None:
    for opening in openings:
        if words.startswith(opening + " "):
            return words[len(opening) + 1 :]
    return None


def _before(closings: tuple[str, ...], words: str) -> str | None:
    for closing in closings:
        if words.endswith(closing):
            return words[: -len(closing)].rstrip()
    return None


def _at_least(words: str, choices: Approximations) -> Quantity | None:
    stated = _stated(words, choices)
    return stated and attrs.evolve(stated, hi=None)


def _more_than(words: str, choices: Approximations) -> Quantity | None:
    number = _number(words)
    if number is None:
        return _at_least(words, choices)
    return Quantity(_EXACT.add(number, _step(number, choices)), None)


def _at_most(words: str, _: Approximations) -> Quantity | None:
    number = _number(words)
    return None if number is None else Quantity(None, number)


def _fewer_than(words: str, choices: Approximations) -> Quantity | None:
    number = _number(words)
    return None if number is None else Quantity(None, _EXACT.subtract(number, _step(number, choices)))


def _step(number: Decimal, choices: Approximations) -> Decimal:
    is_whole = number == number.to_integral_value()
    return Decimal(choices.beyond) if is_whole else _ZERO


def _about(words: str, choices: Approximations) -> Quantity | None:
    number = _number(words)
    stated = _range(words) if number is None else Quantity(number, number)
    return stated and _padded(stated, choices)


def _padded(stated: Quantity, choices: Approximations) -> Quantity:
    largest = max(abs(end) for end in (stated.lo, stated.hi) if end is not None)
    pad = _EXACT.multiply(largest, choices.about)
    return attrs.evolve(stated, pad=_ROUGH.plus(pad))


def _exactly(words: str, _: Approximations) -> Quantity | None:
    number = _number(words)
    return None if number is None else Quantity(number, number)


_Meaning = Callable[[str, Approximations], Quantity | None]
_QUALIFIERS: tuple[tuple[tuple[str, ...], tuple[str, ...], _Meaning], ...] = (
    (_AT_LEAST, _OR_MORE, _at_least),
    (_MORE_THAN, (), _more_than),
    (_AT_MOST, _OR_FEWER, _at_most),
    (_FEWER_THAN, (), _fewer_than),
    (_ABOUT, _OR_SO, _about),
    (_EXACTLY, (), _exactly),
)


# Numbers without a qualifier


def _stated(words: str, choices: Approximations) -> Quantity | None:
    if words in _NOTHING:
        return Quantity(0, 0)
    number = _number(words)
    return _indefinite(words, choices) if number is None else Quantity(number, number)


def _indefinite(words: str, choices: Approximations) -> Quantity | None:
    for opening, least in (("several", choices.several), ("a few", choices.few), ("a handful", choices.few)):
        if (size := _size_after(opening, words)) is not None:
            return Quantity(_EXACT.multiply(size, Decimal(least)), None)
    if (size := _size_after("a couple", words)) is not None:
        number = _EXACT.multiply(size, Decimal(choices.couple))
        return Quantity(number, number) if size == 1 else _padded(Quantity(number, number), choices)
    if words.split(" ", 1)[0] in _PLURAL_SIZES and (size := _size(words)) is not None:
        return Quantity(_EXACT.multiply(size, Decimal(choices.plural)), None)
    return None


def _size_after(opening: str, words: str) -> Decimal | None:
    return _size(words[len(opening) :]) if f"{words} ".startswith(f"{opening} ") else None


def _size(words: str) -> Decimal | None:
    """The product of words such as "hundred", "of hundreds" or "tens of thousands"; 1 where there are no words."""
    size = Decimal(1)
    for word in words.split():
        if word != "of":
            factor = _SIZES.get(word) or _PLURAL_SIZES.get(word)
            if factor is None:
                return None
            size = _EXACT.multiply(size, factor)
    return size


def _range(words: str) -> Quantity | None:
    for low, high in _pairs(words):
        upper = _number(high)
        lower = _number(low)
        if lower is not None and upper is not None:
            return Quantity(lower if _has_scale(low) else _in_the_scale_of(high, lower), upper)
    return None


def _pairs(words: str) -> Iterator[tuple[str, str]]:
    """Every way in which the words may fall into a lower and an upper end."""
    if words.startswith("between "):
        return _splits(words.removeprefix("between "), (" and ",))
    return _splits(_DASH.sub(" to ", words.removeprefix("from ")), (" to ", " or "))


def _splits(words: str, separators: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for separator in separators:
        parts = words.split(separator)
        for count in range(1, len(parts)):
            yield separator.join(parts[:count]), separator.join(parts[count:])


def _has_scale(words: str) -> bool:
    return any(word in _SIZES for word in words.split())


def _in_the_scale_of(high: str, lower: Decimal) -> Decimal:
    """The lower end of "3 to 5 million" as three million; that of "900 to 1.5 million" stays nine hundred."""
    tokens = high.split()
    first_scale = next((place for place, token in enumerate(tokens) if token in _SIZES), len(tokens))
    size = _size(" ".join(tokens[first_scale:]))
    upper = _number(" ".join(tokens[:first_scale]))
    if size is None or upper is None or not 0 <= lower < upper:
        return lower
    return _EXACT.multiply(lower, size)


def _number(words: str) -> Decimal | None:
    tokens = words.split()
    if tokens[:1] == ["minus"]:
        number = _sum(tokens[1:], _SCALES)
        return None if number is None else _EXACT.minus(number)
    return _sum(tokens, _SCALES)


def _sum(tokens: list[str], scales: tuple[tuple[str, Decimal], ...]) -> Decimal | None:
    """The number that words state: those before its largest scale say how many, those behind it what to add."""
    for place, (name, size) in enumerate(scales):
        if name in tokens:
            at = tokens.index(name)
            smaller = scales[place + 1 :]
            count = _count(tokens[:at], smaller)
            added = _added(tokens[at + 1 :], smaller)
            return None if count is None or added is None else _EXACT.add(_EXACT.multiply(count, size), added)
    return _below_a_hundred(tokens)


def _count(tokens: list[str], scales: tuple[tuple[str, Decimal], ...]) -> Decimal | None:
    if tokens in (["a"], ["an"]):
        return Decimal(1)
    if tokens in (["half", "a"], ["half"]):
        return Decimal("0.5")
    if tokens[-3:] == ["and", "a", "half"]:
        whole = _sum(tokens[:-3], scales)
        return None if whole is None else _EXACT.add(whole, Decimal("0.5"))
    return _sum(tokens, scales)


def _added(tokens: list[str], scales: tuple[tuple[str, Decimal], ...]) -> Decimal | None:
    if not tokens:
        return _ZERO
    return _sum(tokens[1:] if tokens[0] == "and" else tokens, scales)


def _below_a_hundred(tokens: list[str]) -> Decimal | None:
    match tokens:
        case [word] if word in _ONES or word in _TENS:
            return Decimal(_ONES.get(word, _TENS.get(word, 0)))
        case [word] if _NUMERAL.fullmatch(word):
            return exact("quantity", Decimal(word.replace(",", "")))
        case [tens, ones] if tens in _TENS and _ONES.get(ones) in range(1, 10):
            return Decimal(_TENS[tens] + _ONES[ones])
    return None
