"""The bounds of a question: as of which moment it is asked."""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """What the world had said by `said` and the ledger held by `known`, both inclusive.

    Both are microseconds since 1970 UTC; None is no bound (SEMANTICS.md, In ten lines, 10).
    """

    said: int | None = None
    known: int | None = None


EVERYTHING = Bounds()
"""Everything recorded so far."""
