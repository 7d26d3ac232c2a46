"""The manifest of released names, `tests/released/manifest.json`: every field, word, table and column so far.

    python tests/manifest.py          # adds the names that are new
    python tests/manifest.py release  # closes the forms of every revision so far

A name never leaves the manifest: `tests/operations/test_manifest.py` refuses one that is gone or means something else.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import attrs
from migrating import RELEASED

from provenance import wire
from provenance.database import revisions
from provenance.index.tables import metadata
from provenance.values import vocabulary
from provenance.values.ids import canonical_json
from provenance.values.records import RECORD_TYPES, Anchor, Window

MANIFEST = RELEASED / "manifest.json"
Names = dict[str, Any]


def fields_of(record_type: type) -> dict[str, str]:
    """Every field's name and what it holds, in the words of the code."""
    return {each.name: _written(each.type) for each in attrs.fields(attrs.resolve_types(record_type))}


def _written(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) else re.sub(r"provenance\.values\.\w+\.", "", str(kind))


def names_now() -> Names:
    records = {f"{name}/{wire.VERSIONS[name].newest}": fields_of(kind) for name, kind in RECORD_TYPES.items()}
    return {
        "records": records,
        "parts": {part.__name__: fields_of(part) for part in (Anchor, Window)},
        "words": {
            name: sorted(word.value for word in kind)
            for name, kind in vars(vocabulary).items()
            if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
        },
        "tables": {
            name: {column.name: type(column.type).__name__ for column in table.columns}
            for name, table in metadata.tables.items()
        },
    }


def lacking(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """What stands in `before`, and in `after` not at all or differently."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, each in before.items():
            yield from lacking(each, after[name], f"{place} {name}") if name in after else [f"{place} {name}"]
    elif isinstance(before, list) and isinstance(after, list):
        yield from (f"{place} {each}" for each in before if each not in after)
    elif before != after:
        yield f"{place}: {before} became {after}"


def committed() -> Names:
    found: Names = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return found


def digest_of(names: Names, revision: str) -> str:
    """The digest of all forms that a release of this revision can read."""
    readable = revisions.READABLE[revision]
    forms = {
        f"{name}/{version}": names["records"][f"{name}/{version}"]
        for name, newest in readable.items()
        if name in RECORD_TYPES
        for version in range(1, newest + 1)
    }
    return hashlib.sha256(canonical_json(forms)).hexdigest()


def main(*, is_released: bool) -> None:
    """Adds new names to the manifest. With "release" it also closes the forms of every revision so far."""
    names = committed()
    for part, held in names_now().items():
        names[part] = {**names.get(part, {}), **held}
    if is_released:
        before = names["released"]
        names["released"] = {
            revision: before.get(revision) or digest_of(names, revision) for revision in revisions.READABLE
        }
    MANIFEST.write_text(json.dumps(names, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(is_released=sys.argv[1:] == ["release"])
