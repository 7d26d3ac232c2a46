"""Text folded for comparison and search, in Python, so that both databases agree."""

from __future__ import annotations

import re
import unicodedata

from provenance.values.ids import folded

_WORD = re.compile(r"\w+")


def fold_name(name: str) -> str:
    """The name without regard to case."""
    return folded(name).casefold()


def word_list(text: str) -> list[str]:
    """The words of a text, without case and accents, in its order."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def words_of(text: str) -> str:
    """The words of a text as the full-text search of either database stores them."""
    return " ".join(word_list(text))
