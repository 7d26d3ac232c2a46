"""Lists in chunks that one statement can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")

CHUNK = 2_000
"""Values in one IN list or rows in one insert: below SQLite's 32,766 variables for rows of up to 16 columns."""


def chunked(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, size)):
        yield chunk
