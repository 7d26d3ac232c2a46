"""Finding a quotation in another version of its text, without ever guessing.

Texts are compared in their words, whatever their typography (`values.texts`), and a quotation is never found within a
longer word or number. Found is:

- exact: The text up to the quotation, and right behind it, has not changed. Or the quotation, with the words that stood
  before and behind it, is there once, at its old place.
- moved: The quotation is there once at another place, with the words that stood before and behind it. Where no place
  has both, the quotation itself must be there only once, with the words that stood on one side.
- ambiguous: The quotation is there, but which of its places is the right one, or whether any is, remains open.
- lost: The quotation is nowhere in the text.
"""

from __future__ import annotations

from attrs import frozen

from provenance.errors import InvalidValue
from provenance.values.records import Anchor
from provenance.values.texts import ComparableText, Offsets, without_credentials

EXACT, MOVED, AMBIGUOUS, LOST = "exact", "moved", "ambiguous", "lost"

MAX_PLACES = 100
"""Places of an ambiguous quotation that are given: more than an editor looks at."""


@frozen
class Refinding:
    kind: str
    spans: tuple[Offsets, ...] = ()


def refound(anchor: Anchor, text: str, *, before: str | None = None) -> Refinding:
    """Where the anchor's quotation stands in a text; `before` is the text that it was taken from, if that is held."""
    if not isinstance(anchor.exact, str):
        raise InvalidValue("anchor.exact", "a sealed quotation", "one that lies in plain")
    after = ComparableText(without_credentials(text))
    earlier = None if before is None else ComparableText(without_credentials(before))
    exact, prefix, suffix = map(_comparable, (anchor.exact, anchor.prefix, anchor.suffix))
    spots = list(after.occurrences(exact))
    place = _place_before(anchor, earlier)
    if earlier is not None and place in spots and _is_untouched(after, earlier, place + len(exact + suffix)):
        return Refinding(EXACT, (after.original_span(place, place + len(exact)),))
    sides = [_sides(after.text, spot, spot + len(exact), prefix, suffix) for spot in spots]
    fitting = [spot for spot, (left, right) in zip(spots, sides, strict=True) if left and right]
    if not fitting and len(spots) == 1 and any(_stated_sides(sides[0], prefix, suffix)):
        fitting = spots
    if len(fitting) == 1:
        start, end = after.original_span(fitting[0], fitting[0] + len(exact))
        is_there = place is None or place == fitting[0] or (earlier is None and anchor.start == start)
        return Refinding(EXACT if is_there else MOVED, ((start, end),))
    found = tuple(after.original_span(spot, spot + len(exact)) for spot in (fitting or spots)[:MAX_PLACES])
    return Refinding(AMBIGUOUS if found else LOST, found)


def _place_before(anchor: Anchor, earlier: ComparableText | None) -> int | None:
    """Where the quotation stood in the comparable form of its own text; as it was recorded where that is not held."""
    if anchor.start is None or earlier is None:
        return anchor.start
    return earlier.place_of(anchor.start)


def _is_untouched(after: ComparableText, earlier: ComparableText, end: int) -> bool:
    """Whether both texts are the same up to the quotation, and as far behind it as the anchor remembers."""
    return after.text.startswith(earlier.text[:end])


def _comparable(words: str | None) -> str:
    return "" if words is None else ComparableText(words).text


def _sides(text: str, start: int, end: int, prefix: str, suffix: str) -> tuple[bool, bool]:
    """Whether the words stand behind what they stood behind, and before what they stood before."""
    return text.endswith(prefix, 0, start), text.startswith(suffix, end)


def _stated_sides(sides: tuple[bool, bool], prefix: str, suffix: str) -> tuple[bool, bool]:
    return sides[0] and bool(prefix), sides[1] and bool(suffix)
