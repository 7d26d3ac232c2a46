"""The examples run; and where the annotated article lies beside the checkout, its expected answers come out."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from databases import Database

from provenance import Ledger

ROOT = Path(__file__).parents[1]
ANNOTATION = ROOT.parent / "shared" / "article" / "annotation.json"
ANNOTATED_KINDS = ("no_evidence", "none", "unattributed", "reported_absent", "anonymous_only")


def occasions() -> dict[str, str]:
    """Every claim of the story by its words, and the occasion its line gives it: the claim's annotated id."""
    lines = (ROOT / "examples" / "article" / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
    sentences = [json.loads(line) for line in lines]
    return {
        (line["claim"] if isinstance(line["claim"], str) else line["claim"]["text"]): line["occasion"]
        for line in sentences
    }


def example(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / "examples" / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_article_tells_its_story(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    story = example("article/story.py")
    story.main(database.url)
    printed = capsys.readouterr().out
    assert "Unsupported: reported absent (1)" in printed
    assert "no comment so far from Ukrainian authorities" in printed
    story.main(database.url)
    assert capsys.readouterr().out == printed  # recording the same again adds nothing


def test_article_story_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    example("article/story.py").main()
    assert "The neighbour's account" in capsys.readouterr().out


@pytest.mark.skipif(not ANNOTATION.exists(), reason="the annotated article is not beside this checkout")
def test_article_answers_as_annotated(database: Database) -> None:
    annotation: dict[str, Any] = json.loads(ANNOTATION.read_text(encoding="utf-8"))
    ids = {claim["text"]: claim["id"] for claim in annotation["records"]["claims"]}
    given = occasions()
    ids = {text: id_ for text, id_ in ids.items() if id_ not in set(given.values())} | given
    texts = {id_: text for text, id_ in ids.items()}
    expected = annotation["expected"]
    example("article/story.py").main(database.url)
    with Ledger.open(database.url) as ledger:
        found: dict[str, dict[str, Any]] = {}
        for id_, text in texts.items():
            claim = next(one for one in ledger.find(text) if getattr(one, "text", None) == text)
            support = ledger.support(claim.id)
            found[id_] = {
                "grade": support.grade,
                "independent": [support.lo, support.hi],
                "flags": sorted(support.flags),
            }
        assert found == expected["grades"]
        for kind in ANNOTATED_KINDS:
            listed = sorted(ids[one.claim.text] for one in ledger.unsupported(kind))
            assert listed == expected["unsupported"][kind], kind
        single = list(ledger.unsupported("single_origin"))
        assert sorted(ids[one.claim.text] for one in single) == expected["single_origin"]
        # Not from a list: nobody asserts C_shots itself, it is only entailed, and so no list has it.
        factual = {claim["id"] for claim in annotation["records"]["claims"] if claim["nature"] == "factual"}
        possibly = [id_ for id_, support in found.items() if "possibly_single_origin" in support["flags"]]
        assert sorted(factual.intersection(possibly)) == expected["possibly_single_origin"]
        assert list(ledger.conflicts(strength="possible")) == expected["conflicts"]
        assert list(ledger.self_contradictions()) == expected["self_contradictions"]
        assert list(ledger.circular()) == expected["circular"]
        accusations = [(ids[one.claim.text], one.accused.label, one.position) for one in ledger.accusations()]
        assert len(accusations) == len(expected["accusations"])
        assert {(claim, position) for claim, _, position in accusations} == {
            (one["claim"], one["position"]) for one in expected["accusations"]
        }
        russian_state = next(one for one in ledger.find("Russian state") if str(one) == "Russian state")
        for way, claims in ledger.rests_on(russian_state.id, by="group").items():
            listed = sorted(ids[claim.text] for claim in claims if claim.nature == "factual")
            assert listed == expected[f"rests_on_russian_state_by_{way}"], way
