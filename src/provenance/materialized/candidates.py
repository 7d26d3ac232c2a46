"""The claims that may stand on a list as of any moment, for when the materialized lists do not hold.

Each condition follows from the law's definitions: every claim that stands on the list meets it, and most claims that
meet it stand on the list. Claims are looked up by index, a page of keys at a time, without a temporary table.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    exists,
    false,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from provenance.database import transactions
from provenance.index import tables
from provenance.loading.reader import CLAIM_LINKS, IndexReader
from provenance.materialized import certain
from provenance.rules.circular import KINDS as CIRCULAR_KINDS
from provenance.rules.support import UNSUPPORTED_KINDS

ACCUSATION = "accusation"
CHANGED = "changed"

_NAMINGS = {"anonymous_only": ("anonymous", "unattributed"), "unattributed": ("unattributed",)}
"""By kind of unsupported claim, the namings that one of its origins must have. A merged class may have a better naming
than a member."""


def page(reader: IndexReader, name: str, nature: str, *, after: int, limit: int) -> list[int]:
    """The next claims, in the order of recording, that may stand on a list."""
    claim = tables.claim
    transactions.expect_much(reader.connection)
    query = select(claim.c.key).where(claim.c.key > after, _condition(reader, name))
    if nature:
        query = query.where(claim.c.nature == nature)
    return list(
        reader.connection.execute(reader.known(query, claim).order_by(claim.c.key).limit(limit)).scalars()
    )


def claims(reader: IndexReader, *, after: int, limit: int) -> list[int]:
    """The next claims, in the order of recording."""
    claim = tables.claim
    query = reader.known(select(claim.c.key).where(claim.c.key > after), claim)
    return list(reader.connection.execute(query.order_by(claim.c.key).limit(limit)).scalars())


def _condition(reader: IndexReader, name: str) -> ColumnElement[bool]:
    claim = tables.claim
    if name == ACCUSATION:
        accuses = exists().where(tables.accusation.c.claim == claim.c.key)
        stated = (
            accuses if reader.last_commit is None else or_(accuses, claim.c.described > reader.last_commit)
        )
        return or_(stated, _may_be_merged(reader))
    if name in UNSUPPORTED_KINDS:
        return or_(_is_asserted(reader, name), _may_be_merged(reader))
    if name == CHANGED or name in CIRCULAR_KINDS:
        return or_(_is_relayed(reader), _may_be_merged(reader))
    # A CASE, because the order of evaluation of OR is left to the database. The first claim about an issue names it,
    # whether or not anybody said it within the bounds.
    return case(
        (or_(_shares_its_issue(reader), _is_linked(reader, CLAIM_LINKS)), true()),
        (_is_denied(reader), certain.may_be_said(reader, claim)),
        else_=false(),
    )


def _within(reader: IndexReader, query: Select[Any], table: FromClause) -> ColumnElement[bool]:
    return reader.known(query, table).exists()


def _is_asserted(reader: IndexReader, kind: str) -> ColumnElement[bool]:
    """Somebody said it. Of some kinds: somebody with such a naming, or whose evidence was noted as absent."""
    assertion, agent, evidence = tables.assertion, tables.agent, tables.evidence
    query = select(literal(1)).where(assertion.c.claim == tables.claim.c.key)
    namings = _NAMINGS.get(kind)
    if namings is not None:
        query = query.join(agent, agent.c.key == assertion.c.agent).where(agent.c.naming.in_(namings))
    if kind == "reported_absent":
        query = query.join(evidence, evidence.c.assertion == assertion.c.key).where(
            evidence.c.present.is_(False)
        )
    return _within(reader, query, assertion)


def _is_denied(reader: IndexReader) -> ColumnElement[bool]:
    """`deny` stands in the statement itself: else the database does not use the index of denials."""
    assertion = tables.assertion
    query = select(literal(1)).where(
        assertion.c.claim == tables.claim.c.key, assertion.c.stance == literal_column("'deny'")
    )
    return _within(reader, query, assertion)


def _is_relayed(reader: IndexReader) -> ColumnElement[bool]:
    """There is a relay, or an assertion that rests on another. Without either, outlets share an origin only where one
    of them is unattributed, and so no voice of its own."""
    assertion, relay = tables.assertion, tables.relay
    query = select(literal(1)).where(
        assertion.c.claim == tables.claim.c.key,
        or_(assertion.c.stance == "relay", exists().where(relay.c.source == assertion.c.key)),
    )
    return or_(_within(reader, query, assertion), _is_asserted(reader, "unattributed"))


def _shares_its_issue(reader: IndexReader) -> ColumnElement[bool]:
    """Another claim has its subject and attribute; or the subject is merged, or the attribute ordered, so that a claim
    about another one may compete."""
    claim, link = tables.claim, tables.link
    other = claim.alias()
    mate = select(literal(1)).where(
        other.c.subject == claim.c.subject,
        other.c.attribute == claim.c.attribute,
        other.c.key != claim.c.key,
        certain.may_be_said(reader, other),
    )
    is_met = _within(reader, mate, other)
    if not reader.holds.links:
        return is_met
    merged = and_(
        link.c.kind == "same_entity", or_(link.c.source == claim.c.subject, link.c.target == claim.c.subject)
    )
    ordered = and_(
        link.c.kind == "not_later_than",
        or_(link.c.source == claim.c.attribute, link.c.target == claim.c.attribute),
    )
    return or_(is_met, _within(reader, select(literal(1)).where(or_(merged, ordered)), link))


def _may_be_merged(reader: IndexReader) -> ColumnElement[bool]:
    """Its class may have other claims: it is linked to a claim, or is about entities that are merged."""
    if not reader.holds.links:
        return false()
    claim, link = tables.claim, tables.link
    ends = (link.c.source, link.c.target)
    query = select(literal(1)).where(
        link.c.kind == "same_entity",
        or_(*(end == named for end in ends for named in (claim.c.subject, claim.c.entity))),
    )
    return or_(_is_linked(reader, CLAIM_LINKS), _within(reader, query, link))


def _is_linked(reader: IndexReader, kinds: tuple[str, ...]) -> ColumnElement[bool]:
    if not reader.holds.links:
        return false()
    claim, link = tables.claim, tables.link
    query = select(literal(1)).where(
        or_(link.c.source == claim.c.key, link.c.target == claim.c.key), link.c.kind.in_(kinds)
    )
    return _within(reader, query, link)
