"""A commit's header and its hash."""

from __future__ import annotations

import hashlib

from attrs import frozen

from provenance.values.ids import canonical_json

GENESIS = bytes(32)
"""What the first commit names as the one before it."""


@frozen(kw_only=True)
class CommitHeader:
    """What a commit promises: its place, its moment (microseconds since 1970 UTC), its author, the hash of the commit
    before it, the RFC 6962 root of its entries and their number."""

    seq: int
    at: int
    author: str
    previous: bytes
    root: bytes
    size: int

    def body(self) -> bytes:
        """The header as canonical JSON, the digests in hexadecimal: a leaf of the tree over the commits."""
        stated = {
            "seq": self.seq,
            "at": self.at,
            "author": self.author,
            "previous": self.previous.hex(),
            "root": self.root.hex(),
            "size": self.size,
        }
        return canonical_json(stated)

    def hash(self) -> bytes:
        """SHA-256 of the body: what the next commit names as the one before it."""
        return hashlib.sha256(self.body()).digest()
