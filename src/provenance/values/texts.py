"""Texts as quotations are compared with them: in their words, not in their typography.

Straight and curly marks, kinds of white space (also the line breaks of wrapped copy), composed and decomposed letters,
and invisible characters such as soft hyphens make no difference. Every place in such a text leads back to the original.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

Offsets = tuple[int, int]
"""Code points from 0, the end excluded."""

_CREDENTIALS = re.compile("\ufeff[\ufe00-\ufe0f\U000e0100-\U000e01ef]+\\s*\\Z")
"""A trailing content-credentials wrapper: a text manifest of C2PA, written in variation selectors behind a U+FEFF."""

_MARKS: dict[int, str] = {
    **{ord(mark): "'" for mark in "’‘‛`´ʼʻʽʹ′＇ꞌ՚‚‹›"},
    **{ord(mark): '"' for mark in "“”„‟«»″＂〝〞〟"},
}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of writing systems without spaces between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese."""

_PLAIN = re.compile(r"[!-_a-~]+(?: [!-_a-~]+)*")
"""Text that is its own comparable form: visible ASCII but the grave accent, with single spaces."""


def without_credentials(text: str) -> str:
    """The text without a trailing content-credentials wrapper, which is no part of it."""
    return _CREDENTIALS.sub("", text)


class ComparableText:
    """The comparable form of a text, which can turn its offsets into those of the original."""

    def __init__(self, original: str) -> None:
        self.original = original
        if _PLAIN.fullmatch(original):
            self.text = original
            self._starts: list[int] | range = range(len(original) + 1)
            self._ends: list[int] | range = range(1, len(original) + 1)
            return
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for start, end in _clusters(original):
            cluster = _comparable(original[start:end])
            if cluster == " " and letters[-1:] == [" "]:
                ends[-1] = end
                continue
            for letter in cluster:
                letters.append(letter)
                starts.append(start)
                ends.append(end)
        self.text = "".join(letters)
        self._starts, self._ends = [*starts, len(original)], ends

    def original_span(self, start: int, end: int) -> Offsets:
        """The offsets in the original of a part of the comparable text."""
        return self._starts[start], self._ends[end - 1]

    def place_of(self, original: int) -> int:
        """The place in the comparable text of an offset in the original."""
        return bisect_left(self._starts, original)

    def occurrences(self, words: str) -> Iterator[int]:
        """Every place of these words (in their comparable form), those that overlap too; none is within a longer word or
        number."""
        start = self.text.find(words) if words else -1
        while start >= 0:
            if is_apart(self.text, start, start + len(words)):
                yield start
            start = self.text.find(words, start + 1)


def comparable(words: str) -> str:
    """The comparable form of some words, without white space around them."""
    return ComparableText(words).text.strip()


def is_apart(text: str, start: int, end: int) -> bool:
    """Whether a part of a comparable text begins and ends where words and numbers do."""
    return not (_is_within(text, start) or _is_within(text, end))


def _is_within(text: str, place: int) -> bool:
    """Whether a word or a number goes on across this place. The separators of a number, and the apostrophe in a
    contraction, are inside it; a hyphen is not, nor is the apostrophe of a possessive."""
    if not 0 < place < len(text):
        return False
    before, behind = text[place - 1], text[place]
    if _is_letter(before) and _is_letter(behind):
        return not (_UNSPACED.match(before) or _UNSPACED.match(behind))
    if behind in ".,:'" and before.isdigit():
        return text[place + 1 : place + 2].isdigit()
    if before in ".,:'" and behind.isdigit():
        return place >= 2 and text[place - 2].isdigit()
    if behind == "'" and _is_letter(before):
        rest = text[place + 1 : place + 3]
        return rest[:1].isalpha() and not (rest[0] == "s" and not rest[1:2].isalpha())
    return False


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _clusters(text: str) -> Iterator[Offsets]:
    """Each character with the marks that are composed with it."""
    begins = [place for place, letter in enumerate(text) if not (place and _composes(letter))]
    yield from pairwise([*begins, len(text)])


def _composes(letter: str) -> bool:
    """Whether it may be composed with the character before: a combining mark, or the second part of a Hangul syllable."""
    return unicodedata.combining(letter) != 0 or "\u1160" <= letter <= "\u11ff"


def _comparable(cluster: str) -> str:
    first = cluster[0]
    if first.isspace():
        return " "
    if unicodedata.category(first) in ("Cf", "Cc"):
        return "".join(_comparable(letter) for letter in cluster[1:])
    composed = unicodedata.normalize("NFC", cluster)
    return composed.translate(_MARKS).replace("\ufe0f", "").replace("\ufe0e", "")
