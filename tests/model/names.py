"""Names: when "two names are *alike*", and what their words are. Nothing here makes two agents one."""

from __future__ import annotations

import unicodedata

APOSTROPHES = frozenset("'’‘‛`´ʼʻʽʹ′＇ꞌ՚")
QUOTATION_MARKS = frozenset('"“”„‟«»‹›″＂〝〞〟')
HYPHENS_OTHER_THAN_DASHES = frozenset("−⁃")
"""Unicode's class of dashes (Pd) has the others."""
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and joiners that Unicode counts as letters, marks or symbols. Format and control characters have a class."""


def is_invisible(character: str) -> bool:
    is_variation_selector = unicodedata.name(character, "").startswith(
        ("VARIATION SELECTOR", "MONGOLIAN FREE VARIATION SELECTOR")
    )
    is_control = unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()
    return is_control or is_variation_selector or character in INVISIBLE


def one_of_its_kind(character: str) -> str:
    if character in APOSTROPHES:
        return "'"
    if character in QUOTATION_MARKS:
        return '"'
    if unicodedata.category(character) == "Pd" or character in HYPHENS_OTHER_THAN_DASHES:
        return "-"
    return character


def normal(name: str) -> str:
    """NFC, with each kind of mark as one, white space as one space, nothing invisible, and case folded."""
    seen = "".join(character for character in name if not is_invisible(character))
    kinds = "".join(one_of_its_kind(character) for character in unicodedata.normalize("NFC", seen))
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", kinds).casefold())
    return " ".join(folded.split())


def are_alike(name: str, other: str) -> bool:
    return normal(name) == normal(other)


def is_in_a_word(character: str) -> bool:
    return character in "'-" or unicodedata.category(character)[0] in "LMN"


def words(name: str) -> frozenset[str]:
    """ "Told apart at spaces, commas and the like (a hyphen is no space)"; an apostrophe inside a word is its own."""
    apart = "".join(c if is_in_a_word(c) else " " for c in normal(name)).split()
    return frozenset(word.strip("'-") for word in apart) - {""}


def is_part_of(partial: str, name: str) -> bool:
    """Whether all of the partial name's words are words of the name."""
    return bool(words(partial)) and words(partial) <= words(name)
