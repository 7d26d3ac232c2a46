"""Circle: circular reporting of a claim."""

from __future__ import annotations

from attrs import field, frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary
from provenance.answers.chains import Chain
from provenance.answers.claims import ClaimSummary
from provenance.answers.wording import chain_words, listed, number_words, printable
from provenance.rules.catalogue import RULES


@frozen
class Circle:
    """One kind of circular reporting of a claim (docs/semantics.md, Circular reporting).

    - `kind`: common_origin, suspected_common_origin, feedback_loop, misreported_source or ungrounded_loop
    - `agent`: of a feedback loop the agent whose assertion leads back to the agent's own, else None
    - `assertions`: those that carry the claim, in the order of recording; of a feedback loop the way round
    - `chains`: how these assertions lead down
    """

    kind: str
    claim: ClaimSummary
    agent: AgentSummary | None
    assertions: tuple[AssertionSummary, ...]
    chains: tuple[Chain, ...] = field(repr=False)

    @property
    def rule(self) -> str:
        """The rule of this kind, in a sentence."""
        return RULES[self.kind]

    def __str__(self) -> str:
        if self.kind in ("common_origin", "suspected_common_origin"):
            return f"{self.claim}: {self._outlets()}"
        names = [str(assertion.agent) for assertion in self.assertions]
        if self.kind == "feedback_loop":
            return f"{self.claim}: {', which cites '.join(names)}, goes round"
        return f"{self.claim}: {listed(list(dict.fromkeys(names)))}; {GROUNDLESS_WORDS[self.kind]}"

    def _outlets(self) -> str:
        """ "Two outlets, one origin: CNN and BBC both cite TASS, citing medical sources"."""
        outlets = list(dict.fromkeys(str(assertion.agent) for assertion in self.assertions))
        by_sources: dict[str, list[str]] = {}
        for chain in self.chains:
            below = chain_words(chain.names[:-1])
            by_sources.setdefault(below, []).append(printable(chain.names[-1]))
        cites = [_cites(list(dict.fromkeys(who)), below) for below, who in by_sources.items() if below]
        origins = "one origin" if self.kind == "common_origin" else "perhaps one origin"
        return f"{number_words(len(outlets))} outlets, {origins}: {'; '.join(cites)}"


GROUNDLESS_WORDS = {
    "misreported_source": "what it cites says something else",
    "ungrounded_loop": "nothing but a loop below",
}


def _cites(outlets: list[str], sources: str) -> str:
    verb = {1: "cites", 2: "both cite"}.get(len(outlets), "all cite")
    return f"{listed(outlets)} {verb} {sources}"
