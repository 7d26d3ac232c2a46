"""Answers: a list of answers that is read page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")

SHOWN = 5
"""Answers of a list that are printed: they fit on a screen."""


class Answers(Generic[_Answer]):
    """A list of answers in the order of recording, which is the same on every database.

    Iterating asks the question: each iteration reads the ledger anew, page by page, and holds no transaction between
    two pages. What is recorded meanwhile may or may not be in the pages that follow.
    """

    def __init__(self, build: Callable[[], Iterator[_Answer]], count: Callable[[], int]) -> None:
        self._build = build
        self._count = count

    def __iter__(self) -> Iterator[_Answer]:
        """The answers. Raises `errors.WrongRevision` where the tables are of another revision than the library."""
        return self._build()

    def __bool__(self) -> bool:
        """Whether the list has any answer. Reads its first page only."""
        return next(self._build(), None) is not None

    def __str__(self) -> str:
        """How many answers there are, and the first of them, one a line. Reads as much as it shows."""
        answers = self._build()
        first = [str(answer) for _, answer in zip(range(SHOWN), answers, strict=False)]
        if not first:
            return "no answers"
        lines = [
            f"- {line}" if not place else f"  {line}"
            for one in first
            for place, line in enumerate(one.splitlines())
        ]
        is_all = next(answers, None) is None
        if is_all:
            number = "1 answer" if len(first) == 1 else f"{len(first)} answers"
            return "\n".join([number, *lines])
        return "\n".join([f"{self.count()} on the list, of which the first {SHOWN}", *lines, "…"])

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: iterate over it, or print it>"

    def count(self) -> int:
        """How many claims are on the list. Builds no answers where the ledger keeps the list up to date.

        Conflicts, divergences and self-contradictions are counted by issue: one subject's attribute in one scope, or a
        claim that has no attribute. An issue with two conflicts counts once.

        Raises `errors.WrongRevision` as iterating does.
        """
        return self._count()
