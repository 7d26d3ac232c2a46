"""JSON Schemas (draft 2020-12) of what a ledger records and takes: for pipelines that check before they send.

`schema("claim")` is that of a claim as entries hold it, and likewise of every other type of record; `schema("entry")`
that of an entry of them, and `schema("sentence")` that of a sentence in the short form. `python -m provenance.schemas
claim` prints one. They are files beside this one, `claim.json` and its like, which `--write` makes anew.

What satisfies its schema is of the right shape, and may still be refused: whether a reference leads to a record, or the
ends of an interval are in order, no schema says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provenance.errors import InvalidValue

FOLDER = Path(__file__).parent


def schema(name: str) -> dict[str, Any]:
    """The schema of a record type, of "entry" or of "sentence"."""
    if name not in names():
        raise InvalidValue.unknown_word("schema", name, names())
    stated: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return stated


def names() -> list[str]:
    """Everything that there is a schema of."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))
