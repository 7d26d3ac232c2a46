"""PostgreSQL's processes are killed under load: nothing acknowledged is lost, and no half commit is seen."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest
from faults.checking import check_chain, check_index
from postgres_server import OwnServer, PostgresUnavailable, own_server
from sqlalchemy.exc import DBAPIError
from writing import Reader, Writer

from provenance import Ledger

KILLS, FULL_KILLS = 2, 24
WRITERS = 4
PROGRESS = 5
"""Commits between two kills: the load is on again."""

PATIENCE = 120
"""Seconds in which the writers have to go on after a kill."""


@pytest.fixture
def mortal_server() -> Iterator[OwnServer]:
    """A server of this test's own."""
    try:
        with own_server(wheel_only=os.environ.get("PROVENANCE_TEST_POSTGRES") == "wheel") as server:
            yield server
    except PostgresUnavailable as unavailable:
        pytest.fail(str(unavailable))


def test_a_killed_server_loses_nothing_it_acknowledged(
    mortal_server: OwnServer, request: pytest.FixtureRequest
) -> None:
    url = mortal_server.url_of(mortal_server.create_database())
    Ledger.open(url).close()
    is_over = threading.Event()
    writers = [Writer(url, f"writer {number}", is_over=is_over) for number in range(WRITERS)]
    reader = Reader(url, is_over)
    for thread in (*writers, reader):
        thread.start()
    try:
        for number in range(FULL_KILLS if request.config.getoption("--full") else KILLS):
            wait_for_progress(writers)
            if number % 2:
                kill_a_backend(mortal_server)
            else:
                mortal_server.kill()
                mortal_server.start_again()
        wait_for_progress(writers)
    finally:
        is_over.set()
        for thread in (*writers, reader):
            thread.join()

    for thread in (*writers, reader):
        thread.raise_what_it_met()
    with Ledger.open(url) as ledger:
        keys = check_chain(ledger)
        check_index(ledger)
    acknowledged = {key for writer in writers for key in writer.acknowledged}
    assert acknowledged <= set(keys)
    assert len(keys) == len(set(keys)), "a commit is stored twice"
    assert set(keys) - acknowledged <= {writer.in_flight for writer in writers}
    assert any(writer.refused for writer in writers), "no writer met a killed server"


def wait_for_progress(writers: list[Writer]) -> None:
    until = time.monotonic() + PATIENCE
    before = [len(writer.acknowledged) for writer in writers]
    while any(len(writer.acknowledged) < was + PROGRESS for writer, was in zip(writers, before, strict=True)):
        for writer in writers:
            writer.raise_what_it_met()
        assert time.monotonic() < until, "the writers do not go on"
        time.sleep(0.02)


def kill_a_backend(server: OwnServer) -> None:
    """The server may still be recovering from the kill before."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if server.kill_backend():
                return
        except DBAPIError:
            time.sleep(0.1)
    raise AssertionError("the server does not recover")
