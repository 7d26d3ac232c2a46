"""How much is materialized, and how much is done at a time."""

from __future__ import annotations

from attrs import frozen

from provenance.rules import conflicts


@frozen(kw_only=True)
class Limits:
    claims: int = 200
    """Claims, with their chains, in memory at a time."""

    assertions: int = 20_000
    """Assertions on the claims that are in memory at a time, some 3 kB each. A claim with more is there alone."""

    rows: int = 10_000
    """Rows of a materialized table read at a time."""

    stale_claims: int = 16
    """Stale claims that a commit leaves to later ones. To refresh one takes a millisecond, more than to record it."""

    conflict_pairs: int = conflicts.FEW
    """Pairs of claims about one issue, up to which its conflicts are materialized."""

    circles: int = 32
    assertions_in_a_circle: int = 64
    """So many circles of a claim, of so many assertions each, are materialized: a page of answers is made of them at
    once."""

    assertions_of_a_steady_claim: int = 200
    """Assertions on a claim, from which on it costs less to look whether it is steady than to refresh it."""


DEFAULT = Limits()
