"""What the index's plain rows say for certain of a list as of a moment, so that few claims have to be looked at.

Where nothing is merged, entailed, taken back, withdrawn or since described anew, a claim without evidence or a
first-hand basis on any of its assertions is of grade 2 or less; and one with an accountable origin that shows evidence
and is visible over a few relays is of grade 3 or more. Both follow from the law; whatever else there is, is looked at.

An assertion was said no later than the publication in which it was found, and no later than what rests on it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, literal, or_, select, true

from provenance.index import tables
from provenance.log import journal
from provenance.queries.cone import CLAIM_LINKS, ENTITY_LINKS, Cone
from provenance.queries.world import FIRST_HAND_BASES

_RELAYS = 3
"""Between an origin and who is observed: chains are seldom longer."""


class Certain(NamedTuple):
    """How many claims stand on a list for certain, and which have to be looked at, in the order of recording."""

    sure: int
    others: list[int]


def unsupported(cone: Cone, kind: str, nature: str) -> Certain | None:
    """None where the rows cannot tell."""
    if kind != "no_evidence" or not _is_plain(cone):
        return None
    claim, is_said = tables.claim, _is_said(cone)
    asserted = select(func.count()).select_from(claim).where(claim.c.nature == nature, is_said)
    grounded = _claims(_grounded(cone), nature).where(is_said)
    count = select(func.count()).select_from(grounded.distinct().subquery())
    execute = cone.connection.execute
    others = set(execute(grounded.except_(_claims(_supported(cone), nature))).scalars())
    if cone.said is not None:
        others |= set(execute(_doubtful(cone, nature).where(~is_said)).scalars())
    return Certain(execute(asserted).scalar_one() - execute(count).scalar_one(), sorted(others))


def _is_plain(cone: Cone) -> bool:
    holds, link, description = cone.holds, tables.link, tables.description
    if holds.withdrawals or holds.amendments:
        return False
    unplain = [exists().where(link.c.kind.in_((*CLAIM_LINKS, *ENTITY_LINKS, "same_event")))]
    if cone.last_commit is not None:
        unplain.append(exists().where(description.c.commit_seq > cone.last_commit))
    return not any(cone.connection.execute(select(*unplain)).one())


def _known(cone: Cone, *among: Any) -> list[ColumnElement[bool]]:
    """That these rows were recorded within the bound."""
    return [] if cone.last_commit is None else [table.c.commit_seq <= cone.last_commit for table in among]


def _is_said(cone: Cone) -> ColumnElement[bool]:
    """That somebody certainly said the claim within the bounds: at a stated time, or not after a publication."""
    assertion = tables.assertion.alias()
    return (
        select(literal(1))
        .where(assertion.c.claim == tables.claim.c.key, *_known(cone, assertion), _is_dated(cone, assertion))
        .exists()
    )


def _is_dated(cone: Cone, one: FromClause) -> ColumnElement[bool]:
    if cone.said is None:
        return true()
    mention, document = tables.mention.alias(), tables.document.alias()
    published = (
        select(literal(1))
        .select_from(mention.join(document, document.c.key == mention.c.document))
        .where(mention.c.assertion == one.c.key, document.c.published_hi <= cone.said, *_known(cone, mention))
        .exists()
    )
    return or_(one.c.said_hi <= cone.said, and_(one.c.said_hi.is_(None), published))


def _doubtful(cone: Cone, nature: str) -> Select[Any]:
    """The claims whose assertions may be older than what they were found in: one was recorded by then, or one of
    another claim rests on it."""
    claim, assertion = tables.claim, tables.assertion.alias()
    relay, above = tables.relay, tables.assertion.alias()
    recorded = journal.last_commit_by(cone.connection, cone.said or 0)
    elsewhere = (
        select(literal(1))
        .select_from(relay.join(above, above.c.key == relay.c.source))
        .where(relay.c.target == assertion.c.key, above.c.claim != assertion.c.claim)
        .exists()
    )
    doubted = (
        select(literal(1))
        .where(
            assertion.c.claim == claim.c.key,
            or_(assertion.c.commit_seq <= recorded, elsewhere),
            *_known(cone, assertion),
        )
        .exists()
    )
    return select(claim.c.key).where(claim.c.nature == nature, doubted)


def _claims(assertions: Select[Any], nature: str) -> Select[Any]:
    claim, found = tables.claim, assertions.subquery()
    return select(claim.c.key).join(found, found.c.claim == claim.c.key).where(claim.c.nature == nature)


def _grounded(cone: Cone) -> Select[Any]:
    """The assertions with evidence or a first-hand basis, whoever made them and whenever."""
    assertion, evidence = tables.assertion, tables.evidence
    shown = exists().where(
        evidence.c.assertion == assertion.c.key, evidence.c.present, *_known(cone, evidence)
    )
    first_hand = assertion.c.basis.in_(sorted(FIRST_HAND_BASES))
    return select(assertion.c.claim).where(or_(first_hand, shown), *_known(cone, assertion))


def _supported(cone: Cone) -> Select[Any]:
    """The assertions that are origins with evidence for certain."""
    assertion, evidence, agent, relay = tables.assertion, tables.evidence, tables.agent, tables.relay
    shown = select(evidence.c.assertion).where(evidence.c.present, *_known(cone, evidence))
    return (
        select(assertion.c.claim)
        .join(agent, agent.c.key == assertion.c.agent)
        .where(
            assertion.c.key.in_(shown),
            assertion.c.stance == "affirm",
            agent.c.naming != "unattributed",
            ~exists().where(relay.c.source == assertion.c.key),
            _is_visible(cone, assertion, _RELAYS),
            *_known(cone, assertion),
        )
    )


def _is_visible(cone: Cone, one: FromClause, relays: int) -> ColumnElement[bool]:
    """Whether it was found in a document of its own agent, or so was who rests on it, all of it within the bounds."""
    mention, document = tables.mention.alias(), tables.document.alias()
    observed = (
        select(literal(1))
        .select_from(mention.join(document, document.c.key == mention.c.document))
        .where(mention.c.assertion == one.c.key, document.c.outlet == one.c.agent, *_known(cone, mention))
    )
    if cone.said is not None:
        observed = observed.where(document.c.published_hi <= cone.said)
    is_older = true() if cone.said is None else func.coalesce(one.c.said_hi, cone.said) <= cone.said
    if not relays:
        return and_(is_older, observed.exists())
    relay, above = tables.relay.alias(), tables.assertion.alias()
    relayed = (
        select(literal(1))
        .select_from(relay.join(above, above.c.key == relay.c.source))
        .where(
            relay.c.target == one.c.key,
            relay.c.stated,
            _is_visible(cone, above, relays - 1),
            *_known(cone, relay, above),
        )
    )
    return and_(is_older, or_(observed.exists(), relayed.exists()))
