"""Facts: the rows that a question rests on, as they were loaded, before any rule is applied.

Within one set of facts nothing was withdrawn, recorded after `known` or said after `said`. A key is the integer that
the index gives a record; an `id` is the bytes of its digest. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import NamedTuple

from attrs import Factory, frozen

Span = tuple[int, int]
"""The first and the last moment of a time."""


class AgentRow(NamedTuple):
    key: int
    id: bytes
    kind: str
    naming: str
    name: str | None
    label: str
    people: int
    known_to_desk: bool
    speaks_for: int | None
    aliases: tuple[str, ...] = ()
    description: str | None = None


class StatedWindow(NamedTuple):
    """From the first to the last moment of each stated end; None is an end that was not stated. A date is its whole
    day, and an instant begins and ends at once."""

    lo: Span | None
    hi: Span | None


class ClaimRow(NamedTuple):
    key: int
    id: bytes
    text: str
    nature: str
    subject: int | None
    attribute: int | None
    scope: str | None
    entity: int | None
    lo: Decimal | None
    hi: Decimal | None
    pad: Decimal
    as_of: StatedWindow | None
    """The moments of which a count is; None where none was stated."""
    valid: StatedWindow | None
    """When the asserted state held; None where it was not stated."""


class AttributeRow(NamedTuple):
    key: int
    name: str
    cardinality: str
    temporal: str
    value_type: str


class AssertionRow(NamedTuple):
    """One speech event. `said_lo` and `said` are the first and the last moment at which it can have been said, `day_lo`
    to `day_hi` the day of saying; `has_own_time`: its time was stated, or is that of a document it was found in, and
    not of one that rests on it; `ground_rule` and `embargo_until` (the moment from which it may be published) are None
    where none was recorded."""

    key: int
    id: bytes
    agent: int
    claim: int
    stance: str
    certainty: str | None
    basis: str
    said: int
    day_lo: int
    day_hi: int
    said_lo: int
    has_own_time: bool
    ground_rule: str | None = None
    embargo_until: int | None = None


class EvidenceRow(NamedTuple):
    key: int
    id: bytes
    assertion: int
    kind: str
    present: bool
    item: str | None
    noted_by: int | None


class MentionRow(NamedTuple):
    """`assertion` is the one that was recorded, also where another stands for the speech event. `language` is that of
    the source's own words, as a BCP 47 tag; `translated`: the recorded words are a translation, and `translated_by`
    whose. Each is None where it was not recorded."""

    key: int
    assertion: int
    document: int | None
    quote: str | None
    quote_type: str | None
    cue: str | None
    distanced: bool | None
    language: str | None = None
    translated: bool | None = None
    translated_by: str | None = None


class AmendmentRow(NamedTuple):
    """`target` is an assertion (of a speech event the one that stands for it), a document or an evidence item, and
    `replacement` an assertion or a document; `replaced_by` are the words of the replacing assertion's claim."""

    key: int
    id: bytes
    target: int
    kind: str
    by: int
    at: int
    replacement: int | None
    note: str | None
    replaced_by: str | None


class RequestRow(NamedTuple):
    """What a newsroom asked an accused agent about a claim."""

    key: int
    id: bytes
    claim: int
    accused: int
    asked_by: int | None
    asked_at: int
    deadline: int | None


class DocumentRow(NamedTuple):
    key: int
    id: bytes
    outlet: int
    url: str | None
    title: str | None
    published_lo: int | None
    published_hi: int | None
    supersedes: int | None
    change_note: str | None
    text_digest: bytes | None


class LinkRow(NamedTuple):
    """A link between two agents, claims or entities that holds at all times."""

    kind: str
    source: int
    target: int


class DatedLink(NamedTuple):
    """A link, and the moments between which it holds; None is open."""

    kind: str
    source: int
    target: int
    lo: int | None
    hi: int | None


@frozen(kw_only=True, eq=False)
class Facts:
    """The rows in reach of some claims. The loader fills the mappings beforehand; nothing changes them afterwards."""

    agents: Mapping[int, AgentRow] = Factory(dict)
    agent_links: Sequence[LinkRow] = ()
    dated_links: Sequence[DatedLink] = ()
    """Control groups and spokespersons of a time only: they count for what was said in it."""

    claims: Mapping[int, ClaimRow] = Factory(dict)
    claim_links: Sequence[LinkRow] = ()
    entity_links: Sequence[LinkRow] = ()
    attributes: Mapping[int, AttributeRow] = Factory(dict)
    attribute_order: AbstractSet[tuple[int, int]] = frozenset()
    """Pairs of attributes: the value of the first is never later than that of the second."""
    whole: AbstractSet[int] = frozenset()
    """The claims that were loaded with all that is linked to them. Others are known by name, because a chain touches
    them."""

    assertions: Mapping[int, AssertionRow] = Factory(dict)
    undated: AbstractSet[int] = frozenset()
    """Assertions of which neither the time nor a publication's is known: they count as said when recorded."""
    observed: AbstractSet[int] = frozenset()
    """Assertions that were found in a document of their own agent, or by the desk."""
    stated: Mapping[int, AbstractSet[int]] = Factory(dict)
    """By assertion, those that it rests on by a stated relay, also where these are outside of the bounds."""
    inferred: Mapping[int, AbstractSet[int]] = Factory(dict)
    """The same by inferred relays."""
    relays: Mapping[tuple[int, int, bool], bytes] = Factory(dict)
    """By the later and the earlier assertion, and whether it was stated, the id of their relay."""
    evidence: Mapping[int, Sequence[EvidenceRow]] = Factory(dict)
    mentions: Mapping[int, Sequence[MentionRow]] = Factory(dict)
    outlets: Mapping[int, int] = Factory(dict)
    """By document, the agent that published it."""
    documents: Mapping[int, bytes] = Factory(dict)
    """By document its id."""
    amendments: Sequence[AmendmentRow] = ()
    """Those within the bounds of these assertions, and of the documents that they were found in; by anybody."""
    debunked: Mapping[int, Sequence[AmendmentRow]] = Factory(dict)
    """By evidence what debunked it, or an item that is the same (equal in `item`)."""
    joint_acts: Sequence[AbstractSet[int]] = ()
    """Assertions that were made in one act, such as a joint statement."""

    asked_at: int | None = None
    """The moment that is asked about: that of `said`, else the time now; None where nothing depends on it."""

    accused: Collection[tuple[int, int]] = ()
    """Claims, each with an agent that it accuses."""
    requests: Sequence[RequestRow] = ()
