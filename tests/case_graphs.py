"""The worlds of the case format as facts and claim graphs, without a database, and the answers of the rules to them.

A record's id is the bytes of its id in the case, so that digests are in the order of the case's ids.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import evolve
from worlds import World, moment, recorded_at

from provenance import Attribute, Claim, Link
from provenance.index.rows import RowContext, row_of
from provenance.loading.claims import windows_of
from provenance.rules import entitlement, speech_events, support
from provenance.rules.agents import ResolvedAgents
from provenance.rules.circular import circles
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import reachable
from provenance.rules.conflicts import conflicts
from provenance.rules.facts import (
    AgentRow,
    AmendmentRow,
    AssertionRow,
    AttributeRow,
    ClaimRow,
    EvidenceRow,
    Facts,
    LinkRow,
    MentionRow,
    Span,
)
from provenance.rules.impact import ImpactKeys, impact
from provenance.rules.self_contradictions import self_contradictions
from provenance.rules.speech_events import day_of
from provenance.rules.strengths import STRENGTH_NAMES
from provenance.values.instants import When, to_microseconds
from provenance.values.records import Record
from provenance.values.references import link_kinds


class CaseGraph:
    """The claim graph of a case's records within bounds, and its answers in the case's ids."""

    def __init__(self, records: dict[str, Any], *, said: str | None = None, known: str | None = None) -> None:
        self._world = World(records)
        self._said = None if said is None else _last(moment(said))
        self._known = None if known is None else recorded_at(known)
        self._keys: dict[str, int] = {}
        self.graph = ClaimGraph(self._facts())

    def key(self, record_id: str) -> int:
        return self._keys.setdefault(record_id, len(self._keys) + 1)

    # Facts --------------------------------------------------------------------------------------------------------

    def _facts(self) -> Facts:
        world = self._world
        standing = world._standing_records()
        world._build_documents()
        agents = {**{f"G:{name}": agent for name, agent in world.groups.items()}, **world.agents}
        for one, document in world.documents.items():
            if document.outlet.id not in {agent.id for agent in agents.values()}:
                agents[f"~outlet of {one}"] = document.outlet
        links = [record for record in standing if isinstance(record, Link)]
        attributes = {record.id: record for record in _attributes_of(world.claims.values(), links)}
        rows = world.rows
        recorded = {row["id"]: recorded_at(row.get("rec")) for row in rows["assertions"]}
        self.assertions = {one: self.key(f"assertion {one}") for one in recorded}
        relays = [row for row in rows["relays"] if self._is_known(row, recorded, row["from"], row["to"])]
        present = [row for row in rows["assertions"] if self._is_known(row, recorded) and self._is_said(row)]
        facts = Facts(
            agents={self.key(agent.id): self._agent_row(one, agent) for one, agent in agents.items()},
            agent_links=self._links(links, link_kinds("agent")),
            claims=self._claims(),
            claim_links=self._links(links, link_kinds("claim")),
            entity_links=self._links(links, link_kinds("entity")),
            attributes={self.key(one.id): self._attribute_row(one) for one in attributes.values()},
            attribute_order={
                (source, target) for _, source, target in self._links(links, link_kinds("attribute"))
            },
            whole={self.key(claim.id) for claim in world.claims.values()},
            assertions={self.assertions[row["id"]]: self._assertion_row(row) for row in present},
            observed={self.assertions[row["id"]] for row in present if world._is_observed(row)},
            stated=self._relays(relays, is_stated=True),
            inferred=self._relays(relays, is_stated=False),
            evidence=self._evidence(recorded),
            mentions={self.assertions[row["id"]]: self._mentions(row) for row in present},
            outlets=self._outlets(),
            debunked=self._debunked(recorded),
            joint_acts=self._joint_acts(recorded),
            accused=[
                (self.key(claim.id), self.key(agent.id))
                for claim in world.claims.values()
                for agent in claim.accuses or ()
            ],
        )
        return evolve(facts, amendments=self._amendments(ResolvedAgents(facts), recorded))

    def _is_known(self, row: dict[str, Any], recorded: dict[str, datetime], *refers_to: str | None) -> bool:
        """Whether the row and all that it refers to were recorded by the bound."""
        times = [
            recorded_at(row.get("rec")),
            *(self._first_recorded(one, recorded) for one in refers_to if one is not None),
        ]
        return self._known is None or max(times) <= self._known

    def _first_recorded(self, one: str, recorded: dict[str, datetime]) -> datetime:
        """When an assertion was; a document is there with the first assertion found in it."""
        found = [one] if one in recorded else self._found_in(one)
        return min((recorded[each] for each in found), default=recorded_at(None))

    def _found_in(self, document: str) -> list[str]:
        return [one for one, documents in self._world.documents_of.items() if document in documents]

    def _outlets(self) -> dict[int, int]:
        """The outlets of documents; nobody of the world where it names none."""
        return {
            self.key(f"document {one}"): self.key(document.outlet.id)
            for one, document in self._world.documents.items()
        }

    def _mentions(self, row: dict[str, Any]) -> list[MentionRow]:
        """A document of its own stands for one that the world does not name."""
        documents = [f"document {one}" for one in self._world.documents_of[row["id"]]]
        return [
            MentionRow(
                self.key(f"mention {place} {row['id']}"),
                self.assertions[row["id"]],
                self.key(document),
                None,
                row.get("quote_type"),
                row.get("cue"),
                row.get("distanced"),
            )
            for place, document in enumerate(documents or [f"own document {row['id']}"])
        ]

    def _joint_acts(self, recorded: dict[str, datetime]) -> list[set[int]]:
        return [
            {self.assertions[one] for one in row["assertions"]}
            for row in self._world.rows["joint"]
            if self._is_known(row, recorded, *row["assertions"])
        ]

    def _debunked(self, recorded: dict[str, datetime]) -> dict[int, list[AmendmentRow]]:
        found: dict[int, list[AmendmentRow]] = defaultdict(list)
        for place, row in enumerate(self._world.rows["amendments"]):
            if row.get("kind") == "debunked" and self._is_known(row, recorded) and self._is_said(row):
                for number, shown in enumerate(self._world.rows["evidence"]):
                    if shown.get("ref") == row["target"]:
                        found[self.key(f"evidence {number}")].append(
                            self._amendment(place, row, by=0, target=self.key(f"evidence {number}"))
                        )
        return found

    def _is_said(self, row: dict[str, Any]) -> bool:
        return speech_events.is_within(_span(moment(row.get("at"))), self._said)

    def _row_of(self, record: Record) -> dict[str, Any]:
        return row_of(record, RowContext(self.key(record.id), 0, 0, self.key))

    def _agent_row(self, one: str, agent: Record) -> AgentRow:
        row = self._row_of(agent)
        names = ("kind", "naming", "name", "label", "count", "known_to_desk", "speaks_for")
        aliases = tuple(json.loads(row["aliases"] or "[]"))
        return AgentRow(
            self.key(agent.id), one.encode(), *(row[name] for name in names), aliases, row["description"]
        )

    def _attribute_row(self, attribute: Attribute) -> AttributeRow:
        row = self._row_of(attribute)
        names = ("name", "cardinality", "temporal", "value_type")
        return AttributeRow(self.key(attribute.id), *(row[name] for name in names))

    def _claims(self) -> dict[int, ClaimRow]:
        """Claims of equal structure are one, known by the smallest of their ids."""
        found: dict[int, ClaimRow] = {}
        for one, claim in sorted(self._world.claims.items(), reverse=True):
            row = self._row_of(claim)
            values = {name: row[name] for name in ClaimRow._fields if name in row}
            values |= {"key": self.key(claim.id), "id": one.encode(), "pad": Decimal(row["pad"] or 0)}
            values |= {end: None if row[end] is None else Decimal(row[end]) for end in ("lo", "hi")}
            values |= dict(zip(("as_of", "valid"), windows_of(row), strict=True))
            found[self.key(claim.id)] = ClaimRow(**values)
        return found

    def _links(self, links: Iterable[Link], kinds: tuple[str, ...]) -> list[LinkRow]:
        return [
            LinkRow(link.kind.value, self.key(link.source.id), self.key(link.target.id))
            for link in links
            if link.kind.value in kinds
        ]

    def _assertion_row(self, row: dict[str, Any]) -> AssertionRow:
        said = _span(moment(row.get("at")))
        return AssertionRow(
            self.assertions[row["id"]],
            row["id"].encode(),
            self.key(self._world.agents[row["agent"]].id),
            self.key(self._world.claims[row["claim"]].id),
            row.get("stance") or "affirm",
            row.get("certainty") or "certain",
            row.get("basis") or "unstated",
            said[1],
            *day_of(said),
            said[0],
            has_own_time=True,
        )

    def _relays(self, rows: list[dict[str, Any]], *, is_stated: bool) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            if _is_stated(row) == is_stated:
                found[self.assertions[row["from"]]].add(self.assertions[row["to"]])
        return found

    def _evidence(self, recorded: dict[str, datetime]) -> dict[int, list[EvidenceRow]]:
        found: dict[int, list[EvidenceRow]] = defaultdict(list)
        for place, row in enumerate(self._world.rows["evidence"]):
            if self._is_known(row, recorded, row["assertion"]):
                key, noted_by = self.assertions[row["assertion"]], row.get("noted_by")
                found[key].append(
                    EvidenceRow(
                        self.key(f"evidence {place}"),
                        str(place).encode(),
                        key,
                        (row.get("kind") or "unspecified").replace(" ", "_"),
                        row.get("present") in (None, True),
                        row.get("ref"),
                        None if noted_by is None else self.key(self._world.agents[noted_by].id),
                    )
                )
        return found

    def _amendments(self, agents: ResolvedAgents, recorded: dict[str, datetime]) -> list[AmendmentRow]:
        found: list[AmendmentRow] = []
        agent_of = {row["id"]: row["agent"] for row in self._world.rows["assertions"]}
        for place, row in enumerate(self._world.rows["amendments"]):
            target = row["target"]
            if target in recorded:
                key, owner = self.assertions[target], self._world.agents[agent_of[target]]
            elif target in self._world.documents and row.get("kind") != "debunked":
                key, owner = self.key(f"document {target}"), self._world.documents[target].outlet
            else:
                continue
            by = self.key((self._world.agents[row["by"]] if row.get("by") else owner).id)
            amendment = self._amendment(place, row, by=by, target=key)
            if (
                self._is_known(row, recorded, target, row.get("new"))
                and self._is_said(row)
                and entitlement.may_amend(amendment.kind, by, self._answerable_for(row, recorded), agents)
            ):
                found.append(amendment)
        return found

    def _amendment(self, place: int, row: dict[str, Any], *, by: int, target: int) -> AmendmentRow:
        new = row.get("new")
        instead = None if new is None else self.assertions.get(new) or self.key(f"document {new}")
        return AmendmentRow(
            key=self.key(f"amendment {place}"),
            id=str(place).encode(),
            target=target,
            kind=row.get("kind") or "retract",
            by=by,
            at=_last(moment(row.get("at"))),
            replacement=instead,
            note=None,
            replaced_by=None,
        )

    def _answerable_for(self, row: dict[str, Any], recorded: dict[str, datetime]) -> set[int]:
        """Whoever says what an amendment amends, or says what rests on it by then, and the outlets of its documents."""
        target = row["target"]
        outlets = {
            self.key(self._world.documents[one].outlet.id)
            for one in self._world.documents_of.get(target, [target])
        }
        if target not in recorded:
            return outlets
        by_then = max(recorded_at(row.get("rec")), recorded[target])
        above: dict[str, set[str]] = defaultdict(set)
        for relay in self._world.rows["relays"]:
            at = max(recorded_at(relay.get("rec")), recorded[relay["from"]], recorded[relay["to"]])
            if _is_stated(relay) and at <= by_then:
                above[relay["to"]].add(relay["from"])
        resting = reachable([target], lambda one: above[one])
        agent_of = {each["id"]: each["agent"] for each in self._world.rows["assertions"]}
        return outlets | {self.key(self._world.agents[agent_of[one]].id) for one in resting}

    # Answers ------------------------------------------------------------------------------------------------------

    def answer(self, query: str, args: dict[str, Any]) -> object:
        answer: Callable[[dict[str, Any]], object] = getattr(self, f"_{query}")
        return answer(args)

    def _claim(self, args: dict[str, Any]) -> int | None:
        claim = self._world.claims.get(args["claim"])
        return None if claim is None else self.graph.claims.classes[self.key(claim.id)]

    def _claim_name(self, key: int) -> str:
        return self.graph.facts.claims[key].id.decode()

    def _agent_name(self, key: int) -> str:
        return self.graph.facts.agents[key].id.decode()

    def _support(self, args: dict[str, Any]) -> object:
        claim = self._claim(args)
        if claim is None:
            return {"grade": 0, "independent": [0, 0], "flags": []}
        found = support.standing(self.graph, claim)
        return {"grade": found.grade, "independent": [found.lo, found.hi], "flags": list(found.flags)}

    def _unsupported(self, args: dict[str, Any]) -> object:
        graph, kind = self.graph, args.get("kind") or "no_evidence"
        return sorted(
            self._claim_name(claim)
            for claim in graph.asserted_claims
            if graph.claims.nature(claim) == "factual"
            and kind in support.kinds_of(graph, claim, support.standing(graph, claim))
        )

    def _origins(self, args: dict[str, Any]) -> object:
        claim = self._claim(args)
        origins = [] if claim is None else self.graph.origins(claim)
        return sorted({self._agent_name(self.graph.agent_of(one)) for one in origins})

    def _position(self, args: dict[str, Any]) -> object:
        claim, agent = self._claim(args), self._world.agents.get(args["holder"])
        if claim is None or agent is None:
            return "none"
        return self.graph.position(self.graph.agents.holder_of_agent(self.key(agent.id)), claim)

    def _conflicts(self, _: dict[str, Any]) -> object:
        return sorted(
            [one.kind, self._claim_name(one.a), self._claim_name(one.b), STRENGTH_NAMES[one.strength]]
            for of_issue in conflicts(self.graph).values()
            for one in of_issue
        )

    def _self_contradictions(self, _: dict[str, Any]) -> object:
        return sorted(
            [
                self._agent_name(one.holder),
                one.kind,
                self._claim_name(one.a),
                self._claim_name(one.b),
                one.when,
            ]
            for of_issue in self_contradictions(self.graph).values()
            for one in of_issue
        )

    def _circular(self, _: dict[str, Any]) -> object:
        graph = self.graph
        return sorted(
            [
                one.kind,
                self._claim_name(one.claim),
                *([] if one.agent is None else [self._agent_name(one.agent)]),
            ]
            for claim in graph.asserted_claims
            for one in circles(graph, claim, support.standing_without_flags(graph, claim))
        )

    def _chokepoints(self, args: dict[str, Any]) -> object:
        claim = self._claim(args)
        found = [] if claim is None else support.chokepoints(self.graph, claim, by=args.get("by") or "agent")
        return sorted(map(self._agent_name, found))

    def _retraction_impact(self, args: dict[str, Any]) -> object:
        key = self.assertions.get(args["assertion"])
        found = ImpactKeys([], [], [])
        if key in self.graph.facts.assertions and key is not None:
            found = impact(self.graph, key)
        return {name: sorted(map(self._claim_name, claims)) for name, claims in found._asdict().items()}


def _last(when: When) -> int:
    assert when.latest is not None
    return to_microseconds(when.latest)


def _span(when: When) -> Span:
    assert when.earliest is not None
    return to_microseconds(when.earliest), _last(when)


def _is_stated(row: dict[str, Any]) -> bool:
    return (row.get("status") or "stated") == "stated"


def _attributes_of(claims: Iterable[Claim], links: Iterable[Link]) -> list[Attribute]:
    named = [claim.attribute for claim in claims]
    named += [end for link in links for end in (link.source, link.target)]
    return [one for one in named if isinstance(one, Attribute)]
