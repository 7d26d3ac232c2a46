"""The table: CPU and wall medians of every system, ratios to the limit, and whether the goals are reached."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

import goals
import tasks
from attrs import frozen
from goals import AMOUNT, GOALS, GROWTH, RATE, RATIO, SECONDS, Goal
from measure import Cost
from measure import median as median_of
from run import Table
from tasks import Measured

ORDER = (
    tasks.INGEST,
    tasks.MEMORY,
    tasks.DISK,
    tasks.DISK_LOG,
    tasks.RECORD,
    tasks.CONFLICTS_COUNT,
    tasks.CONFLICTS_PAGE,
    tasks.CONFLICTS,
    tasks.UNSUPPORTED_COUNT,
    tasks.UNSUPPORTED_PAGE,
    tasks.SUPPORT,
    tasks.TRACE,
    tasks.LARGE_SUPPORT,
    tasks.LARGE_TRACE,
    tasks.LARGE_PAGE,
    tasks.INTERVALS,
    tasks.RESTING,
    tasks.CIRCULAR,
    tasks.CIRCULAR_COUNT,
    tasks.COMMON_ORIGIN,
    tasks.KNOWN,
    tasks.SAID,
    tasks.VERIFY,
    tasks.VERIFY_INDEX,
    tasks.OPEN,
    tasks.IMPORT,
    tasks.COUNTS,
)
LIBRARY, LIMIT = "library", "limit"
SMALLEST = 10_000
"""The size with which growth compares."""


@frozen
class Figure:
    """A goal, and the figure that was measured for it."""

    goal: Goal
    value: float | None

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return (
            "stretch"
            if self.goal.is_stretched(self.value)
            else "reached"
            if self.goal.is_met(self.value)
            else "missed"
        )

    def __str__(self) -> str:
        wanted = f"{_amount(self.goal.goal, self.goal.unit)}, {_amount(self.goal.stretch, self.goal.unit)}"
        sign = "≥" if self.goal.unit == RATE else "≤"
        part = "p99 " if self.goal.is_p99 else ""
        found = "?" if self.value is None else _amount(self.value, self.goal.unit)
        return f"{part}{found} ({sign} {wanted}): {self.verdict}"


def figures(table: Table, smallest: Table | None) -> list[Figure]:
    can_grow = smallest is not None and smallest.size < table.size
    return [
        Figure(goal, _value(goal, table, smallest))
        for goal in GOALS
        if goal.database in ("", table.database) and (can_grow or goal.unit != GROWTH)
    ]


def _value(goal: Goal, table: Table, smallest: Table | None) -> float | None:
    ours, limit = summed(table, LIBRARY, goal.task), summed(table, LIMIT, goal.task)
    before = None if smallest is None else summed(smallest, LIBRARY, goal.task)
    if ours is None:
        return None
    cost = (ours.p99 if goal.is_p99 else ours.cost).cpu
    return {
        goals.SECONDS: cost,
        goals.AMOUNT: ours.amount,
        goals.RATE: _quotient(ours.amount, cost),
        goals.RATIO: _ratio(table, goal.task),
        goals.GROWTH: _quotient(cost, None if before is None else before.cost.cpu),
        goals.AMOUNT_RATIO: _quotient(ours.amount, None if limit is None else limit.amount),
    }[goal.unit]


def _quotient(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _ratio(table: Table, task: str) -> float | None:
    """The median of the ratios within each run: what slowed a run down slowed both systems."""
    pairs = zip(table.results[LIBRARY], table.results[LIMIT], strict=True)
    found = [
        ours[task].cost.cpu / limit[task].cost.cpu for ours, limit in pairs if task in ours and task in limit
    ]
    return median(found) if found else None


def summed(table: Table, system: str, task: str) -> Measured | None:
    """The medians over all runs."""
    runs = [results[task] for results in table.results.get(system, ()) if task in results]
    if not runs:
        return None
    amounts = [run.amount for run in runs if run.amount is not None]
    return Measured(
        median_of([run.cost for run in runs]),
        median_of([run.p99 for run in runs]),
        max((run.digests for run in runs), key=len),
        median(amounts) if amounts else None,
    )


def rows(table: Table, smallest: Table | None) -> list[list[str]]:
    systems = [LIBRARY, LIMIT, *(name for name in table.results if name not in (LIBRARY, LIMIT))]
    held = figures(table, smallest)
    head = ["work", *systems, "ratio", "answers", "figure (goal, stretch)"]
    return [head, *(_row(table, task, systems, held) for task in ORDER if _is_measured(table, task))]


def _is_measured(table: Table, task: str) -> bool:
    return any(summed(table, system, task) for system in table.results)


def _row(table: Table, task: str, systems: Sequence[str], held: Iterable[Figure]) -> list[str]:
    found = [summed(table, system, task) for system in systems]
    ratio = None if task in (tasks.MEMORY, tasks.DISK, tasks.DISK_LOG) else _ratio(table, task)
    return [
        task,
        *(_cell(table, task, one) for one in found),
        "" if ratio is None else f"{ratio:.3g}",
        answers(table, task),
        "; ".join(str(figure) for figure in held if figure.goal.task == task),
    ]


def answers(table: Table, task: str) -> str:
    """Whether all systems, in all runs, gave the answers of the limit in the first run."""
    measured = [results[task] for runs in table.results.values() for results in runs if task in results]
    measured = [one for one in measured if one.digests]
    if len(measured) < 2:
        return ""
    return "equal" if all(tasks.is_same(measured[0], one) for one in measured) else "DIFFERENT"


def has_differences(table: Table) -> bool:
    return any(answers(table, task) == "DIFFERENT" for task in ORDER)


def _cell(table: Table, task: str, found: Measured | None) -> str:
    if found is None:
        return ""
    if task == tasks.MEMORY:
        return _amount(found.amount or 0, AMOUNT)
    if task in (tasks.DISK, tasks.DISK_LOG):
        return f"{(found.amount or 0) / table.size:.0f}"
    return _seconds(found.cost)


def _seconds(cost: Cost) -> str:
    unit, factor = ("s", 1.0) if max(cost.cpu, cost.wall) >= 1 else ("ms", 1000.0)
    return f"{cost.cpu * factor:.3g} / {cost.wall * factor:.3g} {unit}"


def _amount(value: float, unit: str) -> str:
    if unit == SECONDS:
        return f"{value:.3g} s" if value >= 1 else f"{value * 1000:.3g} ms"
    if unit == AMOUNT:
        return f"{value / 2**20:.0f} MiB"
    if unit == RATE:
        return f"{value:,.0f}/s"
    return f"{value:.3g} {unit}" if unit in (RATIO, GROWTH) else f"{value:.3g} ×"


def printed(table: Table, smallest: Table | None) -> str:
    runs = max(len(results) for results in table.results.values())
    title = (
        f"## {table.database}, {table.size:,} sentences\n\n"
        f"CPU / wall, medians of {runs} interleaved runs. {table.shape}; "
        f"{table.large:,} assertions on the large claim.\n"
    )
    return title + "\n" + "\n".join(_markdown(rows(table, smallest))) + "\n"


def _markdown(lines: list[list[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    padded = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    return [padded[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *padded[1:]]


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())
