"""Small worlds in the case format (README beside the shared cases): the one loader that turns them into library calls.

The library orders records by digest where the format orders by id. Where an answer hangs on it (the structure of a
merged claim, whom a merged agent speaks for), the loader picks a prefix of its identifiers under which both agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from provenance import (
    Agent,
    Amendment,
    Assertion,
    Attribute,
    Claim,
    Entity,
    Evidence,
    Ledger,
    Link,
    Mention,
    Quantity,
    Relay,
    When,
    Window,
    when,
)
from provenance.errors import NotEntitled
from provenance.values.records import Record

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""A missing time is earlier than everything."""


def moment(text: str | None) -> When:
    return When(EARLIEST, EARLIEST + timedelta(days=1, microseconds=-1)) if text is None else when(text)


def recorded_at(text: str | None) -> datetime:
    latest = moment(text).latest
    assert latest is not None
    return latest


class Classes:
    """A union-find over the ids of a case, for naming answers as the format does."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.parent: dict[str, str] = {}
        for a, b in pairs:
            self.parent[self.root(a)] = self.root(b)

    def root(self, one: str) -> str:
        while self.parent.setdefault(one, one) != one:
            one = self.parent[one]
        return one

    def of(self, one: str) -> set[str]:
        return {other for other in [*self.parent, one] if self.root(other) == self.root(one)}


class World:
    """A case's records as the library's, and the way back from its answers to the case's ids."""

    def __init__(self, records: dict[str, Any]) -> None:
        self.rows = {name: list(records.get(name) or []) for name in _LISTS}
        self._complete()
        for prefix in count():
            self.prefix = f"case {prefix}"
            self._build()
            if self._orders_agree():
                break

    def _complete(self) -> None:
        agents = {row["id"]: row for row in self.rows["agents"]}
        for row in list(agents.values()):
            for name in ("same_as", "maybe_same", "speaks_for"):
                if row.get(name) is not None and row[name] not in agents:
                    agents[row[name]] = {"id": row[name], "kind": "organisation"}
        named = [row["agent"] for row in self.rows["assertions"]]
        named += [row["by"] for row in self.rows["amendments"] if row.get("by")]
        named += [accused for row in self.rows["claims"] for accused in row.get("accuses") or ()]
        for one in named:
            agents.setdefault(one, {"id": one})
        self.agent_rows = agents
        claims = {row["id"]: row for row in self.rows["claims"]}
        linked = [row["same_as"] for row in claims.values() if row.get("same_as")]
        linked += [row[end] for row in self.rows["claim_links"] for end in ("a", "b")]
        for one in [*(row["claim"] for row in self.rows["assertions"]), *linked]:
            claims.setdefault(one, {"id": one})
        self.claim_rows = claims
        self.attribute_rows = {row["id"]: row for row in self.rows["attributes"]}

    # Records ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.attributes: dict[str, Attribute] = {}
        self.entities: dict[str, Entity] = {}
        self.agents: dict[str, Agent] = {}
        for one in self.agent_rows:
            self._agent(one, ())
        self.claims = {one: self._claim(row) for one, row in self.claim_rows.items()}

    def _agent(self, one: str, above: tuple[str, ...]) -> Agent:
        if one not in self.agents:
            row = self.agent_rows[one]
            naming = row.get("naming") or "named"
            spoken_for = row.get("speaks_for")
            words = row.get("name") or one
            by_name = naming in ("named", "partial", "role")
            is_mention = naming in ("partial", "anonymous", "unattributed")
            self.agents[one] = Agent(
                kind=row.get("kind") or "person",
                naming=naming,
                name=words if by_name else None,
                description=None if by_name else words,
                mention=f"{self.prefix} {one}" if is_mention else None,
                identifier=None if is_mention else f"{self.prefix} {one}",
                speaks_for=self._agent(spoken_for, (*above, one))
                if spoken_for and spoken_for not in (*above, one)
                else None,
                count=row.get("count"),
                known_to_desk=row.get("known_to_desk") or None
                if naming in ("partial", "anonymous")
                else None,
            )
        return self.agents[one]

    def _attribute(self, one: str) -> Attribute:
        if one not in self.attributes:
            row = self.attribute_rows.get(one, {})
            self.attributes[one] = Attribute(
                name=f"{self.prefix} {one}",
                cardinality=row.get("cardinality") or "single",
                temporal=row.get("temporal") or "constant",
                value_type=row.get("value_type") or "entity",
            )
        return self.attributes[one]

    def _entity(self, one: object) -> Entity:
        return self.entities.setdefault(str(one), Entity(name=str(one), identifier=f"{self.prefix} {one}"))

    def _claim(self, row: dict[str, Any]) -> Claim:
        nature = row.get("nature") or "factual"
        text = str(row["id"])
        if row.get("subject") is None or row.get("attribute") is None:
            return Claim(text=f"{text}", nature=nature)
        attribute = self._attribute(row["attribute"])
        return Claim(
            text=text,
            nature=nature,
            subject=self._entity(row["subject"]),
            attribute=attribute,
            scope=row.get("scope"),
            value=None if row.get("unknown") else self._value(row, attribute),
            as_of=_window(row.get("as_of_lo", row.get("as_of")), row.get("as_of_hi", row.get("as_of"))),
            valid=_window(row.get("valid_lo"), row.get("valid_hi")),
        )

    def _value(self, row: dict[str, Any], attribute: Attribute) -> Entity | Quantity | None:
        value = row.get("value")
        if attribute.value_type not in ("number", "time"):
            return None if value is None else self._entity(value)
        if isinstance(value, str):
            value = Decimal(value)
        lo, hi = (row.get("lo"), row.get("hi")) if value is None else (value, value)
        if lo is None and hi is None:
            return None
        return Quantity(_decimal(lo), _decimal(hi), pad=_decimal(row.get("pad")) or Decimal(0))

    def _orders_agree(self) -> bool:
        merged = Classes(
            (row["id"], row["same_as"]) for row in self.claim_rows.values() if row.get("same_as")
        )
        targets = {row["same_as"] for row in self.claim_rows.values() if row.get("same_as")}
        for one in merged.parent:
            members = merged.of(one)
            structured = {other for other in members if self.claims[other].is_structured}
            for group in (members & targets, structured):
                ids = {self.claims[other].id for other in group}
                if len(ids) > 1 and min(group, key=lambda x: self.claims[x].id) != min(group):
                    first = min(group, key=lambda x: self.claims[x].id)
                    if self.claims[first].id != self.claims[min(group)].id:
                        return False
        same = Classes((row["id"], row["same_as"]) for row in self.agent_rows.values() if row.get("same_as"))
        spoken: dict[str, set[str]] = defaultdict(set)
        for row in self.agent_rows.values():
            if row.get("speaks_for"):
                spoken[same.root(row["id"])].add(row["speaks_for"])
        return all(
            min(targets, key=lambda x: self.agents[x].id) == min(targets) for targets in spoken.values()
        )

    # Recording --------------------------------------------------------------------------------------------------

    def record(self, ledger: Ledger) -> None:  # noqa: C901 - one block a list of the format
        """One commit for each time of recording, in order."""
        commits: dict[datetime, list[Record]] = defaultdict(list)
        start = recorded_at(None)
        commits[start].extend(self._standing_records())
        known: dict[str, datetime] = {}
        self.assertions: dict[str, Assertion] = {}
        rested_on = {row["to"] for row in self.rows["relays"] if (row.get("status") or "stated") == "stated"}
        for row in self.rows["assertions"]:
            one = row["id"]
            known[one] = recorded_at(row.get("rec"))
            assertion = self.assertions[one] = Assertion(
                agent=self.agents[row["agent"]],
                claim=self.claims[row["claim"]],
                stance=row.get("stance") or "affirm",
                occasion=one,
                certainty=row.get("certainty") or "certain",
                basis=row.get("basis") or "unstated",
                said_at=moment(row.get("at")),
            )
            commits[known[one]].append(assertion)
            observed = row.get("observed")
            if observed is None:
                observed = one not in rested_on
            if observed:
                commits[known[one]].append(
                    Mention(
                        assertion=assertion,
                        cue=row.get("cue"),
                        quote_type=row.get("quote_type"),
                        distanced=row.get("distanced"),
                    )
                )
        for row in self.rows["relays"]:
            at = max(recorded_at(row.get("rec")), known[row["from"]], known[row["to"]])
            source, target = self.assertions[row["from"]], self.assertions[row["to"]]
            commits[at].append(Relay(source=source, target=target, status=row.get("status") or "stated"))
        for row in self.rows["evidence"]:
            at = max(recorded_at(row.get("rec")), known[row["assertion"]])
            noted_by = row.get("noted_by")
            present = row.get("present")
            commits[at].append(
                Evidence(
                    assertion=self.assertions[row["assertion"]],
                    kind=(row.get("kind") or "unspecified").replace(" ", "_"),
                    present=True if present is None else present,
                    item=row.get("ref"),
                    noted_by=self.agents.get(noted_by, None),
                )
            )
        amendments: dict[datetime, list[Amendment]] = defaultdict(list)
        for row in self.rows["amendments"]:
            target, new = self.assertions[row["target"]], row.get("new")
            at = max(
                recorded_at(row.get("rec")), known[row["target"]], known.get(new, start) if new else start
            )
            amendments[at].append(
                Amendment(
                    target=target,
                    kind=row.get("kind") or "retract",
                    by=self.agents[row["by"]] if row.get("by") else target.agent,
                    replacement=self.assertions.get(new) if new else None,
                    at=moment(row.get("at")),
                )
            )
        for at in sorted({*commits, *amendments}):
            if commits[at]:
                with ledger.begin(by="case", at=at) as desk:
                    desk.add(*commits[at])
            for amendment in amendments[at]:
                try:
                    with ledger.begin(by="case", at=at) as desk:
                        desk.add(amendment)
                except NotEntitled:
                    continue

    def _standing_records(self) -> list[Record]:  # noqa: C901, PLR0912 - likewise
        """What has no time of recording: it is there from the first."""
        records: list[Record] = [*self.agents.values(), *self.claims.values()]
        self.groups: dict[str, Agent] = {}
        for one, row in self.agent_rows.items():
            agent = self.agents[one]
            group = row.get("group")
            if group is not None:
                whole = self.groups.setdefault(
                    group, Agent(kind="group", name=f"G:{group}", identifier=f"{self.prefix} G:{group}")
                )
                records.append(Link(kind="control_group", source=agent, target=whole))
            for name, kind in (("same_as", "same_agent"), ("maybe_same", "maybe_same_agent")):
                if row.get(name) is not None and row[name] != one:
                    records.append(Link(kind=kind, source=agent, target=self.agents[row[name]]))
            spoken_for = row.get("speaks_for")
            if spoken_for and agent.speaks_for is None and spoken_for != one:
                records.append(Link(kind="speaks_for", source=agent, target=self.agents[spoken_for]))
        for row in self.claim_rows.values():
            if row.get("same_as"):
                records.extend(self._claim_link("same_claim", row["id"], row["same_as"]))
        for row in self.rows["claim_links"]:
            records.extend(self._claim_link(row["kind"], row["a"], row["b"]))
        for part, whole in self.rows["part_of"]:
            if part != whole:
                records.append(Link(kind="part_of", source=self._entity(part), target=self._entity(whole)))
        for one, canonical in self.rows["same_subject"]:
            if one != canonical:
                records.append(
                    Link(kind="same_entity", source=self._entity(one), target=self._entity(canonical))
                )
        for before, after in self.rows["attribute_order"]:
            if before != after:
                records.append(
                    Link(kind="not_later_than", source=self._attribute(before), target=self._attribute(after))
                )
        return records

    def _claim_link(self, kind: str, a: str, b: str) -> list[Link]:
        one, other = self.claims[a], self.claims[b]
        return [] if one.id == other.id else [Link(kind=kind, source=one, target=other)]

    # Answers ----------------------------------------------------------------------------------------------------

    def answer(self, ledger: Ledger, query: dict[str, Any]) -> object:
        args = query.get("args") or {}
        said, known = args.get("said"), args.get("known")
        asked = ledger if said is None and known is None else ledger.as_of(said=said, known=known)
        return getattr(self, f"_{query['q']}")(asked, args)

    def _claim_name(self, claim_id: str) -> str:
        merged = Classes(
            [
                *((row["id"], row["same_as"]) for row in self.claim_rows.values() if row.get("same_as")),
                *_equals(self.claims),
            ]
        )
        one = next(name for name, claim in self.claims.items() if claim.id == claim_id)
        members = merged.of(one)
        targets = {row["same_as"] for row in self.claim_rows.values() if row.get("same_as")} & members
        return min(targets or members)

    def _agent_name(self, agent_id: str) -> str:
        same = Classes((row["id"], row["same_as"]) for row in self.agent_rows.values() if row.get("same_as"))
        return min(same.of(next(name for name, agent in self.agents.items() if agent.id == agent_id)))

    def _side_name(self, agent_id: str) -> str:
        sides = Classes(
            (row["id"], f"G:{row[name]}" if name == "group" else row[name])
            for row in self.agent_rows.values()
            for name in ("same_as", "group", "speaks_for")
            if row.get(name)
        )
        everybody = {**{f"G:{name}": agent for name, agent in self.groups.items()}, **self.agents}
        return min(sides.of(next(name for name, agent in everybody.items() if agent.id == agent_id)))

    def _claim_asked(self, args: dict[str, Any]) -> Claim:
        return self.claims[args["claim"]]

    def _pair(self, kind: str, a: str, b: str) -> list[str]:
        one, other = self._claim_name(a), self._claim_name(b)
        return [one, other] if kind in ("polarity", "order") else sorted((one, other))

    def _conflicts(self, asked: Any, _: dict[str, Any]) -> object:
        found = [*asked.conflicts(strength="possible"), *asked.divergences(strength="possible")]
        return sorted([one.kind, *self._pair(one.kind, one.a.id, one.b.id), one.strength] for one in found)

    def _self_contradictions(self, asked: Any, _: dict[str, Any]) -> object:
        return sorted(
            [self._agent_name(one.holder.id), one.kind, *self._pair(one.kind, one.a.id, one.b.id), one.when]
            for one in asked.self_contradictions()
        )

    def _support(self, asked: Any, args: dict[str, Any]) -> object:
        if args["claim"] not in self.claims:
            return {"grade": 0, "independent": [0, 0], "flags": []}
        found = asked.support(self._claim_asked(args))
        return {"grade": found.grade, "independent": [found.lo, found.hi], "flags": list(found.flags)}

    def _unsupported(self, asked: Any, args: dict[str, Any]) -> object:
        return sorted(
            self._claim_name(one.claim.id) for one in asked.unsupported(args.get("kind") or "no_evidence")
        )

    def _origins(self, asked: Any, args: dict[str, Any]) -> object:
        return sorted({self._agent_name(one.agent.id) for one in asked.origins(self._claim_asked(args))})

    def _position(self, asked: Any, args: dict[str, Any]) -> object:
        return asked.position(self.agents[args["holder"]], self._claim_asked(args))

    def _circular(self, asked: Any, _: dict[str, Any]) -> object:
        kinds = [
            "common_origin",
            "suspected_common_origin",
            "feedback_loop",
            "misreported_source",
            "ungrounded_loop",
        ]
        found = [
            [
                one.kind,
                self._claim_name(one.claim.id),
                *([self._agent_name(one.agent.id)] if one.agent else []),
            ]
            for one in asked.circular(*kinds)
        ]
        return sorted(found)

    def _chokepoints(self, asked: Any, args: dict[str, Any]) -> object:
        by = args.get("by") or "agent"
        name = self._side_name if by == "group" else self._agent_name
        return sorted({name(one.id) for one in asked.chokepoints(self._claim_asked(args), by=by)})

    def _retraction_impact(self, asked: Any, args: dict[str, Any]) -> object:
        found = asked.impact(self.assertions[args["assertion"]])
        return {
            name: sorted({self._claim_name(one.id) for one in getattr(found, name)})
            for name in ("lost", "weakened", "unaffected")
        }


_LISTS = [
    "agents",
    "attributes",
    "attribute_order",
    "part_of",
    "same_subject",
    "claims",
    "claim_links",
    "assertions",
    "relays",
    "evidence",
    "amendments",
]


def _equals(claims: dict[str, Claim]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    return [(one, first.setdefault(claim.id, one)) for one, claim in claims.items()]


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _window(lo: str | None, hi: str | None) -> Window | None:
    if lo is None and hi is None:
        return None
    return Window(None if lo is None else when(lo), None if hi is None else when(hi))


def difference(query: dict[str, Any], got: Any) -> str | None:
    """What differs from the expected answer, in words; None where nothing does."""
    expected = query["expect"]
    if "subset_flags" in query or "subset_flags" in (expected if isinstance(expected, dict) else {}):
        wanted = query.get("subset_flags") or expected["subset_flags"]
        missing = set(wanted) - set(got["flags"])
        same = all(got[name] == expected[name] for name in ("grade", "independent") if name in expected)
        return (
            None
            if same and not missing
            else f"{query['q']} {query.get('args')}: expected {expected}, got {got}"
        )
    if got == expected:
        return None
    return f"{query['q']} {query.get('args')}:\n  expected {expected}\n  got      {got}"
