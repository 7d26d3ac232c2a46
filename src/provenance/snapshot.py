"""Snapshot: the questions as of a moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from provenance.questions import Questions


class Snapshot(Questions):
    """The questions as of a moment: nothing said after `said` or recorded after `known` takes part."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        *,
        said: int | None,
        known: int | None,
    ) -> None:
        super().__init__()
        self._reading = reading
        self._said = said
        self._known = known
