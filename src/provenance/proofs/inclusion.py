"""Inclusion and consistency proofs of RFC 6962, section 2.1, checked as RFC 9162 words it (2.1.3 and 2.1.4).

An inclusion path shows that a leaf stands at its place in the tree of a root. A consistency path shows that a tree only
grew. Both are made from leaf hashes, and checked without them. Places count from 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenance.errors import InvalidProof, InvalidValue
from provenance.log.merkle import node_hash, root_hash

DIGEST_SIZE = 32
"""Bytes of a SHA-256 digest. A path of longer or shorter ones could be read in two ways."""


def inclusion_path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The sibling of every node on the way from this leaf up to the root: PATH(m, D_n)."""
    if not 0 <= place < len(leaves):
        raise InvalidValue("place", f"{place}", f"the place of one of {len(leaves)} leaves, from 0")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if place < split:
        return [*inclusion_path(leaves[:split], place), root_hash(leaves[split:])]
    return [*inclusion_path(leaves[split:], place - split), root_hash(leaves[:split])]


def root_from_inclusion(leaf: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which the path leads from a leaf in a tree of this size. Raises `InvalidProof` where it leads to
    none."""
    if not 0 <= place < size:
        raise InvalidProof("inclusion", f"no place {place} in a tree of {size}")
    _check_digests("inclusion", [leaf, *path])
    node, last, root = place, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise InvalidProof("inclusion", "the path is too long")
        if node % 2 or node == last:
            root = node_hash(sibling, root)
            while node and not node % 2:
                node, last = node // 2, last // 2
        else:
            root = node_hash(root, sibling)
        node, last = node // 2, last // 2
    if last != 0:
        raise InvalidProof("inclusion", "the path is too short")
    return root


def is_included(leaf: bytes, place: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    try:
        return root_from_inclusion(leaf, place, size, path) == root
    except InvalidProof:
        return False


def consistency_path(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """The path from the tree of the first `size` leaves to that of all: PROOF(m, D_n). It is empty from the tree of no
    leaves and from that of all."""
    if not 0 <= size <= len(leaves):
        raise InvalidValue("size", f"{size}", f"a number of leaves up to {len(leaves)}")
    return [] if size == 0 else _subproof(leaves, size, is_known=True)


def _subproof(leaves: Sequence[bytes], size: int, *, is_known: bool) -> list[bytes]:
    """SUBPROOF(m, D_n, b). `is_known` is b: whoever checks knows the root of the first `size` leaves."""
    if size == len(leaves):
        return [] if is_known else [root_hash(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(leaves[:split], size, is_known=is_known), root_hash(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, is_known=False), root_hash(leaves[:split])]


def is_consistent(
    first_size: int, first_root: bytes, second_size: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the tree of the second size and root begins with the leaves of the first."""
    if not 0 <= first_size <= second_size:
        return False
    if first_size == 0:
        return first_root == root_hash([]) and not path
    if first_size == second_size:
        return first_root == second_root and not path
    try:
        return _roots_from_consistency(first_size, first_root, second_size, path) == (first_root, second_root)
    except InvalidProof:
        return False


def _roots_from_consistency(
    first_size: int, first_root: bytes, second_size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The roots of both trees as the path has them, for 0 < first < second."""
    is_power_of_two = first_size & (first_size - 1) == 0
    steps = [first_root, *path] if is_power_of_two else list(path)
    _check_digests("consistency", steps)
    if not path:
        raise InvalidProof("consistency", "the path is too short")
    node, last = first_size - 1, second_size - 1
    while node % 2:
        node, last = node // 2, last // 2
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise InvalidProof("consistency", "the path is too long")
        if node % 2 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while node and not node % 2:
                node, last = node // 2, last // 2
        else:
            second = node_hash(second, step)
        node, last = node // 2, last // 2
    if last != 0:
        raise InvalidProof("consistency", "the path is too short")
    return first, second


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _check_digests(kind: str, digests: Sequence[bytes]) -> None:
    if any(len(digest) != DIGEST_SIZE for digest in digests):
        raise InvalidProof(kind, "something else than SHA-256 digests")
