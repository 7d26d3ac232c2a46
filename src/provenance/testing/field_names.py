"""The names that the versions of a form have had, in a file that is committed: none is ever used again for something
else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from provenance.values.evolution import Fields

_Names = dict[int, dict[str, set[str]]]
"""By version the names of its fields, and the JSON types that each had."""

_TYPES = {str: "text", bool: "boolean", int: "number", list: "list", tuple: "list", dict: "object"}


class FieldNames:
    """What objects of each version were seen to hold, and what the file says of it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: _Names = defaultdict(lambda: defaultdict(set))
        self._kept: _Names = {}
        if file.exists():
            stated = json.loads(file.read_text(encoding="utf-8"))
            self._kept = {
                int(version): {name: set(types) for name, types in names.items()}
                for version, names in stated.items()
            }

    def see(self, version: int, fields: Fields) -> None:
        names = self._seen[version]
        for name, value in fields.items():
            names[name].add(_TYPES.get(type(value), "null"))

    def take(self) -> None:
        """Takes over the versions that the file does not have yet; the others stay as they were released."""
        self._kept = {**{version: dict(names) for version, names in self._seen.items()}, **self._kept}

    def write(self) -> None:
        stated = {
            version: {name: sorted(types) for name, types in sorted(names.items())}
            for version, names in sorted(self._kept.items())
        }
        self._file.write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def faults(self) -> Iterator[tuple[int, str]]:
        """By version, what is otherwise than the file says, or should never have got into it."""
        for version, names in sorted(self._seen.items()):
            if version not in self._kept:
                yield version, f"{self._file.name} does not have version {version}: freeze it at its release"
                continue
            kept = self._kept[version]
            for name, types in sorted(names.items()):
                if name not in kept:
                    yield version, f"{name} was no field when {self._file.name} was written"
                elif not types <= kept[name]:
                    yield version, f"{name} was no {' or '.join(sorted(types - kept[name]))}"
        yield from self._used_again()

    def _used_again(self) -> Iterator[tuple[int, str]]:
        last: dict[str, tuple[int, set[str]]] = {}
        for version, names in sorted(self._kept.items()):
            for name, types in sorted(names.items()):
                before, meant = last.get(name, (version - 1, types))
                if before != version - 1:
                    yield version, f"{name} was given up after version {before}, and is used again"
                elif (types - {"null"}).isdisjoint(meant - {"null"}) and types != meant:
                    yield version, f"{name} was {' or '.join(sorted(meant))} before"
                last[name] = (version, types)
