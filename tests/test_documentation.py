"""The pages are true: their code runs as shown, what they name exists, and what exists is named."""

from __future__ import annotations

import inspect
import json
import re
import shlex
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from click.testing import CliRunner

import provenance as library
from provenance import Ledger, Snapshot
from provenance.cli.commands import provenance
from provenance.database.naming import PREFIX, VERSION_TABLE
from provenance.index.tables import metadata
from provenance.materialized import candidates, lists
from provenance.rules.catalogue import RULES, anchor_of
from provenance.values import vocabulary
from provenance.values.records import RECORD_TYPES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
LAW = (DOCS / "semantics.md").read_text(encoding="utf-8")

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

LIST_NAMES = {
    candidates.ACCUSATION,
    candidates.CHANGED,
    lists.CONFLICT,
    lists.POSSIBLE_CONFLICT,
    lists.DIVERGENCE,
    lists.POSSIBLE_DIVERGENCE,
    lists.SELF_CONTRADICTION,
    lists.STALE,
    lists.ORIGINS_STALE,
}
"""The names of lists. Others are kinds of the unsupported or of circular reporting, and so among the rules."""


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def with_blocks(language: str) -> list[object]:
    return [
        pytest.param(page, id=str(page.relative_to(ROOT)))
        for page in PAGES
        if any(found == language for found, _ in blocks(page))
    ]


@pytest.mark.parametrize("page", with_blocks("python"))
def test_what_a_page_shows_is_what_happens(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Python blocks of a page run in order. The text block behind one is exactly what it prints."""
    monkeypatch.chdir(tmp_path)
    shown = blocks(page)

    names: dict[str, object] = {}
    for (language, code), (next_language, expected) in zip(shown, [*shown[1:], ("", "")], strict=True):
        if language == "python":
            exec(compile(code, str(page), "exec"), names)  # noqa: S102 - the project's own pages
            assert capsys.readouterr().out == (expected if next_language == "text" else "")
    for one in names.values():
        if isinstance(one, Ledger):
            one.close()


@pytest.mark.parametrize("page", with_blocks("json"))
def test_the_json_of_a_page_can_be_recorded(page: Path, tmp_path: Path) -> None:
    for number, text in enumerate(text for language, text in blocks(page) if language == "json"):
        rows = list(objects_in(text))
        with Ledger.open(tmp_path / f"{number}.db") as ledger:
            assert ledger.ingest(rows, by="pipeline") == len(rows) > 0


def objects_in(text: str) -> Iterator[dict[str, object]]:
    rest = text.strip()
    while rest:
        row, end = json.JSONDecoder().raw_decode(rest)
        yield row
        rest = rest[end:].strip()


@pytest.mark.parametrize("page", with_blocks("sh"))
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the library run in order, on a ledger with one sentence and a file of another. An address of a
    server stands for a file."""
    monkeypatch.chdir(tmp_path)
    with Ledger.open("newsroom.db") as ledger:
        ledger.ingest([{"claim": "It burned", "source": {"person": "Anna"}}], by="desk")
    Path("lines.jsonl").write_text(
        '{"claim": "It rained", "source": {"person": "Boris"}}\n', encoding="utf-8"
    )

    lines = [line for language, text in blocks(page) if language == "sh" for line in text.splitlines()]
    commands = [shlex.split(line) for line in lines if line.startswith("provenance ")]
    for _, *arguments in commands:
        here = [re.sub(r"^postgresql://.*", "server.db", argument) for argument in arguments]
        ran = CliRunner().invoke(provenance, here)
        assert ran.exit_code == 0, (here, ran.output)

    assert commands


def test_every_block_says_its_language() -> None:
    for page in PAGES:
        fences = re.findall(r"^ *```.*$", page.read_text(encoding="utf-8"), re.MULTILINE)
        opening = fences[::2]
        known = re.compile(r"```(python|text|json|sh|sql|\{[a-z-]+\}.*)$")
        assert [fence for fence in opening if not known.match(fence.strip())] == [], page


def question_names() -> list[str]:
    return [name for name in dir(Snapshot) if not name.startswith("_")]


def test_the_readme_names_every_question() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in question_names() if f"`{name}(" not in readme] == []


def test_an_example_asks_every_question() -> None:
    page = (DOCS / "how-to" / "ask.md").read_text(encoding="utf-8")

    assert [name for name in question_names() if f"ledger.{name}(" not in page] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_no_page_says_that_an_index_holds_the_package() -> None:
    for page in [*PAGES, *ROOT.glob("*.md")]:
        assert not re.search(r"pip install\W+provenance-ledger", page.read_text(encoding="utf-8")), page


def test_links_between_pages_lead_somewhere() -> None:
    """Sphinx checks the links of the pages that it builds. This test checks the others too."""
    for page in [*PAGES, *ROOT.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert re.match(r"https?:|mailto:", link) or (page.parent / link).exists(), (page, link)


def test_every_rule_that_an_answer_names_is_in_the_law() -> None:
    anchors = re.findall(r"\{#([a-z0-9-]+)\}", LAW) + re.findall(r"^\(([a-z0-9-]+)\)=$", LAW, re.MULTILINE)

    assert len(anchors) == len(set(anchors))
    assert [rule for rule in RULES if anchor_of(rule) not in anchors] == []


def glossary() -> list[list[str]]:
    """The words that each line of the glossary explains: those between its first two bars."""
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| ")][1:]
    return [[word.strip(" `") for word in line.split("|")[1].split(",")] for line in lines]


def words_in_use() -> dict[str, set[str]]:
    every = vars(vocabulary).values()
    words = [one for one in every if inspect.isclass(one) and issubclass(one, StrEnum)]
    return {
        "tables": {name.removeprefix(PREFIX) for name in (*metadata.tables, VERSION_TABLE)},
        "lists": LIST_NAMES,
        "types of record": set(RECORD_TYPES),
        "vocabulary": {word.value for one in words for word in one},
        "rules": set(RULES),
        "flags": set(re.findall(r"\[`(\w+)`\]\{#flag-", LAW)),
        "public names": set(library.__all__),
    }


@pytest.mark.parametrize("kind", words_in_use())
def test_every_word_in_use_is_in_the_glossary(kind: str) -> None:
    explained = {word for line in glossary() for word in line}
    used = words_in_use()[kind]

    assert used
    assert sorted(used - explained) == []


def test_the_glossary_is_in_alphabetical_order_and_has_no_word_twice() -> None:
    lines = glossary()
    first = [line[0].lower().replace("_", " ") for line in lines]  # as a reader looks them up
    every = [word for line in lines for word in line]

    assert first == sorted(first)
    assert len(every) == len(set(every))


def test_the_demo_tells_the_accusation_and_the_silence() -> None:
    printed = CliRunner().invoke(provenance, ["demo"]).stdout

    assert "CNN, citing TASS, citing medical sources; no evidence was mentioned" in printed
    assert "no comment so far from Ukrainian authorities" in printed
