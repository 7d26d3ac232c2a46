"""The stories on data of others run; and where all of the data lies beside the checkout, its judged sets come out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from databases import Database

from provenance import Ledger

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"


def story(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{name}_story", ROOT / "examples" / name / "story.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differences(
    found: dict[str, set[str]], judged: dict[str, set[str]]
) -> dict[str, tuple[list[str], list[str]]]:
    """Per set that differs: what is missed, and what is wrongly there."""
    return {
        name: (sorted(members - found[name]), sorted(found[name] - members))
        for name, members in judged.items()
        if members != found[name]
    }


def test_pheme_tells_its_story(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    pheme = story("pheme")

    pheme.main(database.url)

    told = capsys.readouterr().out
    assert "Rumours supported and denied (74, 66 of them by people sure of it)" in told
    assert "  uk.businessinsider.com, who denies it" in told
    assert "Tweets that show nothing, like all who agree with them (3)" in told
    assert "- What tweet 544292670336925696 says: 1 affirm it, 1 deny it, 0 ask" in told
    assert "Beside expected.json" not in told


def test_pheme_ships_no_comment_and_no_tweet() -> None:
    pheme = story("pheme")
    kept = {"threadid", "tweetid", "support", "responsetype-vs-source", "evidentiality", "certainty", "sdqc"}

    shipped = list(pheme.rows(pheme.HERE / "annotations.jsonl"))

    assert {name for row in shipped for name in row} == kept
    assert all(any(pheme.said(row, {})) for row in shipped)


@pytest.mark.skipif(not (DATA / "pheme").exists(), reason="the data are not beside this checkout")
def test_every_judged_set_of_pheme_comes_out_exactly(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    pheme = story("pheme")

    pheme.main(database.url, DATA / "pheme")

    with Ledger.open(database.url) as ledger:
        assert differences(pheme.answers(ledger), pheme.expected(DATA / "pheme")) == {}
    assert "- contested_thread: 76 of 76; missed []; wrongly []" in capsys.readouterr().out


@pytest.mark.skipif(not (DATA / "pheme").exists(), reason="the data are not beside this checkout")
def test_the_shipped_annotations_say_what_the_whole_data_say() -> None:
    pheme = story("pheme")

    shipped, whole = (list(pheme.sentences(folder)) for folder in (pheme.HERE, DATA / "pheme"))

    assert shipped == whole
