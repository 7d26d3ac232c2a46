"""The Merkle tree hash of RFC 6962, section 2.1: over the entries of a commit, and over the commits of the log."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes. They are paired level by level, and an odd one is carried up: that is the RFC's split
    at the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = list(map(node_hash, level[::2], level[1::2]))
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


class GrowingTree:
    """A tree whose leaves come one by one. It holds the roots of its full subtrees alone, some 20 digests for a million
    leaves."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        root, size = leaf, self.size
        while size % 2:
            root, size = node_hash(self._full.pop(), root), size // 2
        self._full.append(root)
        self.size += 1

    def root(self) -> bytes:
        if not self._full:
            return root_hash([])
        root = self._full[-1]
        for left in reversed(self._full[:-1]):
            root = node_hash(left, root)
        return root
