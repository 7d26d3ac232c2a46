"""A ledger through its whole life, against a plain list of what was acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import Databases
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from provenance import Ed25519Signer
from provenance.log import tables
from provenance.testing import LedgerLife

LIVES = 4
"""Ledgers in a run, each with `STEPS` commits, crashes and checks; with `--full` there are `LIVES_FULL`."""
LIVES_FULL = 200
STEPS = 25


class Life(LedgerLife):
    """The library's own state machine, on the databases of these tests. It also checks authors and checkpoints."""

    databases: Databases
    signer: Ed25519Signer

    @contextmanager
    def database(self) -> Iterator[str | Path]:
        with self.databases.migrated() as database:
            yield database.url

    def __init__(self) -> None:
        super().__init__()
        self.checkpoints: list[str] = []

    @rule()
    def sign(self) -> None:
        self.checkpoints.append(self.ledger.checkpoint(self.signer))

    @invariant()
    def authors_are_those_of_the_commits(self) -> None:
        if hasattr(self, "ledger"):
            with self.ledger._store.read() as connection:
                query = select(tables.commit.c.author).order_by(tables.commit.c.seq)
                assert list(connection.execute(query).scalars()) == self.commits

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            for checkpoint in [*self.checkpoints[-2:], self.ledger.checkpoint(self.signer)]:
                report = self.ledger.verify(checkpoint=checkpoint, key=self.signer.key)
                assert report.ok, str(report)
        super().teardown()


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate("example.org/ledger")


@pytest.mark.slow
def test_a_ledger_holds_what_it_acknowledged_through_its_whole_life(
    databases: Databases, signer: Ed25519Signer, request: pytest.FixtureRequest
) -> None:
    lives = LIVES_FULL if request.config.getoption("--full") else LIVES
    machine = type("LifeHere", (Life,), {"databases": databases, "signer": signer})

    # There is no shrinking, which takes minutes where every step waits for a disk: the steps are printed as they are.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=lives, stateful_step_count=STEPS, deadline=None, phases=phases),
    )
