"""Quotations: where the quoted words stand in the text of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from attrs import frozen

from provenance.errors import InvalidValue
from provenance.values import fields
from provenance.values.records import Anchor
from provenance.values.sealed import Sealed
from provenance.values.texts import ComparableText, Offsets, comparable, without_credentials

CONTEXT = 32
"""Characters recorded on either side of a quotation, by which it can be found again in a changed text."""

MAX_GAP = 300
"""Characters between two parts of one quotation: an attribution, such as "he told reporters at the hospital", has room
there, and the next quotation of a story is mostly farther away."""

MAX_PLACES = 1_000
"""Places of a quotation that are recorded where nobody says which is meant. Of more there is no telling."""


@frozen
class Quoted:
    """Where a quotation stands.

    - `anchors`: one a part, in the order of the text, with the text's own words
    - `places`: the starts of all places of an ambiguous quotation, in code points from 0; else empty
    """

    anchors: tuple[Anchor, ...]
    places: tuple[int, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Whether the words stand in several places, and nobody said which is meant: the anchor has no position."""
        return bool(self.places)

    @property
    def is_in_parts(self) -> bool:
        return len(self.anchors) > 1


def quoted(quote: str | Sealed, text: str | None, *, at: int | None = None) -> Quoted:
    """Finds the quotation in the text. Without a text it is taken as it is.

    The text's own words are kept: straight and curly marks, white space, composed letters and soft hyphens make no
    difference. It never lies within a longer word or number. A quotation that a report interrupts ("“I am,” he said, “not
    a crook”") has an anchor for each part. `at` is the start of the place that is meant, in code points from 0.

    A sealed quotation gets no place, because its place in a text that others may read would tell its words. Raises
    `InvalidValue` where the text does not hold the words, or not at that place.
    """
    words = quote.value if isinstance(quote, Sealed) else quote
    if text is None or words is None:
        return Quoted((Anchor(exact=quote),))
    fields.text("quote", words)
    inside = ComparableText(without_credentials(text))
    ways = [[inside.original_span(*span)] for span in _whole(inside, words)] or _in_parts(inside, words)
    if not ways:
        raise _not_there(inside, words)
    if isinstance(quote, Sealed):
        return Quoted((Anchor(exact=quote),))
    if at is not None:
        ways = [way for way in ways if way[0][0] == at]
        if not ways:
            raise InvalidValue(
                "quote_at", "a place where the quotation does not begin", "the start of one of its places"
            )
    if len(ways) == 1:
        return Quoted(tuple(_anchor(inside.original, *part) for part in ways[0]))
    if len(ways[0]) > 1 or len(ways) > MAX_PLACES:
        raise InvalidValue(
            "quote", f"words that stand in {len(ways)} places", "quote_at=, the start of the one meant"
        )
    start, end = ways[0][0]
    return Quoted((Anchor(exact=inside.original[start:end]),), tuple(way[0][0] for way in ways))


def _whole(inside: ComparableText, words: str) -> Iterator[Offsets]:
    """Every place of the words, as a whole. Marks around a quotation are no part of its words."""
    if _marked_parts(words):
        return
    wanted = comparable(words)
    for start in inside.occurrences(wanted):
        yield start, start + len(wanted)


def _anchor(text: str, start: int, end: int) -> Anchor:
    before, behind = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Anchor(
        exact=text[start:end],
        prefix=before if before.strip() else None,
        suffix=behind if behind.strip() else None,
        start=start,
        end=end,
    )


# In parts

_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")
_MARKED = re.compile('"([^"]*)"')


class _Word(NamedTuple):
    """A word of a text: as it is compared, where it stands in the comparable text, and in which quotation of the text."""

    letters: str
    start: int
    end: int
    quotation: int


def _marked_parts(words: str) -> list[str]:
    """The parts of a quotation that was given with the report that interrupts it; empty where it was not."""
    found = _MARKED.findall(ComparableText(words).text)
    return [part.strip() for part in found if part.strip()] if len(found) > 1 else []


def _in_parts(inside: ComparableText, words: str) -> list[list[Offsets]]:
    """Every way in which the words stand in the text with gaps between: where the quotation itself says so, by marks or
    an ellipsis, or where the text interrupts a quotation by its report."""
    stated = _marked_parts(words) or [part for part in _ELLIPSIS.split(words) if part.strip()]
    if len(stated) > 1:
        ways = list(_in_order(inside, [comparable(part) for part in stated]))
    else:
        ways = list(_across_quotations(inside, words))
    return [[inside.original_span(*part) for part in way] for way in ways]


def _in_order(inside: ComparableText, parts: Sequence[str]) -> Iterator[list[Offsets]]:
    """Each place of the first part, with the nearest places of the others behind it."""
    for start in inside.occurrences(parts[0]):
        way = [(start, start + len(parts[0]))]
        for part in parts[1:]:
            end = way[-1][1]
            following = next((place for place in inside.occurrences(part) if place >= end), None)
            if following is None or following - end > MAX_GAP:
                break
            way.append((following, following + len(part)))
        if len(way) == len(parts):
            yield way


def _across_quotations(inside: ComparableText, words: str) -> Iterator[list[Offsets]]:
    """The ways in which the words run on from one quotation of the text into the next."""
    spans = [found.span(1) for found in _MARKED.finditer(inside.text)]
    text = [word for place, span in enumerate(spans) for word in _words(inside.text, *span, place)]
    wanted = [word.letters for word in _words(comparable(words), 0, len(comparable(words)), 0)]
    if len(wanted) < 2:
        return
    for first in range(len(text) - len(wanted) + 1):
        run = text[first : first + len(wanted)]
        if [word.letters for word in run] == wanted and _is_one_quotation(run):
            yield _parts_of(run, spans)


def _words(text: str, start: int, end: int, quotation: int) -> Iterator[_Word]:
    for found in re.finditer(r"[^\s\".,;:!?()\[\]–—]+(?:[.,:][0-9]+)*", text[start:end]):
        yield _Word(found[0], start + found.start(), start + found.end(), quotation)


def _is_one_quotation(run: Sequence[_Word]) -> bool:
    """Whether the run crosses from one quotation into the next, and nowhere over too long a gap."""
    crossings = [(one, other) for one, other in pairwise(run) if one.quotation != other.quotation]
    return bool(crossings) and all(other.start - one.end <= MAX_GAP for one, other in crossings)


def _parts_of(run: Sequence[_Word], spans: Sequence[Offsets]) -> list[Offsets]:
    """What the run has of each quotation; to the end of the quotation where its last word is in the run."""
    parts: list[Offsets] = []
    for place in sorted({word.quotation for word in run}):
        here = [word for word in run if word.quotation == place]
        is_to_the_end = place != run[-1].quotation or run[-1].end + 1 >= spans[place][1]
        parts.append((here[0].start, spans[place][1] if is_to_the_end else here[-1].end))
    return parts


# Not there


def _not_there(inside: ComparableText, words: str) -> InvalidValue:
    """The refusal of a quotation, which says where the text comes nearest to it."""
    text, wanted = inside.text.split(" "), comparable(words).split(" ")
    nearest = SequenceMatcher(None, text, wanted, autojunk=False).find_longest_match()
    if not nearest.size:
        return InvalidValue(
            "quote", "words that the document's text does not hold", "them exactly as they stand there"
        )
    start = sum(len(word) + 1 for word in text[: nearest.a])
    end = start + len(" ".join(text[nearest.a : nearest.a + nearest.size]))
    first, last = inside.original_span(start, end)
    return InvalidValue(
        "quote",
        "words that the document's text does not hold",
        f"them as they stand there: the text comes nearest from character {first} to {last}",
    )
