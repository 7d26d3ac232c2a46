"""`provenance.testing` as those use it who embed the library, from outside of the package; and that it can fail."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from postgres_server import PostgresServer

from provenance import Ledger, person
from provenance.errors import InvalidValue, WouldOverwrite
from provenance.testing import CorpusChanged, EvolutionBroken, check_evolution, golden
from provenance.values.evolution import Fields, Versions

EMBEDDER = {
    "conftest.py": 'pytest_plugins = ["provenance.testing.fixtures"]\n',
    "cms.py": '''
from provenance.values.extensions import Extension

def renamed(fields):
    """From version 1, which named the desk's story only "story"."""
    return {("story_id" if name == "story" else name): value for name, value in fields.items()}

CMS = Extension("org.example.cms", (renamed,))
''',
    "test_cms.py": """
from pathlib import Path

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from cms import CMS
from provenance import Ledger, person
from provenance.testing import LedgerLife, check_evolution, golden, sentences, worlds

few = settings(max_examples=3, deadline=None)
STORIES = st.fixed_dictionaries({"story": st.integers()}, optional={"slug": st.text()})

def test_what_we_attach_evolves():
    check_evolution(CMS.versions, {1: STORIES}, max_examples=10)

def test_our_engine_takes_worlds_and_sentences(ledger_engine):
    ledger = Ledger.open(ledger_engine, durability="as configured")

    @few
    @given(worlds(longest=4), st.lists(sentences(), max_size=2))
    def record(world, lines):
        world.record(ledger)
        ledger.ingest(lines, by="pipeline")

    record()
    assert ledger.verify(index=True).ok

class OurLife(LedgerLife):
    @rule(story=st.integers(0, 3))
    def publish(self, story):
        before = self.ledger.status().commits
        with self.ledger.begin(by=self.author) as desk:
            desk.record(f"Story {story}", source=person("Anna"), extensions=CMS.of(story_id=story))
        if self.ledger.status().commits > before:
            self.acknowledged()

def test_our_rules_hold():
    run_state_machine_as_test(OurLife, settings=settings(few, stateful_step_count=8))

def test_our_corpus_is_read_ever_after():
    golden(Path(__file__).parent / "corpus.jsonl")
""",
}


def embed(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    for name, text in EMBEDDER.items():
        (folder / name).write_text(text, encoding="utf-8")
    golden(folder / "corpus.jsonl", _fill, freeze=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _fill(ledger: Ledger) -> None:
    ledger.record("It burned", source=person("Anna"), by="desk")


@pytest.mark.slow
def test_an_embedder_tests_with_it(tmp_path: Path) -> None:
    ran = embed(tmp_path)

    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout
    assert "PROVENANCE_TESTING_POSTGRES is not set" in ran.stdout


@pytest.mark.slow
def test_an_embedder_tests_with_it_on_postgresql(tmp_path: Path, postgres_server: PostgresServer) -> None:
    name = postgres_server.create_database()
    ran = embed(tmp_path, PROVENANCE_TESTING_POSTGRES=postgres_server.url_of(name))
    postgres_server.drop_database(name)

    assert ran.returncode == 0, ran.stdout
    assert "5 passed" in ran.stdout


# Evolution --------------------------------------------------------------------------------------------------------

STORIES = st.fixed_dictionaries({"story": st.integers(0, 9), "slug": st.sampled_from("ab")})
CALLS = iter(range(10**9))


def renamed(fields: Fields) -> Fields:
    return {("story_id" if name == "story" else name): value for name, value in fields.items()}


def lossy(fields: Fields) -> Fields:
    return {"story": fields["story"]}


def blurred(fields: Fields) -> Fields:
    return {**fields, "story": fields["story"] // 2}


def impure(fields: Fields) -> Fields:
    fields["seen"] = True
    return fields


def fickle(fields: Fields) -> Fields:
    return {**fields, "number": next(CALLS)}


def forgotten(fields: Fields) -> Fields:
    return None if fields else fields  # type: ignore[return-value]


def partial(fields: Fields) -> Fields:
    return {**fields, "half": 10 // fields["story"]}


class Shortcut(Versions):
    """Two versions at once are not what they are one by one."""

    def upcast(self, fields: Fields, version: int, *, to: int | None = None) -> Fields:
        stepped = super().upcast(fields, version, to=to)
        return {**stepped, "jumped": True} if (to or self.newest) - version > 1 else stepped


def test_steps_that_keep_everything_pass() -> None:
    check_evolution(
        Versions("x-story", (renamed, copy.deepcopy)),
        {1: STORIES, 2: STORIES.map(renamed)},
        identity=["slug"],
    )


@pytest.mark.parametrize(
    ("versions", "rule"),
    [
        (Versions("x-story", (lossy,)), "loses nothing"),
        (Versions("x-story", (blurred,)), "loses nothing"),
        (
            Versions("x-story", (renamed, copy.deepcopy, lambda fields: {**fields, "slug": ""})),
            "loses nothing",
        ),
        (Versions("x-story", (impure,)), "pure"),
        (Versions("x-story", (fickle,)), "deterministic"),
        (Versions("x-story", (partial,)), "total"),
        (Versions("x-story", (forgotten,)), "total"),
        (Versions("x-story", (lambda fields: {**fields, "seen": {1}},)), "total"),
        (Versions("x-story", (lambda fields: {**fields, "share": 0.5},)), "total"),
        (Versions("x-story", (renamed,)), "keeps identity"),
        (Shortcut("x-story", (copy.deepcopy, copy.deepcopy)), "one jump is its steps"),
        (Versions("x-story", (renamed, renamed)), "is complete"),
    ],
    ids=[
        "dropped",
        "blurred",
        "late",
        "impure",
        "fickle",
        "partial",
        "nothing",
        "set",
        "float",
        "identity",
        "shortcut",
        "examples",
    ],
)
def test_a_step_that_breaks_a_rule_is_caught(versions: Any, rule: str) -> None:
    recorded = dict.fromkeys(range(1, max(2, versions.newest)), STORIES)
    if rule == "is complete":
        del recorded[2]

    with pytest.raises(EvolutionBroken) as caught:
        check_evolution(versions, recorded, identity=["story"] if rule == "keeps identity" else [])

    assert caught.value.rule == rule


def test_a_constant_field_is_not_lost_either() -> None:
    stories = STORIES.map(lambda fields: {**fields, "kind": "story"})

    def forgets_the_kind(fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name != "kind"}

    with pytest.raises(EvolutionBroken, match="loses nothing: kind"):
        check_evolution(Versions("x-story", (forgets_the_kind,)), {1: stories})


def test_names_are_frozen_at_a_release_and_mean_the_same_ever_after(tmp_path: Path) -> None:
    names = tmp_path / "names.json"
    first, second = Versions("x-story"), Versions("x-story", (renamed,))
    recorded = {1: STORIES, 2: STORIES.map(renamed)}
    with pytest.raises(InvalidValue, match="names"):
        check_evolution(first, {1: STORIES}, freeze=True)
    with pytest.raises(EvolutionBroken, match=r"names\.json does not have version 1"):
        check_evolution(first, {1: STORIES}, names=names)

    check_evolution(first, {1: STORIES}, names=names, freeze=True)
    check_evolution(first, {1: STORIES}, names=names)
    with pytest.raises(EvolutionBroken, match=r"names\.json does not have version 2"):
        check_evolution(second, recorded, names=names)
    check_evolution(second, recorded, names=names, freeze=True)
    check_evolution(second, recorded, names=names)

    more = STORIES.map(lambda fields: {**fields, "mood": "calm"})
    with pytest.raises(EvolutionBroken, match=r"mood was no field when names\.json was written"):
        check_evolution(second, {1: more}, names=names)
    other = STORIES.map(lambda fields: {**fields, "story": str(fields["story"])})
    with pytest.raises(EvolutionBroken, match="story was no text"):
        check_evolution(first, {1: other}, names=names)


@pytest.mark.parametrize(
    ("third", "message"),
    [
        (lambda fields: {"story": fields["story_id"], **fields}, "story was given up after version 1"),
        (lambda fields: {**fields, "story_id": str(fields["story_id"])}, "story_id was number before"),
    ],
    ids=["used again", "another type"],
)
def test_a_name_that_gets_another_meaning_is_never_frozen_unseen(
    third: Callable[[Fields], Fields], message: str, tmp_path: Path
) -> None:
    names = tmp_path / "names.json"
    versions = Versions("x-story", (renamed, third))

    with pytest.raises(EvolutionBroken, match=message) as caught:
        check_evolution(versions, {1: STORIES, 2: STORIES.map(renamed)}, names=names, freeze=True)

    assert (caught.value.rule, caught.value.version) == ("names are kept", 3)
    assert not names.exists()


# Golden corpora ---------------------------------------------------------------------------------------------------


def test_a_corpus_is_frozen_once_and_what_became_another_is_reported(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    with pytest.raises(CorpusChanged, match="freeze=True"):
        golden(corpus, _fill)

    golden(corpus, _fill, freeze=True)
    golden(corpus)

    with pytest.raises(WouldOverwrite):
        golden(corpus, _fill, freeze=True)
    with pytest.raises(CorpusChanged, match="answers"):
        golden(corpus, ask=lambda ledger: ledger.counts())
    (tmp_path / "corpus.jsonl.answers.json").unlink()
    with pytest.raises(CorpusChanged, match=r"no corpus.jsonl.answers.json"):
        golden(corpus)
