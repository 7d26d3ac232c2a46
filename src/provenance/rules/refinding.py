"""Finding a quotation in another version of its text, without ever guessing.

Texts are compared with each run of white space as one space, as identity does. Found is:

- exact: The text up to the quotation, and right behind it, has not changed. Or the quotation, with the words that stood
  before and behind it, is there once, at its old place.
- moved: The quotation is there once at another place, with the words that stood before and behind it. Where no place
  has both, the quotation itself must be there only once, with the words that stood on one side.
- ambiguous: The quotation is there, but which of its places is the right one, or whether any is, remains open.
- lost: The quotation is nowhere in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from attrs import frozen

from provenance.errors import InvalidValue
from provenance.values.records import Anchor

EXACT, MOVED, AMBIGUOUS, LOST = "exact", "moved", "ambiguous", "lost"

MAX_PLACES = 100
"""Places of an ambiguous quotation that are given: more than an editor looks at."""

_WHITE = re.compile(r"\s+")

Offsets = tuple[int, int]


@frozen
class Refinding:
    kind: str
    spans: tuple[Offsets, ...] = ()


class FoldedText:
    """A text with each run of white space as one space, that can turn its offsets into those of the original."""

    def __init__(self, text: str) -> None:
        runs = [run.span() for run in _WHITE.finditer(text) if run[0] != " "]
        dropped = list(accumulate((end - start - 1 for start, end in runs), initial=0))
        self.text = _WHITE.sub(" ", text)
        self._dropped = dropped
        self._behind = [end - gone for (_, end), gone in zip(runs, dropped[1:], strict=True)]
        """The places in the folded text right behind each run."""

    def span(self, start: int, end: int) -> Offsets:
        """The offsets in the text itself of a part of the folded one."""
        return self._original(start), self._original(end - 1) + 1

    def _original(self, place: int) -> int:
        return place + self._dropped[bisect_right(self._behind, place)]


def refound(anchor: Anchor, text: str, *, before: str | None = None) -> Refinding:
    """Where the anchor's quotation stands in a text; `before` is the text that it was taken from, if that is held."""
    if not isinstance(anchor.exact, str):
        raise InvalidValue("anchor.exact", "a sealed quotation", "one that lies in plain")
    if before is not None and _is_untouched(anchor, text, before):
        return Refinding(EXACT, ((anchor.start, anchor.end),))  # type: ignore[arg-type]
    folded = FoldedText(text)
    exact, prefix, suffix = map(_folded, (anchor.exact, anchor.prefix, anchor.suffix))
    spots = list(_occurrences(folded.text, exact))
    sides = [_sides(folded.text, spot, spot + len(exact), prefix, suffix) for spot in spots]
    fitting = [spot for spot, (left, right) in zip(spots, sides, strict=True) if left and right]
    if not fitting and len(spots) == 1 and any(_stated_sides(sides[0], prefix, suffix)):
        fitting = spots
    if len(fitting) == 1:
        start, end = folded.span(fitting[0], fitting[0] + len(exact))
        return Refinding(EXACT if anchor.start in (None, start) else MOVED, ((start, end),))
    found = tuple(folded.span(spot, spot + len(exact)) for spot in (fitting or spots)[:MAX_PLACES])
    return Refinding(AMBIGUOUS if found else LOST, found)


def _is_untouched(anchor: Anchor, text: str, before: str) -> bool:
    """Whether both texts are the same up to the quotation, and as far behind it as the anchor remembers."""
    if anchor.start is None or anchor.end is None:
        return False
    return before[anchor.start : anchor.end] == anchor.exact and text.startswith(
        before[: anchor.end + len(anchor.suffix or "")]
    )


def _folded(words: str | None) -> str:
    return "" if words is None else _WHITE.sub(" ", words)


def _occurrences(text: str, words: str) -> Iterator[int]:
    """Every place of the words, those that overlap too."""
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def _sides(text: str, start: int, end: int, prefix: str, suffix: str) -> tuple[bool, bool]:
    """Whether the words stand behind what they stood behind, and before what they stood before."""
    return text.endswith(prefix, 0, start), text.startswith(suffix, end)


def _stated_sides(sides: tuple[bool, bool], prefix: str, suffix: str) -> tuple[bool, bool]:
    return sides[0] and bool(prefix), sides[1] and bool(suffix)
