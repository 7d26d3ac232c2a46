"""Random worlds in the case format, biased to reach its corners: loops, merges, unnamed sources, odd times.

Everything that the format allows occurs, but for what docs/semantics.md refuses outright (`lo` above `hi`, a window
upside down), ids without rows where the format gives no default (an assertion that a relay names), documents of which
the observed assertions are two outlets', and offices with a name of which nobody says whose they are.
"""

from __future__ import annotations

import os
from copy import deepcopy
from random import Random
from typing import Any

from model.ties import joined

EXAMPLES = 6 * int(os.environ.get("PROVENANCE_EXAMPLES", "1"))
"""Worlds that a run looks at for each property. For a long run, PROVENANCE_EXAMPLES multiplies them."""

Records = dict[str, Any]
Row = dict[str, Any]

DATES = (None, "2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04")
MOMENTS = (
    "2026-02-01T12:00Z",
    "2026-02-02T00:30+03:00",  # still the first of February in UTC
    "2026-02-02T23:59:59.999999Z",  # the last moment of a date
    "2026-02-02T20:00:00-05:00",
    "2026-02-03 09:15:00.5+00:00",
    "2026-02-03T09:15",  # without a zone: UTC
)
LONG = ("2026-02", "2025")
"""Count from their ends: after all of the dates, and before them."""

STANCES = ("affirm",) * 8 + ("relay",) * 3 + ("deny",) * 2 + ("question", "no_comment", "silence", "disavow")
BASES = ("unstated",) * 4 + ("witness", "data", "own_act", "document", "hearsay", "inference")
CERTAINTIES = ("certain",) * 6 + ("probable", "possible", "unspecified", "unspecified")
NAMINGS = ("named",) * 4 + ("partial", "partial", "role", "anonymous", "anonymous", "unattributed")
KINDS = ("outlet",) * 4 + ("person", "organisation", "document", "group", "unknown")
NATURES = ("factual",) * 6 + ("evaluative", "prospective")
NAMES = ("Alexandra", "Alexandra Petrova", "Boris", "boris Petrova", "PETROVA", "Petrova Office")
ODD_NAMES = (
    "O’Brien",
    "o'brien",
    "Jean-Luc  Martin",
    "JEAN‑LUC Martin",
    "Jos\u00e9 D\u00edaz",
    "Di\u0301az, Jose\u0301",
    "Luc",
)
DESCRIPTIONS = ("a monitor", "A monitor", "officials")
PLACES = ("street", "city", "land", "abroad")
SUBJECTS = ("s1", "s1", "s1", "s2", "s3")
NUMBERS = (1, 2, 2, 3, 4, 5, 6, -1, 2.5, "3", "2.50", "-1")
SAMPLE = 16
"""How many of the questions that a world allows by the hundred are asked of it."""

UNLISTED_AGENTS = ("h0", "h1")
UNLISTED_CLAIMS = ("D0", "D1")
DOCUMENTS = ("d0", "d1", "d2", "d3")
SOMEBODYS = "d9"
"""A document of an outlet that the world does not name."""

OPTIONAL = {
    "agents": "kind naming name aliases same_as maybe_same speaks_for group count known_to_desk",
    "attributes": "cardinality temporal value_type",
    "claims": "text nature same_as subject scope value lo hi pad unknown as_of as_of_lo as_of_hi valid_lo valid_hi",
    "assertions": "stance basis certainty at rec observed cue quote_type distanced",
    "relays": "status rec",
    "evidence": "kind present ref noted_by rec",
    "amendments": "kind new by at rec",
    "joint": "rec",
}


def chance(random: Random, of_ten: int) -> bool:
    return random.randrange(10) < of_ten


class Calendar:
    """The times of one world: dates alone, or dates beside moments of any zone."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._times = DATES if chance(random, 6) else (*DATES, *MOMENTS, *LONG)

    def any(self) -> str | None:
        return self._random.choice(self._times)

    def stated(self) -> str:
        return self._random.choice([time for time in self._times if time is not None])

    def window(self) -> tuple[str | None, str | None]:
        """An end may be open. Days apart, or the same: so it never ends before it begins."""
        ends = sorted((self._random.choice(DATES[1:]), self._random.choice(DATES[1:])), key=str)
        lo, hi = ends if ends[0] != ends[1] else (self.stated(),) * 2
        open_end = self._random.randrange(5)
        return (None if open_end == 0 else lo, None if open_end == 1 else hi)


def random_world(random: Random) -> Records:
    calendar = Calendar(random)
    agents = [_agent(random, place) for place in range(random.randint(1, 8))]
    agent_ids = [*(row["id"] for row in agents), *UNLISTED_AGENTS]
    attributes = [_attribute(random, place) for place in range(random.choice((0, 1, 1, 2, 3)))]
    # Most worlds quarrel over little: few claims, about one subject, asserted over and over.
    is_narrow = chance(random, 7)
    claims = [
        _claim(
            random,
            place,
            attributes[:1] if is_narrow else attributes,
            SUBJECTS[:4] if is_narrow else SUBJECTS,
            calendar,
        )
        for place in range(random.randint(0, 4 if is_narrow else 7))
    ]
    claim_ids = [*(row["id"] for row in claims), random.choice(UNLISTED_CLAIMS)]
    said_of = claim_ids[: random.randint(1, 3)] if is_narrow else claim_ids
    assertions = [
        _assertion(random, place, agent_ids, said_of, calendar)
        for place in range(random.choice((1, 4, 8, 10, 12, 14)))
    ]
    ids = [row["id"] for row in assertions]
    records: Records = {
        "agents": agents,
        "attributes": attributes,
        "attribute_order": _pairs(random, [row["id"] for row in attributes], 3, 2),
        "part_of": _pairs(random, PLACES, 4, random.choice((0, 1, 3))),
        "same_subject": _pairs(random, (*SUBJECTS, "city", "abroad"), 4, random.choice((0, 0, 1, 2))),
        "claims": claims,
        "claim_links": [
            {"a": a, "b": b, "kind": random.choice(("entails", "entails", "contradicts"))}
            for a, b in _pairs(random, [*claim_ids, *UNLISTED_CLAIMS], 9, random.choice((0, 1, 2, 4)))
        ],
        "assertions": assertions,
        "relays": [
            {
                "from": a,
                "to": b,
                "status": "inferred" if chance(random, 2) else "stated",
                "rec": calendar.any(),
            }
            for a, b in _pairs(random, ids, 20, random.randint(0, len(ids)) // random.choice((1, 2)))
        ],
        "evidence": [_evidence(random, ids, agent_ids, calendar) for _ in range(random.randint(0, 5))],
        "amendments": [
            _amendment(random, ids, agent_ids, calendar) for _ in range(random.choice((0, 0, 1, 2)))
        ],
        "joint": [
            _joint_act(random, ids, calendar)
            for _ in range(random.choice((0, 0, 0, 1, 2)) if len(ids) > 1 else 0)
        ],
    }
    random.choice(SCENES)(random, records)
    for name, fields in OPTIONAL.items():
        for row in records[name]:
            row.update({field: None for field in fields.split() if field not in row and chance(random, 1)})
    _unname_offices_of_nobody(records)
    if chance(random, 6):
        _put_into_documents(random, records)
    _amend_more(random, records, calendar)
    return {name: rows for name, rows in records.items() if rows or chance(random, 5)}


# Scenes: what chance alone brings together too seldom. Each only bends what is there, and not all of it.


def _leave_as_it_is(random: Random, records: Records) -> None:
    """A world of everything, in which little meets."""


def _quarrel(random: Random, records: Records) -> None:
    """Many holders, sure of themselves, give one attribute of one subject different values."""
    slot = {"subject": "s1", "attribute": random.choice(records["attributes"] or [{"id": "p9"}])["id"]}
    counted = {row["id"] for row in records["attributes"] if row["value_type"] in ("number", "time")}
    records["claims"] += [{"id": f"C{place}"} for place in range(len(records["claims"]), 3)]
    for row in records["claims"]:
        if chance(random, 9):
            for name in ("scope", "same_as", "value", "lo", "hi", "pad", "unknown"):
                row.pop(name, None)
            row.update(slot, nature="factual" if chance(random, 8) else "prospective")
            _add_value(random, row, is_counted=slot["attribute"] in counted)
    for row in records["assertions"]:
        if chance(random, 9):
            row.pop("observed", None)
            row.update(
                agent=random.choice([*UNLISTED_AGENTS, *(agent["id"] for agent in records["agents"])]),
                claim=random.choice(records["claims"])["id"],
                stance=random.choice(("affirm", "affirm", "affirm", "deny")),
                certainty="certain" if chance(random, 8) else "possible",
            )
    records["relays"] = records["relays"][:1]


def _prove(random: Random, records: Records) -> None:
    """One claim, shown by many who can be told apart, or nearly."""
    claim = random.choice(records["assertions"])["claim"]
    for row in records["agents"]:
        if chance(random, 8):
            row["naming"] = random.choice(("named", "named", "partial", "role"))
            row.pop("same_as", None)
            row.pop("group", None)
    for row in records["assertions"]:
        if chance(random, 8):
            row.update(claim=claim, stance="affirm", basis=random.choice(("unstated", "unstated", "witness")))
            records["evidence"] += [
                {"assertion": row["id"], "kind": "video", "ref": random.choice(("v1", "v2", "v3", None))}
                for _ in range(random.randrange(3))
            ]
    records["relays"] = [{**row, "status": "inferred"} for row in records["relays"][:2]]


def _repeat(random: Random, records: Records) -> None:
    """Outlets that mostly relay one another, on one claim and on another that entails it."""
    claim = random.choice(records["assertions"])["claim"]
    for row in records["agents"]:
        if chance(random, 7):
            row.update(kind="outlet", naming="named")
    for row in records["assertions"]:
        if chance(random, 8):
            row["stance"] = random.choice(("relay",) * 6 + ("affirm", "affirm", "deny", "silence"))
        if chance(random, 8):
            row["claim"] = claim
        row["observed"] = chance(random, 8)
    records["relays"] = [
        {"from": a, "to": b, "rec": None}
        for a, b in _pairs(random, assertion_ids(records)[:6], 9, random.randint(2, 9))
    ]


def _echo(random: Random, records: Records) -> None:
    """A few agents who say one thing again and again: here with a source, there without, and take it back."""
    claim = random.choice(records["assertions"])["claim"]
    few = random.sample(records["agents"], min(2, len(records["agents"])))
    for row in records["assertions"]:
        if chance(random, 9):
            row.update(claim=claim, agent=random.choice(few)["id"], basis="unstated")
            row["stance"] = random.choice(("affirm",) * 6 + ("relay", "relay", "relay", "deny", "disavow"))
            row["observed"] = chance(random, 5)
    ids = assertion_ids(records)
    records["relays"] = [
        {"from": a, "to": b} for a, b in _pairs(random, ids, 20, random.randint(0, 1 + len(ids) // 2))
    ]
    if len(ids) > 3:
        _quote_who_is_on_record(random, records)


def _quote_who_is_on_record(random: Random, records: Records) -> None:
    """The first four: an agent's own words, its words as another quotes them, the other, and the agent's source."""
    own, quoted, quoting, source = records["assertions"][:4]
    agent = random.choice((*UNLISTED_AGENTS, *(row["id"] for row in records["agents"])))
    for row in (own, quoted, quoting, source):
        row.update(claim=own["claim"], basis="unstated", stance="affirm" if chance(random, 9) else "deny")
        row["observed"] = row is not quoted
    own.update(agent=agent, stance=random.choice(("affirm", "relay", "relay")), at=random.choice(DATES[:3]))
    quoted.update(agent=agent, at=random.choice(DATES[1:]))
    quoting["stance"] = "relay"
    records["relays"] += [
        {"from": quoting["id"], "to": quoted["id"]},
        {"from": own["id"], "to": source["id"]},
    ]
    records["evidence"] = [row for row in records["evidence"] if row["assertion"] != quoted["id"]]


def _count(random: Random, records: Records) -> None:
    """A few holders whose counts, or states, of one thing rise and fall within two or three days."""
    temporal = random.choice(("cumulative", "cumulative", "state"))
    records["attributes"].append({"id": "p8", "value_type": "number", "temporal": temporal})
    records["claims"] += [{"id": f"C{place}"} for place in range(len(records["claims"]), 4)]
    for row in records["claims"]:
        kept = {name: row[name] for name in ("id", "nature") if name in row}
        row.clear()
        row.update(kept)
        if chance(random, 8):  # the others say something that only entails a count
            row.update(subject="s1", attribute="p8", value=random.choice((3, 5, 7, 9)), nature="factual")
            if chance(random, 4):
                row[random.choice(("as_of", "valid_lo"))] = random.choice(
                    (*DATES[1:4], MOMENTS[2], MOMENTS[4])
                )
            if chance(random, 2):
                row["pad"] = 1
    entailing = [row["id"] for row in records["claims"] if "subject" not in row] or ["D0"]
    counted = [row["id"] for row in records["claims"] if "subject" in row]
    records["claim_links"] = [
        {"a": random.choice(entailing), "b": one, "kind": "entails"} for one in counted if chance(random, 4)
    ]
    holders = [*UNLISTED_AGENTS, *(agent["id"] for agent in records["agents"][:2])]
    for row in records["assertions"]:
        row.update(agent=random.choice(holders), claim=random.choice([*counted, *entailing]))
        row.update(
            stance="deny" if chance(random, 1) else "affirm", at=random.choice((*DATES[2:4], *MOMENTS))
        )
        row.pop("observed", None)
    records["relays"] = records["relays"][:1]


SCENES = (_leave_as_it_is, _quarrel, _quarrel, _prove, _prove, _repeat, _echo, _echo, _count, _count)


# What is put into every world last


def _unname_offices_of_nobody(records: Records) -> None:
    """A role needs somebody to speak for: without one, or with another role, its name says nothing."""
    offices = {row["id"] for row in records["agents"] if row.get("naming") == "role"}
    for row in records["agents"]:
        if row["id"] in offices and row.get("speaks_for") in (None, row["id"], *offices):
            row.pop("name", None)
            row.pop("aliases", None)


def _put_into_documents(random: Random, records: Records) -> None:
    """Each document has one outlet, and its observed assertions are its outlet's; others are quoted there. What an agent
    says in its own document is observed."""
    outlets = {document: random.choice(records["assertions"])["agent"] for document in DOCUMENTS}
    agents = joined([], [(row["id"], row["same_as"]) for row in records["agents"] if row.get("same_as")])
    for row in records["assertions"]:
        own = [document for document in DOCUMENTS if outlets[document] == row["agent"]]
        if own and chance(random, 7):
            row.update(doc=random.choice(own), observed=True)
            if len(own) > 1 and chance(random, 2):
                row["doc"] = random.sample(own, 2)
        elif chance(random, 5):
            one = agents.get(row["agent"], {row["agent"]})
            others = [document for document in DOCUMENTS if outlets[document] not in one]
            row.update(doc=random.choice([*others, SOMEBODYS]), observed=False)
            if others and chance(random, 3):
                row["doc"] = random.sample([*others, SOMEBODYS], 2)


def _amend_more(random: Random, records: Records, calendar: Calendar) -> None:
    """Documents that are killed, items that are debunked, and what is said again and again taken back."""
    named = [row["doc"] for row in records["assertions"] if row.get("doc")]
    documents = sorted({one for doc in named for one in ([doc] if isinstance(doc, str) else doc)})
    items = sorted({row["ref"] for row in records["evidence"] if row.get("ref")})
    times = {"at": calendar.any(), "rec": calendar.any()}
    if documents and chance(random, 4):
        kind = random.choice(("retract", "correct", "supersede", "misattributed"))
        row = {"target": random.choice(documents), "kind": kind, **times}
        if chance(random, 5):
            row["by"] = random.choice(agent_ids(records))
        if chance(random, 3):
            row["new"] = random.choice(documents)
        records["amendments"].append(row)
    if items and chance(random, 5):
        records["amendments"].append(
            {"target": random.choice(items), "kind": "debunked", "by": "h2", **times}
        )


# Rows


def _pairs(random: Random, ids: Any, self_in: int, count: int) -> list[list[str]]:
    """Pairs in either direction, so that chains and loops occur; one in `self_in` may tie an id to itself."""
    found = []
    for _ in range(count if ids else 0):
        a, b = random.choice(ids), random.choice(ids)
        if a != b or random.randrange(self_in) == 0:
            found.append([a, b])
    return found


def _agent(random: Random, place: int) -> Row:
    naming = random.choice(NAMINGS)
    row: Row = {"id": f"g{place}", "naming": naming, "kind": random.choice(KINDS)}
    if chance(random, 6):
        row["name"] = random.choice(DESCRIPTIONS)
    if naming in ("named", "partial", "role"):
        row.pop("name", None)
        names = NAMES if chance(random, 7) else ODD_NAMES
        if chance(random, 6):
            row["name"] = random.choice(names)
        if chance(random, 2):
            row["aliases"] = [random.choice(names)]
    if naming not in ("named", "role") or chance(random, 1):
        row["count"] = random.choice((1, 1, 3))
        row["known_to_desk"] = chance(random, 2)
    for name in ("same_as", "maybe_same", "speaks_for"):
        if chance(random, 1) or (name == "speaks_for" and naming == "role" and chance(random, 8)):
            row[name] = random.choice(
                [f"g{other}" for other in range(8) if other <= place or chance(random, 1)]
            )
    if chance(random, 2):
        row["group"] = random.choice(("ru", "ua"))
    return row


def _attribute(random: Random, place: int) -> Row:
    return {
        "id": f"p{place}",
        "cardinality": random.choice(("single",) * 5 + ("multi",)),
        "temporal": random.choice(("constant", "state", "cumulative")),
        "value_type": random.choice(("number", "number", "number", "time", "place", "enum", "entity")),
    }


def _claim(
    random: Random, place: int, attributes: list[Row], subjects: tuple[str, ...], calendar: Calendar
) -> Row:
    row: Row = {"id": f"C{place}", "nature": random.choice(NATURES)}
    if chance(random, 2):
        row["same_as"] = f"C{random.randrange(7)}"
    if chance(random, 1):
        row["accuses"] = [f"g{random.randrange(4)}"]
    if chance(random, 2):
        return row
    attribute = random.choice([*attributes * 3, {"id": "p9", "value_type": "entity"}])
    row["subject"], row["attribute"] = random.choice(subjects), attribute["id"]
    if chance(random, 1):
        row["scope"] = "of them"
    _add_value(random, row, is_counted=attribute["value_type"] in ("number", "time"))
    if chance(random, 3):
        row["as_of"] = calendar.stated()
    elif chance(random, 1):
        row["as_of_lo"], row["as_of_hi"] = calendar.window()
    if chance(random, 2):
        row["valid_lo"], row["valid_hi"] = calendar.window()
    return row


def _add_value(random: Random, row: Row, *, is_counted: bool) -> None:
    if chance(random, 1):
        row["unknown"] = True
    elif chance(random, 0 if is_counted else 8):
        row["value"] = random.choice(PLACES)
    elif chance(random, 6):
        row["value"] = random.choice((*NUMBERS, "many"))
    else:
        ends = sorted((random.randint(-1, 6), random.randint(-1, 6)))
        row.update({name: end for name, end in zip(("lo", "hi"), ends, strict=True) if chance(random, 7)})
    if chance(random, 3):
        row["pad"] = random.choice((1, 2, 0.5, "1"))


def _assertion(random: Random, place: int, agents: list[str], claims: list[str], calendar: Calendar) -> Row:
    row: Row = {
        "id": f"a{place:02}",
        "agent": random.choice(agents),
        "claim": random.choice(claims),
        "stance": random.choice(STANCES),
        "basis": random.choice(BASES),
        "certainty": random.choice(CERTAINTIES),
        "at": calendar.any(),
        "rec": calendar.any(),
    }
    if chance(random, 3):
        row["observed"] = chance(random, 5)
    if chance(random, 1):
        row.update(
            cue="said", quote_type=random.choice(("direct", "mixed", "indirect", "none")), distanced=True
        )
    return row


def _evidence(random: Random, ids: list[str], agents: list[str], calendar: Calendar) -> Row:
    row: Row = {
        "assertion": random.choice(ids),
        "kind": random.choice(("video", "document", "official record")),
        "present": chance(random, 7),
        "rec": calendar.any(),
    }
    if chance(random, 5):
        row["ref"] = random.choice(("v1", "v2"))
    if chance(random, 3):
        row["noted_by"] = random.choice((*agents, "h2"))
    return row


def _amendment(random: Random, ids: list[str], agents: list[str], calendar: Calendar) -> Row:
    row: Row = {
        "target": random.choice(ids),
        "kind": random.choice(("retract", "correct", "supersede", "misattributed")),
        "at": calendar.any(),
        "rec": calendar.any(),
    }
    if chance(random, 5):
        row["by"] = random.choice((*agents, "h2"))
    if chance(random, 3):
        row["new"] = random.choice(ids)
    return row


def _joint_act(random: Random, ids: list[str], calendar: Calendar) -> Row:
    """Of one assertion alone there is none."""
    return {"assertions": random.sample(ids, min(len(ids), random.choice((2, 2, 3)))), "rec": calendar.any()}


def random_bounds(random: Random) -> dict[str, str]:
    """No bound, one, or both."""
    times = (*DATES[1:], *MOMENTS)
    return {name: str(random.choice(times)) for name in ("said", "known") if chance(random, 4)}


def agent_ids(records: Records) -> list[str]:
    """Every agent of the world, with a row or without."""
    rows = records.get("agents") or []
    found = [row["id"] for row in rows] + [row["agent"] for row in records.get("assertions") or []]
    found += [row[name] for row in rows for name in ("same_as", "maybe_same", "speaks_for") if row.get(name)]
    return sorted(set(found))


def claim_ids(records: Records) -> list[str]:
    """Every claim of the world, with a row or without."""
    rows = records.get("claims") or []
    found = [row["id"] for row in rows] + [row["same_as"] for row in rows if row.get("same_as")]
    found += [row["claim"] for row in records.get("assertions") or []]
    found += [row[end] for row in records.get("claim_links") or [] for end in ("a", "b")]
    return sorted(set(found))


def assertion_ids(records: Records) -> list[str]:
    return [row["id"] for row in records.get("assertions") or []]


def as_observed(records: Records) -> Records:
    """The same world, with what the format derives from the whole file stated: so that a part of it means the same."""
    stated = deepcopy(records)
    rested_on = {
        row["to"]
        for row in stated.get("relays") or []
        if (row.get("status") or "stated") == "stated" and row["from"] != row["to"]
    }
    for row in stated.get("assertions") or []:
        if row.get("observed") is None:
            row["observed"] = row["id"] not in rested_on
    return stated


def every_query(records: Records, bounds: dict[str, Any]) -> list[dict[str, Any]]:
    """All questions of the format that the world allows, within the bounds."""
    queries: list[dict[str, Any]] = [
        {"q": name, "args": {}} for name in ("conflicts", "self_contradictions", "circular")
    ]
    kinds = "no_evidence none unattributed reported_absent anonymous_only single_origin uncorroborated"
    queries += [{"q": "unsupported", "args": {"kind": kind}} for kind in kinds.split()]
    agents = agent_ids(records)
    for claim in claim_ids(records):
        one = {"claim": claim}
        queries += [{"q": "support", "args": one}, {"q": "origins", "args": one}]
        queries += [{"q": "chokepoints", "args": {**one, "by": by}} for by in ("agent", "group")]
        queries += [{"q": "position", "args": {**one, "holder": agent}} for agent in agents]
    queries += [{"q": "retraction_impact", "args": {"assertion": one}} for one in assertion_ids(records)]
    return [{"q": query["q"], "args": {**query["args"], **bounds}} for query in queries]


def some_queries(random: Random, records: Records, bounds: dict[str, Any]) -> list[dict[str, Any]]:
    """Those about the whole world and the support of every claim, and a sample of the many others."""
    queries = every_query(records, bounds)
    always = [
        query
        for query in queries
        if {"claim", "assertion"}.isdisjoint(query["args"]) or query["q"] == "support"
    ]
    others = [query for query in queries if query not in always]
    return always + random.sample(others, min(SAMPLE, len(others)))
