"""Where the words of a quotation stand in a text, as they are recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import InvalidValue
from provenance.recording.quoting import anchor_in_text
from provenance.values.texts import comparable, is_apart

WRAPPED = "The mayor said: “It was dark,\nand nobody’s phone worked.”"


def test_words_that_stand_in_several_places_have_no_position() -> None:
    anchor = anchor_in_text("no", "no at first. He said no.")

    assert (anchor.exact, anchor.start, anchor.prefix) == ("no", None, None)


@pytest.mark.parametrize(
    ("quote", "text", "start"),
    [
        ("12 dead", "112 dead in Arden; 12 dead in Bruck.", 19),
        ("12", "12,000 or 12.5 or 12", 18),
        ("near", "nearly there, and near it", 18),
        ("can", "he can\u2019t, as he can", 16),
    ],
)
def test_a_quotation_is_not_anchored_within_a_longer_word_or_number(
    quote: str, text: str, start: int
) -> None:
    assert anchor_in_text(quote, text).start == start


@pytest.mark.parametrize(
    ("quote", "exact"),
    [
        ("It was dark, and nobody's phone worked.", "It was dark,\nand nobody’s phone worked."),
        ('"It was dark, and', "“It was dark,\nand"),
        ("nobody\u2019s  phone", "nobody’s phone"),
        ("no\u00adbody's phone", "nobody’s phone"),
    ],
)
def test_typography_makes_no_difference_and_the_texts_own_words_are_kept(quote: str, exact: str) -> None:
    anchor = anchor_in_text(quote, WRAPPED)

    assert anchor.exact == exact
    assert anchor.start == WRAPPED.index(exact)


@pytest.mark.parametrize(
    ("quote", "text"), [("Jose\u0301 left", "José left"), ("José left", "Jose\u0301 left")]
)
def test_composed_and_decomposed_letters_are_one(quote: str, text: str) -> None:
    assert anchor_in_text(quote, text).exact == text


def test_a_quotation_that_differs_in_more_is_refused_with_the_nearest_place() -> None:
    with pytest.raises(InvalidValue, match=r"comes nearest from character 20 to 23$"):
        anchor_in_text("It was darker", WRAPPED.replace("dark,", "dark"))


def test_a_long_refusal_does_not_look_for_the_nearest_place() -> None:
    with pytest.raises(InvalidValue, match=r"them as they stand there$"):
        anchor_in_text("a " * 10_000 + "b", "a " * 300_000)


@given(text=st.text("ab 1,.“”\"'\n", min_size=1, max_size=40), data=st.data())
def test_whole_words_of_a_text_are_found_there(text: str, data: st.DataObject) -> None:
    places = [place for place in range(len(text) + 1) if is_apart(text, place, place)]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    quote = text[start:end]
    if not quote.strip():
        return

    anchor = anchor_in_text(quote, text)

    assert comparable(str(anchor.exact)) == comparable(quote)
    assert anchor.start is None or text[anchor.start : anchor.end] == anchor.exact
