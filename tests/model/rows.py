"""Records: the rows of a case, read one by one, with the format's defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

from .times import Span, Stated, stated, time

Number = Fraction | float
Row = dict[str, Any]


@dataclass(frozen=True)
class Agent:
    id: str
    kind: str
    naming: str
    names: frozenset[str]
    """The name and the aliases; of an anonymous or unattributed agent, its description."""
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
    as_of: Stated | None
    valid: Stated | None


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
    said: Span
    has_time: bool
    """Whether a time is stated: its own."""
    recorded_at: int
    observed: bool
    found_in: frozenset[str]
    """The documents."""
    is_worded: bool
    """Whether a certainty is stated: of its own wording."""
    quote_type: str | None
    words: str | None
    language: str | None
    is_translation: bool


@dataclass(frozen=True)
class Relay:
    child: str
    parent: str
    stated: bool
    recorded_at: int


@dataclass(frozen=True)
class Evidence:
    assertion: str
    kind: str
    present: bool
    ref: str | None
    noted_by: str | None
    recorded_at: int


@dataclass(frozen=True)
class Amendment:
    target: str
    kind: str
    by: frozenset[str]
    """Whoever made it: one agent, but for a document of which the rows say two outlets."""
    replacement: str | None
    said: Span
    recorded_at: int


@dataclass(frozen=True)
class JointAct:
    assertions: frozenset[str]
    recorded_at: int


def rows(records: Row, name: str) -> list[Any]:
    return list(records.get(name) or ())


def given(row: Row, field: str, default: Any) -> Any:
    found = row.get(field)
    return default if found is None else found


def other(row: Row, field: str) -> str | None:
    """Whom the row is tied to; a tie to itself says nothing."""
    return row.get(field) if row.get(field) != row["id"] else None


def is_stated(row: Row) -> bool:
    return bool(given(row, "status", "stated") == "stated")


def number(value: object) -> Fraction | None:
    """The number that a number, or text that is one, stands for; None for other words."""
    try:
        return Fraction(str(value))
    except ValueError:
        return None


def agent_of_row(row: Row) -> Agent:
    return Agent(
        id=row["id"],
        kind=given(row, "kind", "person"),
        naming=given(row, "naming", "named"),
        names=frozenset({given(row, "name", row["id"]), *given(row, "aliases", ())}),
        same_as=other(row, "same_as"),
        maybe_same=other(row, "maybe_same"),
        speaks_for=other(row, "speaks_for"),
        group=row.get("group"),
        count=row.get("count") or 1,
        known_to_desk=given(row, "known_to_desk", False),
    )


def attribute_of_row(row: Row) -> Attribute:
    return Attribute(
        id=row["id"],
        cardinality=given(row, "cardinality", "single"),
        temporal=given(row, "temporal", "constant"),
        value_type=given(row, "value_type", "entity"),
    )


def structure_of_row(
    row: Row, attribute: Callable[[str], Attribute], entity: Callable[[str], str]
) -> Structure | None:
    """Structured only with both subject and attribute; equal after the entities are resolved."""
    if row.get("subject") is None or row.get("attribute") is None:
        return None
    is_counted = attribute(row["attribute"]).value_type in ("number", "time")
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
        subject=entity(row["subject"]),
        attribute=row["attribute"],
        scope=row.get("scope"),
        value=None if value is None or exactly is not None else entity(str(value)),
        lo=-inf if lo is None else Fraction(str(lo)),
        hi=inf if hi is None else Fraction(str(hi)),
        pad=Fraction(str(pad or 0)) if has_ends else 0,
        unknown=bool(is_unknown),
        as_of=stated(given(row, "as_of_lo", as_of), given(row, "as_of_hi", as_of)),
        valid=stated(row.get("valid_lo"), row.get("valid_hi")),
    )


def assertion_of_row(row: Row, *, is_rested_on: bool) -> Assertion:
    doc = row.get("doc") or f"the document of {row['id']} alone"
    return Assertion(
        id=row["id"],
        agent=row["agent"],
        claim=row["claim"],
        stance=given(row, "stance", "affirm"),
        basis=given(row, "basis", "unstated"),
        certainty=given(row, "certainty", "certain"),
        said=time(row.get("at")),
        has_time=bool(row.get("at")),
        recorded_at=time(row.get("rec")).last,
        observed=given(row, "observed", not is_rested_on),
        found_in=frozenset([doc] if isinstance(doc, str) else doc),
        is_worded=bool(row.get("certainty")),
        quote_type=row.get("quote_type"),
        words=row.get("words"),
        language=row.get("language"),
        is_translation=bool(row.get("translated")),
    )
