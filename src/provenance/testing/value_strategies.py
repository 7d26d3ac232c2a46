"""Hypothesis strategies for what the fields of records hold: words, times, amounts, sealed values, extensions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provenance.values.extensions import Extensions, extensions_of
from provenance.values.instants import When
from provenance.values.quantities import Quantity
from provenance.values.records import Window
from provenance.values.sealed import Sealed, sealed

_T = TypeVar("_T")

NAMES = (
    *("Anna", "Anna Petrova", "anna petrova", "PETROVA", "Petrova Office", "CNN", "TASS"),
    *("Zo\u00eb", "Zoe\u0308", "\u0421NN", "\u05de\u05e9\u05e8\u05d3", "\u202egnp", "'; DROP TABLE x;--"),
)
"""Names that are parts of others, or differ in case or composition only; look-alikes, right to left, and SQL."""

WORDS = (
    *("It burned", "it  burned", "It burned.", "Nobody was hurt", "The general is conscious again"),
    *("\u201cIt\u201d\nburned", "\U0001f525", "[bold]It burned[/bold]", "\\u0000 \x1b[2J"),
)

_FIRST_DAY = datetime(2026, 2, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00")


@cache
def drawn_once(make: Callable[[], SearchStrategy[_T]]) -> SearchStrategy[_T]:
    """The strategy that a function makes without arguments. It is made once: that takes longer than to draw from it."""
    return make()


def texts(*, longest: int = 60) -> SearchStrategy[str]:
    """Words that say something and that every database can hold."""
    free = st.text(_CHARACTERS, min_size=1, max_size=longest).filter(lambda text: bool(text.strip()))
    return st.sampled_from(WORDS) | free


def names() -> SearchStrategy[str]:
    free = st.text(_CHARACTERS, min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
    return st.sampled_from(NAMES) | st.sampled_from(NAMES) | free


def seals() -> SearchStrategy[Sealed]:
    """Sealed values, to be recorded by a ledger that has keys."""
    return st.builds(
        sealed,
        drawn_once(texts),
        public=st.none() | drawn_once(texts),
        level=st.sampled_from(("desk", "legal")),
    )


# Times and amounts ------------------------------------------------------------------------------------------------


def _ends() -> SearchStrategy[datetime]:
    """The first and the last moment of a day, and one in its middle."""
    days = st.integers(0, 3).map(lambda day: _FIRST_DAY + day * _DAY)
    offsets = st.sampled_from((timedelta(0), _DAY - _MOMENT, timedelta(hours=9, minutes=15)))
    return st.builds(lambda day, offset: day + offset, days, offsets)


@st.composite
def whens(draw: st.DrawFn) -> When:
    """Days, instants, intervals that touch, open ends, and approximate times."""
    first, last = sorted((draw(drawn_once(_ends)), draw(drawn_once(_ends))))
    earliest = draw(st.sampled_from((first, first, first, None)))
    latest = draw(st.sampled_from((first, last, last, None)))
    pad = draw(st.sampled_from((timedelta(0), timedelta(0), timedelta(minutes=15), 365 * _DAY)))
    return When(earliest, latest, pad=pad, words=draw(st.none() | st.just("around then")))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Stretches of time, of which an end may be open."""
    ends = sorted((draw(drawn_once(_ends)), draw(drawn_once(_ends))))
    lo, hi = (When(end, end) for end in ends)
    return draw(st.sampled_from((Window(lo, hi), Window(lo, None), Window(None, hi))))


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    """Exact, between, at least, at most, about: whole numbers and fractions, small ones above all."""
    numbers = st.integers(-1, 6).map(Decimal) | st.decimals(-10, 10, places=2) | st.just(Decimal(10) ** 12)
    first, last = sorted((draw(numbers), draw(numbers)))
    lo, hi = draw(st.sampled_from(((first, first), (first, last), (first, None), (None, last))))
    pad = draw(st.sampled_from((Decimal(0), Decimal(0), Decimal("0.5"), Decimal(2))))
    return Quantity(lo, hi, pad=pad, words=draw(st.none() | st.just("about that many")))


def extensions() -> SearchStrategy[Extensions]:
    """Data of two namespaces, in two versions of one of them."""
    cms = st.fixed_dictionaries({"version": st.just(2), "story": st.integers(0, 9)})
    desk = st.fixed_dictionaries(
        {"version": st.integers(1, 2)}, optional={"note": texts(), "seen": st.booleans()}
    )
    maps = st.fixed_dictionaries({}, optional={"org.example.cms": cms, "x-desk": desk})
    return maps.map(extensions_of("extensions")).filter(bool)  # type: ignore[return-value]
