"""The flat schema: what one would write without a log, an index, checks or identities, and its rows.

The limit, DuckDB and the limit on PostgreSQL use the same tables and rows, whose ids are given out by the dicts here.
A relay's position counts from the source outwards, the publisher last. A sentence that rests on an assertion recorded
before names its row in `rests_on`, and evidence belongs to the row that is rested on.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Rows = dict[str, list[tuple[object, ...]]]

TABLES = {
    "agent": "id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL",
    "topic": "id INTEGER PRIMARY KEY, name TEXT NOT NULL",
    "slot": "id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, attribute TEXT NOT NULL, value_type TEXT NOT NULL",
    "claim": "id INTEGER PRIMARY KEY, text TEXT NOT NULL, slot INTEGER, entity TEXT, lo INTEGER, hi INTEGER",
    "assertion": (
        "id INTEGER PRIMARY KEY, claim INTEGER NOT NULL, agent INTEGER NOT NULL, stance TEXT NOT NULL, "
        "quote TEXT NOT NULL, url TEXT NOT NULL, said_at BIGINT NOT NULL, rests_on INTEGER"
    ),
    "relay": (
        "assertion INTEGER NOT NULL, position INTEGER NOT NULL, agent INTEGER NOT NULL, "
        "PRIMARY KEY (assertion, position)"
    ),
    "evidence": (
        "id INTEGER PRIMARY KEY, assertion INTEGER NOT NULL, kind TEXT NOT NULL, present INTEGER NOT NULL, "
        "item TEXT, noted_by INTEGER, sentence INTEGER NOT NULL"
    ),
}
INDEXES = (
    ("agent", "name"),
    ("topic", "name"),
    ("slot", "topic, attribute"),
    ("claim", "slot"),
    ("assertion", "claim"),
    ("assertion", "agent"),
    ("assertion", "rests_on"),
    ("assertion", "said_at"),
    ("relay", "agent"),
    ("evidence", "assertion"),
)
BATCH = 10_000
"""Sentences in a transaction."""


def schema() -> list[str]:
    tables = [f"CREATE TABLE {name} ({columns})" for name, columns in TABLES.items()]
    indexes = [f"CREATE INDEX ix_{number} ON {of} ({by})" for number, (of, by) in enumerate(INDEXES)]
    return tables + indexes


class Flattener:
    """Makes rows of sentences. Its dicts hold every agent, topic, slot, claim and speech event so far."""

    def __init__(self) -> None:
        self._agents: dict[tuple[str, ...], int] = {}
        self._topics: dict[str, int] = {}
        self._slots: dict[tuple[int, str], int] = {}
        self._claims: dict[str, int] = {}
        self._events: dict[tuple[int, int, str, str], int] = {}
        self._sentences = 0
        self._evidence = 0
        self.rows: Rows = defaultdict(list)

    def taken(self) -> Rows:
        """The rows made since the last call."""
        taken, self.rows = self.rows, defaultdict(list)
        return taken

    def add(self, sentence: Json) -> None:
        self._sentences += 1
        number, document = self._sentences, sentence["document"]
        claim, agent = self._claim(sentence["claim"]), self._agent(sentence["source"], document["url"])
        stance, occasion = sentence.get("stance", "affirm"), sentence.get("occasion")
        origin = None
        if occasion is not None:
            event = (claim, agent, stance, occasion)
            origin = self._events.setdefault(event, number)
        rests_on = None if origin in (None, number) else origin
        said_at = int(datetime.fromisoformat(document["published_at"]).timestamp())
        self.rows["assertion"].append(
            (number, claim, agent, stance, sentence["quote"], document["url"], said_at, rests_on)
        )
        publisher = self._relays(number, sentence)
        if "evidence" in sentence:
            self._add_evidence(sentence["evidence"], rests_on or number, publisher)

    def _relays(self, number: int, sentence: Json) -> int:
        relay = 0
        for position, outlet in enumerate((*sentence["via"], sentence["document"]["outlet"]), start=1):
            relay = self._agent(outlet, "")
            self.rows["relay"].append((number, position, relay))
        return relay

    def _add_evidence(self, shown: object, assertion: int, publisher: int) -> None:
        self._evidence += 1
        row = (
            (shown["kind"], 1, shown["item"], None)
            if isinstance(shown, dict)
            else ("unspecified", 0, None, publisher)
        )
        self.rows["evidence"].append((self._evidence, assertion, *row, self._sentences))

    def _agent(self, source: Json, url: str) -> int:
        (kind, name), *_ = source.items()
        key = (kind, name, url) if kind == "anonymous" else (kind, name)
        known = self._agents.get(key)
        if known is None:
            known = self._agents[key] = len(self._agents) + 1
            self.rows["agent"].append((known, kind, name))
        return known

    def _claim(self, claim: Json) -> int:
        known = self._claims.get(claim["text"])
        if known is None:
            known = self._claims[claim["text"]] = len(self._claims) + 1
            slot = self._slot(claim) if "subject" in claim else None
            self.rows["claim"].append((known, claim["text"], slot, *_value(claim)))
        return known

    def _slot(self, claim: Json) -> int:
        attribute = claim["attribute"]
        topic = self._topic(claim["subject"])
        known = self._slots.get((topic, attribute["name"]))
        if known is None:
            known = self._slots[topic, attribute["name"]] = len(self._slots) + 1
            self.rows["slot"].append((known, topic, attribute["name"], attribute["value_type"]))
        return known

    def _topic(self, name: str) -> int:
        known = self._topics.get(name)
        if known is None:
            known = self._topics[name] = len(self._topics) + 1
            self.rows["topic"].append((known, name))
        return known


def _value(claim: Json) -> tuple[str | None, int | None, int | None]:
    """The entity, or the ends of the amount: "at least 3" has no upper one."""
    value = claim.get("value")
    if value is None:
        return None, None, None
    if claim["attribute"]["value_type"] == "entity":
        return value, None, None
    if isinstance(value, int):
        return None, value, value
    low, _, high = value.removeprefix("at least ").partition(" to ")
    return None, int(low), int(high) if high else None
