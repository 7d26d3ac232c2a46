"""Values that are numbers or times: intervals with a pad, of which an open end is never passed."""

from __future__ import annotations

from decimal import Decimal

from provenance.rules.facts import ClaimRow
from provenance.rules.strengths import DEFINITE, POSSIBLE


def is_known(structure: ClaimRow) -> bool:
    """Whether it states a number or a time at all."""
    return structure.lo is not None or structure.hi is not None


def is_after(a: ClaimRow, b: ClaimRow, *, padded: bool = True) -> bool:
    """Whether the first value lies wholly above the second; `padded`: even where their pads widen both."""
    if a.lo is None or b.hi is None:
        return False
    pad = a.pad + b.pad if padded else Decimal(0)
    return a.lo - b.hi > pad


def later_strength(a: ClaimRow, b: ClaimRow) -> int:
    """How surely the first value lies wholly above the second: with its pads, or only without them."""
    if is_after(a, b):
        return DEFINITE
    return POSSIBLE if is_after(a, b, padded=False) else 0
