"""Records: what a world holds as of two bounds, and which of it is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from .rows import (
    Agent,
    Amendment,
    Assertion,
    Attribute,
    Claim,
    Evidence,
    JointAct,
    Relay,
    Row,
    Structure,
    agent_of_row,
    assertion_of_row,
    attribute_of_row,
    given,
    is_stated,
    other,
    rows,
    structure_of_row,
)
from .ties import joined, reached
from .times import Moment, time


@dataclass(frozen=True, eq=False)
class Records:
    """A case's records as of two bounds; `without` are assertions that a question supposes away."""

    rows: Row
    said: Moment
    known: Moment
    without: frozenset[str] = frozenset()

    # Agents

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """Every agent with a row or named by an assertion or a link; organisations where only linked to."""
        found = {row["id"]: agent_of_row(row) for row in rows(self.rows, "agents")}
        for row in rows(self.rows, "assertions"):
            found.setdefault(row["agent"], agent_of_row({"id": row["agent"]}))
        for agent in list(found.values()):
            for linked in (agent.same_as, agent.maybe_same, agent.speaks_for):
                if linked is not None:
                    found.setdefault(linked, agent_of_row({"id": linked, "kind": "organisation"}))
        return found

    @cached_property
    def _agent_classes(self) -> dict[str, frozenset[str]]:
        return joined(self.agents, ((a.id, a.same_as) for a in self.agents.values() if a.same_as))

    def resolved(self, agent: str) -> str:
        return min(self._agent_classes.get(agent, {agent}))

    def members(self, agent: str) -> list[Agent]:
        return [self.agents[m] for m in sorted(self._agent_classes.get(agent, ())) if m in self.agents]

    def holder(self, agent: str) -> str:
        """The resolved agent; whom it speaks for (the smallest id, one step), if it speaks for another."""
        own = self.resolved(agent)
        heard = {m.speaks_for for m in self.members(agent) if m.speaks_for}
        others = {one for one in heard if self.resolved(one) != own}
        return self.resolved(min(others)) if others else own

    # Entities and attributes

    @cached_property
    def _entities(self) -> dict[str, frozenset[str]]:
        return joined((), ((a, b) for a, b in rows(self.rows, "same_subject")))

    def entity(self, name: str) -> str:
        return min(self._entities.get(name, {name}))

    def wholes(self, value: str) -> frozenset[str]:
        """All that the value is a part of."""
        pairs = [(self.entity(part), self.entity(whole)) for part, whole in rows(self.rows, "part_of")]
        return reached([value], lambda v: [whole for part, whole in pairs if part == v])

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        return {row["id"]: attribute_of_row(row) for row in rows(self.rows, "attributes")}

    def attribute(self, name: str) -> Attribute:
        return self.attributes.get(name) or attribute_of_row({"id": name})

    # Claims

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """Every claim with a row or named by an assertion or a link, as recorded."""
        found = {row["id"]: self._claim_of_row(row) for row in rows(self.rows, "claims")}
        named = [row["claim"] for row in rows(self.rows, "assertions")]
        named += [row[end] for row in rows(self.rows, "claim_links") for end in ("a", "b")]
        named += [claim.same_as for claim in found.values() if claim.same_as]
        for name in named:
            found.setdefault(name, self._claim_of_row({"id": name}))
        return found

    def _claim_of_row(self, row: Row) -> Claim:
        return Claim(
            id=row["id"],
            nature=given(row, "nature", "factual"),
            same_as=other(row, "same_as"),
            structure=structure_of_row(row, self.attribute, self.entity),
        )

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
        unmerged = replace(self, rows={**self.rows, "same_subject": None})
        one, another = (unmerged.claims[name].structure for name in (a, b))
        return one is not None and one == another

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

    def attribute_of(self, claim: str) -> Attribute | None:
        structure = self.structure(claim)
        return self.attribute(structure.attribute) if structure else None

    def links(self, kind: str) -> frozenset[tuple[str, str]]:
        found = (row for row in rows(self.rows, "claim_links") if row["kind"] == kind)
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

    # Assertions and their documents

    @cached_property
    def assertions(self) -> dict[str, Assertion]:
        rested_on = {
            row["to"] for row in rows(self.rows, "relays") if is_stated(row) and row["from"] != row["to"]
        }
        found = (
            assertion_of_row(row, is_rested_on=row["id"] in rested_on)
            for row in rows(self.rows, "assertions")
        )
        return {assertion.id: assertion for assertion in found}

    def stance(self, a: str) -> str:
        return self.assertions[a].stance

    def claim_of(self, a: str) -> str:
        return self.claim(self.assertions[a].claim)

    def agent_of(self, a: str) -> str:
        return self.resolved(self.assertions[a].agent)

    def holder_of(self, a: str) -> str:
        return self.holder(self.assertions[a].agent)

    def said_at(self, a: str) -> Moment:
        """The moment that its time counts as: its last."""
        return self.assertions[a].said.last

    @cached_property
    def present(self) -> frozenset[str]:
        """Said by `said` and recorded by `known`, amended or not."""
        return frozenset(
            a.id for a in self.assertions.values() if a.said.last <= self.said and a.recorded_at <= self.known
        )

    def found_in(self, document: str) -> frozenset[str]:
        return frozenset(a.id for a in self.assertions.values() if document in a.found_in)

    def outlets_of(self, document: str) -> frozenset[str]:
        """ "The observed assertions in a document are its outlet's"; without any, nobody knows whose it is."""
        return frozenset(self.agent_of(a) for a in self.found_in(document) if self.assertions[a].observed)

    # What hangs on them, recorded by `known`

    def _recorded_at(self, row: Row, referred: Iterable[str | None]) -> int:
        """When the row was recorded: never before those it refers to."""
        return max([time(row.get("rec")).last, *(self._first_recorded(one) for one in referred if one)])

    def _first_recorded(self, one: str) -> int:
        """When an assertion was; a document is there with the first assertion found in it."""
        found = {one} if one in self.assertions else self.found_in(one)
        return min((self.assertions[a].recorded_at for a in found), default=time(None).last)

    @cached_property
    def relays(self) -> list[Relay]:
        found = [
            Relay(
                child=row["from"],
                parent=row["to"],
                stated=is_stated(row),
                recorded_at=self._recorded_at(row, (row["from"], row["to"])),
            )
            for row in rows(self.rows, "relays")
            if row["from"] in self.assertions and row["to"] in self.assertions
        ]
        return [relay for relay in found if relay.recorded_at <= self.known]

    @cached_property
    def stated_parents(self) -> dict[str, frozenset[str]]:
        """What each assertion rests on over the relays that the texts state."""
        return {
            child: frozenset(r.parent for r in self.relays if r.stated and r.child == child)
            for child in self.assertions
        }

    @cached_property
    def noted(self) -> list[Evidence]:
        """Every row of evidence, whatever has become of its item."""
        found = [
            Evidence(
                assertion=row["assertion"],
                kind=given(row, "kind", "unspecified").replace(" ", "_"),
                present=given(row, "present", True),
                ref=row.get("ref"),
                noted_by=row.get("noted_by"),
                recorded_at=self._recorded_at(row, [row["assertion"]]),
            )
            for row in rows(self.rows, "evidence")
            if row["assertion"] in self.assertions
        ]
        return [item for item in found if item.recorded_at <= self.known]

    @cached_property
    def amendments(self) -> list[Amendment]:
        """The amendments made by `said` and recorded by `known`, whoever made them."""
        found = [self._amendment_of_row(row) for row in rows(self.rows, "amendments")]
        return [a for a in found if a.said.last <= self.said and a.recorded_at <= self.known]

    def _amendment_of_row(self, row: Row) -> Amendment:
        """By default it is by "the assertion's own agent, or the document's outlet", whom nobody may know."""
        target, assertion = row["target"], self.assertions.get(row["target"])
        by_default = {assertion.agent} if assertion else self.outlets_of(target)
        return Amendment(
            target=target,
            kind=given(row, "kind", "retract"),
            by=frozenset({row["by"]} if row.get("by") else by_default),
            replacement=row.get("new"),
            said=time(row.get("at")),
            recorded_at=self._recorded_at(row, (target, row.get("new"))),
        )

    @cached_property
    def joint_acts(self) -> list[JointAct]:
        found = [
            JointAct(
                assertions=frozenset(row["assertions"]) & frozenset(self.assertions),
                recorded_at=self._recorded_at(row, row["assertions"]),
            )
            for row in rows(self.rows, "joint")
        ]
        return [act for act in found if act.recorded_at <= self.known]
