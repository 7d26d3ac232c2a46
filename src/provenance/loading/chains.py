"""Loading chains: what assertions rest on, what rests on them, and other records of their speech events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from provenance.loading import row_queries
from provenance.loading.reader import IndexReader
from provenance.loading.row_queries import AssertionFound, RelayFound


class ChainLoad:
    """Assertions with their chains while a graph is loaded."""

    def __init__(self, reader: IndexReader, assertions: Iterable[AssertionFound]) -> None:
        self._reader = reader
        self.assertions = {row.key: row for row in assertions}
        self._relays: dict[int, RelayFound] = {}

    @property
    def relays(self) -> list[RelayFound]:
        """Those that were walked, in the order of recording."""
        return [self._relays[key] for key in sorted(self._relays)]

    @property
    def claims(self) -> set[int]:
        """The claims that the assertions are on."""
        return {row.claim for row in self.assertions.values()}

    def add(self, assertions: Iterable[AssertionFound]) -> None:
        self.assertions.update((row.key, row) for row in assertions)

    def extend_both_ways(self) -> None:
        """Adds all that rests on the assertions, and all that these and those rest on."""
        start = self._with_events(set(self.assertions))
        found = self._reader.rows_of(row_queries.RELAYS_AT, row_queries.RELAYS, start)
        self._relays.update((row.key, row) for row in found)
        self._walk(start, "target", {row.source for row in found} - start)
        below = self.assertions.keys() | {row.target for row in self._relays.values()}
        self._walk(start, "source", below - start)

    def extend_upwards(self) -> None:
        """Adds all that rests on the assertions."""
        start = self._with_events(set(self.assertions))
        found = self._reader.rows(row_queries.RELAYS, "target", start)
        self._relays.update((row.key, row) for row in found)
        self._walk(start, "target", {row.source for row in found} - start)

    def extend_with_own_statements(self, whole: Collection[int]) -> None:
        """Adds, beside each assertion, all that its agent says of its claim, with their chains: what takes an assertion
        back, and whom its agent has it from, may stand there. Of the claims in `whole` everything is there already."""
        done: set[int] = set()
        while True:
            asked = {key for key, row in self.assertions.items() if row.claim not in whole} - done
            if not asked:
                return
            done |= asked
            rows = [self.assertions[key] for key in asked]
            found = self._reader.rows_of(row_queries.BESIDE, row_queries.ASSERTIONS, asked)
            found.extend(self._of_merged(rows))
            missing = [row for row in found if row.key not in self.assertions]
            done |= {row.key for row in missing}
            if missing:
                self.add(missing)
                self.extend_both_ways()

    def _of_merged(self, rows: Sequence[AssertionFound]) -> list[AssertionFound]:
        """What merged agents say of merged claims: of all pairs of both that are not these rows' own."""
        if not self._reader.holds.links:
            return []
        claims = {row.claim for row in rows}
        agents = {row.agent for row in rows}
        same_claims = self._reader.linked(claims, "same_claim")
        same_agents = self._reader.linked(agents, "same_agent")
        if same_claims == claims and same_agents == agents:
            return []
        found = self._reader.rows(row_queries.ASSERTIONS, "claim", same_claims)
        return [row for row in found if row.agent in same_agents]

    def close(self) -> None:
        """Adds, over relays either way, everything that can be reached from the assertions."""
        reached: set[int] = set()
        while self.assertions.keys() - reached:
            reached = set(self.assertions)
            self.extend_both_ways()

    def _walk(self, seen: set[int], here: str, frontier: set[int]) -> None:
        """Adds the frontier and what can be reached from it over relays, each from its end `here` to the other."""
        there = "source" if here == "target" else "target"
        while frontier:
            frontier = self._with_events(frontier)
            found = self._reader.rows(row_queries.RELAYS, here, frontier)
            self._relays.update((row.key, row) for row in found)
            seen = seen | frontier
            frontier = {getattr(row, there) for row in found} - seen
        self.add(self._reader.rows(row_queries.ASSERTIONS, "key", seen - self.assertions.keys()))

    def _with_events(self, assertions: set[int]) -> set[int]:
        return self._reader.linked(assertions, "same_event")
