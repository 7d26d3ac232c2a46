"""Who may amend an assertion or a document (docs/semantics.md#record-amendment)."""

from __future__ import annotations

from collections.abc import Iterable

from provenance.rules.agents import ResolvedAgents
from provenance.values.vocabulary import AmendmentKind


def is_open_to_anybody(kind: str) -> bool:
    """Anybody may establish that an assertion is misattributed, that it was never said; and debunk an item."""
    return kind in (AmendmentKind.MISATTRIBUTED, AmendmentKind.DEBUNKED)


def may_amend(kind: str, by: int, answerable: Iterable[int], agents: ResolvedAgents) -> bool:
    """Whether an agent may amend what others are answerable for: it is one of them, or speaks for one, or one of them
    for it.

    Answerable for an assertion are its agent, the agents of all that rests on it over stated relays, and the outlets of
    the documents in which these were found; for a document its outlet.
    """
    entitled = {key for one in answerable for key in (agents.classes[one], agents.holder_of_agent(one))}
    return is_open_to_anybody(kind) or not entitled.isdisjoint(
        (agents.classes[by], agents.holder_of_agent(by))
    )
