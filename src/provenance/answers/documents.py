"""Documents in answers: whose they are, how their versions differ, and where a quotation stands in another version."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AmendmentNote
from provenance.answers.wording import moment_words, printable
from provenance.rules.catalogue import RULES
from provenance.values.ids import RecordId


@frozen
class DocumentSummary:
    """A document in an answer: the outlet that published it, its title and its URL; None where they are not known."""

    id: RecordId
    outlet: AgentSummary
    title: str | None
    url: str | None

    def __str__(self) -> str:
        named = self.title or self.url
        return f"{self.outlet}, {printable(named)}" if named else str(self.outlet)


@frozen
class Version:
    """One version of a story, the version that it supersedes, and how its outlet changed it.

    The first of these that fits is the `change` (docs/semantics.md, Versions of a story):

    - `first`: no earlier version is known
    - `announced`: it has a change note, or its own outlet retracted, corrected or superseded the version before it, or
      an assertion found there
    - `stealth`: the text or the title is another one, and nothing says so
    - `unknown`: the text of one of the two versions is not known, and nothing that is known differs
    - `unchanged`: text and title are those of the version before it

    `amendments` are those by which the outlet announced the change. `published_at` is the last moment at which the
    version can have been published, None where no time is known.
    """

    document: DocumentSummary
    supersedes: RecordId | None
    change: str
    change_note: str | None
    amendments: tuple[AmendmentNote, ...]
    published_at: datetime | None

    @property
    def rule(self) -> str:
        """The rule by which the change was named, in a sentence."""
        return RULES[self.change]

    def __str__(self) -> str:
        when = "" if self.published_at is None else f", {moment_words(self.published_at)}"
        note = [] if self.change_note is None else [printable(self.change_note)]
        change = CHANGE_WORDS[self.change]
        return "; ".join([f"{self.document}{when}: {change}", *note, *map(str, self.amendments)])


CHANGE_WORDS = {
    "first": "the first version",
    "announced": "changed, and says so",
    "stealth": "changed, and does not say so",
    "unchanged": "unchanged",
    "unknown": "a later version",
}


@frozen
class Refound:
    """Where the quotation of a mention stands in the text of another document:

    - `exact`: at the same place, in the same surroundings
    - `moved`: at another place
    - `ambiguous`: its words stand there, and it is not known which of the places is the quotation's, if any
    - `lost`: its words do not stand there

    `places` are pairs of code-point offsets from 0, the end excluded: one pair for `exact` and `moved`, every candidate
    for `ambiguous`, none for `lost`.
    """

    mention: RecordId
    document: RecordId
    kind: str
    places: tuple[tuple[int, int], ...]

    @property
    def place(self) -> tuple[int, int] | None:
        """The one place of an exact or moved quotation, else None."""
        return self.places[0] if self.kind in ("exact", "moved") else None

    def __str__(self) -> str:
        where = ", ".join(f"{start} to {end}" for start, end in self.places)
        return f"{self.kind}: {where}" if where else self.kind
