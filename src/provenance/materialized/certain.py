"""How many claims stand on a list as of a moment for certain, by the index alone, so that few have to be loaded.

Both of these follow from the law where no record is merged, entailed, amended, withdrawn or since described anew:

- A claim without evidence or a first-hand basis on any of its assertions is of grade 2 or less.
- A claim that nobody denies, with an accountable origin that shows evidence, and that is visible over a few relays, is
  of grade 3 or more. (Who denies a claim later than they affirmed it, is no origin of it any more.)

All other claims are loaded. An assertion was said no later than the publication in which it was found, and no later
than what rests on it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from provenance.database import transactions
from provenance.index import tables
from provenance.loading.reader import CLAIM_LINKS, ENTITY_LINKS, IndexReader
from provenance.log import journal
from provenance.rules.live import FIRST_HAND_BASES

_RELAYS = 3
"""Relays between an origin and an observed assertion: chains are seldom longer."""


class Certain(NamedTuple):
    """How many claims stand on a list for certain, and which have to be loaded, in the order of recording."""

    sure: int
    others: list[int]


def unsupported(reader: IndexReader, kind: str, nature: str) -> Certain | None:
    """None where nothing follows: of another kind, or where records are merged, amended or withdrawn."""
    if kind != "no_evidence" or not _has_no_links_or_amendments(reader):
        return None
    transactions.expect_much(reader.connection)
    said = _claims_where(reader, nature, _is_said(reader, tables.claim))
    grounded = said & _claims_of(reader, nature, _grounded(reader))
    others = grounded - _claims_of(reader, nature, _supported(reader))
    if reader.said is not None:
        doubtful = (_claims_of(reader, nature, assertions) for assertions in _doubtful(reader))
        others |= set().union(*doubtful) - said
    return Certain(len(said) - len(grounded), sorted(others))


def may_be_said(reader: IndexReader, claim: FromClause) -> ColumnElement[bool]:
    """Whether anything that was said within the bounds may be on the claim."""
    if reader.said is None or not _has_no_links_or_amendments(reader):
        return true()
    doubted = [each.where(each.selected_columns.claim == claim.c.key) for each in _doubtful(reader)]
    # With an OFFSET PostgreSQL looks each claim up, and not all relays for the sake of a few claims.
    return or_(_is_said(reader, claim), *(each.offset(0).exists() for each in doubted))


def _has_no_links_or_amendments(reader: IndexReader) -> bool:
    holds, link, description = reader.holds, tables.link, tables.description
    if holds.withdrawals or holds.amendments:
        return False
    unplain = [exists().where(link.c.kind.in_((*CLAIM_LINKS, *ENTITY_LINKS, "same_event")))]
    if reader.last_commit is not None:
        unplain.append(exists().where(description.c.commit_seq > reader.last_commit))
    return not any(reader.connection.execute(select(*unplain)).one())


def _known(reader: IndexReader, *among: Any) -> list[ColumnElement[bool]]:
    """That these rows were recorded within the bound."""
    return [] if reader.last_commit is None else [table.c.commit_seq <= reader.last_commit for table in among]


def _is_said(reader: IndexReader, claim: FromClause) -> ColumnElement[bool]:
    """That somebody certainly said the claim within the bounds: at a stated time, or not after a publication."""
    assertion = tables.assertion.alias()
    return (
        select(literal(1))
        .where(assertion.c.claim == claim.c.key, *_known(reader, assertion), _is_dated(reader, assertion))
        .exists()
    )


def _is_dated(reader: IndexReader, one: FromClause) -> ColumnElement[bool]:
    if reader.said is None:
        return true()
    mention, document = tables.mention.alias(), tables.document.alias()
    published = (
        select(literal(1))
        .select_from(mention.join(document, document.c.key == mention.c.document))
        .where(
            mention.c.assertion == one.c.key, document.c.published_hi <= reader.said, *_known(reader, mention)
        )
        .exists()
    )
    return or_(one.c.said_hi <= reader.said, and_(one.c.said_hi.is_(None), published))


def _doubtful(reader: IndexReader) -> list[Select[Any]]:
    """Assertions whose time cannot be read off their rows: an assertion on another claim rests on them, or they were
    recorded before `said`."""
    relay, above, one = tables.relay, tables.assertion.alias(), tables.assertion.alias()
    crossing = (
        select(one.c.claim)
        .select_from(relay.join(above, above.c.key == relay.c.source).join(one, one.c.key == relay.c.target))
        .where(above.c.claim != one.c.claim, *_known(reader, one))
    )
    recorded = journal.last_commit_by(reader.connection, reader.said or 0)
    early = select(one.c.claim).where(one.c.commit_seq <= recorded, *_known(reader, one))
    return [crossing, early] if recorded else [crossing]


def _claims_where(reader: IndexReader, nature: str, condition: ColumnElement[bool]) -> set[int]:
    claim = tables.claim
    query = select(claim.c.key).where(claim.c.nature == nature, condition)
    return set(reader.connection.execute(query).scalars())


def _claims_of(reader: IndexReader, nature: str, assertions: Select[Any]) -> set[int]:
    return _claims_where(reader, nature, tables.claim.c.key.in_(assertions))


def _grounded(reader: IndexReader) -> Select[Any]:
    """The assertions with evidence or a first-hand basis, whoever made them and whenever."""
    assertion = tables.assertion
    first_hand = assertion.c.basis.in_(sorted(FIRST_HAND_BASES))
    shown = assertion.c.key.in_(_shown(reader))
    return select(assertion.c.claim).where(or_(first_hand, shown), *_known(reader, assertion))


def _shown(reader: IndexReader) -> Select[Any]:
    """The assertions with evidence."""
    evidence = tables.evidence
    return select(evidence.c.assertion).where(evidence.c.present, *_known(reader, evidence))


def _supported(reader: IndexReader) -> Select[Any]:
    """The assertions that are origins with evidence for certain."""
    assertion, agent, relay = tables.assertion, tables.agent, tables.relay
    denial = assertion.alias()
    return (
        select(assertion.c.claim)
        .join(agent, agent.c.key == assertion.c.agent)
        .where(
            assertion.c.key.in_(_shown(reader)),
            assertion.c.stance == "affirm",
            agent.c.naming != "unattributed",
            ~exists().where(relay.c.source == assertion.c.key),
            ~exists().where(denial.c.claim == assertion.c.claim, denial.c.stance == literal_column("'deny'")),
            _is_visible(reader, assertion, _RELAYS),
            *_known(reader, assertion),
        )
    )


def _is_visible(reader: IndexReader, one: FromClause, relays: int) -> ColumnElement[bool]:
    """Whether it was found in a document of its own agent, or so was who rests on it, all of it within the bounds."""
    mention, document = tables.mention.alias(), tables.document.alias()
    observed = (
        select(literal(1))
        .select_from(mention.join(document, document.c.key == mention.c.document))
        .where(mention.c.assertion == one.c.key, document.c.outlet == one.c.agent, *_known(reader, mention))
    )
    if reader.said is not None:
        observed = observed.where(document.c.published_hi <= reader.said)
    is_older = true() if reader.said is None else func.coalesce(one.c.said_hi, reader.said) <= reader.said
    if not relays:
        return and_(is_older, observed.exists())
    relay, above = tables.relay.alias(), tables.assertion.alias()
    relayed = (
        select(literal(1))
        .select_from(relay.join(above, above.c.key == relay.c.source))
        .where(
            relay.c.target == one.c.key,
            relay.c.stated,
            _is_visible(reader, above, relays - 1),
            *_known(reader, relay, above),
        )
    )
    return and_(is_older, or_(observed.exists(), relayed.exists()))
