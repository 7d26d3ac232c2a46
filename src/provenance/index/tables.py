"""The tables of the index: derived from the log, and rebuilt from it at any time.

Integer keys never leave the library. They count up in the order of recording and are given under the writers' lock, so
that a rebuild gives every record the same key again. `commit_seq` is the commit that first recorded a row's record.
Instants are integer microseconds since 1970 UTC. Names that are compared without regard to case are stored as Python
folds them, for each database folds differently.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from provenance.database.naming import Key, SortedText, Word, table
from provenance.database.naming import metadata as metadata  # noqa: PLC0414 - handed on, with all tables in it
from provenance.log.tables import LOG_TABLES


def _key() -> Column[int]:
    return Column("key", Key, primary_key=True, autoincrement=False)


def _commit() -> Column[int]:
    return Column("commit_seq", Key, nullable=False)


record = table(
    "record",
    _key(),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("type", Word, nullable=False),
    Column("entry_seq", Key, nullable=False),
)
description = table(
    "description",
    Column("record", Key, primary_key=True, autoincrement=False),
    Column("commit_seq", Key, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
withdrawal = table(
    "withdrawal",
    _key(),
    _commit(),
    Column("target", Key, nullable=False, index=True),
    Column("by", Text),
    Column("reason", Text),
)
redaction = table(
    "redaction",
    _key(),
    _commit(),
    Column("target", Key, nullable=False, index=True),
    Column("by", Text),
    Column("reason", Text),
)

agent = table(
    "agent",
    _key(),
    _commit(),
    Column("described", Key, nullable=False),
    Column("kind", Word, nullable=False),
    Column("naming", Word, nullable=False),
    Column("name", SortedText),
    Column("name_folded", SortedText, index=True),
    Column("label", Text, nullable=False),
    Column("aliases", Text),
    Column("description", Text),
    Column("count", Integer, nullable=False),
    Column("known_to_desk", Boolean, nullable=False),
    Column("speaks_for", Key, index=True),
)
document = table(
    "document",
    _key(),
    _commit(),
    Column("described", Key, nullable=False),
    Column("outlet", Key, nullable=False, index=True),
    Column("url", Text, index=True),
    Column("publisher_id", Text),
    Column("title", Text),
    Column("text_digest", LargeBinary),
    Column("published_lo", BigInteger),
    Column("published_hi", BigInteger),
    Column("supersedes", Key, index=True),
    Column("change_note", Text),
    Column("version", Text),
    Column("zone", Text),
)
entity = table(
    "entity",
    _key(),
    _commit(),
    Column("name", SortedText, nullable=False),
    Column("name_folded", SortedText, nullable=False, index=True),
)
attribute = table(
    "attribute",
    _key(),
    _commit(),
    Column("described", Key, nullable=False),
    Column("name", SortedText, nullable=False, index=True),
    Column("cardinality", Word, nullable=False),
    Column("temporal", Word, nullable=False),
    Column("value_type", Word, nullable=False),
)
redefinition = table(
    "redefinition",
    _key(),
    _commit(),
    Column("attribute", Key, nullable=False, index=True),
    Column("cardinality", Word),
    Column("temporal", Word),
    Column("value_type", Word),
    Column("by", Text),
    Column("reason", Text),
)
claim = table(
    "claim",
    _key(),
    _commit(),
    Column("described", Key, nullable=False),
    Column("text", Text, nullable=False),
    Column("nature", Word, nullable=False),
    Column("subject", Key),
    Column("attribute", Key),
    Column("scope", SortedText),
    Column("entity", Key, index=True),
    Column("lo", Text),
    Column("hi", Text),
    Column("pad", Text),
    Column("as_of_lo", BigInteger),
    Column("as_of_hi", BigInteger),
    Column("valid_lo", BigInteger),
    Column("valid_hi", BigInteger),
    Column("as_of_lo_begins", BigInteger),
    Column("as_of_hi_begins", BigInteger),
    Column("valid_lo_ends", BigInteger),
    Column("valid_hi_begins", BigInteger),
    Index(None, "subject", "attribute", "scope"),
)
accusation = table(
    "accusation",
    Column("claim", Key, primary_key=True, autoincrement=False),
    Column("agent", Key, primary_key=True, autoincrement=False, index=True),
)
assertion = table(
    "assertion",
    _key(),
    _commit(),
    Column("described", Key, nullable=False),
    Column("agent", Key, nullable=False, index=True),
    Column("claim", Key, nullable=False, index=True),
    Column("stance", Word, nullable=False),
    Column("certainty", Word),
    Column("basis", Word, nullable=False),
    Column("said_lo", BigInteger),
    Column("said_hi", BigInteger),
    Column("ground_rule", Word),
    Column("language", Text),
    Column("translated", Boolean),
    Column("translated_by", Text),
    Column("embargo_until", BigInteger),
    Index("ix_provenance_assertion_denied", "claim"),
)
mention = table(
    "mention",
    _key(),
    _commit(),
    Column("described", Key, nullable=False),
    Column("assertion", Key, nullable=False, index=True),
    Column("document", Key, index=True),
    Column("quote", Text),
    Column("start", Integer),
    Column("cue", Text),
    Column("quote_type", Word),
    Column("distanced", Boolean),
    Column("parts", Text),
    Column("places", Text),
    Column("language", Text),
    Column("translated", Boolean),
    Column("translated_by", Text),
)
relay = table(
    "relay",
    _key(),
    _commit(),
    Column("source", Key, nullable=False),
    Column("target", Key, nullable=False, index=True),
    Column("stated", Boolean, nullable=False),
    UniqueConstraint("source", "target", "stated"),
)
evidence = table(
    "evidence",
    _key(),
    _commit(),
    Column("assertion", Key, nullable=False, index=True),
    Column("kind", Word, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("item", Text, index=True),
    Column("noted_by", Key),
)
link = table(
    "link",
    _key(),
    _commit(),
    Column("kind", Word, nullable=False),
    Column("source", Key, nullable=False),
    Column("target", Key, nullable=False),
    Column("valid_lo", BigInteger),
    Column("valid_hi", BigInteger),
    Index(None, "source", "kind"),
    Index(None, "target", "kind"),
)
amendment = table(
    "amendment",
    _key(),
    _commit(),
    Column("target", Key, nullable=False, index=True),
    Column("kind", Word, nullable=False),
    Column("by", Key, nullable=False),
    Column("replacement", Key),
    Column("at", BigInteger),
    Column("note", Text),
)
comment_request = table(
    "comment_request",
    _key(),
    _commit(),
    Column("accused", Key, nullable=False),
    Column("claim", Key, nullable=False, index=True),
    Column("asked_by", Key),
    Column("asked_at", BigInteger),
    Column("deadline", BigInteger),
)
assessment = table(
    "assessment",
    _key(),
    _commit(),
    Column("claim", Key, nullable=False, index=True),
    Column("against", Key),
    Column("verdict", Text, nullable=False),
    Column("by", Key, nullable=False),
    Column("at", BigInteger),
    Column("url", Text),
)
words = table("words", _key(), Column("type", Word, nullable=False), Column("text", Text, nullable=False))
listing = table(
    "listing",
    Column("list", Word, primary_key=True),
    Column("nature", Word, primary_key=True),
    Column("claim", Key, primary_key=True, autoincrement=False, index=True),
)
"""On which lists a claim stands now (`materialized.lists`)."""
standing = table(
    "standing",
    Column("claim", Key, primary_key=True, autoincrement=False),
    Column("grade", Integer, nullable=False),
    Column("lo", BigInteger, nullable=False),
    Column("hi", BigInteger, nullable=False),
    Column("flags", Text, nullable=False),
    Column("plain_assertions", Integer, nullable=False),
)
"""How well each claim that names its class is supported now (`materialized.lists`): its flags with spaces between, and
how many assertions are on it where it may be steady (`materialized.steady`)."""
conflict = table(
    "finding",  # the names that release 0.1.0 gave
    Column("matter", Key, key="issue", primary_key=True, autoincrement=False),
    Column("a", Key, primary_key=True, autoincrement=False),
    Column("b", Key, primary_key=True, autoincrement=False),
    Column("kind", Word, primary_key=True),
    Column("strength", Integer, nullable=False),
    Column("a_assertion", Key, nullable=False),
    Column("b_assertion", Key, nullable=False),
)
"""The conflicts and divergences now (`rules.conflicts.ConflictKeys`), about the issues that have few of them."""
circle = table(
    "circle",
    Column("claim", Key, primary_key=True, autoincrement=False),
    Column("kind", Word, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("agent", Key),
    Column("assertions", Text, nullable=False),
)
"""The circular reporting now (`rules.circular.CircleKeys`), of claims with little of it; the keys of its assertions
with spaces between."""


def _when_made(made: Table, options: Callable[[Table, str], None]) -> None:
    """Gives the table, or a copy of it, a database's options when it is made there. Options that are declared with the
    table would import the dialects of all databases."""

    def give(one: Table, connection: Connection, **_: object) -> None:
        options(one, connection.dialect.name)

    event.listen(made, "before_create", give, propagate=True)


def _without_rowid(one: Table, dialect: str) -> None:
    if dialect == "sqlite":
        one.dialect_options[dialect]["with_rowid"] = False


def _of_denials(one: Table, dialect: str) -> None:
    for index in one.indexes:
        if str(index.name).endswith("_denied"):
            index.dialect_options[dialect]["where"] = text("stance = 'deny'")


_when_made(assertion, _of_denials)
_when_made(listing, _without_rowid)
_when_made(conflict, _without_rowid)
_when_made(circle, _without_rowid)

INDEX_TABLES = tuple(each for each in metadata.sorted_tables if each not in LOG_TABLES)
