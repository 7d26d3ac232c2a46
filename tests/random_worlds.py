"""Random worlds in the case format, biased to reach the corners: loops, merges, anonymous sources, late records."""

from __future__ import annotations

from random import Random
from typing import Any

DATES = (None, "2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04")
STANCES = ("affirm",) * 5 + ("relay",) * 4 + ("deny",) * 2 + ("question", "no_comment", "silence")
BASES = ("unstated",) * 4 + ("witness", "data", "own_act", "hearsay")
CERTAINTIES = ("certain",) * 4 + ("probable", "possible", "unspecified")
NAMINGS = ("named",) * 4 + ("partial", "anonymous", "anonymous", "unattributed")
NATURES = ("factual",) * 5 + ("evaluative", "prospective")
NAMES = ("Alexandra", "Alexandra Petrova", "Boris", "Boris Petrova")


def chance(random: Random, of_ten: int) -> bool:
    return random.randrange(10) < of_ten


def random_world(random: Random) -> dict[str, Any]:
    agents = [_agent(random, place) for place in range(random.randint(2, 7))]
    attributes = [_attribute(random, place) for place in range(random.randint(0, 3))]
    claims = [_claim(random, place, attributes, agents) for place in range(random.randint(1, 6))]
    assertions = [_assertion(random, place, agents, claims) for place in range(random.randint(1, 12))]
    ids = [row["id"] for row in assertions]
    pairs = [(a, b) for a in ids for b in ids if a != b]
    relays = [
        {
            "from": a,
            "to": b,
            "status": "inferred" if chance(random, 2) else "stated",
            "rec": random.choice(DATES),
        }
        for a, b in random.sample(pairs, min(len(pairs), random.randint(0, len(ids))))
    ]
    links = [
        {"a": a["id"], "b": b["id"], "kind": random.choice(("entails", "entails", "contradicts"))}
        for a in claims
        for b in claims
        if a is not b and random.randrange(12) == 0
    ]
    orders = [[a["id"], b["id"]] for a in attributes for b in attributes if a is not b and chance(random, 3)]
    return {
        "agents": agents,
        "attributes": attributes,
        "attribute_order": orders,
        "claims": claims,
        "claim_links": links,
        "assertions": assertions,
        "relays": relays,
        "part_of": [["street", "city"], ["city", "land"]] if chance(random, 5) else [],
        "same_subject": [["s2", "s1"]] if chance(random, 3) else [],
        "evidence": [_evidence(random, ids) for _ in range(random.randint(0, 4))],
        "amendments": [
            {
                "target": random.choice(ids),
                "kind": random.choice(("retract", "correct", "misattributed")),
                "at": random.choice(DATES),
                "rec": random.choice(DATES),
            }
            for _ in range(random.choice((0, 0, 0, 1, 2)))
        ],
    }


def _agent(random: Random, place: int) -> dict[str, Any]:
    naming = random.choice(NAMINGS)
    row: dict[str, Any] = {
        "id": f"g{place}",
        "naming": naming,
        "kind": random.choice(("person", "outlet", "outlet")),
    }
    if naming in ("named", "partial") and chance(random, 4):
        row["name"] = random.choice(NAMES[:1] if naming == "partial" else NAMES)
    if naming == "anonymous":
        row["count"] = random.choice((1, 1, 3))
        row["known_to_desk"] = chance(random, 2)
    for name, likely in (("same_as", 1), ("maybe_same", 1), ("speaks_for", 1)):
        if place and chance(random, likely):
            row[name] = f"g{random.randrange(place)}"
    if chance(random, 2):
        row["group"] = random.choice(("ru", "ua"))
    return row


def _attribute(random: Random, place: int) -> dict[str, Any]:
    return {
        "id": f"p{place}",
        "cardinality": random.choice(("single", "single", "single", "multi")),
        "temporal": random.choice(("constant", "state", "cumulative")),
        "value_type": random.choice(("number", "number", "time", "place", "enum")),
    }


def _claim(
    random: Random, place: int, attributes: list[dict[str, Any]], agents: list[dict[str, Any]]
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": f"C{place}", "nature": random.choice(NATURES)}
    if place and chance(random, 1):
        row["same_as"] = f"C{random.randrange(place)}"
    if not attributes or chance(random, 3):
        return row
    attribute = random.choice(attributes)
    row["subject"], row["attribute"] = random.choice(("s1", "s1", "s2")), attribute["id"]
    if chance(random, 1):
        row["scope"] = "of them"
    if attribute["value_type"] in ("place", "enum"):
        row["value"] = random.choice(("street", "city", "land", "abroad"))
    elif chance(random, 6):
        row["value"] = random.randint(1, 6)
    else:
        ends = sorted((random.randint(1, 6), random.randint(1, 6)))
        row.update({name: end for name, end in zip(("lo", "hi"), ends, strict=True) if chance(random, 7)})
    if "value" not in row and "lo" not in row and "hi" not in row:
        row["unknown"] = True
    elif attribute["value_type"] in ("number", "time") and chance(random, 3):
        row["pad"] = random.randint(1, 2)
    if chance(random, 3):
        row["as_of"] = random.choice(DATES[1:])
    if chance(random, 2):
        row["valid_lo"], row["valid_hi"] = sorted((random.choice(DATES[1:]), random.choice(DATES[1:])))
    return row


def _assertion(
    random: Random, place: int, agents: list[dict[str, Any]], claims: list[dict[str, Any]]
) -> dict[str, Any]:
    row = {
        "id": f"a{place:02}",
        "agent": random.choice(agents)["id"],
        "claim": random.choice(claims)["id"],
        "stance": random.choice(STANCES),
        "basis": random.choice(BASES),
        "certainty": random.choice(CERTAINTIES),
        "at": random.choice(DATES),
        "rec": random.choice(DATES),
    }
    if chance(random, 3):
        row["observed"] = chance(random, 5)
    return row


def _evidence(random: Random, ids: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "assertion": random.choice(ids),
        "kind": random.choice(("video", "document")),
        "present": chance(random, 7),
        "rec": random.choice(DATES),
    }
    if chance(random, 5):
        row["ref"] = random.choice(("v1", "v2"))
    return row


def every_query(records: dict[str, Any], bounds: dict[str, Any]) -> list[dict[str, Any]]:
    """All questions of the format that the world allows, within the bounds."""
    queries: list[dict[str, Any]] = [
        {"q": name, "args": {}} for name in ("conflicts", "self_contradictions", "circular")
    ]
    kinds = "no_evidence none unattributed reported_absent anonymous_only single_origin uncorroborated"
    queries += [{"q": "unsupported", "args": {"kind": kind}} for kind in kinds.split()]
    for claim in records["claims"]:
        one = {"claim": claim["id"]}
        queries += [{"q": "support", "args": one}, {"q": "origins", "args": one}]
        queries += [{"q": "chokepoints", "args": {**one, "by": by}} for by in ("agent", "group")]
        queries += [{"q": "position", "args": {**one, "holder": agent["id"]}} for agent in records["agents"]]
    if not bounds:
        queries += [
            {"q": "retraction_impact", "args": {"assertion": row["id"]}} for row in records["assertions"]
        ]
    return [{"q": query["q"], "args": {**query["args"], **bounds}} for query in queries]
