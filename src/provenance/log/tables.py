"""The tables of the log. Rows are only ever added, but for what redactions delete."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Text

from provenance.database.naming import PREFIX, Key, table

commit = table(
    "commit",
    Column("seq", Key, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False, unique=True),
    Column("root", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("request_key", Text, unique=True),
)
entry = table(
    "entry",
    Column("seq", Key, primary_key=True, autoincrement=False),
    Column("commit_seq", Key, ForeignKey(PREFIX + "commit.seq"), nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
document_text = table(
    "document_text",
    Column("digest", LargeBinary, primary_key=True),
    Column("text", Text, nullable=False),
)
sealed = table(
    "sealed",
    Column("handle", String(32), primary_key=True),
    Column("level", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
)
"""Values of which the entries hold commitments only. A redaction deletes them."""
LOG_TABLES = (commit, entry, document_text, sealed)
