"""A ledger of who said what in the news, through whom it came, and what was shown for it."""

from provenance import errors
from provenance.answers.accusations import Accusation, Request
from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary, EvidenceNote, MentionNote
from provenance.answers.chains import Chain, Trace
from provenance.answers.changes import Change
from provenance.answers.circular import Circle
from provenance.answers.claims import ClaimSummary
from provenance.answers.conflicts import Conflict, SelfContradiction
from provenance.answers.documents import DocumentSummary, Refound, Version
from provenance.answers.explanations import Explanation
from provenance.answers.lists import Answers
from provenance.answers.support import Impact, Independence, Support, Unsupported
from provenance.database.engines import add_hooks
from provenance.exchange.load import Loaded
from provenance.ledger import Ledger, Snapshot
from provenance.log.journal import Entry
from provenance.operations.reports import Fault, Report
from provenance.operations.status import Status
from provenance.proofs.checkpoints import Checkpoint, Signer
from provenance.proofs.receipts import Receipt, verify_receipt
from provenance.proofs.signing import Ed25519Signer
from provenance.recording.desk import Desk
from provenance.recording.drafts import Recorded
from provenance.recording.keys import KeyFolder, Keys
from provenance.recording.sources import (
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
from provenance.schemas import schema
from provenance.values.extensions import Extension, Extensions
from provenance.values.ids import RecordId
from provenance.values.instants import When
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
    Redefinition,
    Relay,
    Window,
    Withdrawal,
)
from provenance.values.sealed import Sealed, sealed
from provenance.values.times import when
from provenance.version import __version__ as __version__

__all__ = [
    "REPORTED_ABSENT",
    "Accusation",
    "Agent",
    "AgentSummary",
    "Amendment",
    "Anchor",
    "Answers",
    "Assertion",
    "AssertionSummary",
    "Assessment",
    "Attribute",
    "Chain",
    "Change",
    "Checkpoint",
    "Circle",
    "Claim",
    "ClaimSummary",
    "CommentRequest",
    "Conflict",
    "Desk",
    "Document",
    "DocumentSummary",
    "Ed25519Signer",
    "Entity",
    "Entry",
    "Evidence",
    "EvidenceNote",
    "Explanation",
    "Extension",
    "Extensions",
    "Fault",
    "Impact",
    "Independence",
    "KeyFolder",
    "Keys",
    "Ledger",
    "Link",
    "Loaded",
    "Mention",
    "MentionNote",
    "Quantity",
    "Receipt",
    "RecordId",
    "Recorded",
    "Redaction",
    "Redefinition",
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
    "Status",
    "Support",
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
