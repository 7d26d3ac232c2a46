"""Which claims are plain: few enough of the law's rules bear on them for `steady` to find out whether they stay."""

from __future__ import annotations

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.support import Standing
from provenance.values.vocabulary import Temporal


def is_plain(graph: ClaimGraph, claim: int, stands: Standing) -> bool:
    """Whether a claim may be steady: it is corroborated by people who, with all who may be one voice with them, are named
    in full; it is linked to no other claim, and has a value that does not depend on time."""
    if stands.grade < 4 or graph.claims.is_linked(claim):
        return False
    if graph.agents.is_in_dated_link(graph.on_claim(claim)):
        return False
    issue, attribute = graph.claims.issue(claim), graph.claims.attribute(claim)
    if issue is not None and attribute is not None:
        is_ordered = any(issue.attribute in order for order in graph.facts.attribute_order)
        if is_ordered or attribute.temporal != Temporal.CONSTANT:
            return False
    return all(graph.agents.is_among_full_names(graph.agent_of(one)) for one in stands.origins)
