"""Conflicts: claims that cannot both be right, and holders who contradict themselves."""

from __future__ import annotations

from attrs import frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary
from provenance.answers.claims import ClaimSummary
from provenance.rules.catalogue import RULES
from provenance.values.ids import RecordId


@frozen
class Conflict:
    """Two claims that cannot both be right, as different holders have it (docs/semantics.md, Conflicts).

    - `kind`: polarity, value, order or explicit; in the list of divergences always divergence
    - `a`, `b`: the claims; of a polarity conflict `b` is the one that is denied, which may be `a` itself
    - `strength`: definite or possible
    - `a_assertion`, `b_assertion`: of each side one of the surest assertions
    - `issue`: the id of the claim that stands for the issue: of all claims about one subject's attribute in one scope
      the first recorded; a claim without an attribute stands for itself. `Answers.count` counts each issue once
    """

    kind: str
    a: ClaimSummary
    b: ClaimSummary
    strength: str
    a_assertion: AssertionSummary
    b_assertion: AssertionSummary
    issue: RecordId

    @property
    def rule(self) -> str:
        """The rule of this kind, in a sentence."""
        return RULES[self.kind]

    def __str__(self) -> str:
        a, b = side_words(self.a_assertion, self.a), side_words(self.b_assertion, self.b)
        return f"{self.kind}, {self.strength}: {a}; {b}"


@frozen
class SelfContradiction:
    """A holder whose own live assertions exclude each other (docs/semantics.md, Conflicts).

    - `kind`: polarity or value
    - `when`: simultaneous where both were said at one time, otherwise reversal
    - `a_assertion`, `b_assertion`: on each claim one of the holder's assertions
    """

    holder: AgentSummary
    kind: str
    a: ClaimSummary
    b: ClaimSummary
    when: str
    a_assertion: AssertionSummary
    b_assertion: AssertionSummary
    rule = RULES["self_contradiction"]

    def __str__(self) -> str:
        a, b = side_words(self.a_assertion, self.a), side_words(self.b_assertion, self.b)
        return f"{self.holder}, {self.when}: {a}; {b}"


def side_words(assertion: AssertionSummary, claim: ClaimSummary) -> str:
    """ "Kim says: Twelve people died, “twelve dead” (CNN, 2026-02-07)": what one side says, which outlet carried it, and
    when it was said."""
    verb = "denies" if assertion.stance == "deny" else "says"
    quotation = f", {assertion.quotation}" if assertion.quotation else ""
    return f"{assertion.agent} {verb}: {claim}{quotation} ({assertion.carried_words})"
