"""Records into a ledger under the shim: run as a program, which takes one order a line and forks for each.

An order is a JSON object: `path` of the ledger, `commits` to make, and what the disk is to do (`trace`, or `at`,
`error`, `for_ever`, `only_writing`, as in shim.c). Its answer says what was acknowledged, the errors that the library
raised, how many operations there were, and how the process ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from sqlalchemy import Pool, event

from provenance import Ledger, anonymous, outlet, person
from provenance.errors import ProvenanceError

CHECKPOINT = 60
"""Pages in the write-ahead log before it is copied to the database: some commits, so that every few of them the log
starts again."""

ATTEMPTS = 2

PRAGMAS = [pragma for pragma in os.environ.get("FAULTS_PRAGMAS", "").split(";") if pragma]
"""What a careless caller sets, and the library would refuse."""


def commit(ledger: Ledger, number: int) -> list[str]:
    """One commit of a story that goes on and on, under a key of its own; gives the ids of its records."""
    name = f"commit {number}"
    kind = number % 4
    if kind == 0:
        recorded = ledger.record(f"The fire has {number} fronts", source=person("Anna"), by="desk", key=name)
        return [str(record.id) for record in recorded.records]
    with ledger.begin(by="desk", key=name) as desk:
        story = desk.document(outlet("CNN"), publisher_id=name, text=f"It burned {number} times, he said.")
        said = desk.record(
            f"It burned {number} times",
            source=anonymous("a fireman"),
            via=[outlet("TASS")],
            found_in=story,
            quote=f"It burned {number} times",
        )
        records = [story, *said.records]
        if kind == 1:
            twin = desk.record(f"It had burned {number} times", source=person("Boris"), found_in=story)
            assert said.claim is not None
            assert twin.claim is not None
            records += [*twin.records, desk.link("same_claim", twin.claim, said.claim)]
        if kind == 2:
            records.append(desk.retract(said, by=outlet("TASS")))
        if kind == 3:
            denied = desk.record(
                f"It burned {number} times", source="Ministry", found_in=story, stance="deny"
            )
            records += denied.records
    return [str(record.id) for record in records]


def story(path: str, commits: int, tell: Callable[[dict[str, Any]], None]) -> None:
    """Opens the ledger and makes the commits. What fails is reported and repeated once, and then left."""
    durability = "as configured" if PRAGMAS else "required"
    ledger = _tried(lambda: Ledger.open(path, durability=durability), "open", tell)
    if ledger is None:
        return
    tell({"acknowledged": "open"})
    for number in range(commits):
        ids = _tried(lambda number=number: commit(ledger, number), number, tell)  # type: ignore[misc]
        if ids is not None:
            tell({"acknowledged": number, "ids": ids})
    ledger.close()


def _tried(step: Callable[[], Any], name: object, tell: Callable[[dict[str, Any]], None]) -> Any:
    for _ in range(ATTEMPTS):
        try:
            return step()
        except ProvenanceError as error:
            tell({"failed": name, "error": type(error).__name__, "words": str(error)})
    return None


def _set_pragmas(connection: Any, *_: object) -> None:
    for pragma in (f"wal_autocheckpoint = {CHECKPOINT}", *PRAGMAS):
        connection.execute(f"PRAGMA {pragma}")


def _obey(order: dict[str, Any], pipe: int) -> None:
    shim = ctypes.CDLL(None)

    def tell(line: dict[str, Any]) -> None:
        shim.faults_mark(json.dumps(line).encode())
        os.write(pipe, json.dumps(line).encode() + b"\n")

    try:
        event.listen(Pool, "checkout", _set_pragmas)  # after the hooks of the library
        if "trace" in order:
            shim.faults_trace(order["trace"].encode())
        else:
            shim.faults_arm(
                ctypes.c_long(order["at"]), order["error"], order["for_ever"], order["only_writing"]
            )
        story(order["path"], order["commits"], tell)
        tell({"operations": shim.faults_count()})
    except BaseException:  # noqa: BLE001 - whatever it is, the test has to see it
        tell({"untyped": traceback.format_exc()})
    finally:
        os._exit(0)


def main() -> None:
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _obey(json.loads(line), writing)
        os.close(writing)
        with os.fdopen(reading) as reported:
            lines = [json.loads(one) for one in reported]
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"reported": lines, "status": status}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
