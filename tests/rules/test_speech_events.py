"""When something was said, and what several records of one speech event say together."""

from __future__ import annotations

from provenance.rules.classes import Classes
from provenance.rules.ground_rules import strictest
from provenance.rules.speech_events import (
    DAY,
    basis_of,
    day_of,
    earliest,
    events,
    is_within,
    observed,
    times_said,
)


def test_an_unstated_time_is_that_of_the_earliest_publication() -> None:
    assert times_said({}, [(1, (3, 4)), (1, (0, 5))], {}) == {1: (3, 4)}


def test_a_stated_time_stands_whatever_was_published_or_rests_on_it() -> None:
    times = times_said({1: (7, 8)}, [(1, (1, 2)), (2, (3, 3))], {2: [1]})

    assert times == {1: (7, 8), 2: (3, 3)}


def test_what_is_rested_on_was_said_no_later_than_what_rests_on_it() -> None:
    times = times_said({1: (5, 5)}, [(2, (9, 9))], {1: [2], 2: [3]})

    assert times == {1: (5, 5), 2: (5, 5), 3: (5, 5)}


def test_a_loop_without_a_time_has_none() -> None:
    assert times_said({}, [], {1: [2], 2: [1]}) == {}


def test_an_event_was_said_when_its_earliest_record_ends() -> None:
    assert earliest([(0, 9), (5, 6)]) == (5, 6)


def test_a_stated_day_is_its_own_and_an_instant_lies_in_its_day_of_utc() -> None:
    shifted = DAY // 24

    assert day_of((shifted, shifted + DAY - 1)) == (shifted, shifted + DAY - 1)
    assert day_of((DAY + 5, DAY + 5)) == (DAY, 2 * DAY - 1)
    assert day_of((0, 3 * DAY - 1)) == (2 * DAY, 3 * DAY - 1)


def test_one_first_hand_basis_makes_the_event_first_hand() -> None:
    assert basis_of(["hearsay", "witness", "data"]) == "witness"
    assert basis_of(["hearsay", "unstated"]) == "hearsay"


def test_of_one_event_the_strictest_ground_rule_counts() -> None:
    assert strictest(["on_the_record", "off_the_record", None, "on_background"]) == "off_the_record"
    assert strictest([None, "embargo"]) == "embargo"
    assert strictest([None]) is None


def test_only_assertions_on_one_claim_record_one_event() -> None:
    found = events([(1, 2), (2, 3), (3, 4)], {1: 7, 2: 7, 3: 8})

    assert [found[one] for one in (1, 2, 3, 4)] == [1, 1, 3, 4]


def test_what_ends_at_the_bound_is_within_it() -> None:
    assert is_within((3, 5), 5)
    assert not is_within((3, 5), 4)
    assert is_within((3, 5), None)


def test_an_assertion_is_observed_in_a_document_of_its_own_agent_or_by_the_desk() -> None:
    cnn, cnn_international, bbc = 1, 2, 3

    mentions = [(10, cnn, cnn_international), (11, cnn, bbc), (12, bbc, None)]

    assert observed(mentions, Classes([(cnn, cnn_international)])) == {10, 12}
