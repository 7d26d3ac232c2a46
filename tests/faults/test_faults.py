"""The disk fails and the power is cut at every moment: nothing acknowledged is lost, and no half commit is seen."""

from __future__ import annotations

import errno
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen
from faults.checking import check_chain, check_cut, check_failed, check_file
from faults.disk import Moment, Run, Worker, build_shim, lay_out, moments, worker

from provenance import Ledger, person

COMMITS, FULL_COMMITS = 8, 20
"""Commits of a run that is cut off; every few of them the write-ahead log starts again."""

CUTS, FULL_CUTS = 12, 1_000
"""Moments that are tried, evenly over the run, in each way."""

LOSSES = (0.0, 0.5, 0.1, 0.9)
"""How much of what was not synced a power cut leaves; the moments take them in turn."""

ERRORS, FULL_ERRORS = 4, 100_000
"""Operations that are made to fail in each way, evenly over the run; in full size every one."""

KILLS, FULL_KILLS = 6, 100_000
"""Operations at which a process is killed beside another one."""

FAILING_COMMITS = 4
ANNA = person("Anna")
WAL: tuple[str, ...] = ()
DELETE = ("journal_mode = DELETE",)


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def working(shim: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker for ledgers in the temporary folder of any test."""
    with worker(shim, tmp_path_factory.getbasetemp()) as started:
        yield started


@pytest.fixture(scope="session")
def is_full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--full"))


class Traced:
    """A run that went well, with every operation on its disk."""

    def __init__(self, run: Run, trace: Path, folder: Path) -> None:
        self.run = run
        self.trace = trace
        self.folder = folder
        self.size = sum(1 for _ in moments(trace, folder))

    def moments(self, wanted: int) -> Iterator[Moment]:
        """So many moments, evenly over the run."""
        step = max(1, self.size // wanted)
        return (one for one in moments(self.trace, self.folder) if one.number % step == 0)


def traced(working: Worker, home: Path, commits: int) -> Traced:
    folder, trace = home / "disk", home / "trace"
    folder.mkdir()
    run = working.run(folder / "ledger.db", commits=commits, trace=str(trace))
    assert len(run.ids) == commits
    return Traced(run, trace, folder)


@pytest.fixture(scope="session", params=[WAL, DELETE], ids=["wal", "rollback journal"])
def recorded(
    request: pytest.FixtureRequest, shim: Path, tmp_path_factory: pytest.TempPathFactory, is_full: bool
) -> Traced:
    home = tmp_path_factory.mktemp("recorded")
    with worker(shim, home, pragmas=request.param) as working:
        return traced(working, home, FULL_COMMITS if is_full else COMMITS)


def check_after(files: dict[str, bytes], home: Path, moment: Moment, run: Run) -> None:
    path = lay_out(files, home / "cut")
    try:
        check_cut(path, moment.acknowledged, run.ids)
    except Exception as error:
        error.add_note(f"cut after operation {moment.number}")
        raise
    finally:
        shutil.rmtree(path.parent)


# The process is killed, the power is cut -------------------------------------------------------------------------


def test_the_disk_is_rebuilt_as_it_was(recorded: Traced) -> None:
    """Nothing that SQLite does to its files escapes the shim."""
    *_, last = moments(recorded.trace, recorded.folder)

    assert last.disk.after_kill() == {file.name: file.read_bytes() for file in recorded.folder.iterdir()}
    assert recorded.size > 50 * len(recorded.run.ids)


def test_a_killed_process_loses_nothing_it_acknowledged(
    recorded: Traced, tmp_path: Path, is_full: bool
) -> None:
    for moment in recorded.moments(FULL_CUTS if is_full else CUTS):
        check_after(moment.disk.after_kill(), tmp_path, moment, recorded.run)


def test_a_power_cut_loses_nothing_that_was_acknowledged(
    recorded: Traced, tmp_path: Path, is_full: bool
) -> None:
    for place, moment in enumerate(recorded.moments(FULL_CUTS if is_full else CUTS)):
        files = moment.disk.after_power_cut(moment.number, LOSSES[place % len(LOSSES)])
        check_after(files, tmp_path, moment, recorded.run)


@pytest.mark.parametrize(
    "pragmas",
    [("synchronous = OFF",), ("synchronous = NORMAL",), (*DELETE, "synchronous = FULL")],
    ids=" and ".join,
)
def test_a_power_cut_finds_out_a_database_that_loses_commits(
    shim: Path, tmp_path: Path, pragmas: tuple[str, ...]
) -> None:
    """These are what the library refuses, and rightly: a test that cannot fail would prove nothing."""
    with worker(shim, tmp_path, pragmas=pragmas) as working:
        careless = traced(working, tmp_path, COMMITS)

    with pytest.raises(AssertionError, match=r"lost|acknowledged"):
        cut_after_each_acknowledgement(careless, tmp_path)


def cut_after_each_acknowledgement(run: Traced, home: Path) -> None:
    reported = 0
    for moment in run.moments(run.size):
        if len(moment.acknowledged) > reported:
            reported = len(moment.acknowledged)
            check_after(moment.disk.after_power_cut(0, 0.0), home, moment, run.run)


def test_a_process_killed_beside_others_loses_nothing(working: Worker, tmp_path: Path, is_full: bool) -> None:
    """The others keep the log's index in memory as the killed process left it, and go on with that."""
    for at in points(operations_of(working, tmp_path), FULL_KILLS if is_full else KILLS):
        path = new_ledger(tmp_path, f"killed-{at}")
        with Ledger.open(path) as survivor:
            assert survivor.counts() == {}
            killed = working.fail(path, commits=FAILING_COMMITS, at=at, error=0)
            survivor.record("It rained", source=ANNA, by="desk", key="survivor")
            *keys, last = check_chain(survivor)
            done = len(killed.ids)
            assert killed.status == signal.SIGKILL or done == FAILING_COMMITS
            assert last == "survivor"
            assert keys == [f"commit {number}" for number in range(len(keys))]
            assert done <= len(keys) <= done + 1
        check_file(path)
        shutil.rmtree(path.parent)


# The disk fails --------------------------------------------------------------------------------------------------


@frozen
class Failure:
    """How the disk fails: with which error, for ever or once, while a new ledger is set up or in one that is there."""

    error: int
    for_ever: bool
    is_new: bool

    def __str__(self) -> str:
        name, span = errno.errorcode[self.error], "for ever" if self.for_ever else "once"
        return f"{name} {span}, {'setting up' if self.is_new else 'recording'}"


FAILURES = [
    Failure(error, for_ever, is_new)
    for error in (errno.EIO, errno.ENOSPC)
    for for_ever in (False, True)
    for is_new in (False, True)
]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_failing_disk_leaves_whole_commits_and_errors_of_the_library(
    working: Worker, tmp_path: Path, recorded_ids: dict[int, list[str]], failure: Failure, is_full: bool
) -> None:
    error, for_ever, is_new = failure.error, failure.for_ever, failure.is_new
    commits = 1 if is_new else FAILING_COMMITS
    ids = {number: recorded_ids[number] for number in range(commits)}
    size = operations_of(working, tmp_path, is_new=is_new, error=error)
    for at in points(size, FULL_ERRORS if is_full else ERRORS):
        path = new_ledger(tmp_path, f"failed-{at}", is_new=is_new)
        run = working.fail(path, commits=commits, at=at, error=error, for_ever=for_ever)
        unknown = {number for number, kind in run.errors if kind == "OutcomeUnknown"}
        try:
            assert run.status == 0
            assert "NotALedger" not in {kind for _, kind in run.errors}, (
                "the disk's failure is reported of the file"
            )
            assert for_ever or run.acknowledged == ["open", *range(commits)]
            check_failed(path, run.acknowledged, unknown, ids, commits)
        except Exception as found:
            found.add_note(f"operation {at} failed; {run.reported}")
            raise
        shutil.rmtree(path.parent)


@pytest.fixture(scope="session")
def recorded_ids(working: Worker, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """The ids of the records in each commit."""
    return traced(working, tmp_path_factory.mktemp("ids"), FAILING_COMMITS).run.ids


def operations_of(working: Worker, home: Path, *, is_new: bool = False, error: int = 0) -> int:
    """How many operations a run makes that goes well."""
    path = new_ledger(home, "counted", is_new=is_new)
    run = working.fail(path, commits=1 if is_new else FAILING_COMMITS, at=-1, error=error)
    shutil.rmtree(path.parent)
    return run.operations


def points(size: int, wanted: int) -> range:
    return range(1, size + 1, max(1, size // wanted))


def new_ledger(home: Path, name: str, *, is_new: bool = False) -> Path:
    """A folder with an empty ledger, or with none yet."""
    folder, template = home / name, home / "template.db"
    folder.mkdir()
    if not is_new:
        if not template.exists():
            Ledger.open(template).close()
        shutil.copyfile(template, folder / "ledger.db")
    return folder / "ledger.db"
