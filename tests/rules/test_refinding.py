"""A quotation is found again in a changed text, or the answer says that it is lost or ambiguous: nothing is guessed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance import Anchor, sealed
from provenance.errors import InvalidValue
from provenance.recording.quoting import CONTEXT
from provenance.rules.refinding import (
    AMBIGUOUS,
    EXACT,
    LOST,
    MAX_PLACES,
    MOVED,
    Refinding,
    refound,
)
from provenance.values.texts import ComparableText, is_apart

STORY = "A fire broke out at the port. No one was hurt, the mayor said. The port is closed until Monday."
WORDS = st.text(st.sampled_from("ab \n"), max_size=40)
"""Few letters, so that the same words stand in many places."""


def anchor_in(text: str, start: int, end: int) -> Anchor:
    """The anchor as the desk makes it, with the text before and after the quotation."""
    before, behind = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Anchor(
        exact=text[start:end],
        prefix=before if before.strip() else None,
        suffix=behind if behind.strip() else None,
        start=start,
        end=end,
    )


def quoting(words: str, text: str = STORY) -> Anchor:
    return anchor_in(text, text.index(words), text.index(words) + len(words))


def whole_words(text: str) -> list[tuple[int, int]]:
    """Every part of a text that begins and ends where words do."""
    places = [place for place in range(len(text) + 1) if is_apart(text, place, place)]
    spans = [(start, end) for start in places for end in places if start < end]
    return [(start, end) for start, end in spans if text[start:end].strip() == text[start:end]]


@st.composite
def anchors(draw: st.DrawFn) -> tuple[Anchor, str]:
    text = draw(WORDS.filter(str.strip))
    start, end = draw(st.sampled_from(whole_words(text)))
    return anchor_in(text, start, end), text


@given(anchors())
def test_in_its_own_text_a_quotation_is_where_it_was(made: tuple[Anchor, str]) -> None:
    anchor, text = made

    assert refound(anchor, text, before=text) == Refinding(EXACT, ((anchor.start, anchor.end),))  # type: ignore[arg-type]


@given(anchors(), WORDS, st.booleans())
def test_the_words_stand_at_every_place_that_is_given(
    made: tuple[Anchor, str], text: str, is_held: bool
) -> None:
    anchor, before = made

    place = refound(anchor, text, before=before if is_held else None)

    exact = str(anchor.exact)
    assert all(" ".join(text[a:b].split()) == " ".join(exact.split()) for a, b in place.spans)
    assert (place.kind == LOST) == (place.spans == ())
    assert place.kind == AMBIGUOUS or len(place.spans) <= 1
    if place.kind == EXACT:
        assert ComparableText(text).place_of(place.spans[0][0]) in (
            anchor.start,
            ComparableText(before).place_of(anchor.start or 0),
        )


@given(anchors(), WORDS)
def test_a_quotation_whose_words_stand_twice_without_a_difference_is_never_placed(
    made: tuple[Anchor, str], between: str
) -> None:
    anchor, text = made

    place = refound(anchor, f"{text} {between} {text}")

    assert place.kind in (AMBIGUOUS, EXACT, MOVED)
    if anchor.prefix is None and anchor.suffix is None:
        assert place.kind == AMBIGUOUS


@given(st.text(st.sampled_from("xyz. \n"), max_size=60))
def test_what_is_put_before_moves_it_by_so_much(added: str) -> None:
    anchor = quoting("No one was hurt")

    place = refound(anchor, added + STORY, before=STORY)

    start = STORY.index("No one") + len(added)
    assert place == Refinding(MOVED if added else EXACT, ((start, start + len("No one was hurt")),))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (STORY, EXACT),
        (STORY.replace("the mayor said", "the mayor said on Friday"), EXACT),
        (STORY.replace(" at the port", ""), MOVED),
        (STORY.replace("No one was hurt", "One man was hurt"), LOST),
        (STORY.replace(". No", ".\n\nNo"), EXACT),
        (STORY.replace("one was", "one\nwas"), EXACT),
        (f"{STORY} {STORY}", EXACT),
        (f"Update: {STORY} {STORY}", AMBIGUOUS),
        ("Earlier: No one was hurt.", AMBIGUOUS),
        ("", LOST),
    ],
    ids=["same", "behind", "before", "words", "break", "wrap", "behind again", "twice", "elsewhere", "empty"],
)
def test_a_quotation_is_found_again_or_it_is_said_that_it_cannot_be_known(text: str, kind: str) -> None:
    assert refound(quoting("No one was hurt"), text, before=STORY).kind == kind


def test_words_that_are_there_once_in_other_surroundings_are_not_taken_for_the_quotation() -> None:
    place = refound(quoting("hurt"), "Nothing will ever hurt us again, sang the choir.")

    assert place == Refinding(AMBIGUOUS, ((18, 22),))


def test_a_quotation_without_surroundings_is_placed_where_it_is_the_only_one() -> None:
    assert refound(Anchor(exact="hurt"), "no one hurt") == Refinding(EXACT, ((7, 11),))
    assert refound(Anchor(exact="hurt"), "hurt, hurt") == Refinding(AMBIGUOUS, ((0, 4), (6, 10)))


def test_no_more_places_are_given_than_anybody_looks_at() -> None:
    assert len(refound(Anchor(exact="a"), "a " * 100_000).spans) == MAX_PLACES


def test_a_sealed_quotation_is_not_looked_for() -> None:
    with pytest.raises(InvalidValue, match="sealed"):
        refound(Anchor(exact=sealed("No one was hurt")), STORY)


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("The blast killed 12 in Arden.", "killed 12", "The blast killed 120 in Arden."),
        ("The blast killed 12 in Arden.", "killed 12", "The blast killed 12,000 in Arden."),
        ("He was near the port.", "near", "He was nearly at the port."),
    ],
)
def test_a_quotation_within_a_longer_word_or_number_is_lost(before: str, words: str, after: str) -> None:
    assert refound(quoting(words, before), after, before=before).kind == LOST


def test_a_decomposed_text_and_a_content_credentials_wrapper_are_no_change() -> None:
    before = "José said: “No one was hurt.”"
    wrapper = "\ufeff" + "\ufe01" * 30

    for after in (unicodedata.normalize("NFD", before), before + wrapper, before.replace("“", '"')):
        assert refound(quoting("No one was hurt", before), after, before=before).kind == EXACT
        assert refound(quoting("No one was hurt", before), after).kind == EXACT
