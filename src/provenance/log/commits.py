"""A commit's header and its hash."""

from __future__ import annotations

import hashlib
from typing import Any

from attrs import frozen

from provenance.values.ids import canonical_json

GENESIS = bytes(32)
"""What the first commit names as the one before it."""


@frozen(kw_only=True)
class CommitHeader:
    """What the hash of a commit covers: its place, its moment (microseconds since 1970 UTC), its author, the hash of
    the commit before it, the RFC 6962 root of its entries and their number."""

    seq: int
    at: int
    author: str
    previous: bytes
    root: bytes
    size: int

    def to_json(self) -> dict[str, Any]:
        """The header as a JSON object, the digests in hexadecimal."""
        return {
            "seq": self.seq,
            "at": self.at,
            "author": self.author,
            "previous": self.previous.hex(),
            "root": self.root.hex(),
            "size": self.size,
        }

    def body(self) -> bytes:
        """The header as canonical JSON: a leaf of the tree over the commits."""
        return canonical_json(self.to_json())

    def hash(self) -> bytes:
        """SHA-256 of the body: what the next commit names as the one before it."""
        return hashlib.sha256(self.body()).digest()


_FIELDS = {"seq": int, "at": int, "author": str, "previous": str, "root": str, "size": int}


def header_from_json(stated: Any) -> CommitHeader | None:
    """The header in a JSON object that is exactly as `to_json` writes it; None of any other object."""
    if not isinstance(stated, dict) or stated.keys() != _FIELDS.keys():
        return None
    if any(type(stated[name]) is not kind for name, kind in _FIELDS.items()):
        return None
    try:
        previous, root = (bytes.fromhex(stated[name]) for name in ("previous", "root"))
    except ValueError:
        return None
    header = CommitHeader(**{**stated, "previous": previous, "root": root})
    return header if len(previous) == len(root) == len(GENESIS) and header.to_json() == stated else None
