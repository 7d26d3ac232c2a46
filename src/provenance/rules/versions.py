"""How each version of a story changed it, and the order of versions (docs/semantics.md#semantics-versions)."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from provenance.rules.facts import DocumentRow

ANNOUNCING = ("correct", "retract", "supersede")
"""The kinds of amendment by which an outlet says that it changed something."""


def change_of(version: DocumentRow, earlier: DocumentRow | None, *, is_amended: bool) -> str:
    """How a version changed the earlier one that it supersedes: first (#rule-first), announced (#rule-announced),
    stealth (#rule-stealth), unknown (#rule-unknown) or unchanged (#rule-unchanged).

    `is_amended`: an amendment of the earlier version by its own outlet announces a change.
    """
    if earlier is None:
        return "first"
    if version.change_note is not None or is_amended:
        return "announced"
    both = [(version.text_digest, earlier.text_digest), (version.title, earlier.title)]
    if any(None not in pair and pair[0] != pair[1] for pair in both):
        return "stealth"
    return "unknown" if None in both[0] else "unchanged"


def oldest_first(versions: Mapping[int, DocumentRow]) -> list[DocumentRow]:
    """No version stands before the one that it supersedes; otherwise by publication, and then by recording."""
    later: dict[int | None, list[DocumentRow]] = defaultdict(list)
    for row in versions.values():
        later[row.supersedes if row.supersedes in versions else None].append(row)
    waiting = [_place(row) for row in later[None]]
    heapq.heapify(waiting)
    ordered: list[DocumentRow] = []
    while waiting:
        *_, key = heapq.heappop(waiting)
        ordered.append(versions[key])
        for row in later[key]:
            heapq.heappush(waiting, _place(row))
    return ordered


def _place(row: DocumentRow) -> tuple[bool, int, int]:
    """Versions of unknown publication come last."""
    published = row.published_hi
    return published is None, published or 0, row.key
