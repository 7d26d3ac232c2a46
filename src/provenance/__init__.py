"""A ledger of who said what in the news, through whom it came, and what was shown for it."""

from provenance import errors
from provenance.answers import Accusation, Chain, Finding, Impact, Party, Stated, Support, Told, Trace, Unsupported
from provenance.database import add_hooks
from provenance.desk import Desk, Recorded
from provenance.ledger import Ledger
from provenance.snapshot import Snapshot
from provenance.sources import (
    REPORTED_ABSENT,
    Shown,
    Source,
    anonymous,
    attribute,
    claim,
    entity,
    organisation,
    outlet,
    partly_named,
    person,
    role,
    shown,
    unattributed,
)
from provenance.values.ids import RecordId
from provenance.values.quantities import Quantity, quantity
from provenance.values.records import (
    Agent,
    Amendment,
    Anchor,
    Assertion,
    Assessment,
    Attribute,
    Claim,
    CommentRequest,
    Document,
    Entity,
    Evidence,
    Link,
    Mention,
    Relay,
    Window,
    Withdrawal,
)
from provenance.values.times import When, when

__version__ = "0.1.0"

__all__ = [
    "REPORTED_ABSENT",
    "Accusation",
    "Agent",
    "Amendment",
    "Anchor",
    "Assertion",
    "Assessment",
    "Attribute",
    "Chain",
    "Claim",
    "CommentRequest",
    "Desk",
    "Document",
    "Entity",
    "Evidence",
    "Finding",
    "Impact",
    "Ledger",
    "Link",
    "Mention",
    "Party",
    "Quantity",
    "RecordId",
    "Recorded",
    "Relay",
    "Shown",
    "Snapshot",
    "Source",
    "Stated",
    "Support",
    "Told",
    "Trace",
    "Unsupported",
    "When",
    "Window",
    "Withdrawal",
    "add_hooks",
    "anonymous",
    "attribute",
    "claim",
    "entity",
    "errors",
    "organisation",
    "outlet",
    "partly_named",
    "person",
    "quantity",
    "role",
    "shown",
    "unattributed",
    "when",
]
