"""ClaimSummary: a claim in an answer."""

from __future__ import annotations

from attrs import frozen

from provenance.answers.wording import printable
from provenance.values.ids import RecordId


@frozen
class ClaimSummary:
    """A claim in an answer. Of claims that were merged it is the canonical one, which the merge points to.

    `nature` is factual, evaluative or prospective.
    """

    id: RecordId
    text: str
    nature: str

    def __str__(self) -> str:
        return printable(self.text)
