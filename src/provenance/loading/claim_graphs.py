"""Loading claim graphs: from some claims or assertions to the facts that an answer about them depends on."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from provenance.database import transactions
from provenance.loading import row_queries
from provenance.loading.accusations import accused_by, requests_about
from provenance.loading.agents import LoadedAgents, load_agents
from provenance.loading.assertions import AssertionLoad
from provenance.loading.chains import ChainLoad
from provenance.loading.claims import ClaimLoad
from provenance.loading.reader import IndexReader
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.facts import Facts

_FEW = 20
"""Claims or assertions up to which a graph is read by small statements."""


class ClaimGraphLoader(IndexReader):
    """Loads claim graphs from the index within bounds. A load is named for what its graph can answer."""

    # All that is said of some claims ------------------------------------------------------------------------------

    def graph_about(self, claims: Iterable[int], *, agents: Iterable[int] = ()) -> ClaimGraph:
        """All assertions on these claims with their chains: enough for everything but conflicts, and the flags that
        depend on these. The agents are in the graph too."""
        return self._graph_on(claims, competing=False, agents=agents)

    def graph_with_competing_claims(self, claims: Iterable[int]) -> ClaimGraph:
        """The same, with all assertions on the claims of the same issues: enough for conflicts and flags."""
        return self._graph_on(claims, competing=True)

    def graph_of_accusations(self, claims: Iterable[int]) -> ClaimGraph:
        """All assertions on these claims with their chains, whom the claims accuse, and what the accused were asked."""
        return self._graph_on(claims, competing=False, with_accused=True)

    def graph_of_whole_chains(self, claims: Iterable[int]) -> ClaimGraph:
        """All assertions on these claims and on every claim that a chain leads to, with their competing claims: enough
        for a retraction's impact."""
        loaded, chains = ClaimLoad(self), ChainLoad(self, ())
        wanted = set(claims)
        self._expect(wanted)
        while wanted:
            loaded.add(wanted, competing=True)
            chains.add(self.rows(row_queries.ASSERTIONS, "claim", loaded.claims))
            chains.extend_both_ways()
            wanted = chains.claims - loaded.claims.keys()
        return self._graph(loaded, chains)

    def _graph_on(
        self,
        claims: Iterable[int],
        *,
        competing: bool,
        agents: Iterable[int] = (),
        with_accused: bool = False,
    ) -> ClaimGraph:
        wanted = set(claims)
        self._expect(wanted)
        loaded = ClaimLoad(self)
        loaded.add(wanted, competing=competing)
        chains = ChainLoad(self, self.rows(row_queries.ASSERTIONS, "claim", loaded.claims))
        chains.extend_both_ways()
        chains.extend_with_own_statements(loaded.claims.keys())
        return self._graph(loaded, chains, agents=agents, with_accused=with_accused)

    # Some assertions on some claims -------------------------------------------------------------------------------

    def graph_of_first_assertions(self, claim: int, most: int) -> tuple[ClaimGraph, int | None]:
        """The first assertions on a claim with their chains, and the last of these assertions; None where there are no
        more on the claim."""
        loaded = ClaimLoad(self)
        loaded.add({claim}, competing=False)
        found = row_queries.FIRST_ASSERTIONS.answers(
            self.connection, loaded.classes().of(claim), self.last_commit, most=most
        )
        rows = sorted(row_queries.ASSERTIONS.rows(found))[:most]
        last = rows[-1].key if len(rows) == most else None
        chains = ChainLoad(self, self.within_bounds(row_queries.ASSERTIONS, rows))
        chains.extend_both_ways()
        chains.extend_with_own_statements(())
        return self._graph(loaded, chains), last

    def graph_of_assertions(self, claims: Iterable[int], assertions: Iterable[int]) -> ClaimGraph:
        """These claims, and these assertions on them with their chains; not what else is said."""
        chains = self._chains_of(assertions)
        chains.extend_both_ways()
        chains.extend_with_own_statements(())
        return self._graph(self._claims_loaded(claims, competing=False), chains)

    def graph_of_assertions_among_competing_claims(
        self, claims: Iterable[int], assertions: Iterable[int]
    ) -> ClaimGraph:
        """The same, with the claims of the same issues: enough for what excludes what."""
        chains = self._chains_of(assertions)
        chains.extend_both_ways()
        chains.extend_with_own_statements(())
        return self._graph(self._claims_loaded(claims, competing=True), chains)

    def graph_of_dated_chains(self, claims: Iterable[int], assertions: Iterable[int]) -> ClaimGraph:
        """These claims, and these assertions with everything connected by relays: a step without a time takes it from
        another assertion that rests on it."""
        chains = self._chains_of(assertions)
        chains.close()
        chains.extend_with_own_statements(())
        return self._graph(self._claims_loaded(claims, competing=False), chains)

    def _chains_of(self, assertions: Iterable[int]) -> ChainLoad:
        return ChainLoad(self, self.rows(row_queries.ASSERTIONS, "key", assertions))

    def _claims_loaded(self, claims: Iterable[int], *, competing: bool) -> ClaimLoad:
        loaded = ClaimLoad(self)
        loaded.add(claims, competing=competing)
        return loaded

    def graph_resting_on(self, assertions: Iterable[int]) -> ClaimGraph:
        """These assertions and all that rests on them: which are live, and on what claims. Neither agents, nor
        evidence, nor what they rest on."""
        asked = set(assertions)
        self._expect(asked)
        loaded, chains = ClaimLoad(self), ChainLoad(self, self.rows(row_queries.ASSERTIONS, "key", asked))
        loaded.add(chains.claims, competing=False)
        chains.extend_upwards()
        said, whole = AssertionLoad(self, chains, loaded.classes()), frozenset(loaded.claims)
        loaded.add_by_name(chains.claims)
        return ClaimGraph(self._facts(loaded, said, whole))

    # Some agents --------------------------------------------------------------------------------------------------

    def graph_of_agents(self, agents: Iterable[int]) -> ClaimGraph:
        """These agents and everybody tied to them."""
        return ClaimGraph(_with_agents(Facts(), load_agents(self, agents)))

    # How a graph is put together ----------------------------------------------------------------------------------

    def _expect(self, asked: set[int]) -> None:
        if len(asked) > _FEW:
            transactions.expect_much(self.connection)

    def _graph(
        self,
        loaded: ClaimLoad,
        chains: ChainLoad,
        *,
        agents: Iterable[int] = (),
        with_accused: bool = False,
    ) -> ClaimGraph:
        """The graph of these claims with all that is linked to them, and of these chains with the agents in them."""
        said, whole = AssertionLoad(self, chains, loaded.classes()), frozenset(loaded.claims)
        loaded.add_by_name({row.claim for row in said.assertions.values()})
        facts = self._facts(loaded, said, whole)
        facts = evolve(facts, evidence=said.evidence(), debunked=said.debunked())
        if with_accused:
            accused, requests = accused_by(self, facts.claims), requests_about(self, facts.claims)
            facts = evolve(facts, accused=accused, requests=requests)
        return ClaimGraph(_with_agents(facts, load_agents(self, _agents_in(facts) | set(agents))))

    def _facts(self, loaded: ClaimLoad, said: AssertionLoad, whole: frozenset[int]) -> Facts:
        """Without agents and evidence. An assertion on a claim that is not within the bounds is not either."""
        relays = said.relays()
        return Facts(
            claims=loaded.claims,
            claim_links=loaded.links,
            entity_links=loaded.entity_links,
            attributes=loaded.attributes,
            attribute_order=loaded.attribute_order,
            whole=whole,
            assertions={key: row for key, row in said.assertions.items() if row.claim in loaded.claims},
            undated=said.undated,
            observed=said.observed(),
            stated=relays.stated,
            inferred=relays.inferred,
            relays=relays.ids,
            mentions=said.mentions(),
            outlets=said.outlets(),
            documents=said.documents(),
            asked_at=self.asked_at() if any(row.embargo_until for row in said.assertions.values()) else None,
            amendments=said.amendments(),
            joint_acts=said.joint_acts(),
        )


def _agents_in(facts: Facts) -> set[int]:
    """Everybody whom the facts name."""
    named = {row.agent for row in facts.assertions.values()}
    named |= {row.by for row in facts.amendments}
    named |= {row.by for rows in facts.debunked.values() for row in rows}
    named |= set(facts.outlets.values())
    named |= {row.noted_by for rows in facts.evidence.values() for row in rows if row.noted_by is not None}
    named |= {agent for _, agent in facts.accused}
    named |= {row.accused for row in facts.requests}
    return named | {row.asked_by for row in facts.requests if row.asked_by is not None}


def _with_agents(facts: Facts, found: LoadedAgents) -> Facts:
    return evolve(facts, agents=found.agents, agent_links=found.links, dated_links=found.dated_links)
