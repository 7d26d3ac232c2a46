"""The words that fields of records choose from. `docs/semantics.md` says under Records what they mean."""

from __future__ import annotations

from enum import StrEnum


class AgentKind(StrEnum):
    """What an agent is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    OUTLET = "outlet"
    DOCUMENT = "document"
    GROUP = "group"
    UNKNOWN = "unknown"


class Naming(StrEnum):
    """How a source is named to the reader, best first."""

    NAMED = "named"
    PARTIAL = "partial"
    ROLE = "role"
    ANONYMOUS = "anonymous"
    UNATTRIBUTED = "unattributed"


class Cardinality(StrEnum):
    """Whether two values of an attribute exclude each other (single) or not (multi)."""

    SINGLE = "single"
    MULTI = "multi"


class Temporal(StrEnum):
    """Whether the value of an attribute happened once (constant), holds for a while (state), or may only rise
    (cumulative)."""

    CONSTANT = "constant"
    STATE = "state"
    CUMULATIVE = "cumulative"


class ValueType(StrEnum):
    """What the values of an attribute are."""

    ENTITY = "entity"
    PLACE = "place"
    ENUM = "enum"
    NUMBER = "number"
    TIME = "time"


class Nature(StrEnum):
    """Whether a claim states a fact, an opinion, or a forecast."""

    FACTUAL = "factual"
    EVALUATIVE = "evaluative"
    PROSPECTIVE = "prospective"


class Stance(StrEnum):
    """What an assertion does with its claim. Only affirm and deny hold a position."""

    AFFIRM = "affirm"
    DENY = "deny"
    QUESTION = "question"
    NO_COMMENT = "no_comment"
    """They declined to comment."""
    SILENCE = "silence"
    """An outlet reports that they have not commented."""
    DISAVOW = "disavow"
    """They deny having said so."""
    RELAY = "relay"


class Certainty(StrEnum):
    """How sure the asserter is; unspecified is for a recorder who could not tell."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNSPECIFIED = "unspecified"


class Basis(StrEnum):
    """What the asserter rests the assertion on; the first four are first-hand."""

    WITNESS = "witness"
    OWN_ACT = "own_act"
    DOCUMENT = "document"
    DATA = "data"
    INFERENCE = "inference"
    HEARSAY = "hearsay"
    UNSTATED = "unstated"


class GroundRule(StrEnum):
    """The terms on which a source spoke, the loosest first. The default is on the record."""

    ON_THE_RECORD = "on_the_record"
    EMBARGO = "embargo"
    """On the record, and not to be published before a stated moment."""
    ON_BACKGROUND = "on_background"
    """To be published, under a description that was agreed instead of the name."""
    DEEP_BACKGROUND = "deep_background"
    """To be published, without any attribution."""
    OFF_THE_RECORD = "off_the_record"
    """For the newsroom to know, and not to be published."""


class QuoteType(StrEnum):
    """How a document quotes: a whole sentence (direct), a fragment (mixed), a paraphrase (indirect), or not at all."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"
    NONE = "none"


class RelayStatus(StrEnum):
    """Whether the text says that an assertion rests on another, or an editor or a detector suspects it."""

    STATED = "stated"
    INFERRED = "inferred"


class EvidenceKind(StrEnum):
    """What was shown as evidence."""

    TESTIMONY = "testimony"
    DOCUMENT = "document"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DATA = "data"
    PHYSICAL = "physical"
    OFFICIAL_RECORD = "official_record"
    UNSPECIFIED = "unspecified"


class AmendmentKind(StrEnum):
    """What becomes of an assertion that is amended."""

    RETRACT = "retract"
    """Its holder or a publisher takes it back."""
    CORRECT = "correct"
    """Its holder or a publisher says something else instead."""
    SUPERSEDE = "supersede"
    """A later statement replaces it."""
    MISATTRIBUTED = "misattributed"
    """It was never said, or not meant: satire, a hypothesis, a mistranslation."""
    DEBUNKED = "debunked"
    """Of evidence: the item does not show what it was shown for. Anybody can establish that."""


class LinkKind(StrEnum):
    """How a link ties two records of one type together. It leads from `source` to `target`."""

    SAME_AGENT = "same_agent"
    """The target's name is the one to use."""
    MAYBE_SAME_AGENT = "maybe_same_agent"
    CONTROL_GROUP = "control_group"
    """The source is owned by, or part of, the target: one voice."""
    SPEAKS_FOR = "speaks_for"
    SAME_ENTITY = "same_entity"
    PART_OF = "part_of"
    """The source, a place or an organisation, lies within the target."""
    NOT_LATER_THAN = "not_later_than"
    """The source attribute's value is never later than the target's."""
    SAME_CLAIM = "same_claim"
    ENTAILS = "entails"
    """Whoever affirms the source says the target too."""
    CONTRADICTS = "contradicts"
    SAME_EVENT = "same_event"
    """Two assertions that record one speech event."""
    JOINT_ACT = "joint_act"
    """Two assertions of different agents that were made in one act, such as a joint statement."""


FIRST_HAND = frozenset({Basis.WITNESS, Basis.OWN_ACT, Basis.DOCUMENT, Basis.DATA})
MENTION_NAMINGS = frozenset({Naming.PARTIAL, Naming.ANONYMOUS, Naming.UNATTRIBUTED})
"""Sources with these namings belong to their mention: two with the same words are two, until an editor merges them."""
