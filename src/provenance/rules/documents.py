"""In which documents an assertion was found (docs/semantics.md#rule-mention)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from provenance.rules.agents import ResolvedAgents
from provenance.rules.facts import Facts


class FoundIn:
    """The documents of assertions. One that is only known through those who relay it was found where these were."""

    def __init__(self, facts: Facts, agents: ResolvedAgents) -> None:
        self._facts = facts
        self._agents = agents
        self._known: dict[int, frozenset[int]] = {}

    def documents_of(self, assertion: int) -> frozenset[int]:
        """The documents in which an assertion was found, or else those through which it is known."""
        if assertion not in self._known:
            self._known[assertion] = self._own(assertion) or self._of_those_resting_on(assertion)
        return self._known[assertion]

    def _own(self, assertion: int) -> frozenset[int]:
        mentions = self._facts.mentions.get(assertion, ())
        return frozenset(row.document for row in mentions if row.document is not None)

    def _of_those_resting_on(self, assertion: int) -> frozenset[int]:
        if self._facts.mentions.get(assertion):
            return frozenset()  # the desk heard it itself
        found: set[int] = set()
        waiting, seen = [assertion], {assertion}
        while waiting:
            for later in self._resting.get(waiting.pop(), ()):
                if later not in seen:
                    seen.add(later)
                    documents = self._own(later)
                    found |= documents
                    if not documents:
                        waiting.append(later)
        return frozenset(found)

    @cached_property
    def _resting(self) -> Mapping[int, Sequence[int]]:
        """By assertion those that rest on it directly."""
        found: dict[int, list[int]] = defaultdict(list)
        for later, earlier in self._facts.stated.items():
            if later in self._facts.assertions:
                for one in earlier:
                    found[one].append(later)
        return found

    def outlet(self, document: int) -> int | None:
        """The class of the agent that published a document; None where it is not known."""
        outlet = self._facts.outlets.get(document)
        return None if outlet is None else self._agents.classes[outlet]

    def assertions_in(self, document: int) -> list[int]:
        """The assertions that were found in a document, in the order of recording."""
        return self._by_document.get(document, [])

    @cached_property
    def _by_document(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for one in sorted(self._facts.assertions):
            for document in self.documents_of(one):
                found[document].append(one)
        return found
