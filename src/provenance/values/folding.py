"""Text folded for comparison and search, in Python, so that both databases agree."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")


def word_list(text: str) -> list[str]:
    """The words of a text in its order, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def words_of(text: str) -> str:
    """The words of a text as the full-text search of either database stores them."""
    return " ".join(word_list(text))
