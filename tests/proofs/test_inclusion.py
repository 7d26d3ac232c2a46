"""Proofs of inclusion and consistency: the reference vectors, every leaf of every size, and no altered proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import InvalidProof, InvalidValue
from provenance.log.merkle import GrowingTree, leaf_hash, root_hash
from provenance.proofs.inclusion import (
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    root_from_inclusion,
)

LARGEST = 70
"""Leaves of the trees that are tried whole: past two powers of two and what lies between."""

# The test tree of the certificate-transparency project (cpp/merkletree/merkle_tree_test.cc): its leaves, the roots of
# its first 1 to 8 leaves, and its proofs by place and size.
REFERENCE_LEAVES = [
    leaf_hash(bytes.fromhex(body))
    for body in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
_FIRST = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
_SECOND = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_THIRD_AND_FOURTH = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_FIFTH = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_FIFTH_AND_SIXTH = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
_LAST_TWO = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_SECOND_HALF = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
REFERENCE_INCLUSIONS = {
    (0, 1): [],
    (0, 8): [_SECOND, _THIRD_AND_FOURTH, _SECOND_HALF],
    (5, 8): [_FIFTH, _LAST_TWO, REFERENCE_ROOTS[3]],
    (2, 3): [REFERENCE_ROOTS[1]],
    (1, 5): [_FIRST, _THIRD_AND_FOURTH, _FIFTH],
}
REFERENCE_CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [_SECOND, _THIRD_AND_FOURTH, _SECOND_HALF],
    (6, 8): [_FIFTH_AND_SIXTH, _LAST_TWO, REFERENCE_ROOTS[3]],
    (2, 5): [_THIRD_AND_FOURTH, _FIFTH],
}


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(place).encode()) for place in range(size)]


def hexadecimal(path: Sequence[bytes]) -> list[str]:
    return [digest.hex() for digest in path]


def test_the_roots_are_those_of_the_reference_tree() -> None:
    assert [root_hash(REFERENCE_LEAVES[:size]).hex() for size in range(1, 9)] == REFERENCE_ROOTS


@pytest.mark.parametrize(("place", "size"), REFERENCE_INCLUSIONS)
def test_inclusion_paths_are_those_of_the_reference_tree(place: int, size: int) -> None:
    path = inclusion_path(REFERENCE_LEAVES[:size], place)

    assert hexadecimal(path) == REFERENCE_INCLUSIONS[place, size]
    assert (
        root_from_inclusion(REFERENCE_LEAVES[place], place, size, path).hex() == (REFERENCE_ROOTS[size - 1])
    )


@pytest.mark.parametrize(("first", "second"), REFERENCE_CONSISTENCIES)
def test_consistency_paths_are_those_of_the_reference_tree(first: int, second: int) -> None:
    path = consistency_path(REFERENCE_LEAVES[:second], first)
    roots = [bytes.fromhex(REFERENCE_ROOTS[size - 1]) for size in (first, second)]

    assert hexadecimal(path) == REFERENCE_CONSISTENCIES[first, second]
    assert is_consistent(first, roots[0], second, roots[1], path)


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_leaf_of_every_tree_is_shown_to_stand_in_it(size: int) -> None:
    leaves = leaves_of(size)
    root = root_hash(leaves)

    paths = [inclusion_path(leaves, place) for place in range(size)]

    assert all(is_included(leaves[place], place, size, paths[place], root) for place in range(size))
    assert all(len(path) <= (size - 1).bit_length() for path in paths)


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_every_tree_is_shown_to_have_grown_from_its_beginnings(size: int) -> None:
    leaves = leaves_of(size)

    assert all(
        is_consistent(
            first, root_hash(leaves[:first]), size, root_hash(leaves), consistency_path(leaves, first)
        )
        for first in range(size + 1)
    )


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_a_tree_that_grows_leaf_by_leaf_has_the_same_root(size: int) -> None:
    tree = GrowingTree()
    for leaf in leaves_of(size):
        tree.add(leaf)

    assert (tree.size, tree.root()) == (size, root_hash(leaves_of(size)))


def altered(draw: st.DrawFn, path: list[bytes]) -> list[bytes]:
    """The path with one thing in it changed."""
    digest = st.binary(min_size=32, max_size=32)
    place = draw(st.integers(0, max(0, len(path) - 1)))
    changes = [[*path, draw(digest)], [draw(digest), *path]]
    if path:
        flipped = bytearray(path[place])
        flipped[draw(st.integers(0, 31))] ^= 1 << draw(st.integers(0, 7))
        changes += [
            [*path[:place], bytes(flipped), *path[place + 1 :]],
            [*path[:place], *path[place + 1 :]],
            [*path[:place], draw(st.binary(max_size=40)), *path[place + 1 :]],
            [*path[:place], path[place], *path[place:]],
            list(reversed(path)),
            [b"".join(path)],
        ]
    return draw(st.sampled_from([change for change in changes if change != path]))


@given(st.data())
def test_no_altered_inclusion_is_taken(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGEST))
    place = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root, path = root_hash(leaves), inclusion_path(leaves, place)
    other_place = data.draw(st.integers(-2, size + 2).filter(lambda other: other != place))
    other_leaf = data.draw(st.sampled_from([b"", leaf_hash(b"another"), root]).filter(leaves[place].__ne__))

    changed = data.draw(st.composite(altered)(path))

    assert is_included(leaves[place], place, size, path, root)
    assert not is_included(leaves[place], place, size, changed, root)
    assert not is_included(leaves[place], other_place, size, path, root)
    assert not is_included(other_leaf, place, size, path, root)
    assert not is_included(leaves[place], place, size, path, leaf_hash(root))


@given(st.data())
def test_no_altered_consistency_is_taken(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    first = data.draw(st.integers(0, size))
    leaves = leaves_of(size)
    before, after, path = root_hash(leaves[:first]), root_hash(leaves), consistency_path(leaves, first)

    changed = data.draw(st.composite(altered)(path))

    assert is_consistent(first, before, size, after, path)
    assert not is_consistent(first, before, size, after, changed)
    assert not is_consistent(first, leaf_hash(before), size, after, path)
    assert first == 0 or not is_consistent(first, before, size, leaf_hash(after), path)
    assert first == 0 or not is_consistent(first - 1, before, size, after, path)
    assert first == size or not is_consistent(size, after, first, before, path)


def test_a_place_outside_of_the_tree_is_refused() -> None:
    with pytest.raises(InvalidValue, match="place"):
        inclusion_path([], 0)
    with pytest.raises(InvalidValue, match="place"):
        inclusion_path(leaves_of(3), 3)
    with pytest.raises(InvalidValue, match="size"):
        consistency_path(leaves_of(3), 4)
    with pytest.raises(InvalidProof, match="no place 0 in a tree of 0"):
        root_from_inclusion(leaf_hash(b""), 0, 0, [])


def test_an_empty_tree_has_the_empty_root() -> None:
    empty = hashlib.sha256(b"").digest()

    assert root_hash([]) == GrowingTree().root() == empty
    assert is_consistent(0, empty, 0, empty, [])
    assert not is_consistent(0, leaf_hash(b""), 1, leaf_hash(b""), [])
