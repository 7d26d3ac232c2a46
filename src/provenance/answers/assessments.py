"""Verdict: what an editor or a fact-checker made of a claim."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.claims import ClaimSummary
from provenance.answers.wording import moment_words, printable
from provenance.values.ids import RecordId


@frozen
class Verdict:
    """An editor's or a fact-checker's assessment of a claim, or of its conflict with the claim `against`.

    `words` are theirs. `at`, `url` and `against` are None where they were not recorded.
    """

    id: RecordId
    claim: ClaimSummary
    words: str
    by: AgentSummary
    at: datetime | None
    url: str | None
    against: ClaimSummary | None

    def __str__(self) -> str:
        when = "" if self.at is None else f", {moment_words(self.at)}"
        against = "" if self.against is None else f", against: {self.against}"
        return f"{self.claim}{against}: {printable(self.words)} ({self.by}{when})"
