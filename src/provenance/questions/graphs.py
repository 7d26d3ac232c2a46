"""The claim graphs that questions load, each named for what it can answer: the only place that calls the loader."""

from __future__ import annotations

from collections.abc import Iterable

from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.rules.claim_graph import ClaimGraph


class GraphLoader(ClaimGraphLoader):
    """Loads claim graphs within the bounds."""

    def graph_about(self, claims: Iterable[int], *, agents: Iterable[int] = ()) -> ClaimGraph:
        """All assertions on these claims with their chains: enough for everything but conflicts, and the flags that
        depend on these. The agents are in the graph too."""
        graph = self.graph(claims, competing=False)
        self.add_agents(graph, agents)
        return graph

    def graph_with_competing_claims(self, claims: Iterable[int]) -> ClaimGraph:
        """The same, with all assertions on the claims of the same issues: enough for conflicts and flags."""
        return self.graph(claims)

    def graph_of_accusations(self, claims: Iterable[int]) -> ClaimGraph:
        """All assertions on these claims with their chains, whom the claims accuse, and what the accused were asked."""
        graph = self.graph(claims, competing=False)
        self.add_accused(graph)
        return graph

    def graph_of_whole_chains(self, claims: Iterable[int]) -> ClaimGraph:
        """All assertions on these claims and on every claim that a chain leads to: enough for a retraction's impact."""
        return self.graph(claims, whole_chain=True)

    def graph_of_first_assertions(self, claim: int, most: int) -> tuple[ClaimGraph, int | None]:
        """The first assertions on a claim with their chains, and the last of these assertions; None where there are no
        more on the claim."""
        return self.graph_of_first(claim, most)

    def graph_of_assertions(self, claims: Iterable[int], assertions: Iterable[int]) -> ClaimGraph:
        """These claims, and these assertions on them with their chains; not what else is said."""
        return self.graph_showing(claims, assertions)

    def graph_of_dated_chains(self, claims: Iterable[int], assertions: Iterable[int]) -> ClaimGraph:
        """These claims, and these assertions with everything that their chains lead to: the time of a step may come
        from others that carry it."""
        return self.graph_showing(claims, assertions, whole_chain=True)

    def graph_resting_on(self, assertions: Iterable[int]) -> ClaimGraph:
        """These assertions and all that rests on them: which are live, and on what claims."""
        return self.world_around(assertions)

    def graph_of_agents(self, agents: Iterable[int]) -> ClaimGraph:
        """These agents and everybody tied to them."""
        graph = ClaimGraph()
        self.add_agents(graph, agents)
        return graph
