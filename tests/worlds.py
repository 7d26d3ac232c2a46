"""Small worlds in the case format (tests/cases/README.md): the one loader that turns them into library calls.

The library orders records by digest where the format orders by id. Where an answer depends on that order (the
structure of a merged claim, whom a merged agent speaks for), the loader picks a prefix for its identifiers under which
both orders agree. A tie of a row to itself says nothing and is left out. A relay is not: an assertion that rests on
itself has no ground.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import count, pairwise
from random import Random
from typing import Any

import model

from provenance import (
    Agent,
    Amendment,
    Assertion,
    Attribute,
    Claim,
    Document,
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
from provenance.recording.drafts import Recorded
from provenance.values.records import Record

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""The time of recording that stands for a missing one: earlier than all others."""


def moment(text: str | None) -> When:
    """The time that the text states, UTC where an instant has no zone."""
    if not text:
        return When(EARLIEST, EARLIEST + timedelta(days=1, microseconds=-1))
    if len(text) > len("2026-02-01"):
        instant = datetime.fromisoformat(text)
        return when(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    return when(text)


def bound(text: str | None) -> When | None:
    return moment(text) if text else None


def given(row: dict[str, Any], name: str, default: Any) -> Any:
    """The field, or the default where it is missing or null."""
    found = row.get(name)
    return default if found is None else found


def other(row: dict[str, Any], name: str) -> str | None:
    """The id that the row is tied to; None where that is its own."""
    found: str | None = row.get(name)
    return found if found != row["id"] else None


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
    """A case's records as records of the library, and the library's answers in the ids of the case."""

    recorded: list[Recorded]
    """What the ledger recorded, in order."""

    def __init__(self, records: dict[str, Any]) -> None:
        self.records = records
        self.rows = {name: list(records.get(name) or []) for name in _LISTS}
        self._complete()
        self.same_entity = Classes(self.rows["same_subject"])
        self.same_agent = Classes((one, same) for one, same in self._ties("same_as"))
        self._build_agents()
        self._build_claims()

    def _ties(self, name: str) -> list[tuple[str, str]]:
        found = ((one, other(row, name)) for one, row in self.agent_rows.items())
        return [(one, tied) for one, tied in found if tied is not None]

    def _complete(self) -> None:
        agents = {row["id"]: row for row in self.rows["agents"]}
        for row in list(agents.values()):
            for name in ("same_as", "maybe_same", "speaks_for"):
                if row.get(name) is not None and row[name] not in agents:
                    agents[row[name]] = {"id": row[name], "kind": "organisation"}
        named = [row["agent"] for row in self.rows["assertions"]]
        named += [row["by"] for row in self.rows["amendments"] if row.get("by")]
        named += [row["noted_by"] for row in self.rows["evidence"] if row.get("noted_by")]
        named += [accused for row in self.rows["claims"] for accused in row.get("accuses") or ()]
        self.documents_of = {row["id"]: _documents_of(row) for row in self.rows["assertions"]}
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

    def _build_agents(self) -> None:
        spoken: dict[str, set[str]] = defaultdict(set)
        for one, target in self._ties("speaks_for"):
            if self.same_agent.root(one) != self.same_agent.root(target):
                spoken[self.same_agent.root(one)].add(target)
        for place in count():
            self.prefix = f"case {place}"
            self.agents: dict[str, Agent] = {}
            for one in self.agent_rows:
                self._agent(one, ())
            if all(_is_in_order(targets, self.agents) for targets in spoken.values()):
                break
        self.agent_names: dict[str, str] = {
            agent.id: min(self.same_agent.of(one)) for one, agent in self.agents.items()
        }

    def _build_claims(self) -> None:
        for place in count():
            self.prefix = f"case {place}"
            self.attributes: dict[str, Attribute] = {}
            self.entities: dict[str, Entity] = {}
            self.claims = {one: self._claim(row, place) for one, row in self.claim_rows.items()}
            merged = Classes([*self._merges(), *self._equals()])
            targets = {b for a, b in self._merges() if self.claims[a].id != self.claims[b].id}
            self.claim_names: dict[str, str] = {}
            is_agreed = True
            for one, claim in self.claims.items():
                members = merged.of(one)
                name = self.claim_names[claim.id] = min(members & targets or members)
                is_agreed &= _is_in_order(members & targets, self.claims)
                if not self.claims[name].is_structured:
                    structured = {other for other in members if self.claims[other].is_structured}
                    is_agreed &= _is_in_order(structured, self.claims)
            if is_agreed:
                break

    def _merges(self) -> list[tuple[str, str]]:
        ties = ((row["id"], other(row, "same_as")) for row in self.claim_rows.values())
        return [(one, same) for one, same in ties if same is not None]

    def _equals(self) -> list[tuple[str, str]]:
        """Structured claims that say the same, once the entities are resolved."""
        first: dict[object, str] = {}
        return [(one, first.setdefault(self._saying(claim), one)) for one, claim in self.claims.items()]

    def _saying(self, claim: Claim) -> object:
        if not claim.is_structured:
            return claim.id
        names = {entity.id: name for name, entity in self.entities.items()}
        subject, value = (
            self.same_entity.root(names[one.id]) if isinstance(one, Entity) else one
            for one in (claim.subject, claim.value)
        )
        says = value if value is None or isinstance(value, str) else tuple(value.bounds())  # type: ignore[union-attr]
        identity = {**claim.identity(), "subject": subject, "value": says}
        return tuple((name, str(part)) for name, part in sorted(identity.items()))

    def _agent(self, one: str, above: tuple[str, ...]) -> Agent:
        if one not in self.agents:
            row = self.agent_rows[one]
            naming = row.get("naming") or "named"
            words = row.get("name") or one
            spoken_for = other(row, "speaks_for")
            spoken_of = None
            if spoken_for is not None and spoken_for not in above:
                spoken_of = self._agent(spoken_for, (*above, one))
            name: str | None = words
            if naming == "role" and spoken_of is None:
                # No record can be a role that speaks for nobody, or in a circle. The nearest is a source with a name
                # that nobody else has.
                naming, name = "partial", None
            is_mention = naming in ("partial", "anonymous", "unattributed")
            self.agents[one] = Agent(
                kind=row.get("kind") or "person",
                naming=naming,
                name=name if naming in ("named", "partial", "role") else None,
                description=words if is_mention else None,
                mention=f"{self.prefix} {one}" if is_mention else None,
                identifier=None if is_mention else f"{self.prefix} {one}",
                speaks_for=spoken_of,
                aliases=tuple(row.get("aliases") or ()) or None,
                count=row.get("count") or None,
                known_to_desk=row.get("known_to_desk") or None
                if row.get("naming") in ("partial", "anonymous")
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

    def _claim(self, row: dict[str, Any], place: int) -> Claim:
        nature = row.get("nature") or "factual"
        text = str(row["id"]) if place == 0 else f"{row['id']} {place}"
        accuses = tuple(self.agents[one] for one in row.get("accuses") or ()) or None
        if row.get("subject") is None or row.get("attribute") is None:
            return Claim(text=text, nature=nature, accuses=accuses)
        attribute = self._attribute(row["attribute"])
        as_of = row.get("as_of")
        return Claim(
            text=text,
            nature=nature,
            subject=self._entity(row["subject"]),
            attribute=attribute,
            scope=row.get("scope"),
            value=None if row.get("unknown") else self._value(row, attribute),
            as_of=_window(given(row, "as_of_lo", as_of), given(row, "as_of_hi", as_of)),
            valid=_window(row.get("valid_lo"), row.get("valid_hi")),
            accuses=accuses,
        )

    def _value(self, row: dict[str, Any], attribute: Attribute) -> Entity | Quantity | None:
        """A number where the attribute counts and the value is one, otherwise what the words name; unknown where none
        is stated."""
        value, pad = row.get("value"), _number(row.get("pad")) or Decimal(0)
        if value is None:
            lo, hi = _number(row.get("lo")), _number(row.get("hi"))
            return None if lo is None and hi is None else Quantity(lo, hi, pad=pad)
        exactly = _number(value) if attribute.value_type in ("number", "time") else None
        return self._entity(value) if exactly is None else Quantity(exactly, exactly, pad=pad)

    def _assertion(self, row: dict[str, Any]) -> Assertion:
        """The digests of a world's assertions are in the order of their ids: of several equal ones the smallest id
        counts."""
        places = sorted(each["id"] for each in self.rows["assertions"])
        place = places.index(row["id"])
        made = (
            Assertion(
                agent=self.agents[row["agent"]],
                claim=self.claims[row["claim"]],
                stance=row.get("stance") or "affirm",
                occasion=f"{row['id']} {salt}",
                certainty=row.get("certainty") or "certain",
                basis=row.get("basis") or "unstated",
                said_at=moment(row.get("at")),
            )
            for salt in count()
        )
        return next(one for one in made if int(one.id, 16) * len(places) >> 256 == place)

    # Documents --------------------------------------------------------------------------------------------------

    def _is_observed(self, row: dict[str, Any]) -> bool:
        observed: bool | None = row.get("observed")
        return observed if observed is not None else row["id"] not in self._rested_on

    def _build_documents(self) -> None:
        """Each document is its outlet's: the agent of an observed assertion found in it, else an agent that the world
        does not name."""
        self._rested_on = {
            row["to"]
            for row in self.rows["relays"]
            if given(row, "status", "stated") == "stated" and row["from"] != row["to"]
        }
        outlets: dict[str, Agent] = {}
        for row in self.rows["assertions"]:
            for document in self.documents_of[row["id"]]:
                if self._is_observed(row):
                    outlets.setdefault(document, self.agents[row["agent"]])
        named = {document for found_in in self.documents_of.values() for document in found_in}
        self.documents = {
            one: Document(
                outlet=outlets.get(one) or Agent(kind="outlet", name=f"{self.prefix} outlet of {one}"),
                publisher_id=f"{self.prefix} {one}",
            )
            for one in sorted(named)
        }

    def _found_in(self, row: dict[str, Any], assertion: Assertion) -> list[Mention]:
        """Where an assertion was found; one that is observed and in no document of the world, by the desk."""
        words = {name: row.get(name) for name in ("cue", "quote_type", "distanced")}
        found = [
            Mention(assertion=assertion, document=self.documents[one], **words)
            for one in self.documents_of[row["id"]]
            if self._is_observed(row) or self.documents[one].outlet.id != assertion.agent.id
        ]
        if found:
            return found
        if self._is_observed(row):
            return [Mention(assertion=assertion, **words)]
        return (
            [Mention(assertion=assertion, document=self._own_document(row["id"]))] if self.documents else []
        )

    def _own_document(self, one: str) -> Document:
        """The document with nothing else in it, of an outlet that the world does not name, where an assertion was found
        that is known only through others."""
        outlet = Agent(kind="outlet", name=f"{self.prefix} outlet of {one}")
        return Document(outlet=outlet, publisher_id=f"{self.prefix} own document of {one}")

    # Recording --------------------------------------------------------------------------------------------------

    def record(  # noqa: C901 - one block a list of the format
        self, ledger: Ledger, *, until: str | None = None, shuffled: Random | None = None
    ) -> None:
        """One commit for each time of recording, in order; those after `until` are left out.

        Within a commit the records stand in the order of the lists, or shuffled. Amendments come last, one by one, for
        the ledger refuses those of third parties.
        """
        commits: dict[datetime, list[Record]] = defaultdict(list)
        start = recorded_at(None)
        commits[start].extend(self._standing_records())
        known: dict[str, datetime] = {}
        self.assertions: dict[str, Assertion] = {}
        self._build_documents()
        for row in self.rows["assertions"]:
            one = row["id"]
            known[one] = recorded_at(row.get("rec"))
            assertion = self.assertions[one] = self._assertion(row)
            commits[known[one]].append(assertion)
            commits[known[one]].extend(self._found_in(row, assertion))
        held = {
            document: min(known[one] for one, found_in in self.documents_of.items() if document in found_in)
            for document in self.documents
        }
        for row in self.rows["relays"]:
            at = max(recorded_at(row.get("rec")), known[row["from"]], known[row["to"]])
            source, target = self.assertions[row["from"]], self.assertions[row["to"]]
            commits[at].append(Relay(source=source, target=target, status=row.get("status") or "stated"))
        items: dict[str, tuple[Evidence, datetime]] = {}
        for row in self.rows["evidence"]:
            at = max(recorded_at(row.get("rec")), known[row["assertion"]])
            noted_by = row.get("noted_by")
            present = row.get("present")
            shown = Evidence(
                assertion=self.assertions[row["assertion"]],
                kind=(row.get("kind") or "unspecified").replace(" ", "_"),
                present=True if present is None else present,
                item=row.get("ref"),
                noted_by=self.agents.get(noted_by, None),
            )
            commits[at].append(shown)
            if row.get("ref") is not None:
                items[row["ref"]] = min(
                    items.get(row["ref"], (shown, at)), (shown, at), key=lambda one: one[1]
                )
        for row in self.rows["joint"]:
            made = row["assertions"]
            at = max(recorded_at(row.get("rec")), *(known[one] for one in made))
            commits[at].extend(
                Link(kind="joint_act", source=self.assertions[a], target=self.assertions[b])
                for a, b in pairwise(made)
                if a != b
            )
        amendments: dict[datetime, list[Amendment]] = defaultdict(list)
        for row in self.rows["amendments"]:
            one, new, kind = row["target"], row.get("new"), given(row, "kind", "retract")
            target: Assertion | Document | Evidence
            if kind == "debunked":
                if one not in items:
                    continue
                target, since = items[one]
                own = target.assertion.agent  # type: ignore[union-attr]
            elif one in self.assertions:
                target, since = self.assertions[one], known[one]
                own = target.agent
            elif one in self.documents:
                target, since = self.documents[one], held[one]
                own = target.outlet
            else:
                continue
            instead = self.assertions.get(new) or self.documents.get(new) if new else None
            at = max(recorded_at(row.get("rec")), since, {**held, **known}.get(new, start) if new else start)
            amendments[at].append(
                Amendment(
                    target=target,
                    kind=kind,
                    by=self.agents[row["by"]] if row.get("by") else own,
                    replacement=instead,
                    at=moment(row.get("at")),
                )
            )
        recorded = self.recorded = []
        for at in sorted({*commits, *amendments}):
            if until is not None and at > recorded_at(until):
                break
            if shuffled is not None:
                shuffled.shuffle(commits[at])
                shuffled.shuffle(amendments[at])
            if commits[at]:
                with ledger.begin(by="case", at=at) as desk:
                    recorded.append(desk.add(*commits[at]))
            for amendment in amendments[at]:
                with suppress(NotEntitled):
                    with ledger.begin(by="case", at=at) as desk:
                        taken = desk.add(amendment)
                    recorded.append(taken)

    def _standing_records(self) -> list[Record]:  # noqa: C901, PLR0912 - likewise
        """The records without a time of recording, which are there from the first."""
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
                tied = other(row, name)
                if tied is not None:
                    records.append(Link(kind=kind, source=agent, target=self.agents[tied]))
            spoken_for = other(row, "speaks_for")
            if spoken_for is not None and agent.speaks_for is None:
                records.append(Link(kind="speaks_for", source=agent, target=self.agents[spoken_for]))
        for a, b in self._merges():
            records.extend(self._claim_link("same_claim", a, b))
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
        said, known = bound(args.get("said")), bound(args.get("known"))
        asked = ledger if said is None and known is None else ledger.as_of(said=said, known=known)
        return getattr(self, f"_{query['q']}")(asked, args)

    def _claim_name(self, claim_id: str) -> str:
        return self.claim_names[claim_id]

    def _agent_name(self, agent_id: str) -> str:
        return self.agent_names[agent_id]

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
        found = asked.support(self.claims[args["claim"]])
        return {"grade": found.grade, "independent": [found.lo, found.hi], "flags": list(found.flags)}

    def _unsupported(self, asked: Any, args: dict[str, Any]) -> object:
        return sorted(
            self._claim_name(one.claim.id) for one in asked.unsupported(args.get("kind") or "no_evidence")
        )

    def _origins(self, asked: Any, args: dict[str, Any]) -> object:
        if args["claim"] not in self.claims:
            return []
        return sorted({self._agent_name(one.agent.id) for one in asked.origins(self.claims[args["claim"]])})

    def _position(self, asked: Any, args: dict[str, Any]) -> object:
        if args["claim"] not in self.claims or args["holder"] not in self.agents:
            return "none"
        return asked.position(self.agents[args["holder"]], self.claims[args["claim"]])

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
        if args["claim"] not in self.claims:
            return []
        found = [one.id for one in asked.chokepoints(self.claims[args["claim"]], by=by)]
        if by == "agent":
            return sorted({self._agent_name(one) for one in found})
        parties = {**{f"G:{name}": agent for name, agent in self.groups.items()}, **self.agents}
        world = model.World(
            self.records,
            said=model.moment(args.get("said"), model.OPEN_END),
            known=model.moment(args.get("known"), model.OPEN_END),
        )
        sides = model.sides(world, world.claim(args["claim"]))
        names = {agent.id: min(sides.get(name, {name})) for name, agent in parties.items()}
        return sorted({names[one] for one in found})

    def _retraction_impact(self, asked: Any, args: dict[str, Any]) -> object:
        if args["assertion"] not in self.assertions:
            return {"lost": [], "weakened": [], "unaffected": []}
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
    "joint",
]


def _documents_of(row: dict[str, Any]) -> list[str]:
    found = row.get("doc")
    return [found] if isinstance(found, str) else list(dict.fromkeys(found or ()))


def _is_in_order(names: set[str], records: Mapping[str, Record]) -> bool:
    """Whether the first of the names by text is the first by digest too."""
    return not names or records[min(names)].id == min(records[name].id for name in names)


def _number(value: Any) -> Decimal | None:
    """The number that a number, or text that is one, stands for; None for other words."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _window(lo: str | None, hi: str | None) -> Window | None:
    return Window(bound(lo), bound(hi)) if lo or hi else None


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
