"""The cases of the law: those of the project, or in their place those that `--cases` names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

OWN = Path(__file__).resolve().parent / "cases"


def parametrize_cases(metafunc: pytest.Metafunc) -> None:
    """Runs a test that takes a `case` once for each."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize(
            "case",
            [
                pytest.param(case, id=f"{file.stem}-{case['id']}")
                for file in _files(metafunc.config)
                for case in json.loads(file.read_text(encoding="utf-8"))
            ],
        )


def _files(config: pytest.Config) -> list[Path]:
    folders = [Path(path) for path in config.getoption("--cases") or [OWN]]
    return [file for path in folders for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
