"""Texts are compared in their words, and every place in their comparable form leads back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.values.texts import ComparableText, comparable, is_apart, without_credentials

LETTERS = st.text(
    st.one_of(
        st.sampled_from("ab1 \n\t\u00a0e\u0301é“”\"’'\u00ad\u200b.,-"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=30,
)


@given(text=LETTERS, data=st.data())
def test_every_part_of_the_comparable_form_leads_back_to_its_own_words(
    text: str, data: st.DataObject
) -> None:
    whole = ComparableText(text)
    if not whole.text:
        return
    start = data.draw(st.integers(0, len(whole.text) - 1))
    end = data.draw(st.integers(start + 1, len(whole.text)))

    a, b = whole.original_span(start, end)

    assert whole.text[start:end] in ComparableText(text[a:b]).text


@given(text=LETTERS)
def test_composition_and_typography_make_no_difference(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)

    assert unicodedata.normalize("NFC", comparable(decomposed)) == unicodedata.normalize(
        "NFC", comparable(text)
    )
    assert comparable(comparable(text)) == comparable(text)


@pytest.mark.parametrize(
    ("text", "words", "is_whole"),
    [
        ("killed 120", "killed 12", False),
        ("killed 12, they say", "killed 12", True),
        ("12,000 dead", "12", False),
        ("12.5 per cent", "12", False),
        ("at 12:30", "12", False),
        ("1,120 dead", "120 dead", False),
        ("a 12-year-old", "12", True),
        ("he can't", "he can", False),
        ("the hospital's head", "the hospital", True),
        ("nearly", "near", False),
        ("彼女は言った", "彼女", True),
    ],
)
def test_a_quotation_is_never_within_a_longer_word_or_number(
    text: str, words: str, *, is_whole: bool
) -> None:
    start = text.index(words)

    assert is_apart(text, start, start + len(words)) is is_whole


def test_a_trailing_content_credentials_wrapper_is_no_part_of_a_text() -> None:
    wrapper = "\ufeff" + "".join(chr(0xFE00 + each % 16) for each in range(40))

    assert without_credentials(f"It burned.{wrapper}") == "It burned."
    assert without_credentials(f"It{wrapper} burned.") == f"It{wrapper} burned."
