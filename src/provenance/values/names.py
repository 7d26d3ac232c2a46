"""Names: when two are alike, and which words they have (docs/semantics.md#rule-names).

Nothing here makes two agents one: being alike makes them possibly one voice.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_APOSTROPHES = "'’‘‛`´ʼʻʽʹ′＇ꞌ՚"
_QUOTATION_MARKS = '"“”„‟«»‹›″＂〝〞〟'
_MINUS = "−⁃"
"""Hyphens beside Unicode's class of dashes (Pd)."""

_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""What nobody sees, though Unicode counts it as letters, marks or symbols."""

_VARIATION_SELECTORS = (
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
    *range(0x180B, 0x180E),
    0x180F,
)
_BY_CHARACTER: dict[int, str | None] = {
    **{ord(mark): "'" for mark in _APOSTROPHES},
    **{ord(mark): '"' for mark in _QUOTATION_MARKS},
    **{ord(mark): "-" for mark in _MINUS},
    **{ord(filler): None for filler in _FILLERS},
    **dict.fromkeys(_VARIATION_SELECTORS),
}


class _Visible(dict[int, "str | int | None"]):
    """What each character becomes: a mark of its kind, nothing where it is invisible, else itself."""

    def __missing__(self, point: int) -> str | int | None:
        character = chr(point)
        category = unicodedata.category(character)
        seen: str | int | None = point
        if category == "Pd":
            seen = "-"
        elif category in ("Cf", "Cc") and not character.isspace():
            seen = None
        self[point] = seen
        return seen


_VISIBLE = _Visible(_BY_CHARACTER)


@lru_cache(maxsize=100_000)
def normal_name(name: str) -> str:
    """The name as names are compared: two names are alike where their normal names are equal.

    It is in NFC, with each kind of apostrophe, of quotation mark and of hyphen as one, white space as one space,
    without invisible characters and without case. The normal name of a normal name is itself.
    """
    if name.isascii() and name.isprintable():
        return " ".join(name.replace("`", "'").casefold().split())
    visible = unicodedata.normalize("NFC", name.translate(_VISIBLE)).translate(_VISIBLE)
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", visible).casefold())
    return " ".join(folded.split())


def words_of_name(name: str) -> frozenset[str]:
    """The words of a name, in their normal form. They are told apart at spaces, commas and the like; a hyphen or an
    apostrophe within a word is its own."""
    apart = "".join(one if _is_in_a_word(one) else " " for one in normal_name(name))
    return frozenset(word for found in apart.split() if (word := found.strip("'-")))


def _is_in_a_word(character: str) -> bool:
    return character in "'-" or unicodedata.category(character)[0] in "LMN"
