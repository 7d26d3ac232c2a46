"""FieldNames: the fields that each version of a form has had, in a committed file. No name gets another meaning."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from provenance.values.evolution import Fields

_Names = dict[int, dict[str, set[str]]]
"""By version and by the name of a field, the JSON types that the field had."""

_TYPES = {str: "text", bool: "boolean", int: "number", list: "list", tuple: "list", dict: "object"}


class FieldNames:
    """The fields that were seen in objects of each version, and those that the file names."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: _Names = defaultdict(lambda: defaultdict(set))
        self._released: _Names = {}
        if file.exists():
            stated = json.loads(file.read_text(encoding="utf-8"))
            self._released = {
                int(version): {name: set(types) for name, types in names.items()}
                for version, names in stated.items()
            }

    def see(self, version: int, fields: Fields) -> None:
        names = self._seen[version]
        for name, value in fields.items():
            names[name].add(_TYPES.get(type(value), "null"))

    def take(self) -> None:
        """Adds the versions that the file does not have yet; the others stay as they were released."""
        self._released = {**{version: dict(names) for version, names in self._seen.items()}, **self._released}

    def write(self) -> None:
        stated = {
            version: {name: sorted(types) for name, types in sorted(names.items())}
            for version, names in sorted(self._released.items())
        }
        self._file.write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def faults(self) -> Iterator[tuple[int, str]]:
        """The version and a sentence for every field that is not as the file says, or whose name had another meaning in
        an earlier version."""
        for version, names in sorted(self._seen.items()):
            if version not in self._released:
                yield version, f"{self._file.name} does not have version {version}: freeze it at its release"
                continue
            released = self._released[version]
            for name, types in sorted(names.items()):
                if name not in released:
                    yield version, f"{name} was no field when {self._file.name} was written"
                elif not types <= released[name]:
                    yield version, f"{name} was no {' or '.join(sorted(types - released[name]))}"
        yield from self._used_again()

    def _used_again(self) -> Iterator[tuple[int, str]]:
        last: dict[str, tuple[int, set[str]]] = {}
        for version, names in sorted(self._released.items()):
            for name, types in sorted(names.items()):
                before, meant = last.get(name, (version - 1, types))
                if before != version - 1:
                    yield version, f"{name} was given up after version {before}, and is used again"
                elif (types - {"null"}).isdisjoint(meant - {"null"}) and types != meant:
                    yield version, f"{name} was {' or '.join(sorted(meant))} before"
                last[name] = (version, types)
