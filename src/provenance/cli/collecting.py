"""Collecting: the command line looks for cycles of garbage less often while it imports.

Python looks for them after every 700 new objects, and through all there is again and again as there comes to be more.
An import makes millions that form no cycles, and would spend a tenth of its time on that. The thresholds are those of
the process, and so the library itself never sets them: its host decides.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)
"""New objects between two looks, some megabytes; and how many of these looks come before one at the older ones."""


@contextmanager
def seldom() -> Iterator[None]:
    """Looks seldom until the block's end, however it ends. Who looks more seldom or never keeps that."""
    before = gc.get_threshold()
    if 0 < before[0] < SELDOM[0]:
        gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
