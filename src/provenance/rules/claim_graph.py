"""A world: the records that a question rests on, within its bounds, and what they resolve to.

Rows are those of the index; nothing in a world was withdrawn, recorded after `known` or said after `said`. Times are
microseconds since 1970 UTC, ids the bytes of the digests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from provenance.values.vocabulary import FIRST_HAND, Certainty, Naming, Stance

DAY = 86_400_000_000
"""Microseconds of a day."""

NAMING_RANK = {naming.value: rank for rank, naming in enumerate(Naming)}
FIRST_HAND_BASES = frozenset(basis.value for basis in FIRST_HAND)
CERTAINTY_WEIGHT = {
    Certainty.CERTAIN.value: 3,
    Certainty.PROBABLE.value: 2,
    Certainty.POSSIBLE.value: 1,
    Certainty.UNSPECIFIED.value: 0,
}
"""SEMANTICS.md, Conflicts, strength."""

_T = TypeVar("_T", bound=Hashable)


class AgentRow(NamedTuple):
    key: int
    id: bytes
    kind: str
    naming: str
    name: str | None
    label: str
    people: int
    known_to_desk: bool
    speaks_for: int | None


class ClaimRow(NamedTuple):
    key: int
    id: bytes
    text: str
    nature: str
    subject: int | None
    attribute: int | None
    scope: str | None
    entity: int | None
    lo: Decimal | None
    hi: Decimal | None
    pad: Decimal
    as_of_lo: int | None
    as_of_hi: int | None
    valid_lo: int | None
    valid_hi: int | None


class AttributeRow(NamedTuple):
    key: int
    name: str
    cardinality: str
    temporal: str
    value_type: str


class Terms(NamedTuple):
    """On what terms it was said, and in which language; None where it is not stated."""

    ground_rule: str | None
    language: str | None
    translated: bool | None
    translated_by: str | None


class AssertionRow(NamedTuple):
    key: int
    id: bytes
    agent: int
    claim: int
    stance: str
    certainty: str | None
    basis: str
    said: int
    day_lo: int
    day_hi: int
    terms: Terms | None = None


class EvidenceRow(NamedTuple):
    key: int
    id: bytes
    assertion: int
    kind: str
    present: bool
    item: str | None
    noted_by: int | None


class MentionRow(NamedTuple):
    document: int | None
    quote: str | None
    quote_type: str | None
    cue: str | None
    distanced: bool | None


class AmendmentRow(NamedTuple):
    key: int
    id: bytes
    kind: str
    by: int
    at: int
    note: str | None
    replaced_by: str | None


class RequestRow(NamedTuple):
    key: int
    id: bytes
    asked_by: int | None
    asked_at: int
    deadline: int | None


class DatedLink(NamedTuple):
    """A link, and the moments between which it holds; None is open."""

    kind: str
    source: int
    target: int
    lo: int | None
    hi: int | None


class Classes:
    """Which members are one: a union-find whose classes are named by their smallest member under `rank`."""

    def __init__(self, pairs: Iterable[tuple[int, int]], rank: Callable[[int], object] | None = None) -> None:
        parents: dict[int, int] = {}
        for a, b in pairs:
            parents[_root(parents, a)] = _root(parents, b)
        together: dict[int, list[int]] = defaultdict(list)
        for member in list(parents):
            together[_root(parents, member)].append(member)
        self.members: dict[int, list[int]] = {}
        """By its name, a class of more than one. One that is alone is its own class."""
        self._names: dict[int, int] = {}
        for ones in together.values():
            name = min(ones, key=rank)  # type: ignore[arg-type]
            self.members[name] = ones
            self._names.update(dict.fromkeys(ones, name))

    def __getitem__(self, member: int) -> int:
        """The name of the member's class; its own where nothing ties it to another."""
        return self._names.get(member, member)

    def of(self, member: int) -> list[int]:
        """All members of its class."""
        return self.members[self._names[member]] if member in self._names else [member]


def _root(parents: dict[int, int], member: int) -> int:
    parents.setdefault(member, member)
    while parents[member] != member:
        parents[member] = member = parents[parents[member]]
    return member


def reachable(starts: Iterable[_T], steps: Callable[[_T], Iterable[_T]]) -> set[_T]:
    """Everything that can be reached from the starts, they included; loops are walked once."""
    seen = set(starts)
    frontier = list(seen)
    while frontier:
        for following in steps(frontier.pop()):
            if following not in seen:
                seen.add(following)
                frontier.append(following)
    return seen


class ClaimGraph:
    """The records in reach of some claims, and the derived sets of the law."""

    def __init__(self) -> None:
        self.agents: dict[int, AgentRow] = {}
        self.claims: dict[int, ClaimRow] = {}
        self.attributes: dict[int, AttributeRow] = {}
        self.assertions: dict[int, AssertionRow] = {}
        self.agent_links: list[tuple[str, int, int]] = []
        self.dated_links: list[DatedLink] = []
        """Control groups and spokespersons of a time only: they count for what was said in it."""
        self.claim_links: list[tuple[str, int, int]] = []
        self.entity_links: list[tuple[str, int, int]] = []
        self.attribute_order: set[tuple[int, int]] = set()
        self.stated: dict[int, set[int]] = defaultdict(set)
        """From the later assertion to those it rests on, also where these are outside of the bounds."""
        self.inferred: dict[int, set[int]] = defaultdict(set)
        self.relays: dict[tuple[int, int, bool], bytes] = {}
        """By the later and the earlier assertion, and whether it was stated, the id of their relay."""
        self.evidence: dict[int, list[EvidenceRow]] = defaultdict(list)
        self.mentions: dict[int, list[MentionRow]] = defaultdict(list)
        self.amendments: dict[int, list[AmendmentRow]] = defaultdict(list)
        self.undated: set[int] = set()
        """Assertions of which neither the time nor a publication's is known: they count as said when recorded."""
        self.observed: set[int] = set()
        self.accused: dict[int, set[int]] = defaultdict(set)
        self.requests: dict[tuple[int, int], list[RequestRow]] = defaultdict(list)
        """By claim and accused, what newsrooms asked them."""
        self.absent: frozenset[int] = frozenset()
        """Assertions to reason without, as if they were amended."""
        self.derived: dict[str, Any] = {}
        """What queries have found of this world as a whole."""
        self.whole: set[int] = set()
        """The claims whose standing and conflicts can be told: with all that is linked to them."""

    # Identity ---------------------------------------------------------------------------------------------------

    def _agent_pairs(self, *kinds: str) -> list[tuple[int, int]]:
        return [(a, b) for kind, a, b in self.agent_links if kind in kinds]

    def _spoken_pairs(self) -> list[tuple[int, int]]:
        fields = [
            (agent.key, agent.speaks_for) for agent in self.agents.values() if agent.speaks_for in self.agents
        ]
        return fields + self._agent_pairs("speaks_for")

    def _agent_rank(self, key: int) -> bytes:
        return self.agents[key].id

    @cached_property
    def agent_classes(self) -> Classes:
        return Classes(self._agent_pairs("same_agent"), self._agent_rank)

    @cached_property
    def sides(self) -> Classes:
        """Class over same_as, control group, speaks_for: known to be one voice."""
        return Classes(
            self._agent_pairs("same_agent", "control_group") + self._spoken_pairs(), self._agent_rank
        )

    @cached_property
    def possible_sides(self) -> Classes:
        """The same, with maybe_same."""
        pairs = self._agent_pairs("same_agent", "control_group", "maybe_same_agent") + self._spoken_pairs()
        return Classes(pairs, self._agent_rank)

    @cached_property
    def _spokes(self) -> dict[int, int]:
        """Whom each class of agents speaks for: the smallest id among the others that its members speak for."""
        targets: dict[int, list[int]] = defaultdict(list)
        for speaker, target in self._spoken_pairs():
            if self.agent_classes[speaker] != self.agent_classes[target]:
                targets[self.agent_classes[speaker]].append(target)
        return {
            speaker: self.agent_classes[min(found, key=self._agent_rank)]
            for speaker, found in targets.items()
        }

    def face_of(self, agent: int) -> int:
        """Which member of a class of agents it is shown by: the one that its merges point to."""
        if not self.agent_classes.members:
            return agent
        merges = [(a, b) for a, b in self._agent_pairs("same_agent") if self.agent_classes[a] == agent]
        merged = {a for a, _ in merges}
        return min({b for _, b in merges} - merged, key=self._agent_rank, default=agent)

    def agent_of(self, assertion: int) -> int:
        return self.agent_classes[self.assertions[assertion].agent]

    def holder_of_agent(self, agent: int) -> int:
        """Whom the agent speaks for at all times, else the agent itself."""
        resolved = self.agent_classes[agent]
        return self._spokes.get(resolved, resolved)

    def holder(self, assertion: int) -> int:
        """Whom the assertion's agent spoke for when it said so, else the agent itself."""
        agent = self.assertions[assertion].agent
        if self.dated_links:
            resolved = self.agent_classes[agent]
            then = [
                (link.source, link.target) for link in self._links_at(assertion) if link.kind == "speaks_for"
            ]
            spoken_for = [
                target
                for speaker, target in [*then, *self._spoken_pairs()]
                if self.agent_classes[speaker] == resolved != self.agent_classes[target]
            ]
            return self.agent_classes[min(spoken_for, key=self._agent_rank, default=agent)]
        return self.holder_of_agent(agent)

    def _links_at(self, assertion: int) -> list[DatedLink]:
        """The dated links that held when it was said."""
        row = self.assertions[assertion]
        return [
            link
            for link in self.dated_links
            if (link.lo is None or link.lo <= row.said) and (link.hi is None or row.day_lo <= link.hi)
        ]

    def sides_among(self, assertions: Iterable[int], *, cautious: bool = False) -> dict[int, int]:
        """Which of the assertions are of one voice: each one's side, by the dates of the links between them.

        A dated link joins what was said while it held to the other end's side. `cautious`: possibly one voice.
        """
        sides = self.possible_sides if cautious else self.sides
        own = {one: sides[self.assertions[one].agent] for one in assertions}
        if not self.dated_links:
            return own
        voices = {one: self._voices(one, sides) for one in own}
        joined = Classes(
            ((own[one], other) for one, others in voices.items() for other in others), self._agent_rank
        )
        return {one: joined[side] for one, side in own.items()}

    def head_of(self, side: int) -> int:
        """Whom a side is called by: who is at the top of its control groups and spokespersons, else the side's name."""
        ties = [*self._agent_pairs("control_group"), *self._spoken_pairs()]
        ties += [(link.source, link.target) for link in self.dated_links]
        members = set(self.sides.of(side))
        below = {self.agent_classes[a] for a, _ in ties}
        heads = {self.agent_classes[b] for _, b in ties if b in members} - below
        return min(heads, key=self._agent_rank, default=side)

    def speaks_as(self, assertion: int, agent: int, *, by: str) -> bool:
        """Whether it is the agent's own, or with by="group" of one voice with the agent's side."""
        if by == "agent":
            return self.agent_of(assertion) == self.agent_classes[agent]
        return self.sides[agent] in self._voices(assertion, self.sides)

    def _voices(self, assertion: int, sides: Classes) -> set[int]:
        if not self.dated_links:
            return {sides[self.assertions[assertion].agent]}
        steps: dict[int, set[int]] = defaultdict(set)
        for link in self._links_at(assertion):
            a, b = sides[link.source], sides[link.target]
            steps[a].add(b)
            steps[b].add(a)
        return reachable([sides[self.assertions[assertion].agent]], lambda side: steps.get(side, ()))

    def members(self, agent: int) -> list[AgentRow]:
        return [self.agents[member] for member in self.agent_classes.of(agent)]

    def naming(self, agent: int) -> str:
        if agent not in self.agent_classes.members:
            return self.agents[agent].naming
        return min((member.naming for member in self.members(agent)), key=NAMING_RANK.__getitem__)

    def is_outlet(self, agent: int) -> bool:
        return any(member.kind == "outlet" for member in self.members(agent))

    def is_identified(self, agent: int) -> bool:
        naming = self.naming(agent)
        if naming in ("named", "partial", "role"):
            return True
        return naming == "anonymous" and any(member.known_to_desk for member in self.members(agent))

    @cached_property
    def _sided(self) -> set[int]:
        """The classes of agents with a control group or a speaks_for of their own."""
        return {self.agent_classes[a] for a, _ in self._spoken_pairs() + self._agent_pairs("control_group")}

    def has_own_side(self, assertion: int) -> bool:
        """Its agent has a control group or a speaks_for of its own, at the time."""
        agent = self.agent_of(assertion)
        return agent in self._sided or any(
            self.agent_classes[link.source] == agent for link in self._links_at(assertion)
        )

    @cached_property
    def _entity_classes(self) -> Classes:
        return self._entity_classes_now()

    def _entity_classes_now(self) -> Classes:
        return Classes((a, b) for kind, a, b in self.entity_links if kind == "same_entity")

    @cached_property
    def _wholes(self) -> dict[int, set[int]]:
        wholes: dict[int, set[int]] = defaultdict(set)
        for kind, part, whole in self.entity_links:
            if kind == "part_of":
                wholes[self._entity_classes[part]].add(self._entity_classes[whole])
        return wholes

    def entity(self, key: int) -> int:
        return self._entity_classes[key]

    def lies_within(self, part: int, whole: int) -> bool:
        """Either is the other, or a part of it at any depth."""
        return whole in reachable([part], lambda place: self._wholes.get(place, ()))

    @cached_property
    def claim_classes(self) -> Classes:
        return self.claim_classes_now()

    def claim_classes_now(self) -> Classes:
        """Merged claims, and those that say the same once their entities are resolved. Named by the claim that a merge
        points to; the smallest, if several. Not kept: for a world being loaded."""
        merges = [(a, b) for kind, a, b in self.claim_links if kind == "same_claim"]
        targets = {b for _, b in merges}
        return Classes(
            [*merges, *self._equal_claims()], lambda key: (key not in targets, self.claims[key].id)
        )

    def _equal_claims(self) -> Iterator[tuple[int, int]]:
        """Where no entities are merged, structured claims that say the same are one record."""
        entities = self._entity_classes_now()
        if not entities.members:
            return
        first: dict[object, int] = {}
        for claim in self.claims.values():
            if claim.subject is not None:
                value = None if claim.entity is None else entities[claim.entity]
                resolved = claim._replace(
                    key=0, id=b"", text="", subject=entities[claim.subject], entity=value
                )
                yield claim.key, first.setdefault(resolved, claim.key)

    def claim_of(self, assertion: int) -> int:
        return self.claim_classes[self.assertions[assertion].claim]

    def nature(self, claim: int) -> str:
        return self.claims[claim].nature

    def structure(self, claim: int) -> ClaimRow | None:
        """The structure of a claim's class: the canonical claim's, else that of the smallest id that has one."""
        members = [self.claims[member] for member in self.claim_classes.of(claim)]
        members.sort(key=lambda row: (row.key != claim, row.id))
        return next((row for row in members if row.subject is not None), None)

    @cached_property
    def _entailed(self) -> dict[int, set[int]]:
        entailed: dict[int, set[int]] = defaultdict(set)
        for kind, a, b in self.claim_links:
            if kind == "entails":
                entailed[self.claim_classes[a]].add(self.claim_classes[b])
        return entailed

    @cached_property
    def _entailing(self) -> dict[int, set[int]]:
        entailing: dict[int, set[int]] = defaultdict(set)
        for specific, generals in self._entailed.items():
            for general in generals:
                entailing[general].add(specific)
        return entailing

    def generals(self, claim: int) -> set[int]:
        """The claim and all that it entails."""
        return reachable([claim], lambda one: self._entailed.get(one, ()))

    def specifics(self, claim: int) -> set[int]:
        """The claim and all that entail it."""
        return reachable([claim], lambda one: self._entailing.get(one, ()))

    # Derived sets -----------------------------------------------------------------------------------------------

    def without(self, absent: Iterable[int]) -> ClaimGraph:
        """The same records, as if these assertions were amended."""
        other = ClaimGraph()
        for name, value in self.__dict__.items():
            if name not in ("live", "origins_by_claim", "_positions", "_taken", "_displaced", "derived"):
                other.__dict__[name] = value
        other.absent = self.absent | frozenset(absent)
        return other

    def is_active(self, assertion: int) -> bool:
        return (
            assertion in self.assertions and assertion not in self.amendments and assertion not in self.absent
        )

    @cached_property
    def _parents(self) -> dict[int, list[int]]:
        return {
            one: sorted(parent for parent in parents if parent in self.assertions)
            for one, parents in self.stated.items()
        }

    def parents(self, assertion: int) -> Sequence[int]:
        """What it rests on by stated relays, within the bounds; in the order of recording."""
        return self._parents.get(assertion, ())

    @cached_property
    def live(self) -> set[int]:
        """Active, and observed or reached from an observed active one through active ones."""
        seen = [one for one in self.observed if self.is_active(one)]
        return reachable(seen, lambda one: (parent for parent in self.parents(one) if self.is_active(parent)))

    @cached_property
    def by_claim(self) -> dict[int, list[int]]:
        """The assertions on each class of claims, in the order of recording."""
        found: dict[int, list[int]] = defaultdict(list)
        for key in sorted(self.assertions):
            found[self.claim_of(key)].append(key)
        return found

    def certainty(self, assertion: int) -> str:
        """Its own; of a relay that does not state one, that of the surest assertion which it rests on."""
        own = self.assertions[assertion].certainty
        if own is not None:
            return own

        def unstated_from(one: int) -> Sequence[int]:
            return self.parents(one) if self.assertions[one].certainty is None else ()

        found = [self.assertions[one].certainty for one in reachable([assertion], unstated_from)]
        stated = [certainty for certainty in found if certainty is not None]
        return max(stated, key=CERTAINTY_WEIGHT.__getitem__, default=Certainty.CERTAIN.value)

    def is_first_hand(self, assertion: int) -> bool:
        return self.assertions[assertion].basis in FIRST_HAND_BASES

    def is_origin(self, assertion: int) -> bool:
        row = self.assertions[assertion]
        if row.stance != Stance.AFFIRM or assertion not in self.live:
            return False
        return row.basis in FIRST_HAND_BASES or not self.stated.get(assertion)

    @cached_property
    def origins_by_claim(self) -> dict[int, list[int]]:
        return {
            claim: [one for one in assertions if self.is_origin(one)]
            for claim, assertions in self.by_claim.items()
        }

    def origins(self, claim: int) -> list[int]:
        """The origins of a claim and of all that entail it, in the order of recording."""
        found = [one for specific in self.specifics(claim) for one in self.origins_by_claim.get(specific, ())]
        return sorted(found)

    @cached_property
    def _positions(self) -> dict[int, dict[int, list[int]]]:
        """By claim and holder, the latest live affirmations and denials; at equal times all."""
        found: dict[int, dict[int, list[int]]] = {}
        for claim, assertions in self.by_claim.items():
            held: dict[int, list[int]] = defaultdict(list)
            for one in assertions:
                if one in self.live and self.assertions[one].stance in (Stance.AFFIRM, Stance.DENY):
                    held[self.holder(one)].append(one)
            found[claim] = {holder: self._latest(ones) for holder, ones in held.items()}
        return found

    def _latest(self, assertions: list[int]) -> list[int]:
        latest = max(self.assertions[one].said for one in assertions)
        return [one for one in assertions if self.assertions[one].said == latest]

    @cached_property
    def _taken(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for claim, held in self._positions.items():
            for ones in held.values():
                for one in ones:
                    found[claim, self.assertions[one].stance].append(one)
        return found

    def positions(self, claim: int, stance: str) -> Sequence[int]:
        """Every holder's position on the claim, where it takes this stance."""
        return self._taken.get((claim, stance), ())

    def position(self, holder: int, claim: int) -> str:
        """One word for where a holder stands: deny before affirm; else no_comment, silence, question; else none."""
        ones = self._positions.get(claim, {}).get(holder)
        if ones:
            stances = {self.assertions[one].stance for one in ones}
            return "deny" if "deny" in stances else "affirm"
        order = ("no_comment", "silence", "question")
        quiet = [
            one
            for one in self.by_claim.get(claim, ())
            if one in self.live and self.holder(one) == holder and self.assertions[one].stance in order
        ]
        if not quiet:
            return "none"
        return min((self.assertions[one].stance for one in self._latest(quiet)), key=order.index)

    def issue(self, claim: int) -> tuple[int, int, str | None] | None:
        """(subject, attribute, scope) of a structured claim, the subject resolved."""
        row = self.structure(claim)
        if row is None or row.subject is None or row.attribute is None:
            return None
        return self.entity(row.subject), row.attribute, row.scope

    @cached_property
    def _displaced(self) -> set[int]:
        """Affirmed positions on a constant or cumulative single-valued slot that a holder's later one replaces."""
        held: dict[object, list[int]] = defaultdict(list)
        for claim in self._positions:
            issue = self.issue(claim)
            if issue is None:
                continue
            attribute = self.attributes[issue[1]]
            if attribute.cardinality != "single" or attribute.temporal == "state":
                continue
            for one in self.positions(claim, Stance.AFFIRM):
                held[self.nature(claim), issue, self.holder(one)].append(one)
        return {one for ones in held.values() for one in set(ones) - set(self._latest(ones))}

    def current(self, claim: int) -> list[int]:
        """The affirmed positions on a claim that conflicts use."""
        return [one for one in self.positions(claim, Stance.AFFIRM) if one not in self._displaced]

    def carried(self, claim: int) -> list[int]:
        """Live relays, and live affirmations that rest on another, unless all that they lead to is no affirmation."""
        found = []
        for one in self.by_claim.get(claim, ()):
            row = self.assertions[one]
            is_resting = row.stance == Stance.AFFIRM and bool(self.stated.get(one, set()) - {one})
            if one in self.live and (row.stance == Stance.RELAY or is_resting):
                below = reachable(self.parents(one), self.parents)
                said = {
                    self.assertions[other].stance
                    for other in below
                    if self.claim_of(other) == claim and self.assertions[other].stance != Stance.RELAY
                }
                if not said or Stance.AFFIRM in said:
                    found.append(one)
        return found
