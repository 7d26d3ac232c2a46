"""What the README shows is what happens."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from provenance import Ledger
from provenance.cli.commands import provenance
from provenance.questions.questions import Questions

README = Path(__file__).resolve().parents[1] / "README.md"


def test_what_the_readme_shows_is_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(
        r"```python\n(.*?)```\n\n```text\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
    )
    monkeypatch.chdir(tmp_path)

    names: dict[str, object] = {}
    for code, expected in blocks:
        exec(code, names)  # noqa: S102 - the project's own README
        assert capsys.readouterr().out == expected
    names["ledger"].close()  # type: ignore[attr-defined]

    assert len(blocks) == README.read_text(encoding="utf-8").count("```python")


def test_the_lines_of_json_in_the_readme_can_be_recorded(tmp_path: Path) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    rows, rest = [], block.strip()
    while rest:
        row, end = json.JSONDecoder().raw_decode(rest)
        rows.append(row)
        rest = rest[end:].strip()

    with Ledger.open(tmp_path / "ledger.db") as ledger:
        added = ledger.ingest(rows, by="pipeline")

    assert added == len(rows) == 2


def test_the_readme_shows_every_question() -> None:
    text = README.read_text(encoding="utf-8")
    questions = [name for name, one in vars(Questions).items() if callable(one) and not name.startswith("_")]

    assert [name for name in questions if f"ledger.{name}(" not in text] == []


def test_the_demo_tells_the_accusation_and_the_silence() -> None:
    printed = CliRunner().invoke(provenance, ["demo"]).stdout

    assert "CNN, citing TASS, citing medical sources; no evidence was mentioned" in printed
    assert "no comment so far from Ukrainian authorities" in printed
