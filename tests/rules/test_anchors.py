"""The code and the law point at each other: every rule is linked from the code that decides it, and no link is dead."""

from __future__ import annotations

import re
from pathlib import Path

import provenance

PACKAGE = Path(provenance.__file__).parent
LAW = Path(__file__).resolve().parents[2] / "docs" / "semantics.md"

DECIDED_IN_VALUES = {"rule-approximation": "values/quantities.py", "rule-identity": "values/ids.py"}
"""Rules about what is recorded, and not about what follows from it."""


def anchors() -> set[str]:
    law = LAW.read_text(encoding="utf-8")
    return {*re.findall(r"\{#([a-z0-9-]+)\}", law), *re.findall(r"^\(([a-z0-9-]+)\)=$", law, re.MULTILINE)}


def links(file: Path) -> set[str]:
    return set(
        re.findall(r"#((?:identity|record|rule|semantics)-[a-z0-9-]+)", file.read_text(encoding="utf-8"))
    )


def test_every_rule_of_the_law_is_linked_from_the_code_that_decides_it() -> None:
    linked = set[str]().union(*(links(file) for file in PACKAGE.glob("rules/*.py")))
    linked |= {rule for rule, module in DECIDED_IN_VALUES.items() if rule in links(PACKAGE / module)}

    assert {anchor for anchor in anchors() if anchor.startswith("rule-")} - linked == set()


def test_every_link_to_the_law_leads_to_an_anchor() -> None:
    dead = {file.relative_to(PACKAGE): links(file) - anchors() for file in PACKAGE.rglob("*.py")}

    assert {str(file): found for file, found in dead.items() if found} == {}
