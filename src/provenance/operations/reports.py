"""What verification finds: places, and what is wrong there. Reports hold no texts of claims and no names of sources."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

MAX_FINDINGS = 1_000
"""Findings that a report holds; the rest are only counted. Nobody reads more than a thousand."""

Progress = Callable[[int], None]
"""Called with how far something has come, such as the number of entries read so far."""


@frozen
class Fault:
    """One thing that verification found wrong, and where."""

    place: str
    """Such as "entry 17" or "table provenance_claim, key 40"."""
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found}"


class Faults:
    """The findings so far."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.omitted = 0

    def add(self, place: str, found: str) -> None:
        if len(self.found) < MAX_FINDINGS:
            self.found.append(Fault(place, found))
        else:
            self.omitted += 1


@frozen(kw_only=True)
class Report:
    """What was looked at, and all that was found wrong. Prints as lines: a summary, then the findings."""

    commits: int
    entries: int
    texts: int
    """Texts of documents that are held."""
    absent_texts: int
    """Texts that entries name by their digests and that are not held: they were never given, or were deleted."""
    sealed: int
    """Sealed values that are held; those that another ledger has are not counted."""
    redacted: int
    """Sealed values of which a redaction has left only the commitment."""
    rows: int | None
    """Rows of the index that were compared; None where it was not."""
    stale: int | None
    """Claims that wait for a refresh, as a few always may: what is materialized of them was refreshed on the side
    before it was compared."""
    newer: int = 0
    """Entries that a newer release recorded: they are what was written, but this library cannot compare the index."""
    checkpoint: int | None
    """How many of the commits the checkpoint covers; None without one that could be checked."""
    findings: tuple[Fault, ...]
    omitted: int
    """Findings beyond those in `findings`."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.findings

    def __str__(self) -> str:
        looked = (
            f"commits {self.commits}, entries {self.entries}, texts {self.texts}, sealed values {self.sealed}"
        )
        if self.rows is not None:
            looked += f", rows of the index {self.rows}"
        if self.newer:
            looked += f", entries of a newer release {self.newer} (the index was not compared)"
        if self.checkpoint is not None:
            looked += f", commits in the checkpoint {self.checkpoint}"
        found = "nothing is wrong" if self.ok else f"findings {len(self.findings) + self.omitted}"
        more = [f"and {self.omitted} more"] if self.omitted else []
        return "\n".join([f"{looked}: {found}", *map(str, self.findings), *more])
