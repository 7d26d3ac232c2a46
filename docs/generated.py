"""The parts of the reference that are made from the code while the pages are built.

A page says where with a line `<!-- generated: questions -->`; the words are the keys of `PARTS`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any

import click

import provenance
from provenance import Snapshot, schema

RULES = "provenance.rules.catalogue"
SENTENCES = "provenance.recording.sentence_form"
LOG_LINES = "provenance.exchange.log_lines"
RECEIPTS = "provenance.proofs.receipts"
CHECKPOINTS = "provenance.proofs.checkpoints"
VOCABULARY = "provenance.values.vocabulary"
COMMAND_LINE = "provenance.cli.commands"
"""The modules that the reference needs by name. Everything else is found among the public names."""

ROOMS: dict[str, tuple[str, ...]] = {
    "answers": ("answers", "rules.facts"),
    "values": ("values",),
    "sources": ("recording.sources",),
    "ledger": ("ledger", "database", "recording.desk", "recording.drafts"),
}
"""The page of a public name follows from how its module begins behind `provenance`; the page "keeping" has the rest."""

MADE_BY_CALLERS = ("KeyFolder", "Ed25519Signer")
"""Beside sources, records and values: the classes whose constructors are for users."""

MARKUP = ("*", "|")
"""What reStructuredText reads as markup, and docstrings mean as it stands."""


def put_in(_app: object, _page: str, source: list[str]) -> None:
    """Sphinx's event `source-read`: the text of a page, with the generated parts in it."""
    source[0] = re.sub(
        r"^<!-- generated: (.+?) -->$", lambda found: PARTS[found[1]](), source[0], flags=re.MULTILINE
    )


def as_restructured_text(
    _app: object, _what: str, _name: str, _one: object, _options: object, lines: list[str]
) -> None:
    """Sphinx's event `autodoc-process-docstring`: the library's docstrings are Markdown, of which they use backticks
    and lists."""
    lines[:] = [_literal(line) for line in lines]


def signature(
    _app: object,
    what: str,
    name: str,
    one: object,
    _options: object,
    arguments: str | None,
    result: str | None,
) -> tuple[str, str | None] | None:
    """Sphinx's event `autodoc-process-signature`: nobody makes an answer, or a ledger other than by `Ledger.open`."""
    if what == "class" and _room_of(one) not in ("sources", "values") and not name.endswith(MADE_BY_CALLERS):
        return "", None
    return None if arguments is None else (_readable(arguments), _readable(result or "") or None)


def _readable(part: str) -> str:
    """Without what only Python's own printing adds: to a function that is a default, to the name of a type."""
    return re.sub(r"<function (\w+)[^>]*>|TypeAliasForwardRef\('(\w+)'\)", r"\1\2", part)


def _literal(line: str) -> str:
    parts = re.split(r"(`[^`]+`)", line)
    return "".join(f"`{part}`" if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(words: str) -> str:
    for mark in MARKUP:
        words = words.replace(mark, f"\\{mark}")
    return re.sub(r"(?<=\w)_(?=\W|$)", r"\\_", words)


# The parts ------------------------------------------------------------------------------------------------------


def questions() -> str:
    """What a ledger and a look at an earlier moment have in common, in the order of the code."""
    return _restructured(f".. automethod:: provenance.Ledger.{name}" for name in question_names())


def question_names() -> list[str]:
    found = {name: getattr(Snapshot, name) for name in dir(Snapshot) if not name.startswith("_")}
    return sorted(found, key=lambda name: (found[name].__module__, found[name].__code__.co_firstlineno))


def ledger() -> str:
    """All other methods of a ledger, and what belongs to recording."""
    asked = ", ".join(question_names())
    whole = f".. autoclass:: provenance.Ledger\n   :members:\n   :inherited-members:\n   :exclude-members: {asked}"
    return _restructured([whole, *_directives("ledger", without=("Ledger",))])


def _part(room: str) -> Callable[[], str]:
    def part() -> str:
        found = list(_directives(room))
        if not found:
            raise LookupError(f"no public name is on the page {room!r}: its modules in ROOMS have moved")
        return _restructured(found)

    return part


def _directives(room: str, *, without: tuple[str, ...] = ()) -> Iterator[str]:
    for name in provenance.__all__:
        one = getattr(provenance, name)
        if inspect.ismodule(one) or name in without or _room_of(one) != room:
            continue
        if inspect.isclass(one):
            yield f".. autoclass:: provenance.{name}\n   :members:\n   :undoc-members:"
        elif callable(one):
            yield f".. autofunction:: provenance.{name}"
        else:
            yield f".. py:data:: provenance.{name}\n   :value: {one!r}"


def _room_of(one: object) -> str:
    """The page of a public name; a plain value, which does not know where it is from, is one of the sources' words."""
    module = getattr(one, "__module__", None)
    if module is None or isinstance(one, str):
        return "sources"
    if not module.startswith("provenance."):  # an alias of a type
        return "values"
    return next((page for page, rooms in ROOMS.items() if _is_in(module, rooms)), "keeping")


def _is_in(module: str, rooms: Iterable[str]) -> bool:
    return any(f"{module}.".startswith(f"provenance.{room}.") for room in rooms)


def rules() -> str:
    module = importlib.import_module(RULES)
    rows = [
        f"| [`{rule}`](#{module.anchor_of(rule)}) | {sentence} |" for rule, sentence in module.RULES.items()
    ]
    return "\n".join(["| rule | what an answer says of it |", "|---|---|", *rows])


def vocabulary() -> str:
    module = importlib.import_module(VOCABULARY)
    words = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, StrEnum)]
    return _restructured(
        f".. autoclass:: {VOCABULARY}.{one.__name__}\n   :members:\n   :undoc-members:\n   :no-index:"
        for one in words
        if one is not StrEnum
    )


def sentence() -> str:
    """The docstring of the module, which says every field; and every field with the words that it takes."""
    return _docstring(SENTENCES)


def sentence_fields() -> str:
    form = schema("sentence")
    rows = [f"| `{name}` | {_shape(one)} |" for name, one in sorted(form["properties"].items())]
    return "\n".join(["| field | JSON |", "|---|---|", *rows])


def _shape(one: dict[str, Any]) -> str:
    """The JSON that a schema takes, in a few words."""
    if "anyOf" in one:
        shapes = dict.fromkeys(_shape(each) for each in one["anyOf"] if each.get("type") != "null")
        return ", or ".join(shapes)
    if "$ref" in one:
        return SHAPES[one["$ref"].rpartition("/")[2]]
    if "const" in one or "enum" in one:
        return ", ".join(f"`{json.dumps(word)}`" for word in one.get("enum", [one.get("const")]))
    types = one.get("type", "any")
    if types == "array":
        return "a list" if "items" not in one else f"a list of: {_shape(one['items'])}"
    return (
        "text" if types == "string" else {"object": "an object", "boolean": "true or false"}.get(types, types)
    )


SHAPES = {
    "document_here": "a document: an object, or its id",
    "evidence_shown": "a kind, or an object",
    "extensions": "an object by namespace",
    "id": "an id",
    "json": "any JSON",
    "language": "a language tag",
    "name": "a name",
    "sealed_here": "a sealed value",
    "source": "a name, or an object",
    "text": "text",
}


def _docstring(module: str) -> str:
    """The docstring of a module, as the Markdown that it is."""
    return (inspect.getdoc(importlib.import_module(module)) or "").partition("\n\n")[2]


def command_line() -> str:
    group: click.Group = importlib.import_module(COMMAND_LINE).provenance
    whole = click.Context(group, info_name="provenance", terminal_width=WIDTH, **group.context_settings)
    parts = [_help(whole)]
    for name, command in group.commands.items():
        one = click.Context(command, whole, info_name=name, **command.context_settings)
        parts.append(f"## `provenance {name}`\n\n{_help(one)}")
    return "\n\n".join(parts)


WIDTH = 92
"""Characters of a line that a page holds."""


def _help(context: click.Context) -> str:
    lines = context.command.get_help(context).splitlines()
    return "\n".join(["```text", *(line.rstrip() for line in lines), "```"])


def _restructured(directives: Iterable[str]) -> str:
    return "```{eval-rst}\n" + "\n\n".join(directives) + "\n```"


PARTS: dict[str, Callable[[], str]] = {
    "questions": questions,
    "ledger": ledger,
    **{room: _part(room) for room in ("answers", "values", "sources", "keeping")},
    "rules": rules,
    "vocabulary": vocabulary,
    "sentence": sentence,
    "sentence fields": sentence_fields,
    "command line": command_line,
    "log lines": lambda: _docstring(LOG_LINES),
    "receipts": lambda: _docstring(RECEIPTS),
    "checkpoints": lambda: _docstring(CHECKPOINTS),
}
