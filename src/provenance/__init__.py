"""A ledger of who said what in the news, through whom it came, and what was shown for it."""

from provenance import errors
from provenance.answers import (
    Accusation,
    Answers,
    Carrier,
    Chain,
    Change,
    Circle,
    EvidenceNote,
    Explanation,
    Finding,
    Impact,
    Independence,
    Party,
    Refound,
    Request,
    SelfContradiction,
    Stated,
    Support,
    Terms,
    Told,
    Trace,
    Unsupported,
    Version,
)
from provenance.database import add_hooks
from provenance.desk import Desk
from provenance.drafts import Recorded
from provenance.interchange import Loaded
from provenance.keys import KeyFolder, Keys
from provenance.ledger import Ledger
from provenance.log.journal import Entry
from provenance.log.notes import Checkpoint, Signer
from provenance.log.receipts import Receipt, verify_receipt
from provenance.log.reports import Fault, Report
from provenance.log.signing import Ed25519Signer
from provenance.schemas import schema
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
from provenance.status import Status
from provenance.values.extensions import Extension, Extensions
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
    Redaction,
    Relay,
    Window,
    Withdrawal,
)
from provenance.values.sealed import Sealed, sealed
from provenance.values.times import When, when

__version__ = "0.2.0.dev0"

__all__ = [
    "REPORTED_ABSENT",
    "Accusation",
    "Agent",
    "Amendment",
    "Anchor",
    "Answers",
    "Assertion",
    "Assessment",
    "Attribute",
    "Carrier",
    "Chain",
    "Change",
    "Checkpoint",
    "Circle",
    "Claim",
    "CommentRequest",
    "Desk",
    "Document",
    "Ed25519Signer",
    "Entity",
    "Entry",
    "Evidence",
    "EvidenceNote",
    "Explanation",
    "Extension",
    "Extensions",
    "Fault",
    "Finding",
    "Impact",
    "Independence",
    "KeyFolder",
    "Keys",
    "Ledger",
    "Link",
    "Loaded",
    "Mention",
    "Party",
    "Quantity",
    "Receipt",
    "RecordId",
    "Recorded",
    "Redaction",
    "Refound",
    "Relay",
    "Report",
    "Request",
    "Sealed",
    "SelfContradiction",
    "Shown",
    "Signer",
    "Snapshot",
    "Source",
    "Stated",
    "Status",
    "Support",
    "Terms",
    "Told",
    "Trace",
    "Unsupported",
    "Version",
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
    "schema",
    "sealed",
    "shown",
    "unattributed",
    "verify_receipt",
    "when",
]
