"""The shape that a workload turned out to have, counted in the flat rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

ORIGIN = "rests_on IS NULL"
QUERIES = {
    "sentences": "SELECT count(*) FROM assertion",
    "claims": "SELECT count(*) FROM claim",
    "topics": "SELECT count(*) FROM topic",
    "slots": "SELECT count(*) FROM slot",
    "amounts": "SELECT count(*) FROM claim WHERE lo IS NOT NULL",
    "excluding": "SELECT (SELECT count(*) FROM claim WHERE slot IS NOT NULL) - (SELECT count(*) FROM slot)",
    "of_first": "SELECT count(*) FROM assertion GROUP BY claim ORDER BY 1 DESC LIMIT 1",
    "denials": "SELECT count(*) FROM assertion WHERE stance = 'deny'",
    "other_stances": "SELECT count(*) FROM assertion WHERE stance NOT IN ('affirm', 'deny')",
    "resting": "SELECT count(*) FROM assertion WHERE rests_on IS NOT NULL",
    "anonymous": (
        f"SELECT count(*) FROM assertion JOIN agent ON agent.id = agent WHERE {ORIGIN} AND kind = 'anonymous'"
    ),
    "outlets": "SELECT count(*) FROM relay",
    "longest_chain": "SELECT max(position) FROM relay",
    "evidenced": "SELECT count(*) FROM evidence",
    "absent": "SELECT count(*) FROM evidence WHERE present = 0",
    "shortest_quote": "SELECT min(length(quote)) FROM assertion",
    "longest_quote": "SELECT max(length(quote)) FROM assertion",
}


@frozen
class Shape:
    """Numbers of sentences, claims and so on. `of_first` counts the sentences on the most popular claim, `excluding`
    those claims whose value excludes that of an earlier one."""

    sentences: int
    claims: int
    topics: int
    slots: int
    amounts: int
    excluding: int
    of_first: int
    denials: int
    other_stances: int
    resting: int
    anonymous: int
    outlets: int
    longest_chain: int
    evidenced: int
    absent: int
    shortest_quote: int
    longest_quote: int

    def __str__(self) -> str:
        origins = self.sentences - self.resting
        return (
            f"{self.sentences:,} sentences: {self.claims:,} claims about {self.topics:,} topics, "
            f"{self.excluding / self.claims:.1%} with a value that excludes an earlier one, "
            f"{self.amounts / self.claims:.0%} with an amount; {self.of_first:,} sentences on the most popular; "
            f"{self.denials / self.sentences:.1%} deny, {self.other_stances / self.sentences:.1%} take no position; "
            f"{self.resting / self.sentences:.1%} rest on an earlier assertion; of the origins "
            f"{self.anonymous / origins:.1%} are anonymous; chains of {self.outlets / self.sentences:.2f} outlets, "
            f"at most {self.longest_chain}; {self.evidenced / self.sentences:.1%} with evidence, of which "
            f"{self.absent / self.evidenced:.0%} reported absent; quotes of {self.shortest_quote} to "
            f"{self.longest_quote} characters"
        )


def shape_of(ask: Callable[[str], list[Any]]) -> Shape:
    return Shape(**{name: int(ask(query)[0][0] or 0) for name, query in QUERIES.items()})
