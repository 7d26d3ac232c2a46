"""What fields may hold: converters and validators shared by the records."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from provenance.errors import InvalidValue
from provenance.values.ids import folded

MAX_NAME = 1_000
"""Characters of a name, cue, scope or identifier: longer than any real one."""

MAX_NAME_BYTES = 2_600
"""Bytes of the same in UTF-8, also as its case is folded: PostgreSQL's index rows hold 2,704, overhead included."""

MAX_TEXT = 100_000
"""Characters of a claim, quotation or description: a long speech; a whole book is a document."""

MAX_DOCUMENT = 10_000_000
"""Characters of a document's text: ten times a long novel, and still held in memory at ease."""

MAX_COUNT = 10_000_000
"""People behind one anonymous source. More than a crowd that a reporter can have counted."""

_E = TypeVar("_E", bound=enum.Enum)


def text(field: str, value: object, *, longest: int = MAX_TEXT) -> str:
    """The value if it is text that every database can hold and that says something."""
    if not isinstance(value, str):
        raise InvalidValue(field, f"a {type(value).__name__}", "text (str)")
    if not value.strip():
        raise InvalidValue(field, "an empty text", "the words themselves, or leave the field out")
    if len(value) > longest:
        raise InvalidValue(field, f"{len(value)} characters", f"at most {longest}")
    if "\x00" in value:
        raise InvalidValue(field, "a NUL character", "text without NUL, which databases cannot hold")
    if not value.isascii():
        _refuse_surrogates(field, value)
        if longest <= MAX_NAME:
            _refuse_too_many_bytes(field, value)
    return value


def _refuse_surrogates(field: str, value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidValue(field, "a lone surrogate", "text that is valid Unicode") from None


def _refuse_too_many_bytes(field: str, value: str) -> None:
    size = max(len(text.encode("utf-8")) for text in (value, folded(value).casefold()))
    if size > MAX_NAME_BYTES:
        raise InvalidValue(field, f"{size} bytes in UTF-8", f"at most {MAX_NAME_BYTES}")


def name(field: str) -> Callable[[Any], str]:
    return lambda value: text(field, value, longest=MAX_NAME)


def optional_name(field: str) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else text(field, value, longest=MAX_NAME)


def optional_text(field: str, longest: int = MAX_TEXT) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else text(field, value, longest=longest)


def optional_names(field: str) -> Callable[[Any], tuple[str, ...] | None]:
    def convert(values: Iterable[object] | None) -> tuple[str, ...] | None:
        if values is None:
            return None
        return tuple(text(field, value, longest=MAX_NAME) for value in listed(field, values, of="texts"))

    return convert


def listed(field: str, values: object, *, of: str) -> tuple[Any, ...]:
    """The members of a list. A single text is none: it would be taken letter by letter."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise InvalidValue(field, f"a {type(values).__name__}", f"a list of {of}")
    return tuple(values)


def flag(field: str) -> Callable[[Any], bool]:
    def convert(value: object) -> bool:
        if not isinstance(value, bool):
            raise InvalidValue(field, f"a {type(value).__name__}", "True or False")
        return value

    return convert


def optional_flag(field: str) -> Callable[[Any], bool | None]:
    convert = flag(field)
    return lambda value: None if value is None else convert(value)


def count(field: str) -> Callable[[Any], int]:
    def convert(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_COUNT:
            raise InvalidValue(field, "something else", f"a whole number from 1 to {MAX_COUNT}")
        return value

    return convert


def optional_count(field: str) -> Callable[[Any], int | None]:
    convert = count(field)
    return lambda value: None if value is None else convert(value)


def optional_offset(field: str) -> Callable[[Any], int | None]:
    def convert(value: object) -> int | None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise InvalidValue(field, "something else", "a code-point offset, a whole number from 0")
        return value

    return convert


def choice(field: str, options: type[_E]) -> Callable[[Any], _E]:
    """The member of the enumeration, also from its value."""

    def convert(value: object) -> _E:
        if type(value) is options:
            return value
        try:
            return options(value)
        except ValueError:
            allowed = ", ".join(str(option.value) for option in options)
            raise InvalidValue(field, "an unknown word", f"one of {allowed}") from None

    return convert


def optional_choice(field: str, options: type[_E]) -> Callable[[Any], _E | None]:
    convert = choice(field, options)
    return lambda value: None if value is None else convert(value)
