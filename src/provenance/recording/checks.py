"""Checks of a commit that read the rows it has just written. Where one fails, an error undoes the commit."""

from __future__ import annotations

from sqlalchemy import Connection

from provenance.errors import InvalidValue, NotEntitled
from provenance.index import projection
from provenance.loading.entitlement import is_entitled
from provenance.loading.versions import leads_back
from provenance.values.records import Amendment, Document, Record
from provenance.values.vocabulary import AmendmentKind


def check_rows(connection: Connection, record: Record) -> None:
    """Refuses an amendment by somebody who may not amend, and a document that supersedes its own later version.

    Raises `NotEntitled` and `InvalidValue`.
    """
    if isinstance(record, Amendment) and not _may_amend(connection, record):
        raise NotEntitled("amendment.by", record.kind.value)
    if isinstance(record, Document) and _is_before_itself(connection, record):
        raise InvalidValue("document.supersedes", "a later version of it", "an earlier one")


def _may_amend(connection: Connection, amendment: Amendment) -> bool:
    """Whether the agent may amend the target: its holder or publisher may. Anybody may say that it is misattributed."""
    if amendment.kind is AmendmentKind.MISATTRIBUTED:
        return True
    keys = projection.keys_of(connection, (amendment.target.id, amendment.by.id))
    return is_entitled(connection, keys[amendment.by.id], keys[amendment.target.id])


def _is_before_itself(connection: Connection, document: Document) -> bool:
    """Whether the document supersedes one of its own later versions."""
    if document.supersedes is None:
        return False
    return leads_back(connection, projection.keys_of(connection, [document.id])[document.id])
