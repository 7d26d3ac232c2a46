"""Writers and readers that work on one ledger at once.

`python writing.py URL NAME COMMITS` runs a writer in a process of its own, and prints the key of every acknowledged
commit.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from provenance import Ledger, person
from provenance.errors import ProvenanceError
from provenance.index import tables as index
from provenance.log import tables
from provenance.log.commits import GENESIS

SENTENCES = 2
"""How many sentences each commit records, each with an assertion, a claim and an entry of its own."""

PAUSE = 0.05
"""Seconds before a commit that was refused is repeated."""


def commits(ledger: Ledger, name: str, refused: Counter[str]) -> Iterator[tuple[str, bool]]:
    """Commits without end. Gives the key of each before it is tried, and once more when it is acknowledged.

    A commit that is refused is repeated under its key.
    """
    number = 0
    while True:
        key = f"{name}, commit {number}"
        yield key, False
        try:
            with ledger.begin(by=name, key=key) as desk:
                for place in range(SENTENCES):
                    desk.record(f"{name} saw {number} fires on day {place}", source=person("Anna"))
        except ProvenanceError as error:
            refused[type(error).__name__] += 1
            time.sleep(PAUSE)
            continue
        yield key, True
        number += 1


class _Thread(threading.Thread):
    _met: Exception | None = None

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:  # noqa: BLE001 - it is raised again in the test that waits for it
            self._met = error

    def work(self) -> None:
        raise NotImplementedError

    def raise_what_it_met(self) -> None:
        if self._met is not None:
            raise self._met


class Writer(_Thread):
    """Makes `count` commits, or commits until it is over."""

    def __init__(self, url: str, name: str, *, is_over: threading.Event, count: int | None = None) -> None:
        super().__init__(name=name)
        self._url = url
        self._is_over = is_over
        self._count = count
        self.acknowledged: list[str] = []
        self.in_flight: str | None = None
        self.refused: Counter[str] = Counter()

    def work(self) -> None:
        with Ledger.open(self._url) as ledger:
            for key, is_acknowledged in commits(ledger, self.name, self.refused):
                if is_acknowledged:
                    self.acknowledged.append(key)
                elif self._is_over.is_set() or len(self.acknowledged) == self._count:
                    return
                else:
                    self.in_flight = key


class Reader(_Thread):
    """Reads the ledger again and again until it is over. Every time it has to find whole commits only."""

    def __init__(self, url: str, is_over: threading.Event) -> None:
        super().__init__(name="reader")
        self._url = url
        self._is_over = is_over
        self._seen = 0
        self._head = GENESIS
        self.looks = 0

    def wait_for_looks(self, count: int) -> None:
        """Waits until it has read so often: on a busy machine, writers may be done before that."""
        while self.is_alive() and self.looks < count:
            time.sleep(PAUSE)

    def work(self) -> None:
        with Ledger.open(self._url) as ledger:
            while not self._is_over.is_set():
                try:
                    with ledger._store.read() as connection:
                        self._look(connection)
                    assert ledger.counts().get("assertion", 0) % SENTENCES == 0
                    assert len(ledger.find("fires", limit=10)) in {0, 2, 4, 6, 8, 10}
                except ProvenanceError:
                    time.sleep(PAUSE)  # the server is down
                self.looks += 1

    def _look(self, connection: Connection) -> None:
        commit, entry = tables.commit, tables.entry
        for row in connection.execute(select(commit).where(commit.c.seq > self._seen).order_by(commit.c.seq)):
            assert (row.seq, row.previous) == (self._seen + 1, self._head), "a gap or a fork"
            self._seen, self._head = row.seq, row.hash
        entries = connection.execute(select(func.count(), func.max(entry.c.seq))).one()
        assertions = connection.execute(
            select(func.count()).select_from(index.record).where(index.record.c.type == "assertion")
        ).scalar_one()
        sizes = connection.execute(select(func.sum(commit.c.size))).scalar_one()
        assert tuple(entries) in {(0, None), (self._seen * SENTENCES, self._seen * SENTENCES)}
        assert assertions == (sizes or 0) == self._seen * SENTENCES


def main(url: str, name: str, count: str) -> None:
    writer = Writer(url, name, is_over=threading.Event(), count=int(count))
    writer.work()
    sys.stdout.write("\n".join(writer.acknowledged) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
