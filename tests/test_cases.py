"""Every case of every case file gives the right answers, on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import World, difference

from provenance import Ledger

OWN = Path(__file__).resolve().parent / "cases"


def case_files(config: pytest.Config) -> list[Path]:
    """The case files of the project, or in their place those of `--cases`."""
    folders = [Path(path) for path in config.getoption("--cases") or [OWN]]
    return [file for path in folders for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = [
            pytest.param(case, id=f"{file.stem}-{case['id']}")
            for file in case_files(metafunc.config)
            for case in json.loads(file.read_text(encoding="utf-8"))
        ]
        metafunc.parametrize("case", cases)


def test_a_case_gives_the_right_answers(case: dict[str, Any], shared_engine: Engine) -> None:
    world = World(case["records"])
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        ledger = Ledger.open(connection)

        world.record(ledger)
        answers = [world.answer(ledger, query) for query in case["queries"]]

        transaction.rollback()
    differences = [difference(query, got) for query, got in zip(case["queries"], answers, strict=True)]
    found = [each for each in differences if each is not None]
    assert not found, f"{case['title']}: {case['why']}\n" + "\n".join(found)
