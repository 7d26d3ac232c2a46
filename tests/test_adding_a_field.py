"""A field is declared once: a copy of the library gets a few more, and everything that goes by fields follows.

The edits of `ADDED` write each field into the copy as a developer would who adds it. `grown.py` then runs in the copy.
Each of its checks fails as soon as the code that it checks lists fields by hand again.
"""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from grown import CHECKS

import provenance
from provenance import wire
from provenance.operations.folders import folder
from provenance.recording.desk import Desk
from provenance.recording.sources import Source, claim
from provenance.values.records import Record

PACKAGE = Path(provenance.__file__).parent


class Edit(NamedTuple):
    within: Any
    """The class or function in whose file the edit is made."""
    before: str
    """The text before which the new line is put. It stands in the file once."""
    line: str


def declared(name: str, type_: str, converter: str, *refers_to: str) -> Edit:
    """A field such as "claim.tone", put before the extensions of its record. It comes with the next version."""
    record_type, _, field = name.partition(".")
    arguments = [f'"{each}"' for each in refers_to] + [f"since={wire.VERSIONS[record_type].newest + 1}"]
    declaration = f"describes({', '.join(arguments)})"
    return Edit(
        Record,
        f'converter=extensions_of("{record_type}.extensions")',
        f"{field}: {type_} = field(default=None, converter={converter}, metadata={declaration})",
    )


ADDED: dict[str, list[Edit]] = {
    "assertion.mood": [
        declared("assertion.mood", "str | None", 'fields.optional_name("assertion.mood")'),
        Edit(Desk, "extensions: Mapping[str, Mapping[str, Any]] | None = None,", "mood: str | None = None,"),
    ],
    "document.checked_at": [
        declared("document.checked_at", "When | None", '_when("document.checked_at")'),
    ],
    "claim.tone": [
        declared("claim.tone", "str | Sealed | None", '_sealable(fields.optional_name("claim.tone"))'),
        Edit(
            claim,
            "extensions: Mapping[str, Mapping[str, Any]] | None = None,\n) -> Claim:",
            "tone: str | Sealed | None = None,",
        ),
        Edit(claim, "text=text,\n        nature=nature,", "tone=tone,"),
    ],
    "claim.addressed_to": [
        declared(
            "claim.addressed_to",
            "tuple[Reference, ...] | None",
            '_references("claim.addressed_to")',
            "agent",
        ),
    ],
    "agent.home": [
        declared("agent.home", "str | Sealed | None", '_sealable(fields.optional_name("agent.home"))'),
        Edit(Source, "known_to_desk: bool | None = None", "home: str | Sealed | None = None"),
    ],
}
"""By its name each field that is added, with its edits: of an assertion, a document, a claim and an agent; one of them
refers to other records, and one can be sealed."""

BESIDE = ("revisions.py", "migrations/versions/", "tests/released/fill.py")
"""The files that every new version of a form needs, whatever is in it."""


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """What `grown.py` found in the copy, by check."""
    copy = tmp_path_factory.mktemp("copy")
    copy_with(list(ADDED), copy)
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("grown.py")), str(copy)],
        env={**os.environ, "PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, str | None] = json.loads(ran.stdout)
    return found


def copy_with(names: list[str], copy: Path) -> None:
    """Copies the library and its migrations, and adds these fields to the copy."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, copy / "src" / "provenance", ignore=ignored)
    shutil.copytree(folder("migrations", beside="migrations"), copy / "migrations", ignore=ignored)
    for name in names:
        for edit in ADDED[name]:
            make(edit, copy / "src")


def changed_files(copy: Path) -> set[str]:
    """The files of the copied library that are not as they are in this one."""
    files = [file.relative_to(PACKAGE) for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts]
    copied = copy / "src" / "provenance"
    return {file.name for file in files if (PACKAGE / file).read_bytes() != (copied / file).read_bytes()}


def file_of(edit: Edit) -> Path:
    return Path(inspect.getfile(edit.within)).relative_to(PACKAGE.parent)


def make(edit: Edit, source: Path) -> None:
    """Puts the new line before the line on which `edit.before` begins, or, among fields, before that whole field."""
    file = source / file_of(edit)
    text = file.read_text(encoding="utf-8")
    assert text.count(edit.before) == 1, (
        f"{edit.before} stands {text.count(edit.before)} times in {file.name}"
    )
    place = text.index(edit.before)
    if edit.within is Record:
        place = text.rindex("    extensions:", 0, place) + 4
    begin = text.rindex("\n", 0, place) + 1
    indent = text[begin:place]
    file.write_text(f"{text[:begin]}{indent}{edit.line}\n{text[begin:]}", encoding="utf-8")


@pytest.mark.parametrize("check", CHECKS)
def test_everything_follows_from_a_field_that_is_declared(faults: dict[str, str | None], check: str) -> None:
    assert faults[check] is None, faults[check]


@pytest.mark.parametrize("field", ADDED)
def test_a_field_is_added_in_at_most_five_files_and_the_guide_names_them(field: str, tmp_path: Path) -> None:
    copy_with([field], tmp_path)
    changed = changed_files(tmp_path)
    files = changed | {*BESIDE}
    guide = (Path(__file__).parents[1] / "docs" / "evolution.md").read_text(encoding="utf-8")
    named = [line for line in guide.splitlines() if line.startswith("| `")]

    assert changed
    assert len(files) <= 5
    assert {file for file in files if not any(file in line for line in named)} == set()
