"""The goals: a ratio to the limit, a time, a rate or a growth. Times are of the CPU."""

from __future__ import annotations

import tasks
from attrs import frozen

RATIO, SECONDS, AMOUNT, RATE, GROWTH, AMOUNT_RATIO = "×", "s", "B", "/s", "× of 10,000", "× bytes"
"""The units: times the limit's CPU, seconds, bytes, done in a second, times the same at 10,000 sentences, and times the
limit's bytes."""


@frozen
class Goal:
    task: str
    unit: str
    goal: float
    stretch: float
    is_p99: bool = False
    database: str = ""
    """The database to which the goal is limited, if any."""

    def is_met(self, value: float) -> bool:
        return value >= self.goal if self.unit == RATE else value <= self.goal

    def is_stretched(self, value: float) -> bool:
        return value >= self.stretch if self.unit == RATE else value <= self.stretch


GOALS = (
    Goal(tasks.INGEST, RATIO, 4.5, 3.0, database="sqlite"),
    Goal(tasks.INGEST, RATIO, 7, 4.5, database="postgresql"),
    Goal(tasks.MEMORY, AMOUNT, 256 * 2**20, 128 * 2**20),
    Goal(tasks.DISK, AMOUNT_RATIO, 4.0, 2.8),
    Goal(tasks.RECORD, RATIO, 6, 4),
    Goal(tasks.RECORD, GROWTH, 1.5, 1.2),
    Goal(tasks.CONFLICTS_COUNT, SECONDS, 0.005, 0.002),
    Goal(tasks.CONFLICTS_COUNT, GROWTH, 3, 1.5),
    Goal(tasks.CONFLICTS_PAGE, SECONDS, 0.005, 0.002),
    Goal(tasks.CONFLICTS_PAGE, GROWTH, 3, 1.5),
    Goal(tasks.CONFLICTS, SECONDS, 0.250, 0.120),
    Goal(tasks.UNSUPPORTED_COUNT, SECONDS, 0.025, 0.002),
    Goal(tasks.UNSUPPORTED_PAGE, SECONDS, 0.010, 0.003, is_p99=True),
    Goal(tasks.SUPPORT, SECONDS, 0.001, 0.0004),
    Goal(tasks.TRACE, SECONDS, 0.001, 0.0004),
    Goal(tasks.LARGE_SUPPORT, SECONDS, 0.300, 0.120),
    Goal(tasks.LARGE_TRACE, SECONDS, 0.300, 0.120),
    Goal(tasks.LARGE_PAGE, SECONDS, 0.010, 0.004),
    Goal(tasks.INTERVALS, SECONDS, 0.5, 0.2),
    Goal(tasks.RESTING, SECONDS, 0.002, 0.0006),
    Goal(tasks.RESTING, SECONDS, 0.030, 0.010, is_p99=True),
    Goal(tasks.CIRCULAR, SECONDS, 0.020, 0.005),
    Goal(tasks.COMMON_ORIGIN, SECONDS, 0.020, 0.005),
    Goal(tasks.KNOWN, RATIO, 4, 0.2),
    Goal(tasks.SAID, RATIO, 6, 1),
    Goal(tasks.VERIFY, RATE, 200_000, 300_000),
    Goal(tasks.VERIFY_INDEX, RATE, 10_000, 25_000),
    Goal(tasks.OPEN, SECONDS, 0.030, 0.010),
    Goal(tasks.IMPORT, RATIO, 1.2, 1.1),
)
