"""A ledger through its whole life, as a rule-based state machine to subclass."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from provenance.errors import Redacted
from provenance.ledger import Ledger
from provenance.recording.drafts import Recorded
from provenance.recording.keys import KeyFolder, Keys
from provenance.recording.sources import anonymous, outlet, person
from provenance.testing.corpora import answers
from provenance.values.ids import RecordId
from provenance.values.sealed import sealed

WORDS = st.sampled_from(["It burned", "It rained", "Nobody was hurt", "Taxes rise"])
NAMES = st.sampled_from(["Anna", "Boris", "Clara"])


class Crash(Exception):
    """The process dies in the middle of a commit."""


@contextmanager
def _database() -> Iterator[str | Path]:
    with tempfile.TemporaryDirectory(prefix="provenance-") as folder:
        yield Path(folder) / "ledger.db"


class LedgerLife(RuleBasedStateMachine):
    """A ledger that goes through commits of every kind, crashes, rebuilds and reopenings. What it holds is compared
    with a list of the commits that it acknowledged.

    Subclass it: add rules that record what you record, each ending in `acknowledged()`, and invariants that have to
    hold at every moment; override `database` for one of yours. Run it with Hypothesis's
    `run_state_machine_as_test(YourLife)` or as `YourLife.TestCase`. At the end of each life the ledger is verified.
    """

    def database(self) -> AbstractContextManager[str | Path]:
        """The path or URL of a new database, which is deleted when the block ends; by default an SQLite file."""
        return _database()

    def make_keys(self) -> Keys | None:
        """What seals sources: by default a folder of keys, which needs the extra `sealing`. None: nothing is sealed."""
        return KeyFolder(Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="provenance-"))))

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        self.target = self.stack.enter_context(self.database())
        self.keys = self.make_keys()
        self.now = datetime(2026, 2, 1, tzinfo=UTC)
        self.commits: list[str] = []
        """The authors of the commits that were acknowledged."""
        self.recorded: list[Recorded] = []
        self.confided: list[Recorded] = []
        self.redacted: set[str] = set()
        self.retracted: set[str] = set()
        self.links: list[Recorded] = []
        self.ledger = self._opened()

    def _opened(self) -> Ledger:
        return Ledger.open(self.target, keys=self.keys, clock=self._clock)

    def _clock(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    @property
    def author(self) -> str:
        """The author of the next commit. Every commit has another one, so that each adds something."""
        return f"author {len(self.commits) + 1}"

    def acknowledged(self) -> None:
        """Call it after each commit by `author` that did not raise."""
        self.commits.append(self.author)

    # Commits ------------------------------------------------------------------------------------------------------

    @rule(words=WORDS, name=NAMES, relayed=st.booleans())
    def record(self, words: str, name: str, *, relayed: bool) -> None:
        with self.ledger.begin(by=self.author) as desk:
            story = desk.document(outlet("CNN"), url=f"https://example.org/{len(self.commits)}")
            via = [outlet("TASS")] if relayed else []
            self.recorded.append(desk.record(words, source=person(name), via=via, found_in=story))
        self.acknowledged()

    @precondition(lambda self: self.keys is not None)
    @rule(words=WORDS)
    def confide(self, words: str) -> None:
        with self.ledger.begin(by=self.author) as desk:
            source = anonymous("a nurse", name=sealed(f"secret {len(self.commits)}"))
            story = desk.document(outlet("BBC"), url=f"https://example.org/{len(self.commits)}")
            recorded = desk.record(words, source=source, found_in=story)
        self.recorded.append(recorded)
        self.confided.append(recorded)
        self.acknowledged()

    @precondition(lambda self: self.recorded)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        recorded = data.draw(st.sampled_from(self.recorded))
        with self.ledger.begin(by=self.author) as desk:
            desk.retract(recorded)
        if recorded.assertion.id not in self.retracted:  # the same retraction again adds nothing
            self.acknowledged()
            self.retracted.add(recorded.assertion.id)

    @rule(one=NAMES, other=NAMES)
    def merge(self, one: str, other: str) -> None:
        if one != other:
            with self.ledger.begin(by=self.author) as desk:
                link = desk.link("same_agent", person(one), person(other))
            if link.id not in {each.id for each in self.links}:
                self.acknowledged()
                self.links.append(link)

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.links))
        with self.ledger.begin(by=self.author) as desk:
            self.links.append(desk.withdraw(target))
        self.acknowledged()

    @precondition(lambda self: self.confided)
    @rule(data=st.data())
    def redact(self, data: st.DataObject) -> None:
        agent = data.draw(st.sampled_from(self.confided)).assertion.agent
        with self.ledger.begin(by=self.author) as desk:
            desk.redact(agent)
        self.acknowledged()
        self.redacted.add(str(agent.id))

    # What must add nothing ----------------------------------------------------------------------------------------

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
        before = answers(self.ledger)
        self.ledger.rebuild()
        if answers(self.ledger) != before:
            raise AssertionError("a rebuilt index answers otherwise")

    # What always holds --------------------------------------------------------------------------------------------

    @invariant()
    def what_was_acknowledged_is_there_and_nothing_else(self) -> None:
        if hasattr(self, "ledger") and self.ledger.status().commits != len(self.commits):
            raise AssertionError("the ledger holds other commits than those that came through")

    @invariant()
    def what_is_sealed_opens_until_it_is_redacted(self) -> None:
        for recorded in getattr(self, "confided", ())[-3:]:
            agent = recorded.assertion.agent.id
            if self._is_open(agent) == (str(agent) in self.redacted):
                raise AssertionError("a sealed name opens, and was redacted, or the other way round")

    def _is_open(self, agent: RecordId) -> bool:
        try:
            return self.ledger.reveal(agent)["name"].startswith("secret ")
        except Redacted:
            return False

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            report = self.ledger.verify(index=True)
            self.ledger.close()
            self.stack.close()
            if not report.ok:
                raise AssertionError(str(report))
