"""Every case of every case file gives the right answers, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import Databases
from sqlalchemy import Engine, create_engine
from worlds import World, difference

from provenance import Ledger, add_hooks

HERE = Path(__file__).resolve().parent
OWN = HERE / "cases"
SHARED = HERE.parents[1] / "shared" / "cases"


def case_files(config: pytest.Config) -> list[Path]:
    asked = [Path(path) for path in config.getoption("--cases") or ()]
    folders = asked or [OWN, SHARED]
    return [file for path in folders for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = [
            pytest.param(case, id=f"{file.stem}-{case['id']}")
            for file in case_files(metafunc.config)
            if file.exists()
            for case in json.loads(file.read_text(encoding="utf-8"))
        ]
        metafunc.parametrize("case", cases)


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    """One migrated database of each kind for all cases: each case's transaction is rolled back."""
    made: dict[str, Engine] = {}
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.fixture(scope="module")
def kept() -> Iterator[list[Any]]:
    held: list[Any] = []
    yield held
    for each in reversed(held):
        each.__exit__(None, None, None)


@pytest.fixture
def engine(backend: str, databases: Databases, engines: dict[str, Engine], kept: list[Any]) -> Engine:
    if backend not in engines:
        migrated = databases.migrated()
        database = migrated.__enter__()
        engines[backend] = add_hooks(create_engine(database.url))
        kept.append(migrated)
        kept.append(_Disposal(engines[backend]))
    return engines[backend]


class _Disposal:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()


def test_a_case_gives_the_right_answers(case: dict[str, Any], engine: Engine) -> None:
    world = World(case["records"])
    with engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)

        world.record(ledger)
        answers = [world.answer(ledger, query) for query in case["queries"]]

        transaction.rollback()
    differences = [difference(query, got) for query, got in zip(case["queries"], answers, strict=True)]
    found = [each for each in differences if each is not None]
    assert not found, f"{case['title']}: {case['why']}\n" + "\n".join(found)
