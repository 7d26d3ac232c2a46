"""Names are alike, and have words, as docs/semantics.md#rule-names says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model import names as model

from provenance.values.names import normal_name, words_of_name

NAMES = st.text(
    st.one_of(
        st.sampled_from("aAßée\u0301İ’'`´-‑–— \t\u00a0,.;()\"“«\u200b\ufe0f\u00ad_1२مक्"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)


@given(name=NAMES)
def test_the_law_s_own_words_and_the_library_agree(name: str) -> None:
    assert normal_name(name) == model.normal(name)
    assert words_of_name(name) == model.words(name)


@given(name=NAMES)
def test_a_normal_name_is_its_own(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Díaz", "Jose\u0301 Di\u0301az"),
        ("O’Brien", "O'Brien"),
        ("JEAN‑LUC  Martin", "Jean-Luc Martin"),
        ("Anna\u200b Petrova", "anna petrova"),
        ("„Der Spiegel“", '"Der Spiegel"'),
    ],
)
def test_names_that_look_alike_are_alike(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other)


@pytest.mark.parametrize(
    ("name", "words"), [("Díaz, José", {"díaz", "josé"}), ("Jean-Luc O’Brien", {"jean-luc", "o'brien"})]
)
def test_words_are_told_apart_at_spaces_and_commas(name: str, words: set[str]) -> None:
    assert words_of_name(name) == words


def test_letters_with_marks_stay_apart_from_others() -> None:
    assert normal_name("Díaz") != normal_name("Diaz")
    assert unicodedata.normalize("NFC", normal_name("Díaz")) == "díaz"
