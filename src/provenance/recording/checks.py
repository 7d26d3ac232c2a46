"""Checks of a commit that read the rows it has just written. Where one fails, an error undoes the commit."""

from __future__ import annotations

from sqlalchemy import Connection

from provenance.index import projection
from provenance.loading.entitlement import is_entitled
from provenance.loading.versions import leads_back
from provenance.values.records import Amendment, Document
from provenance.values.vocabulary import AmendmentKind


def may_amend(connection: Connection, amendment: Amendment) -> bool:
    """Whether the agent may amend the target: its holder or publisher may. Anybody may say that it is misattributed."""
    if amendment.kind is AmendmentKind.MISATTRIBUTED:
        return True
    keys = projection.keys_of(connection, (amendment.target.id, amendment.by.id))
    return is_entitled(connection, keys[amendment.by.id], keys[amendment.target.id])


def is_before_itself(connection: Connection, document: Document) -> bool:
    """Whether the document supersedes one of its own later versions."""
    if document.supersedes is None:
        return False
    return leads_back(connection, projection.keys_of(connection, [document.id])[document.id])
