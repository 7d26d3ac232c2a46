"""Quotations: where the quoted words stand in the text of a document."""

from __future__ import annotations

from provenance.errors import InvalidValue
from provenance.values import fields
from provenance.values.records import Anchor
from provenance.values.sealed import Sealed

CONTEXT = 32
"""Characters recorded on either side of a quotation, by which it can be found again in a changed text."""


def anchor_in_text(quote: str | Sealed, text: str | None) -> Anchor:
    """The quotation with its place in the text and the characters around it; without these where there is no text.

    A sealed quotation gets no place, because its place in a text that others may read would tell its words. Raises
    `InvalidValue` where the text does not hold the words.
    """
    words = quote.value if isinstance(quote, Sealed) else quote
    if text is None or words is None:
        return Anchor(exact=quote)
    start = text.find(fields.text("quote", words))
    if start < 0:
        raise InvalidValue(
            "quote", "words that the document's text does not hold", "them exactly as they stand there"
        )
    if isinstance(quote, Sealed):
        return Anchor(exact=quote)
    end = start + len(quote)
    before, behind = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Anchor(
        exact=quote,
        prefix=before if before.strip() else None,
        suffix=behind if behind.strip() else None,
        start=start,
        end=end,
    )
