"""The house has rooms, and its imports run one way: down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import provenance

PACKAGE = Path(provenance.__file__).parent
SHIPPED = {"migrations", "demo"}
"""Folders that lie beside `src` in the repository, and inside of the package in the wheel."""

SOURCES = [file for file in sorted(PACKAGE.rglob("*.py")) if SHIPPED.isdisjoint(file.parts)]

ROOMS = (
    "__main__",
    "cli",
    "testing",
    "__init__",
    "ledger",
    "schemas",
    "exchange",
    "operations",
    "recording",
    "questions",
    "answers",
    "materialized",
    "loading",
    "index",
    "proofs",
    "log",
    "database",
    "rules",
    "wire",
    "values",
    "errors",
    "version",
)
"""From the highest to the lowest. A room imports only itself and what stands below it (docs/architecture.md)."""


LONGEST = 500
"""Lines of a module: more have seldom one purpose."""

MAY_BE_LONGER: dict[str, str] = {
    "values/records.py": "every type of record stands in it, and they refer to one another",
}


def room_of(file: Path) -> str:
    """The first folder of a module, or the module itself where it lies at the top."""
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(source: str) -> Iterator[str]:
    """The rooms that a module imports from, anywhere in it: also in a function, and for type checking alone."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            first, *rest = (node.module or "").split(".")
            if first == "provenance":
                yield from [rest[0]] if rest else map(_room_named, (alias.name for alias in node.names))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first, *rest = alias.name.split(".")
                if first == "provenance":
                    yield rest[0] if rest else "__init__"


def _room_named(name: str) -> str:
    """What `from provenance import` names is a room, or one of the public names of `__init__`."""
    return name if name in ROOMS else "__init__"


def test_every_module_lies_in_a_room() -> None:
    assert {room_of(file) for file in SOURCES} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_stands_below_it(room: str) -> None:
    allowed = ROOMS[ROOMS.index(room) :]
    files = [file for file in SOURCES if room_of(file) == room]

    upward = {
        f"{file.relative_to(PACKAGE)} imports {imported}"
        for file in files
        for imported in imported_rooms(file.read_text(encoding="utf-8"))
        if imported not in allowed
    }

    assert files
    assert upward == set()


def test_an_import_that_runs_up_is_seen_wherever_it_stands() -> None:
    source = """
def ask():
    from provenance.ledger import Ledger
    import provenance.cli
    from provenance import wire, Desk
"""

    assert list(imported_rooms(source)) == ["ledger", "cli", "wire", "__init__"]


def test_the_rules_never_import_a_database_a_clock_or_io() -> None:
    forbidden = {
        "sqlalchemy",
        "sqlite3",
        "psycopg",
        "datetime",
        "time",
        "os",
        "io",
        "pathlib",
        "socket",
        "random",
    }
    imported = {
        name.split(".")[0]
        for file in SOURCES
        if room_of(file) == "rules"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    assert imported.isdisjoint(forbidden)


def type_names(source: str) -> Iterator[str]:
    """The classes and the aliases of types that a module defines. Type variables are neither."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree.body:
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call):
            for target in node.targets:
                if isinstance(target, ast.Name) and re.fullmatch(r"_?[A-Z]\w*[a-z]\w*", target.id):
                    yield target.id


def test_no_two_types_have_one_name() -> None:
    """Two ideas never share a name, and one idea has one type."""
    files_of: dict[str, list[str]] = {}
    for file in SOURCES:
        for name in type_names(file.read_text(encoding="utf-8")):
            files_of.setdefault(name, []).append(str(file.relative_to(PACKAGE)))

    shared = {name: files for name, files in files_of.items() if len(files) > 1}
    assert shared == {}


def test_an_alias_is_a_type_and_a_constant_is_none() -> None:
    source = "Row = dict[str, int]\nROWS = 5\n_T = TypeVar('_T')\nclass Page: ..."

    assert sorted(type_names(source)) == ["Page", "Row"]


def test_modules_are_short() -> None:
    lengths = {
        file.relative_to(PACKAGE).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in SOURCES
    }

    assert {name for name, lines in lengths.items() if lines > LONGEST} == MAY_BE_LONGER.keys()


def test_the_plan_of_the_house_names_the_rooms_in_their_order() -> None:
    plan = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = re.findall(r"^\| `([\w./]+)` \|", plan, re.MULTILINE)

    assert tuple(name.removesuffix("/").removesuffix(".py") for name in names) == ROOMS
