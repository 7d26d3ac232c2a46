"""Checks of a commit that read the rows it has just written. Where one fails, an error undoes the commit."""

from __future__ import annotations

from sqlalchemy import Connection

from provenance.errors import InvalidValue, NotEntitled
from provenance.index import projection
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.entitlement import answerable_for
from provenance.loading.versions import leads_back
from provenance.rules import entitlement
from provenance.values.records import Amendment, Document, Record


def check_rows(connection: Connection, record: Record) -> None:
    """Refuses an amendment by somebody who may not amend, and a document that supersedes its own later version.

    Raises `NotEntitled` and `InvalidValue`.
    """
    if isinstance(record, Amendment) and not _may_amend(connection, record):
        raise NotEntitled("amendment.by", record.kind.value)
    if isinstance(record, Document) and _is_before_itself(connection, record):
        raise InvalidValue("document.supersedes", "a later version of it", "an earlier one")


def _may_amend(connection: Connection, amendment: Amendment) -> bool:
    """Whether the agent may amend the target."""
    if entitlement.is_open_to_anybody(amendment.kind.value):
        return True
    keys = projection.keys_of(connection, (amendment.target.id, amendment.by.id))
    loader, by = ClaimGraphLoader(connection), keys[amendment.by.id]
    answerable = answerable_for(loader, keys[amendment.target.id])
    agents = loader.graph_of_agents({by, *answerable}).agents
    return entitlement.may_amend(amendment.kind.value, by, answerable, agents)


def _is_before_itself(connection: Connection, document: Document) -> bool:
    """Whether the document supersedes one of its own later versions."""
    if document.supersedes is None:
        return False
    return leads_back(connection, projection.keys_of(connection, [document.id])[document.id])
