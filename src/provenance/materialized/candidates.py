"""Where to look when no list is kept: the claims that may stand on one, as of any moment.

Each condition follows from the law's definitions and is met by every claim that stands on the list; most that meet it
do. They are looked up by index, a page of keys at a time, and need neither a temporary table nor the right to make one.
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
from provenance.loading.claim_graphs import CLAIM_LINKS, ClaimGraphLoader
from provenance.materialized import certain
from provenance.rules.circular import KINDS as CIRCULAR_KINDS
from provenance.rules.support import UNSUPPORTED_KINDS

ACCUSATION = "accusation"
CHANGED = "changed"

_NAMINGS = {"anonymous_only": ("anonymous", "unattributed"), "unattributed": ("unattributed",)}
"""How those are named whose origins make the kind; merged with others, a class may be named better than a member."""


def page(loader: ClaimGraphLoader, name: str, nature: str, *, after: int, limit: int) -> list[int]:
    """The next claims, in the order of recording, that may stand on a list."""
    claim = tables.claim
    transactions.expect_much(loader.connection)
    query = select(claim.c.key).where(claim.c.key > after, _condition(loader, name))
    if nature:
        query = query.where(claim.c.nature == nature)
    return list(
        loader.connection.execute(loader.known(query, claim).order_by(claim.c.key).limit(limit)).scalars()
    )


def claims(loader: ClaimGraphLoader, *, after: int, limit: int) -> list[int]:
    """The next claims, in the order of recording."""
    claim = tables.claim
    query = loader.known(select(claim.c.key).where(claim.c.key > after), claim)
    return list(loader.connection.execute(query.order_by(claim.c.key).limit(limit)).scalars())


def _condition(loader: ClaimGraphLoader, name: str) -> ColumnElement[bool]:
    claim = tables.claim
    if name == ACCUSATION:
        accuses = exists().where(tables.accusation.c.claim == claim.c.key)
        stated = (
            accuses if loader.last_commit is None else or_(accuses, claim.c.described > loader.last_commit)
        )
        return or_(stated, _may_be_merged(loader))
    if name in UNSUPPORTED_KINDS:
        return or_(_is_asserted(loader, name), _may_be_merged(loader))
    if name == CHANGED or name in CIRCULAR_KINDS:
        return or_(_is_relayed(loader), _may_be_merged(loader))
    # In this order, which `or` and `and` leave open. A matter is named by the first claim of its slot, said or not.
    return case(
        (or_(_shares_its_issue(loader), _is_linked(loader, CLAIM_LINKS)), true()),
        (_is_denied(loader), certain.may_be_said(loader, claim)),
        else_=false(),
    )


def _within(loader: ClaimGraphLoader, query: Select[Any], table: FromClause) -> ColumnElement[bool]:
    return loader.known(query, table).exists()


def _is_asserted(loader: ClaimGraphLoader, kind: str) -> ColumnElement[bool]:
    """Somebody said it; of a narrower kind, somebody who is named in that way, or of whom that was noted."""
    assertion, agent, evidence = tables.assertion, tables.agent, tables.evidence
    query = select(literal(1)).where(assertion.c.claim == tables.claim.c.key)
    namings = _NAMINGS.get(kind)
    if namings is not None:
        query = query.join(agent, agent.c.key == assertion.c.agent).where(agent.c.naming.in_(namings))
    if kind == "reported_absent":
        query = query.join(evidence, evidence.c.assertion == assertion.c.key).where(
            evidence.c.present.is_(False)
        )
    return _within(loader, query, assertion)


def _is_denied(loader: ClaimGraphLoader) -> ColumnElement[bool]:
    """`deny` stands in the statement itself: only so is the index of denials found."""
    assertion = tables.assertion
    query = select(literal(1)).where(
        assertion.c.claim == tables.claim.c.key, assertion.c.stance == literal_column("'deny'")
    )
    return _within(loader, query, assertion)


def _is_relayed(loader: ClaimGraphLoader) -> ColumnElement[bool]:
    """A relay, or something that rests on another. Without either, outlets share an origin only where one of them
    is unattributed, and so no voice of its own."""
    assertion, relay = tables.assertion, tables.relay
    query = select(literal(1)).where(
        assertion.c.claim == tables.claim.c.key,
        or_(assertion.c.stance == "relay", exists().where(relay.c.source == assertion.c.key)),
    )
    return or_(_within(loader, query, assertion), _is_asserted(loader, "unattributed"))


def _shares_its_issue(loader: ClaimGraphLoader) -> ColumnElement[bool]:
    """Another claim has its subject and attribute; or the one is merged, or the other ordered, and may meet others."""
    claim, link = tables.claim, tables.link
    other = claim.alias()
    mate = select(literal(1)).where(
        other.c.subject == claim.c.subject,
        other.c.attribute == claim.c.attribute,
        other.c.key != claim.c.key,
        certain.may_be_said(loader, other),
    )
    is_met = _within(loader, mate, other)
    if not loader.holds.links:
        return is_met
    merged = and_(
        link.c.kind == "same_entity", or_(link.c.source == claim.c.subject, link.c.target == claim.c.subject)
    )
    ordered = and_(
        link.c.kind == "not_later_than",
        or_(link.c.source == claim.c.attribute, link.c.target == claim.c.attribute),
    )
    return or_(is_met, _within(loader, select(literal(1)).where(or_(merged, ordered)), link))


def _may_be_merged(loader: ClaimGraphLoader) -> ColumnElement[bool]:
    """What is said may be said of another claim of its class: they are linked, or about entities that are merged."""
    if not loader.holds.links:
        return false()
    claim, link = tables.claim, tables.link
    ends = (link.c.source, link.c.target)
    query = select(literal(1)).where(
        link.c.kind == "same_entity",
        or_(*(end == named for end in ends for named in (claim.c.subject, claim.c.entity))),
    )
    return or_(_is_linked(loader, CLAIM_LINKS), _within(loader, query, link))


def _is_linked(loader: ClaimGraphLoader, kinds: tuple[str, ...]) -> ColumnElement[bool]:
    if not loader.holds.links:
        return false()
    claim, link = tables.claim, tables.link
    query = select(literal(1)).where(
        or_(link.c.source == claim.c.key, link.c.target == claim.c.key), link.c.kind.in_(kinds)
    )
    return _within(loader, query, link)
