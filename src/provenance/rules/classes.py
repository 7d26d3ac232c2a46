"""Two walks over any graph of keys: which members are one, and what can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

_T = TypeVar("_T", bound=Hashable)


class Classes:
    """Which members are one: a union-find whose classes are named by their smallest member under `rank`."""

    def __init__(self, pairs: Iterable[tuple[int, int]], rank: Callable[[int], object] | None = None) -> None:
        parents: dict[int, int] = {}
        for a, b in pairs:
            parents[_root(parents, a)] = _root(parents, b)
        joined: dict[int, list[int]] = defaultdict(list)
        for member in list(parents):
            joined[_root(parents, member)].append(member)
        self.members: dict[int, list[int]] = {}
        """The classes of more than one member, by name."""
        self._names: dict[int, int] = {}
        for members in joined.values():
            name = min(members, key=rank)  # type: ignore[arg-type]
            self.members[name] = members
            self._names.update(dict.fromkeys(members, name))

    def __getitem__(self, member: int) -> int:
        """The name of the member's class. A member that nothing joins to another is a class of its own."""
        return self._names.get(member, member)

    def of(self, member: int) -> list[int]:
        """All members of its class."""
        return self.members[self._names[member]] if member in self._names else [member]


def _root(parents: dict[int, int], member: int) -> int:
    parents.setdefault(member, member)
    while parents[member] != member:
        parents[member] = member = parents[parents[member]]
    return member


def reachable(starts: Iterable[_T], steps: Callable[[_T], Iterable[_T]]) -> set[_T]:
    """Everything that can be reached from the starts, they included; loops are walked once."""
    seen = set(starts)
    frontier = list(seen)
    while frontier:
        for following in steps(frontier.pop()):
            if following not in seen:
                seen.add(following)
                frontier.append(following)
    return seen
