"""Quotations: where the quoted words stand in the text of a document."""

from __future__ import annotations

from difflib import SequenceMatcher

from provenance.errors import InvalidValue
from provenance.values import fields
from provenance.values.records import Anchor
from provenance.values.sealed import Sealed
from provenance.values.texts import ComparableText, comparable, without_credentials

CONTEXT = 32
"""Characters recorded on either side of a quotation, by which it can be found again in a changed text."""

MAX_COMPARED = 2_000_000
"""Pairs of words of the text and of the quotation, up to which a refusal looks for the nearest place. Where one word
fills both, each pair is a step: so many take a second."""


def anchor_in_text(quote: str | Sealed, text: str | None) -> Anchor:
    """The quotation with its place in the text and the characters around it; without these where there is no text, or
    where its words stand in several places, so that it is open which is meant.

    The text's own words are kept: straight and curly marks, white space, composed letters and soft hyphens make no
    difference. The quotation never lies within a longer word or number.

    A sealed quotation gets no place, because its place in a text that others may read would tell its words. Raises
    `InvalidValue` where the text does not hold the words.
    """
    words = quote.value if isinstance(quote, Sealed) else quote
    if text is None or words is None:
        return Anchor(exact=quote)
    fields.text("quote", words)
    inside = ComparableText(without_credentials(text))
    wanted = comparable(words)
    places = [inside.original_span(start, start + len(wanted)) for start in inside.occurrences(wanted)]
    if not places:
        raise _not_there(inside, wanted)
    if isinstance(quote, Sealed):
        return Anchor(exact=quote)
    start, end = places[0]
    exact = inside.original[start:end]
    if len(places) > 1:
        return Anchor(exact=exact)
    before, behind = inside.original[max(0, start - CONTEXT) : start], inside.original[end : end + CONTEXT]
    return Anchor(
        exact=exact,
        prefix=before if before.strip() else None,
        suffix=behind if behind.strip() else None,
        start=start,
        end=end,
    )


def _not_there(inside: ComparableText, wanted: str) -> InvalidValue:
    """The refusal of a quotation, which says where the text comes nearest to it."""
    text, quoted = inside.text.split(" "), wanted.split(" ")
    refused = "words that the document's text does not hold"
    if len(text) * len(quoted) > MAX_COMPARED:
        return InvalidValue("quote", refused, "them as they stand there")
    nearest = SequenceMatcher(None, text, quoted, autojunk=False).find_longest_match()
    if not nearest.size:
        return InvalidValue("quote", refused, "them as they stand there")
    start = sum(len(word) + 1 for word in text[: nearest.a])
    end = start + len(" ".join(text[nearest.a : nearest.a + nearest.size]))
    first, last = inside.original_span(start, end)
    expected = f"them as they stand there: the text comes nearest from character {first} to {last}"
    return InvalidValue("quote", refused, expected)
