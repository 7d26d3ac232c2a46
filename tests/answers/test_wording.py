"""The words of answers, each as an editor would put it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.answers.wording import (
    absence_words,
    chain_words,
    ground_rule_words,
    listed,
    moment_words,
    number_words,
    printable,
    quoted_words,
    translation_words,
)


@given(text=st.text())
def test_a_printed_name_is_one_line_that_steers_no_terminal(text: str) -> None:
    printed = printable(text)

    assert printed.isprintable()
    assert not text.isprintable() or printed == text


def test_a_chain_is_read_from_the_publisher_down() -> None:
    assert chain_words(["medical sources", "TASS", "CNN"]) == "CNN, citing TASS, citing medical sources"
    assert chain_words(["CNN\x1b[2J"]) == "CNN\\x1b[2J"


@pytest.mark.parametrize(
    ("names", "words"),
    [(["CNN"], "CNN"), (["CNN", "BBC"], "CNN and BBC"), (["CNN", "BBC", "TASS"], "CNN, BBC and TASS")],
)
def test_names_are_listed(names: list[str], words: str) -> None:
    assert "".join(listed(names)) == words


def test_the_last_moment_of_a_day_stands_for_the_day() -> None:
    last = datetime(2026, 2, 7, 23, 59, 59, 999_999, tzinfo=UTC)

    assert moment_words(last) == "2026-02-07"
    assert moment_words(last.replace(hour=12, minute=30)) == "2026-02-07 12:30 UTC"


def test_numbers_are_words_up_to_nine() -> None:
    assert [number_words(number) for number in (2, 9, 10)] == ["Two", "Nine", "10"]


def test_who_reports_the_absence_of_evidence_is_named() -> None:
    assert absence_words([]) == "it was reported that no evidence was cited"
    assert absence_words(["CNN"]) == "CNN reports that no evidence was cited"
    assert absence_words(["CNN", "BBC"]) == "CNN and BBC report that no evidence was cited"


def test_terms_say_nothing_of_what_goes_without_saying() -> None:
    end = datetime(2026, 2, 8, 18, tzinfo=UTC)

    assert ground_rule_words("on_the_record", None) == []
    assert ground_rule_words("on_background", None) == ["on background"]
    assert ground_rule_words("embargo", end) == ["under embargo until 2026-02-08 18:00 UTC"]


def test_a_translation_says_from_which_language_and_by_whom() -> None:
    assert translation_words("ru", translated=True, translated_by="AFP") == "translated from ru by AFP"
    assert translation_words("ru", translated=None, translated_by=None) == ""


def test_a_quotation_is_not_quoted_twice() -> None:
    assert quoted_words("twelve\ndead") == "“twelve dead”"
    assert quoted_words("“I am,” he said") == "“I am,” he said"
