"""Ties: classes of what is joined, and what steps lead to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)


def joined(ids: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The class of each id, once every pair is one."""
    classes = {i: frozenset({i}) for i in ids}
    for a, b in pairs:
        both = classes.get(a, frozenset({a})) | classes.get(b, frozenset({b}))
        classes |= dict.fromkeys(both, both)
    return classes


def reached(starts: Iterable[Place], step: Callable[[Place], Iterable[Place]]) -> frozenset[Place]:
    """All that one step or more from the starts lead to: a start only where a loop leads back."""
    found: set[Place] = set()
    ahead = [after for start in starts for after in step(start)]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += step(here)
    return frozenset(found)
