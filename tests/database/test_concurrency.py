"""Many writers and readers at once: no commit is lost, none is stored twice, none is seen by half."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import writing
from databases import Database
from faults.checking import check_chain, check_index
from writing import Reader, Writer

from provenance import Ledger

WRITERS, FULL_WRITERS = 4, 8
"""Half of them are threads of one process, half are processes."""

COMMITS, FULL_COMMITS = 40, 2_000
READERS = 2


@pytest.mark.slow
def test_writers_and_readers_at_once_see_and_leave_whole_commits(
    database: Database, request: pytest.FixtureRequest
) -> None:
    """All open a database that is empty, and set it up once."""
    is_full = bool(request.config.getoption("--full"))
    count = FULL_COMMITS if is_full else COMMITS
    names = [f"writer {number}" for number in range(FULL_WRITERS if is_full else WRITERS)]
    is_over = threading.Event()
    threads = [Writer(database.url, name, is_over=is_over, count=count) for name in names[::2]]
    readers = [Reader(database.url, is_over) for _ in range(READERS)]
    processes = [
        subprocess.Popen(
            [sys.executable, Path(writing.__file__), database.url, name, str(count)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names[1::2]
    ]
    try:
        for thread in (*threads, *readers):
            thread.start()
        printed = [process.communicate()[0] for process in processes]
        for thread in threads:
            thread.join()
        for reader in readers:
            reader.wait_for_looks(2)
    finally:
        is_over.set()
        for process in processes:
            process.kill()
        for reader in readers:
            reader.join()

    for thread in (*threads, *readers):
        thread.raise_what_it_met()
    acknowledged = [key for thread in threads for key in thread.acknowledged]
    acknowledged += [line for lines in printed for line in lines.splitlines()]
    with Ledger.open(database.url) as ledger:
        keys = check_chain(ledger)
        check_index(ledger)
    assert len(acknowledged) == len(names) * count
    assert sorted(filter(None, keys)) == sorted(acknowledged)
    assert all(reader.looks > 1 for reader in readers)
