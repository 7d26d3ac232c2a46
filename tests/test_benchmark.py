"""The benchmark does what it says: its workload has the stated shape, and a system's wrong answer is reported."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import duck
import limit
import orm
import postgres
import pytest
import table
import tasks
import workload
from attrs import evolve
from databases import PostgresDatabases
from measure import Cost
from run import Table
from shape import Shape
from tasks import Job, Measured, Probes

ROOT = Path(__file__).resolve().parents[1]
COMPARED = (
    tasks.COUNTS,
    tasks.CONFLICTS_COUNT,
    tasks.CONFLICTS,
    tasks.UNSUPPORTED_COUNT,
    tasks.SUPPORT,
    tasks.TRACE,
    tasks.LARGE_PAGE,
    tasks.RESTING,
    tasks.CIRCULAR_COUNT,
    tasks.KNOWN,
    tasks.SAID,
)


@pytest.fixture(scope="module")
def probes(tmp_path_factory: pytest.TempPathFactory) -> Probes:
    """The probes after 20,000 sentences."""
    drawn = limit.ingest(_job(tmp_path_factory.mktemp("benchmark"), 20_000)).probes
    assert drawn is not None
    return drawn


def _job(folder: Path, sentences: int) -> Job:
    lines = folder / "lines.jsonl"
    workload.write(lines, workload.sentences(sentences))
    target = str(folder / "flat.db")
    return Job(target, lines, [], half=sentences // 2, server=None, only="", patience=0.01)


def test_the_workload_has_the_shape_that_it_states(probes: Probes) -> None:
    shape = probes.shape
    origins = shape.sentences - shape.resting

    assert (shape.sentences, shape.claims, shape.topics) == (20_000, 4_000, 400)
    assert shape.excluding / shape.claims == pytest.approx(0.05, abs=0.005)
    assert shape.outlets / shape.sentences == pytest.approx(1.6, abs=0.03)
    assert shape.longest_chain == 4
    assert shape.resting / shape.sentences == pytest.approx(0.35, abs=0.02)
    assert shape.anonymous / origins == pytest.approx(0.20, abs=0.02)
    assert shape.evidenced / shape.sentences == pytest.approx(0.15, abs=0.01)
    assert (shape.shortest_quote, shape.longest_quote) == (80, 200)
    assert 0 < shape.denials < shape.other_stances < shape.sentences / 10


def test_a_few_claims_are_popular_and_most_are_not(probes: Probes) -> None:
    assert probes.shape.of_first / probes.shape.sentences > 100 / probes.shape.claims


def test_a_seed_gives_the_same_sentences_whatever_their_number() -> None:
    first = list(workload.sentences(400))

    assert list(islice(workload.sentences(800), 400)) == first
    assert list(workload.sentences(400, seed=1)) != first


@pytest.mark.slow
def test_the_library_answers_the_same_as_the_limit_of_a_small_ledger(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [
        sys.executable,
        "benchmarks",
        "--sizes",
        "200",
        "--runs",
        "1",
        "--patience",
        "0.1",
        "--no-peers",
    ]

    done = subprocess.run(
        [*command, "--databases", "sqlite", "--json", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    lines = {line.split("|")[1].strip(): line for line in done.stdout.splitlines() if line.startswith("|")}
    assert [name for name in COMPARED if "equal" not in lines[name]] == []
    assert [name for name in table.ORDER if name not in lines] == []
    assert json.loads(file.read_text())["tables"][0]["results"].keys() >= {"limit", "library"}


@pytest.mark.parametrize("peer", [orm, *([duck] if duck.IS_INSTALLED else [])])
def test_a_peer_answers_the_same_as_the_limit(peer: Any, tmp_path: Path) -> None:
    job = _job(tmp_path, 400)
    drawn = limit.ingest(job).probes
    assert drawn is not None
    other = evolve(job, target=str(tmp_path / "peer.db"))

    peer.ingest(other)

    _check_equal(limit.ask(job, drawn, None), peer.ask(other, drawn, None))


def test_the_limit_answers_the_same_on_both_databases(
    postgresql_databases: PostgresDatabases, tmp_path: Path
) -> None:
    job = _job(tmp_path, 400)
    drawn = limit.ingest(job).probes

    with postgresql_databases.empty() as database:
        other = evolve(job, target=database.url)
        drawn_there = postgres.ingest(other).probes
        assert drawn is not None
        on_postgresql = postgres.ask(other, drawn, None)

    assert drawn_there == drawn
    _check_equal(limit.ask(job, drawn, None), on_postgresql)


def _check_equal(limits: tasks.Results, others: tasks.Results) -> None:
    compared = [name for name, one in others.items() if one.digests]
    assert len(compared) >= 3
    assert [name for name in compared if not tasks.is_same(limits[name], others[name])] == []


@pytest.mark.parametrize("system", ["library", "limit"])
def test_a_system_that_answers_something_else_is_found_out(probes: Probes, system: str) -> None:
    measured = Measured(Cost(1, 1), Cost(1, 1), digests=("a", "b"))
    agreeing = _table(probes.shape, {name: [{tasks.CONFLICTS: measured}] for name in ("limit", "library")})
    other = {tasks.CONFLICTS: evolve(measured, digests=("a", "c"))}

    differing = evolve(agreeing, results={**agreeing.results, system: [other]})

    assert not table.has_differences(agreeing)
    assert table.has_differences(differing)


def test_a_goal_that_is_missed_is_printed_beside_its_figure(probes: Probes) -> None:
    slow, fast = Measured(Cost(7, 9), Cost(7, 9)), Measured(Cost(1, 9), Cost(1, 9))

    printed = table.printed(
        _table(probes.shape, {"library": [{tasks.RECORD: slow}], "limit": [{tasks.RECORD: fast}]}), None
    )

    assert "7 × (≤ 6 ×, 4 ×): missed" in printed


def _table(shape: Shape, results: dict[str, list[tasks.Results]]) -> Table:
    return Table("sqlite", 20_000, shape, 100, results)
