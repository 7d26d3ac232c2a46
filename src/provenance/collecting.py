"""Collecting: cycles of garbage are looked for less often while much is made that stays.

Python looks for them after every 700 new objects, and through all there is again and again as there comes to be more.
An ingest makes millions that form no cycles, and would spend a tenth of its time on that.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)
"""New objects between two looks, some megabytes; and how many of these looks come before one at the older ones."""

_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []
"""What held before the first of those that are at it now, and a place for each of them."""


@contextmanager
def seldom() -> Iterator[None]:
    """Looks seldom until the block's end, which restores what held before, however it ends. Whoever sets it otherwise
    meanwhile, or has turned it off, keeps that."""
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    with _lock:
        before = _before[0] if _before else gc.get_threshold()
        _before.append(before)
        if 0 < before[0] < SELDOM[0] and len(_before) == 1:
            gc.set_threshold(*SELDOM)


def _end() -> None:
    with _lock:
        before = _before.pop()
        if not _before and gc.get_threshold() == SELDOM:
            gc.set_threshold(*before)
