"""The law of `docs/semantics.md`, said once more: small, slow, and in the law's own words and order.

It shares nothing with the library, so that the two can be held against each other on any world. `answer`
takes the records and one query of a case and gives what the case should expect. Nothing here is fast, and
nothing is clever.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import Any

Number = Fraction | float
Moment = tuple[int, int]
"""Where it lies among the unstated ones, and microseconds since 1970 UTC."""
Row = tuple[str, ...]
Window = tuple[Moment, Moment]

OPEN_START: Moment = (-1, 0)
UNKNOWN_TIME: Moment = (0, 0)
OPEN_END: Moment = (2, 0)
DAY = 86_400_000_000

FIRST_HAND = frozenset({"witness", "own_act", "document", "data"})
NAMINGS = ("named", "partial", "role", "anonymous", "unattributed")
NOT_SAYING_IT = frozenset({"deny", "question", "no_comment", "silence"})
CERTAINTY = {"certain": 3, "probable": 2, "possible": 1, "unspecified": 0}
CONFLICTS = frozenset({"value", "order", "explicit", "polarity"})


# Records


@dataclass(frozen=True)
class Agent:
    id: str
    kind: str
    naming: str
    name: str
    same_as: str | None
    maybe_same: str | None
    speaks_for: str | None
    group: str | None
    count: int
    known_to_desk: bool


@dataclass(frozen=True)
class Attribute:
    id: str
    cardinality: str
    temporal: str
    value_type: str


@dataclass(frozen=True)
class Structure:
    """What a structured claim says; `as_of` and `valid` are None where no end is stated."""

    nature: str
    subject: str
    attribute: str
    scope: str | None
    value: str | None
    lo: Number
    hi: Number
    pad: Number
    unknown: bool
    as_of: Window | None
    valid: Window | None


@dataclass(frozen=True)
class Claim:
    id: str
    nature: str
    same_as: str | None
    structure: Structure | None


@dataclass(frozen=True)
class Assertion:
    id: str
    agent: str
    claim: str
    stance: str
    basis: str
    certainty: str
    said_at: Moment
    recorded_at: Moment
    observed: bool


@dataclass(frozen=True)
class Relay:
    child: str
    parent: str
    stated: bool
    recorded_at: Moment


@dataclass(frozen=True)
class Evidence:
    assertion: str
    kind: str
    present: bool
    ref: str | None
    recorded_at: Moment


@dataclass(frozen=True)
class Amendment:
    target: str
    is_open_to_all: bool
    by: str
    said_at: Moment
    recorded_at: Moment


def rows(records: dict[str, Any], name: str) -> list[Any]:
    return list(records.get(name) or ())


def microseconds(instant: datetime) -> int:
    since = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def span(text: str) -> tuple[int, int]:
    """The first and the last microsecond: of a month, of a date (its whole day), or the instant itself."""
    if len(text) > len("2026-02-01"):
        return (microseconds(datetime.fromisoformat(text)),) * 2
    year, month, *day = (int(part) for part in text.split("-"))
    first, last = (day[0], day[0]) if day else (1, monthrange(year, month)[1])
    start, end = (
        microseconds(datetime.fromisoformat(date(year, month, d).isoformat())) for d in (first, last)
    )
    return start, end + DAY - 1


def moment(text: str | None, missing: Moment = UNKNOWN_TIME) -> Moment:
    """The moment that a time counts as: its last."""
    return (1, span(text)[1]) if text else missing


def moments(lo: str | None, hi: str | None) -> Window | None:
    """An as-of window: a date is one moment."""
    if lo is None and hi is None:
        return None
    return moment(lo, OPEN_START), moment(hi, OPEN_END)


def whole(lo: str | None, hi: str | None) -> Window | None:
    """A validity: from the first moment of its beginning to the last of its end."""
    if lo is None and hi is None:
        return None
    return (1, span(lo)[0]) if lo else OPEN_START, moment(hi, OPEN_END)


def number(value: object) -> Fraction | None:
    """The number that a number, or text that is one, stands for; None for other words."""
    try:
        return Fraction(str(value))
    except ValueError:
        return None


def given(row: dict[str, Any], field: str, default: Any) -> Any:
    found = row.get(field)
    return default if found is None else found


def joined(ids: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The class of each id, once every pair is one."""
    classes = {i: frozenset({i}) for i in ids}
    for a, b in pairs:
        both = classes.get(a, frozenset({a})) | classes.get(b, frozenset({b}))
        classes |= dict.fromkeys(both, both)
    return classes


def reached(starts: Iterable[str], step: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """All that one step or more from the starts lead to: a start only where a loop leads back."""
    found: set[str] = set()
    ahead = [after for start in starts for after in step(start)]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += step(here)
    return frozenset(found)


@dataclass(frozen=True, eq=False)
class World:
    """A case's records as of two bounds; `without` are assertions that a question supposes away."""

    records: dict[str, Any]
    said: Moment
    known: Moment
    without: frozenset[str] = frozenset()

    # Agents

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """Every agent with a row or named by an assertion or a link; organisations where only linked to."""
        found = {row["id"]: agent_of_row(row) for row in rows(self.records, "agents")}
        for row in rows(self.records, "assertions"):
            found.setdefault(row["agent"], agent_of_row({"id": row["agent"]}))
        for agent in list(found.values()):
            for linked in (agent.same_as, agent.maybe_same, agent.speaks_for):
                if linked is not None:
                    found.setdefault(linked, agent_of_row({"id": linked, "kind": "organisation"}))
        return found

    @cached_property
    def _agent_classes(self) -> dict[str, frozenset[str]]:
        return joined(self.agents, ((a.id, a.same_as) for a in self.agents.values() if a.same_as))

    @cached_property
    def _voice_pairs(self) -> list[tuple[str, str]]:
        pairs = [(a.id, a.same_as) for a in self.agents.values() if a.same_as]
        pairs += [(a.id, a.speaks_for) for a in self.agents.values() if a.speaks_for]
        return pairs + [(a.id, "G:" + a.group) for a in self.agents.values() if a.group]

    @cached_property
    def _sides(self) -> dict[str, frozenset[str]]:
        return joined(self.agents, self._voice_pairs)

    def cautious_sides(self, claim: str) -> dict[str, frozenset[str]]:
        """The sides, with maybe_same and shared names; a name is shared among the origins of one claim alone."""
        maybe = [(a.id, a.maybe_same) for a in self.agents.values() if a.maybe_same]
        named = shared_names(self, {self.agent_of(a) for a in origins_of(self, claim)})
        return joined(self.agents, [*self._voice_pairs, *maybe, *named])

    # Entities and attributes

    @cached_property
    def _entities(self) -> dict[str, frozenset[str]]:
        return joined((), ((a, b) for a, b in rows(self.records, "same_subject")))

    def entity(self, name: str) -> str:
        return min(self._entities.get(name, {name}))

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        return {row["id"]: attribute_of_row(row) for row in rows(self.records, "attributes")}

    def attribute(self, name: str) -> Attribute:
        return self.attributes.get(name) or attribute_of_row({"id": name})

    # Claims

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """Every claim with a row or named by an assertion or a link, as recorded."""
        found = {row["id"]: claim_of_row(self, row) for row in rows(self.records, "claims")}
        named = [row["claim"] for row in rows(self.records, "assertions")]
        named += [row[end] for row in rows(self.records, "claim_links") for end in ("a", "b")]
        named += [claim.same_as for claim in found.values() if claim.same_as]
        for name in named:
            found.setdefault(name, claim_of_row(self, {"id": name}))
        return found

    @cached_property
    def _claim_classes(self) -> dict[str, frozenset[str]]:
        merged = [(c.id, c.same_as) for c in self.claims.values() if c.same_as]
        equal = [
            (a.id, b.id)
            for a in self.claims.values()
            for b in self.claims.values()
            if a.structure is not None and a.structure == b.structure
        ]
        return joined(self.claims, merged + equal)

    def is_one(self, a: str, b: str) -> bool:
        """Whether two rows are one claim as recorded, whatever is merged: a tie between them says nothing."""
        unmerged = replace(self, records={**self.records, "same_subject": None})
        one = structure_of_row(unmerged, self._claim_rows.get(a, {}))
        return one is not None and one == structure_of_row(unmerged, self._claim_rows.get(b, {}))

    @cached_property
    def _claim_rows(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in rows(self.records, "claims")}

    @cached_property
    def _canonical_claims(self) -> dict[str, str]:
        """The claim that a `same_as` of the class points to (the smallest), otherwise its smallest id."""
        return {
            name: min(
                {t for m in members if (t := self.claims[m].same_as) and not self.is_one(m, t)} or members
            )
            for name, members in self._claim_classes.items()
        }

    def claim(self, name: str) -> str:
        return self._canonical_claims.get(name, name)

    def nature(self, claim: str) -> str:
        canonical = self.claims.get(self.claim(claim))
        return canonical.nature if canonical else "factual"

    @cached_property
    def _sayings(self) -> dict[str, Claim]:
        """Per canonical claim, the claim whose structure and windows count for the whole class."""
        found = {}
        for name, members in self._claim_classes.items():
            structured = sorted(m for m in members if self.claims[m].structure)
            own = self.claims[self.claim(name)]
            found[own.id] = own if own.structure or not structured else self.claims[structured[0]]
        return found

    def structure(self, claim: str) -> Structure | None:
        saying = self._sayings.get(self.claim(claim))
        return saying.structure if saying else None

    def validity(self, claim: str) -> Window | None:
        structure = self.structure(claim)
        return structure.valid if structure else None

    def links(self, kind: str) -> frozenset[tuple[str, str]]:
        found = (row for row in rows(self.records, "claim_links") if row["kind"] == kind)
        return frozenset((self.claim(row["a"]), self.claim(row["b"])) for row in found)

    @cached_property
    def _entailed(self) -> dict[str, frozenset[str]]:
        links = self.links("entails")
        names = {self.claim(name) for name in self.claims}
        return {n: reached([n], lambda x: [b for a, b in links if a == x]) for n in names}

    def entailed_by(self, claim: str) -> frozenset[str]:
        """The claim, and all that follows from it."""
        return frozenset({self.claim(claim)}) | self._entailed.get(self.claim(claim), frozenset())

    def entails(self, special: str, general: str) -> bool:
        """Whether the first claim is the second, or entails it."""
        return self.claim(general) in self.entailed_by(special)

    # Assertions and what hangs on them

    @cached_property
    def assertions(self) -> dict[str, Assertion]:
        rested_on = {
            row["to"]
            for row in rows(self.records, "relays")
            if given(row, "status", "stated") == "stated" and row["from"] != row["to"]
        }
        found = (assertion_of_row(self, row, rested_on) for row in rows(self.records, "assertions"))
        return {assertion.id: assertion for assertion in found}

    def _recorded_at(self, row: dict[str, Any], referred: Iterable[str | None]) -> Moment:
        """When the row was recorded: never before those it refers to."""
        others = [self.assertions[r].recorded_at for r in referred if r in self.assertions]
        return max([moment(row.get("rec")), *others])

    @cached_property
    def relays(self) -> list[Relay]:
        """The relays recorded by `known`."""
        found = [
            Relay(
                child=row["from"],
                parent=row["to"],
                stated=given(row, "status", "stated") == "stated",
                recorded_at=self._recorded_at(row, (row["from"], row["to"])),
            )
            for row in rows(self.records, "relays")
            if row["from"] in self.assertions and row["to"] in self.assertions
        ]
        return [relay for relay in found if relay.recorded_at <= self.known]

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The evidence recorded by `known`."""
        found = [
            Evidence(
                assertion=row["assertion"],
                kind=given(row, "kind", "unspecified").replace(" ", "_"),
                present=given(row, "present", True),
                ref=row.get("ref"),
                recorded_at=self._recorded_at(row, [row["assertion"]]),
            )
            for row in rows(self.records, "evidence")
            if row["assertion"] in self.assertions
        ]
        return [item for item in found if item.recorded_at <= self.known]

    @cached_property
    def amendments(self) -> list[Amendment]:
        """The amendments made by `said` and recorded by `known`, by those who may."""
        found = [
            Amendment(
                target=row["target"],
                is_open_to_all=given(row, "kind", "retract") == "misattributed",
                by=given(row, "by", self.assertions[row["target"]].agent),
                said_at=moment(row.get("at")),
                recorded_at=self._recorded_at(row, (row["target"], row.get("new"))),
            )
            for row in rows(self.records, "amendments")
            if row["target"] in self.assertions
        ]
        made = [a for a in found if a.said_at <= self.said and a.recorded_at <= self.known]
        return [a for a in made if a.is_open_to_all or is_answerable(self, a)]

    @cached_property
    def parents(self) -> dict[str, frozenset[str]]:
        """What each assertion rests on over stated relays."""
        return {
            child: frozenset(r.parent for r in self.relays if r.stated and r.child == child)
            for child in self.assertions
        }

    # Derived sets

    @cached_property
    def present(self) -> frozenset[str]:
        """Said by `said` and recorded by `known`, amended or not."""
        return frozenset(
            a.id for a in self.assertions.values() if a.said_at <= self.said and a.recorded_at <= self.known
        )

    @cached_property
    def active(self) -> frozenset[str]:
        return self.present - {amendment.target for amendment in self.amendments} - self.without

    @cached_property
    def visible(self) -> frozenset[str]:
        observed = {a for a in self.active if self.assertions[a].observed}
        return frozenset(observed | reached(observed, lambda a: self.parents[a] if a in self.active else ()))

    @cached_property
    def live(self) -> frozenset[str]:
        return self.active & self.visible

    @cached_property
    def origins(self) -> frozenset[str]:
        return frozenset(
            a
            for a in self.live
            if self.stance(a) == "affirm" and (self.is_first_hand(a) or not self.parents[a])
        )

    # What an assertion is

    def stance(self, a: str) -> str:
        return self.assertions[a].stance

    def claim_of(self, a: str) -> str:
        return self.claim(self.assertions[a].claim)

    def agent_of(self, a: str) -> str:
        return resolved(self, self.assertions[a].agent)

    def holder_of(self, a: str) -> str:
        return holder(self, self.assertions[a].agent)

    def is_first_hand(self, a: str) -> bool:
        return self.assertions[a].basis in FIRST_HAND


def other(row: dict[str, Any], field: str) -> str | None:
    """Whom the row is tied to; a tie to itself says nothing."""
    return row.get(field) if row.get(field) != row["id"] else None


def agent_of_row(row: dict[str, Any]) -> Agent:
    return Agent(
        id=row["id"],
        kind=given(row, "kind", "person"),
        naming=given(row, "naming", "named"),
        name=given(row, "name", row["id"]),
        same_as=other(row, "same_as"),
        maybe_same=other(row, "maybe_same"),
        speaks_for=other(row, "speaks_for"),
        group=row.get("group"),
        count=row.get("count") or 1,
        known_to_desk=given(row, "known_to_desk", False),
    )


def attribute_of_row(row: dict[str, Any]) -> Attribute:
    return Attribute(
        id=row["id"],
        cardinality=given(row, "cardinality", "single"),
        temporal=given(row, "temporal", "constant"),
        value_type=given(row, "value_type", "entity"),
    )


def claim_of_row(w: World, row: dict[str, Any]) -> Claim:
    return Claim(
        id=row["id"],
        nature=given(row, "nature", "factual"),
        same_as=other(row, "same_as"),
        structure=structure_of_row(w, row),
    )


def structure_of_row(w: World, row: dict[str, Any]) -> Structure | None:
    """Structured only with both subject and attribute; equal after the entities are resolved."""
    if row.get("subject") is None or row.get("attribute") is None:
        return None
    is_counted = w.attribute(row["attribute"]).value_type in ("number", "time")
    is_unknown = row.get("unknown") or all(row.get(name) is None for name in ("value", "lo", "hi"))
    value = None if is_unknown else row.get("value")
    exactly = number(value) if is_counted else None
    lo, hi, pad = row.get("lo"), row.get("hi"), row.get("pad")
    if is_unknown or value is not None:
        lo, hi = exactly, exactly
    as_of = row.get("as_of")
    has_ends = not is_unknown and (value is None or exactly is not None)
    return Structure(
        nature=given(row, "nature", "factual"),
        subject=w.entity(row["subject"]),
        attribute=row["attribute"],
        scope=row.get("scope"),
        value=None if value is None or exactly is not None else w.entity(str(value)),
        lo=-inf if lo is None else Fraction(str(lo)),
        hi=inf if hi is None else Fraction(str(hi)),
        pad=Fraction(str(pad or 0)) if has_ends else 0,
        unknown=bool(is_unknown),
        as_of=moments(given(row, "as_of_lo", as_of), given(row, "as_of_hi", as_of)),
        valid=whole(row.get("valid_lo"), row.get("valid_hi")),
    )


def assertion_of_row(w: World, row: dict[str, Any], rested_on: set[str]) -> Assertion:
    return Assertion(
        id=row["id"],
        agent=row["agent"],
        claim=row["claim"],
        stance=given(row, "stance", "affirm"),
        basis=given(row, "basis", "unstated"),
        certainty=given(row, "certainty", "certain"),
        said_at=moment(row.get("at")),
        recorded_at=moment(row.get("rec")),
        observed=given(row, "observed", row["id"] not in rested_on),
    )


# Agents, resolved


def members(w: World, agent: str) -> list[Agent]:
    return [w.agents[m] for m in sorted(w._agent_classes.get(agent, ())) if m in w.agents]


def resolved(w: World, agent: str) -> str:
    return min(w._agent_classes.get(agent, {agent}))


def naming(w: World, agent: str) -> str:
    """The best naming of the class."""
    return min((m.naming for m in members(w, agent)), key=NAMINGS.index)


def is_outlet(w: World, agent: str) -> bool:
    return any(m.kind == "outlet" for m in members(w, agent))


def count(w: World, agent: str) -> int:
    return max(m.count for m in members(w, agent))


def is_known_to_desk(w: World, agent: str) -> bool:
    """Of anonymous and partly named agents only: it belongs to no other."""
    return any(m.known_to_desk for m in members(w, agent) if m.naming in ("anonymous", "partial"))


def is_identified(w: World, agent: str) -> bool:
    if naming(w, agent) == "unattributed":
        return False
    return naming(w, agent) in ("named", "partial", "role") or is_known_to_desk(w, agent)


def is_attached(w: World, agent: str) -> bool:
    """Whether it has a group or speaks_for of its own."""
    return any(m.group or m.speaks_for for m in members(w, agent))


def holder(w: World, agent: str) -> str:
    """The resolved agent; whom it speaks for (the smallest id, one step), if it speaks for another."""
    own = resolved(w, agent)
    heard = {m.speaks_for for m in members(w, agent) if m.speaks_for}
    others = {other for other in heard if resolved(w, other) != own}
    return resolved(w, min(others)) if others else own


def side(w: World, agent: str) -> str:
    return min(w._sides[agent])


def shared_names(w: World, agents: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of agents of which the first's partial name is a word of the other's name, case ignored."""
    for a in agents:
        for b in agents - {a}:
            if naming(w, a) != "partial" or naming(w, b) not in ("named", "partial"):
                continue
            words = {word for name in full_names(w, b) for word in name.split()}
            if full_names(w, a) & words:
                yield a, b


def full_names(w: World, agent: str) -> frozenset[str]:
    """The names of a named or partly named class: those of its named and partly named members."""
    return frozenset(m.name.casefold() for m in members(w, agent) if m.naming in ("named", "partial"))


def is_answerable(w: World, amendment: Amendment) -> bool:
    """Whether it is by the holder or a publisher: whose assertion rests on the target when it is recorded."""
    relays = [r for r in w.relays if r.stated and r.recorded_at <= amendment.recorded_at]
    resting = reached([amendment.target], lambda a: [r.child for r in relays if r.parent == a])
    answerable = [w.assertions[a].agent for a in {amendment.target} | resting]
    their = {name(w, agent) for agent in answerable for name in (resolved, holder)}
    return bool(their & {resolved(w, amendment.by), holder(w, amendment.by)})


# Positions


def latest(w: World, found: Iterable[str]) -> frozenset[str]:
    """Those said last; what was said at the same time stands side by side."""
    kept = frozenset(found)
    last = max((w.assertions[a].said_at for a in kept), default=UNKNOWN_TIME)
    return frozenset(a for a in kept if w.assertions[a].said_at == last)


def live_of(w: World, who: str, claim: str, stances: set[str]) -> frozenset[str]:
    mine = (a for a in w.live if w.holder_of(a) == who and w.claim_of(a) == claim)
    return frozenset(a for a in mine if w.stance(a) in stances)


def position(w: World, who: str, claim: str) -> frozenset[str]:
    """A holder's latest live affirm or deny on a claim (at equal times both)."""
    return latest(w, live_of(w, who, claim, {"affirm", "deny"}))


def positions(w: World) -> frozenset[str]:
    keys = {(w.holder_of(a), w.claim_of(a)) for a in w.live}
    return frozenset(a for who, claim in keys for a in position(w, who, claim))


def position_asked_for(w: World, who: str, claim: str) -> str:
    """Deny before affirm; without either, the latest live no_comment, silence or question, in this order."""
    held = {w.stance(a) for a in position(w, who, claim)}
    reactions = latest(w, live_of(w, who, claim, {"no_comment", "silence", "question"}))
    held |= {w.stance(a) for a in reactions} if not held else set()
    return next((s for s in ("deny", "affirm", "no_comment", "silence", "question") if s in held), "none")


Key = tuple[str, str, str, str, str | None]


def value_key(w: World, a: str) -> Key | None:
    """Holder, nature, attribute, subject and scope, of a single-valued constant or cumulative attribute."""
    structure = w.structure(w.claim_of(a))
    if structure is None:
        return None
    attribute = w.attribute(structure.attribute)
    if attribute.cardinality != "single" or attribute.temporal not in ("constant", "cumulative"):
        return None
    nature = w.nature(w.claim_of(a))
    return (w.holder_of(a), nature, structure.attribute, structure.subject, structure.scope)


def current(w: World) -> frozenset[str]:
    """The positions that conflicts use: of those affirmed under one key, only the latest."""
    held = positions(w)
    affirmed = {a for a in held if w.stance(a) == "affirm"}

    def is_displaced(a: str) -> bool:
        key = value_key(w, a)
        return key is not None and a not in latest(w, (b for b in affirmed if value_key(w, b) == key))

    return frozenset(a for a in held if a not in affirmed or not is_displaced(a))


# Carried


def is_carrying(w: World, a: str) -> bool:
    """A live relay, or a live affirmation resting on another; unless it leads to contrary stances alone."""
    rests = w.stance(a) == "affirm" and bool(w.parents[a] - {a})
    if a not in w.live or not (w.stance(a) == "relay" or rests):
        return False
    ends = [
        b
        for b in reached([a], lambda x: w.parents[x] & w.present)
        if w.claim_of(b) == w.claim_of(a) and w.stance(b) != "relay"
    ]
    return not ends or any(w.stance(b) not in NOT_SAYING_IT for b in ends)


def carriers(w: World, claim: str) -> frozenset[str]:
    return frozenset(a for a in w.live if w.claim_of(a) == claim and is_carrying(w, a))


# Conflicts


def strength(w: World, a: str, b: str, at_most: str = "definite") -> str | None:
    """The sum of both sides: 5 and more definite, 4 possible, below that nothing."""
    total = CERTAINTY[w.assertions[a].certainty] + CERTAINTY[w.assertions[b].certainty]
    if total < 4:
        return None
    return "definite" if total >= 5 and at_most == "definite" else "possible"


def day_said(w: World, a: str) -> Window:
    """The day in UTC, from its first moment to its last."""
    rank, last = w.assertions[a].said_at
    return (rank, last - last % DAY), (rank, last - last % DAY + DAY - 1)


def validity(w: World, a: str) -> Window:
    """The claim's; unstated, the day of saying."""
    return w.validity(w.claim_of(a)) or day_said(w, a)


def do_overlap(a: Window, b: Window) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def attribute_of(w: World, claim: str) -> Attribute | None:
    structure = w.structure(claim)
    return w.attribute(structure.attribute) if structure else None


def polarity_clash(w: World, a: str, b: str) -> bool:
    """a affirms x, b denies y, x is or entails y; where y's attribute is a state, the validities overlap."""
    if (w.stance(a), w.stance(b)) != ("affirm", "deny") or not w.entails(w.claim_of(a), w.claim_of(b)):
        return False
    attribute = attribute_of(w, w.claim_of(b))
    is_state = attribute is not None and attribute.temporal == "state"
    return not is_state or do_overlap(validity(w, a), validity(w, b))


def value_clash(w: World, a: str, b: str) -> str | None:
    """definite or possible where a and b affirm values of one single-valued key that cannot both hold."""
    x, y = w.structure(w.claim_of(a)), w.structure(w.claim_of(b))
    if {w.stance(a), w.stance(b)} != {"affirm"} or x is None or y is None or x.unknown or y.unknown:
        return None
    attribute = w.attribute(x.attribute)
    if (x.subject, x.attribute, x.scope) != (
        y.subject,
        y.attribute,
        y.scope,
    ) or attribute.cardinality != "single":
        return None
    if attribute.temporal == "state" and not do_overlap(validity(w, a), validity(w, b)):
        return None
    if attribute.value_type not in ("number", "time"):
        return name_clash(w, x, y)
    return count_clash(w, a, b, x, y) if attribute.temporal == "cumulative" else interval_clash(x, y)


def name_clash(w: World, x: Structure, y: Structure) -> str | None:
    """The values differ and neither contains the other."""
    if x.value is None or y.value is None or x.value == y.value:
        return None
    wholes = [(w.entity(part), w.entity(whole)) for part, whole in rows(w.records, "part_of")]

    def containing(value: str) -> frozenset[str]:
        return reached([value], lambda v: [whole for part, whole in wholes if part == v])

    return None if x.value in containing(y.value) or y.value in containing(x.value) else "definite"


def is_after(x: Structure, y: Structure, *, padded: bool) -> bool:
    return x.lo - x.pad * padded > y.hi + y.pad * padded


def interval_clash(x: Structure, y: Structure) -> str | None:
    if is_after(x, y, padded=True) or is_after(y, x, padded=True):
        return "definite"
    return "possible" if is_after(x, y, padded=False) or is_after(y, x, padded=False) else None


def count_clash(w: World, a: str, b: str, x: Structure, y: Structure) -> str | None:
    """definite where no reading of the as-of windows lets the count only rise; possible within one day."""
    until_a, until_b = (OPEN_START, w.assertions[a].said_at), (OPEN_START, w.assertions[b].said_at)
    if not can_both_count(x, x.as_of or until_a, y, y.as_of or until_b):
        return "definite"
    _, end = day_said(w, a)
    day = (end, end)
    is_one_day = day_said(w, a) == day_said(w, b)
    return "possible" if is_one_day and not can_both_count(x, x.as_of or day, y, y.as_of or day) else None


def can_both_count(x: Structure, x_as_of: Window, y: Structure, y_as_of: Window) -> bool:
    x_may_be_earlier = x_as_of[0] < y_as_of[1] and not is_after(x, y, padded=True)
    y_may_be_earlier = y_as_of[0] < x_as_of[1] and not is_after(y, x, padded=True)
    values_meet = not is_after(x, y, padded=True) and not is_after(y, x, padded=True)
    return x_may_be_earlier or y_may_be_earlier or (do_overlap(x_as_of, y_as_of) and values_meet)


def order_clash(w: World, a: str, b: str) -> str | None:
    """definite or possible where a's attribute must not be later than b's, and is."""
    x, y = w.structure(w.claim_of(a)), w.structure(w.claim_of(b))
    if {w.stance(a), w.stance(b)} != {"affirm"} or x is None or y is None or x.unknown or y.unknown:
        return None
    is_ordered = [x.attribute, y.attribute] in [list(pair) for pair in rows(w.records, "attribute_order")]
    if x.attribute == y.attribute or not is_ordered or (x.subject, x.scope) != (y.subject, y.scope):
        return None
    if is_after(x, y, padded=True):
        return "definite"
    return "possible" if is_after(x, y, padded=False) else None


def explicit_clash(w: World, a: str, b: str) -> bool:
    x, y = w.claim_of(a), w.claim_of(b)
    linked = (x, y) in w.links("contradicts") or (y, x) in w.links("contradicts")
    return {w.stance(a), w.stance(b)} == {"affirm"} and x != y and linked


def clashes(w: World, a: str, b: str) -> Iterator[tuple[str, str]]:
    """Each kind in which a, taken first, clashes with b, and the most that it can be."""
    if polarity_clash(w, a, b):
        yield "polarity", "definite"
    if value := value_clash(w, a, b):
        yield "value", value
    if order := order_clash(w, a, b):
        yield "order", order
    if explicit_clash(w, a, b):
        yield "explicit", "definite"


def pair_of(w: World, kind: str, a: str, b: str) -> tuple[str, str]:
    """In id order, except for polarity (affirmed claim first) and order (earlier attribute first)."""
    x, y = w.claim_of(a), w.claim_of(b)
    return (x, y) if kind in ("polarity", "order") else (min(x, y), max(x, y))


def conflicts(w: World) -> list[Row]:
    found: dict[Row, set[str]] = {}
    standing = current(w)
    for a in standing:
        for b in standing:
            if w.holder_of(a) == w.holder_of(b):
                continue
            for clash, at_most in clashes(w, a, b):
                is_opinion = {w.nature(w.claim_of(a)), w.nature(w.claim_of(b))} != {"factual"}
                kind = "divergence" if is_opinion else clash
                if how := strength(w, a, b, at_most):
                    found.setdefault((kind, *pair_of(w, kind, a, b)), set()).add(how)
    return sorted((*row, "definite" if "definite" in how else "possible") for row, how in found.items())


def self_contradictions(w: World) -> list[Row]:
    """One holder, all its live assertions, factual claims, polarity or value, definite or possible."""
    found = set()
    for a in w.live:
        for b in w.live:
            natures = {w.nature(w.claim_of(a)), w.nature(w.claim_of(b))}
            if w.holder_of(a) != w.holder_of(b) or natures != {"factual"}:
                continue
            is_one_time = w.assertions[a].said_at == w.assertions[b].said_at
            for kind, at_most in clashes(w, a, b):
                if kind in ("polarity", "value") and strength(w, a, b, at_most):
                    pair = pair_of(w, kind, a, b)
                    found.add((w.holder_of(a), kind, *pair, "simultaneous" if is_one_time else "reversal"))
    return sorted(found)


# Support


def origins_of(w: World, claim: str) -> frozenset[str]:
    """The origins of the claim and of all that entail it."""
    return frozenset(a for a in w.origins if w.entails(w.claim_of(a), claim))


def is_accountable(w: World, a: str) -> bool:
    return naming(w, w.agent_of(a)) != "unattributed"


def accountable(w: World, claim: str) -> frozenset[str]:
    return frozenset(a for a in origins_of(w, claim) if is_accountable(w, a))


def is_evidenced(w: World, a: str) -> bool:
    return any(item.present for item in w.evidence if item.assertion == a)


def is_explicitly_without(w: World, a: str) -> bool:
    """Only absent rows, and at least one."""
    noted = [item.present for item in w.evidence if item.assertion == a]
    return bool(noted) and not any(noted)


def grade(w: World, claim: str) -> int:
    if not origins_of(w, claim):
        return 0
    if not accountable(w, claim):
        return 1
    if lo(w, claim) >= 2:
        return 4
    return 3 if any(is_evidenced(w, a) or w.is_first_hand(a) for a in accountable(w, claim)) else 2


def is_denied(w: World, claim: str) -> bool:
    """Whether a live position denies it or what it entails."""
    return any(w.stance(a) == "deny" and w.claim_of(a) in w.entailed_by(claim) for a in positions(w))


def is_contested(w: World, claim: str) -> bool:
    is_a_side = any(row[0] in CONFLICTS and claim in row[1:3] for row in conflicts(w))
    return bool(origins_of(w, claim)) and (is_denied(w, claim) or is_a_side)


def flags(w: World, claim: str) -> list[str]:
    origins, answering = origins_of(w, claim), accountable(w, claim)

    def every(is_so: Callable[[str], bool]) -> bool:
        return bool(answering) and all(is_so(a) for a in answering)

    raised = {
        "contested": is_contested(w, claim),
        "denied_only": is_denied(w, claim) and not origins,
        "anonymous_only": every(lambda a: naming(w, w.agent_of(a)) == "anonymous"),
        "unattributed_only": bool(origins) and not answering,
        "hedged_only": every(lambda a: w.assertions[a].certainty in ("probable", "possible")),
        "own_voice_only": every(lambda a: is_outlet(w, w.agent_of(a))),
        "single_origin": hi(w, claim) == 1,
        "possibly_single_origin": lo(w, claim) == 1 < hi(w, claim),
        "evidence_reported_absent": grade(w, claim) == 2
        and any(is_explicitly_without(w, a) for a in origins),
        "no_live_origin": bool(carriers(w, claim)) and not origins,
    }
    return sorted(flag for flag, is_raised in raised.items() if is_raised)


def support(w: World, claim: str) -> dict[str, Any]:
    return {"grade": grade(w, claim), "independent": [lo(w, claim), hi(w, claim)], "flags": flags(w, claim)}


def unsupported(w: World, kind: str) -> list[str]:
    """Factual claims that some assertion, amended or not, was said and recorded about."""
    is_so: dict[str, Callable[[str], bool]] = {
        "no_evidence": lambda c: grade(w, c) <= 2,
        "none": lambda c: grade(w, c) == 0,
        "unattributed": lambda c: grade(w, c) == 1,
        "reported_absent": lambda c: "evidence_reported_absent" in flags(w, c),
        "anonymous_only": lambda c: "anonymous_only" in flags(w, c),
        "single_origin": lambda c: "single_origin" in flags(w, c),
        "uncorroborated": lambda c: grade(w, c) < 4,
    }
    claims = {w.claim_of(a) for a in w.present}
    return sorted(c for c in claims if w.nature(c) == "factual" and is_so[kind](c))


# Independence


def hi(w: World, claim: str) -> int:
    agents = {w.agent_of(a) for a in accountable(w, claim)}
    attached = {agent for agent in agents if is_identified(w, agent) or is_attached(w, agent)}
    counted = len({side(w, agent) for agent in attached}) + sum(
        count(w, agent) for agent in agents - attached
    )
    return max(counted, lo(w, claim))


def lo(w: World, claim: str) -> int:
    """The most origins no two of which share a cautious side or an evidence unit."""
    sides = w.cautious_sides(claim)
    edges = {(min(sides[w.agent_of(a)]), evidence_unit(w, a, claim)) for a in eligible(w, claim)}
    return max(most_apart(sorted(edges)), 1 if accountable(w, claim) else 0)


def eligible(w: World, claim: str) -> frozenset[str]:
    """Identified, evidenced or first-hand, and no suspected copy."""
    shown = {a for a in accountable(w, claim) if is_evidenced(w, a) or w.is_first_hand(a)}
    return frozenset(a for a in shown if is_identified(w, w.agent_of(a)) and not is_suspected_copy(w, a))


def is_suspected_copy(w: World, a: str) -> bool:
    return any(not relay.stated and relay.child == a for relay in w.relays)


def items(w: World, a: str, claim: str) -> frozenset[str]:
    """The items shown; without a reference, one per kind and claim asked about."""
    return frozenset(
        f"item {item.ref}" if item.ref is not None else f"some {item.kind} of {claim}"
        for item in w.evidence
        if item.assertion == a and item.present
    )


def evidence_unit(w: World, a: str, claim: str) -> str:
    """First-hand: its cautious side, whatever else it shows. Otherwise: the class of its items."""
    if w.is_first_hand(a):
        return "side " + min(w.cautious_sides(claim)[w.agent_of(a)])
    shown = [items(w, b, claim) for b in eligible(w, claim) if not w.is_first_hand(b)]
    classes = joined((), ((one, other) for together in shown for one in together for other in together))
    return min(min(classes[item]) for item in items(w, a, claim))


def most_apart(edges: list[tuple[str, str]]) -> int:
    """The size of a maximum matching: each edge is taken or left."""
    if not edges:
        return 0
    (voice, unit), rest = edges[0], edges[1:]
    apart = [edge for edge in rest if edge[0] != voice and edge[1] != unit]
    return max(1 + most_apart(apart), most_apart(rest))


def chokepoints(w: World, claim: str, by: str) -> list[str]:
    """The agents (or sides) without whose assertions no origin is left."""
    name = side if by == "group" else resolved
    voices: dict[str, set[str]] = {}
    for a in w.assertions.values():
        voices.setdefault(name(w, a.agent), set()).add(a.id)
    if not origins_of(w, claim):
        return []
    return sorted(v for v, theirs in voices.items() if not origins_of(supposing_away(w, theirs), claim))


def supposing_away(w: World, assertions: Iterable[str]) -> World:
    return replace(w, without=w.without | frozenset(assertions))


# Circular reporting


def is_carried_by_outlets(w: World, claim: str) -> bool:
    """Outlets of two or more sides carry a live origin of this claim or one that entails it."""
    origins = origins_of(w, claim)
    carrying = [
        a
        for a in w.live
        if w.assertions[a].observed
        and w.stance(a) in ("affirm", "relay")
        and w.claim_of(a) == claim
        and is_outlet(w, w.agent_of(a))
        and origins & ({a} | reached([a], lambda x: w.parents[x] & w.present))
    ]
    return len({side(w, w.agent_of(a)) for a in carrying}) >= 2


def is_common_origin(w: World, claim: str) -> bool:
    return hi(w, claim) == 1 and is_carried_by_outlets(w, claim)


def is_suspected_common_origin(w: World, claim: str) -> bool:
    has_copy = any(is_suspected_copy(w, a) for a in origins_of(w, claim))
    return hi(w, claim) > 1 and lo(w, claim) <= 1 and has_copy and is_carried_by_outlets(w, claim)


def feedback_loops(w: World, claim: str) -> frozenset[str]:
    """Agents whose live assertion leads through another agent back to itself or to another of theirs."""

    def onward(a: str) -> frozenset[str]:
        return frozenset(b for b in w.parents[a] & w.live if w.claim_of(b) == claim)

    found = set()
    for a in w.live:
        if w.claim_of(a) != claim:
            continue
        through = {b for b in reached([a], onward) if w.agent_of(b) != w.agent_of(a)}
        if w.agent_of(a) in {w.agent_of(b) for b in reached(through, onward)}:
            found.add(w.agent_of(a))
    return frozenset(found)


def is_misreported(w: World, claim: str) -> bool:
    """Carried, no origin, and an active direct parent affirms something that does not entail the claim."""
    parents = {b for a in carriers(w, claim) for b in w.parents[a] & w.active if w.stance(b) == "affirm"}
    return not origins_of(w, claim) and any(not w.entails(w.claim_of(b), claim) for b in parents)


def is_ungrounded(w: World, claim: str) -> bool:
    """Carried, no origin, not misreported, and every way from the carriers goes round and none ends."""
    starts = carriers(w, claim)
    if not starts or origins_of(w, claim) or is_misreported(w, claim):
        return False
    way = starts | reached(starts, lambda a: w.parents[a])
    return all(
        a in w.active
        and w.stance(a) in ("affirm", "relay")
        and w.entails(w.claim_of(a), claim)
        and bool(w.parents[a])
        for a in way
    )


def circular(w: World) -> list[Row]:
    found: list[Row] = []
    for claim in {w.claim_of(a) for a in w.live}:
        found += [("feedback_loop", claim, agent) for agent in feedback_loops(w, claim)]
        found += [("common_origin", claim)] if is_common_origin(w, claim) else []
        found += [("suspected_common_origin", claim)] if is_suspected_common_origin(w, claim) else []
        found += [("misreported_source", claim)] if is_misreported(w, claim) else []
        found += [("ungrounded_loop", claim)] if is_ungrounded(w, claim) else []
    return sorted(found)


# Retraction impact


def chain(w: World, a: str) -> frozenset[str]:
    """The assertion, all that it rests on and all that rest on it, amended or not."""
    if a not in w.present:
        return frozenset()

    def up(x: str) -> list[str]:
        return [r.parent for r in w.relays if r.child == x and r.parent in w.present]

    def down(x: str) -> list[str]:
        return [r.child for r in w.relays if r.parent == x and r.child in w.present]

    return frozenset({a}) | reached([a], up) | reached([a], down)


def retraction_impact(w: World, a: str) -> dict[str, list[str]]:
    impact: dict[str, list[str]] = {"lost": [], "weakened": [], "unaffected": []}
    after = supposing_away(w, [a])
    for claim in sorted({c for b in chain(w, a) for c in w.entailed_by(w.claim_of(b))}):
        old = (grade(w, claim), lo(w, claim), hi(w, claim))
        new = (grade(after, claim), lo(after, claim), hi(after, claim))
        is_weaker = any(now < before for before, now in zip(old, new, strict=True))
        outcome = "lost" if old[0] > new[0] == 0 else "weakened" if is_weaker else "unaffected"
        impact[outcome].append(claim)
    return impact


# Queries


def answer(records: dict[str, Any], query: dict[str, Any]) -> object:
    """The answer to one query of a case, in the case format."""
    args = query.get("args") or {}
    w = World(records, said=moment(args.get("said"), OPEN_END), known=moment(args.get("known"), OPEN_END))
    claim = w.claim(args.get("claim") or "")
    answers: dict[str, Callable[[], object]] = {
        "conflicts": lambda: [list(row) for row in conflicts(w)],
        "self_contradictions": lambda: [list(row) for row in self_contradictions(w)],
        "support": lambda: support(w, claim),
        "unsupported": lambda: unsupported(w, given(args, "kind", "no_evidence")),
        "origins": lambda: sorted({w.agent_of(a) for a in origins_of(w, claim)}),
        "position": lambda: position_asked_for(w, holder(w, args["holder"]), claim),
        "circular": lambda: [list(row) for row in circular(w)],
        "chokepoints": lambda: chokepoints(w, claim, given(args, "by", "agent")),
        "retraction_impact": lambda: retraction_impact(w, args["assertion"]),
    }
    return answers[query["q"]]()
