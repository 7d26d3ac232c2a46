"""Loading claims with those that they are linked to, and those that compete with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from provenance.loading import row_queries
from provenance.loading.reader import CLAIM_LINKS, ENTITY_LINKS, IndexReader
from provenance.loading.row_queries import ClaimFound
from provenance.rules.claims import claim_classes, entity_classes
from provenance.rules.classes import Classes
from provenance.rules.facts import AttributeRow, ClaimRow, LinkRow, Span, StatedWindow

_Topic = tuple[int, int]
"""A subject and an attribute: what the claims of one issue share, whatever its scope."""


_PAST, _FUTURE = -(2**63), 2**63 - 1
"""Where an end of a window is itself open on one side ("by 7 a.m."): before and after every moment."""


def load_attributes(reader: IndexReader, attributes: Iterable[int]) -> list[AttributeRow]:
    """The attributes as they were stated first, or as they were last redefined."""
    rows = {row.key: row for row in reader.rows(row_queries.ATTRIBUTES, "key", attributes)}
    for key, stated in redefinitions_of(reader, rows).items():
        rows[key] = AttributeRow(**{**rows[key]._asdict(), **stated})
    return list(rows.values())


def redefinitions_of(reader: IndexReader, attributes: Iterable[int]) -> dict[int, dict[str, str]]:
    """By attribute that was redefined, what it was last redefined to be."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if reader.holds.redefinitions:
        for row in reader.rows(row_queries.REDEFINITIONS, "attribute", attributes):
            found[row.attribute] |= {
                name: word for name, word in row._asdict().items() if name in _REDEFINED and word
            }
    return dict(found)


_REDEFINED = ("cardinality", "temporal", "value_type")


def windows_of(row: Mapping[str, Any]) -> tuple[StatedWindow | None, StatedWindow | None]:
    """The as-of window and the validity of a claim, from its columns."""
    return (
        _window((row["as_of_lo_begins"], row["as_of_lo"]), (row["as_of_hi_begins"], row["as_of_hi"])),
        _window((row["valid_lo"], row["valid_lo_ends"]), (row["valid_hi_begins"], row["valid_hi"])),
    )


_End = tuple[int | None, int | None]


def _window(lo: _End, hi: _End) -> StatedWindow | None:
    if lo == hi == (None, None):
        return None
    return StatedWindow(_end(lo), _end(hi))


def _end(stated: _End) -> Span | None:
    first, last = stated
    if first is None and last is None:
        return None
    return (_PAST if first is None else first), (_FUTURE if last is None else last)


class ClaimLoad:
    """The claims of a graph while it is loaded."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self.claims: dict[int, ClaimRow] = {}
        self.links: list[LinkRow] = []
        self.entity_links: list[LinkRow] = []
        self.attributes: dict[int, AttributeRow] = {}
        self.attribute_order: set[tuple[int, int]] = set()

    def classes(self) -> Classes:
        """Which of the claims loaded so far are one."""
        return claim_classes(self.claims, self.links, entity_classes(self.entity_links))

    def add(self, wanted: Iterable[int], *, competing: bool) -> None:
        """Adds claims and those linked to them at any depth.

        `competing`: also all claims of the same or an ordered issue. Otherwise, only claims that may be the same claim
        once entities are merged.
        """
        links: dict[LinkRow, None] = dict.fromkeys(self.links)
        entity_links: dict[LinkRow, None] = dict.fromkeys(self.entity_links)
        asked: set[_Topic] = set()
        frontier, neighbours = set(wanted), list[ClaimFound]()
        while frontier:
            found = self._reader.links(frontier, CLAIM_LINKS)
            links.update(dict.fromkeys(found))
            frontier |= {end for link in found for end in (link.source, link.target)}
            missing = frontier - self.claims.keys() - {row.key for row in neighbours}
            rows = [*neighbours, *self._reader.rows(row_queries.CLAIMS, "key", missing)]
            self._keep(rows)
            named = {key for row in rows for key in (row.subject, row.entity) if key is not None}
            entity_links.update(dict.fromkeys(self._reader.links(named, ENTITY_LINKS)))
            self.entity_links = list(entity_links)
            neighbours = []
            if competing or any(link.kind == "same_entity" for link in entity_links):
                found_beside = self._claims_beside(rows, asked)
                neighbours = [row for row in found_beside if row.key not in self.claims]
            frontier = {row.key for row in neighbours}
        self.links = [link for link in links if link.source in self.claims and link.target in self.claims]

    def add_by_name(self, claims: set[int]) -> None:
        """Adds claims without what is linked to them."""
        rows = self._reader.rows(row_queries.CLAIMS, "key", claims - self.claims.keys())
        self._keep(rows)
        self._add_attributes({row.attribute for row in rows if row.attribute is not None})

    def _keep(self, rows: list[ClaimFound]) -> None:
        for row in rows:
            lo, hi = (None if end is None else Decimal(end) for end in (row.lo, row.hi))
            windows = windows_of(row._asdict())
            self.claims[row.key] = ClaimRow(*row[:8], lo, hi, Decimal(row.pad or 0), *windows)

    def _add_attributes(self, attributes: set[int]) -> None:
        missing = attributes - self.attributes.keys()
        self.attributes.update((row.key, row) for row in load_attributes(self._reader, missing))

    # The claims of the same topics --------------------------------------------------------------------------------

    def _claims_beside(self, rows: list[ClaimFound], asked: set[_Topic]) -> list[ClaimFound]:
        """The claims of the same topics, and of topics merged or ordered with these. Each topic is asked about once."""
        first: dict[_Topic, int] = {}
        for row in rows:
            if row.subject is not None and row.attribute is not None:
                first.setdefault((row.subject, row.attribute), row.key)
        ordered = self._attributes_ordered_with({attribute for _, attribute in first})
        statement = row_queries.CLAIMS_OF_ISSUES.answers(
            self._reader.connection,
            (key for topic, key in first.items() if topic not in asked),
            self._reader.last_commit,
        )
        found = {row.key: row for row in row_queries.CLAIMS.rows(statement)}
        asked |= first.keys()
        if self._reader.holds.links:
            same = entity_classes(self.entity_links)
            others = {
                (member, other)
                for subject, attribute in first
                for member in same.of(subject)
                for other in (attribute, *ordered.get(attribute, ()))
            } - asked
            asked |= others
            found.update((row.key, row) for row in self._claims_on(others))
        return self._reader.within_bounds(row_queries.CLAIMS, [found[key] for key in sorted(found)])

    def _attributes_ordered_with(self, attributes: set[int]) -> dict[int, set[int]]:
        """By attribute those that must come before or after it. All of them are added to the attributes."""
        order = self._reader.dated_links(attributes, ("not_later_than",), depth=1)
        self.attribute_order.update((link.source, link.target) for link in order)
        self._add_attributes(attributes.union(*((link.source, link.target) for link in order)))
        ordered: dict[int, set[int]] = defaultdict(set)
        for link in order:
            ordered[link.source].add(link.target)
            ordered[link.target].add(link.source)
        return ordered

    def _claims_on(self, topics: set[_Topic]) -> list[ClaimFound]:
        subjects_of: dict[int, set[int]] = defaultdict(set)
        for subject, attribute in topics:
            subjects_of[attribute].add(subject)
        reader = self._reader
        return [
            row
            for attribute, subjects in subjects_of.items()
            for row in row_queries.CLAIMS.found(reader.connection, "subject", subjects, reader.last_commit)
            if row.attribute == attribute
        ]
