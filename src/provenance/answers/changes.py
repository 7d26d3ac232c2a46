"""Change: what changed between an assertion and one that rests on it."""

from __future__ import annotations

from attrs import frozen

from provenance.answers.assertions import AssertionSummary
from provenance.answers.claims import ClaimSummary
from provenance.rules.catalogue import RULES


@frozen
class Change:
    """What changed from the earlier assertion to the later one, which rests on it and is on the same claim
    (docs/semantics.md, What changes on the way).

    `kind` is certainty_rose, quote_loosened, quote_changed, caveat_lost or adopted.
    """

    kind: str
    claim: ClaimSummary
    earlier: AssertionSummary
    later: AssertionSummary

    @property
    def rule(self) -> str:
        """The rule of this kind, in a sentence."""
        return RULES[self.kind]

    def __str__(self) -> str:
        words = {
            "certainty_rose": f"has as {self.later.certainty} what was {self.earlier.certainty} with",
            "quote_loosened": "quotes less closely than",
            "quote_changed": "changed the quoted words of",
            "caveat_lost": "left out that no evidence was cited, which was noted by",
            "adopted": "says in its own voice what it has from",
        }[self.kind]
        return f"{self.claim}: {self.later.agent} {words} {self.earlier.agent}"
