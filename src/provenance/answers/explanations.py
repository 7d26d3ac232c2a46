"""Explanation: everything that an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from provenance.answers.accusations import Accusation
from provenance.answers.assertions import AssertionSummary, EvidenceNote
from provenance.answers.chains import Trace
from provenance.answers.changes import Change
from provenance.answers.circular import Circle
from provenance.answers.claims import ClaimSummary
from provenance.answers.conflicts import Conflict, SelfContradiction
from provenance.answers.support import Support, Unsupported
from provenance.values.ids import RecordId

Explainable = Support | Unsupported | Conflict | SelfContradiction | Circle | Change | Accusation
"""The answers that go by a rule, and rest on the assertions on one or two claims."""


def claims_in(answer: Explainable) -> list[ClaimSummary]:
    """The one or two claims that an answer is about."""
    return [answer.a, answer.b] if isinstance(answer, Conflict | SelfContradiction) else [answer.claim]


@frozen
class Explanation:
    """An answer, and all that it rests on.

    `sides` has a trace of each claim in the answer, and of each claim that entails one: all live assertions on it, with
    their chains, relays and evidence.
    """

    answer: Explainable
    sides: tuple[Trace, ...]

    @property
    def rule(self) -> str:
        """The rule that the answer goes by, in a sentence."""
        return self.answer.rule

    @property
    def assertions(self) -> tuple[AssertionSummary, ...]:
        """Every assertion in the traces, once."""
        found = {step.id: step for side in self.sides for chain in side.chains for step in chain.steps}
        return tuple(found.values())

    @property
    def relays(self) -> tuple[RecordId, ...]:
        """The id of every relay in the traces, once."""
        found = (relay for side in self.sides for chain in side.chains for relay in chain.relays)
        return tuple(dict.fromkeys(found))

    @property
    def evidence(self) -> tuple[EvidenceNote, ...]:
        """Every note of evidence, or of its absence, in the traces, once."""
        return tuple(dict.fromkeys(note for assertion in self.assertions for note in assertion.evidence))

    def __str__(self) -> str:
        """The answer, the rule, and of each claim the chains that the answer itself does not show."""
        shown = set(str(self.answer).splitlines())
        more = [
            line for line in _indented(map(str, self.sides)) if line not in shown and line[2:] not in shown
        ]
        return "\n".join([str(self.answer), f"because {self.rule}", *more])


def _indented(blocks: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for block in blocks for line in block.splitlines())
