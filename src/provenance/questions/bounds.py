"""The bounds of a question: the moment as of which it is asked."""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """What had been said by `said` and recorded by `known` takes part in an answer; nothing later does.

    Both are inclusive, in microseconds since 1970 UTC; None is no bound (docs/semantics.md, In ten lines).
    """

    said: int | None = None
    known: int | None = None


EVERYTHING = Bounds()
"""The bounds of everything recorded so far."""
