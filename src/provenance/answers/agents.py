"""AgentSummary: an agent in an answer."""

from __future__ import annotations

from attrs import frozen

from provenance.answers.wording import printable
from provenance.values.ids import RecordId


@frozen
class AgentSummary:
    """An agent in an answer. Of agents that were merged it is the one that the merge points to.

    - `label`: what readers may be shown, such as the name or the description; never a sealed value
    - `kind`: person, organisation, outlet, document, group or unknown
    - `naming`: named, partial, role, anonymous or unattributed
    """

    id: RecordId
    label: str
    kind: str
    naming: str

    def __str__(self) -> str:
        return printable(self.label)
