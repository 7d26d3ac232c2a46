"""What is read of the index for a claim graph: rows by position, and the statements that fetch them."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, exists, literal, or_, select, type_coerce

from provenance.index import tables
from provenance.loading.statements import AS_IT_IS, KeyedQuery, KeyParameters, RowQuery, among
from provenance.rules.facts import AttributeRow, DocumentRow, EvidenceRow, MentionRow, RequestRow
from provenance.values.vocabulary import AmendmentKind


class AgentFound(NamedTuple):
    key: int
    id: bytes
    kind: str
    naming: str
    name: str | None
    label: str
    people: int
    known_to_desk: bool
    speaks_for: int | None
    aliases: str | None
    description: str | None


class RedefinitionFound(NamedTuple):
    key: int
    attribute: int
    cardinality: str | None
    temporal: str | None
    value_type: str | None


class ClaimFound(NamedTuple):
    key: int
    id: bytes
    text: str
    nature: str
    subject: int | None
    attribute: int | None
    scope: str | None
    entity: int | None
    lo: str | None
    hi: str | None
    pad: str | None
    as_of_lo: int | None
    as_of_hi: int | None
    as_of_lo_begins: int | None
    as_of_hi_begins: int | None
    valid_lo: int | None
    valid_hi: int | None
    valid_lo_ends: int | None
    valid_hi_begins: int | None


class AssertionFound(NamedTuple):
    key: int
    id: bytes
    commit_seq: int
    agent: int
    claim: int
    stance: str
    certainty: str | None
    basis: str
    said_lo: int | None
    said_hi: int | None
    ground_rule: str | None
    language: str | None
    translated: bool | None
    translated_by: str | None
    embargo_until: int | None


class RelayFound(NamedTuple):
    key: int
    id: bytes
    source: int
    target: int
    stated: bool


class AmendmentFound(NamedTuple):
    key: int
    id: bytes
    target: int
    kind: str
    by: int
    replacement: int | None
    at: int
    note: str | None


class AssessmentFound(NamedTuple):
    key: int
    id: bytes
    claim: int
    against: int | None
    verdict: str
    by: int
    at: int | None
    url: str | None


AGENTS = RowQuery(tables.agent, AgentFound)
ASSERTIONS = RowQuery(tables.assertion, AssertionFound)
ASSESSMENTS = RowQuery(tables.assessment, AssessmentFound)
DOCUMENTS = RowQuery(tables.document, DocumentRow)
RELAYS = RowQuery(tables.relay, RelayFound)
AMENDMENTS = RowQuery(tables.amendment, AmendmentFound)
ATTRIBUTES = RowQuery(tables.attribute, AttributeRow)
CLAIMS = RowQuery(tables.claim, ClaimFound)
EVIDENCE = RowQuery(tables.evidence, EvidenceRow)
REDEFINITIONS = RowQuery(tables.redefinition, RedefinitionFound)
MENTIONS = RowQuery(tables.mention, MentionRow)
REQUESTS = RowQuery(tables.comment_request, RequestRow)


class Presence(NamedTuple):
    """Whether a ledger holds any of these at all. Of what it does not hold, no question asks the database."""

    withdrawals: bool
    links: bool
    amendments: bool
    spokespersons: bool
    descriptions: bool
    redefinitions: bool
    debunked: bool


PRESENCE = select(
    exists(select(literal(1)).select_from(tables.withdrawal)),
    exists(select(literal(1)).select_from(tables.link)),
    exists(select(literal(1)).select_from(tables.amendment)),
    exists(select(literal(1)).where(tables.agent.c.speaks_for.is_not(None))),
    exists(select(literal(1)).select_from(tables.description)),
    exists(select(literal(1)).select_from(tables.redefinition)),
    exists(select(literal(1)).where(tables.amendment.c.kind == literal(AmendmentKind.DEBUNKED.value))),
)
IDS = KeyedQuery(
    lambda keys: select(tables.record.c.key, type_coerce(tables.record.c.id, AS_IT_IS)).where(
        among(tables.record.c.key, keys)
    ),
    tables.record,
)
WITHDRAWALS = KeyedQuery(
    lambda keys: select(tables.withdrawal.c.key, tables.withdrawal.c.target).where(
        among(tables.withdrawal.c.target, keys)
    ),
    tables.withdrawal,
)
_SAME_ITEM = tables.evidence.alias()
DESCRIBED = KeyedQuery(
    lambda keys: select(tables.description.c.record, tables.description.c.commit_seq).where(
        among(tables.description.c.record, keys)
    ),
    tables.description,
)
DEBUNKED = KeyedQuery(
    lambda keys: (
        select(tables.evidence.c.key, tables.amendment.c.key)
        .join(
            _SAME_ITEM,
            (_SAME_ITEM.c.key == tables.evidence.c.key) | (_SAME_ITEM.c.item == tables.evidence.c.item),
        )
        .join(tables.amendment, tables.amendment.c.target == _SAME_ITEM.c.key)
        .where(
            among(tables.evidence.c.key, keys),
            tables.amendment.c.kind == literal(AmendmentKind.DEBUNKED.value),
        )
    ),
    tables.amendment,
)
"""Evidence, each with an amendment that debunked it, or evidence of the same item."""


def _of_one_agent_on_one_claim(keys: KeyParameters) -> Select[Any]:
    assertion, asked = tables.assertion, tables.assertion.alias()
    return (
        ASSERTIONS.select()
        .join(asked, (asked.c.claim == assertion.c.claim) & (asked.c.agent == assertion.c.agent))
        .where(among(asked.c.key, keys))
    )


BESIDE = KeyedQuery(_of_one_agent_on_one_claim, tables.assertion)
"""The assertions of the same agents on the same claims as these."""


@cache
def links_of(kinds: tuple[str, ...]) -> KeyedQuery:
    link = tables.link

    def about(keys: KeyParameters) -> Select[Any]:
        return select(
            link.c.key, link.c.kind, link.c.source, link.c.target, link.c.valid_lo, link.c.valid_hi
        ).where(
            or_(among(link.c.source, keys), among(link.c.target, keys)),
            link.c.kind.in_([literal(kind) for kind in kinds]),
        )

    return KeyedQuery(about, link)


def _claims_of_the_issues_of(keys: KeyParameters) -> Select[Any]:
    """The claims that have both the subject and the attribute of one of these claims."""
    claim, asked = tables.claim, tables.claim.alias()
    return (
        CLAIMS.select()
        .join(asked, (asked.c.subject == claim.c.subject) & (asked.c.attribute == claim.c.attribute))
        .where(among(asked.c.key, keys))
    )


CLAIMS_OF_ISSUES = KeyedQuery(_claims_of_the_issues_of, tables.claim)
FIRST_ASSERTIONS = KeyedQuery(
    lambda keys: (
        ASSERTIONS.select()
        .where(among(tables.assertion.c.claim, keys))
        .order_by(tables.assertion.c.key)
        .limit(bindparam("most", type_=Integer))
    ),
    tables.assertion,
)
"""The first `most` assertions on any of the claims."""
RELAYS_AT = KeyedQuery(
    lambda keys: RELAYS.select().where(
        or_(among(tables.relay.c.target, keys), among(tables.relay.c.source, keys))
    ),
    tables.relay,
)
