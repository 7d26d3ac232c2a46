"""Collecting: while the command line imports, Python collects garbage less often.

Python's collector looks for cycles after every 700 new objects, and now and then through all objects. An import makes
millions of objects that form no cycles, and spent a tenth of its time on the collector. The thresholds belong to the
whole process, so the library never sets them: only the command line does, whose process it is.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)
"""Thresholds for `gc.set_threshold`: a look at the new objects after 50,000 of them, which are some megabytes; at those
that survived one after 20 such looks; and at all objects after 100 of these."""


@contextmanager
def seldom() -> Iterator[None]:
    """Collects seldom until the block ends. Thresholds that are higher, or 0 for never, are left as they are."""
    before = gc.get_threshold()
    if 0 < before[0] < SELDOM[0]:
        gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
