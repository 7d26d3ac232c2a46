"""How each version of a story changed it."""

from __future__ import annotations

from typing import Any

import pytest

from provenance.rules.facts import DocumentRow
from provenance.rules.versions import change_of, oldest_first


def version(
    key: int, *, supersedes: int | None = None, published: int | None = None, **fields: Any
) -> DocumentRow:
    row = DocumentRow(key, b"", 1, None, None, published, published, supersedes, None, b"text")
    return row._replace(**fields)


@pytest.mark.parametrize(
    ("fields", "is_amended", "change"),
    [
        ({}, False, "unchanged"),
        ({"change_note": "corrected"}, False, "announced"),
        ({"text_digest": b"other"}, True, "announced"),
        ({"text_digest": b"other"}, False, "stealth"),
        ({"title": "Another"}, False, "unchanged"),
        ({"text_digest": None}, False, "unknown"),
    ],
)
def test_a_version_changes_the_one_before_it(
    fields: dict[str, Any], change: str, *, is_amended: bool
) -> None:
    assert change_of(version(2, **fields), version(1), is_amended=is_amended) == change


def test_another_title_is_a_change_where_both_have_one() -> None:
    before, after = version(1, title="One"), version(2, title="Another", text_digest=None)

    assert change_of(after, before, is_amended=False) == "stealth"


def test_a_version_that_supersedes_nothing_known_is_the_first() -> None:
    assert change_of(version(2, change_note="new"), None, is_amended=True) == "first"


def test_no_version_stands_before_the_one_that_it_supersedes() -> None:
    stated = [version(1, supersedes=2, published=1), version(2, published=9), version(3, supersedes=99)]

    ordered = oldest_first({row.key: row for row in stated})

    assert [row.key for row in ordered] == [2, 1, 3]
