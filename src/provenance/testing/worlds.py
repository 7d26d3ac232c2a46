"""Worlds: commits of records that belong together, to be recorded in a ledger and asked about."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from attrs import frozen
from hypothesis import strategies as st

from provenance.ledger import Ledger
from provenance.testing import strategies, value_strategies
from provenance.values.records import (
    Agent,
    Amendment,
    Assertion,
    Assessment,
    Claim,
    CommentRequest,
    Document,
    Evidence,
    Link,
    Mention,
    Record,
    Relay,
    Withdrawal,
)
from provenance.values.references import LINKED_TYPES
from provenance.values.vocabulary import AgentKind, LinkKind


def _kinds_of_links(record_type: type[Record]) -> tuple[LinkKind, ...]:
    return tuple(kind for kind, linked in LINKED_TYPES.items() if linked == record_type.TYPE)


@frozen
class World:
    """Some commits in their order: each has entries, each entry has records. Recorded in this order, all are valid."""

    commits: tuple[tuple[tuple[Record, ...], ...], ...]

    def record(self, ledger: Ledger, *, by: str = "the world's desk") -> None:
        for entries in self.commits:
            with ledger.begin(by=by) as desk:
                for records in entries:
                    desk.add(*records)

    @property
    def records(self) -> list[Record]:
        """All records of all commits, in their order."""
        return [record for entries in self.commits for records in entries for record in records]

    @property
    def claims(self) -> list[Claim]:
        """The claims that the world's assertions are about, each once."""
        claims = {record.claim.id: record.claim for record in self.records if isinstance(record, Assertion)}
        return [claim for claim in claims.values() if isinstance(claim, Claim)]


@st.composite
def worlds(draw: st.DrawFn, *, longest: int = 8, confidential: bool = False) -> World:
    """Worlds of few agents and few claims, with one to `longest` assertions.

    The assertions are relayed along chains and in loops, found in stories, and have evidence or not. Agents and claims
    are linked and merged; some records are amended, assessed and withdrawn. With `confidential` some sources are
    sealed, and the ledger needs keys.
    """
    people = draw(_people(confidential=confidential))
    claims = draw(st.lists(strategies.claims(accused=st.sampled_from(people)), min_size=1, max_size=3))
    said = draw(
        st.lists(
            strategies.assertions(agent=st.sampled_from(people), claim=st.sampled_from(claims)),
            min_size=1,
            max_size=longest,
        )
    )
    ties = draw(_ties(people, claims, said))
    steps = [*draw(_grounds(said)), *ties, *draw(_reactions(people, claims, said, ties))]
    return World(draw(_commits([(one,) for one in said], [(step,) for step in steps])))


@st.composite
def _people(draw: st.DrawFn, *, confidential: bool) -> list[Agent]:
    """Outlets, and sources found in their stories."""
    outlets = draw(st.lists(strategies.outlets(), min_size=1, max_size=3, unique_by=lambda one: one.id))
    stories = strategies.documents(outlet=st.sampled_from(outlets))
    sources = strategies.agents(found_in=stories)
    if confidential:
        sources |= strategies.agents(found_in=stories, confidential=True)
    return [*outlets, *draw(st.lists(sources, max_size=4))]


@st.composite
def _grounds(draw: st.DrawFn, said: Sequence[Assertion]) -> list[Record]:
    """Where the assertions were found, what they rest on, and what was cited for them."""
    any_of_them = st.sampled_from(said)
    found: list[Record] = [
        Mention(assertion=one, document=draw(_own_story(one))) for one in said if draw(st.booleans())
    ]
    pairs = draw(st.lists(st.tuples(any_of_them, any_of_them), max_size=6))
    relays = [Relay(source=later, target=earlier) for earlier, later in pairs]
    shown: list[Evidence] = draw(st.lists(strategies.evidence(assertion=any_of_them), max_size=3))
    return [*found, *relays, *shown]


def _own_story(assertion: Assertion) -> st.SearchStrategy[Document | None]:
    agent = assertion.agent
    if not isinstance(agent, Agent) or agent.kind is not AgentKind.OUTLET:
        return st.none()
    return st.none() | strategies.documents(outlet=st.just(agent))


@st.composite
def _ties(
    draw: st.DrawFn, people: Sequence[Agent], claims: Sequence[Claim], said: Sequence[Assertion]
) -> list[Link]:
    found: list[Link] = []
    linked: tuple[tuple[type[Record], Sequence[Record]], ...]
    linked = ((Agent, people), (Claim, claims), (Assertion, said))
    for record_type, ends in linked:
        if len({one.id for one in ends}) > 1 and draw(st.booleans()):
            tie: Link = draw(
                strategies.links(draw(st.sampled_from(_kinds_of_links(record_type))), st.sampled_from(ends))
            )
            found.append(tie)
    return found


@st.composite
def _reactions(
    draw: st.DrawFn,
    people: Sequence[Agent],
    claims: Sequence[Claim],
    said: Sequence[Assertion],
    ties: Sequence[Link],
) -> list[Record]:
    """What came of it: retractions, requests for comment, verdicts, and withdrawals of links."""
    amended: list[Amendment] = draw(st.lists(strategies.amendments(target=st.sampled_from(said)), max_size=2))
    person, claim = st.sampled_from(people), st.sampled_from(claims)
    asked = st.builds(CommentRequest, accused=person, claim=claim)
    assessed = st.builds(Assessment, claim=claim, verdict=value_strategies.texts(), by=person)
    beside: list[Record] = draw(st.lists(asked | assessed, max_size=2))
    withdrawn = [Withdrawal(target=tie) for tie in ties if draw(st.integers(0, 3)) == 0]
    return [*amended, *beside, *withdrawn]


@st.composite
def _commits(
    draw: st.DrawFn, *groups: Sequence[tuple[Record, ...]]
) -> tuple[tuple[tuple[Record, ...], ...], ...]:
    """The entries in their order, cut into one to four commits."""
    entries = list(itertools.chain(*groups))
    cuts = sorted(draw(st.lists(st.integers(1, len(entries)), max_size=3)))
    ends = itertools.pairwise([0, *cuts, len(entries)])
    return tuple(tuple(entries[start:end]) for start, end in ends if start < end)
