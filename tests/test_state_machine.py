"""A ledger through its whole life, against a plain list of what was acknowledged."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from databases import Databases
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from provenance import (
    Ed25519Signer,
    KeyFolder,
    Ledger,
    Link,
    Recorded,
    Withdrawal,
    anonymous,
    outlet,
    person,
    sealed,
)
from provenance.errors import Redacted
from provenance.log import tables
from provenance.queries import support

LIVES = 4
"""Ledgers that a run takes through `STEPS` commits, crashes and looks each. `--full` looks at `LIVES_FULL`."""
LIVES_FULL = 200
STEPS = 25

WORDS = st.sampled_from(["It burned", "It rained", "Nobody was hurt", "Taxes rise"])
NAMES = st.sampled_from(["Anna", "Boris", "Clara"])


class Crash(Exception):
    """The process dies in the middle of a commit."""


class Life(RuleBasedStateMachine):
    databases: Databases
    signer: Ed25519Signer

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        self.url = self.stack.enter_context(self.databases.migrated()).url
        self.keys = KeyFolder(Path(self.stack.enter_context(TemporaryDirectory())))
        self.now = datetime(2026, 2, 1, tzinfo=UTC)
        self.ledger = self._opened()
        self.commits: list[str] = []
        """The authors of the commits that were acknowledged."""
        self.recorded: list[Recorded] = []
        self.confided: list[Recorded] = []
        self.redacted: set[str] = set()
        self.retracted: set[str] = set()
        self.links: list[Link | Withdrawal] = []
        self.checkpoints: list[str] = []

    def _opened(self) -> Ledger:
        return Ledger.open(self.url, keys=self.keys, clock=self._clock)

    def _clock(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def _author(self) -> str:
        return f"author {len(self.commits) + 1}"

    @rule(words=WORDS, name=NAMES, relayed=st.booleans())
    def record(self, words: str, name: str, relayed: bool) -> None:
        with self.ledger.begin(by=self._author()) as desk:
            story = desk.document(outlet("CNN"), url=f"https://example.org/{len(self.commits)}")
            via = [outlet("TASS")] if relayed else []
            self.recorded.append(desk.record(words, source=person(name), via=via, found_in=story))
        self.commits.append(self._author())

    @rule(words=WORDS)
    def confide(self, words: str) -> None:
        with self.ledger.begin(by=self._author()) as desk:
            source = anonymous("a nurse", name=sealed(f"secret {len(self.commits)}"))
            story = desk.document(outlet("BBC"), url=f"https://example.org/{len(self.commits)}")
            recorded = desk.record(words, source=source, found_in=story)
        self.recorded.append(recorded)
        self.confided.append(recorded)
        self.commits.append(self._author())

    @precondition(lambda self: self.recorded)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        recorded = data.draw(st.sampled_from(self.recorded))
        with self.ledger.begin(by=self._author()) as desk:
            desk.retract(recorded)
        if recorded.assertion.id not in self.retracted:  # the same retraction again adds nothing
            self.commits.append(self._author())
            self.retracted.add(recorded.assertion.id)

    @rule(one=NAMES, other=NAMES)
    def merge(self, one: str, other: str) -> None:
        if one != other:
            with self.ledger.begin(by=self._author()) as desk:
                link = desk.link("same_agent", person(one), person(other))
            if link not in self.links:
                self.commits.append(self._author())
                self.links.append(link)

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.links))
        with self.ledger.begin(by=self._author()) as desk:
            self.links.append(desk.withdraw(target))
        self.commits.append(self._author())

    @precondition(lambda self: self.confided)
    @rule(data=st.data())
    def redact(self, data: st.DataObject) -> None:
        agent = data.draw(st.sampled_from(self.confided)).assertion.agent
        with self.ledger.begin(by=self._author()) as desk:
            desk.redact(agent)
        self.commits.append(self._author())
        self.redacted.add(str(agent.id))

    @rule(words=WORDS)
    def crash(self, words: str) -> None:
        with suppress(Crash), self.ledger.begin(by="nobody") as desk:
            desk.record(words, source=person("Anna"))
            raise Crash
        self.reopen()

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = self._opened()

    @rule()
    def rebuild(self) -> None:
        before = self._answers()
        self.ledger.rebuild()
        assert self._answers() == before

    @rule()
    def sign(self) -> None:
        self.checkpoints.append(self.ledger.checkpoint(self.signer))

    def _answers(self) -> list[str]:
        lists: list[Any] = [self.ledger.unsupported(kind) for kind in support.UNSUPPORTED_KINDS]
        return [str(one) for each in [*lists, self.ledger.changes()] for one in each]

    @invariant()
    def what_was_acknowledged_is_there_and_nothing_else(self) -> None:
        if hasattr(self, "ledger"):
            with self.ledger._reading() as connection:
                query = select(tables.commit.c.author).order_by(tables.commit.c.seq)
                assert list(connection.execute(query).scalars()) == self.commits

    @invariant()
    def what_is_sealed_opens_until_it_is_redacted(self) -> None:
        for recorded in getattr(self, "confided", ())[-3:]:
            agent = recorded.assertion.agent
            if str(agent.id) in self.redacted:
                with pytest.raises(Redacted):
                    self.ledger.reveal(agent.id)
            else:
                assert self.ledger.reveal(agent.id)["name"].startswith("secret ")

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            for checkpoint in [*self.checkpoints[-2:], self.ledger.checkpoint(self.signer)]:
                report = self.ledger.verify(index=True, checkpoint=checkpoint, key=self.signer.key)
                assert report.ok, str(report)
            self.ledger.close()
            self.stack.close()


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate("example.org/ledger")


def test_a_ledger_holds_what_it_acknowledged_through_its_whole_life(
    databases: Databases, signer: Ed25519Signer, request: pytest.FixtureRequest
) -> None:
    lives = LIVES_FULL if request.config.getoption("--full") else LIVES
    machine = type("LifeHere", (Life,), {"databases": databases, "signer": signer})

    # Without shrinking, which takes minutes where every step waits for a disk: the steps are printed as they are.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=lives, stateful_step_count=STEPS, deadline=None, phases=phases),
    )
