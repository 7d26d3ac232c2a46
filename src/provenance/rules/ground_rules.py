"""Ground rules: on which terms a source spoke, and what readers may be told (docs/semantics.md#record-assertion)."""

from __future__ import annotations

from collections.abc import Iterable

from provenance.rules.facts import AssertionRow
from provenance.values.vocabulary import GroundRule

_ORDER = [rule.value for rule in GroundRule]


def strictest(rules: Iterable[str | None]) -> str | None:
    """The strictest of what the records of one speech event say; None where none says any."""
    return max((rule for rule in rules if rule is not None), key=_ORDER.index, default=None)


def is_publishable(row: AssertionRow, asked_at: int | None) -> bool:
    """Whether readers may be told of it at a moment: not of what was said off the record, and of what is under an
    embargo only from its end on. None is a moment after every embargo."""
    if row.ground_rule == GroundRule.OFF_THE_RECORD:
        return False
    return row.embargo_until is None or asked_at is None or row.embargo_until <= asked_at
