"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from provenance.cli import provenance

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_first_screen_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = README.read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    expected = re.findall(r"```text\n(.*?)```", text, re.DOTALL)[0]
    monkeypatch.chdir(tmp_path)

    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 - the project's own README
    names["ledger"].close()  # type: ignore[attr-defined]

    assert capsys.readouterr().out == expected


def test_the_demo_tells_the_accusation_and_the_silence() -> None:
    printed = CliRunner().invoke(provenance, ["demo"]).stdout

    assert "CNN, citing TASS, citing medical sources; no evidence was mentioned" in printed
    assert "Ukrainian authorities is reported not to have commented" in printed
