"""Checks that need the rows of a commit to be written. What does not pass is an error, and the commit is undone."""

from __future__ import annotations

from sqlalchemy import Connection

from provenance.index import projection
from provenance.loading.entitlement import is_entitled
from provenance.loading.versions import leads_back
from provenance.values.records import Amendment, Document
from provenance.values.vocabulary import AmendmentKind


def may_amend(connection: Connection, amendment: Amendment) -> bool:
    """Whether the agent of the amendment is entitled to it. That an assertion is misattributed anybody may say."""
    if amendment.kind is AmendmentKind.MISATTRIBUTED:
        return True
    keys = projection.keys_of(connection, (amendment.target.id, amendment.by.id))
    return is_entitled(connection, keys[amendment.by.id], keys[amendment.target.id])


def is_before_itself(connection: Connection, document: Document) -> bool:
    """Whether the document supersedes one of its own later versions."""
    if document.supersedes is None:
        return False
    return leads_back(connection, projection.keys_of(connection, [document.id])[document.id])
