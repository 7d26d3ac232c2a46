"""Chains: through whom a claim came."""

from __future__ import annotations

from itertools import pairwise

from attrs import field, frozen

from provenance.answers.assertions import AssertionSummary, shown_words
from provenance.answers.claims import ClaimSummary
from provenance.answers.wording import RESPONSES, chain_words
from provenance.values.ids import RecordId


@frozen
class Chain:
    """A path of assertions over stated relays: the origin first, the publisher last.

    `relays` are the ids of the relays between the steps, in the same order. Between an echo and the assertion of the same
    agent that it rests on there is none (docs/semantics.md, Derived sets).
    """

    steps: tuple[AssertionSummary, ...]
    relays: tuple[RecordId, ...] = field(repr=False)

    @property
    def origin(self) -> AssertionSummary:
        """The first step, which rests on no other assertion that is shown."""
        return self.steps[0]

    @property
    def names(self) -> list[str]:
        """The labels of the agents, the origin's first; one who is an echo of itself once. Print them with
        `str(step.agent)`, which escapes them."""
        each = [step.agent.label for step in self.steps]
        same = [False, *(one.agent == other.agent for one, other in pairwise(self.steps))]
        return [label for label, is_same in zip(each, same, strict=True) if not is_same]

    def __str__(self) -> str:
        """ "CNN, citing TASS, citing medical sources: “…”; no evidence was mentioned", and then who took it back."""
        response = RESPONSES.get(self.origin.stance)
        chain = chain_words(self.names)
        taken_back = dict.fromkeys(str(note) for step in self.steps for note in step.amendments)
        quotation = next(filter(None, (step.quotation for step in reversed(self.steps))), "")
        words = [each for each in (response, quotation) if each]
        said = f"{chain}: {', '.join(words)}" if words else chain
        unquoted = [] if quotation else [each.translation for step in self.steps for each in step.mentions]
        translations = dict.fromkeys(filter(None, unquoted))
        return "; ".join([said, *shown_words(self.origin), *translations, *taken_back])


@frozen
class Trace:
    """A claim and the chains of the assertions on it, in the order of recording."""

    claim: ClaimSummary
    chains: tuple[Chain, ...]

    def __str__(self) -> str:
        return "\n".join([str(self.claim), *(f"  {chain}" for chain in self.chains)])
