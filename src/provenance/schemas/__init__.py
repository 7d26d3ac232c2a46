"""JSON Schemas (draft 2020-12) of what a ledger records and takes, for pipelines that check before they send.

`schema("claim")` is the schema of a claim as entries hold it, and every other type of record has one too.
`schema("entry")` is the schema of an entry, and `schema("sentence")` that of a sentence in the short form. `python -m
provenance.schemas claim` prints one. The schemas are files beside this one, such as `claim.json`; `--write` makes them
anew.

JSON that satisfies its schema has the right shape. It may still be refused: a schema cannot say whether a reference
leads to a record, or whether the ends of an interval are in order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provenance.errors import InvalidValue

FOLDER = Path(__file__).parent


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a type of record as entries hold it, of "entry", or of "sentence".

    Every call returns a new dict. Raises `InvalidValue` for another name.
    """
    if name not in names():
        raise InvalidValue.unknown_word("schema", name, names())
    stated: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return stated


def names() -> list[str]:
    """The names that `schema` takes, in alphabetical order."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))
